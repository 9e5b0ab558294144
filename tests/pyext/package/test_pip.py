"""`pip install ./pyext` in a fresh virtual environment, isolated or not, without a network and without a trace in the source directory."""
import email
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

TREE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, os.pardir, "pyext"))
sys.path.insert(0, os.path.join(TREE, "build-backend"))
import pagetide_build  # noqa: E402


def listing():
    """Paths below the source directory."""
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(TREE) for name in names if "__pycache__" not in folder)


class TestPip(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-pip-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        self.env.update(PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_CACHE_DIR="1",
                        PYTHONDONTWRITEBYTECODE="1")
        # The agent has to come from what was installed.
        self.env.pop("PAGETIDE_AGENT", None)
        # Compiling it takes seconds, so but one case does; the others see what is built without a compiler.
        self.addCleanup(os.environ.pop if "CC" not in os.environ else os.environ.__setitem__, "CC", os.environ.get("CC"))
        os.environ["CC"] = self.env["CC"] = "/nonexistent/cc"

    def run_it(self, *command):
        answer = subprocess.run(command, env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=240)
        self.assertEqual(answer.returncode, 0, answer.stdout.decode())
        return answer.stdout.decode()

    def test_install(self):
        venv = os.path.join(self.folder, "venv")
        made = subprocess.run([sys.executable, "-m", "venv", venv], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            self.skipTest("no virtual environment with pip can be made here")
        python = os.path.join(venv, "bin", "python")
        before = listing()
        ask = "import pagetide.process; print(pagetide.__file__)"
        compiler = shutil.which("cc")
        kept = os.path.join(self.folder, "kept.so")

        def find_agent():
            path = self.run_it(python, "-c", "import pagetide._agent as a\ntry: a.functions(); print(a._loaded())\nexcept ImportError: print('')").strip()
            self.assertEqual(bool(path), bool(compiler) and self.env["CC"] != "/nonexistent/cc")
            self.assertTrue(not path or os.path.realpath(path).startswith(os.path.realpath(venv)), path)
            return path

        for option, cc in (([], "cc"), (["--no-build-isolation"], "/nonexistent/cc")):
            self.env["CC"] = cc
            self.run_it(python, "-m", "pip", "install", *option, TREE)
            agent = find_agent()
            if agent:
                shutil.copy(agent, kept)
            self.assertTrue(os.path.realpath(self.run_it(python, "-c", ask)).startswith(os.path.realpath(venv)))
            self.assertIn("Version: ", self.run_it(python, "-m", "pip", "show", "pagetide"))
            self.run_it(python, "-m", "pip", "check")
            self.run_it(python, "-m", "pip", "uninstall", "-y", "pagetide")
        # What was compiled once is good for the next as well.
        if os.path.exists(kept):
            self.env["CC"] = "sh -c 'for word; do case $last in -o) cp %s \"$word\";; esac; last=$word; done' cc" % kept
        self.run_it(python, "-m", "pip", "install", "-e", TREE)
        self.assertTrue(self.run_it(python, "-c", ask).startswith(TREE))
        find_agent()
        self.run_it(python, "-m", "pip", "uninstall", "-y", "pagetide")
        self.env["CC"] = "/nonexistent/cc"
        self.run_it(python, "-m", "pip", "install", "-e", TREE)
        find_agent()
        self.assertEqual(listing(), before)

    def test_wheel(self):
        name = pagetide_build.build_wheel(self.folder)
        with zipfile.ZipFile(os.path.join(self.folder, name)) as wheel:
            self.assertIsNone(wheel.testzip())
            members = wheel.namelist()
            [metadata] = [member for member in members if member.endswith("/METADATA")]
            fields = email.message_from_bytes(wheel.read(metadata))
            record = wheel.read(metadata.replace("METADATA", "RECORD")).decode().splitlines()
        self.assertEqual(sorted(line.split(",")[0] for line in record), sorted(members))
        package = os.path.join(TREE, "pagetide")
        self.assertEqual({member.split("/")[1] for member in members if member.startswith("pagetide/")},
                         {file for file in os.listdir(package) if file.endswith((".py", ".typed"))})
        self.assertEqual((fields["Name"], fields["Requires-Python"], fields["License"]), ("pagetide", ">=3.8", "MIT"))
        self.assertIn(fields["Version"], name)
        again = os.path.join(self.folder, "again")
        os.mkdir(again)
        pagetide_build.build_wheel(again)
        with open(os.path.join(self.folder, name), "rb") as one, open(os.path.join(again, name), "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_source_distribution_builds_the_same_wheel(self):
        archive = pagetide_build.build_sdist(self.folder)
        self.run_it("tar", "-xf", archive)
        [root] = [name for name in os.listdir(self.folder) if os.path.isdir(os.path.join(self.folder, name))]
        self.assertIn("PKG-INFO", os.listdir(os.path.join(self.folder, root)))
        for path in pagetide_build.agent_command("x.so"):
            if path.endswith(".c"):
                path = path.replace(pagetide_build.wire(), "wire")
                self.assertTrue(os.path.isfile(os.path.join(self.folder, root, path)), path)
        self.run_it(sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1]); import pagetide_build; pagetide_build.build_wheel('.')",
                    os.path.join(self.folder, root, "build-backend"))
        name = pagetide_build.build_wheel(os.path.join(self.folder, root))
        with open(os.path.join(self.folder, name), "rb") as one, open(os.path.join(self.folder, root, name), "rb") as other:
            self.assertEqual(one.read(), other.read())


if __name__ == "__main__":
    unittest.main()
