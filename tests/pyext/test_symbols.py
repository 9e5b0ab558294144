"""The agent goes into programs of older systems, and the helper runs beside them: no symbol of a younger glibc, no library but libc,
nothing of the agent's own in the way of others' symbols, and nothing that a hardened system refuses to load."""

import os
import re
import shutil
import subprocess
import sys
import unittest

AGENT = os.environ.get("PAGETIDE_AGENT", "pagetide-agent.so")
HELPER = os.environ.get("PAGETIDE_HELPER", "pagetide-helper")
# Debian 10 and RHEL 8 for what is in the program; Debian 12, Ubuntu 22.04 and RHEL 9 for what runs beside it.
NEWEST_GLIBC = {AGENT: (2, 28), HELPER: (2, 34)}


def readelf(file, *options):
    return subprocess.run(["readelf", "-W", *options, file], stdout=subprocess.PIPE, check=True).stdout.decode()


def read_symbols(file):
    """The dynamic symbols: (name, with its version if it has one; whether it is defined here)."""
    rows = [line.split() for line in readelf(file, "--dyn-syms").splitlines() if re.match(r"\s*\d+: ", line)]
    return [(row[7], row[6] != "UND") for row in rows if len(row) > 7]


class Symbols(unittest.TestCase):
    def test_glibc(self):
        for file in NEWEST_GLIBC:
            with self.subTest(os.path.basename(file)):
                versions = {}
                for name, _ in read_symbols(file):
                    match = re.search(r"@GLIBC_([0-9.]+)", name)
                    if match:
                        versions.setdefault(tuple(map(int, match[1].split("."))), []).append(name)
                self.assertTrue(versions)
                newest = max(versions)
                self.assertLessEqual(newest, NEWEST_GLIBC[file], versions[newest])

    def test_libraries(self):
        for file in NEWEST_GLIBC:
            with self.subTest(os.path.basename(file)):
                needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf(file, "--dynamic"))
                self.assertEqual({name.split(".")[0] for name in needed} - {"ld-linux-x86-64", "ld-linux-aarch64"}, {"libc"})

    def test_exports(self):
        own = {name for name, defined in read_symbols(AGENT) if defined and not name.startswith("pagetide_agent_")}
        self.assertEqual(own, {"sigaction", "signal", "sigprocmask", "pthread_sigmask", "execve", "execv", "posix_spawn", "PyInit_pagetide_agent"})

    def test_hardening(self):
        for file in NEWEST_GLIBC:
            with self.subTest(os.path.basename(file)):
                segments, dynamic = readelf(file, "--program-headers"), readelf(file, "--dynamic")
                stack = re.search(r"GNU_STACK .* ([R ][W ][E ]) ", segments)
                self.assertEqual(stack[1], "RW ")
                self.assertFalse(re.search(r"LOAD .* [R ]WE ", segments), segments)
                self.assertIn("GNU_RELRO", segments)
                self.assertNotIn("TEXTREL", dynamic)
                self.assertRegex(dynamic, r"BIND_NOW|FLAGS_1.*NOW")
                self.assertNotRegex(dynamic, r"RPATH|RUNPATH")

    def test_position(self):
        """The address of nothing in the helper can be known beforehand."""
        self.assertRegex(readelf(HELPER, "--dynamic"), r"FLAGS_1.*PIE")


if __name__ == "__main__":
    if not shutil.which("readelf"):
        sys.exit(77)
    unittest.main()
