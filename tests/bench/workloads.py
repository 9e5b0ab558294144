"""workloads.py NAME: runs one workload of about a second and prints what it cost, as seen from inside, as one line of JSON.

    fib      calls and nothing else
    append   a hot loop in C code: list.append
    json     C library code that makes and drops small objects
    dict     a dictionary that grows, is searched and shrinks
    growth   nothing but taking memory: the worst case for whoever follows RSS

cpu and wall are seconds of the workload, start_cpu those before it (imports, and the agent's start), peak the high-water mark of the
resident set in bytes.
"""
import json
import resource
import sys
import time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def append():
    for _ in range(24):
        values = []
        for number in range(700000):
            values.append(number)


def encode():
    document = {"rows": [{"id": number, "name": "row %d" % number, "values": [number * 0.5, None, True]} for number in range(2000)]}
    for _ in range(400):
        json.loads(json.dumps(document))


def dictionary():
    for _ in range(14):
        table = {}
        for number in range(150000):
            table[number * 7919 % 1000003] = str(number)
        found = sum(1 for number in range(300000) if number in table)
        for key in list(table):
            del table[key]
        assert found


def growth():
    kept = []
    for _ in range(60):
        for _ in range(40):
            kept.append(bytearray(100000))
        kept.append([bytes(200) for _ in range(8000)])
    return kept


WORKLOADS = {"fib": lambda: fib(34), "append": append, "json": encode, "dict": dictionary, "growth": growth}


def cpu():
    """Seconds of CPU that this process has used, in user and kernel mode."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak():
    """The high-water mark of the resident set, in bytes.  ru_maxrss will not do: it keeps that of the process before exec."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM:"))


if __name__ == "__main__":
    work = WORKLOADS[sys.argv[1]]
    start_cpu, start = cpu(), time.perf_counter()
    result = work()
    end, end_cpu = time.perf_counter(), cpu()
    print(json.dumps({"cpu": end_cpu - start_cpu, "wall": end - start, "start_cpu": start_cpu, "peak": peak()}))
