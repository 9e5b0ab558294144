"""Programs that use the same doors as we do: profilers, tracers, debuggers, handlers of signals, tracemalloc.  Each does, under each set of
instruments, what it does bare; where that is at the cost of an instrument, its state says so in words; and a stop puts everything back.

Runs in each interpreter that it tests (everywhere.py), which is the one that runs the programs.
"""
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import frames  # noqa: E402
from recording import EVENTS, FAULTS, STOPPED, Runner  # noqa: E402

AGENT, HOST = (os.path.abspath(os.environ.get(name, "")) for name in ("PAGETIDE_AGENT", "PAGETIDE_AGENT_HOST"))
SETS = (("events", "faults"), ("events", "calls"), ("lines", "gc"), ("events", "bytes"), ("events", "bytes_sampled"))

COMMON = """
import os, signal, sys, threading
def work(n):
    total = 0
    for i in range(n):
        total += i
    kept.append(b"x" * 400000)
    return total
def outer():
    try:
        return work(3) + len(inner("a"))
    except KeyError:
        return 0
def inner(key):
    if key:
        raise KeyError(key)
kept = []
"""

PROGRAMS = {
    "setprofile": """
seen = []
def profile(frame, event, argument):
    if frame.f_code.co_filename == __file__ and frame.f_code.co_name != "<module>":
        seen.append((event, frame.f_code.co_name, getattr(argument, "__name__", argument)))
sys.setprofile(profile)
outer()
assert sys.getprofile() is profile
sys.setprofile(None)
outer()
assert sys.getprofile() is None and sys.gettrace() is None
print(seen)
""",
    "settrace": """
seen = []
def trace(frame, event, argument):
    if frame.f_code.co_filename == __file__:
        seen.append((event, frame.f_code.co_name, frame.f_lineno))
        return trace
sys.settrace(trace)
outer()
assert sys.gettrace() is trace
sys.settrace(None)
outer()
print(seen)
""",
    "threads": """
seen = []
def profile(frame, event, argument):
    if frame.f_code.co_name == "work":
        seen.append(event)
def trace(frame, event, argument):
    if frame.f_code.co_name == "work":
        seen.append((event, frame.f_lineno))
        return trace
for install, function in ((threading.setprofile, profile), (threading.settrace, trace)):
    install(function)
    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()
    install(None)
thread = threading.Thread(target=outer)
thread.start()
thread.join()
print(seen)
""",
    "monitoring": """
monitoring = getattr(sys, "monitoring", None)
if monitoring:
    seen = []
    E = monitoring.events
    for tool in (monitoring.DEBUGGER_ID, monitoring.COVERAGE_ID, monitoring.PROFILER_ID, monitoring.OPTIMIZER_ID):
        monitoring.use_tool_id(tool, "mine")
        for event in (E.PY_START, E.PY_RETURN):
            def callback(code, *arguments, tool=tool, event=event):
                if code.co_name in ("outer", "inner", "work"):
                    seen.append((tool, event, code.co_name))
            monitoring.register_callback(tool, event, callback)
        monitoring.set_events(tool, E.PY_START | E.PY_RETURN)
        outer()
        monitoring.set_events(tool, 0)
    monitoring.set_local_events(monitoring.COVERAGE_ID, work.__code__, E.LINE)
    monitoring.register_callback(monitoring.COVERAGE_ID, E.LINE, lambda code, line: seen.append(line) or monitoring.DISABLE)
    outer()
    outer()
    monitoring.restart_events()
    outer()
    for tool in (0, 1, 2, 5):
        assert monitoring.get_tool(tool) == "mine"
        monitoring.free_tool_id(tool)
        assert monitoring.get_tool(tool) is None
    outer()
    print(seen)
""",
    # Whoever looks at all places, and takes each of them, finds what there is without us.
    "places": """
monitoring = getattr(sys, "monitoring", None)
if monitoring:
    E = monitoring.events
    def look():
        print([(monitoring.get_tool(tool), monitoring.get_events(tool)) for tool in range(6)], monitoring._all_events())
    def note(code, *arguments):
        if code.co_name in ("outer", "inner", "work"):
            seen.append(code.co_name)
    look()
    for tool in (4, 3, 4, 5, 0, 1, 2):
        seen = []
        for change in (lambda: monitoring.set_events(tool, E.CALL), lambda: monitoring.set_local_events(tool, work.__code__, E.LINE)):
            try:
                change()
            except ValueError as error:
                print(error)
        print(monitoring.get_local_events(tool, work.__code__), monitoring.register_callback(tool, E.PY_START, note))
        monitoring.use_tool_id(tool, "mine")
        monitoring.set_events(tool, E.PY_START)
        look()
        outer()
        print(seen)
        monitoring.set_events(tool, 0)
        print(monitoring.register_callback(tool, E.PY_START, None) is note)
        monitoring.free_tool_id(tool)
        monitoring.free_tool_id(tool)
    seen = []
    for tool in range(6):
        monitoring.use_tool_id(tool, "all")
        monitoring.register_callback(tool, E.PY_RETURN, note)
        monitoring.set_events(tool, E.PY_RETURN)
    outer()
    look()
    for tool in range(6):
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)
    look()
    print(seen)
    for wrong in (6, -1, "4", 1 << 70):
        try:
            monitoring.get_tool(wrong)
        except (ValueError, TypeError, OverflowError) as error:
            print(type(error), error)
""",
    # The call that begins to listen is not told to have returned.
    "beginning": """
import profile, warnings
warnings.simplefilter("ignore")
profiler = profile.Profile()
profiler.runcall(outer)
profiler.create_stats()
print(sorted((key[2], value[0]) for key, value in profiler.stats.items()))
seen = []
def note(frame, event, argument):
    if frame.f_code.co_filename == __file__:
        seen.append((event, getattr(argument, "__name__", None)))
for begin in (sys.setprofile, getattr(sys, "_setprofileallthreads", sys.setprofile)):
    begin(note)
    len("a")
    begin(note)
    begin(None)
try:
    sys.setprofile()
except TypeError as error:
    print(error)
print(seen)
monitoring = getattr(sys, "monitoring", None)
if monitoring:
    E, seen = monitoring.events, []
    monitoring.use_tool_id(monitoring.PROFILER_ID, "mine")
    for name in ("CALL", "C_RETURN", "C_RAISE"):
        def callback(code, offset, callee, argument, name=name):
            if code.co_filename == __file__:
                seen.append((name, callee.__name__))
        monitoring.register_callback(monitoring.PROFILER_ID, getattr(E, name), callback)
    for events in (E.CALL, E.CALL | E.C_RETURN | E.C_RAISE, E.CALL | E.PY_START, E.PY_RETURN, E.C_RETURN, E.CALL | E.C_RETURN, -1, 1 << 70, "x"):
        try:
            monitoring.set_events(monitoring.PROFILER_ID, events)
            print(monitoring.get_events(monitoring.PROFILER_ID))
            len("a")
            int("x")
        except (ValueError, TypeError, OverflowError) as error:
            print(error)
        monitoring.set_events(monitoring.PROFILER_ID, monitoring.get_events(monitoring.PROFILER_ID))
        monitoring.set_events(monitoring.PROFILER_ID, 0)
    list(map(monitoring.set_events, [monitoring.PROFILER_ID], [E.CALL]))
    len("a")
    monitoring.set_events(monitoring.PROFILER_ID, 0)
    monitoring.free_tool_id(monitoring.PROFILER_ID)
    try:
        monitoring.set_events(monitoring.PROFILER_ID, E.CALL)
    except ValueError as error:
        print(error)
    print(seen)
""",
    # Modules written in C may tell events of objects that are no code.
    "codelike": """
import ctypes
class State(ctypes.Structure):
    _fields_ = [("active", ctypes.c_uint8), ("opaque", ctypes.c_uint8)]
enter = getattr(ctypes.pythonapi, "PyMonitoring_EnterScope", None)
if enter:
    kinds = bytes([0, 1, 2, 4, 5])
    states, version = (State * len(kinds))(), ctypes.c_uint64()
    enter.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ssize_t]
    enter(states, ctypes.byref(version), kinds, len(kinds))
    like = ctypes.py_object("like code")
    for number in range(50):
        for state, name, rest in zip(states, ("PyStart", "PyResume", "PyReturn", "Call", "Line"),
                                     ((), (), (ctypes.py_object(3),), (ctypes.py_object(len), ctypes.py_object("a")), (ctypes.c_int(7),))):
            if state.active:
                getattr(ctypes.pythonapi, "_PyMonitoring_Fire%sEvent" % name)(ctypes.byref(state), like, ctypes.c_int32(number), *rest)
    ctypes.pythonapi.PyMonitoring_ExitScope()
print(outer())
""",
    "tracemalloc": """
import tracemalloc
before = tracemalloc.is_tracing()
tracemalloc.start(3)
line = sys._getframe().f_lineno
block = b"x" * 3000000
size, peak = tracemalloc.get_traced_memory()
print(before, size > 3000000, size < 3100000, tracemalloc.get_object_traceback(block)[0].lineno - line)
snapshot = tracemalloc.take_snapshot()
print(max(statistic.size for statistic in snapshot.statistics("lineno")) >= 3000000)
tracemalloc.stop()
tracemalloc.start()
again = [str(i) * 9 for i in range(20000)]
print(tracemalloc.get_traced_memory()[0] > 1000000)
tracemalloc.stop()
""",
    "faulthandler": """
import faulthandler
faulthandler.enable(sys.stdout)
faulthandler.register(signal.SIGUSR1, sys.stdout, all_threads=False)
def deep(n):
    if n: deep(n - 1)
    else: os.kill(os.getpid(), signal.SIGUSR1)
deep(5)
faulthandler.dump_traceback_later(1000)
faulthandler.cancel_dump_traceback_later()
work(5)
faulthandler._sigsegv()
""",
    "signals": """
seen = []
def handle(number, frame):
    seen.append((signal.Signals(number).name, frame.f_code.co_name if frame else None))
for number in (signal.SIGTRAP, signal.SIGSEGV, signal.SIGURG, signal.SIGPROF, signal.SIGUSR1, signal.SIGCHLD, signal.SIGALRM):
    before = signal.signal(number, handle)
    # That of SIGURG may be ours, which gives way.
    assert before == signal.SIG_DFL or number == signal.SIGURG, (number, before)
    assert signal.getsignal(number) is handle
def send(number):
    os.kill(os.getpid(), number)
for number in (signal.SIGTRAP, signal.SIGSEGV, signal.SIGURG, signal.SIGPROF, signal.SIGUSR1):
    send(number)
    work(3)
print(seen)
for number in (signal.SIGTRAP, signal.SIGSEGV, signal.SIGURG, signal.SIGPROF):
    assert signal.signal(number, signal.SIG_DFL) is handle
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGURG, signal.SIGUSR1})
send(signal.SIGUSR1)
send(signal.SIGURG)
print(sorted(signal.sigpending()))
print(signal.sigwait({signal.SIGURG}), signal.sigwait({signal.SIGUSR1}))
""",
    "coverage": """
import coverage
measured = coverage.Coverage(data_file=None, config_file=False, branch=True)
measured.start()
import fractions, textwrap
textwrap.wrap("some words " * 20, 30)
outer()
threads = [threading.Thread(target=outer) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
measured.stop()
data = measured.get_data()
print({os.path.basename(path): (sorted(data.lines(path)), sorted(data.arcs(path))) for path in sorted(data.measured_files())})
""",
    "trace_of_lines": """
import collections
lines = collections.defaultdict(set)
def trace(frame, event, argument):
    if event == "line":
        lines[os.path.basename(frame.f_code.co_filename)].add(frame.f_lineno)
    return trace
import fractions, textwrap
sys.settrace(trace)
threading.settrace(trace)
textwrap.wrap("some words " * 20, 30)
fractions.Fraction(3, 9) + 1
outer()
threads = [threading.Thread(target=outer) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.settrace(None)
print({name: sorted(lines[name]) for name in ("fractions.py", "textwrap.py", "program.py")})
""",
    "cprofile": """
import cProfile, pstats
profile = cProfile.Profile()
profile.enable()
for i in range(10): outer()
profile.disable()
counts = {key[2]: value[:2] for key, value in pstats.Stats(profile).stats.items()}
print([counts[name] for name in ("outer", "inner", "work", "<built-in method builtins.len>") if name in counts])
""",
    "gc": """
import gc
seen = []
def callback(phase, info):
    seen.append((phase, info["generation"]))
gc.disable()
gc.callbacks.append(callback)
for generation in (0, 1, 2):
    cycle = []
    cycle.append(cycle)
    del cycle
    assert gc.collect(generation) >= 1
gc.callbacks.remove(callback)
print(seen, gc.garbage, gc.get_debug(), gc.get_freeze_count(), gc.isenabled())
""",
}

# Modules that are not of the standard library.
NEEDED = {"coverage": "coverage"}

PDB = ["b inner", "c", "where", "p key", "up", "p 1 + 1", "s", "n", "r", "cl 1", "c", "q"]


class Politeness(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, source):
        path = os.path.join(self.folder, "program.py")
        with open(path, "w") as stream:
            stream.write(source)
        return path

    def normal(self, output):
        """Without addresses and numbers of threads."""
        return re.sub(rb"0x[0-9a-f]+", b"0x", output)

    def compare(self, arguments, stdin=b""):
        """The streams of a program that says the same under each set."""
        bare = subprocess.run([sys.executable, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expected = (bare.returncode if bare.returncode >= 0 else 128 - bare.returncode, self.normal(bare.stdout), self.normal(bare.stderr))
        for names in SETS:
            with self.subTest(instruments=names):
                outputs = [open(os.path.join(self.folder, name), "w+b") for name in ("in", "out", "err")]
                outputs[0].write(stdin)
                outputs[0].seek(0)
                stream = frames.run(sys.executable, arguments, names, stdin=outputs[0], stdout=outputs[1], stderr=outputs[2])
                texts = []
                for output in outputs[1:]:
                    output.seek(0)
                    texts.append(self.normal(output.read()))
                    output.close()
                outputs[0].close()
                self.assertEqual((stream.status, *texts), expected)
                yield names, stream

    def check_off(self, state):
        self.assertNotEqual(state.state, frames.ON, state)
        self.assertTrue(state.reason.endswith("."), state)

    def check_words(self, stream):
        """An instrument that is not on any more says why."""
        for bit, state in stream.instruments.items():
            if state.state != frames.ON:
                self.assertTrue(state.reason.endswith("."), (bit, state))

    def test_pdb(self):
        path = self.write(COMMON + "outer()\nprint(work(4))\n")
        for names, stream in self.compare(["-m", "pdb", path], "\n".join(PDB).encode()):
            self.check_words(stream)

    def test_words(self):
        """Who takes SIGTRAP for itself has no faults, and who takes the hook of a profiler has, up to 3.11, no calls: told in a sentence."""
        program = self.write(COMMON + "import time\nsignal.signal(signal.SIGTRAP, lambda *a: None)\nfor i in range(200):\n    work(3)\nsys.setprofile(lambda *a: None)\n"
                             "for i in range(200):\n    work(3)\n")
        for names, stream in list(self.compare([program])):
            if "faults" in names:
                self.check_off(stream.instruments[frames.INSTRUMENTS["faults"]])
            if "calls" in names and sys.version_info < (3, 12):
                self.check_off(stream.instruments[frames.INSTRUMENTS["calls"]])

    def test_read_only_functions(self):
        """Where the interpreter's own functions lie in memory that may not be written to, calls are refused, and nothing is harmed."""
        program = self.write(COMMON + """
import ctypes, mmap
agent = ctypes.PyDLL(None)
agent.pagetide_agent_request.argtypes = [ctypes.c_uint] * 3 + [ctypes.c_ulonglong] * 2
agent.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
# A builtin has the address of its PyMethodDef after its head.
method = ctypes.c_void_p.from_address(id(sys.setprofile) + 16).value
# It may lie on two.
page = method & ~(mmap.PAGESIZE - 1)
def ask(on, off):
    number = 0
    while not number:
        number = agent.pagetide_agent_request(on, off, 0, 0, 0)
    while not agent.pagetide_agent_settle(number):
        work(3)
states = []
for how in (mmap.PROT_READ, mmap.PROT_READ | mmap.PROT_WRITE):
    assert agent.mprotect(page, 2 * mmap.PAGESIZE, how) == 0
    ask(8, 0)
    outer()
    states.append(agent.pagetide_agent_get_state(8, None, 0))
    assert sys.getprofile() is None
    ask(0, 8)
print(states)
""")
        outputs = [open(os.path.join(self.folder, name), "w+b") for name in ("out", "err")]
        stream = frames.run(sys.executable, [program], ("events",), stdout=outputs[0], stderr=outputs[1])
        texts = []
        for output in outputs:
            output.seek(0)
            texts.append(output.read())
            output.close()
        self.assertEqual((stream.status, *texts), (0, b"[2, 1]\n", b""))

    def test_all_places_taken(self):
        """A program that takes all places of sys.monitoring has them, and we have no calls: told in a sentence."""
        program = self.write(COMMON + "for tool in range(6 if hasattr(sys, 'monitoring') else 0):\n    sys.monitoring.use_tool_id(tool, 'mine')\n"
                             "    print(sys.monitoring.get_tool(tool))\nfor i in range(200):\n    work(3)\n")
        for names, stream in list(self.compare([program])):
            if "calls" in names and sys.version_info >= (3, 12):
                self.check_off(stream.instruments[frames.INSTRUMENTS["calls"]])
            else:
                self.check_words(stream)

    def test_stop_restores_everything(self):
        """What a sitecustomize saw before there was an agent, the program sees again after its stop."""
        early = """
import ctypes, gc, os, signal, sys, threading
class Allocator(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]
class Arena(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "alloc", "free")]
class Action(ctypes.Structure):
    _fields_ = [("handler", ctypes.c_void_p), ("rest", ctypes.c_byte * 256)]
libc = ctypes.CDLL(None)
def snapshot():
    answer = {}
    for domain in range(3):
        allocator = Allocator()
        ctypes.pythonapi.PyMem_GetAllocator(domain, ctypes.byref(allocator))
        answer["domain %d" % domain] = [getattr(allocator, name) for name, _ in allocator._fields_]
    arena = Arena()
    ctypes.pythonapi.PyObject_GetArenaAllocator(ctypes.byref(arena))
    answer["arena"] = [arena.ctx, arena.alloc, arena.free]
    for number in range(1, 65):
        action = Action()
        if libc.sigaction(number, None, ctypes.byref(action)) == 0:
            answer["signal %d" % number] = action.handler
    answer["mask"] = sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))
    answer["hooks"] = [sys.getprofile(), sys.gettrace(), threading._profile_hook, threading._trace_hook, list(gc.callbacks)]
    if hasattr(sys, "monitoring"):
        answer["tools"] = [[sys.monitoring.get_tool(tool), sys.monitoring.get_tool(tool) and sys.monitoring.get_events(tool)] for tool in range(6)]
        builtins = [getattr(sys.monitoring, name) for name in dir(sys.monitoring)] + [sys.setprofile, sys._setprofileallthreads]
        # The second word of their methods: the function in C.
        answer["functions"] = [ctypes.c_void_p.from_address(ctypes.c_void_p.from_address(id(builtin) + 16).value + 8).value
                               for builtin in builtins if type(builtin) is type(len)]
    return answer
before = snapshot()
"""
        program = """
import sitecustomize
kept = []
# While it measures at least the allocators are others.
during = sitecustomize.snapshot()
while True:
    kept.append(b"x" * 200000)
    [i for i in range(10)]
    if len(kept) > 30:
        now = sitecustomize.snapshot()
        if now == sitecustomize.before:
            break
    if len(kept) == 1000:
        print({key: (sitecustomize.before[key], now[key]) for key in now if now[key] != sitecustomize.before[key]})
        break
print(during == sitecustomize.before)
"""
        with open(os.path.join(self.folder, "sitecustomize.py"), "w") as stream:
            stream.write(early)
        bits = {name: bit for name, bit in frames.INSTRUMENTS.items()}
        for names in (("events",), ("events", "faults"), ("events", "calls"), ("events", "lines"), ("events", "bytes"), ("events", "gc")):
            with self.subTest(names):
                recording = Runner(AGENT, HOST, sys.executable).run(program, wanted=sum(bits[name] for name in names), options=["--stop", "40"],
                                                                    environment={"PYTHONPATH": self.folder})
                self.assertEqual((recording.status, recording.stderr, recording.stdout), (0, b"", b"False\n"))
                self.assertEqual(recording.end["state"], STOPPED)


def make(name):
    def test(self):
        if name in NEEDED and importlib.util.find_spec(NEEDED[name]) is None:
            self.skipTest("The module %s is not here." % NEEDED[name])
        path = self.write(COMMON + PROGRAMS[name])
        for names, stream in self.compare([path]):
            self.check_words(stream)
    return test


for name in PROGRAMS:
    setattr(Politeness, "test_" + name, make(name))


if __name__ == "__main__":
    unittest.main()
