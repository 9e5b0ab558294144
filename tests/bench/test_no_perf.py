"""no-perf refuses perf_event_open, and nothing else.  Usage: test_no_perf.py NO_PERF"""
import json
import os
import subprocess
import sys
import tempfile

PROBE = """
import ctypes, errno, platform
number = {"x86_64": 298, "aarch64": 241}.get(platform.machine())
if number is None:
    raise SystemExit(77)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(ctypes.c_long(number), None, 0, 0, 0, 0) == -1
assert ctypes.get_errno() == errno.EPERM, errno.errorcode[ctypes.get_errno()]
print("refused")
"""
result = subprocess.run([sys.argv[1], sys.executable, "-c", PROBE], stdout=subprocess.PIPE)
if result.returncode == 77:
    print("skipped: the number of the system call is not known here")
    sys.exit(77)
assert result.returncode == 0 and result.stdout == b"refused\n", result
assert subprocess.run([sys.argv[1]], stderr=subprocess.DEVNULL).returncode == 2
assert subprocess.run([sys.argv[1], "/nonexistent"], stderr=subprocess.DEVNULL).returncode == 127

# Where process_vm_readv is refused as well, the stack is read all the same: growth that no allocator tells of finds its function.
GROW = """
import mmap
def grow(size):
    area = mmap.mmap(-1, size)
    for i in range(0, size, 4096):
        area[i] = 1
    return area
kept = grow(64 << 20)
input()
"""
with tempfile.TemporaryDirectory() as folder:
    script, recording = os.path.join(folder, "grow.py"), os.path.join(folder, "a.pagetide")
    with open(script, "w") as file:
        file.write(GROW)
    record = [os.environ["PAGETIDE"], "record", "-o", recording, "--python", sys.executable, script]
    subprocess.run([sys.argv[1], "--no-readv", *record], input=b"\n", check=True)
    report = [os.environ["PAGETIDE"], "report", recording, "--view", "functions", "--format", "json"]
    rows = json.loads(subprocess.run(report, check=True, stdout=subprocess.PIPE).stdout)["rows"]
    grown = sum(row["rss_rise"] for row in rows if row["function"] == "grow")
    assert grown > 48 << 20, rows
