"""Python bytes, exact and sampled, in every CPython that is found: the same as tracemalloc says, to the byte.

PAGETIDE_AGENT and PAGETIDE_AGENT_HOST name the agent and its host program.
"""

import json
import math
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import interpreters  # noqa: E402
from recording import BYTES, BYTES_SAMPLED, EVENTS, FAULTS, OFF, ON, REFUSED, Runner  # noqa: E402

AGENT = os.path.abspath(os.environ.get("PAGETIDE_AGENT", "pagetide-agent.so"))
HOST = os.path.abspath(os.environ.get("PAGETIDE_AGENT_HOST", "agent-host"))
LINE, FUNCTION, PROCESS = 1, 2, 3
PAGE = os.sysconf("SC_PAGESIZE")

# Objects that the interpreter keeps in lists of its own when they die are given to another line by tracemalloc when they are used
# again, without a call of an allocator; so the measured lines make others only.
ORACLE = """
import json, os, signal, sys, tracemalloc

N = 1000
cells = [None] * N
names = ["name%d" % i for i in range(N)]
numbers = list(range(300, 300 + N))
slots = list(range(N))
seed = bytearray(b"z")
table = {}
buffer = bytearray()
grown = []

class Slots:
    __slots__ = ("a", "b")

def work():
    for i in slots: cells[i] = b"x" * numbers[i]
    for i in slots: names[i] = "\u00e9" * numbers[i]
    for i in numbers: table[i] = i
    for i in numbers: buffer.extend(b"0123456789")
    for i in numbers: grown.append(i)
    for i in numbers: b"y" * i
    for i in slots: names[i] = Slots()
    big = seed * 3000000
    big += b"w" * 5000000
    return big

kept = work()
lines = {}
for statistic in tracemalloc.take_snapshot().statistics("lineno"):
    frame = statistic.traceback[0]
    if frame.filename == __file__:
        lines[frame.lineno] = statistic.size, statistic.count
sys.stdout.write(json.dumps([lines, work.__code__.co_firstlineno]))
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


class Sums:
    """The sites of one line, function or program."""

    def __init__(self, sites):
        sites = list(sites)
        for key in ("live", "blocks", "allocated", "count", "peak", "temporary", "live_variance", "allocated_variance"):
            setattr(self, key, sum(site[key] for site in sites))


class BytesTests:
    python = None

    def run_program(self, program, wanted=BYTES, **more):
        recording = Runner(AGENT, HOST, self.python).run(program, wanted=wanted, **more)
        self.assertEqual(recording.bad, [])
        self.assertEqual(recording.missed, 0)
        for site in recording.sites:
            for key in ("live", "blocks", "allocated", "count", "peak", "temporary", "forgotten"):
                self.assertLess(site[key], 1 << 62, site)
        return recording

    def of_line(self, recording, line):
        return Sums(s for s in recording.sites if s["of"] == LINE and s["line"] == line and self.is_ours(recording, s))

    def is_ours(self, recording, site):
        code = recording.codes.get(site["code"])
        return code is not None and code.file.endswith(b"program.py")

    def of_function(self, recording, name):
        return [Sums(s for s in recording.sites if s["of"] == kind and self.is_ours(recording, s)
                     and recording.codes[s["code"]].short == name) for kind in (LINE, FUNCTION)]

    def compare(self, wanted=BYTES, **environment):
        recording = self.run_program(ORACLE, wanted, arguments=["-X", "tracemalloc=1"], environment=environment)
        self.assertEqual(recording.status, 128 + signal.SIGKILL, recording.stderr)
        self.assertEqual(recording.end["bytes"]["state"], ON, recording.end)
        lines, first = json.loads(recording.stdout)
        seen = 0
        for line in range(first + 1, first + 10):
            ours = self.of_line(recording, line)
            self.assertEqual((ours.live, ours.blocks), tuple(lines.get(str(line), (0, 0))), "line %d of the program" % line)
            seen += ours.blocks > 0
        self.assertGreaterEqual(seen, 7)
        return recording

    def test_the_same_as_tracemalloc(self):
        recording = self.compare()
        temporary = self.of_line(recording, json.loads(recording.stdout)[1] + 6)
        self.assertEqual((temporary.temporary, temporary.live), (1000, 0))
        # And the iterator of its list.
        self.assertIn(temporary.allocated - sum(33 + i for i in range(300, 1300)), range(65))

    def test_the_same_beside_other_instruments(self):
        self.compare(EVENTS | FAULTS | BYTES)

    def test_the_same_with_other_allocators(self):
        self.compare(EVENTS | BYTES, PYTHONMALLOC="malloc")
        self.compare(PYTHONMALLOC="debug")

    def test_peaks_of_lines_and_functions(self):
        recording = self.run_program('''
import os
def peaks():
    for i in range(3):
        a = bytearray(1000000)
        a = None
        b = bytearray(600000)
        c = bytearray(500000)
        b = c = None
def keeps():
    return [*map(bytes, [967] * 1000)]
def calls():
    first = bytearray(2000000)
    return keeps()
kept = calls()
peaks()
os._exit(0)
''')
        line, function = self.of_function(recording, "peaks")
        # The peak of the function is that of its third or its first line, not of all three together.
        self.assertGreaterEqual(function.peak, 1100000)
        self.assertLess(function.peak, 1100000 + 4096)
        self.assertGreaterEqual(line.peak, 2100000)
        self.assertLess(function.live, 4096)
        line, function = self.of_function(recording, "keeps")
        code = next(s["code"] for s in recording.sites if recording.codes.get(s["code"]) and recording.codes[s["code"]].short == "keeps")
        self.assertTrue(code)
        keeps = Sums(s for s in recording.sites if s["of"] == LINE and s["line"] == 11 and self.is_ours(recording, s))
        self.assertGreaterEqual(keeps.live, 1000 * 1000)
        self.assertLess(keeps.live, 1000 * 1000 + 16384)
        self.assertGreaterEqual(keeps.blocks, 1000)
        calls = self.of_function(recording, "calls")[1]
        self.assertGreaterEqual(calls.peak, 2000000)
        self.assertLess(calls.live, 4096)

    def test_threads(self):
        recording = self.run_program('''
import os, threading
def work(kept):
    for i in range(2000):
        kept.append(bytes(467))
        bytes(967)
lists = [[] for i in range(8)]
threads = [threading.Thread(target=work, args=(kept,)) for kept in lists]
for thread in threads: thread.start()
for thread in threads: thread.join()
os._exit(0)
''')
        kept = self.of_line(recording, 5)
        self.assertGreaterEqual(kept.blocks, 16000)
        self.assertLess(kept.blocks, 16100)
        temporary = self.of_line(recording, 6)
        self.assertEqual((temporary.live, temporary.blocks, temporary.allocated, temporary.count), (0, 0, 16000000, 16000))

    def test_a_forked_child_is_left_alone(self):
        recording = self.run_program('''
import os
def both(n):
    return [bytes(967) for i in range(n)]
kept = both(100)
pid = os.fork()
if pid == 0:
    more = both(5000)
    kept = None
    os._exit(7)
status = os.waitpid(pid, 0)[1]
print(status >> 8, flush=True)
pid = os.fork()
if pid == 0:
    more = both(5000)
    raise SystemExit(8)
print(os.waitpid(pid, 0)[1] >> 8, flush=True)
kept += both(200)
os._exit(0)
''', EVENTS | FAULTS | BYTES)
        self.assertEqual((recording.stdout, recording.stderr), (b"7\n8\n", b""))
        both = self.of_line(recording, 4)
        self.assertGreaterEqual(both.live, 300000)
        self.assertLess(both.live, 320000)

    TOGGLED = '''
import os, signal, sys, tracemalloc
done = False
def on_done(number, frame):
    global done
    done = True
signal.signal(signal.SIGUSR1, on_done)
ring = [None] * 300
i = 0
while not done:
    i += 1
    ring[i %% 300] = b"r" * (i %% 50 * 10000)
    if %s and i %% 97 == 0:
        tracemalloc.stop() if tracemalloc.is_tracing() else tracemalloc.start()
tracemalloc.stop()
ring = None
def known():
    return [*map(bytes, [967] * 1000)]
kept = known()
os._exit(0)
'''

    def test_stopped_and_started_again_and_again(self):
        for base, toggled in ((EVENTS, BYTES), (EVENTS | FAULTS, EVENTS | BYTES), (EVENTS, BYTES | FAULTS)):
            # Somebody must look now and then for what is wanted.
            options = ["--toggle", str(toggled & ~EVENTS), "20"]
            recording = self.run_program(self.TOGGLED % 0, base | BYTES, options=options)
            self.assertEqual((recording.status, recording.stderr), (0, b""))
            self.assertEqual(recording.end["bytes"]["state"], ON, recording.end)
            known = self.of_function(recording, "known")[0]
            self.assertGreaterEqual(known.live, 1000000)
            self.assertLess(known.live, 1030000)

    def test_in_turns_with_tracemalloc(self):
        recording = self.run_program(self.TOGGLED % 1, EVENTS | BYTES, options=["--toggle", str(BYTES), "20"])
        self.assertEqual((recording.status, recording.stderr), (0, b""))
        if recording.end["bytes"]["state"] == ON:
            self.assertGreaterEqual(self.of_function(recording, "known")[0].live, 1000000)

    def test_only_one_of_the_two(self):
        recording = self.run_program("kept = bytearray(10000)", BYTES | BYTES_SAMPLED)
        self.assertEqual(recording.end["bytes_sampled"]["state"], REFUSED)
        self.assertIn("already", recording.end["bytes_sampled"]["reason"])

    def test_what_the_interpreter_gives_back_at_its_end_was_live(self):
        recording = self.run_program('''
def keeps():
    return [*map(bytes, [967] * 1000)]
kept = keeps()
''')
        self.assertGreaterEqual(self.of_function(recording, "keeps")[0].live, 1000000 - 64 * 1000)

    def test_the_agents_memory_is_nobodys(self):
        program = '''
import os
def grow():
    return [b"g" * (i % 400) for i in range(400000)]
kept = grow()
os._exit(0)
'''
        grown = {}
        for wanted in (EVENTS, EVENTS | BYTES):
            recording = self.run_program(program, wanted)
            grown[wanted] = recording.by_total()["grow"]
        self.assertGreater(recording.end["agent_bytes"], 10 << 20)
        self.assertLess(abs(grown[EVENTS | BYTES] - grown[EVENTS]), 2 << 20, grown)

    def test_sampled(self):
        recording = self.run_program('''
import os
def keeps():
    return [bytes(967) for i in range(40000)]
def drops():
    for i in range(40000):
        bytes(1967)
kept = keeps()
drops()
os._exit(0)
''', BYTES_SAMPLED, options=["--sample", "16384"])
        self.assertEqual(recording.end["bytes_sampled"]["state"], ON, recording.end)
        self.assertEqual(recording.end["bytes_sampled"]["unit"], 16384)
        p = 1 - math.exp(-1000 / 16384)
        deviation = math.sqrt(40000 * 1e6 * (1 - p) / p)
        keeps = self.of_line(recording, 4)
        # 7 standard deviations of a sum of 40,000 are beyond 1e-10; 500 KiB are the list.
        self.assertLess(abs(keeps.live - 40e6 - 3e5), 7 * deviation + 4e5)
        self.assertEqual(keeps.temporary, 0)
        self.assertLess(abs(math.sqrt(keeps.live_variance) / deviation - 1), 0.25)
        self.assertLess(abs(keeps.blocks / 1024 - 40000), 7 * deviation / 1000)
        drops = self.of_line(recording, 7)
        p = 1 - math.exp(-2000 / 16384)
        deviation = math.sqrt(40000 * 4e6 * (1 - p) / p)
        self.assertEqual((drops.live, drops.blocks), (0, 0))
        self.assertLess(abs(drops.allocated - 80e6), 7 * deviation)
        self.assertEqual(drops.temporary, drops.count)

    def test_sampled_blocks_that_nobody_sees_cost_nothing(self):
        recording = self.run_program("kept = [b'n' * 10 for i in range(1000)]\nimport os; os._exit(0)", BYTES_SAMPLED, options=["--sample", str(1 << 39)])
        self.assertLess(sum(s["count"] for s in recording.sites if s["of"] == LINE) / 1024, 1 << 39)
        self.assertEqual(recording.end["bytes_sampled"]["state"], ON)


def main():
    found, absent = interpreters.find()
    for version in absent:
        print("skipped: there is no CPython %s" % version)
    suite = unittest.TestSuite()
    for version, python in found:
        name = "Bytes_%s" % version.replace(".", "_")
        case = type(name, (BytesTests, unittest.TestCase), {"python": python})
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    if not found:
        sys.exit("There is no CPython to test.")
    sys.exit(0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1)


if __name__ == "__main__":
    main()
