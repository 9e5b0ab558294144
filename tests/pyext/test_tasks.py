"""Whoever runs is named: threads of all kinds, generators, coroutines, handlers of exceptions, the bottom of a recursion, subinterpreters, greenlets.

Runs in each interpreter that it tests (everywhere.py), which is the one that runs the programs.
"""
import importlib.util
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from recording import ENDED, EVENTS, FAULTS, ON, PAGE, Runner  # noqa: E402

MIB = 1 << 20
AGENT, HOST = (os.path.abspath(os.environ.get(name, "")) for name in ("PAGETIDE_AGENT", "PAGETIDE_AGENT_HOST"))
BOTH = (EVENTS, EVENTS | FAULTS)


class Tasks(unittest.TestCase):
    def run_program(self, source, **kwargs):
        recording = Runner(AGENT, HOST, sys.executable).run(source, **kwargs)
        self.assertEqual((recording.status, recording.stderr), (0, b""))
        self.assertEqual((recording.end["state"], recording.bad, recording.end["lost"]), (ENDED, [], 0))
        self.assertEqual(recording.end["events"]["state"], ON)
        self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)
        return recording

    def check(self, source, sizes, **kwargs):
        """SIZES: what each function is known to have kept, in MiB.  Gives the recordings."""
        for wanted in BOTH:
            with self.subTest(wanted=wanted):
                recording = self.run_program(source, wanted=wanted, **kwargs)
                total = recording.by_total()
                for name, size in sizes.items():
                    self.assertLess(abs(total[name] - size * MIB), 1.2 * MIB, "%s: %d" % (name, total[name]))
                yield recording

    def threads_of(self, recording, name):
        return {event["tid"] for event in recording.events if name in [code.short for code in recording.stack(event)]}

    def test_threads(self):
        """One that a sitecustomize has started before there is anything to measure with, and those that come later; each by its number."""
        early = """
import threading
class Early:
    go, done = threading.Event(), threading.Event()
def grow_early():
    kept.append(b"x" * (7 << 20))
def wait():
    Early.number = threading.get_native_id()
    Early.go.wait()
    grow_early()
    Early.done.set()
kept = []
threading.Thread(target=wait, daemon=True).start()
"""
        program = """
import json, os, sys, threading
from sitecustomize import Early
Early.go.set()
Early.done.wait()
numbers = {"grow_early": Early.number}
kept = []
def start(name, function):
    def run():
        numbers[name] = threading.get_native_id()
        function()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
def grow_late(): kept.append(b"x" * (8 << 20))
def grow_inner(): kept.append(b"x" * (9 << 20))
def grow_main(): kept.append(b"x" * (10 << 20))
start("grow_late", grow_late)
start("outer", lambda: start("grow_inner", grow_inner))
grow_main()
numbers["grow_main"] = threading.get_native_id()
del numbers["outer"]
print(json.dumps(numbers))
"""
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "sitecustomize.py"), "w") as stream:
                stream.write(early)
            sizes = {"grow_early": 7, "grow_late": 8, "grow_inner": 9, "grow_main": 10}
            for recording in self.check(program, sizes, environment={"PYTHONPATH": directory}):
                numbers = json.loads(recording.stdout)
                self.assertEqual(set(numbers), set(sizes))
                for name, number in numbers.items():
                    self.assertEqual(self.threads_of(recording, name), {number}, name)

    def test_many_threads(self):
        """More than have room in any table that is not made for it."""
        program = """
import threading
kept = []
barrier = threading.Barrier(200)
def grow(i):
    barrier.wait()
    kept.append([b"x" * 65000 for j in range(2)])
threading.stack_size(256 * 1024)
threads = [threading.Thread(target=grow, args=(i,)) for i in range(200)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
        for wanted in BOTH:
            recording = self.run_program(program, wanted=wanted)
            self.assertGreater(recording.by_total()["grow"], 12 * MIB)
            self.assertGreater(len(self.threads_of(recording, "grow")), 5)

    def test_generators_and_coroutines(self):
        program = """
import asyncio
kept = []
def generate():
    for i in range(3):
        kept.append(b"x" * (2 << 20))
        yield i
def delegate():
    yield from generate()
for i in delegate(): pass
async def work():
    await asyncio.sleep(0)
    kept.append(b"x" * (7 << 20))
async def stream():
    for i in range(4):
        await asyncio.sleep(0)
        kept.append(b"x" * (2 << 20))
        yield i
async def main():
    await asyncio.gather(*[work() for i in range(3)])
    async for i in stream(): pass
    await asyncio.get_running_loop().run_in_executor(None, in_pool)
def in_pool():
    kept.append(b"x" * (9 << 20))
asyncio.run(main())
def thrown():
    try:
        yield
    except ValueError:
        kept.append(b"x" * (5 << 20))
        yield
def closed():
    try:
        yield
    finally:
        kept.append(b"x" * (6 << 20))
g = thrown()
next(g)
g.throw(ValueError())
g = closed()
next(g)
g.close()
"""
        sizes = {"generate": 6, "work": 21, "stream": 8, "in_pool": 9, "thrown": 5, "closed": 6}
        for recording in self.check(program, sizes):
            self.assertLess(abs(recording.by_total()["delegate"] - 6 * MIB), 1.2 * MIB)

    def test_exceptions(self):
        program = """
kept = []
class Deep(Exception):
    def __init__(self):
        kept.append(b"x" * (3 << 20))
def fail(n):
    if n:
        fail(n - 1)
    raise Deep()
def caught():
    try:
        fail(50)
    except Deep:
        kept.append(b"x" * (5 << 20))
    else:
        raise SystemError()
    finally:
        kept.append(b"x" * (4 << 20))
class Context:
    def __enter__(self): return self
    def __exit__(self, *args):
        kept.append(b"x" * (6 << 20))
        return True
def suppressed():
    with Context():
        raise KeyError()
class Gone:
    def __del__(self):
        kept.append(b"x" * (7 << 20))
def drop():
    Gone()
caught()
suppressed()
drop()
"""
        for recording in self.check(program, {"__init__": 3, "fail": 3, "caught": 12, "__exit__": 6, "suppressed": 6, "__del__": 7, "drop": 7}):
            self.assertLess(abs(recording.by_self()["caught"] - 9 * MIB), 1.2 * MIB)

    def test_recursion_to_the_limit(self):
        program = """
import sys, threading
sys.setrecursionlimit(%d)
kept = []
def deep(n):
    try:
        deep(n + 1)
    except RecursionError:
        # Some way up there is room for calls again.
        if len(kept) < 60:
            kept.append(None)
            raise
    if len(kept) == 60:
        bottom()
def bottom():
    kept.append(b"x" * (9 << 20))
def through():
    deep(0)
    done.set()
    over.wait()
threading.stack_size(512 << 20)
done, over = threading.Event(), threading.Event()
thread = threading.Thread(target=through)
thread.start()
done.wait()
assert len(kept) == 61
def after():
    kept.append(b"x" * (6 << 20))
# Before the stack of the other goes back, which would be nobody's or the next one's.
after()
over.set()
thread.join()
"""
        for limit in (1000, 5000):
            for recording in self.check(program % limit, {"bottom": 9, "after": 6}):
                event = max((e for e in recording.events if e["frames"] and recording.stack(e)[0].short == "bottom"), key=lambda e: e["delta"])
                self.assertEqual((len(event["frames"]), event["truncated"]), (128, 1))

    def test_subinterpreters(self):
        """They share the process, and from 3.12 on no lock: nothing goes wrong, and what they keep is theirs or, at least, nobody else's."""
        module = next((name for name in ("_interpreters", "_xxsubinterpreters") if importlib.util.find_spec(name)), None)
        if module is None:
            self.skipTest("This Python has no module of subinterpreters.")
        program = """
import threading
import %s as interpreters
inner = '''
def grow_inside():
    return b"x" * (7 << 20)
kept = grow_inside()
churn = [[str(i) * 5 for i in range(2000)] for j in range(40)]
'''
def run():
    number = interpreters.create()
    interpreters.run_string(number, inner)
    interpreters.run_string(number, "def again(): return [str(i) * 9 for i in range(50000)]\\nmore = again()")
    interpreters.destroy(number)
kept = []
def grow_main():
    kept.append(b"x" * (9 << 20))
run()
grow_main()
threads = [threading.Thread(target=run) for i in range(4)]
for thread in threads: thread.start()
busy = [[str(i) * 5 for i in range(2000)] for j in range(100)]
for thread in threads: thread.join()
""" % module
        for recording in self.check(program, {"grow_main": 9}):
            self.assertTrue(all(event["tid"] for event in recording.events))

    def test_greenlets(self):
        if importlib.util.find_spec("greenlet") is None:
            self.skipTest("The module greenlet is not here.")
        program = """
from greenlet import greenlet
# What the import touched is charged at the next growth: to the module.
kept = [b"x" * (1 << 20)]
def one():
    kept.append(b"x" * (5 << 20))
    second.switch()
    kept.append(b"x" * (3 << 20))
def two():
    kept.append(b"x" * (7 << 20))
    first.switch()
first, second = greenlet(one), greenlet(two)
first.switch()
"""
        for recording in self.check(program, {"one": 8, "two": 7}):
            self.assertEqual(len({event["tid"] for event in recording.events}), 1)


if __name__ == "__main__":
    unittest.main()
