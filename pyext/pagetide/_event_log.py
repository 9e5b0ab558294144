"""Reads the text logs of cPyMemTrace, line by line: those that this package writes and those of pymemtrace."""
import re
from typing import IO, Iterator, NamedTuple, Optional, Union

# Tag, number, delta, clock, kind; the file may hold blanks and anything else, so the rest is read from the right.
_EVENT = re.compile(rb"(FRST|NEXT|PREV|LAST): (\d+) +\+(\d+) +(\d+\.\d+) +([A-Z_]+) +(.*\S) +#? *(\d+) (\S.*?) +(\d+) +(-?\d+)(?: +(\d+))?$")
_MESSAGE = re.compile(rb"MSG: +(\d+) +\+(\d+) +(\d+\.\d+) +# (.*)$")
_REFERENCE = re.compile(rb"(NEW|DEL): +(\d+\.\d+) +(0x[0-9a-f]+) +(?:(-?\d+) )?(\S.*?) +(/.*|<.*|\S+) +(\d+) (\S.*?) +(\d+) +(-?\d+)$")
_HEADER = re.compile(rb"(?:HDR:| {4})\s+(Event|Clock)\s")
_ESCAPE = re.compile(r"\\(\\|[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4})")
_PLAIN = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
# A line is cut here: names may be as long as memory.
MAX_LINE = 1 << 20


class Event(NamedTuple):
    """A line of an event.  Clock is CPU seconds, sizes are bytes; THREAD is None where the log has no such column."""

    tag: str
    number: int
    delta: int
    clock: float
    kind: str
    file: str
    line: int
    function: str
    rss: int
    d_rss: int
    thread: Optional[int]


class Message(NamedTuple):
    """A line MSG."""

    tag: str
    number: int
    delta: int
    clock: float
    text: str


class Reference(NamedTuple):
    """A line of ReferenceTracing: an object that came (NEW) or went (DEL), and how many of its type are alive then."""

    tag: str
    clock: float
    address: int
    live: Optional[int]
    type: str
    file: str
    line: int
    function: str
    rss: int
    d_rss: int


class Text(NamedTuple):
    """Any other line as it is: "before" the log's titles, the "titles", the "end" (EOF), or "other"."""

    tag: str
    text: str


Row = Union[Event, Message, Reference, Text]


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unescape(text: str) -> str:
    """The name that stands as TEXT in a log that this package wrote."""
    return _ESCAPE.sub(lambda match: _PLAIN.get(match[1]) or chr(int(match[1][1:], 16)), text)


def _row(line: bytes, begun: bool) -> Row:
    match = _EVENT.match(line)
    if match:
        tag, number, delta, clock, kind, file, at, function, rss, d_rss, thread = match.groups()
        if file.endswith(b"#"):
            file = file[:-1].rstrip()
        return Event(tag.decode(), int(number), int(delta), float(clock), kind.decode(), _decode(file), int(at), _decode(function.rstrip()),
                     int(rss), int(d_rss), None if thread is None else int(thread))
    match = _MESSAGE.match(line)
    if match:
        return Message("MSG", int(match[1]), int(match[2]), float(match[3]), _decode(match[4]))
    match = _REFERENCE.match(line)
    if match:
        tag, clock, address, live, type_, file, at, function, rss, d_rss = match.groups()
        return Reference(tag.decode(), float(clock), int(address, 16), None if live is None else int(live), _decode(type_),
                         _decode(file.rstrip()), int(at), _decode(function), int(rss), int(d_rss))
    if _HEADER.match(line):
        return Text("titles", _decode(line))
    if line == b"EOF":
        return Text("end", "EOF")
    return Text("other" if begun else "before", _decode(line))


def read(file: Union[str, IO[bytes]]) -> Iterator[Row]:
    """The lines of a log, as Event, Message, Reference or Text.  FILE: a path, or a file open for reading bytes.

    A line that is none of these, as one that was cut by a kill, is a Text.  Escapes stay as they are, see `unescape`.  Raises OSError.
    """
    if isinstance(file, str):
        with open(file, "rb") as opened:
            yield from read(opened)
        return
    begun = False
    while True:
        line = file.readline(MAX_LINE)
        if not line:
            return
        row = _row(line.rstrip(b"\n"), begun)
        begun = begun or row.tag == "titles"
        yield row
