"""What the helper may do, and has others do for it: `pagetide-helper grant`, asked as the helper asks it, and the helper that uses it.

PAGETIDE_HELPER, PAGETIDE_AGENT and PAGETIDE_NO_PERF name the programs.  What needs rights that this user has not is skipped, and says so.
"""
import array
import errno
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "pyext"))
import frames  # noqa: E402

HELPER = os.environ["PAGETIDE_HELPER"]
NO_PERF = os.environ["PAGETIDE_NO_PERF"]
MAX = 64
REQUEST = struct.Struct(f"<IIQQI{MAX}I4x")
ANSWER = struct.Struct(f"<IiI{MAX}I")
REQUEST_MAGIC, ANSWER_MAGIC = 0x31515254, 0x31415254
NOBODY = 65534
GROW = "import select\nwhile not select.select([0], [], [], 0)[0]:\n    bytearray(1 << 20)\n"
GROW_OUTSIDE = "mmap.mmap(-1, 1 << 20).write(bytes(1 << 20))"


def start_ticks(pid):
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[19])


class Granter:
    """One that serves us; ENVIRONMENT is added to its own."""

    def __init__(self, command=(HELPER, "grant"), **environment):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE, env=dict(os.environ, **environment))
        theirs.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.socket.close()
        self.process.communicate(timeout=60)

    def ask(self, pid, tids, ticks=None, magic=REQUEST_MAGIC, period=8, n=None):
        padded = list(tids)[:MAX] + [0] * (MAX - len(tids))
        self.socket.send(REQUEST.pack(magic, pid, start_ticks(pid) if ticks is None else ticks, period, len(tids) if n is None else n, *padded))
        data, control, _, _ = self.socket.recvmsg(ANSWER.size, socket.CMSG_SPACE(4 * MAX))
        magic, error, count, *granted = ANSWER.unpack(data)
        fds = array.array("i")
        for _, _, part in control:
            fds.frombytes(part)
        for fd in fds:
            os.close(fd)
        assert magic == ANSWER_MAGIC and len(fds) == count, (magic, count, fds)
        return error, granted[:count]


def need_events(test):
    """Skips TEST where nobody can give what it asks for."""
    with Granter() as granter:
        error, _ = granter.ask(os.getpid(), [os.getpid()])
    if error in (errno.EACCES, errno.EPERM, errno.ENOSYS, errno.EINVAL):
        test.skipTest(f"this system lets us open no page-fault events: {os.strerror(error)}")


class GrantToNobody(unittest.TestCase):
    def test_no_socket(self):
        result = subprocess.run([HELPER, "grant"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"no socket", result.stderr)


class Grant(unittest.TestCase):
    def setUp(self):
        need_events(self)

    def test_threads(self):
        end = threading.Event()
        threads = [threading.Thread(target=end.wait) for _ in range(5)]
        for thread in threads:
            thread.start()
        tids = [int(name) for name in os.listdir("/proc/self/task")]
        try:
            with Granter() as granter:
                # Twice: it serves until nobody asks any more.
                for _ in range(2):
                    self.assertEqual(granter.ask(os.getpid(), tids), (0, tids))
                # One that is not ours is left out.
                self.assertEqual(granter.ask(os.getpid(), [1, tids[0]]), (0, [tids[0]]))
        finally:
            end.set()
            for thread in threads:
                thread.join()
        self.assertEqual(granter.process.returncode, 0)

    def test_hostile(self):
        with Granter() as granter:
            own = [os.getpid()]
            self.assertEqual(granter.ask(os.getpid(), own, ticks=1), (errno.EPERM, []))
            self.assertEqual(granter.ask(os.getpid(), own, magic=7), (errno.EINVAL, []))
            self.assertEqual(granter.ask(os.getpid(), own, period=0), (errno.EINVAL, []))
            self.assertEqual(granter.ask(os.getpid(), own, n=MAX + 1), (errno.EINVAL, []))
            self.assertEqual(granter.ask(0, own, ticks=1), (errno.EINVAL, []))
            self.assertEqual(granter.ask(2 ** 32 - 1, own, ticks=1), (errno.EINVAL, []))
            self.assertEqual(granter.ask(2 ** 31 - 1, own, ticks=1), (errno.EPERM, []))
            granter.socket.send(b"no request")
            granter.process.wait(60)
        self.assertEqual(granter.process.returncode, 1)

    @unittest.skipUnless(os.getuid() == 0, "only root can be asked by others")
    def test_for_others(self):
        """As pkexec runs it: rights of root, and the word of who asks."""
        with Granter(PKEXEC_UID=str(NOBODY)) as granter:
            self.assertEqual(granter.ask(os.getpid(), [os.getpid()]), (errno.EPERM, []))
            theirs = subprocess.Popen(["sleep", "600"], user=NOBODY, group=NOBODY, extra_groups=[])
            try:
                self.assertEqual(granter.ask(theirs.pid, [theirs.pid]), (0, [theirs.pid]))
            finally:
                theirs.kill()
                theirs.wait()
        with Granter(PKEXEC_UID="root") as granter:
            granter.process.wait(60)
        self.assertEqual(granter.process.returncode, 1)


class Launched(unittest.TestCase):
    """The program itself is refused; its helper is not."""

    def record(self, *options, user=None, before=(), program=GROW):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            script = os.path.join(folder, "grow.py")
            with open(script, "w") as file:
                file.write(program)
            read, write = os.pipe()
            command = [*before, HELPER, "launch", "--frames", str(write), "--agent", os.environ["PAGETIDE_AGENT"], "--instruments", "7", *options,
                       "--", NO_PERF, sys.executable, script]
            kept = {} if user is None else {"user": user, "group": user, "extra_groups": []}
            process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[write], **kept)
            os.close(write)
            told = []
            with open(read, "rb") as stream:
                # It takes memory until we close its input.
                for kind, cursor in frames.each(stream):
                    if kind == frames.INSTRUMENT:
                        _, instrument, state = cursor.varint(), cursor.varint(), cursor.varint()
                        if instrument == frames.INSTRUMENTS["faults"]:
                            told.append((state, cursor.rest()))
                            if state == frames.ON:
                                process.stdin.close()
                    if kind == frames.MESSAGE:
                        told.append((None, cursor.rest()))
                        process.stdin.close()
            self.assertEqual(process.wait(60), 0)
            return told

    @unittest.skipUnless(os.getuid() == 0, "the helper has no rights that the program has not")
    def test_by_the_helper(self):
        need_events(self)
        # That it was refused first may have been over before the helper looked.
        self.assertEqual(self.record()[-1][0], 1)

    @unittest.skipUnless(os.getuid() == 0, "only root can be another user")
    def test_by_one_with_capabilities(self):
        need_events(self)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            granter = shutil.copy(HELPER, os.path.join(folder, "granter"))
            if shutil.which("setcap") is None or subprocess.run(["setcap", "cap_perfmon,cap_kill+ep", granter]).returncode != 0:
                self.skipTest("file capabilities cannot be set here")
            self.assertEqual(self.record("--opener", granter, "--opener", "grant", user=NOBODY)[-1][0], 1)

    @unittest.skipUnless(os.getuid() == 0, "only root can be another user")
    def test_refused(self):
        """Whoever was asked said no (pkexec's 126), or is not there."""
        for opener in ("false", "/nonexistent"):
            told = self.record("--opener", opener, user=NOBODY, before=[NO_PERF])
            self.assertTrue(any(b"permission was not given" in text for _, text in told), told)
            self.assertNotIn(1, [state for state, _ in told])

    @unittest.skipUnless(os.getuid() == 0, "only root can be another user")
    def test_unreadable(self):
        """A program that lets nobody look into it is measured all the same, and that is said."""
        hidden = "import ctypes, mmap\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\n" + GROW.replace("bytearray(1 << 20)", GROW_OUTSIDE)
        told = self.record("--instruments", "3", user=NOBODY, before=[NO_PERF], program=hidden)
        self.assertTrue(any(b"lets nobody look into it" in text for state, text in told if state is None), told)


if __name__ == "__main__":
    unittest.main(verbosity=1)
