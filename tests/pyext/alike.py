"""Programs that make code objects one after the other at one address, of parts that are at the same addresses too: each is another one."""

N = 90

# BODY stands N times, on another line each.  run_names() gives each code object another name, run_lines() another line for BODY; RUNS times each.
_SOURCE = """
import sys
NAME = "co_qualname" if sys.version_info >= (3, 11) else "co_name"
TABLE = "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab"
name, space = "made_%%05d", {"kept": []}
def make(i):
    return compile("x = 0\\n" + "\\n" * i + %r + "\\n", "alike", "exec")
base, tables, addresses = make(0), [bytearray(getattr(make(i), TABLE)) for i in range(%d)], set()
def run_names(i):
    code = base.replace(**{NAME: name %% i})
    for run in range(%d): exec(code, space)
    addresses.add(id(code))
def run_lines(i):
    code = base.replace(**{TABLE: bytes(tables[i])})
    for run in range(%d): exec(code, space)
    addresses.add(id(code))
%s
for i in range(%d): run_%s(i)
print(len(addresses))
"""


def program(what, body, n=N, runs=10, before=""):
    """WHAT: "names" or "lines".  BEFORE: a statement that comes before them.  It prints at how many addresses they were."""
    return _SOURCE % (body, n, runs, runs, before, n, what)


def places(what, n=N):
    """[(name, line)] of BODY."""
    return [("made_%05d" % i, 2) if what == "names" else ("<module>", i + 2) for i in range(n)]
