"""The commands that README.md and the manual page give as examples work as they stand.  Prints TAP.

Usage: test_readme.py TOP PAGETIDE.  Each command line that begins with `pagetide record`, `report` or `render` is run by sh, in order, in
a fresh folder with a small job.py; it has to succeed, and to print or to write something.
"""
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# Runs for one and a half seconds, of which the commands ask for parts.
JOB = """
import sys, time
size = int(sys.argv[sys.argv.index("--size") + 1]) if "--size" in sys.argv else 3
kept = []

def keep():
    kept.append(bytearray(1 << 20))

for _ in range(10 * size):
    keep()
    time.sleep(0.05)
"""


def commands(top):
    """[(where, command)]"""
    with open(os.path.join(top, "README.md"), encoding="utf-8") as file:
        for block in re.findall(r"^```sh\n(.*?)^```", file.read(), re.S | re.M):
            yield from (("README.md", line) for line in block.splitlines())
    with open(os.path.join(top, "data", "pagetide.1.in"), encoding="utf-8") as file:
        for block in re.findall(r"^\.EX\n(.*?)^\.EE", file.read(), re.S | re.M):
            yield from (("pagetide.1", line.replace("\\-", "-")) for line in block.splitlines())


def complaint(command, result, folder):
    """What is wrong with the RESULT of COMMAND, or None."""
    words = shlex.split(command)
    output = result.stdout.decode()
    if result.returncode != 0:
        return "exit status %d: %s" % (result.returncode, result.stderr.decode())
    if "-o" in words:
        path = os.path.join(folder, words[words.index("-o") + 1])
        with open(path, "rb") as file:
            start = file.read(512)
        magic = {".png": b"\x89PNG", ".svg": b"<?xml", ".pagetide": b"PAGETIDE"}[os.path.splitext(path)[1]]
        return None if start.startswith(magic) else "%s begins with %r" % (path, start[:16])
    if "json" in words:
        rows = json.loads(output)["rows"]
        return None if any(row.get("function") == "keep" and row["rss_self"] > 0 for row in rows) else "no growth in keep(): " + output
    if "csv" in words:
        rows = list(csv.DictReader(io.StringIO(output)))
        return None if rows and int(rows[-1]["rss"]) > 0 else "no figures: " + output
    return None if output.strip() else "prints nothing"


top, pagetide = map(os.path.abspath, sys.argv[1:])
number = 0
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "job.py"), "w") as file:
        file.write(JOB)
    environment = dict(os.environ, PATH=os.path.dirname(pagetide) + os.pathsep + "/usr/bin" + os.pathsep + os.environ["PATH"])
    for where, command in commands(top):
        if not re.match("pagetide (record|report|render) ", command):
            continue
        number += 1
        result = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=120)
        problem = complaint(command, result, folder)
        print("%s %d %s: %s" % ("not ok" if problem else "ok", number, where, command.replace("#", "")))
        if problem:
            print("# " + problem.replace("\n", "\n# "))
print("1..%d" % number)
sys.exit(0 if number else 1)
