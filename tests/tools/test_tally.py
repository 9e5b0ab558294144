"""tools/tally.py counts what meson's logs say, and what they only half say.  Usage: test_tally.py TALLY"""
import json
import os
import subprocess
import sys
import tempfile

TAP = '<testsuite name="pagetide.%s">%s</testsuite>'
GOOD, BAD, SKIPPED = '<testcase name="a"/>', '<testcase name="b"><failure/></testcase>', '<testcase name="c"><skipped/></testcase>'


def count(*builds):
    """What tally.py prints of BUILDS, and its exit status.  A build is [(name, result, cases of a TAP program or None)]."""
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
                    file.write(json.dumps({"name": name, "result": result}) + "\n")
                    if cases is None:
                        plain += '<testcase name="%s">%s</testcase>' % (name, {"FAIL": "<failure/>", "SKIP": "<skipped/>"}.get(result, ""))
                    else:
                        suites += TAP % (name, cases)
            with open(os.path.join(logs, "testlog.junit.xml"), "w") as file:
                file.write('<testsuites>%s<testsuite name="pagetide">%s</testsuite><system-out>\x01</system-out></testsuites>' % (suites, plain))
        result = subprocess.run([sys.executable, sys.argv[1]] + paths, stdout=subprocess.PIPE)
        return result.stdout.decode().strip(), result.returncode


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
    got = count(*builds)
    print("%s %d %s%s" % ("ok" if got == wanted else "not ok", number, name, "" if got == wanted else "\n# %r, not %r" % (got, wanted)))
