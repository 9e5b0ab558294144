"""Calls as often as argv[1] says, in as many threads one after another as argv[2] says; then writes argv[3]."""
import os
import sys
import threading


def step():
    pass


def run(n):
    for _ in range(n):
        step()


n, n_threads = int(sys.argv[1]), int(sys.argv[2])
if n_threads == 0:
    run(n)
for _ in range(n_threads):
    thread = threading.Thread(target=run, args=(n,))
    thread.start()
    thread.join()
if len(sys.argv) > 3:
    os.write(1, sys.argv[3].encode())
