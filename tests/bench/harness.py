"""What the benchmarks share: the ways of running a program, and running it."""
import csv
import ctypes
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, os.pardir, "tools"))

# What other tools do of the kind, to compare with.
OTHERS = ["tracemalloc", "cProfile"]
# These slow a program down so much that they get less of it to do.
SLOW = ["calls", "lines", "tracemalloc", "cProfile"]
NO_PERF_SUFFIX = ":no-perf"
NO_READV_SUFFIX = ":no-readv"
DEFAULT = ["events", "events+faults", "events+faults:no-perf", "calls", "lines", "bytes", "bytes-sampled", "gc", "tracemalloc", "cProfile"]
ADDR_NO_RANDOMIZE = 0x0040000
TIMEOUT_S = 600


class Way:
    """A way of running a program: "bare", one of OTHERS, or instruments joined by +, with :no-perf where perf is to be refused, :no-readv where
    the helper may not read memory by process_vm_readv either."""

    def __init__(self, name):
        self.name = name
        words, colon, refused = name.partition(":")
        self.no_perf = bool(colon)
        self.wrapper = [os.environ.get("PAGETIDE_NO_PERF", "no-perf")] if self.no_perf else []
        if ":" + refused == NO_READV_SUFFIX:
            self.wrapper.append("--no-readv")
        self.under = words if words in OTHERS else None
        self.instruments = [] if words.startswith("bare") or self.under else words.split("+")
        self.slow = self.under is not None or any(word in SLOW for word in self.instruments)

    def missing(self, run):
        """Words for what of it did not run, where perf was not refused on purpose; or None."""
        recording = run.report("summary")["recording"]
        names = [name for name in self.instruments if name not in recording["instruments"] and not (self.no_perf and name == "faults")]
        words = "; ".join(str(words) for words in recording.get("diagnostics", []))
        return "%s did not run%s" % (", ".join(names), " (%s)" % words if words else "") if names else None


class Refused(Exception):
    """This build or this interpreter does not do it; the words say why."""


class Run:
    """One run of a program: its output (the last line, JSON), and with instruments a recording to ask."""

    def __init__(self, python, arguments, way, directory):
        self.way = way
        self.recording = os.path.join(directory, "bench.pagetide")
        command = [python] + arguments
        if way.instruments:
            command = [pagetide(), "record", "--python", python, "--instruments", ",".join(way.instruments), "-o", self.recording] + arguments
            command = way.wrapper + command
        # Where things lie, and in which order sets are walked, is the same in each run, so that runs can be compared.
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")
        environment.pop("MALLOC_PERTURB_", None)
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment,
                                preexec_fn=fix_addresses, timeout=TIMEOUT_S)
        lines = result.stdout.decode().splitlines()
        if result.returncode != 0 or not lines:
            words = result.stderr.decode(errors="replace").strip().splitlines() or ["it ended with status %d" % result.returncode]
            raise Refused(words[-1])
        self.output = json.loads(lines[-1])
        self.recorded_bytes = os.stat(self.recording).st_size if way.instruments else 0

    def report(self, view, *arguments):
        """The report's object, or Refused when the view cannot be had."""
        result = subprocess.run([pagetide(), "report", self.recording, "--view", view, "--format", "json", *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode != 0:
            raise Refused(result.stderr.decode(errors="replace").strip())
        return json.loads(result.stdout.decode())

    def read_events(self):
        """Rows of the view of events, one after the other, since there may be millions."""
        with subprocess.Popen([pagetide(), "report", self.recording, "--view", "events", "--format", "csv"], stdout=subprocess.PIPE,
                              universal_newlines=True) as report:
            yield from csv.DictReader(report.stdout)


def fix_addresses():
    ctypes.CDLL(None).personality(ctypes.c_ulong(ADDR_NO_RANDOMIZE))


def run(python, arguments, way):
    """A Run whose recording is gone afterwards: ask it within `with`."""
    return _Kept(python, arguments, way)


class _Kept:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        try:
            return Run(*self.arguments, self.directory.name)
        except BaseException:
            self.directory.cleanup()
            raise

    def __exit__(self, *_):
        self.directory.cleanup()


def pagetide():
    """The program: of the build, or the installed one."""
    return os.environ.get("PAGETIDE", "pagetide")


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def interpreters(wanted):
    """[(version, path)]: those named, or all that are found and those of PAGETIDE_TEST_PYTHONS (separated by colons)."""
    import pythons
    found = {}
    for path in wanted or [path for _, path in pythons.find()] + os.environ.get("PAGETIDE_TEST_PYTHONS", "").split(":"):
        answer = pythons.ask(path) if path else None
        if answer:
            found.setdefault((answer[1], answer[0]), (answer[0], path))
        elif path:
            print("%s is no CPython that Pagetide can measure" % path, file=sys.stderr)
    return [(".".join(map(str, version)), path) for version, path in sorted(found.values())]
