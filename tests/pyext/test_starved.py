"""The agent in a program that has no descriptors, no memory, or no time left: the program does what it would do without.

Runs in each interpreter that it tests (everywhere.py), which is the one that runs the programs.
"""
import os
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from recording import ENDED, EVENTS, FAULTS, ON, REFUSED, Runner  # noqa: E402

MIB = 1 << 20
AGENT, HOST = (os.path.abspath(os.environ.get(name, "")) for name in ("PAGETIDE_AGENT", "PAGETIDE_AGENT_HOST"))
BOTH = (EVENTS, EVENTS | FAULTS)

# Takes all descriptors there are, grows, gives them back; what it says is the same with and without the agent.
DESCRIPTORS = """
import ctypes, os, resource, threading
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 100), hard))
# The end of a thread may load it.
ctypes.CDLL("libgcc_s.so.1")
taken = []
try:
    while len(taken) < 200:
        taken.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    # Not one of the numbers that it may have is taken by somebody else.
    print(error.errno, taken == sorted(taken), taken[0], taken[-1], len(taken))
def grow():
    return [b"x" * 300000 for i in range(20)]
kept = grow()
thread = threading.Thread(target=grow)
thread.start()
thread.join()
for fd in taken:
    os.close(fd)
resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
more = grow()
print("done")
"""

# Takes memory up to the limit again and again, in big and small pieces, and works on.
MEMORY = """
import resource, threading
with open("/proc/self/statm") as stream:
    now = int(stream.read().split()[0]) * 4096
resource.setrlimit(resource.RLIMIT_AS, (now + (64 << 20), resource.RLIM_INFINITY))
def fill(size):
    kept = []
    try:
        while True:
            kept.append(b"x" * size)
    except MemoryError:
        return len(kept) > 1
def work():
    for size in (1 << 20, 100000, 3000, 400):
        assert fill(size), size
for i in range(3):
    work()
space = {}
for i in range(300):
    exec("def made_%d():\\n return b'x' * 200000" % i, space)
    space["made_%d" % i]()
try:
    exec("def last(): return b'x' * (200 << 20)\\nlast()")
except MemoryError:
    print("refused")
print("done")
"""

CHURN = """
import threading
def made(n):
    space = {}
    exec("def grow():\\n    return [b'x' * 200000 for i in range(5)]\\n" % (), space)
    return space["grow"]()
def work():
    while True:
        for n in range(20):
            made(n)
for i in range(3):
    threading.Thread(target=work, daemon=True).start()
print("ready", flush=True)
work()
"""


class Starved(unittest.TestCase):
    def bare(self, source):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "program.py")
            with open(path, "w") as stream:
                stream.write(source)
            process = subprocess.run([sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return process.returncode, process.stdout, process.stderr

    def compare(self, source, **kwargs):
        """Gives the recordings of both sets, in which the program did what it does bare."""
        bare = self.bare(source)
        if bare[0] < 0:
            # Those of 3.15 that were tried before its release.
            self.skipTest("without us this interpreter dies of it as well: %r" % (bare,))
        self.assertEqual(bare[0], 0, bare)
        for wanted in BOTH:
            with self.subTest(wanted=wanted):
                recording = Runner(AGENT, HOST, sys.executable).run(source, wanted=wanted, **kwargs)
                self.assertEqual((recording.status, recording.stdout, recording.stderr), bare)
                self.assertEqual((recording.bad, recording.end["state"]), ([], ENDED))
                yield recording

    def test_no_descriptors(self):
        for recording in self.compare(DESCRIPTORS):
            self.assertEqual(recording.end["events"]["state"], ON)
            self.assertLess(abs(recording.by_total(lambda delta: delta > 0)["grow"] - 3 * 20 * 300000), 6500000)

    def test_no_descriptors_from_the_beginning(self):
        """Not even one for the agent's own: it says so, or works all the same."""
        program = "print('done')\nkept = [b'x' * 300000 for i in range(20)]\n"
        for n, which in ((4, "-S"), (5, "-S"), (6, "-S"), (4, ""), (5, ""), (7, ""), (20, "")):
            command = 'ulimit %s -n %d; exec "$0" "$@"' % (which, n)
            bare = subprocess.run(["/bin/sh", "-c", command, sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for wanted in BOTH:
                recording = Runner(AGENT, HOST, sys.executable).run(program="/bin/sh", wanted=wanted,
                                                                    arguments=["-c", command, sys.executable, "-c", program])
                with self.subTest(n=n, which=which, wanted=wanted):
                    # One more descriptor is open than without: the way to the agent.  It is closed before the interpreter wants any.
                    if bare.returncode == 0:
                        self.assertEqual((recording.status, recording.stdout, recording.stderr), (0, b"done\n", b""))
                        for name in ("events", "faults"):
                            state, reason = recording.end[name]["state"], recording.end[name]["reason"]
                            self.assertTrue(state != REFUSED or reason.endswith("."), (name, state, reason))

    def test_no_memory(self):
        for recording in self.compare(MEMORY):
            # A few thousand events fit into what the agent has from the beginning.
            self.assertGreater(len(recording.events), 100)

    @unittest.skipIf("TIDE_SANITIZER_LOG" in os.environ, "AddressSanitizer begins with terabytes of addresses, which no such limit grants")
    def test_no_memory_from_the_beginning(self):
        """Where the interpreter itself has just enough, it has with the agent too, but for the few MiB that the agent takes."""
        program = "kept = [b'x' * 300000 for i in range(20)]\nprint(next(line for line in open('/proc/self/status') if 'VmPeak' in line).split()[1])\n"
        # Not from below: with a little less than it needs 3.13 never ends, bare too.
        least = int(subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True).stdout)
        for more in (16384, 24576):
            command = 'ulimit -v %d; exec "$0" "$@"' % (least + more)
            recording = Runner(AGENT, HOST, sys.executable).run(program="/bin/sh", arguments=["-c", command, sys.executable, "-c", program])
            self.assertEqual((recording.status, recording.stderr, recording.bad), (0, b"", []))
            self.assertLess(int(recording.stdout), least + more)

    def test_death_at_any_moment(self):
        """Killed while several threads write: what is in the ring is whole."""
        for wanted in BOTH:
            for i in range(4):
                accounts = random.randrange(1, 2000)
                recording = Runner(AGENT, HOST, sys.executable).run(CHURN, wanted=wanted, options=["--kill", str(accounts)])
                self.assertEqual((recording.status, recording.stderr), (137, b""))
                self.assertEqual(recording.bad, [])
                known = {code for event in recording.events for code, _ in event["frames"]}
                self.assertLessEqual(known, set(recording.codes))
                self.assertTrue(recording.events)


if __name__ == "__main__":
    unittest.main()
