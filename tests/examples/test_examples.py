"""The sample programs do what their texts say, whoever runs them: the growth of each is known by construction.

Usage: test_examples.py EXAMPLES_DIRECTORY.  Prints TAP; runs each sample, shortened, with the oldest and the newest CPython found.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "tools"))
import pythons  # noqa: E402

MIB = 1 << 20

# A sample is run inside this: it calls main() and prints the resident set before and after, and the greatest.
PROBE = """
import gc, resource, runpy, sys
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
path = sys.argv[1]
sys.argv[:] = [path] + sys.argv[2:]
module = runpy.run_path(path, run_name="sample")
before = resident()
status = module["main"]()
after = resident()
print("PROBE", status, before, after, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""

number = 0


def report(good, name, detail=""):
    global number
    number += 1
    print("%s %d %s%s" % ("ok" if good else "not ok", number, name, "" if good else "\n# " + detail.replace("\n", "\n# ")), flush=True)


def run(python, sample, seconds):
    """(output without the probe's line, grown, peak growth) of SAMPLE; bytes."""
    result = subprocess.run([python, "-I", "-c", PROBE, sample, "--seconds", str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=120)
    text, found, probe = result.stdout.decode().rpartition("PROBE ")
    if not found:
        raise AssertionError(result.stdout.decode())
    status, before, after, peak = map(int, probe.split())
    if status != 0 or result.returncode != 0:
        raise AssertionError("%s exited %d/%d" % (sample, status, result.returncode))
    return text, after - before, peak - before


def check_batch_job(text, grown, peak):
    # Six days: 6 x 1,000 invoices of 3.4 MiB in all a day, the index, and 38 MiB of a table at times.
    report("6 days, 6000 invoices kept" in text, name("keeps its invoices"), text)
    report(18 * MIB < grown < 34 * MIB, name("leaks 3.4 MiB a day"), "%.1f MiB" % (grown / MIB))
    report(grown + 30 * MIB < peak < grown + 60 * MIB, name("forecast takes 38 MiB and gives them back"), "%.1f MiB" % (peak / MIB))


def check_strings(text, grown, peak):
    sizes = [int(size) for size in re.findall(r"a string of (\d+) bytes", text)]
    report("%d bytes made and freed" % sum(sizes) in text and len(sizes) == 2, name("says how much it makes"), text)
    report(grown < 4 * MIB, name("keeps nothing"), "%.1f MiB" % (grown / MIB))
    report(max(sizes) - MIB < peak < max(sizes) + 4 * MIB, name("peaks at its largest string"), "%d of %d" % (peak, max(sizes)))


def check_threads(text, grown, peak):
    # 50 steps: 400 sessions of 16 KiB and 50 readings of 160 KiB.
    report("400 sessions kept" in text, name("keeps its sessions"), text)
    report(38 * MIB < peak < 66 * MIB, name("compresses 40 MiB at a time"), "%.1f MiB" % (peak / MIB))


def name(what):
    return "%s of %s %s" % (current[0], current[1], what)


directory = sys.argv[1]
found = pythons.find()
plan = [("batch_job", 3, check_batch_job), ("strings", 3.5, check_strings), ("threads", 2, check_threads)]
for version, python in dict([found[0], found[-1]]).items():
    for sample, length, check in plan:
        current = (sample, ".".join(map(str, version)))
        try:
            check(*run(python, os.path.join(directory, sample + ".py"), length))
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            report(False, name("runs"), str(error))
print("1..%d" % number)
