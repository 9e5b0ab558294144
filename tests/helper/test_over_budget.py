"""A budget that nothing can keep to: the instruments do less and less, are given up one after the other, and the program is none the worse.

PAGETIDE_HELPER and PAGETIDE_AGENT name the programs; the oldest and the newest CPython of this machine are measured, both at a time.
"""
import os
import subprocess
import sys
import threading
import unittest
from concurrent import futures

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)
sys.path[:0] = [os.path.join(TOP, "tools"), os.path.join(TOP, "tests", "pyext")]
import frames  # noqa: E402
import pythons  # noqa: E402

HELPER, AGENT = os.environ["PAGETIDE_HELPER"], os.environ["PAGETIDE_AGENT"]
SAMPLER, EVENTS, FAULTS, CALLS, LINES, BYTES, BYTES_SAMPLED = (1 << bit for bit in range(7))
OFF, ON = 0, 1
LIMIT = 100
# What is said when nothing less is left.
LAST_WORDS = {
    EVENTS: "what Python takes and releases is no longer followed",
    FAULTS: "page faults are no longer followed",
    CALLS: "calls are no longer told",
}
FARTHER = "samples of Python bytes are farther apart"

# It takes and releases memory, calls functions and takes blocks until its input ends; then it says whether it always computed the same.
PROGRAM = """
import select
def step(i):
    return str(i)
def work():
    blocks = [b"x" * 70000 for _ in range(20)]
    return sum(map(len, blocks)), hash(tuple(map(len, [step(i) for i in range(5000)])))
first, same = work(), True
while not select.select([0], [], [], 0)[0]:
    same = work() == first and same
print(first[0], same)
raise SystemExit(5)
"""


def is_over(told, instruments):
    """Whether each of INSTRUMENTS that was on was given up and is off, but for sampled bytes, which may be cheap enough once they are rare."""
    last = [instrument for instrument in instruments if (instrument, ON) in told or instrument != FAULTS]
    said = "\n".join(one for one in told if isinstance(one, str))
    states = dict(one for one in told if isinstance(one, tuple))
    return all(FARTHER in said if instrument == BYTES_SAMPLED else LAST_WORDS[instrument] in said and states.get(instrument) == OFF
               for instrument in last)


def run(python, instruments, last):
    """What was told of instruments and to the person, in order, until LAST are off: [(instrument, state) or sentence]."""
    read, write = os.pipe()
    command = [HELPER, "launch", "--frames", str(write), "--agent", AGENT, "--instruments", str(SAMPLER | instruments), "--budget", "1",
               "--", python, "-c", PROGRAM]
    # Each of its blocks is a mapping of its own, which comes page by page and goes at once.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[write],
                               env=dict(os.environ, MALLOC_MMAP_THRESHOLD_="65536"))
    os.close(write)
    late = threading.Timer(LIMIT, process.stdin.close)
    late.start()
    told = []
    try:
        with open(read, "rb") as stream:
            for kind, cursor in frames.each(stream):
                if kind not in (frames.INSTRUMENT, frames.MESSAGE):
                    continue
                _, second, third = cursor.varint(), cursor.varint(), cursor.varint()
                if kind == frames.MESSAGE:
                    told.append(cursor.rest().decode())
                else:
                    told.append((second, third))
                    if is_over(told, last):
                        process.stdin.close()
        out = process.stdout.read()
        return told, out, process.wait()
    finally:
        late.cancel()
        process.stdout.close()


class OverBudget(unittest.TestCase):
    def both(self, instruments, *last):
        found = [path for _, path in pythons.find()]
        chosen = [found[0], found[-1]] if len(found) > 1 else found
        with futures.ThreadPoolExecutor() as pool:
            for python, (told, out, status) in zip(chosen, pool.map(lambda python: run(python, instruments, last), chosen)):
                with self.subTest(python=python):
                    self.assertEqual((status, out), (5, b"%d True\n" % (20 * 70000)), told)
                    yield told

    def position(self, told, what):
        """Where it was first told; sentences by a part of them."""
        for i, one in enumerate(told):
            if one == what or (isinstance(what, str) and isinstance(one, str) and what in one):
                return i
        return self.fail(f"{what} is not in {told}")

    def assert_given_up(self, told, instrument, sentence=None):
        """Said, and done."""
        sentence = sentence or LAST_WORDS[instrument]
        self.assertLess(self.position(told, (instrument, ON)), self.position(told, sentence), told)
        self.assertLess(self.position(told, sentence), len(told) - 1 - told[::-1].index((instrument, OFF)), told)

    def test_faults_and_events(self):
        for told in self.both(EVENTS | FAULTS, EVENTS, FAULTS):
            fewer = [i for i, one in enumerate(told) if isinstance(one, str) and "half as often" in one]
            self.assert_given_up(told, EVENTS)
            if (FAULTS, ON) in told:
                self.assert_given_up(told, FAULTS)
                self.assertEqual(len(fewer), 8, told)
                self.assertLess(fewer[3], self.position(told, "no longer followed"), told)
            else:
                self.assertEqual(len(fewer), 4, told)

    def test_lines_and_bytes(self):
        for told in self.both(LINES | BYTES, CALLS, BYTES_SAMPLED):
            self.assert_given_up(told, LINES, "lines are no longer told, only calls")
            self.assert_given_up(told, CALLS)
            self.assert_given_up(told, BYTES, "Python bytes are sampled, no longer counted exactly")
            self.assertLess(self.position(told, (BYTES_SAMPLED, ON)), self.position(told, FARTHER), told)


if __name__ == "__main__":
    unittest.main(verbosity=1)
