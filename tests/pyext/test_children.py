"""Processes that a program starts, followed: each is told of by itself, with its parent and its own growth; and not followed: nothing is.

Runs in each interpreter that it tests (everywhere.py), which is the one that is measured.  PAGETIDE, PAGETIDE_HELPER and PAGETIDE_AGENT name
the programs.
"""
import json
import os
import subprocess
import tempfile
import unittest

import outside

PAGETIDE = outside.find_program("PAGETIDE")
MIB = 1 << 20

FORK = """
import os, sys
def grow(mib):
    for i in range(mib):
        kept.append(b"x" * (1 << 20))
def wait(pid):
    assert os.waitpid(pid, 0)[0] == pid
kept = []
grow(3)
child = os.fork()
if child == 0:
    grow(7)
    grandchild = os.fork()
    if grandchild == 0:
        grow(12)
        os._exit(5)
    wait(grandchild)
    os._exit(0)
wait(child)
print(os.getpid(), child)
"""

# Each worker does one task alone: the barrier lets none take two.
POOL = """
import multiprocessing, os, sys, time
def grow(mib):
    kept = []
    for i in range(mib):
        kept.append(b"x" * (1 << 20))
    print(os.getpid(), mib, flush=True)
    barrier.wait()
    return kept
def work(mib):
    return len(grow(mib))
def begin(shared):
    global barrier
    barrier = shared
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    shared = context.Barrier(2)
    with context.Pool(2, begin, (shared,)) as pool:
        assert sorted(pool.map(work, [6, 11], 1)) == [6, 11]
        pool.close()
        pool.join()
"""

SUBPROCESS = """
import os, subprocess, sys
code = "import os\\nkept = []\\ndef grow():\\n  for i in range(9): kept.append(b'x' * (1 << 20))\\ngrow()\\nprint(os.getpid(), flush=True)\\nraise SystemExit(3)"
print(os.getpid(), flush=True)
assert subprocess.call([sys.executable, "-c", code]) == 3
assert subprocess.call(["/bin/sh", "-c", "exit 4"]) == 4
"""

CHAIN = """
import os, sys
def grow(mib):
    return [b"x" * (1 << 20) for i in range(mib)]
kept = grow(5)
print(os.getpid(), flush=True)
if len(sys.argv) == 1:
    os.execv(sys.executable, [sys.executable, __file__, "again"])
os.execv("/bin/sh", ["sh", "-c", "exit 6"])
"""

KILLED = """
import os, signal
def grow():
    for i in range(8):
        kept.append(b"x" * (1 << 20))
kept = []
child = os.fork()
if child == 0:
    grow()
    os.kill(os.getpid(), signal.SIGKILL)
assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
print(child)
"""

# What its daemons do: all descriptors are closed, and few may be opened again.
BARE = """
import os, resource
def grow():
    for i in range(8):
        kept.append(b"x" * (1 << 20))
kept = []
print(os.getpid(), flush=True)
child = os.fork()
if child == 0:
    os.closerange(0, 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    # The first free number is the program's.
    if os.open("/dev/null", os.O_RDWR) != 0 or os.dup(0) != 1:
        os._exit(1)
    grow()
    os._exit(9)
assert os.waitpid(child, 0)[1] >> 8 == 9
print(child)
"""

# Who forks is gone before what it forked gets to run, and with the first one the program is over.
DAEMON = """
import os
for i in range(2):
    if os.fork():
        os._exit(0)
"""

MANY = """
import os
for i in range(60):
    child = os.fork()
    if child == 0:
        os._exit(i % 4)
    assert os.waitpid(child, 0)[1] >> 8 == i % 4
"""

ALONE = """
import os, subprocess, sys
def descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd"))
child = os.fork()
if child == 0:
    kept = bytearray(9 << 20)
    print([name for name in os.environ if name in %r], flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
subprocess.check_call([sys.executable, "-c", "import os; print([name for name in os.environ if name in %r], flush=True)"])
print("done")
""" % ((("LD_PRELOAD", "PAGETIDE_REGION", "PAGETIDE_CHILDREN", "PAGETIDE_LD_PRELOAD", "PAGETIDE_ADDED"),) * 2)

# Children with an environment of their own: none, one with a list of its own, a long one in a thread with a small stack, and what is left when the
# program takes its own apart.
BARE_ENVIRONMENT = """
import os, subprocess, sys, threading
code = '''if True:
    import os, subprocess, sys
    kept = []
    def grow(mib):
        for i in range(mib):
            kept.append(b"x" * (1 << 20))
    grow(int(sys.argv[1]))
    print(os.getpid(), sys.argv[1], *sorted(name + "=" + value for name, value in os.environ.items() if name != "LC_CTYPE"), flush=True)
    if len(sys.argv) > 2:
        subprocess.check_call([sys.executable, "-c", sys.argv[2], "4"])
'''
command = [sys.executable, "-c", code]
subprocess.check_call(command + ["7", code], env={})
subprocess.check_call(command + ["5"], env={"A": "b c", "LD_PRELOAD": "libc.so.6"})
child = os.fork()
if child == 0:
    os.environ.clear()
    os.execv(sys.executable, command + ["8"])
assert os.waitpid(child, 0)[1] == 0
assert os.waitpid(os.posix_spawn(sys.executable, command + ["9"], {"A": ""}), 0)[1] == 0
threading.stack_size(131072)
thread = threading.Thread(target=subprocess.check_call, args=(command + ["6"],), kwargs={"env": {"V%d" % i: "" for i in range(900)}})
thread.start()
thread.join()
try:
    subprocess.call(["/nowhere"], env={})
except FileNotFoundError:
    print("none")
"""

# Children that are gone within some milliseconds.
SHORT = """
import os, subprocess, sys
code = "def f(i): return [i] * 100\\ndef child():\\n  kept = []\\n  for i in range(500): kept.append(f(i))\\nchild()\\nimport os; os._exit(0)"
for i in range(6):
    child = os.fork()
    if child == 0:
        exec(code)
    assert os.waitpid(child, 0)[1] == 0
for i in range(3):
    subprocess.check_call([sys.executable, "-c", code])
"""

UNSEEN = """
import os, subprocess, sys
subprocess.check_call(["/usr/bin/env", "-i", sys.executable, "-c", "print('seen', flush=True)"])
"""


@unittest.skipUnless(PAGETIDE, "PAGETIDE names no program that runs here")
class Children(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="pagetide-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "run.pagetide")

    def test_instruments(self):
        """What is on in the program is on in its children: each starts there, and none harms them."""
        for name in ("calls", "lines", "bytes", "bytes-sampled", "gc"):
            with self.subTest(name):
                parent, child = map(int, self.record(FORK, options=("--children", "--instruments", "events," + name)).split())
                rows = {row["pid"]: row for row in self.rows("summary")}
                self.assertEqual(len(rows), 3)
                self.assertIn(name, rows[parent]["instruments"])
                self.assertIn(name, rows[child]["instruments"])

    def test_short(self):
        """Nothing of what they did is missing: the memory for it is there when they come."""
        for name, key, least, most in (("calls", "calls", 500, 500), ("lines", "calls", 500, 500), ("bytes", "allocations", 920, 1600)):
            with self.subTest(name):
                self.record(SHORT, options=("--children", "--instruments", "events," + name))
                parent, *children = self.rows("summary")
                self.assertEqual(len(children), 9)
                for child in children:
                    self.assertEqual(child["lost"], 0)
                    self.assertIn(name, child["instruments"])
                    rows = self.rows("functions", "--pid", str(child["pid"]))
                    (figure,) = [row[key] for row in rows if row["function"] == "f"]
                    self.assertTrue(least <= figure <= most, figure)

    def record(self, source, *arguments, options=("--children",), status=0):
        """What the program printed."""
        script = os.path.join(self.folder, "program.py")
        with open(script, "w") as stream:
            stream.write(source)
        result = subprocess.run([PAGETIDE, "record", "-o", self.path, *options, "--python", outside.PYTHON, script, *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual((result.returncode, result.stderr), (status, b""))
        return result.stdout.decode()

    def rows(self, view, *options):
        text = subprocess.check_output([PAGETIDE, "report", self.path, "--view", view, "--format", "json", *options])
        return json.loads(text.decode())["rows"]

    def processes(self):
        return {row["pid"]: row for row in self.rows("processes")}

    def assert_grown(self, pid, function, mib):
        """Of the process PID, that function kept MIB: by itself."""
        net = sum(row["rss_self"] for row in self.rows("functions", "--pid", str(pid)) if function in row["function"])
        self.assertAlmostEqual(net, mib * MIB, delta=1.5 * MIB)

    def assert_exact(self):
        """Of each process, all that was charged is all that it had."""
        for row in self.rows("summary"):
            self.assertEqual(row["lost"], 0)
            charged = row["before_measuring"] + row["attributed"] + row["shutdown"]
            self.assertEqual(charged - row["shutdown"], row["rss_end"], row)

    def test_fork(self):
        parent, child = map(int, self.record(FORK).split())
        processes = self.processes()
        self.assertEqual(len(processes), 3)
        (grandchild,) = set(processes) - {parent, child}
        self.assertEqual(processes[child]["parent_pid"], parent)
        self.assertEqual(processes[grandchild]["parent_pid"], child)
        self.assert_grown(parent, "grow", 3)
        self.assert_grown(child, "grow", 7)
        self.assert_grown(grandchild, "grow", 12)
        self.assertEqual(processes[grandchild]["exit"] in ("exited", "unknown"), True)
        if processes[grandchild]["exit"] == "exited":
            self.assertEqual(processes[grandchild]["exit_status"], 5)
        self.assertGreaterEqual(processes[grandchild]["t"], processes[parent]["t"])
        self.assert_exact()

    def pool(self, method):
        workers = dict(map(int, line.split()) for line in self.record(POOL, method).splitlines())
        self.assertEqual(sorted(workers.values()), [6, 11])
        processes = self.processes()
        for pid, mib in workers.items():
            self.assertIn(pid, processes)
            # Of a worker that was gone before anybody looked, the command line is not known.
            name = "program.py" if method == "fork" else "multiprocessing"
            self.assertIn(name, " ".join(processes[pid]["argv"] or [name]))
            peak = processes[pid]["rss_peak"]
            self.assertGreater(peak, mib * MIB)
            rises = sum(row["rss_rise"] for row in self.rows("functions", "--pid", str(pid)) if "grow" in row["function"])
            self.assertAlmostEqual(rises, mib * MIB, delta=1.5 * MIB)

    def test_pool_fork(self):
        self.pool("fork")

    def test_pool_forkserver(self):
        self.pool("forkserver")

    def test_pool_spawn(self):
        self.pool("spawn")

    def test_subprocess(self):
        parent, child = map(int, self.record(SUBPROCESS).split())
        processes = self.processes()
        self.assertEqual(set(processes), {parent, child})
        self.assertEqual(processes[child]["parent_pid"], parent)
        # Of a child that was gone before anybody looked, the command line is not known.
        self.assertIn((processes[child]["argv"] or [None, "-c"])[1], ("-c",))
        self.assert_grown(child, "grow", 9)
        self.assert_exact()

    def test_exec_chain(self):
        pids = set(map(int, self.record(CHAIN, status=6).split()))
        self.assertEqual(len(pids), 1)
        rows = self.rows("processes")
        self.assertEqual([row["pid"] for row in rows], list(pids) * 2)
        self.assertEqual([(row["exit"], row["exit_status"]) for row in rows], [("executed", None)] * 2)

    def test_exec_failed(self):
        """Who could not become another program is still himself."""
        self.record("import os\ntry:\n  os.execv('/nowhere', ['/nowhere'])\nexcept OSError:\n  os._exit(7)", status=7)
        (row,) = self.rows("processes")
        self.assertEqual((row["exit"], row["exit_status"]), ("exited", 7))

    def test_exec_not_followed(self):
        self.record(CHAIN, status=6, options=())
        (row,) = self.rows("processes")
        self.assertEqual((row["exit"], row["exit_status"]), ("executed", None))

    def test_killed(self):
        child = int(self.record(KILLED))
        self.assertIn(child, self.processes())
        self.assert_grown(child, "grow", 8)

    def test_without_descriptors(self):
        parent, child = map(int, self.record(BARE).split())
        self.assertEqual(set(self.processes()), {parent, child})
        self.assert_grown(child, "grow", 8)

    def test_daemon(self):
        self.record(DAEMON)
        rows = self.rows("processes")
        self.assertEqual(len(rows), 3)
        self.assertEqual([row["parent_pid"] for row in rows[1:]], [row["pid"] for row in rows[:2]])

    def test_many(self):
        self.record(MANY)
        rows = self.rows("processes")
        # So many regions are offered at the start; a helper that does not get to offer more in time misses some.
        self.assertGreaterEqual(len(rows), 33)
        self.assertLessEqual(len(rows), 61)

    def test_left_alone(self):
        self.assertEqual(self.record(ALONE, options=()).splitlines(), ["[]", "[]", "done"])
        self.assertEqual(len(self.rows("processes")), 1)

    def test_own_environment(self):
        """They are followed, and see the environment that they were given."""
        *lines, end = self.record(BARE_ENVIRONMENT).splitlines()
        self.assertEqual(end, "none")
        lines = [line.split(" ") for line in lines]
        self.assertEqual([line[1] for line in lines], ["7", "4", "5", "8", "9", "6"])
        self.assertEqual([line[2:] for line in lines[:3]], [[], [], ["A=b", "c", "LD_PRELOAD=libc.so.6"]])
        self.assertEqual([line[2:] for line in lines[3:5]], [[], ["A="]])
        self.assertEqual(len(lines[5][2:]), 900)
        self.assertEqual(len(self.processes()), 7)
        for pid, mib in (map(int, line[:2]) for line in lines):
            self.assert_grown(pid, "grow", mib)

    def test_own_environment_not_followed(self):
        lines = [line.split(" ")[2:] for line in self.record(BARE_ENVIRONMENT, options=()).splitlines()]
        self.assertEqual(lines[:3], [[], [], ["A=b", "c", "LD_PRELOAD=libc.so.6"]])
        self.assertEqual(len(self.rows("processes")), 1)

    def test_without_environment(self):
        """A child that is given no way to us runs unmeasured."""
        self.assertEqual(self.record(UNSEEN), "seen\n")


if __name__ == "__main__":
    unittest.main()
