"""tools/cpython_tests.py compares outcomes, runs again what differs, and survives what its modules do.  Usage: test_cpython_tests.py FOLDER-OF-TOOLS"""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import cpython_tests  # noqa: E402

FAKE = """
import os, sys, time, unittest
MEASURED = "MEASURED" in os.environ
class A(unittest.TestCase):
    def test_good(self): pass
    def test_bad(self): self.fail()
    @unittest.skip("why")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_parts(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_measured(self): self.assertFalse(MEASURED)
class Death(unittest.TestCase):
    def test_death(self): os._exit(3)
class Sleep(unittest.TestCase):
    def test_before(self): pass
    def test_sleep(self): time.sleep(1000)
"""
# Stands in for pagetide: record -o FILE --python PYTHON --instruments LIST SCRIPT...
PAGETIDE = """#!/bin/sh
[ "$1" = record ] && [ "$2" = -o ] && [ "$4" = --python ] && [ "$6" = --instruments ] || exit 99
python=$5
shift 7
MEASURED=1 exec "$python" "$@"
"""
OUTCOMES = {"test_good": "passed", "test_bad": "failed", "test_skipped": "skipped", "test_expected": "expected", "test_unexpected": "unexpected",
            "test_parts": "failed", "test_measured": "passed"}


def run_modules():
    """What the real driver says of FAKE: its outcomes bare, measured, of a module that dies, and of one that does not end."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in (("test/__init__.py", ""), ("test/support.py", ""), ("test/test_fake.py", FAKE), ("pagetide", PAGETIDE)):
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as stream:
                stream.write(text)
        os.chmod(path, 0o755)
        answers = []
        # On a machine that has much to do a second is over before the module has begun to sleep.
        for part, instruments, *times in ((".A.", None, 60), (".A.", "events", 60), (".Death.", "events", 60), (".Sleep.", None, 1, 10, 100)):
            cpython_tests.MODULES["test_fake"] = (part,)
            for timeout in times:
                outcomes = cpython_tests.Bench(directory, path, timeout, None).run(sys.executable, "test_fake", instruments)
                if len(outcomes) > 1:
                    break
            answers.append({test.split(".")[-1]: outcome for test, outcome in outcomes.items()})
        return answers


def compare(*runs):
    """compare() where the runs give these outcomes of one test: pairs of bare and measured."""
    left = {None: [bare for bare, _ in runs], "events": [measured for _, measured in runs]}
    outcomes, answer = cpython_tests.compare(lambda which: {"t": left[which].pop(0)}, ["events"])
    return answer["events"][1:]


A, B = "test.test_a.A.test_a", "test.test_a.A.test_b"
cpython_tests.EXPECTED = (cpython_tests.Difference(A, ("calls", "lines"), (3, 12), (3, 13), "why"),
                          cpython_tests.Difference(B, ("lines",), (3, 13), (3, 99), "because"))
bare, measured, dead, slow = run_modules()
CASES = [
    ("outcomes", bare, OUTCOMES),
    ("outcomes measured", measured, dict(OUTCOMES, test_measured="failed")),
    ("a module that dies", dead, {"the module": "ended with 3"}),
    ("a module that does not end", slow, {"test_before": "passed", "the module": "ended with timeout"}),
    ("counted", cpython_tests.summary(bare), (6, 3, 1)),
    ("a difference", cpython_tests.differences(bare, measured), [("test_measured", "passed", "failed")]),
    ("absent", cpython_tests.differences({"a": "passed"}, {"b": "failed"}), [("a", "passed", "absent"), ("b", "absent", "failed")]),
    ("no difference", compare(("failed", "failed")), ([], 0)),
    ("a steady one", compare(*[("passed", "failed")] * 3), ([("t", "passed", "failed")], 0)),
    ("an unsteady one", compare(("passed", "failed"), ("failed", "failed")), ([], 1)),
    ("expected", cpython_tests.expected((3, 13, 2), "events,lines", {A: "passed", B: "passed"}), {A: "why", B: "because"}),
    ("expected of another version", cpython_tests.expected((3, 14, 0), "lines", {A: "passed", B: "passed"}), {B: "because"}),
    ("expected of another instrument", cpython_tests.expected((3, 13, 2), "calls,gc", {A: "passed", B: "passed"}), {A: "why"}),
    ("expected of a test that is not there", cpython_tests.expected((3, 13, 2), "lines", {B: "passed"}), {B: "because"}),
    ("one that mends itself", compare(("passed", "failed"), ("passed", "passed")), ([], 1)),
]

print("1..%d" % len(CASES))
for number, (name, found, expected) in enumerate(CASES, 1):
    print("%sok %d %s" % ("" if found == expected else "not ", number, name))
    if found != expected:
        print("# found %s, expected %s" % (found, expected))
