"""pagetide.trace_malloc: what it counts, what it leaves out, and that tracing is as it was afterwards."""
import asyncio
import logging
import os
import re
import subprocess
import sys
import threading
import tracemalloc
import unittest

import forms
from pagetide import trace_malloc
from pagetide.trace_malloc import TraceMalloc, trace_malloc_log

MIB = 1 << 20
LINE = re.compile(r'TraceMalloc memory delta: (-?[\d,]+) for "(.*)\(\)"$', re.S)


def grow(kept, n=8, size=MIB):
    for _ in range(n):
        kept.append(" " * size)


class TestTraceMalloc(unittest.TestCase):
    def setUp(self):
        self.assertFalse(tracemalloc.is_tracing())
        self.addCleanup(tracemalloc.stop)

    def check(self, tm, low=8 * MIB, high=8 * MIB + 4096):
        self.assertTrue(low <= tm.diff <= high, tm.diff)
        self.assertIsInstance(tm.memory_start, int)
        self.assertIsInstance(tm.memory_finish, int)
        self.assertGreater(tm.memory_finish, 0)
        for stat in tm.statistics:
            self.assertIsInstance(stat, tracemalloc.StatisticDiff)
            self.assertRegex(str(stat), forms.STATISTIC)
        files = {stat.traceback[-1].filename for stat in tm.net_statistics}
        self.assertFalse(files & {tracemalloc.__file__, trace_malloc.__file__}, files)
        # What the garbage collector frees while a snapshot is taken is in one of them alone.
        self.assertLess(abs(tm.diff - sum(stat.size_diff for stat in tm.net_statistics)), 65536)

    def test_every_key(self):
        for key in ("filename", "lineno", "traceback"):
            kept = []
            with TraceMalloc(key) as tm:
                grow(kept)
            self.check(tm)
            self.assertFalse(tracemalloc.is_tracing())
            first = tm.statistics[0]
            self.assertEqual(first.traceback[-1].filename, __file__)
            self.assertEqual(first.traceback[-1].lineno == 0, key == "filename")

    def test_frames(self):
        kept = []
        with TraceMalloc("traceback", nframe=5) as tm:
            grow(kept)
        self.check(tm)
        self.assertEqual(len(tm.statistics[0].traceback), 5)

    def test_net_statistics_is_attribute_and_method(self):
        with TraceMalloc() as tm:
            kept = [bytes(MIB)]
        self.assertEqual(list(tm.net_statistics), list(tm.net_statistics()))
        self.assertEqual(tm.key_type, "filename")
        del kept

    def test_its_own_memory_is_left_out(self):
        tracemalloc.start()
        kept = []
        with TraceMalloc("filename") as tm:
            grow(kept)
        self.assertTrue(tracemalloc.is_tracing(), "somebody else had started it")
        self.check(tm)
        files = {stat.traceback[-1].filename for stat in tm.statistics if stat.size_diff}
        self.assertIn(tracemalloc.__file__, files)

    def test_memory_that_goes(self):
        tracemalloc.start()
        kept = []
        grow(kept)
        with TraceMalloc("lineno") as tm:
            kept.clear()
        self.check(tm, -8 * MIB - 4096, -8 * MIB)

    def test_nested(self):
        outer_kept, inner_kept = [], []
        with TraceMalloc("filename") as outer:
            grow(outer_kept, 2)
            with TraceMalloc("filename") as inner:
                grow(inner_kept, 4)
            self.assertTrue(tracemalloc.is_tracing())
            grow(outer_kept, 2)
        self.assertFalse(tracemalloc.is_tracing())
        self.check(inner, 4 * MIB, 4 * MIB + 4096)
        self.check(outer)

    def test_interleaved_blocks_of_two_threads(self):
        entered, leave, found = threading.Event(), threading.Event(), []

        def other():
            kept = []
            with TraceMalloc("filename") as tm:
                entered.set()
                leave.wait(60)
                grow(kept)
            found.append(tm)

        runner = threading.Thread(target=other)
        with TraceMalloc("filename") as first:
            runner.start()
            entered.wait(60)
        self.assertTrue(tracemalloc.is_tracing(), "the other block needs it still")
        leave.set()
        runner.join()
        self.assertFalse(tracemalloc.is_tracing())
        self.check(found[0], high=8 * MIB + 65536)
        self.assertLess(abs(first.diff), 65536)

    def test_fork_inside_the_block(self):
        with TraceMalloc() as tm:
            child = os.fork()
            kept = [bytes(MIB)]
        if child == 0:
            os._exit(0 if MIB <= tm.diff <= MIB + 65536 and not tracemalloc.is_tracing() else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.check(tm, MIB, MIB + 65536)
        del kept

    def test_exit_by_exception(self):
        kept = []
        with self.assertRaises(ZeroDivisionError):
            with TraceMalloc() as tm:
                grow(kept)
                1 / 0
        self.assertFalse(tracemalloc.is_tracing())
        self.assertGreaterEqual(tm.diff, 8 * MIB)

    def test_stopped_inside(self):
        with self.assertRaisesRegex(RuntimeError, "stopped inside"):
            with TraceMalloc() as tm:
                tracemalloc.stop()
        with self.assertRaisesRegex(RuntimeError, "nothing to compare"):
            tm.diff
        with self.assertRaises(ZeroDivisionError):
            with TraceMalloc():
                tracemalloc.stop()
                1 / 0
        with TraceMalloc() as tm:
            kept = [bytes(MIB)]
        self.check(tm, MIB, MIB + 4096)
        self.assertFalse(tracemalloc.is_tracing())
        del kept

    def test_used_again_and_used_twice(self):
        tm = TraceMalloc()
        for n in (1, 2):
            kept = []
            with tm:
                grow(kept, n)
            self.check(tm, n * MIB, n * MIB + 4096)
        with tm:
            with self.assertRaisesRegex(RuntimeError, "in use"):
                tm.__enter__()
            with self.assertRaisesRegex(RuntimeError, "has not ended"):
                tm.statistics
        self.assertFalse(tracemalloc.is_tracing())

    def test_bad_arguments(self):
        with self.assertRaisesRegex(ValueError, "filename, lineno, traceback"):
            TraceMalloc("function")
        with self.assertRaisesRegex(ValueError, "at least 1"):
            TraceMalloc("traceback", nframe=0)

    def test_statistics_are_those_of_the_standard_library(self):
        tracemalloc.start(4)
        kept = [[str(i) * 5 for i in range(200)], {i: [i] for i in range(100)}]
        before = tracemalloc.take_snapshot()
        kept[0].clear()
        kept.append([bytes(i) for i in range(300)])
        exec(compile("def f(n): return [object() for _ in range(n)]\nkept.append(f(50))", "other.py", "exec"), {"kept": kept})
        after = tracemalloc.take_snapshot()
        empty = tracemalloc.Snapshot((), 4)
        for key in trace_malloc.KEY_TYPES:
            self.assertEqual(trace_malloc._compare(before, after, key), after.compare_to(before, key))
            self.assertEqual(trace_malloc._compare(None, after, key), after.compare_to(empty, key))
            self.assertEqual(trace_malloc._compare(after, empty, key), empty.compare_to(after, key))

    def test_strange_file_names(self):
        names = ["two\nlines.py", "\u65e5\u672c\u8a9e.py", "caf\xe9.py", "f" * 3000 + ".py", "\udcff.py"]
        kept = []
        with TraceMalloc("filename") as tm:
            for name in names:
                exec(compile("kept.append(bytes(%d))" % MIB, name, "exec"), {"kept": kept})
        self.assertEqual({stat.traceback[0].filename for stat in tm.net_statistics if stat.size >= MIB}, set(names))


class TestLog(unittest.TestCase):
    def setUp(self):
        self.lines = []
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append((record.levelno, record.filename, record.getMessage()))
        trace_malloc.logger.addHandler(handler)
        trace_malloc.logger.propagate = False
        self.addCleanup(trace_malloc.logger.removeHandler, handler)
        trace_malloc.logger.setLevel(logging.DEBUG)
        self.addCleanup(tracemalloc.stop)

    def deltas(self):
        found = []
        for level, file, text in self.lines:
            self.assertEqual((level, file), (logging.INFO, "trace_malloc.py"))
            match = LINE.match(text)
            self.assertTrue(match, text)
            found.append((int(match[1].replace(",", "")), match[2]))
        return found

    def test_call(self):
        @trace_malloc_log(logging.INFO)
        def example(kept):
            grow(kept)
            return "result"

        self.assertEqual(example([]), "result")
        kept = []
        example(kept=kept)
        self.assertFalse(tracemalloc.is_tracing())
        (freed, _), (delta, name) = self.deltas()
        self.assertEqual((name, example.__name__), ("example", "example"))
        self.assertTrue(8 * MIB <= delta <= 8 * MIB + 4096, delta)
        self.assertRegex(self.lines[-1][2], r'^TraceMalloc memory delta: 8,3\d\d,\d\d\d for "example\(\)"$')
        self.assertGreaterEqual(freed, 8 * MIB)

    def test_recursion_and_exception(self):
        @trace_malloc_log(logging.INFO)
        def fail(n):
            return fail(n - 1) if n else 1 / 0

        with self.assertRaises(ZeroDivisionError):
            fail(2)
        self.assertEqual(len(self.deltas()), 3)
        self.assertFalse(tracemalloc.is_tracing())

    def test_names(self):
        for name in ("n" * 3000, "\u65e5\u672c\u8a9e", "caf\xe9", "a\nb", "100%d%s"):
            def function():
                pass
            function.__name__ = name
            trace_malloc_log(logging.INFO)(function)()
            self.assertEqual(self.deltas()[-1][1], name)

    def test_other_kinds_of_function(self):
        kept = []

        @trace_malloc_log(logging.INFO)
        def generator():
            grow(kept)
            got = yield 1
            yield got
            return 3

        @trace_malloc_log(logging.INFO)
        async def coroutine():
            await asyncio.sleep(0)
            grow(kept)
            return "result"

        steps = generator()
        self.assertEqual([next(steps), steps.send(2), list(steps)], [1, 2, []])
        self.assertEqual(asyncio.run(coroutine()), "result")
        self.assertEqual([name for _, name in self.deltas()], ["generator", "coroutine"])
        self.assertTrue(all(delta >= 8 * MIB for delta, _ in self.deltas()))
        with self.assertRaisesRegex(TypeError, "asynchronous generator"):
            @trace_malloc_log(logging.INFO)
            async def strange():
                yield

    def test_stopped_inside(self):
        trace_malloc_log(logging.INFO)(tracemalloc.stop)()
        self.assertEqual(self.lines[0][2], 'TraceMalloc memory delta: unknown for "stop()": tracemalloc was stopped inside')

    def test_tracing_from_the_start_of_the_interpreter(self):
        program = ("import tracemalloc; from pagetide.trace_malloc import TraceMalloc\n"
                   "with TraceMalloc('lineno') as tm: kept = bytes(1 << 20)\n"
                   "assert tracemalloc.is_tracing(); assert 1 << 20 <= tm.diff <= (1 << 20) + 4096, tm.diff")
        subprocess.run([sys.executable, "-X", "tracemalloc=3", "-c", program], check=True)


if __name__ == "__main__":
    unittest.main()
