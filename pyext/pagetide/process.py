"""Logs the memory of a process at regular intervals, in lines of JSON that any program can take apart again.

    from pagetide import process

    with process.log_process(interval=0.5, log_level=logging.INFO):
        process.add_message_to_queue("loading")
        load()

The lines go to the logger "pagetide.process": one `ProcessLoggingThread-JSON-START` when the block is entered, a
`ProcessLoggingThread-JSON` at each interval and for each message, and one `ProcessLoggingThread-JSON-STOP` when it is left; then a space and

    {"timestamp": "2025-02-12 14:17:05.719867", "memory_info": {"rss": 264527872, "vms": 35236945920, ...},
     "cpu_times": {"user": 0.65, "system": 1.42, ...}, "elapsed_time": 12.4515, "pid": 10193, "label": "loading"}

with local time, sizes in bytes, and times in seconds (those of the CPU in steps of 10 ms, as Linux counts them).  `pfaults` are all page
faults, `pageins` those that had to wait for the disk.

`python -m pagetide.process --help` monitors any process, and turns logs into tables and pictures.
"""
import collections
import contextlib
import datetime
import functools
import inspect
import json
import logging
import math
import os
import sys
import threading
import time
from types import TracebackType
from typing import Any, Callable, Deque, Dict, List, Optional, Type, TypeVar, Union, cast

from pagetide import _process_log, _procfs
from pagetide._process_log import Problem, ProcessLog, ProcessRecord

__all__ = ["Problem", "ProcessLog", "ProcessLoggingThread", "ProcessRecord", "add_message_to_queue", "log_process", "read_log"]

Function = TypeVar("Function", bound=Callable[..., Any])

logger = logging.getLogger("pagetide.process")

# Messages that wait while nobody takes them; beyond that the oldest go.  A tool that looks for leaks must be none.
MAX_MESSAGES = 10000

_messages: Deque[str] = collections.deque(maxlen=MAX_MESSAGES)
# What waits at a fork is for the parent's log: a label belongs to its own process.
os.register_at_fork(after_in_child=_messages.clear)


def add_message_to_queue(message: str) -> None:
    """Puts MESSAGE into the next line that is written about this process, as its "label".

    Any thread.  It may come before a `log_process` block is entered: then the block begins with it.  Where several blocks are active, the
    one that writes next takes it.  Of more than 10,000 messages that nobody has taken the oldest are lost.
    """
    _messages.append(str(message))


class _Subject:
    """One process that is logged."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.start_ticks = _procfs.read_stat(pid).start_ticks
        self.last: Dict[str, Any] = {}

    def look(self) -> Dict[str, Any]:
        """What is known now.  Raises ProcessLookupError when it has ended, also when its number is another's by now."""
        stat = _procfs.read_stat(self.pid)
        if stat.ended or stat.start_ticks != self.start_ticks:
            raise ProcessLookupError("process %d has ended" % self.pid)
        memory = _procfs.read_memory(self.pid)
        self.last = {
            "timestamp": _now(),
            "memory_info": {"rss": memory["rss"], "vms": memory["vms"], "pfaults": stat.faults, "pageins": stat.major_faults,
                            "shared": memory["shared"], "text": memory["text"], "data": memory["data"]},
            "cpu_times": {"user": round(stat.user_s, 2), "system": round(stat.system_s, 2), "children_user": round(stat.children_user_s, 2),
                          "children_system": round(stat.children_system_s, 2), "iowait": round(stat.iowait_s, 2)},
            "elapsed_time": round(stat.elapsed_s, 6),
            "pid": self.pid,
        }
        return self.last


def _now() -> str:
    return datetime.datetime.now().isoformat(" ", "microseconds")


class ProcessLoggingThread(threading.Thread):
    """The thread behind `log_process`; `start()` and `stop()` it where a block does not fit.

    interval: seconds between the lines.  log_level: of the lines, as `logging` has it.  pid: who is logged, by default this process.
    children: also the children of that process, theirs, and so on, as they come and go, each in lines of its own.

    Raises ValueError for an interval that is not positive, ProcessLookupError when there is no such process, OSError without /proc.
    """

    def __init__(self, interval: float, log_level: int, pid: Optional[int] = None, children: bool = False) -> None:
        # Ended by the program's end: a thread that only watches keeps no program alive.
        super().__init__(name="ProcMon", daemon=True)
        if not (interval > 0 and math.isfinite(interval)):
            raise ValueError("the interval is a positive number of seconds, not %r" % (interval,))
        self.interval = interval
        self.log_level = log_level
        self._subject = _Subject(os.getpid() if pid is None else pid)
        self._children: Optional[Dict[int, _Subject]] = {} if children else None
        self._owner = os.getpid()
        self._messages: Deque[str] = collections.deque(maxlen=MAX_MESSAGES)
        self._stop_wanted = threading.Event()
        self._began = False

    def add_message_to_queue(self, message: str) -> None:
        """As the function of this name, for a line of this thread."""
        self._messages.append(str(message))

    def start(self) -> None:
        """Starts logging.  What the first line says is what is known now, whenever the thread gets to write it."""
        self._subject.look()
        super().start()

    def stop(self) -> None:
        """Ends the thread, which first writes the messages that wait, and then writes the line that says STOP, in the caller's thread.

        In a child that was forked meanwhile it does nothing: the log is its parent's, and the thread is not there.
        """
        if os.getpid() != self._owner:
            return
        self._stop_wanted.set()
        if self.is_alive():
            self.join()
        if self._began:
            self._began = False
            for subject in self._all_subjects():
                self._write_end(subject)

    def run(self) -> None:
        """Writes the lines; called by `start()`."""
        self._began = True
        due = time.monotonic()
        try:
            self._write("-START", self._subject.last)
            self._write_messages()
            while True:
                self._look_for_children()
                now = time.monotonic()
                # Those that are too late are left out, not caught up with.
                due += self.interval * max(1, math.ceil((now - due) / self.interval))
                if self._stop_wanted.wait(min(due - now, threading.TIMEOUT_MAX)):
                    self._write_messages()
                    return
                self._write_turn()
        except ProcessLookupError:
            return

    def _all_subjects(self) -> List[_Subject]:
        return [*(self._children or {}).values(), self._subject]

    def _write(self, suffix: str, record: Dict[str, Any], label: Optional[str] = None) -> None:
        if label is not None:
            record = dict(record, label=label)
        logger.log(self.log_level, "%s%s %s", _process_log.TAG, suffix, json.dumps(record))

    def _write_messages(self) -> bool:
        """A line for each message that waits; True when there was one."""
        written = False
        queues = [self._messages]
        if self._subject.pid == os.getpid():
            queues.append(_messages)
        for queue in queues:
            # Those that come meanwhile are for the next time.
            for _ in range(len(queue)):
                with contextlib.suppress(IndexError):
                    message = queue.popleft()
                    try:
                        record = self._subject.look()
                    except ProcessLookupError:
                        record = dict(self._subject.last, timestamp=_now())
                    self._write("", record, message)
                    written = True
        return written

    def _write_turn(self) -> None:
        record = self._subject.look()
        if not self._write_messages():
            self._write("", record)
        for child in list((self._children or {}).values()):
            try:
                self._write("", child.look())
            except ProcessLookupError:
                assert self._children is not None
                del self._children[child.pid]
                self._write_end(child)

    def _write_end(self, subject: _Subject) -> None:
        """What is known last; of a process that has ended, what it was when it was last there."""
        try:
            self._write("-STOP", subject.look())
        except ProcessLookupError:
            if subject.last:
                self._write("-STOP", dict(subject.last, timestamp=_now()), "process %d has ended" % subject.pid)

    def _look_for_children(self) -> None:
        if self._children is None:
            return
        for pid in _procfs.descendants(self._subject.pid):
            if pid not in self._children:
                with contextlib.suppress(ProcessLookupError):
                    child = _Subject(pid)
                    self._write("-START", child.look())
                    self._children[pid] = child


class log_process:
    """A context manager, and a decorator, that logs the memory of a process while its block, or function, runs.

    interval: seconds between the lines.  log_level: of the lines, as `logging` has it.  pid: who is logged, by default this process.
    children: also the children of that process, theirs, and so on, each in lines of its own.

    The block gets the `ProcessLoggingThread`.  Blocks may be nested, and may overlap in several threads: each writes its own lines.  In a
    child that was forked inside the block nothing is logged.  Entering raises what `ProcessLoggingThread` raises.
    """

    def __init__(self, interval: float, log_level: int, pid: Optional[int] = None, children: bool = False) -> None:
        self._arguments = (interval, log_level, pid, children)
        self._threads: List[ProcessLoggingThread] = []

    def __enter__(self) -> ProcessLoggingThread:
        thread = ProcessLoggingThread(*self._arguments)
        thread.start()
        self._threads.append(thread)
        return thread

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        self._threads.pop().stop()

    def __call__(self, function: Function) -> Function:
        """FUNCTION, each call of it in a block of its own; of a coroutine or generator function, from its first step to its end."""
        if inspect.isasyncgenfunction(function):
            raise TypeError("log_process() cannot decorate an asynchronous generator, %r" % (function,))
        if inspect.iscoroutinefunction(function):
            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                with log_process(*self._arguments):
                    return await function(*args, **kwargs)
        elif inspect.isgeneratorfunction(function):
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                with log_process(*self._arguments):
                    return (yield from function(*args, **kwargs))
        else:
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                with log_process(*self._arguments):
                    return function(*args, **kwargs)
        return cast(Function, wrapper)


def read_log(path: Union[str, os.PathLike]) -> ProcessLog:  # type: ignore[type-arg]
    """What can be read of the log at PATH: its lines in order, and the lines that are damaged.

    Raises ValueError when there is no line of a process log in it at all, OSError when it cannot be read.
    """
    with open(path, "rb") as file:
        return _process_log.read(file)


if __name__ == "__main__":
    from pagetide import _process_command
    sys.exit(_process_command.main())
