"""The agent must load into programs of older systems: no symbol of a younger glibc, no library but libc, and nothing of its own in the way of
others' symbols."""

import os
import re
import shutil
import subprocess
import sys
import unittest

AGENT = os.environ.get("PAGETIDE_AGENT", "pagetide-agent.so")
NEWEST_GLIBC = (2, 28)


def readelf(option):
    return subprocess.run(["readelf", "-W", option, AGENT], stdout=subprocess.PIPE, check=True).stdout.decode()


class Symbols(unittest.TestCase):
    def test_glibc(self):
        symbols = readelf("--dyn-syms")
        versions = {tuple(map(int, v.split("."))) for v in re.findall(r"@GLIBC_([0-9.]+)", symbols)}
        self.assertTrue(versions)
        self.assertLessEqual(max(versions), NEWEST_GLIBC)

    def test_libraries(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic"))
        self.assertEqual([name.split(".")[0] for name in needed], ["libc"])

    def test_exports(self):
        rows = [line.split() for line in readelf("--dyn-syms").splitlines() if re.match(r"\s*\d+: ", line)]
        own = {row[7] for row in rows if len(row) > 7 and row[6] != "UND"}
        self.assertEqual(own, {"sigaction", "signal"})


if __name__ == "__main__":
    if not shutil.which("readelf"):
        sys.exit(77)
    unittest.main()
