"""Programs with C code that does what is allowed and seldom done: threads that are cancelled, memory that is mapped in forked children, numbers of
processes that are others inside; and instruments that go and come back.

Runs in each interpreter that it tests (everywhere.py), which is the one that is measured.  PAGETIDE, PAGETIDE_HELPER, PAGETIDE_AGENT and
PAGETIDE_COMPANY name what was built.
"""
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import unittest

import outside

PAGETIDE = outside.find_program("PAGETIDE")
COMPANY = os.environ["PAGETIDE_COMPANY"]
MIB = 1 << 20
CLONE_NEWPID = 0x20000000
PR_CAPBSET_DROP, CAP_SYS_PTRACE = 24, 19

CANCEL = """
import ctypes, gc, sys
assert ctypes.CDLL(sys.argv[1]).company_cancel_threads(8) == 0
gc.collect()
"""

FORK = """
import ctypes, mmap, os, sys, time
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
while len(os.listdir("/proc/self/task")) != 2:
    mmap.mmap(-1, 1 << 20).write(bytes(1 << 20))
    # It grows no faster than who looks from outside sees it.
    time.sleep(0.002)
print(ctypes.CDLL(sys.argv[1]).company_fork_cancelled())
"""

MAP = """
import ctypes, os, sys
def call():
    return len("x")
for i in range(1000):
    call()
child = os.fork()
if child == 0:
    os._exit(ctypes.CDLL(sys.argv[1]).company_count_lost())
status = os.waitpid(child, 0)[1]
print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1)
"""

NAMESPACE = """
import ctypes, os, sys
assert ctypes.CDLL(None).unshare(%d) == 0
child = os.fork()
if child == 0:
    kept = [b"x" * (1 << 20) for i in range(60)]
    grandchild = os.fork()
    if grandchild == 0:
        os.execv(sys.executable, [sys.executable, "-c", "pass"])
    assert os.waitpid(grandchild, 0)[1] == 0
    os._exit(0 if os.getpid() == 1 else 1)
assert os.waitpid(child, 0)[1] == 0
print(os.getpid(), child)
""" % CLONE_NEWPID

AGAIN = """
from pagetide import instruments
def call(n):
    for i in range(n):
        len("x")
call(100000)
assert instruments.stop("calls")
assert instruments.start("calls"), instruments.state("calls")
def after():
    call(100000)
after()
"""


def hide():
    """Root may look into everything, unless it is told not to."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0)


def can_have_namespace():
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(CLONE_NEWPID) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


@unittest.skipUnless(PAGETIDE, "PAGETIDE names no program that runs here")
class Company(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-company-")
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "x.pagetide")

    def run_program(self, source, *options, before=None):
        command = [PAGETIDE, "record", "-o", self.path, *options, "--python", outside.PYTHON, "-c", source, COMPANY]
        process = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                                 preexec_fn=before)
        self.assertEqual((process.returncode, process.stderr), (0, b""))
        return process.stdout.decode()

    def rows(self, view):
        return json.loads(subprocess.check_output([PAGETIDE, "report", self.path, "--view", view, "--format", "json"]).decode())["rows"]

    def test_cancelled_threads(self):
        """One that ends inside a look of ours must not take the way of all others to tell of what they do with it."""
        self.run_program(CANCEL, "--instruments", "events,gc")
        self.assertEqual([row["kind"] for row in self.rows("markers")][:1], ["gc"])
        self.assertEqual(self.rows("summary")[0]["lost"], 0)

    def test_cancelled_fork(self):
        """What is done before a fork where a thread of ours reads memory for the helper."""
        self.assertEqual(self.run_program(FORK, "--instruments", "events", before=hide), "7\n")

    def test_memory_of_a_forked_child(self):
        """Fork handlers that were there before ours map memory where the pages of our events were."""
        self.assertEqual(self.run_program(MAP, "--instruments", "calls", "--env", "LD_PRELOAD=" + COMPANY), "0\n")

    @unittest.skipUnless(can_have_namespace(), "this system lets us make no namespace of processes")
    def test_namespace(self):
        """A child that is number 1 for itself is the one that it is for us."""
        parent, child = (int(word) for word in self.run_program(NAMESPACE, "--instruments", "events", "--children").split())
        first, second, *executed = self.rows("processes")
        self.assertEqual((first["pid"], second["pid"], second["parent_pid"]), (parent, child, parent))
        self.assertGreater(second["rss_peak"], 50 * MIB)
        # The forked one, and the program that it became.
        self.assertEqual([row["parent_pid"] for row in executed], [child] * 2)

    def test_calls_again(self):
        """The memory of an instrument that comes back is as little the program's as it was at first."""
        self.run_program(AGAIN, "--instruments", "events,calls")
        rows = [row for row in self.rows("functions") if row["function"] in ("after", "call")]
        self.assertEqual(sum(row["calls"] for row in rows if row["function"] == "call"), 2)
        self.assertLess(sum(abs(row["rss_self"]) for row in rows), MIB // 2)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
