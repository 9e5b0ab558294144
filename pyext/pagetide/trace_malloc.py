"""What a block of code allocated, as the standard library's `tracemalloc` counts it, without what the counting itself took.

    from pagetide import trace_malloc

    with trace_malloc.TraceMalloc("filename") as tm:
        strings = [" " * 1024 ** 2 for _ in range(8)]
    print(tm.diff)                    # bytes that the block kept
    for stat in tm.net_statistics:    # the same by file, biggest first
        print(stat)

All sizes are requested bytes of live blocks, as `tracemalloc` has them: no allocator's rounding, and nothing that a C library takes from
malloc.  How much tracing slows a program depends on how much it allocates; docs/from-pymemtrace.md has measured figures.
"""
import functools
import inspect
import logging
import os
import threading
import tracemalloc
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, TypeVar, cast

__all__ = ["NetStatistics", "TraceMalloc", "trace_malloc_log"]

Function = TypeVar("Function", bound=Callable[..., Any])

_NOTHING = "there is nothing to compare: the block has not ended, or tracemalloc was stopped inside it"
KEY_TYPES = ("filename", "lineno", "traceback")

logger = logging.getLogger(__name__)

class _Tracing:
    """Starts tracing for the first of our blocks that needs it, and stops it after the last, whatever thread they are in.

    Tracing that somebody else started is left on.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._users = 0
        # Another thread may hold the lock just when the process forks.
        os.register_at_fork(after_in_child=self._renew_lock)

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()

    def enter(self, nframe: int) -> Tuple[bool, bool]:
        """(this is one of the blocks that tracing is on for, it was off until now)."""
        with self._lock:
            if not tracemalloc.is_tracing():
                tracemalloc.start(nframe)
                self._users += 1
                return True, True
            if self._users:
                self._users += 1
                return True, False
            return False, False

    def leave(self) -> None:
        """For a block that is one of those; tracing may be off already."""
        with self._lock:
            self._users -= 1
            if not self._users:
                tracemalloc.stop()


_tracing = _Tracing()


# Blocks whose newest frame is in one of these were not allocated by the code that is looked at.
_OWN_FILES = frozenset({_Tracing.enter.__code__.co_filename, tracemalloc.take_snapshot.__code__.co_filename})


class NetStatistics(List[tracemalloc.StatisticDiff]):
    """A list that gives itself when it is called: `tm.net_statistics` and `tm.net_statistics()` are the same."""

    def __call__(self) -> "NetStatistics":
        return self


class TraceMalloc:
    """A context manager that compares what is allocated after its block with what was before.

    key_type: "filename", "lineno" or "traceback": what the statistics are grouped by.
    nframe: how many frames of each allocation are kept when tracing is not on yet; more than one is of use with "traceback", and
        makes each allocation dearer.

    `tracemalloc` is started when it does not trace yet, and stopped again after the block, or after the last of several overlapping blocks.
    Blocks may be nested and may overlap in several threads; each sees what all threads allocate.

    Raises ValueError for another key_type or an nframe below 1.  Leaving the block raises RuntimeError when tracing was stopped inside
    it, unless the block ends with an exception of its own.
    """

    # Bytes that the tracemalloc module itself used for its tables, before and after the block; None until then.
    memory_start: Optional[int] = None
    memory_finish: Optional[int] = None
    # The rest is nobody else's.  Defaults, not assignments in __init__, since each of those is measured along with a block.
    _joined = False
    _active = False
    _before = 0
    _diff: Optional[int] = None
    _start: Optional[tracemalloc.Snapshot] = None
    _finish: Optional[tracemalloc.Snapshot] = None
    _statistics: Optional[List[tracemalloc.StatisticDiff]] = None
    _net_statistics: Optional[NetStatistics] = None

    def __init__(self, key_type: str = "filename", nframe: int = 1) -> None:
        if key_type not in KEY_TYPES:
            raise ValueError("key_type is one of %s, not %r" % (", ".join(KEY_TYPES), key_type))
        if nframe < 1:
            raise ValueError("nframe is at least 1, not %r" % (nframe,))
        self.key_type = key_type
        self.nframe = nframe

    def __enter__(self) -> "TraceMalloc":
        if self._active:
            raise RuntimeError("this TraceMalloc is in use: make another one for a block inside its block")
        if self.memory_start is not None:
            self._finish = self._statistics = self._net_statistics = self._diff = self.memory_finish = None
        self._active = True
        self._joined, fresh = _tracing.enter(self.nframe)
        # What was allocated before tracing began is not known to it: then there is nothing to compare with.
        self._start = None if fresh else tracemalloc.take_snapshot()
        self.memory_start = tracemalloc.get_tracemalloc_memory()
        if not fresh:
            # Last, since a snapshot makes so many objects that the garbage collector runs and frees what is none of the block's.
            self._before = tracemalloc.get_traced_memory()[0]
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        self._active = False
        try:
            if tracemalloc.is_tracing():
                if self._start is not None:
                    self._diff = tracemalloc.get_traced_memory()[0] - self._before
                self.memory_finish = tracemalloc.get_tracemalloc_memory()
                self._finish = tracemalloc.take_snapshot()
            elif error is None:
                raise RuntimeError("tracemalloc was stopped inside the block: what the block allocated is not known")
        finally:
            if self._joined:
                _tracing.leave()

    @property
    def statistics(self) -> List[tracemalloc.StatisticDiff]:
        """Changes by file, line or traceback, biggest first, with what tracing itself took.  Sizes in bytes.

        Computed when it is first asked for.  Raises RuntimeError while there is nothing to compare.
        """
        if self._statistics is None:
            if self._finish is None:
                raise RuntimeError(_NOTHING)
            self._statistics = _compare(self._start, self._finish, self.key_type)
            self._start = self._finish = None
        return self._statistics

    @property
    def net_statistics(self) -> NetStatistics:
        """`statistics` without what was allocated by `tracemalloc` and by this module.  May be called like a method as well."""
        if self._net_statistics is None:
            # The newest frame is the last one; with the other keys there is but one.
            self._net_statistics = NetStatistics(stat for stat in self.statistics if stat.traceback[-1].filename not in _OWN_FILES)
        return self._net_statistics

    @property
    def diff(self) -> int:
        """By how many bytes the memory in traced blocks changed, from the last moment before the block to the first one after it.

        What `tracemalloc` and this module take for the statistics is not in it.  Raises RuntimeError while there is nothing to compare.
        """
        if self._diff is None:
            # Tracing began with the block: all that is there has come in it.
            self._diff = sum(stat.size_diff for stat in self.net_statistics)
        return self._diff


def _group(snapshot: tracemalloc.Snapshot, key_type: str) -> Dict[Any, List[int]]:
    """{frames, newest first: [bytes, blocks]} of what a snapshot holds."""
    found: Dict[Any, List[int]] = {}
    # (domain, size, frames, ...): as it comes from the interpreter.  An object for each of them would be most of the cost.
    for trace in snapshot.traces._traces:  # type: ignore[attr-defined]
        frames = trace[2]
        if key_type == "filename":
            key = frames[0][0]
        elif key_type == "lineno":
            key = frames[0]
        else:
            key = frames
        try:
            entry = found[key]
        except KeyError:
            found[key] = [trace[1], 1]
        else:
            entry[0] += trace[1]
            entry[1] += 1
    return found


def _order(stat: tracemalloc.StatisticDiff) -> Any:
    return abs(stat.size_diff), stat.size, abs(stat.count_diff), stat.count, stat.traceback


def _compare(before: Optional[tracemalloc.Snapshot], after: tracemalloc.Snapshot, key_type: str) -> List[tracemalloc.StatisticDiff]:
    """What `after.compare_to(before, key_type)` gives, sooner.  BEFORE None: an empty one."""
    try:
        new, old = _group(after, key_type), {} if before is None else _group(before, key_type)
    except AttributeError:
        return after.compare_to(before or tracemalloc.Snapshot((), after.traceback_limit), key_type)
    changes = []
    for key, (size, count) in new.items():
        size_before, count_before = old.pop(key, (0, 0))
        changes.append(_make(key, key_type, size, size - size_before, count, count - count_before))
    for key, (size, count) in old.items():
        changes.append(_make(key, key_type, 0, -size, 0, -count))
    changes.sort(reverse=True, key=_order)
    return changes


def _make(key: Any, key_type: str, size: int, size_diff: int, count: int, count_diff: int) -> tracemalloc.StatisticDiff:
    frames = ((key, 0),) if key_type == "filename" else (key,) if key_type == "lineno" else key
    return tracemalloc.StatisticDiff(tracemalloc.Traceback(frames), size, size_diff, count, count_diff)


class _Delta:
    """The change of traced memory alone: no snapshot, so its cost does not depend on how much is allocated."""

    def __init__(self) -> None:
        self.diff: Optional[int] = None
        self._joined = False
        self._before = 0

    def __enter__(self) -> "_Delta":
        self._joined, _ = _tracing.enter(1)
        self._before = tracemalloc.get_traced_memory()[0]
        return self

    def __exit__(self, *error: object) -> None:
        if tracemalloc.is_tracing():
            self.diff = tracemalloc.get_traced_memory()[0] - self._before
        if self._joined:
            _tracing.leave()

    def log(self, level: int, name: str) -> None:
        if self.diff is None:
            logger.log(level, 'TraceMalloc memory delta: unknown for "%s()": tracemalloc was stopped inside', name)
        else:
            logger.log(level, 'TraceMalloc memory delta: %s for "%s()"', format(self.diff, ",d"), name)


def trace_malloc_log(level: int) -> Callable[[Function], Function]:
    """A decorator that logs at LEVEL by how many bytes each call of the function changed the memory in traced blocks.

    The line is `TraceMalloc memory delta: 8,389,548 for "function()"`, written by the logger "pagetide.trace_malloc" also when the function
    raises.  Of a coroutine function, or a generator function, all is measured from its first step to its end.  Raises TypeError for
    an asynchronous generator function, which has no such end.
    """

    def decorate(function: Function) -> Function:
        name = getattr(function, "__name__", repr(function))

        if inspect.isasyncgenfunction(function):
            raise TypeError("trace_malloc_log() cannot measure %s(), an asynchronous generator" % name)
        if inspect.iscoroutinefunction(function):
            @functools.wraps(function)
            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                delta = _Delta()
                try:
                    with delta:
                        return await function(*args, **kwargs)
                finally:
                    delta.log(level, name)
        elif inspect.isgeneratorfunction(function):
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                delta = _Delta()
                try:
                    with delta:
                        return (yield from function(*args, **kwargs))
                finally:
                    delta.log(level, name)
        else:
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                delta = _Delta()
                try:
                    with delta:
                        return function(*args, **kwargs)
                finally:
                    delta.log(level, name)
        return cast(Function, wrapper)

    return decorate
