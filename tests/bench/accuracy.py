"""How exact the figures are: a program whose functions keep known numbers of bytes, and the error of each function's net RSS.

Usage: accuracy.py [--modes NAME,…] [PYTHON…|all]

The sum's error compares the functions of all rows with what the functions of the program keep; the error of each is by construction.
"""
import argparse
import os
import sys

import harness

MIB = 1 << 20


def errors(run):
    """[(function, bytes kept, bytes measured)]."""
    measured = {}
    for row in run.functions["rows"]:
        if row["file"] and row["file"].endswith("growth.py"):
            measured[row["function"]] = measured.get(row["function"], 0) + row["rss_self"]
    return [(name, kept, measured.get(name, 0)) for name, kept in run.output.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modes", default=",".join(harness.MODES))
    parser.add_argument("python", nargs="*")
    options = parser.parse_args()
    print("| python | turns | mode | function | kept MiB | measured MiB | error |\n| --- | --- | --- | --- | --- | --- | --- |")
    for version, python in harness.interpreters(options.python):
        for turns in ["slow", "quick", "burst"]:
            for mode in options.modes.split(","):
                run = harness.Run(python, [os.path.join(harness.HERE, "growth.py"), turns], mode)
                rows = errors(run)
                whole = sum(kept for _, kept, _ in rows)
                rows.append(("all together", whole, sum(measured for _, _, measured in rows)))
                for name, kept, measured in rows:
                    # What keeps next to nothing is compared with the whole, since nothing is a bad unit.
                    print("| %s | %s | %s | %s | %.2f | %.2f | %+.2f %% |" %
                          (version, turns, mode, name, kept / MIB, measured / MIB, 100 * (measured - kept) / (kept if kept > MIB else whole)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
