"""What test-helper-python launches: 140 threads wait, and the main one maps and fills memory, of which no allocator tells, until FIFO says so;
then it ends with status 5.

    crowd.py FIFO
"""
import mmap
import os
import sys
import threading

SIZE = 8 << 20

fifo = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
enough = threading.Event()
threads = [threading.Thread(target=enough.wait) for _ in range(140)]
for thread in threads:
    thread.start()
filling = b"x" * SIZE
while True:
    with mmap.mmap(-1, SIZE) as memory:
        memory.write(filling)
        try:
            if os.read(fifo, 1):
                break
        except BlockingIOError:
            pass
enough.set()
for thread in threads:
    thread.join()
sys.exit(5)
