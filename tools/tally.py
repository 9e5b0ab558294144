"""Adds up what `meson test` left in the logs of one or more build directories: N passed, N failed, N skipped.

Cases are counted as JUnit has them (each case of a TAP program).  The JSON log is asked as well, for a program that died after its last
good case, or that ran out of time, is a failure that JUnit of meson 1.0 does not show.  Each program that failed is named first, with what
it said of it: the place where it failed may be thousands of lines up, and of a run elsewhere only the end is kept.  Exits 1 when anything
failed or nothing ran.
"""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {"OK", "EXPECTEDFAIL"}
# How many lines of a failed program are shown: of each case that failed, and of the end.
LINES_CASE = 15
LINES_END = 10


def logged(build):
    """{program: its entry} of testlog.json."""
    with open(build + "/meson-logs/testlog.json", encoding="utf-8", errors="replace") as log:
        return {entry["name"]: entry for entry in map(json.loads, log)}


def told(entry):
    """What a program that failed said of it, as lines: each case that failed with what stands around it, and the end."""
    lines = (entry.get("stdout", "") + "\n" + entry.get("stderr", "")).strip().splitlines()
    shown = set(range(max(len(lines) - LINES_END, 0), len(lines)))
    for number, line in enumerate(lines):
        if line.startswith(("not ok", "Bail out!")):
            shown.update(range(max(number - LINES_CASE, 0), min(number + LINES_CASE, len(lines))))
    previous = -1
    for number in sorted(shown):
        if number > previous + 1:
            yield "  ..."
        yield "  " + lines[number][:400]
        previous = number


def cases(build, names):
    """{program: [passed, failed, skipped]} of testlog.junit.xml, for the programs NAMES."""
    counts = {name: [0, 0, 0] for name in names}
    with open(build + "/meson-logs/testlog.junit.xml", encoding="utf-8", errors="replace") as log:
        # meson copies what the programs print as it is, control characters that XML cannot hold included.
        text = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", log.read())
    for suite in ElementTree.fromstring(text.encode("utf-8")).iter("testsuite"):
        # A TAP program is a suite "project.name"; the others are cases of one suite.
        own = next((name for name in names if suite.get("name").endswith("." + name)), None)
        for case in suite.iter("testcase"):
            tags = {child.tag for child in case}
            kind = 2 if "skipped" in tags else 1 if tags & {"failure", "error"} else 0
            counts[own or case.get("name")][kind] += 1
    return counts


def tally(build):
    """[passed, failed, skipped] of one build directory."""
    total = [0, 0, 0]
    entries = logged(build)
    for name, (passed, failed, skipped) in cases(build, entries).items():
        result = entries[name]["result"]
        if result not in GOOD and result != "SKIP" or failed:
            print("%s: %s (exit status %s)" % (name, result, entries[name].get("returncode")))
            for line in told(entries[name]):
                print(line)
        if result == "SKIP":
            skipped = max(skipped, 1)
        elif result not in GOOD and failed == 0:
            # The program failed as a whole.  A single result may be the one that JUnit calls good for want of a better word.
            passed, failed = passed - (1 if passed + skipped == 1 and passed else 0), 1
        for kind, number in enumerate((passed, failed, skipped)):
            total[kind] += number
    return total


def main(builds):
    total = [sum(column) for column in zip(*map(tally, builds))]
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
