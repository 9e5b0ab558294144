"""The functions of growth.py keep what they are said to keep: an RSS read before and after each call says so.  Prints TAP."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, os.pardir, "tools"))
import pythons  # noqa: E402

number = 0


def check(good, words, details):
    global number
    number += 1
    print("%s %d %s" % ("ok" if good else "not ok", number, words))
    if not good:
        print("# " + details)


def run(python, *arguments):
    result = subprocess.run([python, "-I", os.path.join(HERE, "growth.py"), *arguments], stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout.decode())


found = pythons.find()
for version, python in dict([found[0], found[-1]]).items():
    of = "CPython " + ".".join(map(str, version))
    said = run(python, "burst")
    for turns in ["slow", "quick", "burst"]:
        measured = run(python, turns, "probe")
        for name, kept in said["kept"].items():
            # 3 % for arenas and headers, and the batches in which kernels before 6.2 add up RSS.
            if kept is not None:
                check(abs(measured["kept"][name] - kept) <= max(0.03 * kept, 1 << 20), "%s, %s, %s" % (name, turns, of),
                      "keeps %d, measured %d" % (kept, measured["kept"][name]))
            else:
                # Blobs of 100,000 bytes, ten a call, and what the library adds.
                check(24e6 <= measured["kept"][name] <= 32e6, "%s, %s, %s" % (name, turns, of), "measured %d" % measured["kept"][name])
    exact = run(python, "burst", "exact")
    for name, lines in exact["lines"].items():
        check(abs(sum(lines.values()) - 1) < 1e-9, "the lines of %s, %s" % (name, of), str(lines))
    small = next(iter(exact["lines"]["keep_small"]))
    kept = exact["kept"]["keep_small"]
    # A pool of 4 KiB has room for seven of 512 bytes.
    check(0.87 * kept <= exact["live"][small] <= kept, "small objects by line, %s" % of, "keeps %d, live %s" % (kept, exact["live"]))
print("1..%d" % number)
