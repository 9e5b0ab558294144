"""Free-threaded CPythons, where there are any: what is safe there measures, what is not refuses in words, and no program is harmed.

PAGETIDE_AGENT and PAGETIDE_AGENT_HOST name the agent and its host program.
"""

import glob
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import interpreters  # noqa: E402
from recording import BYTES, ENDED, EVENTS, FAULTS, ON, REFUSED, Runner  # noqa: E402

AGENT = os.path.abspath(os.environ.get("PAGETIDE_AGENT", "pagetide-agent.so"))
HOST = os.path.abspath(os.environ.get("PAGETIDE_AGENT_HOST", "agent-host"))
SKIPPED = 77
MIB = 1 << 20
PAGE = os.sysconf("SC_PAGESIZE")
QUESTION = "import sys, sysconfig; print(int(bool(sysconfig.get_config_var('Py_GIL_DISABLED'))), sys.version_info[1])"

# Each thread keeps a known number of bytes, all of them at the same time.
GROW = """
import sys, threading
kept, barrier = [], threading.Barrier(4)
def small(n): return [str(i) * 9 for i in range(n)]
def big(n): return bytearray(b"x") * n
def work():
    barrier.wait()
    kept.append(small(60000))
    barrier.wait()
    kept.append(big(6 << 20))
threads = [threading.Thread(target=work) for i in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done", not sys._is_gil_enabled())
"""

CHURN = """
import threading
def churn(seed):
    kept = []
    for i in range(400):
        kept.append(bytearray(70000 + seed * 997 + i * 501))
        kept.append([str(i + j) for j in range(200)])
        if i % 7 == 0: del kept[: len(kept) // 2]
threads = [threading.Thread(target=churn, args=(i,)) for i in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done")
"""


def find():
    """[(path, minor version)]"""
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    names = ["python3t"] + ["python3.%dt" % minor for minor in range(13, 20)]
    candidates = [path for _, path in interpreters.find()[0]] + [shutil.which(name) for name in names]
    candidates += sorted(glob.glob(os.path.join(glob.escape(root), "versions", "*", "bin", "python3")))
    found = {}
    for path in filter(None, candidates):
        try:
            answer = subprocess.run([path, "-c", QUESTION], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=True)
            no_gil, minor = map(int, answer.stdout.split())
        except (OSError, ValueError, subprocess.SubprocessError):
            continue
        if no_gil:
            found.setdefault(os.path.realpath(path), (path, minor))
    return sorted(found.values())


class Cases:
    python = None
    minor = 0

    def run_program(self, program, wanted):
        recording = Runner(AGENT, HOST, self.python).run(program, wanted=wanted)
        self.assertEqual((recording.status, recording.stderr), (0, b""))
        self.assertEqual((recording.end["state"], recording.bad), (ENDED, []))
        self.assertTrue(recording.stdout.startswith(b"done"), recording.stdout)
        self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)
        return recording

    def test_growth(self):
        recording = self.run_program(GROW, EVENTS | FAULTS)
        self.assertEqual(recording.stdout, b"done True\n")
        self.assertEqual(recording.end["events"]["state"], ON)
        if recording.end["faults"]["state"] != ON:
            self.skipTest("no fault signals here: %s" % recording.end["faults"]["reason"])
        total = recording.by_total()
        # The four of them took some 25 MiB of small objects and 24 MiB of big blocks.
        self.assertGreater(total["big"], 22 * MIB)
        self.assertGreater(total["small"], 18 * MIB)
        self.assertGreater(len({event["tid"] for event in recording.events if "big" in {code.short for code in recording.stack(event)}}), 1)

    def test_churn(self):
        for _ in range(3):
            self.run_program(CHURN, EVENTS | FAULTS)

    def test_refused(self):
        recording = self.run_program(CHURN, EVENTS | BYTES)
        self.assertEqual(recording.end["bytes"]["state"], REFUSED)
        self.assertIn("free-threaded", recording.end["bytes"]["reason"])


class NotKnown(Cases):
    """Versions whose frames are not understood yet."""

    def test_growth(self):
        recording = self.run_program(GROW, EVENTS | FAULTS)
        for name in ("events", "faults"):
            self.assertEqual(recording.end[name]["state"], REFUSED)
            self.assertIn("ree-threaded", recording.end[name]["reason"])

    test_refused = test_growth


def main():
    suite = unittest.TestSuite()
    pythons = find()
    for path, minor in pythons:
        print("testing: %s" % path, flush=True)
        base = Cases if minor <= 13 else NotKnown
        case = type("Free", (base, unittest.TestCase), {"python": path, "minor": minor})
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    if not pythons:
        print("skipped: there is no free-threaded CPython here")
        sys.exit(SKIPPED)
    sys.exit(0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1)


if __name__ == "__main__":
    main()
