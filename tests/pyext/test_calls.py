"""The instruments "calls" and "lines": on every CPython found, through the helper."""
import json
import os
import subprocess
import sys
import unittest

import frames
import interpreters

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calls")
KINDS = ["CALL", "RETURN", "C_CALL", "C_RETURN", "C_EXCEPT", "LINE", "EXCEPT"]
FILE = os.path.join(HERE, "sequences.py").encode()
VERSIONS, ABSENT = interpreters.find()
CASES = ["recursion", "generators", "exceptions", "classes", "builtins", "coroutines", "loops", "long_function", "threads"]


def program(name):
    return os.path.join(HERE, name)


def short(kind, call):
    """C functions by their own name alone: which class a method is of is told in another way."""
    return call.function.decode().rsplit(".", 1)[-1] if kind.startswith("C_") else call.function.decode()


def by_case(stream):
    """{case: [[kind, function, line], ...]} of what happened in sequences.py."""
    found, case = {}, None
    for call in stream.calls:
        kind = KINDS[call.kind]
        if (call.caller[0] if kind.startswith("C_") else call.file) != FILE:
            continue
        if kind == "CALL" and call.function.decode() in CASES and case is None:
            case = call.function.decode()
            found[case] = []
        if case:
            found[case].append([kind, short(kind, call), call.line])
        if kind == "RETURN" and call.function.decode() == case:
            case = None
    return found


class EveryVersion(unittest.TestCase):
    def each(self):
        for version, python in VERSIONS:
            with self.subTest(version):
                yield version, python

    def check_sequences(self, instrument):
        for _, python in self.each():
            reference = subprocess.run([python, "-X", "utf8", program("reference.py"), instrument], stdout=subprocess.PIPE, check=True)
            stream = frames.run(python, [program("cases.py")], [instrument])
            found = by_case(stream)
            self.assertEqual(stream.status, 0)
            self.assertEqual(stream.lost, 0)
            for case, events in json.loads(reference.stdout).items():
                with self.subTest(case):
                    self.assertEqual(found[case], events)

    def test_calls(self):
        self.check_sequences("calls")

    def test_lines(self):
        self.check_sequences("lines")


if __name__ == "__main__":
    print("# absent:", ", ".join(ABSENT) or "none", file=sys.stderr)
    unittest.main()
