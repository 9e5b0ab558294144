"""Runs a small program with the agent under valgrind, once for each set of instruments, and says what it found in the agent.

  valgrind_agent.py --agent PATH --host PATH [--python PATH]

HOST is tests/pyext/agent-host of a build.  What valgrind says of the interpreter alone is the interpreter's.  The exit status is 1 when
anything was found in the agent, 77 when there is no valgrind.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = """
import gc, threading
def grow():
    return [b"x" * 300000 for i in range(5)], [str(i) for i in range(3000)]
kept = [grow()]
thread = threading.Thread(target=grow)
thread.start()
thread.join()
for i in range(20):
    space = {}
    exec("def made_%d(): return b'x' * 200000" % i, space)
    space["made_%d" % i]()
del kept
gc.collect()
"""
# Bits of tide-wire.h: events; bytes beside them; a sample of them; lines and collections; events until a stop.
SETS = (("2",), ("34",), ("66",), ("144",), ("2", "--stop", "20"))
# It asks of each block that is given back whether it was a code object, also of those in which nothing was written.
EXPECTED = {"tide_site_finder_end_code"}


def errors_in_agent(log):
    """The parts of valgrind's LOG with a frame of the agent, but for what is expected."""
    blocks, found = re.split(r"==\d+== \n", log), []
    for block in blocks:
        frames = re.findall(r"(?:at|by) 0x[0-9A-F]+: (\S+) \((?:in )?(\S+?)(?::\d+)?\)", block)
        own = [name for name, place in frames if place.startswith("tide-") or place.endswith("pagetide-agent.so")]
        if own and not EXPECTED & set(own):
            found.append(block)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args()
    valgrind = shutil.which("valgrind")
    if not valgrind:
        print("skipped: there is no valgrind")
        return 77
    bad = 0
    for bits, *more in SETS:
        with tempfile.TemporaryDirectory(prefix="pagetide-valgrind-") as folder:
            log, script = os.path.join(folder, "log"), os.path.join(folder, "program.py")
            with open(script, "w") as stream:
                stream.write(PROGRAM)
            process = subprocess.run([options.host, "--wanted", bits, *more, options.agent, os.path.join(folder, "out"), valgrind, "-q",
                                      "--log-file=" + log, options.python, script], env=dict(os.environ, PYTHONMALLOC="malloc"), timeout=600)
            with open(log) as stream:
                found = errors_in_agent(stream.read())
        print("%-16s status %d, %d errors in the agent" % (" ".join([bits, *more]), process.returncode, len(found)), flush=True)
        for block in found:
            print(block)
        bad += len(found) + (process.returncode != 0)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
