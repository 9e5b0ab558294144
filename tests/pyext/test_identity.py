"""Whose line it was, when code objects come and go: at addresses that are used again, made by exec, loaded anew, without a name, with any name.

Runs in each interpreter that it tests (everywhere.py), which is the one that runs the programs.
"""
import collections
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import alike  # noqa: E402
from recording import BYTES, BYTES_SAMPLED, ENDED, EVENTS, FAULTS, PAGE, Runner  # noqa: E402

MIB = 1 << 20
AGENT, HOST = (os.path.abspath(os.environ.get(name, "")) for name in ("PAGETIDE_AGENT", "PAGETIDE_AGENT_HOST"))
BOTH = (EVENTS, EVENTS | FAULTS)


def rises(recording):
    """{(file, function, line): bytes} of what grew, by the line that did."""
    sums = collections.Counter()
    for event in recording.events:
        if event["delta"] > 0 and event["frames"]:
            code = recording.stack(event)[0]
            sums[code.file, code.short, code.line(event["frames"][0][1])] += event["delta"]
    return sums


# What the start of the interpreter and the compiler touch is charged at the first growth, which is the module's.  It stands in the first line.
WARM = "exec('def made(): pass'); warm = b'w' * (1 << 20); "


class Identity(unittest.TestCase):
    def run_program(self, source, wanted, **kwargs):
        recording = Runner(AGENT, HOST, sys.executable).run(WARM + source, wanted=wanted, **kwargs)
        self.assertEqual((recording.status, recording.stderr), (0, b""))
        self.assertEqual((recording.end["state"], recording.bad, recording.end["lost"]), (ENDED, [], 0))
        self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)
        return recording

    def check_rise(self, sums, key, size):
        self.assertLess(abs(sums[key] - size), 0.6 * MIB, "%s: %d of %d" % (key, sums[key], size))

    def test_dying_code(self):
        """Each version of a function dies before the next is made, at its address as often as not; each grows on a line of its own."""
        program = """
import json
addresses, kept = [], []
for i in range(90):
    space = {}
    source = "\\n" * i + "def made_%d():\\n    return b'x' * (1 << 20)\\n" % (i % 50)
    exec(compile(source, "file %d" % (i // 50), "exec"), space)
    function = space.popitem()[1]
    addresses.append(id(function.__code__))
    kept.append(function())
    del function, space
print(json.dumps(len(set(addresses))))
"""
        for wanted in BOTH:
            recording = self.run_program(program, wanted)
            self.assertLess(json.loads(recording.stdout), 60)
            sums = rises(recording)
            for i in range(90):
                self.check_rise(sums, (b"file %d" % (i // 50), "made_%d" % (i % 50), i + 2), MIB)

    def check_addresses(self, recording, n):
        self.assertEqual((recording.status, recording.stderr, recording.bad), (0, b"", []))
        # Else there was nothing to find out.
        self.assertLess(json.loads(recording.stdout), n)

    def test_alike_bytes(self):
        """Code objects that are at one address, with their parts where those of the one before were."""
        for what in ("names", "lines"):
            recording = Runner(AGENT, HOST, sys.executable).run(alike.program(what, "bytes(1000)"), wanted=BYTES)
            self.check_addresses(recording, alike.N)
            found = {(recording.codes[site["code"]].short, site["line"]): site["count"] for site in recording.sites
                     if site["of"] == 1 and site["code"] in recording.codes and recording.codes[site["code"]].file == b"alike"}
            for place in alike.places(what):
                # The interpreter may take one for itself.
                self.assertIn(found.get(place), (10, 11), (what, place))

    def test_alike_sampled_bytes(self):
        for what in ("names", "lines"):
            recording = Runner(AGENT, HOST, sys.executable).run(alike.program(what, "bytes(1 << 18)", runs=20), wanted=BYTES_SAMPLED,
                                                                options=("--sample", "1024"))
            self.check_addresses(recording, alike.N)
            found = collections.Counter()
            for site in recording.sites:
                if site["of"] == 1 and site["code"] in recording.codes and recording.codes[site["code"]].file == b"alike":
                    found[recording.codes[site["code"]].short, site["line"]] += site["allocated"]
            for place in alike.places(what):
                self.assertLess(abs(found[place] - 20 * (1 << 18)), 100000, (what, place))

    def test_alike_growth(self):
        for what in ("names", "lines"):
            for wanted in BOTH:
                recording = self.run_program(alike.program(what, "kept.append(b'x' * (1 << 20))", runs=1, before=WARM), wanted)
                self.check_addresses(recording, alike.N)
                sums = rises(recording)
                for name, line in alike.places(what):
                    self.check_rise(sums, (b"alike", name, line), MIB)

    def test_reloaded_modules(self):
        program = """
import importlib, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())
kept = []
for i in range(5):
    with open("again.py", "w") as stream:
        stream.write("\\n" * i * 7 + "def grow():\\n    return b'x' * (%d << 20)\\n" % (i + 2))
    if i:
        importlib.invalidate_caches()
        importlib.reload(again)
    else:
        import again
    kept.append(again.grow())
"""
        for wanted in BOTH:
            recording = self.run_program(program, wanted)
            sums = {(name, line): size for (file, name, line), size in rises(recording).items() if file.endswith(b"again.py")}
            for i in range(5):
                self.check_rise(collections.Counter(sums), ("grow", i * 7 + 2), (i + 2) * MIB)

    def test_same_code_again(self):
        """One source that is run again and again is one function, however many code objects it was, and the ones beside it stay the same."""
        program = """
kept, codes = [], []
code = compile("kept.append(bytes(100))", "made", "exec")
def beside():
    kept.append(bytes(200))
for i in range(40000):
    codes.append(code.replace())
    exec(codes[-1])
    if i % 100 == 0:
        beside()
"""
        recording = Runner(AGENT, HOST, sys.executable).run(program, wanted=BYTES)
        self.assertEqual((recording.status, recording.stderr, recording.bad, recording.missed), (0, b"", [], 0))
        made = [id for id, code in recording.codes.items() if code.file == b"made"]
        self.assertEqual(len(made), 1)
        self.assertEqual(len([code for code in recording.codes.values() if code.short == "beside"]), 1)
        blocks = {site["code"]: site["blocks"] for site in recording.sites if site["of"] == 1 and not site["shared"]}
        self.assertGreaterEqual(blocks[made[0]], 40000)

    def test_lambdas_and_comprehensions(self):
        program = """kept = []
makers = [lambda: b"x" * (2 << 20), lambda: b"x" * (3 << 20),
          lambda: (
              b"x" * (4 << 20))]
for make in makers: kept.append(make())
kept.append(sorted(b"x" * ((5 << 20) + i) for i in range(2)))
kept.append(eval("b'x' * (6 << 20)"))
"""
        for wanted in BOTH:
            recording = self.run_program(program, wanted)
            sums = collections.Counter()
            for (file, name, line), size in rises(recording).items():
                sums[name, line] += size
            # Two on one line are two functions of one name.
            self.check_rise(sums, ("<lambda>", 2), 5 * MIB)
            self.check_rise(sums, ("<lambda>", 4), 4 * MIB)
            self.check_rise(sums, ("<genexpr>", 6), 10 * MIB)
            # Those on one line differ by their columns, where line tables have some.
            lambdas = {code for event in recording.events for code, _ in event["frames"] if recording.codes[code].short == "<lambda>"}
            self.assertEqual(len(lambdas), 3 if sys.version_info >= (3, 11) else 2)
            # Names of one line that no file has.
            self.assertLess(abs(sum(size for (file, name, line), size in rises(recording).items() if file == b"<string>") - 6 * MIB), 0.6 * MIB)

    def test_file_names(self):
        """Long ones, those that are no UTF-8, with blanks and newlines, and none at all: each is told as it is."""
        program = """
import os
names = ["/" + "d" * 3000 + ".py", "", " ", "a\\nb.py", "<frozen \\u6b65>", os.fsdecode(b"/\\xff\\xfe\\x80.py"), "/" + "\\u00e9" * 1500]
kept = []
for i, name in enumerate(names):
    space = {}
    exec(compile("def grow():\\n    return b'x' * (%d << 20)" % (i + 2), name, "exec"), space)
    kept.append(space["grow"]())
"""
        names = [b"/" + b"d" * 3000 + b".py", b"", b" ", b"a\nb.py", "<frozen \u6b65>".encode(), b"/\xff\xfe\x80.py", b"/" + "\u00e9".encode() * 1500]
        for wanted in BOTH:
            sums = rises(self.run_program(program, wanted, environment={"PYTHONUTF8": "1"}))
            for i, name in enumerate(names):
                self.check_rise(sums, (name, "grow", 2), (i + 2) * MIB)

    def test_replaced_code(self):
        """A function that is given another code object is another function."""
        program = """
def first(): return b"x" * (3 << 20)
def second(): return b"x" * (5 << 20)
kept = [first()]
first.__code__ = second.__code__
kept.append(first())
first.__code__ = first.__code__.replace(co_name="third", co_firstlineno=100)
kept.append(first())
"""
        for wanted in BOTH:
            recording = self.run_program(program, wanted)
            sums = collections.Counter()
            for (file, name, line), size in rises(recording).items():
                sums[name if line < 100 else "third"] += size
            self.check_rise(sums, "first", 3 * MIB)
            self.check_rise(sums, "second", 5 * MIB)
            self.check_rise(sums, "third", 5 * MIB)


if __name__ == "__main__":
    unittest.main()
