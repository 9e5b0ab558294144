"""Runs test files of unittest on every CPython that is found, the package beside them, and prints TAP.

    everywhere.py TEST.py…

PAGETIDE_PYTHONPATH: where the package is (a list, separated by colons); without it the one of this tree.  A promised version that this
machine lacks is a skipped case.
"""
import os
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.join(HERE, os.pardir, os.pardir, "pyext")
TIMEOUT_S = 300
# Stands before the lines that the program in the other interpreter means for us.
MARK = "\x01case "


class Result(unittest.TestResult):
    """Prints a line for each test: MARK, ok or not ok, name, and why it was skipped."""

    def __init__(self, stream=None, descriptions=None, verbosity=None):
        super().__init__(stream, descriptions, verbosity)
        self.bad = False

    def startTest(self, test):
        super().startTest(test)
        self.bad = False

    def tell(self, good, test, more=""):
        print("%s%s %s%s" % (MARK, "ok" if good else "not ok", test.id(), more), flush=True)

    def addSuccess(self, test):
        self.tell(True, test)

    def addSkip(self, test, reason):
        self.tell(True, test, " # SKIP " + reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(False, test)
        print(self.failures[-1][1], flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(False, test)
        print(self.errors[-1][1], flush=True)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.tell(False, subtest)
            print((self.failures + self.errors)[-1][1], flush=True)


def run_here(path):
    """In the interpreter that is tested."""
    sys.path.insert(0, os.path.dirname(path))
    name = os.path.splitext(os.path.basename(path))[0]
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = Result()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


def run_there(python, path):
    """(exit status, output) of the tests of PATH under PYTHON."""
    environment = dict(os.environ, PYTHONPATH=os.environ.get("PAGETIDE_PYTHONPATH", PACKAGE), PYTHONDONTWRITEBYTECODE="1", PYTHONUTF8="1",
                       PAGETIDE_TEST_PYTHON=python)
    with tempfile.TemporaryDirectory(prefix="tide-package-") as folder:
        environment.update(HOME=folder, TMPDIR=folder)
        try:
            answer = subprocess.run([python, os.path.abspath(__file__), "--here", path], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            return "timeout", (error.stdout or b"").decode(errors="replace")
    return answer.returncode, answer.stdout.decode(errors="replace")


def main(paths):
    import interpreters
    # Ignored in what a shell starts in the background, and inherited by all that it starts; the tests send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    found, absent = interpreters.find()
    number = 0
    failed = not found

    def tell(good, text):
        nonlocal number, failed
        number += 1
        failed |= not good
        print("%s %d %s" % ("ok" if good else "not ok", number, text), flush=True)

    for path in map(os.path.abspath, paths):
        for version, python in found:
            status, output = run_there(python, path)
            cases = 0
            for line in output.splitlines():
                if line.startswith(MARK):
                    verdict = line[len(MARK):]
                    good = verdict.startswith("ok ")
                    cases += 1
                    tell(good, "%s %s" % (version, verdict.split("ok ", 1)[1]))
                else:
                    print("# " + line)
            if not cases or status not in (0, 1):
                tell(False, "%s %s: ended with %s after %d cases" % (version, os.path.basename(path), status, cases))
    for version in absent:
        tell(True, "# SKIP no CPython %s here" % version)
    print("1..%d" % number)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_here(sys.argv[2]) if sys.argv[1] == "--here" else main(sys.argv[1:]))
