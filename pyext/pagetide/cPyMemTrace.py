"""Who made the resident set size (RSS) move: every call and return, or every line, written to a text log.

    from pagetide import cPyMemTrace

    with cPyMemTrace.Profile():
        ...

writes a log into the current directory, with a line for each event at which RSS moved by a page or more, and one for the event before it.
`Profile` sees calls and returns of Python and C functions, `Trace` those of Python functions, lines and exceptions, `ReferenceTracing`
(CPython 3.13 and newer) objects that come and go.  Each is a context manager and a decorator:

    @cPyMemTrace.profile(0)
    def load(): ...

The name of a log says when it began, the process, the kind (P, T or O), how many such blocks it stands in, and the Python version:
20241107_195847_62264_P_0_PY3.13.0.log; where there is such a file already, an ordinal follows the time.

A line of a log is an event, whatever names are in it: a backslash is written twice, and what would break the line is written as Python
would (\\n, \\x85, \\u2028); bytes of file names that are no UTF-8 are \\udc80 to \\udcff.  The clock is the CPU time of the process in seconds.
"RSS" is bytes, "dRSS" against the line above, "dEvent" against the last line that is no PREV line.

RSS is read from the kernel only when it may have moved: pages that the thread itself touches are seen at its very next event, what is
given back too where Python gives it back, else within a millisecond.  Where the kernel does not let a process count its page faults
(kernel.perf_event_paranoid of 3 and more), all of it is seen within a millisecond.
"""
import datetime
import functools
import os
import platform
import sys
import threading
from types import CodeType, FrameType, TracebackType
from typing import Any, Callable, Dict, Iterable, List, Optional, Type, TypeVar, Union

from . import _agent, instruments
from ._marks import mark
from ._record import record

__all__ = ["Profile", "ReferenceTracing", "Trace", "get_log_file_path_profile", "get_log_file_path_reference_tracing",
           "get_log_file_path_trace", "profile", "profile_wrapper_depth", "reference_tracing", "reference_tracing_wrapper_depth", "rss",
           "rss_peak", "trace", "trace_wrapper_depth"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_lock = threading.RLock()
# The blocks that are open, outermost first, by the letter of their kind.
_open: Dict[str, List["_Block"]] = {"P": [], "T": [], "O": []}


def _in_child() -> None:
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_in_child)


def _encode(text: str) -> bytes:
    """For the agent, which takes UTF-8 without a zero in it."""
    return text.replace("\0", "\\x00").encode("utf-8", "surrogatepass")


_mute: Optional[Callable[[int], int]] = None


def _get_mute() -> Callable[[int], int]:
    """Silences the logs for the calling thread.  What this module does itself is in no log."""
    global _mute
    if _mute is None:
        functions = _agent.functions()
        for function in (_get_mute, _agent.functions):
            functions["profile_hide"](function.__code__.co_filename)
        _mute = functions["profile_mute"]
    return _mute


class _Block:
    """What the three kinds have in common."""

    _letter = ""

    def __init__(self, message: Optional[str], filepath: Optional[Union[str, "os.PathLike[str]"]]) -> None:
        self._message = message
        self._filepath = filepath
        self._path: Optional[str] = None
        self._id: Optional[int] = None
        self._pid = 0

    _suffix = ".log"

    def _name(self, ordinal: int) -> str:
        time = datetime.datetime.now().strftime("%Y%m%d_%H%M%S") + ("_%d" % ordinal if ordinal else "")
        return "%s_%d_%s_%d_PY%s%s" % (time, os.getpid(), self._letter, len(_open[self._letter]), platform.python_version(), self._suffix)

    def _start(self, path: bytes, exclusive: bool, message: Optional[bytes]) -> int:
        """The agent's number of the log, or -errno."""
        raise NotImplementedError

    def _stop(self, number: int, code: CodeType, line: int) -> int:
        """The errno of the log's file, or 0."""
        raise NotImplementedError

    def _begin(self) -> None:
        message = None if self._message is None else _encode(self._message)
        ordinal = 0
        while True:
            path = os.path.abspath(self._name(ordinal) if self._filepath is None else os.fspath(self._filepath))
            number = self._start(os.fsencode(path), self._filepath is None, message)
            if number >= 0:
                self._path, self._id, self._pid = path, number, os.getpid()
                return
            if self._filepath is not None or -number != 17:  # EEXIST: made in the same second
                raise OSError(-number, os.strerror(-number), path)
            ordinal += 1

    def __enter__(self) -> "_Block":
        mute = _get_mute()
        mute(1)
        try:
            with _lock:
                if self._id is not None:
                    raise RuntimeError("This %s is entered already." % type(self).__name__)
                self._begin()
                _open[self._letter].append(self)
        finally:
            mute(0)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        mute = _get_mute()
        mute(1)
        try:
            self._leave(sys._getframe(1))
        finally:
            mute(0)

    def _leave(self, caller: FrameType) -> None:
        with _lock:
            if self._id is None:
                return
            number, self._id, path, self._path = self._id, None, self._path, None
            if self in _open[self._letter]:
                _open[self._letter].remove(self)
            error = self._stop(number, caller.f_code, caller.f_lineno or 0)
        if error and self._pid == os.getpid():
            raise OSError(error, os.strerror(error), path)

    def _write(self, text: bytes, raw: bool) -> None:
        raise NotImplementedError

    def _flush(self) -> None:
        raise NotImplementedError

    def _send(self, text: str, raw: bool) -> None:
        if self._id is None:
            raise OSError("Log file is closed." if self._pid else "Log file is not open yet: write messages inside the block.")
        self._write(_encode(text), raw)

    def write_message_to_log(self, message: str) -> None:
        """Writes MESSAGE into the log, as a line MSG with the number of the event that comes next and the clock.

        What would break the line is escaped.  Raises OSError when the block is not entered yet, or was left.
        """
        self._send(message, False)

    def write_to_log(self, text: str) -> None:
        """Writes TEXT and a line end into the log as they are, with no tag before it.  Raises OSError as `write_message_to_log`."""
        self._send(text, True)

    def log_file_path(self) -> Optional[str]:
        """The absolute path of the log while the block is entered, else None.  All that was logged so far is in the file then."""
        if self._id is not None:
            self._flush()
        return self._path

    @property
    def trace_file_wrapper(self) -> "_Block":
        """This object: where older versions of pymemtrace had the functions that write into the log."""
        return self


class _EventLog(_Block):
    """Profile and Trace."""

    _kind = 0
    _instrument = ""

    def __init__(self, d_rss_trigger: int = -1, message: Optional[str] = None,
                 filepath: Optional[Union[str, "os.PathLike[str]"]] = None, *, threads: bool = False, to: str = "text") -> None:
        if to not in ("text", "pagetide"):
            raise ValueError("to=%r: logs are written as \"text\" or to=\"pagetide\"." % (to,))
        super().__init__(message, filepath)
        self._trigger = int(d_rss_trigger)
        self._threads = bool(threads)
        self._recording: Optional[record] = None
        if to == "pagetide":
            self._suffix = ".pagetide"

    def _record(self, path: str) -> None:
        """Begins the compact recording instead of a text."""
        trigger = self._trigger if self._trigger >= 0 else os.sysconf("SC_PAGE_SIZE")
        self._recording = record(path, instruments="events," + self._instrument, trigger=trigger)
        self._recording.__enter__()
        try:
            if self._recording.is_span:
                instruments.start(self._instrument, trigger=trigger)
            if self._message is not None:
                mark(self._message)
        except BaseException:
            self._recording.__exit__(None, None, None)
            self._recording = None
            raise

    def _start(self, path: bytes, exclusive: bool, message: Optional[bytes]) -> int:
        if self._suffix == ".pagetide":
            if exclusive and os.path.exists(path):
                return -17
            self._record(os.fsdecode(path))
            return 0
        return _agent.functions()["profile_open"](self._kind, path, exclusive, self._trigger, self._threads, message)

    def _stop(self, number: int, code: CodeType, line: int) -> int:
        if self._recording is not None:
            recording, self._recording = self._recording, None
            if recording.is_span:
                instruments.stop(self._instrument)
            recording.__exit__(None, None, None)
            return 0
        return _agent.functions()["profile_close"](number, code, line)

    def _write(self, text: bytes, raw: bool) -> None:
        if self._recording is not None:
            mark(text.decode("utf-8", "surrogatepass"))
            return
        _agent.functions()["profile_message"](self._id, text, raw)

    def _flush(self) -> None:
        if self._recording is None:
            _agent.functions()["profile_flush"](self._id)


class Profile(_EventLog):
    """Logs calls and returns of Python and of C functions at which RSS moved.

    D_RSS_TRIGGER: by how many bytes; -1: a page, 0: every event is logged.  MESSAGE: text before the log, and a line SOF behind it.
    FILEPATH: the log's file, which is replaced; without it a new one in the current directory, see the module.  THREADS: all threads, and
    a column at the end with the kernel's number of the thread; else the thread that enters the block.  TO: "text", or "pagetide" for the
    compact recording that Pagetide's window opens (see `pagetide.record`, which says what may fail), always of all threads; messages are
    marks in it.

    Blocks can be nested to any depth: an event goes to the innermost of its kind in its thread, so that the outer log has a gap.

    Entering raises OSError when the file cannot be made, ImportError when there is no agent, RuntimeError when this interpreter cannot be
    measured or another profiler is active; leaving raises OSError when the file did not take everything.

    Cost: see docs/from-pymemtrace.md.
    """

    _letter = "P"
    _kind = 0
    _instrument = "calls"


class Trace(_EventLog):
    """Logs calls, returns, lines and exceptions of Python functions at which RSS moved.  Parameters and errors are those of `Profile`."""

    _letter = "T"
    _kind = 1
    _instrument = "lines"


class ReferenceTracing(_Block):
    """Logs objects that come (NEW) and go (DEL), in all threads, with the number of those of their type that came and did not go.

    MESSAGE and FILEPATH: as for `Profile`.  INCLUDE_TP_NAMES: the names of the types that are wanted, as `tp_name` has them: "list", "Node"
    (a class of Python code), "collections.deque".  Without it all but the interpreter's own, or with INCLUDE_BUILTINS those too.
    EXCLUDE_TP_NAMES: types that are not wanted.

    What was made before the block is only seen to go, so that counts can be negative.  Blocks can be nested: the innermost has the events.
    A tracer that was set before, as that of tracemalloc, goes on.  CPython 3.13 does not tell of objects that its evaluation loop itself
    lets go (the result of a statement that nobody takes); from 3.14 on it does.

    Entering raises RuntimeError on CPython before 3.13, which does not tell of objects, and otherwise as `Profile`.

    Cost, measured on the machine of docs/from-pymemtrace.md: 0.4 to 0.5 microseconds each time that an object of a wanted type comes or goes,
    0.02 to 0.03 for others.
    """

    _letter = "O"

    def __init__(self, message: Optional[str] = None, filepath: Optional[Union[str, "os.PathLike[str]"]] = None, *,
                 include_builtins: bool = False, include_tp_names: Optional[Iterable[str]] = None,
                 exclude_tp_names: Optional[Iterable[str]] = None) -> None:
        super().__init__(message, filepath)
        for names in (include_tp_names, exclude_tp_names):
            if isinstance(names, str):
                raise TypeError("Names of types are a list of strings, not one string.")
        self._builtins = bool(include_builtins)
        self._include = b"".join(_encode(name) + b"\n" for name in include_tp_names or ())
        self._exclude = b"".join(_encode(name) + b"\n" for name in exclude_tp_names or ())

    def _start(self, path: bytes, exclusive: bool, message: Optional[bytes]) -> int:
        return _agent.functions()["references_open"](path, exclusive, message, self._builtins, self._include, self._exclude)

    def _stop(self, number: int, code: CodeType, line: int) -> int:
        return _agent.functions()["references_close"](number)

    def _write(self, text: bytes, raw: bool) -> None:
        _agent.functions()["references_message"](self._id, text, raw)

    def _flush(self) -> None:
        _agent.functions()["references_flush"](self._id)

    def _entered(self) -> int:
        if self._id is None:
            raise RuntimeError("This ReferenceTracing is not entered.")
        return self._id

    def suspend(self) -> None:
        """Objects are neither logged nor counted from here on.  Raises RuntimeError outside the block."""
        _agent.functions()["references_suspend"](self._entered(), 1)

    def resume(self) -> None:
        """Goes on after `suspend`.  Raises RuntimeError outside the block."""
        _agent.functions()["references_suspend"](self._entered(), 0)

    def live(self) -> Dict[str, int]:
        """{name of a type: how many more of its objects came than went} so far.  Raises RuntimeError outside the block."""
        return _agent.functions()["references_live"](self._entered())


def _decorator(block: Type[_Block]) -> Callable[..., Any]:
    def with_arguments(*arguments: Any, **named: Any) -> Callable[[_Function], _Function]:
        def decorate(function: _Function) -> _Function:
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                with block(*arguments, **named):
                    return function(*args, **kwargs)
            return wrapper  # type: ignore[return-value]
        return decorate
    return with_arguments


def profile(*arguments: Any, **named: Any) -> Callable[[_Function], _Function]:
    """A decorator that runs each call of the function inside a `Profile` of these arguments, with a log of its own."""
    return _decorator(Profile)(*arguments, **named)


def trace(*arguments: Any, **named: Any) -> Callable[[_Function], _Function]:
    """A decorator that runs each call of the function inside a `Trace` of these arguments, with a log of its own."""
    return _decorator(Trace)(*arguments, **named)


def reference_tracing(*arguments: Any, **named: Any) -> Callable[[_Function], _Function]:
    """A decorator that runs each call of the function inside a `ReferenceTracing` of these arguments, with a log of its own."""
    return _decorator(ReferenceTracing)(*arguments, **named)


def profile_wrapper_depth() -> int:
    """How many blocks of `Profile` are entered in this process."""
    return len(_open["P"])


def trace_wrapper_depth() -> int:
    """How many blocks of `Trace` are entered in this process."""
    return len(_open["T"])


def reference_tracing_wrapper_depth() -> int:
    """How many blocks of `ReferenceTracing` are entered in this process."""
    return len(_open["O"])


def _path_of(letter: str) -> Optional[str]:
    with _lock:
        return _open[letter][-1].log_file_path() if _open[letter] else None


def get_log_file_path_profile() -> Optional[str]:
    """The path of the innermost `Profile`'s log, None outside of any."""
    return _path_of("P")


def get_log_file_path_trace() -> Optional[str]:
    """The path of the innermost `Trace`'s log, None outside of any."""
    return _path_of("T")


def get_log_file_path_reference_tracing() -> Optional[str]:
    """The path of the innermost `ReferenceTracing`'s log, None outside of any."""
    return _path_of("O")


def rss() -> int:
    """The resident set size of this process in bytes.  Raises OSError where /proc is not there."""
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def rss_peak() -> int:
    """The highest resident set size of this process since it began, in bytes.  Raises OSError where /proc is not there."""
    with open("/proc/self/status", "rb") as status:
        for line in status:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) << 10
    raise OSError("/proc/self/status does not say VmHWM")
