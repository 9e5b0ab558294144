"""What measuring costs and how exact it is, on each CPython found.

`./dev bench --help` says what can be chosen.  Without anything: all of it, thoroughly, which takes an hour; --quick takes minutes.
"""
import argparse
import json
import os
import platform
import sys
import time

import cost
import harness
import known
import net
import overview
import targets

PARTS = ["cost", "net", "known"]


def options():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("--python", action="append", metavar="PATH", help="an interpreter; may be repeated (default: all that are found, "
                        "and those of PAGETIDE_TEST_PYTHONS)")
    parser.add_argument("--instruments", default=",".join(harness.DEFAULT), metavar="SET,…", help="instruments joined by +; with :no-perf "
                        "where perf is refused, :no-readv where process_vm_readv is as well; tracemalloc and cProfile are Python's own (default: %(default)s)")
    parser.add_argument("--workloads", default=",".join(cost.WORKLOADS), metavar="NAME,…", help="default: %(default)s")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="PART,…", help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="less often: good to some 2 %% on a quiet machine")
    parser.add_argument("--json", metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--summary", metavar="FILE", help="run nothing: compare the figures of FILE, which --json wrote, with those to be kept")
    return parser.parse_args()


def machine():
    return {"system": platform.platform(), "cpus": os.cpu_count(), "load": os.getloadavg()[0], "when": time.strftime("%Y-%m-%d %H:%M")}


def conclude(results):
    print("\n".join(overview.lines(results) + targets.lines(results)))


def main():
    chosen = options()
    if chosen.summary:
        with open(chosen.summary) as file:
            conclude(json.load(file))
        return 0
    results = {"machine": machine(), "quick": chosen.quick, "pythons": []}
    print("%(system)s, %(cpus)d CPUs, load %(load).2f, %(when)s" % results["machine"])
    for version, python in harness.interpreters(chosen.python):
        ways = [harness.Way(name) for name in chosen.instruments.split(",")]
        of_this = {"version": version, "path": python}
        results["pythons"].append(of_this)
        if "cost" in chosen.parts:
            of_this["cost"] = cost.measure(python, ways, chosen.workloads.split(","), cost.Plan(chosen.quick))
            print("\n".join(cost.tables(version, of_this["cost"])), flush=True)
        if "net" in chosen.parts:
            of_this["net"] = net.measure(python, ways, 2 if chosen.quick else 6)
            print("\n".join(net.lines(version, of_this["net"])), flush=True)
        if "known" in chosen.parts:
            of_this["known"] = known.measure(python, ways, known.TURNS[1:] if chosen.quick else known.TURNS)
            print("\n".join(known.lines(version, of_this["known"])), flush=True)
        if chosen.json:
            with open(chosen.json, "w") as file:
                json.dump(results, file, indent=1)
    conclude(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
