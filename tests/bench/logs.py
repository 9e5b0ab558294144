"""What cPyMemTrace's logs cost, on the workloads of the seeds' tables, beside a hook that opens statm at each event.

    PAGETIDE_AGENT=…/pagetide-agent.so PYTHONPATH=pyext python3 tests/bench/logs.py

Needs a C compiler.  Prints a line for each workload and tool: nanoseconds an event above bare, and the ratio of times to bare.  The last
lines are a log of a million events.  Times are the least of five, CPU time of the process.
"""
import ctypes
import os
import subprocess
import sys
import tempfile
import time

from pagetide import cPyMemTrace

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = [("256 B", 256, 4000), ("1 KiB", 1024, 4000), ("1 MiB", 1 << 20, 40)]
REPEATS = 5


def create_string(size):
    return " " * size


def strings(size, number):
    """The seeds' workload: a list of strings, each made by a call."""
    kept = []
    for _ in range(number):
        kept.append(create_string(size))


def calls(number):
    """A call of Python and one of C, which take nothing."""
    for _ in range(number):
        len("")
        create_string(0)


def best(work):
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def load_hook(folder):
    path = os.path.join(folder, "hook.so")
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", os.path.join(HERE, "statm-hook.c"), "-o", path], check=True)
    return ctypes.PyDLL(path)


def main():
    with tempfile.TemporaryDirectory() as folder:
        hook, log = load_hook(folder), os.path.join(folder, "log")
        print("CPython %s" % sys.version.split()[0])
        print("%-16s %-14s %12s %12s %10s" % ("workload", "tool", "events", "ns an event", "to bare"))
        loads = [(name, lambda size=size, number=number: strings(size, number)) for name, size, number in SIZES]
        loads.append(("calls", lambda: calls(20000)))
        for name, load in loads:
            bare = best(load)
            for trace, block in ((0, cPyMemTrace.Profile), (1, cPyMemTrace.Trace)):
                def hooked():
                    hook.hook_begin(trace)
                    load()
                    hook.hook_end(trace)

                def logged(*arguments):
                    with block(*arguments, filepath=log):
                        load()
                theirs = best(hooked)
                events = ctypes.c_long.in_dll(hook, "n_events").value
                for tool, taken in (("statm", theirs), (block.__name__, best(logged)), (block.__name__ + "(0)", best(lambda: logged(0)))):
                    print("%-16s %-14s %12d %12.0f %9.2fx" % (name, tool + (" trace" if trace and tool == "statm" else ""), events,
                                                             (taken - bare) / events * 1e9, taken / bare))
        begin = time.process_time()
        with cPyMemTrace.Profile(0, filepath=log):
            calls(250000)
        print("a log of a million events: %.2f s, %d MiB" % (time.process_time() - begin, os.path.getsize(log) >> 20))


if __name__ == "__main__":
    main()
