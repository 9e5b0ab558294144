"""Adds up what `meson test` left in the logs of one or more build directories: N passed, N failed, N skipped.

Cases are counted as JUnit has them (each case of a TAP program).  The JSON log is asked as well, for a program that died after its last
good case, or that ran out of time, is a failure that JUnit of meson 1.0 does not show.  Exits 1 when anything failed or nothing ran.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {"OK", "EXPECTEDFAIL"}


def logged(build):
    """{program: its result} of testlog.json."""
    results = {}
    with open(build + "/meson-logs/testlog.json", encoding="utf-8", errors="replace") as log:
        for line in log:
            entry = json.loads(line)
            # "project:suite / name" or "name"
            results[entry["name"].split(" / ")[-1].strip()] = entry["result"]
    return results


def cases(build):
    """{program: [passed, failed, skipped]} of testlog.junit.xml."""
    counts = {}
    for suite in ElementTree.parse(build + "/meson-logs/testlog.junit.xml").getroot().iter("testsuite"):
        _, _, name = suite.get("name").partition(".")
        for case in suite.iter("testcase"):
            tags = {child.tag for child in case}
            kind = 2 if "skipped" in tags else 1 if tags & {"failure", "error"} else 0
            counts.setdefault(name or case.get("name"), [0, 0, 0])[kind] += 1
    return counts


def tally(build):
    """[passed, failed, skipped] of one build directory."""
    total = [0, 0, 0]
    counts = cases(build)
    for name, result in logged(build).items():
        passed, failed, skipped = counts.get(name, [0, 0, 0])
        if result == "SKIP":
            skipped = max(skipped, 1)
        elif result not in GOOD and failed == 0:
            # A whole program that failed counts once, whatever single result stood for it.
            passed, failed = (passed if passed > 1 else 0), 1
        for kind, number in enumerate((passed, failed, skipped)):
            total[kind] += number
    return total


def main(builds):
    total = [sum(column) for column in zip(*map(tally, builds))]
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
