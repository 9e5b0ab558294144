"""pagetide.process: the lines that it writes, against the grammar of process logs, and what its readers make of them and of others' logs."""
import asyncio
import contextlib
import io
import json
import logging
import os
import shutil
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from pagetide import _process_command, _process_log, _process_table, process

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "data", "process-logs")
FORMAT = "%(asctime)s - %(filename)s#%(lineno)d - %(process)5d - (%(threadName)-10s) - %(levelname)-8s - %(message)s"
# A line as the seeds show it; the message by itself is the grammar of FORMATS.
PREFIX = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - process\.py#\d+ - +\d+ - \((ProcMon   |MainThread)\) - INFO     - (.*)$")
MESSAGE = re.compile(r"ProcessLoggingThread-JSON(-START|-STOP)? (\{.*\})$")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
TIMEOUT_S = 60


class Recorder(logging.Handler):
    """Keeps the messages of the logger, and lets a test wait for one."""

    def __init__(self):
        super().__init__()
        self.messages = []
        self.threads = []
        self.changed = threading.Condition()

    def emit(self, record):
        with self.changed:
            self.messages.append(record.getMessage())
            self.threads.append(record.threadName)
            self.changed.notify_all()

    def wait_for(self, test, condition):
        with self.changed:
            test.assertTrue(self.changed.wait_for(lambda: condition(self), TIMEOUT_S), self.messages)


class TestWriting(unittest.TestCase):
    def setUp(self):
        self.recorder = Recorder()
        process.logger.addHandler(self.recorder)
        self.addCleanup(process.logger.removeHandler, self.recorder)
        process.logger.setLevel(logging.DEBUG)
        process._messages.clear()

    def take(self):
        """[(suffix, object)] of what was logged, each checked against the grammar."""
        found = []
        for message in self.recorder.messages:
            self.assertTrue(message.isascii())
            match = MESSAGE.match(message)
            self.assertTrue(match, message)
            values = json.loads(match[2])
            self.assertRegex(values["timestamp"], TIMESTAMP)
            self.assertLessEqual({"rss", "vms", "pfaults", "pageins"}, set(values["memory_info"]))
            self.assertTrue(all(type(value) is int and value >= 0 for value in values["memory_info"].values()))
            self.assertLessEqual({"user", "system", "children_user", "children_system"}, set(values["cpu_times"]))
            self.assertTrue(all(type(value) is float and value >= 0 for value in values["cpu_times"].values()))
            self.assertGreater(values["elapsed_time"], 0)
            self.assertLessEqual(set(values), {"timestamp", "memory_info", "cpu_times", "elapsed_time", "pid", "label"})
            found.append(((match[1] or "").lstrip("-"), values))
        return found

    def labels(self):
        return [values["label"] for _, values in self.take() if "label" in values]

    def test_start_lines_stop(self):
        with process.log_process(interval=0.01, log_level=logging.INFO) as thread:
            self.recorder.wait_for(self, lambda recorder: len(recorder.messages) >= 4)
            self.assertIsInstance(thread, process.ProcessLoggingThread)
        found = self.take()
        self.assertEqual([kind for kind, _ in found], ["START"] + [""] * (len(found) - 2) + ["STOP"])
        self.assertEqual(self.recorder.threads, ["ProcMon"] * (len(found) - 1) + [threading.current_thread().name])
        self.assertEqual({values["pid"] for _, values in found}, {os.getpid()})
        times = [values["elapsed_time"] for _, values in found]
        self.assertEqual(times, sorted(times))
        self.assertFalse(thread.is_alive())

    def test_a_block_that_ends_at_once_has_start_and_stop_in_this_order(self):
        for _ in range(20):
            self.recorder.messages.clear()
            with process.log_process(3600, logging.INFO):
                pass
            self.assertEqual([kind for kind, _ in self.take()], ["START", "STOP"])

    def test_rss_is_that_of_proc(self):
        with process.log_process(3600, logging.INFO):
            kept = bytearray(b"x") * (32 << 20)
        first, last = (values["memory_info"]["rss"] for _, values in self.take())
        self.assertGreaterEqual(last - first, 30 << 20)
        with open("/proc/self/statm") as file:
            self.assertLess(abs(int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") - last), 4 << 20)
        del kept

    def test_messages(self):
        strange = ["before entering", "second \"quoted\" \u65e5\u672c\u8a9e\nnewline", "\udcff lone", "n" * 3000, "caf\xe9 \x00\x1b", ""]
        process.add_message_to_queue(strange[0])
        with process.log_process(3600, logging.INFO) as thread:
            self.recorder.wait_for(self, lambda recorder: len(recorder.messages) == 2)
            for text in strange[1:]:
                process.add_message_to_queue(text)
            thread.add_message_to_queue("on the thread")
        self.assertEqual(self.labels(), [strange[0], "on the thread", *strange[1:]])
        self.assertEqual([kind for kind, _ in self.take()], ["START"] + [""] * 7 + ["STOP"])

    def test_waiting_messages_are_bounded(self):
        for i in range(process.MAX_MESSAGES + 5):
            process.add_message_to_queue(str(i))
        self.assertEqual(len(process._messages), process.MAX_MESSAGES)
        self.assertEqual(process._messages[0], "5")

    def test_exit_by_exception(self):
        with self.assertRaises(ZeroDivisionError):
            with process.log_process(3600, logging.INFO):
                1 / 0
        self.assertEqual([kind for kind, _ in self.take()], ["START", "STOP"])

    def test_interleaved_blocks_of_two_threads(self):
        entered, leave = threading.Event(), threading.Event()

        def other():
            with process.log_process(3600, logging.INFO) as thread:
                thread.add_message_to_queue("other")
                entered.set()
                leave.wait(TIMEOUT_S)

        runner = threading.Thread(target=other)
        with process.log_process(3600, logging.INFO) as thread:
            runner.start()
            entered.wait(TIMEOUT_S)
            thread.add_message_to_queue("mine")
        leave.set()
        runner.join()
        self.assertEqual(sorted(self.labels()), ["mine", "other"])
        self.assertEqual(sorted(kind for kind, _ in self.take()), ["", "", "START", "START", "STOP", "STOP"])

    def test_decorator(self):
        @process.log_process(3600, logging.INFO)
        def plain(n):
            return plain(n - 1) + 1 if n else 0

        @process.log_process(3600, logging.INFO)
        def generator():
            yield len(self.recorder.messages)

        @process.log_process(3600, logging.INFO)
        async def coroutine():
            await asyncio.sleep(0)
            return "result"

        self.assertEqual(plain(2), 2)
        self.assertEqual([kind for kind, _ in self.take()].count("STOP"), 3)
        self.assertEqual(plain.__name__, "plain")
        self.assertEqual(len(list(generator())), 1)
        self.assertEqual(asyncio.run(coroutine()), "result")
        self.assertEqual([kind for kind, _ in self.take()].count("STOP"), 5)
        with self.assertRaisesRegex(TypeError, "asynchronous generator"):
            @process.log_process(3600, logging.INFO)
            async def strange():
                yield

    def test_fork_inside_the_block(self):
        process.add_message_to_queue("taken by the parent")
        with process.log_process(3600, logging.INFO):
            self.recorder.wait_for(self, lambda recorder: len(recorder.messages) == 2)
            process.add_message_to_queue("still the parent's")
            child = os.fork()
            if child == 0:
                self.recorder.messages.clear()
                self.recorder.changed = threading.Condition()
        if child == 0:
            # The block has been left in the child as well; then it has a log of its own.
            status = 1
            with contextlib.suppress(BaseException):
                quiet = not self.recorder.messages
                with process.log_process(3600, logging.INFO):
                    process.add_message_to_queue("the child's")
                kinds = [(kind, values["pid"] == os.getpid(), values.get("label")) for kind, values in self.take()]
                status = 0 if quiet and kinds == [("START", True, None), ("", True, "the child's"), ("STOP", True, None)] else 2
            os._exit(status)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.labels(), ["taken by the parent", "still the parent's"])

    def test_another_process_and_its_children(self):
        program = "import subprocess, sys; child = subprocess.Popen(['sleep', '600']); print(child.pid, flush=True); sys.stdin.read(); child.kill()"
        parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child = int(parent.stdout.readline())
        with process.log_process(0.01, logging.INFO, pid=parent.pid, children=True) as thread:
            self.recorder.wait_for(self, lambda recorder: sum('"pid": %d}' % child in message for message in recorder.messages) > 2)
            process.add_message_to_queue("not about that process")
            os.kill(child, signal.SIGKILL)
            self.recorder.wait_for(self, lambda recorder: "JSON-STOP" in "".join(recorder.messages))
            parent.communicate()
            thread.join(TIMEOUT_S)
            self.assertFalse(thread.is_alive())
        found = self.take()
        for pid in (parent.pid, child):
            kinds = [kind for kind, values in found if values["pid"] == pid]
            self.assertEqual((kinds[0], kinds[-1], set(kinds[1:-1])), ("START", "STOP", {""}))
        self.assertEqual(self.labels(), ["process %d has ended" % child, "process %d has ended" % parent.pid])
        process._messages.clear()

    def test_bad_arguments(self):
        for interval in (0, -1, float("nan"), float("inf")):
            with self.assertRaisesRegex(ValueError, "positive"):
                with process.log_process(interval, logging.INFO):
                    self.fail("entered")
        gone = subprocess.Popen(["true"])
        gone.wait()
        with self.assertRaisesRegex(ProcessLookupError, "no process %d" % gone.pid):
            with process.log_process(1, logging.INFO, pid=gone.pid):
                self.fail("entered")

    def test_lines_have_the_form_of_the_seeds(self):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter(FORMAT))
        process.logger.addHandler(handler)
        self.addCleanup(process.logger.removeHandler, handler)
        with process.log_process(3600, logging.INFO):
            process.add_message_to_queue("\n".join(["two", "lines"]))
        lines = stream.getvalue().splitlines()
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertRegex(line, PREFIX)
        log = _process_log.read(io.BytesIO(stream.getvalue().encode()))
        self.assertEqual([(record.kind, record.label) for record in log.records], [("START", None), ("", "two\nlines"), ("STOP", None)])
        self.assertEqual(log.problems, [])


class TestReading(unittest.TestCase):
    def read(self, text):
        return _process_log.read(io.BytesIO(text.encode() if isinstance(text, str) else text))

    def test_logs_of_others(self):
        expected = {
            "linux-psutil-5.9.log": (27, 7, {"rss", "vms", "shared", "text", "lib", "data", "dirty"}),
            "linux-psutil-8.log": (27, 7, {"rss", "vms", "shared", "text", "data"}),
            "macos.log": (28, 8, {"rss", "vms", "pfaults", "pageins"}),
        }
        self.assertEqual(set(expected), {name for name in os.listdir(DATA) if name.endswith(".log")})
        for name, (lines, labels, keys) in expected.items():
            with self.subTest(log=name):
                log = process.read_log(os.path.join(DATA, name))
                self.assertEqual(log.problems, [])
                self.assertEqual(len(log.pids), 1)
                self.assertEqual((log.records[0].kind, log.records[-1].kind), ("START", "STOP"))
                self.assertEqual(len(log.records), lines)
                self.assertEqual(sum(record.label is not None for record in log.records), labels)
                self.assertTrue(all(set(record.memory_info) == keys and record.timestamp and record.elapsed_time for record in log.records))
                self.assertIn("String of", next(record.label for record in log.records if record.label))

    def test_what_is_missing_is_missing(self):
        log = self.read('x ProcessLoggingThread-JSON {"pid": 1, "elapsed_time": 2}\n'
                        'ProcessLoggingThread-JSON-STOP {"pid": 2, "timestamp": "2026-01-02 03:04:05.000006", "memory_info": 5, "cpu_times": []}\n'
                        'ProcessLoggingThread-JSON-START {"pid": 1, "elapsed_time": 3, "memory_info": {"rss": "big", "vms": true, "x": 1e999}}')
        self.assertEqual([(record.kind, record.pid) for record in log.records], [("", 1), ("STOP", 2), ("START", 1)])
        self.assertEqual([record.memory_info for record in log.records], [{}, {}, {}])
        self.assertEqual((log.records[0].elapsed_time, log.records[1].elapsed_time), (2, None))
        self.assertEqual(log.pids, [1, 2])
        table = list(_process_table.format_table(_process_table.rows(log)))
        self.assertEqual(len(table), 4)
        self.assertEqual(table[1].split()[:6], ["2.000"] + ["NaN"] * 5)

    def test_damage_is_told_by_line(self):
        good = 'ProcessLoggingThread-JSON {"pid": 1, "elapsed_time": 2}\n'
        cases = ['{"pid": 1, "elapsed_time": 2', '{"pid": -1, "elapsed_time": 2}', '{"elapsed_time": 2}', '{"pid": true, "elapsed_time": 2}',
                 '{"pid": 1}', "{" * 100000, '{"a": ' + "[" * 100000, '{"pid": 1, "x": "' + "y" * (2 << 20) + '"}', '{"pid": 1e999}', '{"pid":NaN}']
        for case in cases:
            log = self.read(good + "ProcessLoggingThread-JSON " + case + "\n" + good)
            self.assertEqual([record.line for record in log.records], [1, 3])
            self.assertEqual([problem.line for problem in log.problems], [2])

    def test_what_is_no_log(self):
        for text in ("", "hello\n", "\0" * 100, "ProcessLoggingThread-JSON", "ProcessLoggingThread-JSON-START\n", "ProcessLoggingThread-JSON-ODD {}"):
            with self.assertRaisesRegex(ValueError, "no process log"):
                self.read(text)

    def test_rates_are_those_of_their_own_process(self):
        def line(pid, seconds, cpu, faults):
            return 'ProcessLoggingThread-JSON ' + json.dumps({
                "pid": pid, "elapsed_time": seconds, "memory_info": {"rss": 4096 * pid, "pfaults": faults}, "cpu_times": {"user": cpu, "system": cpu}})
        log = self.read("\n".join([line(1, 10, 1, 100), line(2, 5, 0, 0), line(1, 12, 1.5, 300), line(1, 12.0001, 1.5, 300), line(2, 7, 1, 50)]))
        table = list(_process_table.rows(log))
        self.assertEqual([row.rss for row in table], [4096, 8192, 4096, 4096, 8192])
        self.assertEqual([row.faults_per_s for row in table], [10, 0, 100, None, 25])
        self.assertEqual([row.cpu for row in table], [0.2, 0, 0.5, None, 1])
        self.assertEqual([row.mean_cpu for row in table][2], 0.25)


class TestCommand(unittest.TestCase):
    def run_command(self, *args, **kwargs):
        return subprocess.run([sys.executable, "-m", "pagetide.process", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIMEOUT_S, **kwargs)

    def test_monitors_until_interrupted(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            monitor = subprocess.Popen([sys.executable, "-m", "pagetide.process", "--pid", str(os.getpid()), "--interval", "0.01", "--log-level",
                                        "warning"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            lines = [monitor.stdout.readline() for _ in range(3)]
            monitor.send_signal(number)
            rest, complaint = monitor.communicate(timeout=TIMEOUT_S)
            self.assertEqual((monitor.returncode, complaint), (0, b""))
            log = _process_log.read(io.BytesIO(b"".join(lines) + rest))
            self.assertEqual((log.records[0].kind, log.records[1].kind, log.records[-1].kind), ("START", "", "STOP"))
            self.assertEqual(log.pids, [os.getpid()])
            self.assertIn(b" - WARNING  - ", lines[0])

    def test_a_signal_while_the_thread_starts(self):
        """The last line is written, whenever the signal comes."""
        program = ("import os, signal, sys\nfrom pagetide import process, _process_command\nstart = process.ProcessLoggingThread.start\n"
                   "def started(self):\n    start(self)\n    os.kill(os.getpid(), signal.SIGINT)\nprocess.ProcessLoggingThread.start = started\n"
                   "sys.exit(_process_command.main(['--pid', '%d', '--interval', '1000']))\n" % os.getpid())
        answer = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        self.assertEqual((answer.returncode, answer.stderr), (0, b""))
        self.assertEqual([record.kind for record in _process_log.read(io.BytesIO(answer.stdout)).records], ["START", "STOP"])

    def test_an_ignored_signal_stays_ignored(self):
        monitor = subprocess.Popen([sys.executable, "-m", "pagetide.process", "--pid", str(os.getpid()), "--interval", "0.01"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        monitor.stdout.readline()
        monitor.send_signal(signal.SIGINT)
        # Some lines more, which come after it.
        for _ in range(5):
            self.assertTrue(monitor.stdout.readline())
        monitor.terminate()
        rest, complaint = monitor.communicate(timeout=TIMEOUT_S)
        self.assertEqual((monitor.returncode, complaint, rest.count(b"-STOP ")), (0, b"", 1))

    def test_ends_with_the_process(self):
        other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        with tempfile.NamedTemporaryFile() as file:
            monitor = subprocess.Popen([sys.executable, "-m", "pagetide.process", "-p", str(other.pid), "-i", "0.01", "-o", file.name])
            while b"JSON {" not in open(file.name, "rb").read():
                self.assertIsNone(monitor.poll())
            other.communicate(b"\n")
            self.assertEqual(monitor.wait(TIMEOUT_S), 0)
            log = process.read_log(file.name)
        self.assertEqual(log.records[-1].kind, "STOP")
        self.assertEqual(log.records[-1].label, "process %d has ended" % other.pid)

    def test_output_that_is_gone_or_full(self):
        arguments = [sys.executable, "-m", "pagetide.process", "-p", str(os.getpid()), "-i", "0.01"]
        monitor = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        monitor.stdout.readline()
        monitor.stdout.close()
        self.assertEqual((monitor.stderr.read(), monitor.wait(TIMEOUT_S)), (b"", 1))
        monitor.stderr.close()
        with open("/dev/full", "w") as full:
            answer = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        self.assertEqual(answer.returncode, 1)
        self.assertRegex(answer.stderr, rb"^pagetide\.process: the log cannot be written: .*No space")

    def test_table(self):
        answer = self.run_command(os.path.join(DATA, "macos.log"))
        self.assertEqual((answer.returncode, answer.stderr), (0, b""))
        lines = answer.stdout.decode().splitlines()
        self.assertEqual(lines[0].split(), ["#t(s)", "RSS", "PageFaults/s", "User", "Mean_CPU%", "Inst_CPU%", "Timestamp", "PID", "Label"])
        self.assertRegex(lines[2], r"^0\.747 +338522112 +131958\.8 +0\.00 +0\.6% +0\.3% 2025-08-26T11:38:17\.457248 +25676 +# String of 305\.000 MB$")

    def test_gnuplot(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "it's.log")
            with open(log, "w") as file:
                file.write('ProcessLoggingThread-JSON {"pid": 7, "elapsed_time": 1, "memory_info": {"rss": 1048576}, "label": "it\'s\\n%s"}\n'
                           'ProcessLoggingThread-JSON {"pid": 8, "elapsed_time": 1, "memory_info": {"rss": 2097152}}\n')
            out = os.path.join(folder, "plots")
            answer = self.run_command(log, "--gnuplot", out)
            self.assertEqual(sorted(os.listdir(out)), ["it's.log_7.dat", "it's.log_7.plt", "it's.log_8.dat", "it's.log_8.plt"])
            self.assertEqual(answer.stdout.decode().splitlines(), [os.path.join(out, "it's.log_%d.plt" % pid) for pid in (7, 8)])
            with open(os.path.join(out, "it's.log_7.plt")) as file:
                script = file.read()
            self.assertIn("plot 'it''s.log_7.dat' using", script)
            self.assertIn("set label 'it''s\\n%s' at 1.000000", script)
            with open(os.path.join(out, "it's.log_7.dat")) as file:
                data = file.read().splitlines()
            self.assertEqual((len(data), data[1].split()[:2]), (2, ["1.000", "1048576"]))
            # What is not known is no curve, without which gnuplot would draw nothing at all.
            self.assertEqual((script.count("with lines"), "y2" in script), (1, False))

    def test_gnuplot_draws(self):
        if shutil.which("gnuplot") is None:
            self.skipTest("gnuplot is not here")
        with open(os.path.join(DATA, "macos.log"), encoding="utf-8") as file:
            full = file.read()
        logs = {"full": full, "rss": "", "nothing": 'ProcessLoggingThread-JSON {"pid": 7}\n'}
        for second in (1, 2, 3):
            logs["rss"] += ('ProcessLoggingThread-JSON {"pid": 7, "elapsed_time": %d, "memory_info": {"rss": %d}, "label": "it\'s\\n%%s"}\n'
                            % (second, second << 20))
        for name, text in logs.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
                for script in self.run_command(name, "--gnuplot", ".", cwd=folder).stdout.decode().splitlines():
                    subprocess.run(["gnuplot", script], cwd=folder, check=True, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
                    with open(os.path.join(folder, script[:-3] + "png"), "rb") as picture:
                        self.assertEqual(picture.read(8), b"\x89PNG\r\n\x1a\n")

    def test_errors(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(DATA, "macos.log")
            for arguments, status, words in (
                    ([], 2, "--pid"), (["--interval", "0"], 2, "interval"), (["/nonexistent"], 1, "No such file"),
                    ([os.path.join(folder)], 1, "directory"), ([__file__], 1, "is longer|names no process|damaged|no process log"),
                    ([log, "--pid", "1"], 1, "process 1 is not in"), ([log, "--plot", "a.gif"], 1, "not a.gif"),
                    (["--pid", "1", "--log-level", "loud"], 2, "log-level")):
                answer = self.run_command(*arguments, cwd=folder)
                with self.subTest(arguments=arguments):
                    self.assertEqual(answer.returncode, status, answer)
                    self.assertRegex(answer.stderr.decode(), words)
                    self.assertNotIn("Traceback", answer.stderr.decode())

    def test_plot_asks_pagetide(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = os.path.join(folder, "pagetide")
            with open(fake, "w") as file:
                file.write('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
            os.chmod(fake, 0o755)
            log = os.path.join(DATA, "macos.log")
            answer = self.run_command(log, "--plot", "a.SVG", env=dict(os.environ, PAGETIDE=fake))
            self.assertEqual((answer.returncode, answer.stdout.decode().split("\n")), (3, ["render", log, "-o", "a.SVG", ""]))
            answer = self.run_command(log, "--plot", "a.png", env=dict(os.environ, PAGETIDE="", PATH=folder + "/none"))
            self.assertEqual(answer.returncode, 1)
            self.assertIn(b"the program pagetide, which draws the picture, is not installed", answer.stderr)

    def test_finds_the_program_beside_an_installed_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "bin"))
            with open(os.path.join(folder, "bin", "pagetide"), "w"):
                pass
            os.chmod(os.path.join(folder, "bin", "pagetide"), 0o755)
            was = _process_command.__file__, dict(os.environ)
            try:
                _process_command.__file__ = os.path.join(folder, "lib", "pagetide", "python", "pagetide", "_process_command.py")
                os.environ["PATH"] = "/nonexistent"
                os.environ.pop("PAGETIDE", None)
                self.assertEqual(_process_command.find_pagetide(), os.path.join(folder, "bin", "pagetide"))
            finally:
                _process_command.__file__ = was[0]
                os.environ.clear()
                os.environ.update(was[1])


if __name__ == "__main__":
    unittest.main()
