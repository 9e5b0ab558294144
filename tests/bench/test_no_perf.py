"""no-perf refuses perf_event_open, and nothing else.  Usage: test_no_perf.py NO_PERF"""
import subprocess
import sys

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
