"""Forks in the middle of calls; parent and child go on calling, start threads, and end well."""
import os
import threading


def in_child():
    pass


def in_parent():
    pass


def some(function):
    for _ in range(50):
        function()
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


pid = os.fork()
if pid == 0:
    some(in_child)
    os._exit(7)
some(in_parent)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7 if hasattr(os, "waitstatus_to_exitcode") else os.waitpid(pid, 0)[1] == 7 << 8
