"""pagetide.record, mark, span, snapshot and instruments, read back by `pagetide report`; IPython's magic and pytest's plugin."""
import importlib
import json
import os
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

import pagetide
from pagetide import _ipython, _record, pytest_plugin

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import outside  # noqa: E402

MIB = 1 << 20

GROW = """
import os, sys
import pagetide
def grow(n):
    return [bytearray(1 << 20) for _ in range(n)]
"""


GROW_LINES = (4, 5)


def report(path, view):
    answer = subprocess.run([PROGRAM, "report", path, "--view", view, "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(answer.stdout)


def grown(path):
    """How much grow() and its comprehension grew, in bytes: two lines of the program."""
    return sum(row["rss_self"] or 0 for row in report(path, "functions")["rows"] if (row["file"] or "").endswith("program.py") and row["line"] in GROW_LINES)


PROGRAM = outside.find_program("PAGETIDE_BIN")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def assert_grown(self, size, mebibytes):
        """About so much: on a loaded machine some of it is charged to who runs a little later."""
        self.assertGreater(size, mebibytes * MIB * 3 // 4)
        self.assertLess(size, (mebibytes + 2) * MIB)

    def run_program(self, text, status=0, **environment):
        with open("program.py", "w") as file:
            file.write(GROW + text)
        answer = subprocess.run([sys.executable, "program.py"], env=dict(os.environ, **environment), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
        self.assertEqual(answer.returncode, status, answer.stdout.decode(errors="replace"))
        return answer.stdout.decode()


class Alone(Case):
    """Where nobody records: nothing is written, nothing fails, nothing is loaded."""

    def test_no_effect(self):
        out = self.run_program("print(pagetide.mark('a'), pagetide.snapshot('b'))\nwith pagetide.span('c'): pass\n"
                               "@pagetide.span('d')\ndef f(): return 5\n"
                               "print(f(), pagetide.instruments.start('bytes'), pagetide.instruments.stop('bytes'), "
                               "pagetide.instruments.is_recorded(), pagetide.instruments.state('gc'))\n"
                               "print('pagetide-agent' in open('/proc/self/maps').read())")
        self.assertEqual(out, "False False\n5 False False False ('off', '')\nFalse\n")

    def test_errors(self):
        with self.assertRaisesRegex(ValueError, "no instrument 'speed'"):
            pagetide.instruments.start("speed")
        with self.assertRaisesRegex(ValueError, "trigger is -5"):
            pagetide.instruments.start("calls", trigger=-5)
        for size in (0, -1):
            with self.assertRaisesRegex(ValueError, "sample is %d" % size):
                pagetide.instruments.start("bytes-sampled", sample=size)
        with self.assertRaisesRegex(ImportError, "not built yet"):
            importlib.import_module("pagetide.heap")
        self.run_program("try:\n    pagetide.record('out').__enter__()\n    sys.exit(1)\nexcept RuntimeError as error:\n"
                         "    sys.exit('not run' if 'cannot be run' not in str(error) else 0)\n", PAGETIDE_BIN="/missing/pagetide")
        self.run_program("try:\n    pagetide.record('missing/out').__enter__()\n    sys.exit(1)\nexcept RuntimeError as error:\n"
                         "    print(error)\nprint(pagetide.instruments.is_recorded())\n" if PROGRAM else "")

    def test_program_is_found(self):
        with mock.patch.dict(os.environ, PAGETIDE_BIN="/x/pagetide"):
            self.assertEqual(_record.find_program(), "/x/pagetide")
        with mock.patch.dict(os.environ, PAGETIDE_BIN="", PATH=os.getcwd()), mock.patch.object(_record, "__file__", os.path.abspath("lib/x/_record.py")):
            self.assertRaisesRegex(RuntimeError, "not installed", _record.find_program)
            os.makedirs("bin")
            with open("bin/pagetide", "w") as file:
                file.write("#!/bin/sh\n")
            os.chmod("bin/pagetide", 0o755)
            self.assertEqual(_record.find_program(), os.path.abspath("bin/pagetide"))


@unittest.skipUnless(PROGRAM, "PAGETIDE_BIN names no program that runs here")
class Recorded(Case):
    def test_block(self):
        """A recording of a block has what grew in it, and no more; a second one, too."""
        out = self.run_program("""
keep = grow(20)
with pagetide.record("one.pagetide") as r:
    keep += grow(30)
    print(r.path, pagetide.instruments.is_recorded())
keep += grow(20)
with pagetide.record("two.pagetide"):
    keep += grow(10)
print(pagetide.instruments.is_recorded())
""")
        self.assertEqual(out, "one.pagetide True\nFalse\n")
        self.assert_grown(grown("one.pagetide"), 30)
        self.assert_grown(grown("two.pagetide"), 10)
        recording = report("one.pagetide", "summary")["recording"]
        self.assertTrue(recording["complete"])
        self.assertEqual(recording["argv"][-1], "program.py")

    def test_decorator_and_exception(self):
        self.run_program("""
@pagetide.record("out.pagetide")
def work():
    global keep
    keep = grow(10)
    raise KeyError("through")
try:
    work()
except KeyError:
    pass
""")
        self.assert_grown(grown("out.pagetide"), 10)

    def test_nested_is_a_span(self):
        self.run_program("with pagetide.record('outer.pagetide'):\n    with pagetide.record('inner.pagetide'):\n        pass\n")
        self.assertTrue(os.path.exists("outer.pagetide"))
        self.assertFalse(os.path.exists("inner.pagetide"))

    def test_program_that_ends_inside(self):
        """By itself, by a signal, without an end of its own: what came before is in the file."""
        for end, status in (("sys.exit(3)", 3), ("os._exit(4)", 4), ("os.kill(os.getpid(), 9)", -9)):
            self.run_program("r = pagetide.record('out.pagetide')\nr.__enter__()\nkeep = grow(10)\n"
                             "pagetide.mark('last')\n" + end, status)
            self.assert_grown(grown_when_written("out.pagetide"), 10)
            os.unlink("out.pagetide")

    def test_fork(self):
        """A child leaves the block without a word; the parent's recording is its own."""
        self.run_program("""
with pagetide.record("out.pagetide"):
    pid = os.fork()
    keep = grow(10 if pid else 50)
    if pid:
        assert os.waitpid(pid, 0)[1] == 0
if not pid:
    os._exit(0)
""")
        self.assert_grown(grown("out.pagetide"), 10)

    def test_other_thread(self):
        out = self.run_program("""
import threading
def work():
    try:
        pagetide.record("out.pagetide").__enter__()
    except RuntimeError as error:
        print(error)
t = threading.Thread(target=work); t.start(); t.join()
""")
        self.assertIn("main thread", out)

    def test_instruments(self):
        out = self.run_program("""
with pagetide.record("out.pagetide"):
    print(pagetide.instruments.state("events")[0], pagetide.instruments.start("calls", trigger=0), pagetide.instruments.state("calls")[0])
    keep = grow(2)
    print(pagetide.instruments.stop("calls"), pagetide.instruments.state("calls")[0])
try:
    pagetide.record("x", instruments="faults").__enter__()
except ValueError as error:
    print(error)
""")
        self.assertEqual(out.splitlines()[:2], ["on True on", "True off"])
        self.assertIn("faults", out.splitlines()[2])

    def test_marks(self):
        """What the program says is in the recording, in its order, with the memory of that moment."""
        self.run_program("""
with pagetide.record("out.pagetide"):
    pagetide.mark("epoch 3")
    pagetide.snapshot("before")
    with pagetide.span("load"):
        keep = grow(30)
    @pagetide.span("decorated")
    def work():
        pagetide.mark("é☂\\udcff")
    work()
""")
        rows = [row for row in report("out.pagetide", "markers")["rows"] if row["kind"] not in ("gc", "collection")]
        self.assertEqual([(row["kind"], row["text"]) for row in rows[:4]],
                         [("message", "epoch 3"), ("snapshot", "before"), ("span-begin", "load"), ("span-end", "load")])
        self.assertEqual([row["kind"] for row in rows[4:]], ["span-begin", "message", "span-end"])
        self.assertTrue(rows[5]["text"].startswith("é☂"))
        self.assertEqual(rows[2]["id"], rows[3]["id"])
        self.assertNotEqual(rows[2]["id"], rows[4]["id"])
        self.assertGreater(rows[3]["rss"] - rows[2]["rss"], 29 * MIB)
        self.assertEqual([row["t"] for row in rows], sorted(row["t"] for row in rows))

    def test_marks_do_not_fail(self):
        """Any text, any number of them, from any thread."""
        out = self.run_program(r"""
import threading
with pagetide.record("out.pagetide"):
    for text in ("", "a\nb", "\0", "\udcff", "☂" * 5000, "x" * 10000):
        assert pagetide.mark(text) and pagetide.snapshot(text)
        with pagetide.span(text):
            pass
    threads = [threading.Thread(target=lambda: [pagetide.mark("t") for _ in range(500)]) for _ in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
print("done")
""")
        self.assertEqual(out, "done\n")
        self.assertTrue(report("out.pagetide", "summary")["recording"]["complete"])

    def test_launched(self):
        """In a program that Pagetide launched the package writes into that recording, and record() is a span of it."""
        with open("program.py", "w") as file:
            file.write(GROW + "assert pagetide.mark('m')\nwith pagetide.record('inner.pagetide'):\n    keep = grow(10)\n")
        subprocess.run([PROGRAM, "record", "-o", "out.pagetide", "--instruments", "events", "--python", outside.PYTHON, "program.py"], check=True)
        self.assertFalse(os.path.exists("inner.pagetide"))
        self.assert_grown(grown("out.pagetide"), 10)

    def test_memory_of_instruments(self):
        """What they take for themselves comes and goes as often as they do, and is nobody's growth or release."""
        with open("program.py", "w") as file:
            file.write("""
import pagetide, time
def leaf(): pass
def cycle():
    pagetide.instruments.start("calls")
    for _ in range(70000): leaf()
    pagetide.instruments.stop("calls")
    # A program that does nothing for some time, in which what was given back would be taken for its own.
    time.sleep(.02)
for _ in range(6): cycle()
""")
        subprocess.run([PROGRAM, "record", "-o", "out.pagetide", "--instruments", "events,calls", "--python", outside.PYTHON, "program.py"], check=True)
        rows = [row for row in report("out.pagetide", "functions")["rows"] if row["function"] in ("leaf", "cycle", "<lambda>", "_ask.<locals>.<lambda>")]
        # Each cycle's ring has 1.5 MiB.  A look between touching and owning sees 64 KiB at most.
        self.assertLess(sum(row["rss_rise"] + row["rss_fall"] for row in rows), 2 * MIB)
        summary, = report("out.pagetide", "summary")["rows"]
        self.assertLessEqual(summary["before_measuring"], summary["rss_start"])
        self.assertGreaterEqual(summary["rss_peak"], summary["rss_end"])

    def test_one_user_of_calls(self):
        """A log of every call in a program that is recorded call by call: a sentence, and the recording goes on."""
        with open("program.py", "w") as file:
            file.write(GROW + "from pagetide import cPyMemTrace\ntry:\n    cPyMemTrace.Profile(0, filepath='log').__enter__()\n    sys.exit(1)\n"
                       "except RuntimeError as error:\n    print(error)\nkeep = grow(10)\n")
        answer = subprocess.run([PROGRAM, "record", "-o", "out.pagetide", "--instruments", "events,calls", "--python", outside.PYTHON, "program.py"],
                                stdout=subprocess.PIPE, check=True)
        self.assertIn(b"told already", answer.stdout)
        self.assertIn("grow", [row["function"] for row in report("out.pagetide", "events")["rows"]])

    def test_compact_log(self):
        """cPyMemTrace's to="pagetide": a recording of every call."""
        self.run_program("""
from pagetide import cPyMemTrace
with cPyMemTrace.Profile(0, to="pagetide", filepath="p.pagetide") as p:
    print(p.log_file_path())
    keep = grow(5)
    p.write_message_to_log("hello")
with cPyMemTrace.Trace(to="pagetide") as t:
    path = t.log_file_path()
    keep = grow(5)
assert path.endswith(".pagetide"), path
os.rename(path, "t.pagetide")
""")
        for name, instrument in (("p", "calls"), ("t", "lines")):
            self.assertIn(instrument, report(name + ".pagetide", "summary")["recording"]["instruments"])
        called = [(row["kind"], row["function"]) for row in report("p.pagetide", "events")["rows"] if row["file"] and row["file"].endswith("program.py")]
        self.assertIn(("CALL", "grow"), called)
        self.assertIn(("RETURN", "grow"), called)
        self.assertIn(("message", "hello"), [(row["kind"], row["text"]) for row in report("p.pagetide", "markers")["rows"]])


def grown_when_written(path):
    """The program beside writes the last after this one's end: waits until the file is whole."""
    while not (os.path.exists(path) and os.path.getsize(path) and report(path, "summary")["recording"]["complete"]):
        os.sched_yield()
    return grown(path)


class FakeShell:
    """What of IPython's shell the magic needs."""

    def __init__(self):
        self.magics_manager = types.SimpleNamespace(magics={"cell": {}})
        self.ran = []

    def register_magic_function(self, function, kind, name):
        self.magics_manager.magics[kind][name] = function

    def run_cell(self, cell):
        self.ran.append(cell)
        exec(compile(cell, "<cell>", "exec"), {})


class IPython(Case):
    def test_load(self):
        shell = FakeShell()
        pagetide.load_ipython_extension(shell)
        self.assertIn("pagetide", shell.magics_manager.magics["cell"])
        pagetide.unload_ipython_extension(shell)
        self.assertEqual(shell.magics_manager.magics["cell"], {})

    @unittest.skipUnless(PROGRAM, "PAGETIDE_BIN names no program that runs here")
    def test_magic(self):
        shell = FakeShell()
        shown = []
        pagetide.load_ipython_extension(shell)
        magic = shell.magics_manager.magics["cell"]["pagetide"]
        with mock.patch.object(_ipython, "_show", lambda png, path: shown.append((png[:8], path))):
            magic("", "x = [bytearray(1 << 20) for _ in range(8)]")
            magic("-o cell.pagetide --instruments events", "y = 1")
        self.assertEqual(shown, [(b"\x89PNG\r\n\x1a\n", None), (b"\x89PNG\r\n\x1a\n", "cell.pagetide")])
        self.assertEqual(len(shell.ran), 2)
        self.assertTrue(os.path.exists("cell.pagetide"))
        self.assertRaisesRegex(ValueError, "%%pagetide", magic, "--nonsense", "1")

    @unittest.skipUnless(PROGRAM, "PAGETIDE_BIN names no program that runs here")
    def test_in_ipython(self):
        program = ("from IPython.core.interactiveshell import InteractiveShell\n"
                   "shell = InteractiveShell.instance()\nshell.run_line_magic('load_ext', 'pagetide')\n"
                   "shell.run_cell('%%pagetide -o cell.pagetide\\nx = [bytearray(1 << 20) for _ in range(8)]')\n"
                   "assert len(shell.user_ns['x']) == 8\n")
        if subprocess.run([sys.executable, "-c", "import IPython"], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no IPython here: the magic was called by a stand-in for its shell")
        subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, HOME=os.getcwd(), IPYTHONDIR=os.getcwd()))
        self.assertTrue(os.path.exists("cell.pagetide"))


class FakeItem:
    """What of a test of pytest the plugin needs."""

    def __init__(self, config=None, **limits):
        self.nodeid = "test_x.py::test_x"
        self.config = config
        self.limits = limits

    def get_closest_marker(self, name):
        return types.SimpleNamespace(args=(self.limits[name],), kwargs={}) if name in self.limits else None


class FakeOutcome:
    excinfo = None
    error = None

    def force_exception(self, error):
        self.error = error


class Pytest(Case):
    def run_test(self, work, config=None, **limits):
        """The error that a test which does WORK ends with."""
        around = pytest_plugin.pytest_runtest_call(FakeItem(config, **limits))
        outcome = FakeOutcome()
        next(around)
        kept = work()
        self.assertRaises(StopIteration, around.send, outcome)
        del kept
        return outcome.error

    def test_sizes(self):
        for text, size in (("100 MiB", 100 * MIB), ("1.5GB", 1500000000), ("64k", 65536), (7, 7), ("12", 12), (" 1 B ", 1)):
            self.assertEqual(pytest_plugin.parse_size(text), size)
        for bad in ("", "MiB", "1 XB", "-1", None, -1, True, "1e3"):
            self.assertRaises(ValueError, pytest_plugin.parse_size, bad)
        self.assertEqual([pytest_plugin.format_size(n) for n in (5, 1536, 3 * MIB, 5 << 30)], ["5 B", "1.5 KiB", "3 MiB", "5 GiB"])

    def test_limit_rss(self):
        """What is taken and given back counts as well."""
        def take():
            bytearray(64 * MIB)
        if pytest_plugin._forget_peak():
            self.assertRegex(str(self.run_test(take, limit_rss="16 MiB")), r"RSS rose by 6\d.*MiB, more than limit_rss\(16 MiB\) allows")
        self.assertIsNone(self.run_test(take, limit_rss="512 MiB"))
        self.assertIsInstance(self.run_test(lambda: bytearray(64 * MIB), limit_rss="16 MiB"), pytest_plugin.LimitExceeded)

    def test_limit_leak(self):
        """Only what stays counts; garbage does not."""
        def garbage():
            loop = [bytearray(64 * MIB)]
            loop.append(loop)
        self.assertIsNone(self.run_test(garbage, limit_leak="16 MiB"))
        self.assertRegex(str(self.run_test(lambda: bytearray(64 * MIB), limit_leak="16 MiB")), "stays 6.* higher, more than limit_leak")

    def test_marker_errors(self):
        self.assertRaisesRegex(ValueError, "no size", self.run_test, lambda: None, limit_rss="much")

    @unittest.skipUnless(PROGRAM, "PAGETIDE_BIN names no program that runs here")
    def test_run(self):
        """--pagetide with a stand-in for pytest's session."""
        config = types.SimpleNamespace(getoption=lambda name: "run.pagetide", lines=[])
        config.addinivalue_line = lambda kind, line: config.lines.append((kind, line))
        session = types.SimpleNamespace(config=config)
        lines = []
        reporter = types.SimpleNamespace(section=lines.append, write_line=lines.append)
        pytest_plugin.pytest_configure(config)
        pytest_plugin.pytest_sessionstart(session)
        self.run_test(lambda: bytearray(32 * MIB), config)
        pytest_plugin.pytest_sessionfinish(session)
        pytest_plugin.pytest_terminal_summary(reporter, config)
        self.assertEqual([kind for kind, _ in config.lines], ["markers"] * 2)
        self.assertRegex(lines[1], r"3\d(\.\d+)? MiB  test_x.py::test_x")
        self.assertEqual(lines[-1], "recorded to " + os.path.abspath("run.pagetide"))
        self.assertTrue(report("run.pagetide", "summary")["recording"]["complete"])

    def test_in_pytest(self):
        if subprocess.run([sys.executable, "-c", "import pytest"], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no pytest here: the plugin's functions were called by stand-ins for its objects")
        with open("test_it.py", "w") as file:
            file.write("import pytest\n@pytest.mark.limit_rss('16 MiB')\ndef test_big(): bytearray(64 << 20)\n"
                       "@pytest.mark.limit_leak('16 MiB')\ndef test_small(): bytearray(64 << 20)\n")
        answer = subprocess.run([sys.executable, "-m", "pytest", "-p", "pagetide.pytest_plugin", "--strict-markers", "test_it.py"],
                                stdout=subprocess.PIPE)
        self.assertIn(b"1 failed, 1 passed", answer.stdout)


if __name__ == "__main__":
    unittest.main()
