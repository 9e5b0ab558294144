"""Runs a Python under the agent and reads what the agent told: for the tests of the agent."""

import collections
import json
import os
import subprocess
import tempfile

EVENTS, FAULTS = 2, 4
BYTES, BYTES_SAMPLED = 32, 64
ABSENT, LOADED, READY, STOPPED, ENDED = range(5)
OFF, ON, REFUSED = range(3)
START, ALLOC, PENDING, FAULT = range(4)

PAGE = os.sysconf("SC_PAGESIZE")


def _raw(text):
    """The bytes behind a string of the host: it writes each byte as the character of that number."""
    return text.encode("latin-1")


def _signed(value):
    return value - 256 if value > 127 else value


def _lines_39(table, line):
    address = 0
    for i in range(0, len(table), 2):
        if table[i]:
            yield address, address + table[i], line
        address += table[i]
        line += _signed(table[i + 1])
    yield address, 1 << 31, line


def _lines_310(table, line):
    address = 0
    for i in range(0, len(table), 2):
        delta = _signed(table[i + 1])
        if delta != -128:
            line += delta
            yield address, address + table[i], line
        address += table[i]


def _lines_311(table, line):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = table[at]
            at += 1
            value |= (byte & 63) << shift
            shift += 6
            if not byte & 64:
                return value

    address = 0
    while at < len(table):
        kind, units = table[at] >> 3 & 15, (table[at] & 7) + 1
        at += 1
        if kind in (13, 14):
            delta = varint()
            line += -(delta >> 1) if delta & 1 else delta >> 1
            if kind == 14:
                varint(), varint(), varint()
        elif kind in (10, 11, 12):
            line += kind - 10
            at += 2
        elif kind < 10:
            at += 1
        if kind != 15:
            yield address, address + 2 * units, line
        address += 2 * units


class Code:
    def __init__(self, record, minor):
        self.name = _raw(record["name"])
        self.file = _raw(record["file"])
        self.first_line = record["first_line"]
        decode = _lines_39 if minor < 10 else _lines_310 if minor == 10 else _lines_311
        self._ranges = list(decode(_raw(record["lines"]), self.first_line))

    def line(self, offset):
        return next((line for start, end, line in self._ranges if start <= offset < end), 0)

    @property
    def short(self):
        """The name without what qualifies it."""
        return self.name.decode().rsplit(".", 1)[-1]


class Recording:
    """What the agent told of one run.  Deltas are in bytes."""

    def __init__(self, path, process):
        with open(path) as stream:
            records = [json.loads(line) for line in stream]
        self.status = process.returncode
        self.stdout, self.stderr = process.stdout, process.stderr
        self.bad = [r for r in records if r["kind"] == "bad"]
        self.end = records[-1]
        minor = int((self.end["python"] or "3.0").split(".")[1])
        self.codes = {r["id"]: Code(r, minor) for r in records if r["kind"] == "code"}
        self.events = [r for r in records if r["kind"] == "event"]
        self.sites = [r for r in records if r["kind"] == "site"]
        self.missed = sum(r["missed"] for r in records if r["kind"] == "sites")
        for event in self.events:
            event["delta"] *= PAGE

    def stack(self, event):
        """Leaf first: the code objects."""
        return [self.codes[code] for code, _ in event["frames"]]

    def by_self(self):
        sums = collections.Counter()
        for event in self.events:
            stack = self.stack(event)
            sums[stack[0].short if stack else None] += event["delta"]
        return sums

    def by_total(self, keep=lambda delta: True):
        sums = collections.Counter()
        for event in self.events:
            if keep(event["delta"]):
                for name in {code.short for code in self.stack(event)}:
                    sums[name] += event["delta"]
        return sums

    def by_line(self, function):
        sums = collections.Counter()
        for event in self.events:
            stack = self.stack(event)
            if stack and stack[0].short == function:
                sums[stack[0].line(event["frames"][0][1])] += event["delta"]
        return sums

    def names(self):
        return {code.short for code in self.codes.values()}


class Runner:
    def __init__(self, agent, host, python):
        self.agent, self.host, self.python = agent, host, python

    def run(self, source=None, *, arguments=None, wanted=EVENTS, options=(), environment=None, program=None, stdin=None):
        """Runs SOURCE as a script (or ARGUMENTS, or another PROGRAM) and gives the Recording."""
        with tempfile.TemporaryDirectory(prefix="pagetide-test-") as directory:
            output = os.path.join(directory, "out.json")
            if source is not None:
                script = os.path.join(directory, "program.py")
                with open(script, "wb") as stream:
                    stream.write(source.encode("utf-8", "surrogatepass"))
                arguments = [*(arguments or []), script]
            command = [self.host, "--wanted", str(wanted), *options, self.agent, output]
            command += [program or self.python, *(arguments or [])]
            process = subprocess.run(
                command, cwd=directory, env={**os.environ, "PYTHONHASHSEED": "0", **(environment or {})},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=stdin, timeout=60)
            return Recording(output, process)
