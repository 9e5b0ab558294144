"""Runs the built program as a person or a script would.  PAGETIDE names it; the helper and the agent are those of the same build."""

import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PAGETIDE = os.environ["PAGETIDE"]
FIREHOSE = os.environ["PAGETIDE_FIREHOSE"]
VERSION = os.environ["PAGETIDE_VERSION"]
LIMIT = 60

COMMANDS = ["run", "attach", "record", "report", "diff", "convert", "render", "doctor"]
UNBUILT = ["attach", "diff", "convert", "doctor"]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.env = dict(os.environ, LC_ALL="C.UTF-8", XDG_DATA_HOME=os.path.join(self.folder, "data"))
        # No command here may need a display.
        self.env.pop("DISPLAY", None)
        self.env.pop("WAYLAND_DISPLAY", None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def run_it(self, *args, **options):
        options.setdefault("stdin", subprocess.DEVNULL if "input" not in options else None)
        if "input" in options:
            options.pop("stdin")
        return subprocess.run([PAGETIDE, *args], cwd=self.folder, env=self.env, capture_output=True, timeout=LIMIT,
                              check=False, **options)

    def start(self, *args, **options):
        process = subprocess.Popen([PAGETIDE, *args], cwd=self.folder, env=self.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def assert_sentence(self, result, part, status=1):
        """One line on stderr that says PART, nothing on stdout."""
        text = result.stderr.decode()
        self.assertEqual(result.returncode, status, text)
        self.assertEqual(result.stdout, b"")
        self.assertRegex(text, r"\Apagetide: [^\n]+\n\Z")
        self.assertIn(part, text)

    def recordings(self):
        return sorted(name for name in os.listdir(self.folder) if name.endswith(".pagetide"))


class General(Case):
    def test_without_a_display(self):
        self.assert_sentence(self.run_it(), "no display")

    def test_version(self):
        result = self.run_it("--version")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, f"pagetide {VERSION}\n".encode(), b""))

    def test_help(self):
        text = self.run_it("--help").stdout.decode()
        for command in COMMANDS:
            with self.subTest(command):
                self.assertRegex(text, rf"(?m)^  {command} ")
                for word in ("--help", "-h"):
                    result = self.run_it(command, word)
                    self.assertEqual((result.returncode, result.stderr), (0, b""))
                    self.assertIn(f"pagetide {command}", result.stdout.decode())

    def test_help_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PAGETIDE, "--help"], stdout=full, stderr=subprocess.PIPE, env=self.env, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"cannot be written", result.stderr)

    def test_unbuilt(self):
        for command in UNBUILT:
            with self.subTest(command):
                self.assert_sentence(self.run_it(command, "1"), "not built yet")
        for option in ("--pid=1", "--duration=1"):
            with self.subTest(option):
                self.assert_sentence(self.run_it("record", option, "-c", "pass"), "not built yet")
        for name in ("heap", "tracemalloc=4", "mallocstats"):
            with self.subTest(name):
                self.assert_sentence(self.run_it("record", "--instruments", name, "-c", "pass"), "not built yet")

    def test_wrong_options(self):
        for args, part in (
            (["record"], "Name the program"),
            (["record", "-c"], "-c needs"),
            (["record", "-m"], "-m needs"),
            (["record", "--python"], "needs a value"),
            (["record", "--nonsense", "-c", "pass"], "no option --nonsense"),
            (["record", "-x", "-c", "pass"], "no option -x"),
            (["run", "-o", "x", "-c", "pass"], "no option -o"),
            (["record", "--interval", "0", "-c", "pass"], "--interval 0"),
            (["record", "--interval", "1.5", "-c", "pass"], "--interval 1.5"),
            (["record", "--interval", "99999999999999999999", "-c", "pass"], "--interval"),
            (["record", "--max-size", "much", "-c", "pass"], "--max-size much"),
            (["record", "--max-size", "0", "-c", "pass"], "--max-size 0"),
            (["record", "--max-size", "9999999999G", "-c", "pass"], "--max-size"),
            (["record", "--env", "A", "-c", "pass"], "NAME=VALUE"),
            (["record", "--instruments", "telescope", "-c", "pass"], "telescope"),
            (["record", "--instruments", "gc=4", "-c", "pass"], "takes no value"),
            (["record", "--instruments", "bytes-sampled=few", "-c", "pass"], "few"),
            (["record", "--trigger", "none", "-c", "pass"], "--trigger none"),
            (["record", "--budget", "5%", "-c", "pass"], "--budget 5%"),
            (["record", "--budget", "nan", "-c", "pass"], "--budget nan"),
            (["record", "--budget", "101", "-c", "pass"], "--budget 101"),
            (["record", "--switch-at", "+gc", "-c", "pass"], "--switch-at +gc"),
            (["record", "--switch-at", "1:gc", "-c", "pass"], "gc"),
            (["record", "--switch-at", "-1:+gc", "-c", "pass"], "--switch-at -1"),
            (["record", "--switch-at", "1:+telescope", "-c", "pass"], "telescope"),
            (["run", "--switch-at", "1:+gc", "-c", "pass"], "no option --switch-at"),
            (["record", "--cwd", "nowhere", "-c", "pass"], "no folder nowhere"),
            (["record", "--python", "./nowhere", "-c", "pass"], "no Python interpreter at ./nowhere"),
            (["record", "-o", "nowhere/a.pagetide", "-c", "pass"], "a.pagetide"),
            (["record", "-o", "", "-c", "pass"], "-o needs"),
            (["record", "gone.py"], "no script gone.py"),
            (["run", "gone.py"], "no script gone.py"),
            (["record", "."], "__main__.py"),
            (["--nonsense"], "no option --nonsense"),
        ):
            with self.subTest(args):
                self.assert_sentence(self.run_it(*args), part)
        self.assertEqual(self.recordings(), [])

    def test_sentences_obey_nobody(self):
        """What a name brings along does not reach the terminal as a command."""
        result = self.run_it("gone\x1b[2J\n\xff.pagetide".encode("latin-1"))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count(b"\n"), 1)
        self.assertNotIn(b"\x1b", result.stderr)
        self.assertRegex(result.stderr.decode(), r"gone\\x1b\[2J\\x0a")


class Files(Case):
    """A file that cannot be read is told before any window opens: there is no display here to open one."""

    def test_unreadable(self):
        self.write("text.py", "print('no recording')\n")
        self.write("empty.pagetide", "")
        os.mkfifo(self.path("pipe"))
        for name, part in (("gone.pagetide", "cannot be opened"), ("text.py", "neither a recording"), ("empty.pagetide", "neither a recording"),
                           (".", "a folder"), ("pipe", "neither a recording"), ("", "cannot be opened"), ("recrod", "cannot be opened")):
            with self.subTest(name):
                self.assert_sentence(self.run_it(name), part)
        self.assert_sentence(self.run_it("--", "--version"), "--version cannot be opened")

    def test_what_the_window_opens(self):
        """All that report reads, the window does: it comes as far as to look for a display."""
        self.write("process.log", "some words\n2026-01-01 - ProcessLoggingThread-JSON {\"pid\": 1}\n")
        self.run_it("record", "-o", "job.pagetide", "-c", "pass")
        for name in ("process.log", "job.pagetide"):
            with self.subTest(name):
                self.assert_sentence(self.run_it(name), "no display")


class Record(Case):
    def record(self, *args, **options):
        return self.run_it("record", "-o", "a.pagetide", *args, **options)

    def test_passes_through(self):
        program = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('err'); sys.exit(3)"
        result = self.record("-c", program, input=b"in\0put")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (3, b"IN\0PUT", b"err"))
        self.assertEqual(self.recordings(), ["a.pagetide"])
        self.assertEqual(os.stat(self.path("a.pagetide")).st_mode & 0o777, 0o600)

    def test_adds_nothing(self):
        result = self.record("-c", "pass")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))

    def test_exit_statuses(self):
        for program, status in (("pass", 0), ("raise SystemExit(3)", 3), ("import os; os._exit(255)", 255),
                                ("import os; os.kill(os.getpid(), 9)", 128 + 9),
                                ("import os; os.kill(os.getpid(), 15)", 128 + 15),
                                ("import os; os.abort()", 128 + 6)):
            with self.subTest(program):
                result = self.record("-c", program)
                self.assertEqual((result.returncode, result.stderr), (status, b""))

    def test_arguments(self):
        """Options end at the program; what follows is its own, to the byte."""
        show = "import os, sys; sys.stdout.buffer.write(b'|'.join(os.fsencode(a) for a in sys.argv))"
        script = self.write("a b\n.py", show)
        self.write("-o", show)
        os.mkdir(self.path("package"))
        self.write("package/__main__.py", show)
        for args, expected in (
            (["-c", show, "--help", "-o", "x", "--", "a b", ""], b"-c|--help|-o|x|--|a b|"),
            ([f"-c{show}", "-m"], b"-c|-m"),
            ([script, b"\xff\xfe", "--version"], os.fsencode(script) + b"|\xff\xfe|--version"),
            (["--", "-o", "-o"], b"-o|-o"),
            (["package", "-c"], b"package|-c"),
            (["-m", "package", "-m"], os.fsencode(os.path.realpath(self.path("package/__main__.py"))) + b"|-m"),
        ):
            with self.subTest(args):
                result = self.record(*args)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, expected, b""))
        result = self.record("-", "x", input=show.encode())
        self.assertEqual((result.returncode, result.stdout), (0, b"-|x"))

    def test_options(self):
        os.mkdir(self.path("below"))
        self.write("below/s.py", "import os, sys; print(os.getcwd(), os.environ['A'], os.environ['B'], sys.executable)")
        result = self.run_it("record", "--output=below/x.pagetide", "--python", sys.executable, "--cwd", "below", "--env", "A=1=2",
                             "--env=B=", "--interval", "5", "--instruments", "", "--max-size", "1M", "s.py")
        self.assertEqual(result.stderr, b"")
        self.assertEqual(result.stdout.decode(), f"{os.path.realpath(self.path('below'))} 1=2  {sys.executable}\n")
        # Its name is ours, not the program's folder's.
        self.assertTrue(os.path.exists(self.path("below/x.pagetide")))

    def test_default_name(self):
        self.write("my job.py", "pass")
        for _ in range(3):
            self.assertEqual(self.run_it("record", "my job.py").returncode, 0)
        names = self.recordings()
        self.assertEqual(len(names), 3)
        for name in names:
            self.assertRegex(name, r"\Apagetide-my_job-\d{8}-\d{6}(-\d+)?\.pagetide\Z")

    def test_replaces(self):
        self.write("a.pagetide", "x" * 1000000)
        self.assertEqual(self.record("-c", "pass").returncode, 0)
        self.assertLess(os.path.getsize(self.path("a.pagetide")), 100000)
        # What cannot start anything destroys nothing.
        before = os.path.getsize(self.path("a.pagetide"))
        self.env["PAGETIDE_HELPER"] = "/nowhere"
        self.assert_sentence(self.record("-c", "pass"), "/nowhere")
        self.assertEqual(os.path.getsize(self.path("a.pagetide")), before)

    def test_odd_names(self):
        for name in (b"-o.pagetide", b"a b\n.pagetide", b"\xff\xfe.pagetide", b"x" * 240 + b".pagetide"):
            with self.subTest(name):
                result = self.run_it("record", "-o", name, "-c", "print(1)")
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"1\n", b""))
                self.assertTrue(os.path.exists(os.path.join(os.fsencode(self.folder), name)))

    def test_inherits_descriptors(self):
        """As a shell's `3<file` means it."""
        read, write = os.pipe()
        os.write(write, b"from three")
        os.close(write)
        os.dup2(read, 10)
        self.addCleanup(os.close, 10)
        os.close(read)
        result = self.record("-c", "import os; print(os.read(10, 99).decode())", pass_fds=(10,))
        self.assertEqual((result.stdout, result.stderr), (b"from three\n", b""))

    def test_closed_descriptors(self):
        result = subprocess.run(["/bin/sh", "-c", 'exec "$0" record -o a.pagetide -c "raise SystemExit(4)" <&- >&- 2>&-', PAGETIDE],
                                cwd=self.folder, env=self.env, check=False, timeout=LIMIT)
        self.assertEqual(result.returncode, 4)

    def test_switches_while_it_runs(self):
        """The program waits until what was asked for on the command line has come, or gone: what was asked for last, since it may look late.

        It looks again and again: nobody tells a program that it is measured, and the agent needs its main thread to come by.
        """
        result = self.record("--instruments", "events", "--switch-at", "0.1:-events", "--switch-at", "0.3:+gc", "-c", """if True:
            import gc, time
            while not gc.callbacks: time.sleep(0.001)
            gc.collect()
            print("on")
        """)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"on\n", b""))
        result = self.run_it("report", "a.pagetide", "--view", "markers", "--format", "json")
        rows = json.loads(result.stdout)["rows"]
        self.assertEqual({row["kind"] for row in rows}, {"gc"})
        self.assertTrue(any(row["generation"] == 2 for row in rows))
        result = self.record("--instruments", "events,gc", "--switch-at", "0.1:-gc", "-c", """if True:
            import gc, time
            while gc.callbacks: time.sleep(0.001)
            print("off")
        """)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"off\n", b""))

    def test_refusal_is_told(self):
        """What was asked for and could not be had, with the reason; which is not told of what measured."""
        code, text = self.on_terminal(["record", "-o", "a.pagetide", "--instruments", "events,bytes,bytes-sampled", "-c", "pass"])
        sentence = "bytes-sampled: Python's blocks are counted already, all of them: stop that instrument first."
        self.assertEqual((code, re.findall("(?m)^pagetide: without .*(?=\r$)", text.decode())), (0, ["pagetide: without " + sentence]))
        result = self.run_it("report", "a.pagetide", "--format", "json")
        row, = json.loads(result.stdout)["rows"]
        self.assertEqual(row["refused"], [sentence])
        self.assertGreater(row["rss_unit"], 0)
        self.assertNotIn("bytes-sampled", row["instruments"])
        self.assertIn(sentence.encode(), self.run_it("report", "a.pagetide").stdout)

    def test_no_profiler_is_seen_in_the_end(self):
        """The interpreter takes our functions out of its threads when it ends: that is no profiler of the program's.  What os.register_at_fork
        holds is freed after that, and each of its blocks is a look at them."""
        self.run_it("record", "-o", "a.pagetide", "--instruments", "events,lines", "-c",
                    "import functools, os; os.register_at_fork(before=functools.partial(print, [b'x' * n for n in range(3000, 20000)]))")
        row, = json.loads(self.run_it("report", "a.pagetide", "--format", "json").stdout)["rows"]
        self.assertEqual(row["refused"], [])

    def test_program_asks(self):
        """As the package does it: by way of the agent, which asks the helper, again and again until it is so."""
        program = """if True:
            import ctypes, gc, threading, time
            agent = ctypes.PyDLL(None)
            GC, EVENTS = 128, 2
            def ask(on, off):
                number = agent.pagetide_agent_request(on, off, 0, ctypes.c_uint64(0), ctypes.c_uint64(0))
                assert number
                while not agent.pagetide_agent_settle(number): time.sleep(0.001)
            assert agent.pagetide_agent_get_instruments() == EVENTS
            ask(GC, EVENTS)
            assert gc.callbacks and agent.pagetide_agent_get_instruments() == GC
            # From another thread, while the main one waits.
            thread = threading.Thread(target=ask, args=(EVENTS, GC))
            thread.start()
            thread.join()
            reason = ctypes.create_string_buffer(100)
            assert not gc.callbacks and agent.pagetide_agent_get_state(EVENTS, reason, 100) == 1
            assert agent.pagetide_agent_get_state(3, reason, 100) == 0
            print("done")
        """
        result = self.record("--instruments", "events", "-c", program)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"done\n", b""))

    def test_largest_size(self):
        """As large as was allowed: a sentence, and the program's own status."""
        program = "keep = [bytearray(60000) for i in range(3000)]\nprint('to the end')\nraise SystemExit(%d)"
        for status in (0, 3):
            result = self.record("--max-size", "1K", "-c", program % status)
            self.assertEqual((result.returncode, result.stdout), (status, b"to the end\n"))
            self.assertEqual(result.stderr.count(b"\n"), 1)
            self.assertIn(b"greatest size", result.stderr)
            self.assertLessEqual(os.path.getsize(self.path("a.pagetide")), 1024)

    def test_full_disk(self):
        """What is measured goes to its end; then one sentence, and 1."""

        def leave_no_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        self.env.update(PAGETIDE_HELPER=FIREHOSE, FIREHOSE_RATE="1000000", FIREHOSE_SECONDS="1")
        result = self.record("-c", "pass", preexec_fn=leave_no_room, restore_signals=False)
        self.assert_sentence(result, "a.pagetide")

    def test_no_folder(self):
        """The sentence has the name as it was written, not its end alone."""
        self.assert_sentence(self.run_it("record", "-o", "gone/a.pagetide", "-c", "pass"), "“gone/a.pagetide”")

    def test_no_room_for_the_first_byte(self):
        def leave_no_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

        self.assert_sentence(self.run_it("record", "-o", "full.pagetide", "-c", "print(1)", preexec_fn=leave_no_room), "full.pagetide")
        self.assertEqual(self.recordings(), [])

    def test_no_program(self):
        script = self.write("python", "#!/nowhere/python\n")
        os.chmod(script, 0o755)
        result = self.record("--python", script, "-c", "pass")
        self.assertEqual(result.returncode, 127)
        self.assertRegex(result.stderr.decode(), r"\Apagetide: [^\n]*python[^\n]*\n\Z")

    def test_helper_that_does_not_start(self):
        """Nothing that cannot be opened stays behind."""
        for helper in ("/bin/false", "/bin/true"):
            self.env["PAGETIDE_HELPER"] = helper
            for arguments in ([], ["-o", "a.pagetide"]):
                with self.subTest((helper, arguments)):
                    self.assert_sentence(self.run_it("record", *arguments, "-c", "pass"), "helper")
                    self.assertEqual(self.recordings(), [])

    def test_terminal_without_growth(self):
        """What was there before measuring is nobody's growth."""
        code, text = self.on_terminal(["record", "-o", "a.pagetide", "-c", "pass"])
        self.assertEqual(code, 0)
        self.assertNotIn(b"before measuring", text)

    def test_terminal(self):
        """On a terminal, a closing line after the program's own, what was refused, and the price of measuring where it ran long enough to tell."""
        code, text = self.on_terminal(["record", "-o", "a.pagetide", "-c", "def grow():\n return bytearray(50000000)\nx = grow()\nprint('mine')"])
        self.assertEqual(code, 0)
        lines = text.decode().split("\r\n")
        self.assertEqual(lines[0], "mine")
        self.assertRegex(lines[1], r"\Apagetide: recorded to a\.pagetide \([\d.]+ [KMG]?i?B\); peak [\d.]+ MiB; grew most in grow \(")
        self.assertRegex("\n".join(lines[2:]), r"\A(pagetide: without faults: [^\n]+\n)?(pagetide: measuring cost \d+\.\d\d×\n)?\Z")

    def on_terminal(self, args, talk=None):
        """Runs it with a terminal of its own; TALK(fd, text so far) may type.  Status and what was shown."""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(PAGETIDE, [PAGETIDE, *args], self.env)
        text = b""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            if not select.select([fd], [], [], 1)[0]:
                continue
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
            if talk is not None and talk(fd, text):
                talk = None
        else:
            os.kill(pid, signal.SIGKILL)
            self.fail(f"it did not end: {text!r}")
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), text

    # Not by print(): a signal that comes while it writes must not enter it again.
    # CPython runs no handler of a signal that comes just before it waits, until it waits no more: so it waits shortly.
    COUNTING = ("import os, select, signal, sys\n"
                "def note(number, frame): os.write(1, b'got %d.' % number)\n"
                "for n in (1, 2, 3, 10, 12, 15): signal.signal(n, note)\n"
                "os.write(1, b'here\\n')\n"
                "while not select.select([0], [], [], 0.05)[0] or sys.stdin.readline() != 'end\\n': pass\n"
                "raise SystemExit(7)\n")

    def test_interrupt_on_terminal(self):
        """Ctrl-C reaches the program once, and only the program ends by it or does not."""
        steps = [(b"here", b"\x03"), (b"got 2.", b"end\n")]

        def talk(fd, text):
            if steps and steps[0][0] in text:
                os.write(fd, steps.pop(0)[1])
            return not steps

        code, text = self.on_terminal(["record", "-o", "a.pagetide", "-c", self.COUNTING], talk)
        self.assertEqual(code, 7, text)
        self.assertEqual(text.count(b"got 2."), 1)

    def test_suspended_on_terminal(self):
        """Ctrl-Z stops it as a job, and it goes on."""
        shell = self.write("job.sh", 'set -m\n"$0" record -o a.pagetide -c "print(\'here\', flush=True); import sys; sys.stdin.readline(); '
                           'print(\'on\'); raise SystemExit(5)"\necho "shell $?"\nfg >/dev/null\necho "then $?"\n')
        steps = [(b"here", b"\x1a"), (b"shell 148", b"\n")]
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve("/bin/bash", ["bash", "-c", open(shell, encoding="utf-8").read(), PAGETIDE], self.env)
        text = b""
        deadline = time.monotonic() + LIMIT
        while b"then" not in text and time.monotonic() < deadline:
            if select.select([fd], [], [], 1)[0]:
                try:
                    text += os.read(fd, 65536)
                except OSError:
                    break
            if steps and steps[0][0] in text:
                os.write(fd, steps.pop(0)[1])
        os.close(fd)
        os.waitpid(pid, 0)
        self.assertIn(b"on\r\n", text)
        self.assertIn(b"then 5", text)

    def wait_for(self, process, text):
        seen = b""
        while text not in seen:
            self.assertTrue(select.select([process.stdout], [], [], LIMIT)[0], seen)
            piece = os.read(process.stdout.fileno(), 65536)
            self.assertTrue(piece, (seen, process.stderr.read() if process.poll() is not None else None))
            seen += piece
        return seen

    def test_signals_sent_to_it(self):
        process = self.start("record", "-o", "a.pagetide", "-c", self.COUNTING, stdin=subprocess.PIPE)
        self.wait_for(process, b"here")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT):
            with self.subTest(number):
                process.send_signal(number)
                self.assertEqual(self.wait_for(process, b"got %d." % number).count(b"got"), 1)
        rest, errors = process.communicate(b"end\n", timeout=LIMIT)
        self.assertEqual((process.returncode, rest.strip(), errors), (7, b"", b""))

    def test_signal_ends_the_program(self):
        process = self.start("record", "-o", "a.pagetide", "-c", "import signal; print('here', flush=True); signal.pause()")
        self.wait_for(process, b"here")
        process.terminate()
        self.assertEqual(process.wait(LIMIT), 128 + 15)

    def test_ignored_signals_stay_ignored(self):
        """As after nohup: the program ignores what its parent had it ignore."""
        program = "import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
        result = self.run_it("record", "-o", "a.pagetide", "-c", program, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.assertEqual(result.stdout, b"True True\n")

    def test_killed(self):
        """Killed itself, it leaves the program alone, and a recording that opens."""
        os.mkfifo(self.path("go"))
        os.mkfifo(self.path("said"))
        process = self.start("record", "-o", "a.pagetide", "-c",
                             "print('here', flush=True); open('go').read(); open('said', 'w').write('alive')")
        self.wait_for(process, b"here")
        process.kill()
        process.wait(LIMIT)
        with open(self.path("go"), "w", encoding="utf-8"):
            pass
        with open(self.path("said"), encoding="utf-8") as said:
            self.assertEqual(said.read(), "alive")

    def measure_under_load(self, seconds):
        """The most memory that record takes for so many million events, KiB."""
        self.env.update(PAGETIDE_HELPER=FIREHOSE, FIREHOSE_RATE="1000000", FIREHOSE_SECONDS=str(seconds))
        # Of a build with the sanitizer, which holds on to what was freed.
        self.env["ASAN_OPTIONS"] = "quarantine_size_mb=8"
        process = self.start("record", "-o", "a.pagetide", "-c", "pass")
        self.assertEqual(process.stderr.read(), b"")
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertGreater(os.path.getsize(self.path("a.pagetide")), seconds * 1000000)
        return usage.ru_maxrss

    def test_the_peak_is_where_it_was(self):
        """What only an event saw, between two looks from outside, is not told again at the end of the process."""
        self.run_it("record", "-o", "job.pagetide", "-c", "for n in range(9): rows = b'x' * (32 << 20); del rows")
        report = self.run_it("report", "job.pagetide", "--view", "timeline", "--format", "json")
        rows = json.loads(report.stdout)["rows"]
        peak = max(row["rss"] for row in rows)
        self.assertGreater(peak, 32 << 20)
        self.assertLess(max(row["rss"] for row in rows if row["t"] == rows[-1]["t"]), peak)

    def test_keeps_no_recording_in_memory(self):
        """Three million events would be 150 MB in a recording."""
        self.assertLess(self.measure_under_load(4) - self.measure_under_load(1), 64 << 10)


class Report(Case):
    """What was recorded can be read again."""

    def test_nothing_is_a_dash(self):
        """A process log names neither a command nor instruments."""
        self.write("process.log", "x - ProcessLoggingThread-JSON {\"pid\": 1, \"memory_info\": {\"rss\": 4096}, \"elapsed_time\": 1.0}\n")
        text = self.run_it("report", "process.log").stdout.decode()
        self.assertRegex(text, "(?m)^Command +–$")
        self.assertRegex(text, "(?m)^Instruments +–$")

    def test_functions(self):
        script = self.write("grow.py", "def grow():\n    return [bytearray(1000000) for i in range(64)]\n\nkeep = grow()\n")
        self.assertEqual(self.run_it("record", "-o", "a.pagetide", script).returncode, 0)
        result = self.run_it("report", "a.pagetide", "--view", "functions", "--format", "json")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        report = json.loads(result.stdout)
        self.assertEqual(report["pagetide"], VERSION)
        self.assertTrue(report["recording"]["complete"])
        self.assertIn(script, report["recording"]["argv"])
        rows = {row["function"]: row for row in report["rows"]}
        name = next(name for name in rows if name in ("grow", "grow.<locals>.<listcomp>", "<listcomp>"))
        self.assertEqual(rows[name]["file"], script)
        self.assertGreater(rows[name]["rss_self"], 55 << 20)


if __name__ == "__main__":
    # A job in the background, or after nohup, ignores them, and what is ignored is not passed on.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    unittest.main(verbosity=1)
