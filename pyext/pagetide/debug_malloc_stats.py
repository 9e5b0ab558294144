"""CPython's allocator of small objects before and after a block of code: `sys._debugmallocstats()`, read and compared.

    from pagetide import debug_malloc_stats

    with debug_malloc_stats.DiffSysDebugMallocStats() as malloc_diff:
        strings = [" " * (i * 8) for i in range(1, 9)]
    print(malloc_diff.diff())

Every form of the text is understood: CPython 3.6 and newer; PYTHONMALLOC=malloc, which has free lists only; debug builds and
PYTHONMALLOC=debug, where there is no class 0 and sizes include the padding; and mimalloc, which has no classes.  Size classes are matched by
their number, since those without a pool are left out of the text, and lines of other programs in between are passed over.

Asking takes no memory to speak of.  What it costs in time is in docs/from-pymemtrace.md.
"""
import os
import re
import sys
import threading
from types import TracebackType
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple, Type

__all__ = ["Counter", "DiffSysDebugMallocStats", "SizeClass", "SysDebugMallocStats", "compare"]

_TABLE_HEAD = ("class   size   num pools   blocks in use  avail blocks\n"
               "-----   ----   ---------   -------------  ------------")
_ARENA_MAP_HEAD = "arena map counts"

_BEGIN = re.compile(r"Small block threshold = \d+, in \d+ size classes\.$")
_ROW = re.compile(r" *(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$")
# The label of a counter may begin with how many there are of something; then that is a figure as well.
_COUNTER = re.compile(r"(# .+?|Total|(-?\d+) (arenas \* \d+ bytes/arena|unused pools \* \d+ bytes)) *= *(-?[\d,]+)$")
_FREE_LIST = re.compile(r" *(-?\d+) (free .+ \* \d+ bytes each) *= *(-?[\d,]+)$")
_MIMALLOC = re.compile(r" +((?:Allocated|Bytes) [A-Z][\w/. ]*): (\d+)$")


class SizeClass(NamedTuple):
    """One row of the table: SIZE in bytes, the others are counts."""

    number: int
    size: int
    pools: int
    blocks_in_use: int
    blocks_available: int


class Counter(NamedTuple):
    """One line with a figure.

    group: which paragraph of the text it is in: "arenas", "bytes", "arena map", "arena map bytes", "free lists" or "mimalloc".
    label: what it says, without the count that some begin with.
    count: that count; None where there is none.
    value: bytes, or a number of whatever the label names.
    """

    group: str
    label: str
    count: Optional[int]
    value: int


class _Capture:
    """Catches what the interpreter writes to its standard error stream, which is the only place where it tells.

    Descriptor 2 is changed for everybody meanwhile, so only one thread may do it at a time, and no fork may come between.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        os.register_at_fork(before=self._lock.acquire, after_in_parent=self._lock.release, after_in_child=self._lock.release)

    def text(self) -> bytes:
        if not hasattr(sys, "_debugmallocstats"):
            raise OSError("this Python has no sys._debugmallocstats()")
        with self._lock:
            file = _open_anonymous_file()
            try:
                saved = os.dup(2)
                try:
                    os.dup2(file, 2)
                    try:
                        sys._debugmallocstats()
                    finally:
                        os.dup2(saved, 2)
                finally:
                    os.close(saved)
                return os.pread(file, os.fstat(file).st_size, 0)
            finally:
                os.close(file)


def _open_anonymous_file() -> int:
    """A descriptor of a file without a name, in memory where this Python can make one."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("debugmallocstats")
    import tempfile
    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor


_capture = _Capture()


class SysDebugMallocStats:
    """What `sys._debugmallocstats()` says now, or said in TEXT.  `str()` gives the text.

    text: the dump of one moment, which may stand among the lines of other programs; a second dump in it is left alone.

    The text is read when the first figure is asked for.  Raises OSError when standard error cannot be caught (descriptor 2 is closed,
    or there are no more descriptors), ValueError on the first figure when TEXT holds no dump.
    """

    def __init__(self, text: Optional[str] = None) -> None:
        self._text = _capture.text() if text is None else text
        self._read: Optional[Tuple[Dict[int, SizeClass], List[Counter]]] = None

    def __str__(self) -> str:
        if isinstance(self._text, bytes):
            self._text = self._text.decode("utf-8", "replace")
        return self._text

    def _figures(self) -> Tuple[Dict[int, SizeClass], List[Counter]]:
        if self._read is None:
            self._read = _parse(str(self).splitlines())
        return self._read

    @property
    def size_classes(self) -> Dict[int, SizeClass]:
        """The rows of the table by their number; empty where pymalloc is not used."""
        return self._figures()[0]

    @property
    def counters(self) -> List[Counter]:
        """All lines with a figure, in the order of the text."""
        return self._figures()[1]

    def diff(self, before: "SysDebugMallocStats") -> str:
        """What has changed since BEFORE, in the form of the text; see `compare`."""
        return compare(before, self)


class DiffSysDebugMallocStats:
    """A context manager: `before` and `after` its block, and `diff()` between them.

    Raises what `SysDebugMallocStats` raises; what fails after a block that ended with an exception is not raised.
    """

    def __init__(self) -> None:
        self.before: Optional[SysDebugMallocStats] = None
        self.after: Optional[SysDebugMallocStats] = None

    def __enter__(self) -> "DiffSysDebugMallocStats":
        self.after = None
        self.before = SysDebugMallocStats()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        try:
            self.after = SysDebugMallocStats()
        except OSError:
            if error is None:
                raise

    def diff(self) -> str:
        """The difference as text: signed figures, unchanged rows left out, in the paragraphs of the dump; "" when nothing changed.

        Raises RuntimeError before the block has ended.
        """
        if self.before is None or self.after is None:
            raise RuntimeError("there is no difference before the block has ended")
        return compare(self.before, self.after)


def _parse(lines: Iterable[str]) -> Tuple[Dict[int, SizeClass], List[Counter]]:
    classes: Dict[int, SizeClass] = {}
    counters: List[Counter] = []
    seen = set()
    begun = False
    group = "arenas"

    for line in lines:
        line = line.rstrip()
        if _BEGIN.match(line):
            if begun or seen:
                break
            begun = True
            continue
        if line == _ARENA_MAP_HEAD:
            group = "arena map"
            continue
        row = _ROW.match(line)
        if row:
            size_class = SizeClass(*map(int, row.groups()))
            if begun and size_class.number not in classes:
                classes[size_class.number] = size_class
            continue
        counter = _read_counter(line, group)
        if counter is None:
            continue
        if (counter.group, counter.label) in seen:
            # A second dump; with PYTHONMALLOC=malloc nothing else says that one begins.
            break
        seen.add((counter.group, counter.label))
        counters.append(counter)
        group = counter.group
    if not begun and not seen:
        raise ValueError("this is no output of sys._debugmallocstats(): neither its table of size classes nor its free lists are in it")
    return classes, counters


def _read_counter(line: str, group: str) -> Optional[Counter]:
    """The figure of a line in or after GROUP, or None when it is not the allocator's."""
    match = _COUNTER.match(line)
    if match:
        whole, count, rest, value = match.groups()
        label = rest or whole
        if label.startswith("# bytes") and group in ("arenas", "arena map"):
            group = "bytes" if group == "arenas" else "arena map bytes"
        return Counter(group, label, None if count is None else int(count), int(value.replace(",", "")))
    match = _FREE_LIST.match(line)
    if match:
        return Counter("free lists", match[2], int(match[1]), int(match[3].replace(",", "")))
    match = _MIMALLOC.match(line)
    return Counter("mimalloc", match[1], None, int(match[2])) if match else None


def compare(before: SysDebugMallocStats, after: SysDebugMallocStats) -> str:
    """What has changed from BEFORE to AFTER, in the form of the text: every figure signed, rows that did not change left out.

    A size class or a line that only one of them has counts as 0 in the other.  "" when nothing has changed.
    """
    paragraphs = []
    rows = []
    for number in sorted(set(before.size_classes) | set(after.size_classes)):
        old, new = before.size_classes.get(number), after.size_classes.get(number)
        size = (new or old or SizeClass(0, 0, 0, 0, 0)).size
        changes = [b - a for a, b in zip((old or (0,) * 5)[2:], (new or (0,) * 5)[2:])]
        if any(changes):
            rows.append("%5d %6d %+11d %+15d %+13d" % (number, size, *changes))
    if rows:
        paragraphs.append([_TABLE_HEAD, *rows])
    group = None
    for counter in _differences(before.counters, after.counters):
        if counter.group != group:
            group = counter.group
            paragraphs.append([_ARENA_MAP_HEAD] if group == "arena map" else [])
        paragraphs[-1].append(_format(counter))
    return "\n\n".join("\n".join(lines) for lines in paragraphs)


def _differences(before: List[Counter], after: List[Counter]) -> List[Counter]:
    """AFTER minus BEFORE, in the order of AFTER, but tuples, by their size, before the other free lists, by their name.

    What only BEFORE has stands last in its group.
    """
    old = {(counter.group, counter.label): counter for counter in before}
    known = {(counter.group, counter.label) for counter in after}
    order = list(dict.fromkeys(counter.group for counter in (*after, *before)))
    gone = [counter._replace(count=None if counter.count is None else 0, value=0) for counter in before
            if (counter.group, counter.label) not in known]
    changes = []
    for new in sorted([*after, *gone], key=lambda counter: (order.index(counter.group), _free_list_order(counter))):
        was = old.get((new.group, new.label), Counter(new.group, new.label, 0, 0))
        change = Counter(new.group, new.label, None if new.count is None else new.count - (was.count or 0), new.value - was.value)
        if change.count or change.value:
            changes.append(change)
    return changes


def _free_list_order(counter: Counter) -> Tuple[int, str]:
    if counter.group != "free lists":
        return 0, ""
    sized = re.match(r"free (\d+)-sized ", counter.label)
    return (int(sized[1]), "") if sized else (sys.maxsize, counter.label)


def _format(counter: Counter) -> str:
    """A line as the interpreter would write it (widths of 35, 48 and 21 as in its Objects/obmalloc.c), its figures signed."""
    if counter.group == "mimalloc":
        return "    %s: %+d" % (counter.label, counter.value)
    label = counter.label if counter.count is None else "%+d %s" % (counter.count, counter.label)
    if counter.group == "free lists":
        label = "%48s " % label
    return "%-35s=%21s" % (label, format(counter.value, "+,d"))
