"""The line tables of each CPython's own library, thousands of code objects, are read as it reads them itself; so are those of what is raised.

PAGETIDE_CHECK_LINETABLES: the program that compares (tests/wire/test-linetable.c).
"""
import os
import subprocess
import sys
import tempfile
import traceback
import types
import unittest
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
MAKER = os.path.join(HERE, os.pardir, "wire", "make-linetables.py")
CHECK = os.environ.get("PAGETIDE_CHECK_LINETABLES", "")


def load_maker():
    module = types.ModuleType("maker")
    with open(MAKER) as stream:
        exec(compile(stream.read(), MAKER, "exec"), module.__dict__)
    return module


class Lines(unittest.TestCase):
    def test_library(self):
        library = os.path.dirname(os.__file__)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines.txt")
            with open(path, "wb") as stream:
                subprocess.run([sys.executable, "-W", "ignore", MAKER, library], stdout=stream, check=True)
            answer = subprocess.run([CHECK, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(answer.returncode, 0, answer.stdout.decode(errors="replace")[-2000:])
            self.assertIn(b"code objects", answer.stdout)

    def test_tracebacks(self):
        """What is raised in the library: the line that traceback names is the line of the instruction at which the frame stands."""
        import argparse, ast, base64, calendar, difflib, fractions, json, shlex, statistics, string, textwrap
        changes_of, n = load_maker().changes_of, 0
        for module in (argparse, ast, base64, calendar, difflib, fractions, json, shlex, statistics, string, textwrap):
            for function in list(vars(module).values()):
                if not isinstance(function, types.FunctionType) or function.__name__ in ("main", "test"):
                    continue
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        function(*[object()] * function.__code__.co_argcount)
                except Exception as error:
                    for frame, line in list(traceback.walk_tb(error.__traceback__))[1:]:
                        last = max((change for change in changes_of(frame.f_code) if change[0] <= self.lasti_of(error, frame)), default=(0, 0))
                        self.assertEqual(last[1], line, (frame.f_code, self.lasti_of(error, frame)))
                        n += 1
        self.assertGreater(n, 50)

    def lasti_of(self, error, frame):
        at = error.__traceback__
        while at.tb_frame is not frame:
            at = at.tb_next
        return at.tb_lasti


if __name__ == "__main__":
    unittest.main()
