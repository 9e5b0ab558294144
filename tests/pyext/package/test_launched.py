"""Programs that Pagetide launches find the package without an installation, and notice nothing else of it; Pagetide opens what they write.

PAGETIDE, PAGETIDE_HELPER and PAGETIDE_AGENT name what was built.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PAGETIDE = os.environ["PAGETIDE"]
AGENT = os.environ["PAGETIDE_AGENT"]

TELL = ("import json, os, sys\n"
        "try:\n"
        "    import pagetide\n"
        "    found = os.path.dirname(os.path.dirname(pagetide.__file__))\n"
        "except ImportError:\n"
        "    found = None\n"
        "print(json.dumps({'found': found, 'path': sys.path, 'environment': dict(os.environ)}))")


class TestLaunched(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if subprocess.run([PAGETIDE, "--version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode == 127:
            raise unittest.SkipTest("PAGETIDE names no program that runs here")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide launched ")
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONUTF8")}

    def ask(self, command, **more):
        answer = subprocess.run(command, env=dict(self.env, **more), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=120)
        self.assertEqual((answer.returncode, answer.stderr), (0, b""))
        return json.loads(answer.stdout.decode())

    def record(self, *arguments, **more):
        return self.ask([PAGETIDE, "record", "-o", os.path.join(self.folder, "x.pagetide"), "--python", sys.executable, *arguments], **more)

    def check(self, bare, told, folder):
        self.assertEqual(told["found"], folder)
        self.assertEqual(told["path"], bare["path"] + [folder])
        for name in set(bare["environment"]) | set(told["environment"]):
            self.assertEqual(told["environment"].get(name), bare["environment"].get(name), name)

    def test_of_the_build(self):
        folder = os.path.dirname(os.path.realpath(AGENT))
        script = os.path.join(self.folder, "s.py")
        with open(script, "w") as file:
            file.write(TELL)
        for arguments in (["-c", TELL], [script], ["-m", "s"]):
            with self.subTest(arguments=arguments):
                bare = self.ask([sys.executable] + arguments)
                self.assertIsNone(bare["found"])
                self.check(bare, self.record(*arguments), folder)

    def test_as_installed(self):
        """Beside the agent, in a place that only a descriptor can name for the loader."""
        agent = shutil.copy(AGENT, self.folder)
        os.makedirs(os.path.join(self.folder, "python", "pagetide"))
        with open(os.path.join(self.folder, "python", "pagetide", "__init__.py"), "w"):
            pass
        bare = self.ask([sys.executable, "-c", TELL], PAGETIDE_AGENT=agent)
        self.check(bare, self.record("-c", TELL, PAGETIDE_AGENT=agent), os.path.join(self.folder, "python"))

    def test_nowhere(self):
        agent = shutil.copy(AGENT, self.folder)
        told = self.record("-c", TELL, PAGETIDE_AGENT=agent)
        self.assertIsNone(told["found"])

    def test_own_installation_comes_first(self):
        os.makedirs(os.path.join(self.folder, "own", "pagetide"))
        with open(os.path.join(self.folder, "own", "pagetide", "__init__.py"), "w"):
            pass
        for instruments in ("events", ""):
            told = self.record("--instruments", instruments, "-c", TELL, PYTHONPATH=os.path.join(self.folder, "own"))
            self.assertEqual(told["found"], os.path.join(self.folder, "own"))

    def test_process_logs_open(self):
        """What the module writes, label and all, is what report and render show; the module's own --plot asks for the picture."""
        log, picture = os.path.join(self.folder, "process.log"), os.path.join(self.folder, "p.png")
        program = ("import logging\nfrom pagetide import process\nlogging.basicConfig(level=10, filename=%r)\n"
                   "with process.log_process(3600, 20):\n    kept = bytearray(b'x') * (40 << 20)\n    process.add_message_to_queue('kept \u65e5')" % log)
        package = os.path.dirname(os.path.realpath(AGENT))
        subprocess.run([sys.executable, "-c", program], env=dict(self.env, PYTHONPATH=package), check=True)
        told = self.ask([PAGETIDE, "report", log, "--view", "timeline", "--format", "json"])
        self.assertEqual(told["recording"]["diagnostics"], [])
        self.assertTrue(told["recording"]["complete"])
        rss = [row["rss"] for row in told["rows"]]
        self.assertGreater(rss[-1] - rss[0], 38 << 20)
        subprocess.run([sys.executable, "-m", "pagetide.process", log, "--plot", picture], env=dict(self.env, PYTHONPATH=package), check=True)
        with open(picture, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")

    def test_without_the_agent(self):
        told = self.record("--instruments", "", "-c", TELL)
        self.assertEqual(os.path.realpath(told["found"]), os.path.dirname(os.path.realpath(AGENT)))


if __name__ == "__main__":
    unittest.main()
