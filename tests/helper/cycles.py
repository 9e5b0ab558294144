"""What test-helper-cycles launches: takes and releases memory in several threads, all the time, until FIFO says that instruments are off;
then looks whether everything is as it would be without them, and ends with status 5.

    cycles.py FIFO
"""
import ctypes
import gc
import json
import os
import signal
import sys
import threading

going = True


def small():
    return [str(i) * 3 for i in range(2000)]


def blocks():
    return [bytearray(50000 + 4000 * i) for i in range(20)]


def cycle():
    for _ in range(50):
        a, b = [], []
        a.append(b)
        b.append(a)


def text():
    return json.loads(json.dumps({str(i): [i] * 20 for i in range(300)}))


def error():
    try:
        raise KeyError(1)
    except KeyError:
        return None


def work():
    while going:
        for function in (small, blocks, cycle, text, error):
            function()


def agents_range():
    with open("/proc/self/maps") as maps:
        return [tuple(int(x, 16) for x in line.split()[0].split("-")) for line in maps if "pagetide-agent" in line]


def find_hooks():
    """What of the agent's is still in the interpreter."""
    ranges = agents_range()
    assert ranges
    found = []

    def look(name, *addresses):
        if any(begin <= (address or 0) < end for address in addresses for begin, end in ranges):
            found.append(name)

    class Allocator(ctypes.Structure):
        _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]

    class Arena(ctypes.Structure):
        _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "alloc", "free")]

    for domain in range(3):
        allocator = Allocator()
        ctypes.pythonapi.PyMem_GetAllocator(domain, ctypes.byref(allocator))
        look("allocator %d" % domain, allocator.malloc, allocator.calloc, allocator.realloc, allocator.free)
    arena = Arena()
    ctypes.pythonapi.PyObject_GetArenaAllocator(ctypes.byref(arena))
    look("arenas", arena.alloc, arena.free)
    if gc.callbacks:
        found.append("gc.callbacks")
    if sys.getprofile() is not None or sys.gettrace() is not None:
        found.append("profile or trace function")
    if hasattr(sys, "monitoring"):
        found += ["monitoring tool %d" % i for i in range(6) if sys.monitoring.get_tool(i)]
    if signal.getsignal(signal.SIGTRAP) != signal.SIG_DFL:
        found.append("SIGTRAP")
    return found


def main():
    global going
    fifo = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    while True:
        for function in (small, blocks, cycle, text, error):
            function()
        try:
            if os.read(fifo, 1):
                break
        except BlockingIOError:
            pass
    going = False
    for thread in threads:
        thread.join()
    found = find_hooks()
    print("left:", found, flush=True)
    os._exit(6 if found else 5)


main()
