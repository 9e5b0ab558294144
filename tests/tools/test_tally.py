"""tools/tally.py counts what meson's logs say, and what they only half say.  Usage: test_tally.py TALLY"""
import json
import os
import subprocess
import sys
import tempfile

TAP = '<testsuite name="pagetide.%s">%s</testsuite>'
GOOD, BAD, SKIPPED = '<testcase name="a"/>', '<testcase name="b"><failure/></testcase>', '<testcase name="c"><skipped/></testcase>'

OUTPUT = "".join("line %d\n" % n for n in range(50)) + "not ok 3 broken\n" + "".join("more %d\n" % n for n in range(50))


def count(*builds):
    """The last line that tally.py prints of BUILDS, its exit status, and what it names as failed.  A build is [(name, result, cases of a TAP program or None)]."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, programs in enumerate(builds):
            logs = os.path.join(folder, str(number), "meson-logs")
            os.makedirs(logs)
            paths.append(os.path.dirname(logs))
            plain = ""
            suites = ""
            with open(os.path.join(logs, "testlog.json"), "w") as file:
                for name, result, cases in programs:
                    file.write(json.dumps({"name": name, "result": result, "returncode": 7, "stdout": OUTPUT}) + "\n")
                    if cases is None:
                        plain += '<testcase name="%s">%s</testcase>' % (name, {"FAIL": "<failure/>", "SKIP": "<skipped/>"}.get(result, ""))
                    else:
                        suites += TAP % (name, cases)
            with open(os.path.join(logs, "testlog.junit.xml"), "w") as file:
                file.write('<testsuites>%s<testsuite name="pagetide">%s</testsuite><system-out>\x01</system-out></testsuites>' % (suites, plain))
        result = subprocess.run([sys.executable, sys.argv[1]] + paths, stdout=subprocess.PIPE)
        lines = result.stdout.decode().splitlines()
        return lines[-1], result.returncode, lines[:-1]


CASES = [
    ("all good", [[("pagetide:a / x", "OK", GOOD * 3), ("pagetide:a / y", "OK", None)]], ("4 passed, 0 failed, 0 skipped", 0)),
    ("one case failed", [[("pagetide:a / x", "FAIL", GOOD + BAD + SKIPPED)]], ("1 passed, 1 failed, 1 skipped", 1)),
    ("died after its last case", [[("pagetide:a / x", "ERROR", GOOD * 2)]], ("2 passed, 1 failed, 0 skipped", 1)),
    ("ran out of time", [[("pagetide:a / x", "TIMEOUT", None), ("pagetide:a / y", "OK", None)]], ("1 passed, 1 failed, 0 skipped", 1)),
    ("failed plainly", [[("pagetide:a / x", "FAIL", None)]], ("0 passed, 1 failed, 0 skipped", 1)),
    ("skipped", [[("pagetide:a / x", "SKIP", None), ("pagetide:a / y", "OK", GOOD)]], ("1 passed, 0 failed, 1 skipped", 0)),
    ("failed as it should", [[("pagetide:a / x", "EXPECTEDFAIL", None)]], ("1 passed, 0 failed, 0 skipped", 0)),
    ("two builds", [[("x", "OK", GOOD)], [("x", "FAIL", BAD)]], ("1 passed, 1 failed, 0 skipped", 1)),
    ("nothing ran", [[]], ("0 passed, 0 failed, 0 skipped", 1)),
]

print("1..%d" % len(CASES))
for number, (name, builds, wanted) in enumerate(CASES, 1):
    *got, named = count(*builds)
    bad = ["%s: %s (exit status 7)" % (program, result) for build in builds for program, result, cases in build
           if result in ("FAIL", "ERROR", "TIMEOUT")]
    good = tuple(got) == wanted and [line for line in named if not line.startswith("  ")] == bad
    # Of what a failed program said, the case that failed and the end are there, the rest is not.
    good &= ("  not ok 3 broken" in named) == bool(bad) and ("  more 49" in named) == bool(bad) and "  line 0" not in named
    print("%s %d %s%s" % ("ok" if good else "not ok", number, name, "" if good else "\n# %r %r, not %r" % (got, named, wanted)))
