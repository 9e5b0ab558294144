"""What measuring costs: runs each workload bare and measured, in turns, and prints ratios.

Usage: overhead.py [--rounds N] [--workloads NAME,…] [--modes NAME,…] [PYTHON…|all]

A ratio is the best time of a measured run by the best of a bare one (in brackets: of the medians); the time is CPU in user and kernel
mode, read by the workload itself.  Runs take turns (bare, events, faults, refused, bare, …), so that a machine that gets slower or
faster while it runs is the same to all of them.
"""
import argparse
import os
import sys

import harness

WORKLOADS = ["fib", "append", "json", "dict", "growth"]
MIB = 1 << 20


def measure(python, workload, modes, rounds):
    """{mode or None: [Run, …]}."""
    runs = {mode: [] for mode in [None] + modes}
    arguments = [os.path.join(harness.HERE, "workloads.py"), workload]
    for turn in range(rounds):
        order = list(runs)
        for mode in order[turn % len(order):] + order[:turn % len(order)]:
            runs[mode].append(harness.Run(python, arguments, mode))
    return runs


def figures(bare, measured):
    """The columns of a row."""
    def ratio(key):
        low, middle = harness.least_and_median([run.output[key] for run in measured])
        bare_low, bare_middle = harness.least_and_median([run.output[key] for run in bare])
        return "%5.3f (%5.3f)" % (low / bare_low, middle / bare_middle)

    def median(values):
        return harness.least_and_median(list(values))[1]

    start = median(run.output["start_cpu"] for run in measured) - median(run.output["start_cpu"] for run in bare)
    peak = median(run.output["peak"] for run in measured) - median(run.output["peak"] for run in bare)
    costs = [run.summary["rows"][0] for run in measured]
    helper = median(cost["helper_cpu_s"] / cost["duration_s"] for cost in costs)
    agent = median(cost["agent_bytes"] for cost in costs)
    events = sum(function["samples"] or 0 for function in measured[-1].functions["rows"])
    size = measured[-1].recorded_bytes
    return [ratio("cpu"), ratio("wall"), "%+.1f" % (1000 * start), "%.1f" % (100 * helper), "%+.2f" % (peak / MIB),
            "%.2f" % (agent / MIB), "%d" % events, "%.0f" % (size / 1024),
            "%.1f" % (size / events) if events else "-", ",".join(measured[-1].summary["recording"]["instruments"])]


HEAD = ["python", "workload", "mode", "CPU ratio (median)", "wall ratio (median)", "start ms", "helper %", "peak MiB", "agent MiB",
        "samples", "file KiB", "bytes a sample", "instruments that ran"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--modes", default=",".join(harness.MODES))
    parser.add_argument("python", nargs="*")
    options = parser.parse_args()
    print("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD), flush=True)
    for version, python in harness.interpreters(options.python):
        for workload in options.workloads.split(","):
            runs = measure(python, workload, options.modes.split(","), options.rounds)
            bare = runs.pop(None)
            for mode, measured in runs.items():
                print("| " + " | ".join([version, workload, mode] + figures(bare, measured)) + " |", flush=True)
    print("\nstart: CPU before the workload, more than bare; helper: its CPU, in per cent of one core, start and end of the program "
          "included;\npeak: high-water mark of the program's resident set, more than bare; agent: memory of the agent itself, of which not "
          "all is touched.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
