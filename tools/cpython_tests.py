"""Runs CPython's own test modules bare and under each set of instruments, and says where the results differ.

For each interpreter that has the package `test` (distributions leave it out): each module runs once bare and once under `pagetide record` for
each set of instruments.  Each test's outcome is compared.  Where one differs, the module runs again both ways: what differs each time in the
same way is Pagetide's, what also changes between two runs of the same kind is unsteady by itself.  EXPECTED says what has to differ, and why.

  cpython_tests.py [--python PATH]... [--instruments LIST]... [--modules NAMES] [--timeout SECONDS] [--pagetide PATH]

Interpreters beyond those that are found: a list in PAGETIDE_TEST_PYTHONS (separated by colons).  The exit status is 1 when anything differs that is
not expected to, or the other way round.
"""
import argparse
import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pythons  # noqa: E402

# Name of a module, and what the names of its tests must contain, where all of them would take minutes.
MODULES = {
    "test_threading": ("ThreadTests", "ThreadJoinOnShutdown", "SubinterpThreading", "LockTests", "EventTests", "Condition", "Semaphore", "Barrier", "Timer"),
    "test_thread": (),
    "test_fork1": (),
    "test_subprocess": ("POSIXProcessTestCase", "ContextManagerTests", "RunFuncTestCase"),
    "test_multiprocessing_fork": ("WithProcessesTestProcess", "WithProcessesTestQueue", "WithProcessesTestPool", "WithProcessesTestLock"),
    "test_multiprocessing_spawn": ("WithProcessesTestProcess",),
    "test_multiprocessing_forkserver": ("WithProcessesTestProcess",),
    "test_asyncio.test_tasks": (),
    "test_asyncio.test_locks": (),
    "test_asyncio.test_subprocess": (),
    "test_generators": (),
    "test_coroutines": (),
    "test_signal": (),
    "test_gc": (),
    "test_io": ("CBuffered", "CTextIOWrapper", "CSignals"),
    "test_mmap": (),
    "test_faulthandler": (),
    "test_sys_settrace": (),
    "test_sys_setprofile": (),
    "test_monitoring": (),
    "test_tracemalloc": (),
    "test_weakref": (),
    "test_exceptions": (),
    "test_json": (),
    "test_dict": (),
    "test_bytes": (),
    "test_audit": (),
    "test_bdb": (),
    "test_atexit": (),
}

INSTRUMENTS = ("events", "events,faults", "calls", "lines", "bytes", "bytes-sampled", "gc")

Difference = collections.namedtuple("Difference", "test instruments first last reason")

# What differs under any of INSTRUMENTS, from version FIRST to version LAST.  Each is CPython's own doing: the same test differs in the same way when a
# program of a few lines in Python has a tool of sys.monitoring listen to the event that REASON names.
EXPECTED = (
    Difference("test.test_monitoring.ExceptionMonitoringTest.test_no_unwind_for_shim_frame", ("calls", "lines"), (3, 13), (3, 99),
               "looks for CALL_ALLOC_AND_ENTER_INIT, which a call never becomes while a tool listens to CALL"),
    Difference("test.test_monitoring.ExceptionMonitoringTest.test_implicit_stop_iteration", ("lines",), (3, 12), (3, 13),
               "a loop over a generator is not told of the end as before while a tool listens to LINE"),
    Difference("test.test_monitoring.TestBranchConsistency.test_async_for", ("lines",), (3, 14), (3, 99),
               "co_branches() misreads an asynchronous loop while a tool listens to LINE"),
    Difference("test.test_monitoring.TestDisable.test_disable_legal_events", ("lines",), (3, 14), (3, 99),
               "a BRANCH that was given DISABLE is told once more, for its other way, while a tool listens to LINE"),
    Difference("test.test_tracemalloc.TestTracemallocEnabled.test_get_traced_memory", ("calls", "lines"), (3, 12), (3, 13),
               "tracemalloc counts the number that tells where in the code the event is, which CPython makes for whoever listens to CALL"),
)
# How often a module runs again, bare and measured, when a result differs.
ATTEMPTS = 3

# Runs in the interpreter that is tested: as a script, so that both runs differ in nothing but Pagetide.
DRIVER = r'''
import importlib, json, sys, unittest

class Result(unittest.TextTestResult):
    def __init__(self, *arguments, **keys):
        super().__init__(*arguments, **keys)
        self.outcomes = {}

    def startTest(self, test):
        super().startTest(test)
        self.outcomes[test.id()] = "passed"

    def stopTest(self, test):
        super().stopTest(test)
        # At once, since a later one may never end.
        with open(sys.argv[2], "a") as stream:
            stream.write(json.dumps([test.id(), self.outcomes[test.id()]]) + "\n")

    def put(self, test, outcome):
        self.outcomes[test.id()] = outcome

    def addError(self, test, error):
        super().addError(test, error)
        self.put(test, "failed")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.put(test, "failed")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.put(test, "failed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.put(test, "skipped")

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)
        self.put(test, "expected")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.put(test, "unexpected")

def walk(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from walk(test)
        else:
            yield test

def main():
    name, output, *parts = sys.argv[1:]
    from test import support
    # None would mean all of them: network, gigabytes, minutes.
    support.use_resources = []
    suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
    if parts:
        suite = unittest.TestSuite(test for test in walk(suite) if any(part in test.id() for part in parts))
    unittest.TextTestRunner(resultclass=Result, verbosity=2).run(suite)
    with open(output, "a") as stream:
        stream.write("[]\n")

if __name__ == "__main__":
    main()
'''


def has_module(python, name):
    program = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    return subprocess.run([python, "-c", program, "test." + name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def find():
    """[path], lowest version first."""
    answers = pythons.find()
    for path in filter(None, os.environ.get("PAGETIDE_TEST_PYTHONS", "").split(":")):
        answer = pythons.ask(path)
        if answer:
            answers.append((answer[0], path))
    return [path for _, path in sorted(answers)]


class Bench:
    """Runs modules, in a folder of its own.  LOGS: None, or how the names of files begin that keep the output."""

    def __init__(self, directory, pagetide, timeout, logs):
        self.directory, self.pagetide, self.timeout, self.logs = directory, pagetide, timeout, logs
        self.driver = os.path.join(directory, "driver.py")
        with open(self.driver, "w") as stream:
            stream.write(DRIVER)

    def run(self, python, name, instruments):
        """{test: outcome}; INSTRUMENTS None: bare.  A run that does not end by itself has an outcome of that name."""
        output = os.path.join(self.directory, "result.json")
        recording = os.path.join(self.directory, "run.pagetide")
        if os.path.exists(output):
            os.remove(output)
        command = [self.driver, name, output, *MODULES.get(name, ())]
        if instruments is None:
            command = [python, *command]
        else:
            command = [self.pagetide, "record", "-o", recording, "--python", python, "--instruments", instruments, *command]
        log = "%s%s-%s.log" % (self.logs or os.path.join(self.directory, ""), name, instruments or "bare")
        with tempfile.TemporaryDirectory(dir=self.directory) as place, open(log, "wb") as stream:
            process = subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
            try:
                status = process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                status = "timeout"
            # Also what it left behind.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        lines = []
        if os.path.exists(output):
            with open(output) as stream:
                lines = [json.loads(line) for line in stream]
        outcomes = dict(filter(None, lines))
        if not lines or lines[-1]:
            outcomes["the module"] = "ended with %s" % status
        return outcomes


def differences(bare, measured):
    """[(test, bare's outcome, measured's)] of those that differ."""
    return [(test, bare.get(test, "absent"), measured.get(test, "absent"))
            for test in sorted(bare.keys() | measured.keys()) if bare.get(test) != measured.get(test)]


def summary(outcomes):
    """(run, failed, skipped)"""
    values = list(outcomes.values())
    skipped = values.count("skipped")
    return len(values) - skipped, len(values) - skipped - values.count("passed") - values.count("expected"), skipped


def steady(bares, measureds):
    """The differences that every pair of runs shows.  A test with two outcomes of one kind proves nothing."""
    kept = set(differences(bares[0], measureds[0]))
    for bare in bares:
        for measured in measureds:
            kept &= set(differences(bare, measured))
    return sorted(kept)


def expected(version, instruments, bare):
    """{test: reason} of what has to differ, of the tests that passed BARE."""
    return {one.test: one.reason for one in EXPECTED
            if bare.get(one.test) == "passed" and one.first <= version[:2] <= one.last and set(one.instruments) & set(instruments.split(","))}


def compare(run, instruments):
    """RUN gives outcomes for a set of instruments or None.  {set: (outcomes, steady differences, number of unsteady ones)}"""
    bares, answer = [run(None)], {}
    for which in instruments:
        measureds = [run(which)]
        first = differences(bares[0], measureds[0])
        while steady(bares, measureds) and len(measureds) < ATTEMPTS:
            measureds.append(run(which))
            while len(bares) < len(measureds):
                bares.append(run(None))
        kept = steady(bares, measureds)
        answer[which] = (measureds[0], kept, len(first) - len(kept))
    return bares[0], answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", action="append", help="an interpreter (default: all that are found)")
    parser.add_argument("--instruments", action="append", help="a set of instruments, separated by commas; may be repeated")
    parser.add_argument("--modules", help="names, separated by commas (default: all)")
    parser.add_argument("--timeout", type=int, default=300, help="seconds for a run of a module")
    parser.add_argument("--pagetide", default=os.environ.get("PAGETIDE") or shutil.which("pagetide"))
    parser.add_argument("--logs", help="a folder to keep the output of the runs in")
    options = parser.parse_args()
    if not options.pagetide:
        parser.error("there is no pagetide; name it by --pagetide")
    instruments = options.instruments or INSTRUMENTS
    # A shell that starts this in the background has it ignored, which programs inherit, and tests of signals notice.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    names = options.modules.split(",") if options.modules else list(MODULES)
    paths = options.python or find()
    tested = differing = agreeing = 0
    print("%-8s %-32s %-14s %6s %6s %6s  %s" % ("python", "module", "instruments", "run", "failed", "skip", "differs from bare"))
    for path in paths:
        version = pythons.ask(path)
        label = ".".join(map(str, version[0])) if version else path
        if not has_module(path, "test_json"):
            print("%-8s has no test package: skipped (%s)" % (label, path))
            continue
        with tempfile.TemporaryDirectory(prefix="pagetide-cpython-") as directory:
            bench = Bench(directory, options.pagetide, options.timeout, options.logs and os.path.join(options.logs, label + "-"))
            for name in names:
                if not has_module(path, name):
                    print("%-8s %-32s is not in this version" % (label, name))
                    continue
                bare, answer = compare(lambda which: bench.run(path, name, which), instruments)
                print("%-8s %-32s %-14s %6d %6d %6d" % (label, name, "bare", *summary(bare)))
                for which, (outcomes, kept, unsteady) in answer.items():
                    wanted = expected(version[0], which, bare)
                    surprising = [difference for difference in kept if difference[0] not in wanted]
                    missing = sorted(wanted.keys() - {test for test, _, _ in kept})
                    words = "%d tests" % len(surprising) if surprising else "no"
                    if wanted:
                        words += ", %d as expected" % (len(wanted) - len(missing))
                    if unsteady > 0:
                        words += " (%d unsteady by themselves)" % unsteady
                    print("%-8s %-32s %-14s %6d %6d %6d  %s" % (label, name, which, *summary(outcomes), words))
                    for difference in surprising:
                        print("    %s: %s bare, %s measured" % difference)
                    for test in missing:
                        print("    %s: expected to differ (%s), and does not" % (test, wanted[test]))
                    tested += 1
                    agreeing += len(wanted) - len(missing)
                    differing += bool(surprising or missing)
                sys.stdout.flush()
    for one in EXPECTED if agreeing else ():
        print("expected of %s: %s: %s" % (" and ".join(one.instruments), one.test, one.reason))
    print("%d comparisons, %d differ, beyond %d tests that are expected to" % (tested, differing, agreeing))
    return 1 if differing or not tested else 0


if __name__ == "__main__":
    sys.exit(main())
