"""Records a program that lets nobody look into it, with each CPython that is found.

PAGETIDE, PAGETIDE_HELPER and PAGETIDE_AGENT name the programs.
"""
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "tools"))
import pythons  # noqa: E402

PAGETIDE = os.environ["PAGETIDE"]
LIBC = ctypes.CDLL(None)
PR_CAPBSET_DROP, CAP_SYS_PTRACE = 24, 19
MIB = 1 << 20

PROGRAM = """
import ctypes, mmap, os, sys, time, warnings
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
if sys.version_info >= (3, 12):
    # Of a fork where there are threads.
    warnings.simplefilter("error", DeprecationWarning)
blocks = []


def count_threads():
    return len(os.listdir("/proc/self/task"))


def take():
    blocks.append(mmap.mmap(-1, 1 << 20))
    blocks[-1].write(bytes(1 << 20))
    # It grows no faster than who looks from outside can tell its parts apart.
    time.sleep(0.002)


def take_outside():
    while count_threads() != 2:
        take()
        blocks.clear()
    for i in range(100):
        take()


def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(count_threads())
    _, status = os.waitpid(pid, 0)
    assert status == 1 << 8, status


take_outside()
fork()
while count_threads() != 2:
    take()
fork()
"""


def hide():
    """Root may look into everything, unless it is told not to."""
    LIBC.prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0)


class Hidden(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-hidden-")
        self.addCleanup(folder.cleanup)
        self.recording = os.path.join(folder.name, "r.pagetide")
        self.script = os.path.join(folder.name, "hidden.py")
        with open(self.script, "w") as stream:
            stream.write(PROGRAM)

    def record(self, python):
        result = subprocess.run([PAGETIDE, "record", "-o", self.recording, "--python", python, "--instruments", "events",
                                 self.script],
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=120, preexec_fn=hide)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))

    def report(self, view):
        result = subprocess.run([PAGETIDE, "report", self.recording, "--view", view, "--format", "json"], capture_output=True, timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return json.loads(result.stdout)

    def test_reader(self):
        """A thread of ours reads the stacks; it is away while the program forks, and comes again."""
        for version, python in pythons.find():
            with self.subTest(version=version):
                self.record(python)
                sizes = {}
                for row in self.report("functions")["rows"]:
                    sizes[row["function"]] = sizes.get(row["function"], 0) + row["rss_self"]
                self.assertGreater(sizes.get("take", 0), 50 * MIB, sizes)
                self.assertLess(sizes.get("[outside Python]", 0), sizes["take"] / 2, sizes)


if __name__ == "__main__":
    unittest.main(verbosity=1)
