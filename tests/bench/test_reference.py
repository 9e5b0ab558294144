"""reference.so charges growth and release to the function in which they were, on each CPython found.  Usage: test_reference.py REFERENCE"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, os.pardir, "tools"))
import pythons  # noqa: E402

PROBE = """
import ctypes, json, mmap, sys
sys.path.insert(0, sys.argv[1])
import mixes
def grow():
    block = mmap.mmap(-1, 8 << 20)
    block.write(bytes(8 << 20))
    return block
def pass_on(block):
    return len(block)
def shrink(block):
    block.close()
def call():
    block = grow()
    pass_on(block)
    shrink(block)
reference = ctypes.PyDLL(sys.argv[2])
assert reference.tide_reference_start() == 0
call()
reference.tide_reference_stop()
print(json.dumps({name: [rise, fall] for file, line, name, rise, fall in mixes.table_of(reference)}))
"""
MIB = 1 << 20

found = pythons.find()
print("1..%d" % len(found))
for number, (version, python) in enumerate(found, 1):
    result = subprocess.run([python, "-c", PROBE, HERE, sys.argv[1]], stdout=subprocess.PIPE, env=dict(os.environ, MALLOC_PERTURB_="0"))
    table = json.loads(result.stdout.decode()) if result.returncode == 0 else {}
    # Kernels before 6.2 add up RSS in batches.
    good = (result.returncode == 0 and 7 * MIB <= table["grow"][0] <= 17 * MIB and table["shrink"][1] >= 7 * MIB and
            sum(table.get("pass_on", [0, 0])) < MIB and table["shrink"][0] < MIB)
    print("%s %d CPython %s" % ("ok" if good else "not ok", number, ".".join(map(str, version))))
    if not good:
        print("# status %d, %r" % (result.returncode, table))
