"""Reads process logs: lines that hold `ProcessLoggingThread-JSON`, perhaps `-START` or `-STOP`, a space, and one JSON object.

What stands before that on a line is whatever the program's logging puts there, and lines of other programs may stand in between.  The keys
of the object differ between systems and versions: what is there is taken, what is not is None or absent.
"""
import datetime
import json
import re
from typing import Any, BinaryIO, Dict, Iterator, List, NamedTuple, Optional, Tuple

TAG = "ProcessLoggingThread-JSON"
# No line that a program wrote honestly is longer; what is behind is skipped.
MAX_LINE_BYTES = 1 << 20
MAX_PROBLEMS = 1000

_LINE = re.compile(re.escape(TAG).encode() + rb"(?:-(START|STOP))? (\{.*)$", re.S)


class ProcessRecord(NamedTuple):
    """One line of a log.

    line: its number in the file, from 1.
    kind: "START", "STOP", or "" for the lines between.
    timestamp: local time without a zone; None when the line has none that can be read.
    memory_info: bytes ("rss", "vms", "shared", "text", "data" and others of the system) and counts ("pfaults", "pageins").
    cpu_times: seconds, of "user", "system", "children_user", "children_system" and others; Linux counts them in hundredths.
    elapsed_time: seconds since the process was created.
    label: the message that was put into the line.
    """

    line: int
    kind: str
    timestamp: Optional[datetime.datetime]
    pid: int
    elapsed_time: Optional[float]
    memory_info: Dict[str, int]
    cpu_times: Dict[str, float]
    label: Optional[str]


class Problem(NamedTuple):
    """A line that is one of a process log but cannot be used: its number from 1, and what is wrong with it."""

    line: int
    text: str


class ProcessLog(NamedTuple):
    """What could be read of a log, in its order, and what could not."""

    records: List[ProcessRecord]
    problems: List[Problem]

    @property
    def pids(self) -> List[int]:
        """Each once, in order of appearance."""
        return list(dict.fromkeys(record.pid for record in self.records))


def _numbers(value: Any, kind: type) -> Dict[str, Any]:
    """The members of VALUE that are finite numbers, as KIND."""
    if not isinstance(value, dict):
        return {}
    return {key: kind(number) for key, number in value.items()
            if isinstance(number, (int, float)) and not isinstance(number, bool) and abs(number) < 1e300}


def _lines(file: BinaryIO) -> Iterator[Tuple[int, bytes, bool]]:
    """(number, line without its end, whole) of each line, none longer than MAX_LINE_BYTES."""
    number = 0
    while True:
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            return
        number += 1
        whole = line.endswith(b"\n") or len(line) < MAX_LINE_BYTES
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES)
        yield number, line.rstrip(b"\r\n"), whole


def _read_record(number: int, kind: str, text: bytes) -> ProcessRecord:
    """Raises ValueError with a reason."""
    try:
        values = json.loads(text.decode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except ValueError as error:
        raise ValueError("its JSON is damaged or cut off (%s)" % error) from None
    pid = values.get("pid")
    if not isinstance(pid, int) or isinstance(pid, bool) or not 0 < pid < 1 << 31:
        raise ValueError("it names no process")
    try:
        timestamp = datetime.datetime.fromisoformat(values.get("timestamp")).replace(tzinfo=None)
    except (TypeError, ValueError):
        timestamp = None
    elapsed = _numbers({"": values.get("elapsed_time")}, float).get("")
    if timestamp is None and elapsed is None:
        raise ValueError("it has no time")
    label = values.get("label")
    return ProcessRecord(number, kind, timestamp, pid, elapsed, _numbers(values.get("memory_info"), int),
                         _numbers(values.get("cpu_times"), float), None if label is None else str(label))


def read(file: BinaryIO) -> ProcessLog:
    """Reads a log that is open in binary mode, line by line.

    Raises ValueError when there is no line of a process log in it at all, OSError when it cannot be read.
    """
    records: List[ProcessRecord] = []
    problems: List[Problem] = []

    for number, line, whole in _lines(file):
        match = _LINE.search(line)
        if not match:
            continue
        try:
            if not whole:
                raise ValueError("it is longer than %d bytes" % MAX_LINE_BYTES)
            records.append(_read_record(number, (match[1] or b"").decode(), match[2]))
        except ValueError as error:
            if len(problems) < MAX_PROBLEMS:
                problems.append(Problem(number, str(error)))
    if not records:
        raise ValueError("there is no process log in this: no line holds %s and an object that names a process%s"
                         % (TAG, "; line %d: %s" % problems[0] if problems else ""))
    return ProcessLog(records, problems)
