"""What C takes is never charged to whoever opened the arena of small objects that is not full yet.  Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile

PROGRAM = """
import ctypes, sys
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
kept = [None] * int(sys.argv[1])
def keep_small():
    for i in range(len(kept)):
        kept[i] = bytes(479)
def keep_c():
    libc.memset(libc.malloc(64 << 20), 1, 64 << 20)
    input()
# What came until now is found when the agent looks at what this gives back.
block = bytearray(1 << 20)
del block
keep_small()
keep_c()
"""
MIB = 1 << 20

# Half an arena of 1 MiB apart: with one of them at least half of the last arena is left.
COUNTS = [4096, 5120]
# As a shim has it, Python is another program than the one that was started: it has memory of its own.
SHIM = "#!/bin/sh\nexec '%s' \"$@\"\n"
CASES = [(count, shim) for shim in (False, True) for count in COUNTS]
print("1..%d" % len(CASES))
for number, (count, shim) in enumerate(CASES, 1):
    with tempfile.TemporaryDirectory() as folder:
        script, recording = os.path.join(folder, "small.py"), os.path.join(folder, "a.pagetide")
        python = os.path.join(folder, "python") if shim else sys.executable
        with open(script, "w") as file:
            file.write(PROGRAM)
        if shim:
            with open(python, "w") as file:
                file.write(SHIM % sys.executable)
            os.chmod(python, 0o755)
        subprocess.run([os.environ["PAGETIDE"], "record", "--instruments", "events", "-o", recording, "--python", python, script, str(count)],
                       input=b"\n", check=True)
        report = [os.environ["PAGETIDE"], "report", recording, "--view", "functions", "--format", "json"]
        rows = json.loads(subprocess.run(report, check=True, stdout=subprocess.PIPE).stdout)["rows"]
    small = sum(row["rss_self"] for row in rows if row["function"] == "keep_small")
    # Objects of 512 bytes fill all but a fiftieth of a pool, or an eighth where it is of 4 KiB.
    keeps = count * 512 * (8 / 7 if sys.version_info < (3, 10) else 1.02)
    good = keeps - 1.25 * MIB <= small <= keeps + 0.25 * MIB
    print("%s %d %d objects%s" % ("ok" if good else "not ok", number, count, ", by a shim" if shim else ""))
    if not good:
        print("# keeps %d, measured %d" % (keeps, small))
