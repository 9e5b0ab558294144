"""workloads.py NAME,… [--repeats N] [--scale S] [--under tracemalloc|cProfile]: runs workloads one after the other, each N times, and prints
what they cost, as seen from inside, as one line of JSON.

    fib      calls and nothing else
    append   a hot loop in C code, list.append, of 700,000 numbers that are new each time
    json     C library code that makes and drops small objects
    dict     a dictionary that grows, is searched and shrinks, and strings that are cut and joined
    objects  instances that are made, linked and dropped
    library  library code in Python: ast, tokenize, difflib, re
    mix      csv, pickle, zlib and a file
    threads  four threads that share the interpreter
    growth   nothing but taking memory: the worst case for whoever follows RSS (once only: what is taken again is not fresh)
    idle     nothing at all, after a wait long enough that the helper looks rarely

{"start_cpu": seconds of CPU before the first, "start_rss": bytes, "workloads": {name: {"cpu": [seconds of each repeat], "wall": [...],
"peak": high-water mark of RSS in bytes, "helper": its CPU by the wall, "recorder": the same of whoever reads the helper}}}.  cpu is that of
the whole process: of the one thread in all workloads but one, and of what a measuring tool runs beside it.
"""
import argparse
import ast
import csv
import difflib
import gc
import io
import json
import os
import pickle
import re
import sys
import tempfile
import threading
import time
import tokenize
import zlib


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def calls(scale):
    for _ in range(30 * scale):
        fib(20)


def append(scale):
    for _ in range(max(1, scale // 2)):
        values = []
        for number in range(700000):
            values.append(number)


def encode(scale):
    document = {"rows": [{"id": number, "name": "row %d" % number, "values": [number * 0.5, None, True]} for number in range(500 * scale)]}
    for _ in range(32):
        json.loads(json.dumps(document))


def dictionary(scale):
    for _ in range(3 * scale):
        table = {}
        for number in range(15000):
            table[number * 7919 % 1000003] = str(number)
        found = sum(1 for number in range(30000) if number in table)
        text = ",".join(table.values())
        for _ in range(4):
            text = "-".join(part.strip() for part in text.replace("-", ",").split(","))
        for key in list(table):
            del table[key]
        assert found


class Node:
    def __init__(self, value, following):
        self.value = value
        self.following = following

    def add(self):
        return self.value + 1


def objects(scale):
    for _ in range(40 * scale):
        head = None
        for number in range(3000):
            head = Node(number, head)
        while head:
            head.add()
            head = head.following


def library(scale):
    with open(os.path.abspath(__file__)) as file:
        source = file.read()
    lines = source.splitlines()
    for _ in range(3 * scale):
        ast.dump(ast.parse(source))
        list(tokenize.generate_tokens(io.StringIO(source).readline))
        list(difflib.unified_diff(lines, lines[40:] + lines[:40]))
        re.findall(r"(\w+)\s*=\s*([^,\n]+)", source * 4)


def mix(scale):
    rows = [["%d" % number, "name %d" % (number % 97), "%.3f" % (number / 7)] for number in range(8000 * scale)]
    with tempfile.TemporaryFile("w+", newline="") as file:
        csv.writer(file).writerows(rows)
        file.seek(0)
        back = list(csv.reader(file))
    packed = zlib.compress(pickle.dumps(back), 1)
    assert pickle.loads(zlib.decompress(packed)) == rows
    with tempfile.TemporaryFile() as file:
        file.write(packed * 20)
        file.seek(0)
        while file.read(65536):
            pass


def threads(scale):
    def work():
        for _ in range(50 * scale):
            json.loads(json.dumps(document))
            kept.append([bytes(300) for _ in range(40)])

    kept = []
    document = {"rows": [{"id": number, "name": str(number)} for number in range(100)]}
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def growth(scale):
    kept = []
    for _ in range(15 * scale):
        for _ in range(40):
            kept.append(bytearray(100000))
        kept.append([bytes(200) for _ in range(8000)])
    return kept


def idle(scale):
    # Doing nothing for some time is what is measured here.
    time.sleep(0.6)


WORKLOADS = {"fib": calls, "append": append, "json": encode, "dict": dictionary, "objects": objects, "library": library, "mix": mix,
             "threads": threads, "growth": growth, "idle": idle}


def memory(key):
    """VmHWM, the high-water mark of the resident set, or VmRSS, in bytes.  ru_maxrss will not do: it keeps that of the process before exec."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(key))


def forget_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def parent(pid):
    """(pid of its parent, that one's name), or (0, "")."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            above = int(file.read().rpartition(")")[2].split()[1])
        with open("/proc/%d/comm" % above) as file:
            return above, file.read().strip()
    except (OSError, ValueError):
        return 0, ""


def cpu_of(pid):
    """Seconds of CPU that a process has used; 0 when there is none."""
    try:
        return time.clock_gettime(~pid << 3 | 2) if pid else 0.0  # what clock_getcpuclockid makes of it
    except OSError:
        return 0.0


def measure(work, repeats, scale, watched, wait_s):
    """WAIT_S: before idling, what the helper still has to read and write of the start is to be over; nothing tells this program that it is."""
    cost = {"cpu": [], "wall": []}
    gc.collect()
    forget_peak()
    time.sleep(wait_s)
    begin, before = time.perf_counter(), [cpu_of(pid) for pid in watched]
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        result = work(scale)
        cost["cpu"].append(time.process_time() - start_cpu)
        cost["wall"].append(time.perf_counter() - start)
        del result
    after, end = [cpu_of(pid) for pid in watched], time.perf_counter()
    cost["peak"] = memory("VmHWM:")
    cost["helper"], cost["recorder"] = [(now - then) / (end - begin) for then, now in zip(before, after)]
    return cost


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--under", choices=["tracemalloc", "cProfile"])
    options = parser.parse_args()
    helper, name = parent(os.getpid())
    watched = [helper, parent(helper)[0]] if name.startswith("pagetide-helpe") else [0, 0]
    if options.under == "tracemalloc":
        import tracemalloc
        tracemalloc.start(1)
    elif options.under == "cProfile":
        import cProfile
        cProfile.Profile().enable()
    answer = {"start_cpu": time.process_time(), "start_rss": memory("VmRSS:"), "workloads": {}}
    for name in options.names.split(","):
        # The helper looks often for a second after RSS has moved.
        answer["workloads"][name] = measure(WORKLOADS[name], options.repeats, options.scale, watched, 1.3 if name == "idle" else 0)
    sys.setprofile(None)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
