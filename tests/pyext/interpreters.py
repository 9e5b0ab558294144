"""The CPythons that the package is tested on: what tools/pythons.py finds, and the list PAGETIDE_TEST_PYTHONS (separated by colons)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "tools"))
import pythons  # noqa: E402

# The versions that the package promises.
PROMISED = [(3, minor) for minor in range(8, 16)]


def find():
    """([(version as text, path)], lowest first; [promised versions that this machine lacks, as text])."""
    found = pythons.find()
    known = {os.path.realpath(path) for _, path in found}
    for path in filter(None, os.environ.get("PAGETIDE_TEST_PYTHONS", "").split(":")):
        answer = pythons.ask(path)
        if answer and answer[1] not in known:
            found.append((answer[0], path))
    found.sort()
    absent = [pair for pair in PROMISED if pair not in {version[:2] for version, _ in found}]
    return [(".".join(map(str, version)), path) for version, path in found], ["%d.%d" % pair for pair in absent]
