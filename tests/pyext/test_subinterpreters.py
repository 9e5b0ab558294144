"""Interpreters beside the main one, that were there before, come later, run while instruments start and stop, and end: up to 3.11 under one GIL,
from 3.12 on each under its own.  The program is not harmed, what is measured is exact, and what is not is said.

Runs in each interpreter that it tests (everywhere.py), which is the one that is measured.  PAGETIDE, PAGETIDE_HELPER and PAGETIDE_AGENT name
the programs.
"""
import collections
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest

import outside

PAGETIDE = outside.find_program("PAGETIDE")
MODULE = next((name for name in ("_interpreters", "_xxsubinterpreters") if importlib.util.find_spec(name)), None)
# From here on each interpreter has hooks of its own for calls, in which nobody else can put something.
OWN_CALLS = sys.version_info >= (3, 12)
# Those between let interpreters that are made so have no threads.
THREADS = sys.version_info < (3, 9) or OWN_CALLS
INSTRUMENTS = {"events": 2, "faults": 4, "calls": 8, "lines": 16, "bytes": 32, "bytes-sampled": 64, "gc": 128}
SETS = (("events",), ("faults", "events"), ("calls", "events"), ("lines",), ("bytes", "gc"), ("bytes-sampled", "calls"))

COMMON = """
import ctypes, gc, os, sys, threading
import %s as interpreters
def execute(number, text):
    error = interpreters.run_string(number, text)
    assert error is None, error
INNER = '''
def keep_inside():
    return bytearray(300000)
def inside(n):
    return n
def run():
    kept = [keep_inside() for i in range(20)]
    more = [str(i) * 3 for i in range(20000)]
    for i in range(500):
        inside(i)
run()
'''
THREADED = '''
import threading
def inside_thread(n):
    return n
def run():
    for i in range(500):
        inside_thread(i)
threads = [threading.Thread(target=run) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
'''
def keep_outside():
    return bytearray(500000)
def outside(n):
    return n
def visit():
    for i in range(2):
        number = interpreters.create()
        execute(number, INNER)
        execute(number, INNER)
        interpreters.destroy(number)
""" % MODULE

# 20 visits of INNER: by four threads, by the main one before they began and after.
COUNTED = COMMON + """
early = interpreters.create()
execute(early, INNER)
threads = [threading.Thread(target=visit) for i in range(4)]
for thread in threads: thread.start()
kept = [keep_outside() for i in range(20)]
for i in range(3000): outside(i)
for i in range(10): more = [str(i) * 3 for i in range(20000)]
for thread in threads: thread.join()
if %r:
    execute(early, THREADED)
for i in range(3): execute(early, INNER)
interpreters.destroy(early)
""" % THREADS
N_VISITS = 20

# Interpreters that come and go at once, eight by eight, each with functions that are others at each visit: they are where others' were.
MANY = COMMON + """
N_FUNCTIONS = 12
def write_source(first):
    order = [(first + i) % N_FUNCTIONS for i in range(N_FUNCTIONS)]
    text = ""
    for i in order:
        text += "def keep_%02d():\\n    return bytearray(%d)\\n" % (i, 100000 + 1000 * i)
    return text + "for i in range(20):\\n" + "".join("    keep_%02d()\\n" % i for i in order)
sources = [write_source(i) for i in range(N_FUNCTIONS)]
N_INTERPRETERS = 12 if sys.version_info >= (3, 12) else 3
def visit_many(thread):
    for i in range(N_INTERPRETERS):
        number = interpreters.create()
        for j in range(4):
            execute(number, sources[(thread + i + j) % N_FUNCTIONS])
        interpreters.destroy(number)
threads = [threading.Thread(target=visit_many, args=(i,)) for i in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(8 * N_INTERPRETERS * 4 * 20, sys.getsizeof(bytearray(100000)) - 100000)
"""

# The main thread waits in functions that nobody has seen before for a thread that comes back from another interpreter and begins a function:
# in 3.11 what the main thread is asked to do meanwhile must not keep that one from it.  The pause is for the main thread to get there, which cannot
# be seen; one that does not is not kept from anything.
WAITING = COMMON + """
import queue, select, time
reading, writing = os.pipe()
selected, awaking = os.pipe()
lock, started, letters = threading.Lock(), threading.Semaphore(0), queue.SimpleQueue()
lock.acquire()
def free(wake):
    return wake()
steps = [(lambda: os.read(reading, 1), lambda: os.write(writing, b"x")),
         (lambda: select.select([selected], [], []), lambda: os.write(awaking, b"x")),
         (lambda: letters.get(), lambda: letters.put(1)),
         (lambda: lock.__enter__(), lambda: lock.release())]
def come_back():
    for _, wake in steps:
        started.release()
        execute(number, "import time; time.sleep(0.05)")
        free(wake)
number = interpreters.create()
thread = threading.Thread(target=come_back)
thread.start()
for wait, _ in steps:
    started.acquire()
    wait()
thread.join()
interpreters.destroy(number)
print("free")
"""

OWN_PROFILER = COMMON + """
import cProfile
interpreters.destroy(interpreters.create())
outside(1)
%s
outside(2)
agent, reason = ctypes.PyDLL(None), ctypes.create_string_buffer(240)
print(agent.pagetide_agent_get_state(8, reason, ctypes.c_size_t(240)), reason.value.decode())
"""

# Instruments go off and on while four threads run interpreters.  What is asked is seen at the next look of the program.
SWITCHED = COMMON + """
agent = ctypes.PyDLL(None)
agent.pagetide_agent_request.argtypes = [ctypes.c_uint] * 3 + [ctypes.c_ulonglong] * 2
def ask(on, off):
    number = 0
    while not number:
        number = agent.pagetide_agent_request(on, off, 0, 0, 0)
    while not agent.pagetide_agent_settle(number):
        more = [str(i) * 3 for i in range(2000)]
early = interpreters.create()
execute(early, INNER)
threads = [threading.Thread(target=visit) for i in range(4)]
bits = int(sys.argv[1])
for thread in threads: thread.start()
for thread in threads:
    while thread.is_alive():
        ask(0, bits)
        ask(bits, 0)
        execute(early, INNER)
        # From 3.9 to 3.11 threads that wait for the lock ask the interpreter of their own for it, not the one that has it.
        thread.join(0.001)
# By another interpreter as well, where that can: it is the main one that looks.
execute(early, '''
try:
    import ctypes
except ImportError:
    pass
else:
    agent = ctypes.PyDLL(None)
    agent.pagetide_agent_request.argtypes = [ctypes.c_uint] * 3 + [ctypes.c_ulonglong] * 2
    number = 0
    while not number:
        number = agent.pagetide_agent_request(0, %d, 0, 0, 0)
    for i in range(100):
        more = [str(i) * 3 for i in range(2000)]
''' % bits)
ask(bits, 0)
interpreters.destroy(early)
gc.collect()
assert sys.getprofile() is None and sys.gettrace() is None
states = [agent.pagetide_agent_get_state(1 << i, None, 0) for i in range(1, 8) if bits >> i & 1]
print(states)
"""


@unittest.skipUnless(PAGETIDE, "PAGETIDE names no program that runs here")
@unittest.skipUnless(MODULE, "This Python has no module of subinterpreters.")
class Subinterpreters(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def record(self, source, instruments, arguments=()):
        """The path of the recording, and what the program printed."""
        path, script = (os.path.join(self.folder, name) for name in ("run.pagetide", "program.py"))
        with open(script, "w") as stream:
            stream.write(source)
        if os.path.exists(path):
            os.unlink(path)
        answer = subprocess.run([PAGETIDE, "record", "-o", path, "--instruments", ",".join(instruments), "--python", outside.PYTHON, script, *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual((answer.returncode, answer.stderr), (0, b""))
        return path, answer.stdout.decode()

    def report(self, path, view):
        answer = subprocess.run([PAGETIDE, "report", path, "--view", view, "--format", "json"], stdout=subprocess.PIPE, check=True, timeout=60)
        rows = json.loads(answer.stdout.decode())["rows"]
        return {row["function"]: row for row in rows} if view == "functions" else rows[0]

    def check_messages(self, path, instruments, n):
        blind = [word for name, word in (("calls", "calls"), ("lines", "lines"), ("gc", "collections"))
                 if name in instruments and (OWN_CALLS or name == "gc")]
        told = [text for text in self.report(path, "summary")["messages"] if "subinterpreter" in text]
        if blind:
            self.assertIn(len(told), (1, 2))
            self.assertIn(" %d subinterpreters " % n, told[-1])
            self.assertTrue(told[-1].endswith("in which %s are not measured." % " and ".join(blind)), told)
        else:
            self.assertEqual(told, [])

    def test_calls(self):
        for instruments in (("calls",), ("lines",)):
            with self.subTest(instruments=instruments):
                path, _ = self.record(COUNTED, instruments)
                functions = self.report(path, "functions")
                self.assertEqual(functions["outside"]["calls"], 3000)
                self.assertEqual(functions["keep_outside"]["calls"], 20)
                if OWN_CALLS:
                    self.assertEqual([functions[name]["calls"] for name in ("inside", "inside_thread", "keep_inside") if name in functions and functions[name]["calls"]], [])
                else:
                    self.assertEqual(functions["inside"]["calls"], 500 * N_VISITS)
                    self.assertEqual(functions["keep_inside"]["calls"], 20 * N_VISITS)
                    if THREADS:
                        self.assertEqual(functions["inside_thread"]["calls"], 1500)
                self.check_messages(path, instruments, 9)

    def test_bytes(self):
        path, _ = self.record(COUNTED, ("bytes", "gc"))
        functions = self.report(path, "functions")
        # A bytearray is its bytes, one more, and the object itself.
        for name, size, n in (("keep_inside", 300000, 20 * N_VISITS), ("keep_outside", 500000, 20)):
            row = functions[name]
            self.assertLess(abs(row["allocated"] - n * size), n * 200)
            self.assertEqual(row["allocated"] - row["freed"], row["live"])
        self.assertEqual(functions["keep_inside"]["live"], 0)
        self.check_messages(path, ("gc",), 9)

    def test_every_block_has_its_place(self):
        """Also when the threads that learn whose it is come all at once, and one of them has lost the processor meanwhile."""
        path, output = self.record(MANY, ("bytes",))
        n_calls, more = json.loads("[%s]" % output.replace(" ", ","))
        answer = subprocess.run([PAGETIDE, "report", path, "--view", "functions", "--format", "json"], stdout=subprocess.PIPE, check=True, timeout=60)
        allocated = collections.Counter()
        for row in json.loads(answer.stdout.decode())["rows"]:
            # One for each line that it was on.
            if row["function"].startswith("keep_"):
                self.assertEqual((row["live"], row["freed"]), (0, row["allocated"]))
                allocated[row["function"]] += row["allocated"]
        for i in range(12):
            # Less than one of them.
            self.assertLess(abs(allocated["keep_%02d" % i] - n_calls * (100000 + 1000 * i + more)), 50000, i)

    def test_sampled_bytes(self):
        path, _ = self.record(COUNTED, ("bytes-sampled",))
        row = self.report(path, "functions")["keep_inside"]
        # Six times the standard deviation that it tells.
        self.assertLess(abs(row["allocated"] - 300000 * 20 * N_VISITS), 6 * row["allocated_error"])
        self.assertEqual((row["live"], row["blocks"]), (0, 0))
        self.check_messages(path, ("bytes-sampled",), 9)

    def test_growth_is_charged(self):
        """To the function that runs, or, up to 3.11, to the line of the main interpreter that has it run: never to others."""
        program = COMMON + """
def grow_outside(): return b"x" * (9 << 20)
def enter():
    execute(number, "def grow_inside(): return b'x' * (7 << 20)\\nkept = grow_inside()")
number = interpreters.create()
enter()
kept = grow_outside()
interpreters.destroy(number)
"""
        for instruments in (("events",), ("faults", "events")):
            with self.subTest(instruments=instruments):
                path, _ = self.record(program, instruments)
                functions = self.report(path, "functions")
                self.assertLess(abs(functions["grow_outside"]["rss_rise"] - (9 << 20)), 1 << 20)
                inside = functions["grow_inside" if OWN_CALLS else "execute"]["rss_rise"]
                self.assertLess(abs(inside - (7 << 20)), 1 << 20)
                self.check_messages(path, instruments, 1)

    def test_waiting(self):
        for instruments in (("calls",), ("lines",), ("events",), ("calls", "bytes")):
            with self.subTest(instruments=instruments):
                path, output = self.record(WAITING, instruments)
                self.assertEqual(output, "free\n")
                if {"calls", "lines"} & set(instruments):
                    self.assertEqual(self.report(path, "functions")["free"]["calls"], 4)

    @unittest.skipIf(OWN_CALLS, "From 3.12 on calls are measured beside the program's own profiler.")
    def test_own_profiler(self):
        """What the program puts in our place is seen, whoever puts it there."""
        for install in ("sys.setprofile(lambda *event: None)", "cProfile.Profile().enable()"):
            with self.subTest(install=install):
                path, output = self.record(OWN_PROFILER % install, ("calls",))
                self.assertEqual(output, "0 The program has started a profiler of its own.\n")

    def test_switched(self):
        for instruments in SETS:
            with self.subTest(instruments=instruments):
                bits = sum(INSTRUMENTS[name] for name in instruments)
                path, output = self.record(SWITCHED, instruments, [str(bits)])
                states = json.loads(output)
                self.assertEqual(len(states), len(instruments))
                # Faults may be refused here.
                self.assertEqual([state for state in states if state != 1], [2] if "faults" in instruments and 2 in states else [])
                functions = self.report(path, "functions")
                for name in ("keep_inside", "keep_outside", "inside"):
                    row = functions.get(name)
                    if row and row["live"] is not None:
                        self.assertEqual(row["live"], 0)


if __name__ == "__main__":
    unittest.main()
