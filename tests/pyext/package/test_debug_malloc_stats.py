"""pagetide.debug_malloc_stats: the text of every version, read and compared, and the real thing on the interpreter that runs this."""
import glob
import os
import re
import subprocess
import sys
import threading
import unittest

import forms
from pagetide import debug_malloc_stats
from pagetide.debug_malloc_stats import DiffSysDebugMallocStats, SysDebugMallocStats, compare

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "data", "debug-malloc-stats")


def load(name):
    with open(os.path.join(DATA, name + ".txt"), encoding="utf-8") as file:
        return file.read()


def pair(name):
    return SysDebugMallocStats(load(name + "-before")), SysDebugMallocStats(load(name + "-after"))


class TestText(unittest.TestCase):
    def names(self):
        names = sorted(os.path.basename(path)[:-len("-before.txt")] for path in glob.glob(os.path.join(DATA, "*-before.txt")))
        self.assertEqual(len(names), 13)
        return names

    def test_differences_are_those_of_the_old_tool(self):
        compared = 0
        for name in self.names():
            if not os.path.exists(os.path.join(DATA, name + "-diff.txt")):
                continue
            # Some of its versions left the sign out before "unused pools"; the seeds have it.
            theirs = re.sub(r"^(\d+ unused pools \* \d+ bytes) ", r"+\1", load(name + "-diff"), flags=re.M)
            with self.subTest(name=name):
                self.assertEqual(compare(*pair(name)), theirs.rstrip("\n"))
            compared += 1
        self.assertEqual(compared, 10)

    def test_every_text_is_read_whole(self):
        for name in self.names():
            for moment in ("before", "after"):
                text = load("%s-%s" % (name, moment))
                stats = SysDebugMallocStats(text)
                figures = len(re.findall(r"(?<!threshold )(?<!max size )= +[\d,]+$", text, re.M)) + len(re.findall(r"^ {4}[A-Z].*: \d+$", text, re.M))
                with self.subTest(name=name, moment=moment):
                    self.assertEqual(len(stats.counters), figures)
                    self.assertEqual(len(stats.size_classes), len(re.findall(r"^( +\d+){5}$", text, re.M)))
                    self.assertEqual(str(stats), text)
                    self.assertEqual(len({(counter.group, counter.label) for counter in stats.counters}), figures)

    def test_kinds_of_text(self):
        plain, debug, malloc, mimalloc = (pair("3.13.0-%sdicts" % kind)[1] for kind in ("", "debug-", "malloc-", "mimalloc-"))
        self.assertEqual(sorted(plain.size_classes), list(range(32)))
        self.assertEqual(sorted(debug.size_classes), list(range(1, 32)))
        self.assertEqual(malloc.size_classes, {})
        self.assertEqual({counter.group for counter in malloc.counters}, {"free lists"})
        self.assertEqual(mimalloc.size_classes, {})
        self.assertEqual([counter.label for counter in mimalloc.counters if counter.group == "mimalloc"],
                         ["Allocated Blocks", "Allocated Bytes", "Allocated Bytes w/ Overhead", "Bytes Reserved", "Bytes Committed"])
        totals = [counter.group for counter in plain.counters if counter.label == "Total"]
        self.assertEqual(totals, ["bytes", "arena map bytes"])
        self.assertIn("    Allocated Blocks: +119719\n    Allocated Bytes: +8186784\n", compare(*pair("3.13.0-mimalloc-dicts")))

    def test_nothing_changed(self):
        self.assertEqual(compare(pair("3.13.0-dicts")[0], pair("3.13.0-dicts")[0]), "")

    def test_classes_are_matched_by_number(self):
        """A class without a pool is left out of the text."""
        text = load("3.13.0-dicts-before")
        without = re.sub(r"^ +17 +288 .*\n", "", text, flags=re.M)
        gone, back = (compare(*map(SysDebugMallocStats, texts)).splitlines() for texts in ((text, without), (without, text)))
        row = SysDebugMallocStats(text).size_classes[17]
        self.assertEqual(gone[2:], ["%5d %6d %+11d %+15d %+13d" % (17, row.size, -row.pools, -row.blocks_in_use, -row.blocks_available)])
        self.assertEqual(back[2:], ["%5d %6d %+11d %+15d %+13d" % row])

    def test_lines_that_only_one_has(self):
        text = load("3.13.0-dicts-before")
        without = re.sub(r"^ *\d+ free PyFloatObjects .*\n", "", text, flags=re.M)
        self.assertRegex(compare(SysDebugMallocStats(text), SysDebugMallocStats(without)), r"^ +-\d+ free PyFloatObjects \* 24 bytes each = +-\d+$")
        self.assertRegex(compare(SysDebugMallocStats(without), SysDebugMallocStats(text)), r"^ +\+\d+ free PyFloatObjects \* 24 bytes each = +\+\d+$")

    def test_arena_map(self):
        text = load("3.13.0-dicts-before")
        grown = text.replace("# arena map bot nodes              =                    1", "# arena map bot nodes              =                    2")
        grown = grown.replace("# bytes lost to arena map bot      =              131,072", "# bytes lost to arena map bot      =              262,144")
        self.assertEqual(compare(SysDebugMallocStats(text), SysDebugMallocStats(grown)),
                         "arena map counts\n# arena map bot nodes              =                   +1\n\n"
                         "# bytes lost to arena map bot      =             +131,072")

    def test_stands_among_other_lines(self):
        for name in ("3.13.0-dicts", "3.13.0-malloc-dicts", "3.13.0-mimalloc-dicts", "3.6.15-dicts"):
            before, after = load(name + "-before"), load(name + "-after")
            other = "hello\nTotal\nx = 5\n    1 2 3\n    Elapsed: 5\n 5 free beers = 7\n"
            mixed = other + before.replace("\n\n", "\n" + other + "\n") + other
            with self.subTest(name=name):
                # The second dump in a text is not this one.
                self.assertEqual(compare(SysDebugMallocStats(mixed + after), SysDebugMallocStats(after)),
                                 compare(SysDebugMallocStats(before), SysDebugMallocStats(after)))

    def test_what_is_no_dump(self):
        for text in ("", "hello\n", "    1     32          +1             +52           +74\n", "x" * (1 << 20), "=" * 100000, " " * 100000 + "1"):
            with self.assertRaisesRegex(ValueError, "no output of sys._debugmallocstats"):
                SysDebugMallocStats(text).counters


class TestReal(unittest.TestCase):
    def check_form(self, text):
        if text:
            forms.check_malloc_difference(self, text)

    def test_block(self):
        kept = []
        with DiffSysDebugMallocStats() as difference:
            for _ in range(5000):
                kept.append([None] * 20)
        text = difference.diff()
        self.check_form(text)
        if difference.after.size_classes:
            # 56 bytes of a list with its head, and 160 of its items.
            rows = {number: difference.after.size_classes[number].blocks_in_use - difference.before.size_classes[number].blocks_in_use
                    for number in difference.before.size_classes}
            self.assertGreaterEqual(sum(rows.values()), 9900)
        else:
            self.assertTrue(text)

    def test_every_allocator(self):
        program = ("from pagetide import debug_malloc_stats as d\n"
                   "with d.DiffSysDebugMallocStats() as m: kept = [str(i) * 3 for i in range(20000)]\n"
                   "print(len(m.before.size_classes), len(m.before.counters) > 0, bool(m.diff())); print(m.diff())")
        for allocator in ("default", "malloc", "debug", "pymalloc", "pymalloc_debug", "malloc_debug", "mimalloc", "mimalloc_debug"):
            answer = subprocess.run([sys.executable, "-c", program], env=dict(os.environ, PYTHONMALLOC=allocator), stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
            if b"unknown" in answer.stderr or b"unsupported" in answer.stderr.lower() or b"PYTHONMALLOC" in answer.stderr:
                continue
            with self.subTest(allocator=allocator):
                self.assertEqual(answer.returncode, 0, answer.stderr.decode())
                self.assertEqual(answer.stderr, b"")
                first, _, text = answer.stdout.decode().partition("\n")
                classes, counters, changed = first.split()
                self.assertEqual(counters, "True")
                if allocator not in ("malloc", "malloc_debug"):
                    self.assertEqual(changed, "True")
                self.check_form(text.rstrip("\n"))

    def test_error_stream_is_as_before(self):
        """Also when many threads ask at once, and when a fork happens among them."""
        program = ("import os, sys, threading\n"
                   "from pagetide import debug_malloc_stats as d\n"
                   "def ask():\n"
                   "    for _ in range(20): d.SysDebugMallocStats().counters\n"
                   "threads = [threading.Thread(target=ask) for _ in range(4)]\n"
                   "for t in threads: t.start()\n"
                   "for _ in range(10):\n"
                   "    child = os.fork()\n"
                   "    if child == 0:\n"
                   "        os.write(2, b'child\\n'); d.SysDebugMallocStats().counters; os.write(2, b'child\\n'); os._exit(0)\n"
                   "    os.waitpid(child, 0)\n"
                   "for t in threads: t.join()\n"
                   "os.write(2, b'end\\n')\n"
                   "print(sorted(os.listdir('/proc/self/fd')))")
        answer = subprocess.run([sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual((answer.returncode, answer.stderr), (0, b"child\n" * 20 + b"end\n"))
        self.assertEqual(answer.stdout, b"['0', '1', '2', '3']\n")

    def test_error_stream_is_closed(self):
        program = ("import os; from pagetide import debug_malloc_stats as d\n"
                   "os.close(2)\n"
                   "print(len(d.SysDebugMallocStats().counters) > 5, sorted(os.listdir('/proc/self/fd')))")
        self.assertEqual(subprocess.check_output([sys.executable, "-c", program]), b"True ['0', '1', '2']\n")

    def test_no_more_descriptors(self):
        program = ("import os, resource; from pagetide import debug_malloc_stats as d\n"
                   "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
                   "try: d.SysDebugMallocStats()\n"
                   "except OSError as error: os.write(2, str(error.errno).encode())")
        answer = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE)
        self.assertEqual((answer.returncode, answer.stderr), (0, b"24"))

    def test_order_of_use(self):
        with self.assertRaisesRegex(RuntimeError, "before the block has ended"):
            DiffSysDebugMallocStats().diff()
        difference = DiffSysDebugMallocStats()
        with self.assertRaises(ZeroDivisionError):
            with difference:
                1 / 0
        self.assertIsInstance(difference.diff(), str)
        self.assertEqual(difference.diff(), difference.after.diff(difference.before))

    def test_interleaved_blocks_of_two_threads(self):
        entered, leave, found = threading.Event(), threading.Event(), []

        def other():
            with DiffSysDebugMallocStats() as difference:
                entered.set()
                leave.wait(60)
            found.append(difference.diff())

        runner = threading.Thread(target=other)
        with DiffSysDebugMallocStats() as difference:
            runner.start()
            entered.wait(60)
        leave.set()
        runner.join()
        for text in (difference.diff(), *found):
            self.check_form(text)
        self.assertEqual(len(found), 1)

    def test_no_such_function(self):
        function = sys._debugmallocstats
        del sys._debugmallocstats
        try:
            with self.assertRaisesRegex(OSError, "no sys._debugmallocstats"):
                debug_malloc_stats.SysDebugMallocStats()
        finally:
            sys._debugmallocstats = function


if __name__ == "__main__":
    unittest.main()
