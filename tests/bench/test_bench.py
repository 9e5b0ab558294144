"""What the benchmarks make of their figures.  Prints TAP."""
import os
import subprocess
import sys

import cost
import harness
import known
import net
import targets
import traced


def ways():
    way = harness.Way("events+faults:no-perf")
    assert (way.instruments, way.no_perf, way.under, way.slow) == (["events", "faults"], True, None, False)
    assert way.wrapper[1:] == [] and harness.Way("events:no-readv").wrapper[1:] == ["--no-readv"] and harness.Way("events").wrapper == []
    way = harness.Way("tracemalloc")
    assert (way.instruments, way.under, way.slow) == ([], "tracemalloc", True)
    assert harness.Way("events+calls").slow and not harness.Way("events+bytes").slow and not harness.Way("bytes-sampled").slow
    assert harness.Way("bare again").instruments == []


def usage():
    program = os.path.join(harness.HERE, "bench.py")
    said = subprocess.run([sys.executable, program, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert "--instruments" in said and "--quick" in said, said


def medians():
    assert harness.median([3, 1, 2]) == 2 and harness.median([4, 1, 2, 3]) == 2.5


def net_error():
    known_net = {"a": 100, "b": 0, "c": -20}
    assert net.error(known_net, known_net) == 0
    # What a grew was charged to b: all of it is misplaced.
    assert net.error(known_net, {"b": 100, "c": -20}) == 1
    assert net.error(known_net, {"a": 90, "d": 10, "c": -20}) == 0.1
    assert net.net({"a": (5, 7)}) == {"a": -2}


def started():
    assert abs(net.seconds_of("2026-11-21T00:38:51.250Z") - 1795221531.25) < 1e-6


def by_construction():
    assert known.misplaced({"a": 50, "b": 50}, {"a": 50, "b": 50}) == 0
    assert known.misplaced({"a": 50, "b": 50}, {"a": 25, "b": 75}) == 0.25
    rows = [{"line": 1, "live": 5}, {"line": 1, "live": 6}, {"line": 2, "live": None}]
    assert known.sums(rows, "line", "live") == {1: 11}


def events():
    def event(kind, function, line, drss):
        return {"pid": "1", "thread": "1", "kind": kind, "function": function, "file": "/x/growth.py", "line": str(line), "drss": str(drss)}

    rows = [event("CALL", "f", 1, 0), event("LINE", "f", 2, 3), event("CALL", "g", 10, 5), event("LINE", "g", 11, 1), event("RETURN", "g", 11, 7),
            event("LINE", "f", 3, 2), event("C_CALL", "len", 4, 0), event("C_RETURN", "len", 4, 6), event("RETURN", "f", 4, 4)]
    functions, lines = traced.charge(rows, "growth.py")
    # Growth is of whoever ran until the event: at a call it is the caller, and after a return its line again.
    assert functions == {"f": 3 + 5 + 2 + 6 + 4, "g": 1 + 7}, functions
    assert lines == {1: 3, 2: 5 + 2, 4: 6 + 4, 10: 1, 11: 7}, lines
    assert traced.charge(rows, "other.py") == ({}, {})
    assert traced.charge([event("RETURN", "f", 1, 3)], "growth.py") == ({}, {})


def way_of(cpu, **more):
    figure = {"cpu": cpu, "wall": cpu, "cpu_s": 1, "wall_s": 1, "helper": 0.01, "recorder": 0, "added_peak": 0}
    return dict({"workloads": {"fib": figure, "json": figure, "growth": figure}, "helper_idle": 0.001, "agent_bytes": 1 << 20, "start_rss": 0,
                 "start_cpu": 0}, **more)


def what_is_kept():
    results = {"pythons": [{"version": "3.11.2", "cost": {"bare": way_of(1), "bare again": way_of(1.01), "events": way_of(1.055),
                                                          "events+faults": way_of(1), "bytes": way_of(1.505), "calls": {"refused": "not here"}},
                            "net": {"python": {"events": {"net": [0.02, 0.01]}}, "c": {"events+faults": {"net": [0.05]}}}}]}
    found = {(check.rule, check.where): check.reached for check in targets.checks(results)}
    assert found["CPU, nothing grows: at most 1.02", "3.11.2 events fib"] == "no"
    assert found["CPU, mixed programs: at most 1.05", "3.11.2 events json"] == "noise"
    assert found["CPU, pure growth: at most 1.10", "3.11.2 events growth"] == "yes"
    assert found["CPU of exact bytes, mixed programs: at most 1.5", "3.11.2 bytes json"] == "noise"
    assert found["net error, Python grows: at most 3 %", "3.11.2 events"] == "yes"
    assert found["net error, C libraries grow, faults: at most 4 %", "3.11.2 events+faults"] == "no"
    text = "\n".join(targets.lines(results))
    assert "- CPU, nothing grows: at most 1.02: 1 of 2; worst 1.055 (3.11.2 events fib)" in text, text
    assert "~ CPU, mixed programs" in text and "+ CPU, pure growth" in text, text


def printed():
    costs = {"bare": way_of(1), "events": way_of(1.5), "calls": {"refused": "not built yet"}}
    text = "\n".join(cost.tables("3.11.2", costs))
    assert "1000" in text and "1.50" in text and "calls refused: not built yet" in text, text


CASES = [ways, usage, medians, net_error, started, by_construction, events, what_is_kept, printed]
print("1..%d" % len(CASES))
for number, case in enumerate(CASES, 1):
    try:
        case()
        print("ok %d %s" % (number, case.__name__))
    except Exception as error:
        print("not ok %d %s\n# %r" % (number, case.__name__, error))
