"""The agent in every CPython that is found: who grew, by how much, on which line; and that no program notices.

Looks for interpreters in PATH, in /usr/bin, in pyenv's root, and in the list PAGETIDE_TEST_PYTHONS (separated by colons).  The agent and its host
program are named by PAGETIDE_AGENT and PAGETIDE_AGENT_HOST.
"""

import concurrent.futures
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from recording import ABSENT, ENDED, EVENTS, FAULT, FAULTS, OFF, ON, PAGE, PENDING, READY, REFUSED, START, STOPPED, Runner  # noqa: E402

MIB = 1 << 20
AGENT = os.path.abspath(os.environ.get("PAGETIDE_AGENT", "pagetide-agent.so"))
# Names the one interpreter that this process tests.
ONLY = "PAGETIDE_TEST_ONLY"
HOST = os.path.abspath(os.environ.get("PAGETIDE_AGENT_HOST", "agent-host"))

GROW = """
import json, os, sys

def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")

kept = {}

def small(n):
    return [str(i) * 4 for i in range(n)]

def block(n):
    return b"x" * n

def array(n):
    a = bytearray()
    for i in range(n >> 16):
        a += b"y" * 65536
    return a

def listing(n):
    a = []
    add = a.append
    for i in range(n):
        add(None)
    return a

class Thing:
    def method(self, n):
        return bytearray(b"z") * n

def release():
    kept.clear()

def measure(name, function, *arguments):
    before = rss()
    kept[name] = function(*arguments)
    truth[name] = rss() - before

truth = {}
measure("small", small, 150000)
measure("block", block, 12 << 20)
measure("array", array, 8 << 20)
measure("listing", listing, 1500000)
measure("method", Thing().method, 9 << 20)
before = rss()
release()
truth["release"] = rss() - before
print(json.dumps(truth))
"""

BLOCK = """
def grow():
    return b"x" * (8 << 20)
kept = grow()
print("done")
"""


def find_pythons():
    found, skipped = {}, []
    roots = [os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")]
    candidates = ["/usr/bin/python3"]
    candidates += sorted(path for root in roots for path in glob.glob(os.path.join(root, "versions/3.*/bin/python3")))
    # Last, since it may be a shim of pyenv: slower, and the interpreter behind it was found already.
    candidates += [*os.environ.get("PAGETIDE_TEST_PYTHONS", "").split(":"), shutil.which("python3")]
    program = "import sys, sysconfig; print(sys.hexversion, sysconfig.get_config_var('Py_GIL_DISABLED') or 0, sys.executable)"
    for path in filter(None, candidates):
        try:
            answer = subprocess.run([path, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
            version, no_gil, executable = answer.stdout.decode().split(None, 2)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            skipped.append((path, "does not run: %s" % error))
            continue
        key = (executable.strip(), version)
        if int(version) < 0x03080000:
            skipped.append((path, "older than 3.8"))
        elif int(no_gil):
            skipped.append((path, "free-threaded"))
        elif key not in found.values():
            found[path] = key
    return list(found), skipped


class AgentTests:
    """The cases; main() makes a test class of them for one interpreter."""

    python = None

    def setUp(self):
        self.runner = Runner(AGENT, HOST, self.python)

    def run_program(self, *args, status=0, state=ENDED, **kwargs):
        recording = self.runner.run(*args, **kwargs)
        self.assertEqual(recording.status, status, recording.stderr.decode("utf-8", "replace"))
        self.assertEqual(recording.end["state"], state)
        self.assertEqual(recording.bad, [])
        return recording

    def assert_near(self, value, truth, relative, absolute, what):
        self.assertLessEqual(abs(value - truth), max(abs(truth) * relative, absolute), "%s: %d instead of %d" % (what, value, truth))

    def faults_or_skip(self, recording):
        faults = recording.end["faults"]
        if faults["state"] == REFUSED:
            self.assertTrue(faults["reason"].endswith("."))
            self.skipTest(faults["reason"])

    def check_growth(self, recording, absolute):
        truth = json.loads(recording.stdout)
        total = recording.by_total()
        for name, size in truth.items():
            self.assert_near(total[name], size, 0.04, absolute, name)

    def test_growth_by_events(self):
        recording = self.run_program(GROW)
        self.assertEqual(recording.end["events"]["state"], ON)
        self.assertEqual(recording.end["lost"], 0)
        # What a function touched of its last arena is seen only when the next memory is taken.
        self.check_growth(recording, 1.3 * MIB)

    def test_growth_by_faults(self):
        recording = self.run_program(GROW, wanted=EVENTS | FAULTS)
        self.faults_or_skip(recording)
        self.assertIn(FAULT, {event["source"] for event in recording.events})
        self.check_growth(recording, 1.1 * MIB)

    def test_faults_alone(self):
        recording = self.run_program(BLOCK, wanted=FAULTS)
        self.faults_or_skip(recording)
        self.assertEqual(recording.end["events"]["state"], OFF)
        self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, "grow")

    def test_sum_is_the_account(self):
        recording = self.run_program(GROW)
        first = recording.events[0]
        self.assertEqual((first["source"], first["frames"]), (START, []))
        self.assertGreater(first["delta"], 2 * MIB)
        self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)
        rss = 0
        for event in recording.events:
            rss += event["delta"]
            # The two parts of one look carry the same RSS.
            if rss != event["rss"] * PAGE:
                self.assertEqual(event["source"], PENDING)
        times = [event["time"] for event in recording.events]
        self.assertEqual(times, sorted(times))
        self.assertLess(recording.end["agent_bytes"], 5 * MIB)
        self.assertGreater(recording.end["hook_ns"], 0)
        self.assertEqual({event["tid"] for event in recording.events}, {first["tid"]})

    def test_file_function_and_line(self):
        # What the start of the interpreter touched last is charged at the first growth, which is the module's.
        recording = self.run_program(
            "import sys\n\n\ndef grow():\n    x = 1\n    kept.append(b'x' * (9 << 20))\n    kept.append(\n        b'y'\n        * (7 << 20))\n\n\n"
            "kept = [b'w' * (1 << 20)]\ngrow()\n")
        lines = recording.by_line("grow")
        self.assert_near(lines[6], 9 * MIB, 0.03, MIB / 4, "line 6")
        self.assert_near(lines[7] + lines[8] + lines[9], 7 * MIB, 0.03, MIB / 4, "lines 7 to 9")
        event = max(recording.events, key=lambda e: e["delta"] if [c.short for c in recording.stack(e)[:1]] == ["grow"] else 0)
        leaf, module = recording.stack(event)
        self.assertEqual((leaf.short, leaf.first_line, module.short), ("grow", 4, "<module>"))
        self.assertTrue(leaf.file.endswith(b"/program.py"))
        self.assertEqual(module.line(event["frames"][1][1]), 13)

    def test_ways_to_start(self):
        with_zip = "import zipfile, os\nwith zipfile.ZipFile('a.zip', 'w') as z:\n z.writestr('__main__.py', %r)\n" % BLOCK
        chain = with_zip + "import sys\nos.execv(sys.executable, [sys.executable, 'a.zip'])\n"
        for arguments, source, stdin in (
            (["-I"], BLOCK, None), (["-S"], BLOCK, None), (["-E", "-s", "-B", "-u"], BLOCK, None), (["-O", "-X", "importtime"], BLOCK, None),
            (["-c", BLOCK], None, None), (["-"], None, BLOCK.encode()), ([], None, BLOCK.encode()),
            (["-m", "timeit", "-n1", "-r1", "b'x' * (8 << 20)"], None, None),
        ):
            with self.subTest(arguments=arguments[:2]):
                recording = self.run_program(source, arguments=arguments, stdin=stdin)
                self.assertEqual(recording.end["events"]["state"], ON)
                rises = recording.by_self()
                self.assert_near(rises["grow"] or recording.by_total(lambda d: d > 0)["inner"], 8 * MIB, 0.05, 1.1 * MIB, arguments)
        # An exec of the program by itself is another program: the region is no longer its.
        self.assertEqual(self.run_program(chain, state=READY).stdout, b"done\n")

    def test_module_in_zip_and_directory(self):
        make = "import zipfile, os, sys\nz = zipfile.ZipFile(sys.argv[1] + '/a.zip', 'w')\nz.writestr('__main__.py', sys.argv[2])\nz.close()\n"
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run([sys.executable, "-c", make, directory, BLOCK], check=True)
            os.mkdir(os.path.join(directory, "d"))
            with open(os.path.join(directory, "d", "__main__.py"), "w") as stream:
                stream.write(BLOCK)
            for name in ("a.zip", "d"):
                recording = self.run_program(arguments=[os.path.join(directory, name)])
                self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, name)

    def test_virtual_environment(self):
        with open(self.python, "rb") as stream:
            if stream.read(4) != b"\x7fELF":
                self.skipTest("a wrapper: a link to it is no virtual environment")
        with tempfile.TemporaryDirectory() as directory:
            link = os.path.join(directory, "bin", "python3")
            os.mkdir(os.path.dirname(link))
            os.symlink(os.path.realpath(self.python), link)
            with open(os.path.join(directory, "pyvenv.cfg"), "w") as stream:
                stream.write("home = %s\n" % os.path.dirname(os.path.realpath(self.python)))
            recording = self.run_program("import sys\nassert sys.prefix != sys.base_prefix\n" + BLOCK, program=link)
            self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, "grow")

    def test_wrapper_passes_it_on(self):
        recording = self.run_program(program="/bin/sh", arguments=["-c", 'x=$(echo 1); exec "$0" "$@"', self.python, "-c", BLOCK])
        self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, "grow")

    def test_other_processes_are_left_alone(self):
        recording = self.run_program(program="/bin/sh", state=ABSENT, arguments=["-c", '"$0" "$@"; exit 3', self.python, "-c", BLOCK], status=3)
        self.assertEqual(recording.stdout, b"done\n")
        self.assertEqual(recording.events, [])

    def test_wrapper_starts_others_first(self):
        """One that asks a Python for something, and executes the one that is meant: the first sees nothing of us, the second is measured."""
        ask = "import os; print(sorted(k for k in os.environ if k == 'LD_PRELOAD' or k.startswith('PAGETIDE_')), flush=True)"
        saved = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("PAGETIDE_")}
        try:
            recording = self.run_program(program="/bin/sh", arguments=["-c", '"$0" -c "$1"; exec "$0" -c "$2"', self.python, ask, BLOCK])
        finally:
            os.environ.update(saved)
        self.assertEqual(recording.stdout, b"[]\ndone\n")
        self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, "grow")

    def test_environment_is_clean(self):
        program = """
import os, subprocess, sys
own = {k: v for k, v in os.environ.items() if k == "LD_PRELOAD" or k.startswith("PAGETIDE_")}
child = subprocess.run(["/usr/bin/env"], stdout=subprocess.PIPE).stdout.decode()
links = [os.readlink("/proc/self/fd/%d" % fd) for fd in range(3, 64) if os.path.exists("/proc/self/fd/%d" % fd)]
print([own, [l for l in child.splitlines() if "PRELOAD" in l or l.startswith("PAGETIDE_")], [l for l in links if "memfd" in l or "statm" in l]])
"""
        for before, want in ((None, []), ("libm.so.6", ["LD_PRELOAD=libm.so.6"])):
            environment = {k: v for k, v in (("LD_PRELOAD", before),) if v}
            # The tests themselves are told by such variables where the agent is.
            saved = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("PAGETIDE_")}
            try:
                recording = self.run_program(program, environment=environment)
            finally:
                os.environ.update(saved)
            own, child, links = eval(recording.stdout)
            self.assertEqual((own, child, links), ({"LD_PRELOAD": before} if before else {}, want, []))

    def test_threads(self):
        recording = self.run_program("""
import threading
kept = []
def grow_0(): kept.append([str(i) * 5 for i in range(160000)])
def grow_1(): kept.append(b"x" * (6 << 20))
def grow_2(): kept.append(bytearray(b"y") * (5 << 20))
turn = [threading.Thread(target=f) for f in (grow_0, grow_1, grow_2)]
for t in turn:
    t.start()
    t.join()
def churn():
    for i in range(300):
        b"z" * (200000 + i * 1000)
many = [threading.Thread(target=churn) for i in range(6)]
for t in many: t.start()
for t in many: t.join()
""")
        total = recording.by_total()
        self.assert_near(total["grow_1"], 6 * MIB, 0.05, 1.1 * MIB, "grow_1")
        self.assert_near(total["grow_2"], 5 * MIB, 0.05, 1.1 * MIB, "grow_2")
        # 13 MiB.  While it runs the main thread may ask for an arena, of 1 MiB from 3.10 on, which is then its own.
        self.assertGreater(total["grow_0"], 10 * MIB)
        tids = {event["tid"] for event in recording.events if "grow_1" in [c.short for c in recording.stack(event)]}
        self.assertEqual(len(tids), 1)
        self.assertNotEqual(tids, {recording.events[0]["tid"]})
        self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)

    def test_forked_child_is_left_alone(self):
        program = """
import os, sys
def child_only():
    return [b"x" * (3 << 20) for i in range(4)], [str(i) for i in range(50000)]
for i in range(5):
    pid = os.fork()
    if pid == 0:
        child_only()
        sys.exit(i)
    assert os.waitpid(pid, 0)[1] >> 8 == i
def parent_only():
    return b"x" * (5 << 20)
kept = parent_only()
"""
        for wanted in (EVENTS, EVENTS | FAULTS):
            recording = self.run_program(program, wanted=wanted)
            self.assertNotIn("child_only", recording.names())
            self.assert_near(recording.by_self()["parent_only"], 5 * MIB, 0.05, MIB / 2, "parent_only")
            self.assertEqual(len({event["tid"] for event in recording.events}), 1)

    def test_sudden_ends(self):
        for last, status in (("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", 137), ("os.abort()", 134)):
            recording = self.run_program(BLOCK + "import os\nmore = [b'x' * 300000 for i in range(3)]\n" + last, status=status, state=READY)
            self.assert_near(recording.by_self()["grow"], 8 * MIB, 0.05, 1.1 * MIB, last)

    def test_full_ring_blocks_nobody(self):
        recording = self.run_program(GROW, options=["--full"])
        self.assertEqual((recording.events, recording.codes), ([], {}))
        self.assertGreater(recording.end["lost"], 10)

    def test_stop_and_suspend(self):
        program = GROW + "import tracemalloc\nfor i in range(400):\n    x = block(300000)\n    y = len('a')\n    del x\n"
        recording = self.run_program(program, options=["--stop", "4"], state=STOPPED)
        self.assertEqual(recording.end["events"]["state"], OFF)
        self.assertEqual(recording.end["events"]["reason"], "")
        self.assertEqual(self.run_program(GROW, options=["--suspend"]).end["accounts"], 0)

    def test_audited_operations_cost_nothing(self):
        # With a hook in the list the interpreter makes a tuple of the arguments and calls it.
        program = """
import sys, time
def best(function):
    figures = []
    for i in range(60):
        start = time.perf_counter_ns()
        for j in range(500): function("x", 1, 2, 3)
        figures.append(time.perf_counter_ns() - start)
    return min(figures)
print(best(sys.audit))
"""
        hooked = "import sys\nsys.addaudithook(lambda *a: None)\n" + program
        bare = int(subprocess.run([self.python, "-c", program], stdout=subprocess.PIPE, check=True).stdout)
        self.assertLess(int(self.run_program(program).stdout), 2.5 * bare)
        self.assertGreater(int(subprocess.run([self.python, "-c", hooked], stdout=subprocess.PIPE, check=True).stdout), 2.5 * bare)

    def test_reused_code_addresses(self):
        # What the compiler touches is the module's.
        recording = self.run_program("""
exec("def made(): pass")
kept = b"w" * (1 << 20)
def run(i):
    space = {}
    exec("def made_%d():\\n    return b'x' * (2 << 20)\\n" % i, space)
    return space["made_%d" % i]()
kept = [run(i) for i in range(60)]
""")
        own = recording.by_self()
        for i in range(60):
            self.assert_near(own["made_%d" % i], 2 * MIB, 0.05, MIB / 4, "made_%d" % i)

    def test_names(self):
        names = ["a" * 3000, "caf\u00e9", "\u6b65\u884c", "\U00010400x", "b" * 10000]
        program = "# -*- coding: utf-8 -*-\nkept = []\nspace = {}\n"
        program += "file = '/x y\\n/\\udcff\\udc80caf\\xe9/\\u6b65\\ud800.py'\n"
        for name in names:
            program += "exec(compile('def %s():\\n return b\"x\" * (2 << 20)\\n', file, 'exec'), space)\nkept.append(space[%r]())\n" % (name, name)
        recording = self.run_program(program)
        found = {code.name: code.file for code in recording.codes.values() if code.file.startswith(b"/x")}
        file = b"/x y\n/\xff\x80caf\xc3\xa9/\xe6\xad\xa5\xef\xbf\xbd.py"
        self.assertEqual({name.encode()[:8192]: file for name in names}, found)

    def test_deep_stacks(self):
        recording = self.run_program("def deep(n):\n    return deep(n - 1) if n else b'x' * (4 << 20)\nkept = deep(300)\n")
        event = max(recording.events, key=lambda e: e["delta"] if e["frames"] else 0)
        self.assertEqual((len(event["frames"]), event["truncated"]), (128, 1))
        self.assertEqual({code.short for code in recording.stack(event)}, {"deep"})

    def test_generators_and_classes(self):
        recording = self.run_program("""
class Thing:
    def make(self):
        for i in range(3):
            yield b"x" * (2 << 20)
kept = sorted(Thing().make())
""")
        self.assert_near(recording.by_self()["make"], 6 * MIB, 0.05, MIB / 2, "make")
        names = [code.name for code in recording.codes.values() if code.short == "make"]
        self.assertEqual(names, [b"Thing.make" if int(recording.end["python"].split(".")[1]) >= 11 else b"make"])

    def test_sigtrap_users(self):
        program = BLOCK + """
import os, signal
seen = []
signal.signal(signal.SIGTRAP, signal.SIG_DFL)
default = [str(i) * 9 for i in range(60000)]
signal.signal(signal.SIGTRAP, lambda *a: seen.append(1))
handled = [str(i) * 9 for i in range(60000)]
os.kill(os.getpid(), signal.SIGTRAP)
more = [b"x" * 200000 for i in range(100)]
assert seen == [1], seen
signal.signal(signal.SIGTRAP, signal.SIG_IGN)
ignored = [str(i) * 9 for i in range(60000)]
os.kill(os.getpid(), signal.SIGTRAP)
signal.signal(signal.SIGTRAP, signal.SIG_DFL)
os.kill(os.getpid(), signal.SIGTRAP)
"""
        died = 128 + signal.SIGTRAP
        recording = self.run_program(program, wanted=EVENTS | FAULTS, status=died, state=READY)
        self.faults_or_skip(recording)
        self.assertEqual(recording.end["faults"]["state"], OFF)
        self.assertTrue(recording.end["faults"]["reason"].endswith("."))
        # A trap that is the program's own kills it as without us.
        self.run_program(BLOCK + "import os, signal\nos.kill(os.getpid(), signal.SIGTRAP)\n", wanted=FAULTS, status=died, state=READY)

    def test_blocked_signals_and_faulthandler(self):
        program = """
import faulthandler, signal, tracemalloc
faulthandler.enable()
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
a = [str(i) * 9 for i in range(60000)]
signal.pthread_sigmask(signal.SIG_UNBLOCK, set(signal.Signals))
tracemalloc.start(3)
b = [str(i) * 9 for i in range(20000)] + [b"x" * 300000 for i in range(30)]
tracemalloc.stop()
del a, b
"""
        self.run_program(program + BLOCK, wanted=EVENTS | FAULTS)
        self.run_program(program + "faulthandler._sigsegv()\n", wanted=EVENTS | FAULTS, state=READY, status=139)

    def test_signals_that_the_program_waits_for(self):
        """A program that blocks every signal and waits for them gets its own, and none of ours; neither does the next that it execs."""
        block = BLOCK + """
import os, signal, sys, threading
everything = set(range(1, signal.NSIG))
before = signal.pthread_sigmask(signal.SIG_BLOCK, everything)
assert signal.SIGTRAP not in before
assert signal.SIGTRAP in signal.pthread_sigmask(signal.SIG_BLOCK, [])
kept = [str(i) * 9 for i in range(60000)]
"""
        recording = self.run_program(block + """
assert signal.sigpending() == set(), signal.sigpending()
os.kill(os.getpid(), signal.SIGTERM)
assert signal.sigwait(everything) == signal.SIGTERM
def wait():
    more = [str(i) * 9 for i in range(60000)]
    os.kill(os.getpid(), signal.SIGTERM)
    assert signal.sigwait(everything) == signal.SIGTERM
    done.append(1)
done = []
thread = threading.Thread(target=wait)
thread.start()
thread.join()
assert done
# One that somebody sends is the program's, as ever; a thread that is about to end may have it in its hands for a moment, so that it is
# waited for.
os.kill(os.getpid(), signal.SIGTRAP)
assert signal.sigwait(everything) == signal.SIGTRAP
signal.pthread_sigmask(signal.SIG_SETMASK, before)
assert signal.SIGTRAP not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
""", wanted=EVENTS | FAULTS)
        self.faults_or_skip(recording)
        self.run_program(block + """
program = "import signal; assert not signal.sigpending(); signal.pthread_sigmask(signal.SIG_SETMASK, [])"
os.execv(sys.executable, [sys.executable, "-S", "-c", program])
""", wanted=EVENTS | FAULTS, state=READY)

    def test_threads_inherit_what_is_blocked(self):
        """A signal to the whole process goes to any thread that does not block it: those that live or end meanwhile must know that they do."""
        recording = self.run_program(BLOCK + """
import os, signal, sys, threading
everything = signal.valid_signals()
signal.pthread_sigmask(signal.SIG_BLOCK, everything)
go = True
def work():
    while go:
        b"x" * 3000000
def end():
    b"x" * 300000
workers = [threading.Thread(target=work) for i in range(3)]
for thread in workers:
    thread.start()
# The first one ends the instrument; all are the program's.
for i in range(30):
    for thread in [threading.Thread(target=end) for j in range(3)]:
        thread.start()
    os.kill(os.getpid(), signal.SIGTRAP)
    assert signal.sigwait(everything) == signal.SIGTRAP
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGTRAP)
    assert signal.sigpending() == {signal.SIGTRAP}
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
go = False
for thread in workers:
    thread.join()
# It believes so no longer, and dies of the next as it would without us.
signal.pthread_sigmask(signal.SIG_UNBLOCK, everything)
assert signal.SIGTRAP not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
os.kill(os.getpid(), signal.SIGTRAP)
""", wanted=EVENTS | FAULTS, state=READY, status=128 + signal.SIGTRAP)
        self.faults_or_skip(recording)

    def test_forked_child_blocks_what_it_believes(self):
        """The child of a program that has blocked all has no signals of ours, and its mask becomes real."""
        recording = self.run_program(BLOCK + """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
pid = os.fork()
if pid == 0:
    with open("/proc/self/status") as stream:
        mask = next(int(line.split()[1], 16) for line in stream if line.startswith("SigBlk:"))
    os._exit(0 if mask >> (signal.SIGTRAP - 1) & 1 else 1)
assert os.waitpid(pid, 0)[1] == 0
""", wanted=EVENTS | FAULTS)
        self.faults_or_skip(recording)

    def test_other_allocators(self):
        for environment, arguments in (({"PYTHONMALLOC": "debug"}, []), ({"PYTHONMALLOC": "malloc"}, []), ({}, ["-X", "dev"]),
                                       ({"PYTHONTRACEMALLOC": "1"}, []), ({"MALLOC_PERTURB_": "79"}, [])):
            with self.subTest(environment=environment, arguments=arguments):
                recording = self.run_program(GROW, environment=environment, arguments=arguments)
                truth = json.loads(recording.stdout)
                total = recording.by_total()
                for name in ("block", "method"):
                    self.assert_near(total[name], truth[name], 0.3, MIB, name)
                self.assertEqual(sum(event["delta"] for event in recording.events), recording.end["accounted"] * PAGE)
        # Here nothing but arenas and the domain RAW could be seen, and there are no arenas.
        self.run_program(GROW, environment={"PYTHONMALLOC": "malloc_debug"})

    def test_descriptors_that_the_program_takes(self):
        program = """
import os
os.closerange(3, 4096)
kept = [b"x" * 300000 for i in range(10)]
ours = os.open("/proc/self/cmdline", os.O_RDONLY)
before = os.read(ours, 4)
for fd in range(900, 1020):
    os.dup2(ours, fd)
def grow():
    return [b"x" * 300000 for i in range(20)]
more = grow()
def little():
    return [b"x" * 150000 for i in range(100)]
last = little()
for fd in range(900, 1020):
    assert os.lseek(fd, 0, os.SEEK_CUR) == 4 and os.fstat(fd).st_ino == os.fstat(ours).st_ino, fd
"""
        for wanted in (EVENTS, EVENTS | FAULTS):
            recording = self.run_program(program, wanted=wanted)
            self.assert_near(recording.by_total()["grow"], 6000000, 0.05, MIB / 2, "grow")
            self.assert_near(recording.by_total()["little"], 15000000, 0.05, MIB / 2, "little")
            self.assertNotEqual(recording.end["faults"]["state"], ON)

    def test_errno_and_output_are_untouched(self):
        recording = self.run_program(BLOCK, wanted=EVENTS | FAULTS)
        self.assertEqual((recording.stdout, recording.stderr), (b"done\n", b""))

    def test_silent_at_the_end(self):
        """What the agent would have the main thread do when the interpreter ends already."""
        recording = self.run_program(BLOCK + """
import atexit, signal
def last():
    signal.signal(signal.SIGTRAP, lambda *unused: None)
    kept.extend(bytearray(1 << 20) for i in range(200))
kept = []
atexit.register(last)
""", wanted=EVENTS | FAULTS)
        self.assertEqual((recording.stdout, recording.stderr), (b"done\n", b""))


def run_all(pythons):
    """Each interpreter in a process of its own, two at a time.  Gives whether all passed."""

    def run_one(path):
        command = [sys.executable, os.path.abspath(__file__), *sys.argv[1:]]
        return path, subprocess.run(command, env={**os.environ, ONLY: path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    passed = True
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, process in pool.map(run_one, pythons):
            print("== %s" % path)
            print(process.stdout.decode("utf-8", "replace"), flush=True)
            passed = passed and process.returncode == 0
    return passed


def main():
    if ONLY in os.environ:
        globals()["Agent"] = type("Agent", (AgentTests, unittest.TestCase), {"python": os.environ[ONLY]})
        unittest.main()
    pythons, skipped = find_pythons()
    for path, reason in skipped:
        print("skipped: %s: %s" % (path, reason))
    for path in pythons:
        print("testing: %s" % path, flush=True)
    if not pythons:
        sys.exit("There is no CPython to test.")
    sys.exit(0 if run_all(pythons) else 1)


if __name__ == "__main__":
    main()
