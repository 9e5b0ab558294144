"""Growth is charged to who asked for it, not to who runs when it is seen: on each CPython found."""
import os
import subprocess
import sys
import tempfile
import unittest

import frames
import interpreters
import recording

VERSIONS, ABSENT = interpreters.find()
PAGE = os.sysconf("SC_PAGESIZE")
MIB = 1 << 20
# Longer than the helper leaves to the agent what stands still.
STILL_NS = 25000000

# What stands before each program: say() tells how much is resident, and waits.
BEGIN = """
import os, sys, zlib
def say():
    with open("/proc/self/statm") as statm:
        print(statm.read().split()[1], flush=True)
    sys.stdin.readline()
"""

KEEP = BEGIN + """
kept = [None] * 40000
def early(start, end):
    for i in range(start, end):
        kept[i] = bytes(479)
def first(start, end):
    for i in range(start, end):
        kept[i] = bytes(479)
def second(start, end):
    for i in range(start, end):
        kept[i] = bytes(479)
"""

STILL = """
n = int(sys.argv[1])
early(0, n)
say()
first(n, n + 4096)
second(n + 4096, n + 8704)
say()
"""

ARENAS = """
n = int(os.environ["COUNT"])
first(0, n)
second(n, n + 4608)
"""

BLOCKS = BEGIN + """
work = b"~" * (8 << 20)
kept = [None] * 32
def take(i):
    kept[i] = b"~" * (1 << 20)
def stay():
    zlib.crc32(work)
for i in range(len(kept)):
    take(i)
    stay()
say()
"""


def size_of(count, version):
    """What COUNT objects of 512 bytes take, in pools."""
    return count / 7 * 4096 if version < (3, 10) else count / 31 * 16384


class Kept:
    """A file, of which all that was read is kept."""

    def __init__(self, file):
        self.file, self.data = file, bytearray()

    def read(self, size=-1):
        more = self.file.read(size)
        self.data += more
        return more


def wait_until_still(pipe, pages):
    """Until RSS is PAGES at least, and has been seen standing still twice."""
    still = []
    for kind, cursor in frames.each(pipe):
        if kind != frames.SAMPLE:
            continue
        sample = cursor.zigzag(), cursor.varint()
        if sample[1] < pages or (still and sample[1] != still[0][1]):
            still = []
        if sample[1] >= pages and (not still or sample[0] >= still[-1][0] + STILL_NS):
            still.append(sample)
        if len(still) == 3:
            break


def read(pipe, helper):
    kept = Kept(pipe)
    with helper.stdin, helper.stdout:
        for line in helper.stdout:
            wait_until_still(kept, int(line))
            helper.stdin.write(b"\n")
            helper.stdin.flush()
    kept.read()
    return bytes(kept.data)


class Claims(unittest.TestCase):
    def measure(self, python, program, *arguments):
        """{function: bytes of RSS}."""
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "program.py")
            with open(script, "w") as file:
                file.write(program)
            stream = frames.run(python, [script, *arguments], ["events"], read=read, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual((stream.status, stream.lost), (0, 0))
        sums = {}
        for (file, name), pages in stream.pages.items():
            if file == script.encode():
                sums[name.decode()] = sums.get(name.decode(), 0) + pages * PAGE
        return sums

    def check_blocks(self, python):
        """What was filled before the helper looked."""
        sums = self.measure(python, BLOCKS)
        self.assertLess(abs(sums["take"] - 32 * MIB), MIB / 4, sums)
        self.assertLess(abs(sums.get("stay", 0)), MIB / 4, sums)

    def check_stillness(self, python):
        """Whoever has returned when RSS stands still has no claim to what comes later; the arena is full to another quarter each time."""
        version = interpreters.pythons.ask(python)[0]
        for quarter in range(4):
            count = 4096 + 512 * quarter
            sums = self.measure(python, KEEP + STILL, str(count))
            self.assertLess(sums["early"], size_of(count, version) + MIB / 4, sums)
            self.assertLess(abs(sums["first"] - size_of(4096, version)), 1.1 * MIB, sums)

    def check_arenas(self, python):
        """Where one function takes over from another half an arena is misplaced at most.  No helper: all that comes between looks is of one part."""
        version = interpreters.pythons.ask(python)[0]
        runner = recording.Runner(os.environ["PAGETIDE_AGENT"], os.environ["PAGETIDE_AGENT_HOST"], python)
        for quarter in range(4):
            sums = runner.run(KEEP + ARENAS, environment={"COUNT": str(4096 + 512 * quarter)}).by_self()
            self.assertLess(abs(sums["second"] - size_of(4608, version)), .6 * MIB, sums)


def add(version, python, check):
    def test(self):
        getattr(self, check)(python)

    setattr(Claims, "test_%s_%s" % (check[6:], version.replace(".", "_")), test)


for name in [name for name in dir(Claims) if name.startswith("check_")]:
    for version, python in VERSIONS:
        add(version, python, name)

if __name__ == "__main__":
    print("# absent:", ", ".join(ABSENT) or "none", file=sys.stderr)
    unittest.main()
