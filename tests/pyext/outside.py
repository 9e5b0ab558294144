"""Pagetide's program, for tests that run inside an interpreter: this may have a root of its own, without the libraries that the program needs.
Then the program is run where whoever started the test is, in the same folder."""
import atexit
import os
import shutil
import subprocess
import sys
import tempfile

# What starts this interpreter from there.
PYTHON = os.environ.get("PAGETIDE_TEST_PYTHON", sys.executable)

WRAPPER = """#!/bin/sh
exec nsenter -t %d -m -r sh -c 'cd "$0" && exec "$@"' "$(pwd)" '%s' "$@"
"""


def _runs(program):
    try:
        return subprocess.call([program, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def find_program(variable):
    """The program that the environment VARIABLE names, which names what runs here afterwards.  None: none does."""
    program = os.environ.get(variable)
    if not program or _runs(program):
        return program or None
    folder = tempfile.mkdtemp(prefix="tide-outside-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    wrapper = os.path.join(folder, "pagetide")
    with open(wrapper, "w") as stream:
        stream.write(WRAPPER % (os.getppid(), program))
    os.chmod(wrapper, 0o755)
    if not _runs(wrapper):
        return None
    os.environ[variable] = wrapper
    return wrapper
