"""The way from the program to the recording, when somebody on it stops, dies, or has no room: the program neither waits nor notices, what was
told arrives, what was not is counted.

Runs in each interpreter that it tests (everywhere.py), which is the one that is measured.  PAGETIDE, PAGETIDE_HELPER and PAGETIDE_AGENT name
the programs.
"""
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

import outside

PAGETIDE = outside.find_program("PAGETIDE")
MIB = 1 << 20

# Grows, says so, waits until it is let go, makes more events than fit into the ring and into a pipe, and ends.
PROGRAM = """
import os, sys
def early():
    for i in range(9):
        kept.append(b"x" * (1 << 20))
def churn():
    # Each comes and goes as a mapping of its own, by the threshold below.
    for i in range(10000):
        b"y" * 150000
def late():
    for i in range(5):
        kept.append(b"z" * (1 << 20))
kept = []
early()
print("ready", os.getpid(), flush=True)
sys.stdin.readline()
churn()
late()
print("done", flush=True)
"""

GROW = """
import os, signal, sys
def grow():
    for i in range(9):
        kept.append(b"x" * (1 << 20))
kept = []
grow()
print("grown", flush=True)
"""


def children_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as stream:
        return [int(word) for word in stream.read().split()]


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Run:
    """A recording that is being made of PROGRAM, up to the point where it waits."""

    def __init__(self, folder, source):
        self.path = os.path.join(folder, "run.pagetide")
        script = os.path.join(folder, "program.py")
        with open(script, "w") as stream:
            stream.write(source)
        self.errors = open(os.path.join(folder, "errors"), "w+b")
        self.recorder = subprocess.Popen([PAGETIDE, "record", "-o", self.path, "--python", outside.PYTHON, "--env",
                                          "MALLOC_MMAP_THRESHOLD_=100000", script], cwd=folder,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def wait_until_ready(self):
        self.target = int(self.recorder.stdout.readline().split()[1])
        with open("/proc/%d/stat" % self.target) as stream:
            self.helper = int(stream.read().rsplit(")", 1)[1].split()[1])

    def wait_until_written(self):
        """What is not in the file yet dies with whoever has it; before its first block it is not even a recording."""
        rise = 0
        while rise < 8 * MIB:
            with contextlib.suppress(subprocess.CalledProcessError):
                rise = self.rises().get("early", 0)

    def let_go(self):
        self.recorder.stdin.write(b"\n")
        self.recorder.stdin.flush()

    def finish(self):
        """What else the program printed, and the exit status."""
        output = self.recorder.stdout.read()
        self.recorder.stdin.close()
        self.recorder.stdout.close()
        status = self.recorder.wait(120)
        self.errors.seek(0)
        self.stderr = self.errors.read()
        self.errors.close()
        return output, status

    def report(self, view):
        answer = subprocess.run([PAGETIDE, "report", self.path, "--view", view, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=60)
        return json.loads(answer.stdout.decode())

    def rises(self):
        return {row["function"]: row["rss_rise"] for row in self.report("functions")["rows"]}


@unittest.skipUnless(PAGETIDE, "PAGETIDE names no program that runs here")
class Transport(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, source=PROGRAM):
        run = Run(self.folder, source)
        run.wait_until_ready()
        return run

    def check_early(self, run):
        self.assertLess(abs(run.rises()["early"] - 9 * MIB), 1.3 * MIB)

    def check_end(self, run):
        summary = run.report("summary")
        self.assertTrue(summary["recording"]["complete"])
        self.assertEqual(summary["rows"][0]["exit_status"], 0)
        self.check_early(run)
        return summary["recording"]["lost"]

    def test_viewer_stops_for_a_while(self):
        run = self.start()
        os.kill(run.recorder.pid, signal.SIGSTOP)
        run.let_go()
        # Not before the program has done its work.
        self.assertEqual(run.recorder.stdout.readline(), b"done\n")
        os.kill(run.recorder.pid, signal.SIGCONT)
        self.assertEqual((run.finish(), run.stderr), ((b"", 0), b""))
        self.check_end(run)

    def test_helper_stops_for_a_while(self):
        run = self.start()
        os.kill(run.helper, signal.SIGSTOP)
        run.let_go()
        self.assertEqual(run.recorder.stdout.readline(), b"done\n")
        os.kill(run.helper, signal.SIGCONT)
        self.assertEqual((run.finish()), (b"", 0))
        # The ring holds some thousand events, and the program made some ten thousand.
        self.assertGreater(self.check_end(run), 1000)

    def test_viewer_is_killed(self):
        run = self.start()
        run.wait_until_written()
        run.recorder.kill()
        run.let_go()
        self.assertEqual(run.finish(), (b"done\n", -signal.SIGKILL))
        while is_alive(run.helper) or is_alive(run.target):
            pass
        self.check_early(run)
        self.assertFalse(run.report("summary")["recording"]["complete"])

    def test_killed_helper_leaves_nothing_on(self):
        """The program sees no instrument on any more, once it has taken some memory."""
        for instruments in ("events", "calls", "lines", "bytes", "bytes-sampled"):
            with self.subTest(instruments=instruments):
                marker, script = (os.path.join(self.folder, name) for name in (instruments, "kill.py"))
                with open(script, "w") as stream:
                    stream.write("""
import ctypes, os, signal, sys
agent = ctypes.PyDLL(None)
before, kept = agent.pagetide_agent_get_instruments(), []
os.kill(os.getppid(), signal.SIGKILL)
while agent.pagetide_agent_get_instruments():
    kept.append([str(i) * 3 for i in range(20000)])
    kept = kept[-100:]
assert before and sys.getprofile() is None and sys.gettrace() is None
open(sys.argv[1], "w").close()
""")
                subprocess.run([PAGETIDE, "record", "-o", os.path.join(self.folder, "run.pagetide"), "--instruments", instruments, "--python",
                                outside.PYTHON, script, marker], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
                # The program goes on without its recorder; its end of the pipe is what ends the wait above.
                self.assertTrue(os.path.exists(marker))

    def test_helper_is_killed(self):
        run = self.start()
        run.wait_until_written()
        os.kill(run.helper, signal.SIGKILL)
        run.let_go()
        output, status = run.finish()
        self.assertEqual(output, b"done\n")
        self.assertNotEqual(status, 0)
        while is_alive(run.target):
            pass
        self.check_early(run)
        self.assertFalse(run.report("summary")["recording"]["complete"])

    def test_sudden_ends(self):
        for last, status in (("os._exit(7)", 7), ("os.kill(os.getpid(), signal.SIGKILL)", 137), ("os.abort()", 134),
                             ("os.kill(os.getpid(), signal.SIGSEGV)", 139), ("import ctypes; ctypes.string_at(1)", 139),
                             ("import threading; threading.Thread(target=os._exit, args=(5,)).start(); [str(i) for i in range(10 ** 8)]", 5)):
            with self.subTest(last):
                run = Run(self.folder, GROW + last + "\n")
                self.assertEqual((run.finish(), run.stderr), ((b"grown\n", status), b""))
                summary = run.report("summary")
                self.assertEqual((summary["recording"]["complete"], summary["recording"]["lost"]), (True, 0))
                self.assertEqual(summary["rows"][0]["exit_status"], status - 128 if status > 128 else status)
                self.assertLess(abs(run.rises()["grow"] - 9 * MIB), 1.3 * MIB)


if __name__ == "__main__":
    unittest.main()
