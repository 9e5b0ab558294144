"""pagetide.cPyMemTrace: the logs of Profile and Trace, event by event, and what may come in their way."""
import glob
import io
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

from pagetide import cPyMemTrace
from pagetide._event_log import Event, Message, Reference, read, unescape

PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1 << 20
NAME = re.compile(r"\d{8}_\d{6}(_\d+)?_(\d+)_([PT])_(\d+)_PY%s\.log" % re.escape(sys.version.split()[0]))


def create_string(l: int) -> str:
    return " " * l


def events(path, tags=("NEXT",)):
    return [row for row in read(path) if isinstance(row, Event) and row.tag in tags]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def logs(self):
        return sorted(glob.glob("*.log"))

    def in_child(self, block):
        """Calls BLOCK in a forked child, which gets to the end of it."""
        pid = os.fork()
        if not pid:
            status = 1
            try:
                block()
                status = 0
            finally:
                os._exit(status)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def check(self, path, tids=False):
        """What is true of every log: its grammar line by line, its numbers, clock and sums.  Gives the rows."""
        with open(path, "rb") as file:
            data = file.read()
        data.decode("utf-8")
        rows = list(read(io.BytesIO(data)))
        tags = [row.tag for row in rows if row.tag != "before"]
        self.assertEqual(tags[0], "titles")
        self.assertEqual(tags[-2:], ["LAST", "end"])
        self.assertLessEqual(set(tags[1:-2]), {"NEXT", "PREV", "MSG"})
        self.assertEqual(data.count(b"\n"), len(rows))
        last, clock, rss = 0, 0.0, 0
        for before, row in zip([None] + rows, rows):
            if isinstance(row, (Event, Message)):
                self.assertGreaterEqual(row.clock, clock)
                self.assertEqual(row.delta, row.number - last)
                clock = row.clock
            if isinstance(row, Event):
                self.assertEqual(row.d_rss, row.rss - rss)
                self.assertEqual(row.thread is None, not tids)
                rss = row.rss
                if row.tag == "NEXT":
                    last = row.number
            if isinstance(before, Event) and before.tag == "PREV":
                self.assertIn(row.tag, ("NEXT",))
                self.assertEqual(row.number, before.number + 1)
        return rows


class Profile(Case):
    def run_seed(self, arguments):
        """The seeds' example in a process of its own, whose heap is as they found theirs; the log's rows."""
        program = ("from pagetide import cPyMemTrace\n\ndef create_string(l: int) -> str:\n    return ' ' * l\n\n"
                   "with cPyMemTrace.Profile(%s):\n    l = []\n    for i in range(8):\n        l.append(create_string(1024**2))\n"
                   "    while len(l):\n        l.pop()\n" % arguments)
        with open("test.py", "w") as file:
            file.write(program)
        subprocess.run([sys.executable, "test.py"], check=True)
        return self.check(self.logs()[0])

    def test_changes(self):
        """The seeds' first example: the very events of theirs."""
        rows = [row for row in self.run_seed("") if isinstance(row, Event)]
        rising = [row for row in rows if row.function == "create_string"]
        expected = [("NEXT", 0, "CALL", 3), ("NEXT", 1, "RETURN", 4)]
        for n in range(4, 32, 4):
            expected += [("PREV", n, "CALL", 3), ("NEXT", n + 1, "RETURN", 4)]
        self.assertEqual([(row.tag, row.number, row.kind, row.line) for row in rising], expected)
        self.assertEqual(rising[0].d_rss, rising[0].rss)
        self.assertTrue(all(row.d_rss >= MIB for row in rising if row.kind == "RETURN"))
        self.assertTrue(all(row.d_rss == 0 for row in rising if row.tag == "PREV"))
        self.assertGreaterEqual(sum(-row.d_rss >= MIB for row in rows), 7)

    def test_every_event(self):
        """The seeds' second example."""
        rows = self.run_seed("0")
        found = [row for row in rows if isinstance(row, Event) and row.tag == "NEXT"]
        one = [("CALL", "create_string"), ("RETURN", "create_string"), ("C_CALL", "append"), ("C_RETURN", "append")]
        two = [("C_CALL", "len"), ("C_RETURN", "len"), ("C_CALL", "pop"), ("C_RETURN", "pop")]
        self.assertEqual([(row.kind, row.function) for row in found], one * 8 + two * 8 + two[:2])
        self.assertEqual([row.number for row in found], list(range(66)))
        self.assertNotIn("PREV", {row.tag for row in rows})
        self.assertTrue(all(row.d_rss >= MIB for row in found[1:32:4]))

    def test_form(self):
        """The columns, byte by byte."""
        with cPyMemTrace.Profile(0):
            create_string(3)
        with open(self.logs()[0]) as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[0], "      %-12s %-7s %-12s %-8s %-80s %-5s %-32s %12s %12s"
                         % ("Event", "dEvent", "Clock", "What", "File", "#line", "Function", "RSS", "dRSS"))
        row = next(read(io.BytesIO(lines[1].encode())))
        self.assertEqual(lines[1], "NEXT: %-12d +%-6d %-12.6f %-8s %-80s #%4d %-32s %12d %12d"
                         % (0, 0, row.clock, "CALL", __file__, create_string.__code__.co_firstlineno, "create_string", row.rss, row.rss))

    def test_names(self):
        """Date, time, process, kind, depth, version; an ordinal where two began in the same second."""
        with cPyMemTrace.Profile(), cPyMemTrace.Profile(), cPyMemTrace.Trace():
            self.assertEqual((cPyMemTrace.profile_wrapper_depth(), cPyMemTrace.trace_wrapper_depth()), (2, 1))
            self.assertRegex(os.path.basename(cPyMemTrace.get_log_file_path_profile()), r"_P_1_")
            self.assertRegex(os.path.basename(cPyMemTrace.get_log_file_path_trace()), r"_T_0_")
        for _ in range(3):
            with cPyMemTrace.Profile():
                pass
        self.assertEqual((cPyMemTrace.profile_wrapper_depth(), cPyMemTrace.trace_wrapper_depth()), (0, 0))
        self.assertIsNone(cPyMemTrace.get_log_file_path_profile())
        found = [NAME.fullmatch(name).groups() for name in self.logs()]
        self.assertEqual(len(found), 6)
        self.assertEqual(sorted(group[2:] for group in found), [("P", "0")] * 4 + [("P", "1"), ("T", "0")])
        self.assertEqual({group[1] for group in found}, {str(os.getpid())})

    def test_nested(self):
        """The inner one has what is in it, the outer one a gap."""
        def outside(): pass
        def inside(): pass
        with cPyMemTrace.Profile(0, filepath="outer"):
            outside()
            with cPyMemTrace.Profile(0, filepath="inner"):
                inside()
            outside()
        self.assertEqual([row.function for row in events("outer")], ["outside"] * 4)
        self.assertEqual([row.function for row in events("inner")], ["inside"] * 2)

    def test_depth(self):
        def descend(n):
            if n:
                with cPyMemTrace.Profile(0, filepath="log%d" % n):
                    descend(n - 1)
        descend(40)
        self.assertEqual(cPyMemTrace.profile_wrapper_depth(), 0)
        for n in range(1, 41):
            self.check("log%d" % n)

    def test_trigger(self):
        """Nothing below it is written."""
        with cPyMemTrace.Profile(64 * MIB, filepath="log"):
            kept = [create_string(MIB) for _ in range(8)]
        del kept
        self.assertEqual(len(events("log")), 1)
        with cPyMemTrace.Profile(3 * MIB, filepath="log"):
            kept = []
            for _ in range(12):
                kept.append(create_string(MIB))
        self.check("log")
        rss = [row.rss for row in events("log")]
        self.assertTrue(all(abs(b - a) >= 3 * MIB for a, b in zip(rss, rss[1:])), rss)

    def test_message(self):
        with cPyMemTrace.Profile(0, "one\ntwo é", "log") as p:
            create_string(1)
            p.write_message_to_log("hello\nworld \\ \x85 ☂")
            p.write_to_log("as it is")
            p.trace_file_wrapper.write_message_to_log("")
            create_string(1)
        with self.assertRaisesRegex(OSError, "^Log file is closed.$"):
            p.write_message_to_log("late")
        with open("log", encoding="utf-8", newline="\n") as file:
            text = file.read()
        self.assertTrue(text.startswith("one\ntwo é\nSOF\n      Event"))
        self.assertIn("\nas it is\n", text)
        messages = [row for row in read("log") if isinstance(row, Message)]
        self.assertEqual([(row.number, row.delta, unescape(row.text)) for row in messages], [(2, 1, "hello\nworld \\ \x85 ☂"), (2, 1, "")])
        with self.assertRaisesRegex(OSError, "not open yet"):
            cPyMemTrace.Profile().write_message_to_log("early")

    def test_read_inside(self):
        """What was logged so far is in the file when its path is asked for."""
        with cPyMemTrace.Profile(0) as p:
            create_string(1)
            self.assertEqual(len(events(p.log_file_path())), 2)

    def test_decorators(self):
        for decorator, letter in ((cPyMemTrace.profile, "P"), (cPyMemTrace.trace, "T")):
            @decorator(0, message="m")
            def work(a, b=2):
                """Doc."""
                return create_string(a + b)
            self.assertEqual(work(3), " " * 5)
            self.assertEqual((work.__name__, work.__doc__), ("work", "Doc."))
            self.assertEqual(NAME.fullmatch(self.logs()[0])[3], letter)
            self.assertIn("create_string", [row.function for row in events(self.logs()[0])])
            os.unlink(self.logs()[0])

    def test_exception(self):
        """A block that is left by an exception has a whole log, and lets it through."""
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            with cPyMemTrace.Profile(0, filepath="log"):
                len("") / 0
        self.assertEqual([row.function for row in events("log")], ["len"] * 2)
        self.check("log")

    def test_errors(self):
        with self.assertRaises(FileNotFoundError) as caught:
            cPyMemTrace.Profile(filepath="missing/log").__enter__()
        self.assertEqual(caught.exception.filename, os.path.abspath("missing/log"))
        self.assertRaisesRegex(ValueError, "to='xml'", cPyMemTrace.Profile, to="xml")
        p = cPyMemTrace.Profile(filepath="log")
        with p:
            self.assertRaisesRegex(RuntimeError, "entered already", p.__enter__)
        with p:
            pass
        self.assertEqual(cPyMemTrace.profile_wrapper_depth(), 0)

    def test_other_profiler(self):
        """A profiler of the program's own: beside it where that can be (3.12+), else a sentence; it goes on in any case."""
        seen = []
        sys.setprofile(lambda frame, what, argument: seen.append(frame.f_code.co_name))
        try:
            with cPyMemTrace.Profile(0, filepath="log"):
                create_string(1)
            self.assertIn("create_string", [row.function for row in events("log")])
        except RuntimeError as error:
            self.assertRegex(str(error), "profiler of its own")
            self.assertLess(sys.version_info, (3, 12))
        create_string(1)
        sys.setprofile(None)
        self.assertIn("create_string", seen)
        with cPyMemTrace.Profile(0, filepath="log"):
            create_string(1)
        self.check("log")

    def test_left_elsewhere(self):
        """Entered in one thread and left in another, never left, and left twice."""
        p = cPyMemTrace.Profile(0, filepath="log").__enter__()
        create_string(1)
        thread = threading.Thread(target=p.__exit__, args=(None, None, None))
        thread.start()
        thread.join()
        p.__exit__(None, None, None)
        self.check("log")
        self.assertEqual(cPyMemTrace.profile_wrapper_depth(), 0)

    def test_many(self):
        """One block after the other; more at a time than there may be."""
        for _ in range(300):
            with cPyMemTrace.Profile(filepath="log"):
                pass
        blocks = []
        with self.assertRaisesRegex(RuntimeError, "No more than 64"):
            for n in range(65):
                blocks.append(cPyMemTrace.Trace(filepath="log%d" % n).__enter__())
        for block in blocks:
            block.__exit__(None, None, None)
        self.assertEqual(len(blocks), 64)
        self.assertEqual(cPyMemTrace.trace_wrapper_depth(), 0)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_full_disk(self):
        with self.assertRaisesRegex(OSError, "No space left"):
            with cPyMemTrace.Profile(0, filepath="/dev/full"):
                create_string(1)


class Trace(Case):
    def test_lines(self):
        def work():
            a = 1
            try:
                raise KeyError
            except KeyError:
                return a
        with cPyMemTrace.Trace(0, filepath="log"):
            work()
        first = work.__code__.co_firstlineno
        self.check("log")
        found = [(row.kind, row.line - first) for row in events("log") if row.function == "work"]
        self.assertEqual([pair for pair in found if pair[0] != "EXCEPT"],
                         [("CALL", 0), ("LINE", 1), ("LINE", 2), ("LINE", 3), ("LINE", 4), ("LINE", 5), ("RETURN", 5)])
        self.assertEqual([pair for pair in found if pair[0] == "EXCEPT"], [("EXCEPT", 3)])

    def test_with_profile(self):
        """Side by side, each has its own kinds."""
        with cPyMemTrace.Profile(0, filepath="p"), cPyMemTrace.Trace(0, filepath="t"):
            len(create_string(1))
        self.assertEqual({row.kind for row in events("p")}, {"CALL", "RETURN", "C_CALL", "C_RETURN"})
        self.assertEqual({row.kind for row in events("t")}, {"CALL", "RETURN", "LINE"})


class Hostile(Case):
    def run_code(self, text, file):
        scope = {}
        exec(compile(text, file, "exec"), scope)
        with cPyMemTrace.Profile(0, filepath="log"):
            scope["f"]()
        return self.check("log")

    def test_names(self):
        for name in ("f" * 3000, "näme_é", "函数名", "\U00010400x"):
            row = [row for row in self.run_code("def %s(): pass\nf = %s" % (name, name), "file.py") if isinstance(row, Event)][0]
            self.assertEqual(row.function, name)

    def test_files(self):
        for file in ("a\nb.py", "NEXT: 1 +1 0.5 CALL x # 3 y 4 5", "\\n\\", "日本 語\u2028\x85\x01.py", "dir with blanks/#1 x.py", os.fsdecode(b"\xff\xe9.py"),
                     "<frozen x>", "x" * 5000, " "):
            row = [row for row in self.run_code("def f(): pass", file) if isinstance(row, Event)][0]
            self.assertEqual(unescape(row.file), file.strip() or row.file)

    def test_without_end(self):
        """More functions than are remembered, at addresses that are used again."""
        with cPyMemTrace.Profile(0, filepath="log"):
            for n in range(9000):
                exec("def f%d(): pass\nf%d()" % (n, n), {})
        names = [row.function for row in events("log") if row.kind == "CALL" and row.function != "<module>"]
        self.assertEqual(names, ["f%d" % n for n in range(9000)])

    def test_log_of_a_child(self):
        """A forked child that logs sees its own memory, also where its parent has logged before."""
        with cPyMemTrace.Profile(0, filepath="log"):
            create_string(1)

        def log_again():
            with cPyMemTrace.Profile(PAGE, filepath="child"):
                kept = create_string(40 * MIB)
            self.assertEqual(len(kept), 40 * MIB)

        self.in_child(log_again)
        rss = [row.rss for row in events("child", ("NEXT", "PREV", "LAST"))]
        self.assertGreater(rss[-1] - rss[0], 39 * MIB)

    def test_thread_that_logs_first(self):
        """What a thread takes for its logs goes with it, that of the first one as well."""
        program = ("import os, threading\nfrom pagetide import cPyMemTrace\n"
                   "def log():\n"
                   "    with cPyMemTrace.Profile(0, filepath='log'): pass\n"
                   "thread = threading.Thread(target=log)\nthread.start()\nthread.join()\n"
                   "while len(os.listdir('/proc/self/task')) > 1: pass\n"
                   "fds = ['/proc/self/fd/' + fd for fd in os.listdir('/proc/self/fd')]\n"
                   "print([link for link in (os.readlink(fd) for fd in fds if os.path.lexists(fd)) if 'perf_event' in link])\n")
        self.assertEqual(subprocess.check_output([sys.executable, "-c", program]), b"[]\n")

    def test_fork(self):
        """The child writes nothing into its parent's log; a block of its own has one."""
        def log_as_well():
            create_string(2)
            with cPyMemTrace.Profile(0, filepath="child"):
                create_string(3)

        with cPyMemTrace.Profile(0, filepath="log"):
            create_string(1)
            self.in_child(log_as_well)
        self.check("log")
        self.assertEqual([row.function for row in events("log")].count("create_string"), 2)
        self.check("child")
        self.assertEqual([row.function for row in events("child")], ["create_string"] * 2)

    def test_exits(self):
        """A program that ends inside the block: by itself, by an exception, by exec of nothing; the log has what came before."""
        for end, status in (("sys.exit(3)", 3), ("raise KeyError", 1), ("pass", 0)):
            program = ("import sys\nfrom pagetide import cPyMemTrace\ndef f(): pass\n"
                       "cPyMemTrace.Profile(0, filepath='log').__enter__()\nf()\n" + end)
            answer = subprocess.run([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
            self.assertEqual(answer.returncode, status)
            self.assertEqual([row.function for row in events("log")][:2], ["f"] * 2)

    def test_threads_interleaved(self):
        """Two blocks, entered and left crosswise by two threads: each has its own thread's events."""
        steps = [threading.Event() for _ in range(4)]

        def first_work(): pass
        def second_work(): pass

        def second():
            steps[0].wait()
            with cPyMemTrace.Profile(0, filepath="second"):
                second_work()
                steps[1].set()
                steps[2].wait()
                second_work()
            steps[3].set()
        thread = threading.Thread(target=second)
        thread.start()
        with cPyMemTrace.Profile(0, filepath="first"):
            first_work()
            steps[0].set()
            steps[1].wait()
            first_work()
        steps[2].set()
        steps[3].wait()
        thread.join()
        self.check("first")
        self.check("second")
        mine, others = ([row.function for row in events(name)] for name in ("first", "second"))
        self.assertEqual((mine.count("first_work"), mine.count("second_work")), (4, 0))
        self.assertEqual((others.count("first_work"), others.count("second_work")), (0, 4))

    def test_all_threads(self):
        def work(): pass
        with cPyMemTrace.Profile(0, filepath="log", threads=True):
            work()
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        self.check("log", tids=True)
        found = [row.thread for row in events("log") if row.function == "work"]
        self.assertEqual(len(found), 4)
        self.assertEqual(len(set(found)), 2)
        self.assertEqual(found[0], threading.main_thread().native_id)

    def test_threads_end(self):
        """Threads that come and go, before, inside and after the block."""
        with cPyMemTrace.Profile(0, filepath="log", threads=True):
            for _ in range(20):
                threads = [threading.Thread(target=create_string, args=(n,)) for n in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        self.check("log", tids=True)
        self.assertEqual([row.function for row in events("log")].count("create_string"), 160)


class Node:
    def __init__(self):
        self.content = bytearray(100)


@unittest.skipIf(sys.version_info < (3, 13), "CPython tells of objects from 3.13 on")
class References(Case):
    def check_references(self, path):
        """Each line has the grammar, and counts and sizes follow from the line before.  Gives the lines of objects."""
        rows = list(read(path))
        tags = [row.tag for row in rows]
        self.assertEqual(tags[-1], "end")
        at = tags.index("titles")
        self.assertEqual(rows[at - 1].text, "SOF")
        self.assertLessEqual(set(tags[at + 1:-1]), {"NEW", "DEL", "MSG", "other"})
        live, rss, clock = {}, 0, 0.0
        for row in rows:
            if isinstance(row, Reference):
                live[row.type] = live.get(row.type, 0) + (1 if row.tag == "NEW" else -1)
                self.assertEqual((row.live, row.d_rss), (live[row.type], row.rss - rss))
                self.assertGreaterEqual(row.clock, clock)
                rss, clock = row.rss, row.clock
        return [row for row in rows if isinstance(row, Reference)]

    def test_objects(self):
        nodes = []
        with cPyMemTrace.ReferenceTracing("one\ntwo", "log") as r:
            for _ in range(3):
                nodes.append(Node())
            self.assertEqual(r.live(), {"Node": 3})
            nodes.clear()
            self.assertEqual(r.live(), {"Node": 0})
        rows = self.check_references("log")
        self.assertEqual([(row.tag, row.type, row.live) for row in rows],
                         [("NEW", "Node", 1), ("NEW", "Node", 2), ("NEW", "Node", 3), ("DEL", "Node", 2), ("DEL", "Node", 1), ("DEL", "Node", 0)])
        self.assertEqual({(row.file, row.function) for row in rows}, {(__file__, "test_objects")})
        self.assertEqual(sorted(row.address for row in rows[:3]), sorted(row.address for row in rows[3:]))
        with open("log") as file:
            self.assertTrue(file.read().startswith("one\ntwo\nSOF\nHDR:        Clock          Address          LiveCnt Type      "))

    def test_filters(self):
        def types(**filters):
            with cPyMemTrace.ReferenceTracing(filepath="log", **filters):
                kept = [Node(), {1: 2}, {3}]
            del kept
            return {row.type for row in self.check_references("log") if row.tag == "NEW"}
        self.assertEqual(types(), {"Node"})
        self.assertLessEqual({"Node", "dict", "set", "bytearray"}, types(include_builtins=True))
        self.assertEqual(types(include_tp_names=["dict", "bytearray"]), {"dict", "bytearray"})
        self.assertEqual(types(exclude_tp_names=["Node"]), set())
        self.assertEqual(types(include_tp_names=["No"]), set())
        self.assertRaises(TypeError, cPyMemTrace.ReferenceTracing, include_tp_names="dict")

    def test_suspend(self):
        nodes = []
        with cPyMemTrace.ReferenceTracing(filepath="log") as r:
            nodes.append(Node())
            r.suspend()
            nodes.append(Node())
            r.resume()
            nodes.append(Node())
            self.assertEqual(r.live(), {"Node": 2})
        self.assertEqual(len(self.check_references("log")), 2)
        for call in (r.suspend, r.resume, r.live):
            self.assertRaisesRegex(RuntimeError, "not entered", call)

    def test_nested(self):
        with cPyMemTrace.ReferenceTracing(filepath="outer") as outer:
            first = Node()
            with cPyMemTrace.ReferenceTracing(filepath="inner"):
                self.assertEqual(cPyMemTrace.reference_tracing_wrapper_depth(), 2)
                second = [Node(), Node()]
            third = Node()
            outer.write_message_to_log("a\nb")
            outer.write_to_log("raw")
        counts = [[row.type for row in self.check_references(name)].count("Node") for name in ("outer", "inner")]
        self.assertEqual(counts, [2, 2])
        self.assertRegex([row.text for row in read("outer") if row.tag == "other"][0], r"^MSG: +\d+\.\d{6} # a\\nb$")
        del first, second, third

    def test_with_profile_and_threads(self):
        kept = []
        with cPyMemTrace.ReferenceTracing(filepath="o"), cPyMemTrace.Profile(0, filepath="p", threads=True):
            threads = [threading.Thread(target=lambda: kept.append(Node())) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(len([row for row in self.check_references("o") if row.type == "Node"]), 4)
        self.check("p", tids=True)

    def test_tracemalloc_goes_on(self):
        import tracemalloc
        tracemalloc.start()
        try:
            with cPyMemTrace.ReferenceTracing(filepath="log"):
                kept = [Node() for _ in range(10)]
            self.assertEqual(len(self.check_references("log")), 10)
            self.assertGreater(tracemalloc.get_traced_memory()[0], 1000)
            more = [Node() for _ in range(10)]
        finally:
            tracemalloc.stop()
        del kept, more

    def test_many_types(self):
        with cPyMemTrace.ReferenceTracing(filepath="log") as r:
            kept = [type("T" * 100 + str(n), (), {})() for n in range(6000)]
            self.assertGreaterEqual(len(r.live()), 4000)
        self.check_references("log")
        del kept

    def test_fork(self):
        with cPyMemTrace.ReferenceTracing(filepath="log"):
            kept = [Node()]
            self.in_child(lambda: kept.append(Node()))
        self.assertEqual(len([row for row in self.check_references("log") if row.tag == "NEW"]), 1)

    def test_default_name_and_decorator(self):
        @cPyMemTrace.reference_tracing(include_tp_names=["Node"])
        def work():
            self.assertRegex(cPyMemTrace.get_log_file_path_reference_tracing(), r"_O_0_PY")
            return Node()
        work()
        self.assertEqual(len(self.logs()), 1)


@unittest.skipIf(sys.version_info >= (3, 13), "CPython tells of objects from 3.13 on")
class NoReferences(unittest.TestCase):
    def test_error(self):
        with self.assertRaisesRegex(RuntimeError, "needs CPython 3.13 or newer"):
            cPyMemTrace.ReferenceTracing(filepath=os.devnull).__enter__()
        self.assertEqual(cPyMemTrace.reference_tracing_wrapper_depth(), 0)


class Functions(unittest.TestCase):
    def test_rss(self):
        before = cPyMemTrace.rss()
        kept = create_string(64 * MIB)
        self.assertGreater(cPyMemTrace.rss() - before, 60 * MIB)
        self.assertGreaterEqual(cPyMemTrace.rss_peak() + 4 * MIB, cPyMemTrace.rss())
        self.assertEqual(cPyMemTrace.rss() % PAGE, 0)
        del kept

    def test_unescape(self):
        for text in ("a\\nb", "\\\\n", "\\x85\\u2028\\udcff", "\\"):
            self.assertIsInstance(unescape(text), str)
        self.assertEqual(unescape("a\\nb\\\\n\\x85\\u2028\\udcff"), "a\nb\\n\x85\u2028\udcff")

    def test_foreign_lines(self):
        rows = list(read(io.BytesIO(b"SOF\nHDR: Event x\nNEXT: 1 +1 0.5 CALL /x y.py  3 f 4 5\nNEXT: 2 +1 0.5 CA\nPREV: 3    +2   0.02 \nEOF\n")))
        self.assertEqual([row.tag for row in rows], ["before", "titles", "NEXT", "other", "other", "end"])
        self.assertEqual(rows[2][5:8], ("/x y.py", 3, "f"))


if __name__ == "__main__":
    unittest.main()
