"""What test-helper-python launches: grows by known amounts in known functions, at lines that the test finds by their marks.

    growth.py HOW [FIFO]

HOW: "exit" ends by os._exit(5), "kill" by SIGKILL, "flood" prints 8 MiB in between, "pause" waits at FIFO before and after growing.
"""
import os
import signal
import sys
import threading

KEPT = []


def fill(pages):
    KEPT.append(bytearray(pages * 4096))  # fill


def objects(count):
    for _ in range(count): KEPT.append(object())  # objects


def in_thread():
    KEPT.append(bytearray(8192 * 4096))  # thread


def wait(fifo):
    print("ready", flush=True)
    os.read(fifo, 1)


def main():
    how = sys.argv[1]
    if how == "pause":
        fifo = os.open(sys.argv[2], os.O_RDONLY)
        wait(fifo)
        fill(16384)
        wait(fifo)
    else:
        fill(16384)
    if how == "flood":
        for _ in range(1 << 17):
            sys.stdout.write("x" * 63 + "\n")
        sys.stdout.flush()
    objects(2000000)
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(5)


main()
