"""Runs a program under the helper and takes its frames apart: for tests that need more of them than a report shows."""
import collections
import io
import os
import subprocess

STRING, CODE, NODE, THREAD, EVENTS, SAMPLE = range(3, 9)
INSTRUMENT, MESSAGE, LOST, CALLS, COUNTS = 9, 10, 11, 16, 17
CALL, RETURN, C_CALL, C_RETURN, C_EXCEPT, LINE, EXCEPT = range(7)
INSTRUMENTS = {"events": 2, "faults": 4, "calls": 8, "lines": 16, "bytes": 32, "bytes_sampled": 64, "gc": 128}
OFF, ON, REFUSED = range(3)

Call = collections.namedtuple("Call", "time kind thread file function line caller rss cpu")
State = collections.namedtuple("State", "state unit reason")


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                return value

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def text(self):
        length = self.varint()
        self.at += length
        return self.data[self.at - length:self.at]

    def rest(self):
        return self.data[self.at:]


def each(file):
    """Each frame as it comes, the last one whole as well: its type, and a cursor over what it says."""
    while header := file.read(8):
        length, kind = int.from_bytes(header[:4], "little"), int.from_bytes(header[4:6], "little")
        payload = file.read(length)
        assert len(header) == 8 and len(payload) == length
        yield kind, Cursor(payload)


class Stream:
    """What came: `calls`, `counts` and `pages` (of RSS, net) by (file, function), `lost`, `messages`, `instruments` by bit (the last
    state of each)."""

    def __init__(self, data, status):
        self.status = status
        self.calls, self.counts, self.lost, self.messages, self.instruments = [], {}, 0, [], {}
        self.pages = collections.Counter()
        self._strings, self._codes, self._threads, self._nodes = [b""], [(b"", b"")], [0], [0]
        self._counted, self.n_bytes = {}, 0
        takers = {STRING: self._string, CODE: self._code, NODE: self._node, THREAD: self._thread, EVENTS: self._events,
                  INSTRUMENT: self._instrument, LOST: self._lost, MESSAGE: self._message, CALLS: self._calls, COUNTS: self._counts}
        for kind, cursor in each(io.BytesIO(data)):
            if kind in takers:
                takers[kind](cursor)
        for code, count in self._counted.items():
            self.counts[self._codes[code]] = self.counts.get(self._codes[code], 0) + count

    def _string(self, cursor):
        self._strings.append(cursor.data)

    def _code(self, cursor):
        self._codes.append((self._strings[cursor.varint()], self._strings[cursor.varint()]))

    def _node(self, cursor):
        cursor.varint()
        self._nodes.append(cursor.varint())

    def _events(self, cursor):
        for _ in range(cursor.varint()):
            cursor.varint()
            code = self._codes[self._nodes[cursor.varint()]]
            cursor.varint()
            self.pages[code] += cursor.zigzag()
            cursor.zigzag()

    def _thread(self, cursor):
        self._threads.append(cursor.varint())

    def _instrument(self, cursor):
        cursor.varint()
        bit, state, unit = cursor.varint(), cursor.varint(), cursor.varint()
        self.instruments[bit] = State(state, unit, cursor.text().decode())

    def _message(self, cursor):
        cursor.varint()
        cursor.varint()
        self.messages.append(cursor.text())

    def _lost(self, cursor):
        cursor.varint()
        if cursor.varint() == 1:
            self.lost += cursor.varint()

    def _counts(self, cursor):
        cursor.varint()
        for _ in range(cursor.varint()):
            code = cursor.varint()
            self._counted[code] = cursor.varint()

    def _calls(self, cursor):
        self.n_bytes += len(cursor.data)
        first = len(self.calls)
        # One that is all zeros needs no telling.
        places = collections.defaultdict(lambda: (0, 0, 0))
        threads = []
        time = rss = thread = 0
        for _ in range(cursor.varint()):
            head = cursor.byte()
            kind = head & 7
            time += cursor.varint() << 3
            if head & 32:
                code = cursor.varint()
                caller = cursor.varint() if kind in (C_CALL, C_RETURN, C_EXCEPT) else 0
                place = code, caller, cursor.varint()
                number = (code * 0x9e3779b1 ^ caller * 0x85ebca6b ^ place[2] * 0xc2b2ae35) & 0xffffffff
                places[number >> 24] = place
            else:
                place = places[cursor.byte()]
            if head & 8:
                thread = cursor.varint()
            if head & 16:
                rss += cursor.zigzag()
            self.calls.append(Call(time, kind, self._threads[thread], *self._codes[place[0]], place[2], self._codes[place[1]], rss, None))
            threads.append(thread)
        self._cpu(cursor, first, threads)
        assert cursor.at == len(cursor.data)

    def _cpu(self, cursor, first, threads):
        slots = [0] * 64
        i = -1
        changes = {}
        while True:
            later = cursor.varint()
            if not later:
                break
            i += later
            changes[i] = cursor.zigzag()
        for i, thread in enumerate(threads):
            slots[thread % 64] += changes.get(i, 0)
            idle = slots[thread % 64]
            if idle:
                call = self.calls[first + i]
                self.calls[first + i] = call._replace(cpu=call.time - (idle - (idle > 0) << 3))


def run(python, arguments, instruments, options=(), read=None, prefix=(), **more):
    """PYTHON with ARGUMENTS under the helper, that by PREFIX.  READ: called with the read end of the frames' pipe and the helper, gives the bytes."""
    reading, writing = os.pipe()
    bits = sum(INSTRUMENTS[name] for name in instruments) | 1
    process = subprocess.Popen([*prefix, os.environ["PAGETIDE_HELPER"], "launch", "--frames", str(writing), "--instruments", str(bits), "--agent",
                                os.environ["PAGETIDE_AGENT"], *options, "--", python, *arguments], pass_fds=[writing], **more)
    os.close(writing)
    with open(reading, "rb") as frames:
        data = read(frames, process) if read else frames.read()
    return Stream(data, process.wait())
