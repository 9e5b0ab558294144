"""What the benchmarks share: the programs, their modes, and running them."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, os.pardir, "tools"))

# Name and instruments of each way of running; NO_PERF stands for the wrapper that has perf_event_open refused.
NO_PERF = os.environ.get("PAGETIDE_NO_PERF", "no-perf")
MODES = {"events": ([], "events"), "faults": ([], "events,faults"), "refused": ([NO_PERF], "events,faults")}


class Run:
    """One run of a program under `pagetide record`, or bare (MODE None)."""

    def __init__(self, python, arguments, mode):
        command = [python, "-I"] + arguments
        with tempfile.TemporaryDirectory() as directory:
            recording = os.path.join(directory, "bench.pagetide")
            if mode:
                wrapper, instruments = MODES[mode]
                command = wrapper + [pagetide(), "record", "--python", python, "--instruments", instruments, "-o", recording] + arguments
            result = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
            self.output = json.loads(result.stdout.decode().splitlines()[-1])
            self.summary = self.report(recording, "summary") if mode else None
            self.functions = self.report(recording, "functions") if mode else None
            self.recorded_bytes = os.stat(recording).st_size if mode else 0

    @staticmethod
    def report(recording, view):
        result = subprocess.run([pagetide(), "report", recording, "--view", view, "--format", "json"], stdout=subprocess.PIPE, check=True)
        return json.loads(result.stdout.decode())


def pagetide():
    """The program: of the build, or the installed one."""
    return os.environ.get("PAGETIDE", "pagetide")


def least_and_median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[0], ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def interpreters(wanted):
    """[(version, path)]: those named, or /usr/bin/python3 and the others found when WANTED is ["all"]."""
    import pythons
    if wanted == ["all"]:
        return [(".".join(map(str, version)), path) for version, path in pythons.find()]
    found = []
    for path in wanted or ["/usr/bin/python3"]:
        answer = pythons.ask(path)
        if answer:
            found.append((".".join(map(str, answer[0])), path))
        else:
            print("%s is no CPython that Pagetide can measure" % path, file=sys.stderr)
    return found
