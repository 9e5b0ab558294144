"""The instruments "calls" and "lines": on every CPython found, through the helper."""
import collections
import json
import mmap
import os
import subprocess
import sys
import tempfile
import unittest

import alike
import frames
import interpreters

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calls")
KINDS = ["CALL", "RETURN", "C_CALL", "C_RETURN", "C_EXCEPT", "LINE", "EXCEPT"]
FILE = os.path.join(HERE, "sequences.py").encode()
CASES = ["recursion", "generators", "exceptions", "classes", "builtins", "coroutines", "loops", "long_function", "threads"]
VERSIONS, ABSENT = interpreters.find()


def program(name):
    return os.path.join(HERE, name)


def whole(python, arguments, instruments, **more):
    """A stream without losses: on a machine that has much to do the helper may come late."""
    for _ in range(8):
        stream = frames.run(python, arguments, instruments, **more)
        if stream.lost == 0:
            break
    return stream


def by_case(stream):
    """{case: [[kind, function, line], ...] of each thread} of what happened in sequences.py."""
    found, case = {}, None
    for call in stream.calls:
        kind, function = KINDS[call.kind], call.function.decode()
        if (call.caller[0] if kind.startswith("C_") else call.file) != FILE:
            continue
        if kind == "CALL" and case is None and function in CASES:
            case, main = function, call.thread
            found[case] = {}
        if case:
            # C functions by their own name alone: which class a method is of is told in another way.
            name = function.rsplit(".", 1)[-1] if kind.startswith("C_") else function
            found[case].setdefault(call.thread, []).append([kind, name, call.line])
        if kind == "RETURN" and function == case and call.thread == main:
            case = None
    return {case: list(threads.values()) for case, threads in found.items()}


def without_lines_of_returns(threads):
    return [[event if event[0] != "RETURN" else event[:2] for event in events] for events in threads]


class Calls(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.answer = os.path.join(self.directory.name, "answer")

    def read_answer(self):
        with open(self.answer) as file:
            return file.read()

    def check_sequences(self, python, instrument):
        reference = subprocess.run([python, program("reference.py"), instrument], stdout=subprocess.PIPE, check=True)
        stream = whole(python, [program("cases.py")], [instrument])
        self.assertEqual((stream.status, stream.lost), (0, 0))
        found = by_case(stream)
        for case, threads in json.loads(reference.stdout).items():
            # From 3.11 on a module begins on line 0; we say that it is its first.
            threads = [[[kind, name, line or 1] for kind, name, line in events] for events in threads]
            with self.subTest(case):
                # A thread's id may be used again by the next one.
                mine, wanted = sum(found[case][1:], []), sum(threads[1:], [])
                mine, wanted = [found[case][0], sorted(mine)], [threads[0], sorted(wanted)]
                if instrument == "lines" and self.version < (3, 10):
                    # While it traces, f_lineno is the last line that was told; a return by exception is somewhere else.
                    mine, wanted = without_lines_of_returns(mine), without_lines_of_returns(wanted)
                self.assertEqual(mine, wanted)

    def check_calls(self, python):
        self.check_sequences(python, "calls")

    def check_lines(self, python):
        self.check_sequences(python, "lines")

    def check_alike(self, python):
        """Code objects that are at one address, with their parts where those of the one before were."""
        for what in ("names", "lines"):
            path = os.path.join(self.directory.name, "program.py")
            with open(path, "w") as file:
                file.write(alike.program(what, "str()"))
            stream = whole(python, [path], ["calls", "lines"], stdout=subprocess.DEVNULL)
            self.assertEqual((stream.status, stream.lost), (0, 0))
            found = collections.Counter()
            for call in stream.calls:
                if call.file == b"alike" and KINDS[call.kind] in ("CALL", "LINE"):
                    found[call.function.decode(), KINDS[call.kind], call.line] += 1
            wanted = collections.Counter()
            for name, line in alike.places(what):
                wanted[name, "CALL", 1] += 10
                wanted[name, "LINE", 1] += 10
                wanted[name, "LINE", line] += 10
            self.assertEqual(found, wanted)

    def check_both(self, python):
        """Together they are as lines alone: nothing comes twice."""
        stream = whole(python, [program("many.py"), "20", "0"], ["calls", "lines"])
        kinds = [KINDS[call.kind] for call in stream.calls if call.function == b"step"]
        self.assertEqual(kinds, ["CALL", "LINE", "RETURN"] * 20)

    def check_rss(self, python):
        """With page faults counted: exact for each page, else at the latest when the helper has noticed."""
        stream = whole(python, [program("growth.py"), self.answer], ["calls"])
        self.assertEqual(stream.status, 0)
        before, after = map(int, self.read_answer().split())
        steps = [call.rss for call in stream.calls if call.function == b"touched" and call.kind == frames.CALL]
        self.assertEqual(len(steps), 200)
        last = [call.rss for call in stream.calls if call.function == b"statm" and call.kind == frames.RETURN][-1]
        state = stream.instruments[frames.INSTRUMENTS["calls"]]
        self.assertEqual(state.state, frames.ON, state)
        if state.unit:
            slack = 2 * state.unit // mmap.PAGESIZE + 8
            self.assertLess(abs(last - after), slack)
            # Between two calls a page of the block came, and now and then one of the interpreter's own.
            for i, rss in enumerate(steps):
                self.assertLess(abs(rss - (before + i + 1)), slack + (after - before - 200), i)
        else:
            self.assertTrue(state.reason)

    def check_release(self, python):
        """What malloc gives back at once is seen at the next event, though nothing faults and whoever else looks."""
        stream = whole(python, [program("release.py"), self.answer], ["calls"])
        self.assertEqual((stream.status, stream.lost), (0, 0))
        answers = json.loads(self.read_answer())
        ends = [call for call in stream.calls if call.function == b"give_back" and call.kind == frames.RETURN]
        self.assertEqual(len(ends), len(answers))
        for end, (before, after) in zip(ends, answers):
            self.assertGreater(before - after, (32 << 20) // mmap.PAGESIZE)
            self.assertLess(abs(end.rss - after), (1 << 20) // mmap.PAGESIZE)

    def check_cpu(self, python):
        """What a thread itself reads of its CPU clock lies between the two events of the reading."""
        for prefix in ([], [os.environ["PAGETIDE_NO_PERF"]]):
            with self.subTest(prefix):
                stream = whole(python, [program("cpu.py"), self.answer], ["calls"], prefix=prefix)
                self.assertEqual((stream.status, stream.lost), (0, 0))
                wanted = {int(thread): times for thread, times in json.loads(self.read_answer()).items()}
                self.assertEqual(len(wanted), 4)
                for thread, times in wanted.items():
                    self.compare_cpu([call for call in stream.calls if call.thread == thread], times)

    def compare_cpu(self, calls, times):
        self.assertEqual([call.cpu for call in calls], sorted(call.cpu for call in calls))
        readings = [call for call in calls if call.function == b"thread_time"]
        self.assertEqual([call.kind for call in readings], [frames.C_CALL, frames.C_RETURN] * len(times))
        for i, wanted in enumerate(times):
            # Never less but for what the two clocks differ in speed; more for at most as long as nobody asked.
            self.assertLess(readings[2 * i].cpu, wanted + 1.1e6)
            self.assertGreater(readings[2 * i + 1].cpu, wanted - 2e4)
        begin, end = {}, {}
        for call in calls:
            (begin if call.kind == frames.CALL else end).setdefault(call.function, call)
        self.assertGreater(end[b"busy"].cpu - begin[b"busy"].cpu, 0.1e9 - 1.2e6)
        self.assertGreater(end[b"asleep"].time - begin[b"asleep"].time, 0.1e9)
        self.assertLess(end[b"asleep"].cpu - begin[b"asleep"].cpu, times[2] - times[1] + 1.2e6)

    def check_trigger(self, python):
        """Written is what is so far from the last that was; counted is everything."""
        trigger = 16 * mmap.PAGESIZE
        arguments = [program("growth.py"), self.answer]
        stream = whole(python, arguments, ["calls"], options=["--trigger-bytes", str(trigger)])
        self.assertGreaterEqual(len(stream.calls), 4)
        for i in range(1, len(stream.calls)):
            self.assertGreaterEqual(abs(stream.calls[i].rss - stream.calls[i - 1].rss), 16, i)
        counts = {function: n for (_, function), n in stream.counts.items()}
        self.assertEqual(counts[b"touched"], 200)
        self.assertEqual(counts[b"statm"], 3)
        everything = whole(python, arguments, ["calls"])
        self.assertGreater(len(everything.calls), 2 * len(stream.calls) + 400)
        for (file, function), n in everything.counts.items():
            seen = sum((call.file, call.function) == (file, function) and call.kind in (frames.CALL, frames.C_CALL)
                       for call in everything.calls)
            self.assertEqual(n, seen, function)

    def check_many_threads(self, python):
        """More threads than there are rings, one after another: rings are used again."""
        stream = whole(python, [program("many.py"), "10", "150"], ["calls"])
        self.assertEqual((stream.status, stream.lost), (0, 0))
        steps = [call for call in stream.calls if call.function == b"step" and call.kind == frames.CALL]
        self.assertEqual(len(steps), 1500)
        self.assertEqual([call.time for call in stream.calls], sorted(call.time for call in stream.calls))

    def check_crowd(self, python):
        """More threads at once than there are rings: each event is told, and whose it is."""
        stream = whole(python, [program("crowd.py"), "100", "30", self.answer], ["calls"])
        self.assertEqual((stream.status, stream.lost), (0, 0))
        wanted = {name.encode(): thread for name, thread in json.loads(self.read_answer()).items()}
        self.assertEqual(len(set(wanted.values())), 100)
        seen = {}
        for call in stream.calls:
            if call.function.startswith(b"own_"):
                seen.setdefault(call.function, []).append((call.thread, call.kind))
        self.assertEqual(seen, {name: [(thread, frames.CALL), (thread, frames.RETURN)] * 30 for name, thread in wanted.items()})
        self.assertEqual({name: n for (_, name), n in stream.counts.items() if name.startswith(b"own_")}, dict.fromkeys(wanted, 30))
        for thread in wanted.values():
            known = [call.cpu for call in stream.calls if call.thread == thread and call.cpu is not None]
            self.assertEqual(known, sorted(known))
        self.assertEqual(sum(b"More threads run Python code" in message for message in stream.messages), 1)

    def check_own_profiler(self, python):
        """It sees what it would see without us."""
        for how in ("setprofile", "settrace", "cProfile", "none") + (("monitoring",) if self.version >= (3, 12) else ()):
            for instrument in ("calls", "lines"):
                with self.subTest("%s, %s" % (how, instrument)):
                    stream = frames.run(python, [program("profiled.py"), how, self.answer], [instrument])
                    self.assertEqual(stream.status, 0)
                    self.assertEqual(self.read_answer(), "7")
                    counts = {function: n for (_, function), n in stream.counts.items()}
                    # Ours ends where theirs begins, up to 3.11, and it is said; from 3.12 on they stand side by side.
                    replaced = self.version < (3, 12) and (how in ("setprofile", "cProfile") or (how, instrument) == ("settrace", "lines"))
                    self.assertEqual(counts[b"work"], 1 if replaced else 8)
                    state = stream.instruments[frames.INSTRUMENTS[instrument]]
                    if replaced:
                        self.assertEqual(state.state, frames.OFF)
                        self.assertIn("of its own", state.reason)
                    else:
                        self.assertEqual(state.state, frames.ON, state)

    def check_fork(self, python):
        stream = whole(python, [program("fork.py")], ["calls"])
        self.assertEqual((stream.status, stream.lost), (0, 0))
        functions = [call.function for call in stream.calls if call.kind == frames.CALL]
        self.assertEqual(functions.count(b"in_parent"), 51)
        self.assertEqual(functions.count(b"in_child"), 0)

    def check_slow_reader(self, python):
        """What finds no room is dropped and counted, and the program goes on."""
        n = 2000000

        def read(file, process):
            # Not before the program has called all that it will.
            process.stdout.read(4)
            process.stdout.close()
            return file.read()

        stream = frames.run(python, [program("many.py"), str(n), "0", "done"], ["calls"], read=read, stdout=subprocess.PIPE)
        self.assertEqual(stream.status, 0)
        self.assertGreater(stream.lost, 0)
        counts = {function: count for (_, function), count in stream.counts.items()}
        self.assertEqual(counts[b"step"], n)
        total = sum(counts.values())
        calls = sum(call.kind in (frames.CALL, frames.C_CALL) for call in stream.calls)
        # Each event either came or is lost; those of other kinds are not counted.
        self.assertGreaterEqual(calls + stream.lost, total)


def add(version, python, check):
    def test(self):
        self.version = tuple(map(int, version.split(".")[:2]))
        getattr(self, check)(python)

    setattr(Calls, "test_%s_%s" % (check[6:], version.replace(".", "_")), test)


for name in [name for name in dir(Calls) if name.startswith("check_") and name != "check_sequences"]:
    for version, python in VERSIONS:
        add(version, python, name)

if __name__ == "__main__":
    print("# absent:", ", ".join(ABSENT) or "none", file=sys.stderr)
    unittest.main()
