"""What trace_malloc, debug_malloc_stats and process cost on the workloads of pymemtrace's own cost tables, beside the standard library by hand.

    package.py [--once] [PYTHON…]

A block of eight strings (256 B, 1 KiB, 1 MiB) is made with nothing around it, under each tool, and between two calls of the standard library
that say the same.  Prints microseconds of CPU time a block, the least of five rounds that take turns, and the ratio to bare, as a Markdown
table for each interpreter.  Blocks of malloc from 128 KiB on are fresh pages each time: where glibc decides, that changes on the way.
--once: each block a single time, to see that all of it works.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "pyext"))
PACKAGE = os.path.realpath(os.path.join(HERE, os.pardir, os.pardir, "pyext"))

SIZES = ((256, "256 B"), (1024, "1 KiB"), (1 << 20, "1 MiB"))
STRINGS = 8
ROUNDS = 5
ROUND_S = 0.15


def create_string(length):
    return " " * length


def work(size):
    """The block that is looked at."""
    strings = []
    for _ in range(STRINGS):
        strings.append(create_string(size))
    return strings


def ways():
    """{name: function of a size} of all that is compared."""
    import logging
    import tracemalloc
    from pagetide import debug_malloc_stats, trace_malloc

    def bare(size):
        work(size)

    def trace(key):
        def run(size):
            with trace_malloc.TraceMalloc(key) as tm:
                kept = work(size)
            del kept
            return tm.statistics
        return run

    def trace_by_hand(key):
        def run(size):
            tracemalloc.start()
            before = tracemalloc.take_snapshot()
            kept = work(size)
            after = tracemalloc.take_snapshot()
            tracemalloc.stop()
            del kept
            return after.compare_to(before, key)
        return run

    trace_malloc.logger.addHandler(logging.NullHandler())
    trace_malloc.logger.propagate = False
    logged = trace_malloc.trace_malloc_log(logging.INFO)(bare)

    def malloc_stats(size):
        with debug_malloc_stats.DiffSysDebugMallocStats():
            work(size)

    def malloc_stats_and_text(size):
        with debug_malloc_stats.DiffSysDebugMallocStats() as difference:
            work(size)
        return difference.diff()

    def dump_by_hand():
        with tempfile.TemporaryFile() as file:
            saved = os.dup(2)
            os.dup2(file.fileno(), 2)
            sys._debugmallocstats()
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            return file.read()

    def malloc_stats_by_hand(size):
        dump_by_hand()
        work(size)
        dump_by_hand()

    found = {"bare": bare}
    for key in trace_malloc.KEY_TYPES:
        found["TraceMalloc(%r), its statistics" % key] = trace(key)
        found["tracemalloc by hand, %r" % key] = trace_by_hand(key)
    found["@trace_malloc_log"] = logged
    found["DiffSysDebugMallocStats"] = malloc_stats
    found["the same and diff()"] = malloc_stats_and_text
    found["sys._debugmallocstats() by hand"] = malloc_stats_by_hand
    return found


def measure(once):
    """{name: [seconds a block, one for each size]} in this interpreter."""
    found = ways()
    figures = {name: [float("inf")] * len(SIZES) for name in found}
    for _ in range(1 if once else ROUNDS):
        for column, (size, _) in enumerate(SIZES):
            for name, way in found.items():
                figures[name][column] = min(figures[name][column], time_one(way, size, once))
    return figures


def time_one(run, size, once):
    """Seconds a call, over as many as fill a round."""
    # CPU time: nothing here waits, and others may be at work on this machine.
    clock = time.process_time
    start = clock()
    run(size)
    number = 1 if once else max(1, min(100000, int(ROUND_S / max(clock() - start, 1e-7))))
    start = clock()
    for _ in range(number):
        run(size)
    return (clock() - start) / number


def line_cost(once):
    """Seconds of CPU time that one line of process.log_process takes, without where it is written to."""
    import logging
    from pagetide import process
    process.logger.addHandler(logging.NullHandler())
    process.logger.propagate = False
    process.logger.setLevel(logging.INFO)
    thread = process.ProcessLoggingThread(1, logging.INFO)
    number = 1 if once else 2000
    start = time.process_time()
    for _ in range(number):
        thread._write_turn()
    return (time.process_time() - start) / number


def show(version, figures, line_s):
    print("\n| CPython %s, µs a block | %s |" % (version, " | ".join(label for _, label in SIZES)))
    print("| --- |%s" % (" --- |" * len(SIZES)))
    bare = figures["bare"]
    for name, seconds in figures.items():
        cells = ["%.3g" % (s * 1e6) if name == "bare" else "%.3g (×%.3g)" % (s * 1e6, s / b) for s, b in zip(seconds, bare)]
        print("| %s | %s |" % (name, " | ".join(cells)))
    print("\nA line of `log_process`: %.0f µs of CPU time." % (line_s * 1e6))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--once", action="store_true", help="each block a single time")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("python", nargs="*", help="interpreters; by default all that are found")
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps({"version": sys.version.split()[0], "figures": measure(arguments.once), "line_s": line_cost(arguments.once)}))
        return 0
    pythons = arguments.python
    if not pythons:
        import interpreters
        pythons = [path for _, path in interpreters.find()[0]]
    for python in pythons:
        command = [python, os.path.abspath(__file__), "--here"] + ["--once"] * arguments.once
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                                env=dict(os.environ, PYTHONPATH=PACKAGE, PYTHONDONTWRITEBYTECODE="1", MALLOC_MMAP_THRESHOLD_=str(128 << 10)))
        told = json.loads(answer.stdout.decode())
        show(told["version"], told["figures"], told["line_s"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
