"""The command line `python -m pagetide.process`: monitors processes, and makes tables and pictures of their logs."""
import argparse
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
from typing import IO, List, Optional

from pagetide import _process_log, _process_table, process

# The same prefix as in the examples of pymemtrace.
FORMAT = "%(asctime)s - %(filename)s#%(lineno)d - %(process)5d - (%(threadName)-10s) - %(levelname)-8s - %(message)s"
PICTURES = (".png", ".svg")


def _interval(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError
    return value


def _level(text: str) -> int:
    level = int(text) if text.isdigit() else logging.getLevelName(text.upper())
    if not isinstance(level, int):
        raise ValueError
    return level


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pagetide.process",
        description="Logs the memory of a process until Ctrl-C or its end, or reads such a log.",
        epilog="Without --plot and --gnuplot a log is printed as a table: RSS in bytes, page faults a second, user CPU seconds, and the mean "
               "and the present use of the CPU.  LOG may be - for standard input.")
    parser.add_argument("log", metavar="LOG", nargs="?", help="a log to be read")
    monitor = parser.add_argument_group("monitoring")
    monitor.add_argument("-p", "--pid", type=int, help="the process; with LOG: only its lines")
    monitor.add_argument("-i", "--interval", type=_interval, default=1.0, metavar="SECONDS", help="between two lines (default: 1)")
    monitor.add_argument("-l", "--log-level", type=_level, default=logging.INFO, metavar="LEVEL",
                         help="of the lines: a name or a number (default: INFO)")
    monitor.add_argument("-c", "--children", action="store_true", help="also its children, theirs, and so on, each in lines of its own")
    monitor.add_argument("-o", "--output", metavar="FILE", help="where the log is appended (default: standard output)")
    reading = parser.add_argument_group("reading")
    reading.add_argument("--plot", metavar="PICTURE", action="append", default=[], help="a picture (.png or .svg), drawn by `pagetide render`")
    reading.add_argument("--gnuplot", metavar="DIRECTORY", help="data and a script for gnuplot, for each process")
    return parser


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Ends whoever logs when the output is gone or full, instead of complaining at each line.  FAILURE: with what."""

    failure: Optional[SystemExit] = None

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if self.failure is None:
            self.failure = SystemExit(
                1 if isinstance(error, BrokenPipeError) else "pagetide.process: the log cannot be written: %s" % error)
        # What could not be written is still in the buffer, and would be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
        raise self.failure


class _Logging(process.ProcessLoggingThread):
    """Tells the queue ENDED when it ends by itself."""

    def __init__(self, ended: "queue.SimpleQueue[None]", interval: float, level: int, pid: int, children: bool) -> None:
        super().__init__(interval, level, pid, children)
        self._ended = ended

    def run(self) -> None:
        try:
            super().run()
        finally:
            self._ended.put(None)


def monitor(pid: int, interval: float, level: int, children: bool, output: IO[str]) -> None:
    """Logs process PID to OUTPUT until it ends, or SIGINT or SIGTERM comes; a second one ends the program at once.  Main thread."""
    handler = _Handler(output)
    handler.setFormatter(logging.Formatter(FORMAT))
    process.logger.addHandler(handler)
    process.logger.setLevel(level)
    process.logger.propagate = False
    # A signal may come anywhere, also between the start of the thread and what would end it: it raises nothing, it only says so, by a
    # queue that may be filled from within itself.
    ended: "queue.SimpleQueue[None]" = queue.SimpleQueue()

    def end(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        ended.put(None)

    # What whoever started this wants ignored stays ignored, as Ctrl-C is for what a shell runs in the background.
    before = [(number, signal.signal(number, end)) for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    try:
        thread = _Logging(ended, interval, level, pid, children)
        thread.start()
        ended.get()
        thread.stop()
    finally:
        for number, action in before:
            signal.signal(number, action)
        process.logger.removeHandler(handler)
    # It may have ended the thread that logs alone.
    if handler.failure is not None:
        raise handler.failure


def find_pagetide() -> str:
    """The program `pagetide`: PAGETIDE of the environment, that of PATH, or the one that this copy was installed with."""
    installed = os.path.dirname(os.path.abspath(__file__))
    candidates = [os.environ.get("PAGETIDE"), shutil.which("pagetide")]
    while installed != os.path.dirname(installed):
        installed = os.path.dirname(installed)
        candidates.append(os.path.join(installed, "bin", "pagetide"))
    for path in candidates:
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise OSError("the program pagetide, which draws the picture, is not installed")


def _read_log(path: str) -> _process_log.ProcessLog:
    try:
        return _process_log.read(sys.stdin.buffer) if path == "-" else process.read_log(path)
    except ValueError as error:
        raise ValueError("%s: %s" % (path, error)) from None


def read(arguments: argparse.Namespace) -> int:
    """Does what is asked with a log; gives the exit status."""
    for picture in arguments.plot:
        if not picture.lower().endswith(PICTURES):
            raise ValueError("a picture is a .png or an .svg, not %s" % picture)
    if arguments.plot and (arguments.log == "-" or arguments.pid is not None):
        raise ValueError("--plot draws all processes of a log that is a file")
    log = _read_log(arguments.log)
    if arguments.pid is not None:
        log = log._replace(records=[record for record in log.records if record.pid == arguments.pid])
        if not log.records:
            raise ValueError("process %d is not in %s" % (arguments.pid, arguments.log))
    for problem in log.problems:
        print("%s:%d: %s" % (arguments.log, problem.line, problem.text), file=sys.stderr)
    if arguments.gnuplot is not None:
        name = "process" if arguments.log == "-" else os.path.basename(arguments.log)
        for script in _process_table.write_gnuplot(log, name, arguments.gnuplot):
            print(script)
    elif not arguments.plot:
        for line in _process_table.format_table(_process_table.rows(log)):
            print(line)
    for picture in arguments.plot:
        answer = subprocess.run([find_pagetide(), "render", arguments.log, "-o", picture], stdin=subprocess.DEVNULL)
        if answer.returncode:
            return answer.returncode if answer.returncode > 0 else 1
    return 0


def main(argv: Optional[List[str]] = None) -> int:
    """The exit status of the command line ARGV, by default that of this program."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.log is None and arguments.pid is None:
        parser.error("name the process (--pid) that is to be logged, or a log that is to be read")
    try:
        if arguments.log is not None:
            return read(arguments)
        if arguments.output is None:
            monitor(arguments.pid, arguments.interval, arguments.log_level, arguments.children, sys.stdout)
        else:
            with open(arguments.output, "a", encoding="utf-8") as file:
                monitor(arguments.pid, arguments.interval, arguments.log_level, arguments.children, file)
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing may be flushed into the pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, ValueError) as error:
        print("pagetide.process: %s" % error, file=sys.stderr)
        return 1
    return 0
