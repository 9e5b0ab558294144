"""Finds the CPython interpreters of this machine: PATH, /usr/bin, /usr/local/bin and pyenv, each once.

Run as a program it prints a line for each: version and path.
"""
import glob
import os
import subprocess

QUESTION = "import sys; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], os.path.realpath(sys.executable), sep='\\n')"
LEAST = (3, 8)


def candidates():
    """Paths that may be interpreters, best known first."""
    for directory in ["/usr/bin", "/usr/local/bin"] + os.environ.get("PATH", "").split(os.pathsep):
        # A version manager's shim answers for another interpreter, which is found below by its own name.
        if directory and not directory.rstrip("/").endswith("/shims"):
            yield os.path.join(directory, "python3")
            yield from sorted(glob.glob(os.path.join(glob.escape(directory), "python3.[0-9]*[0-9]")))
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    yield from sorted(glob.glob(os.path.join(glob.escape(root), "versions", "*", "bin", "python3")))


def ask(path):
    """(version as a tuple, real path) of a CPython, or None when it is none or does not answer."""
    try:
        answer = subprocess.run([path, "-I", "-c", "import os; " + QUESTION], stdin=subprocess.DEVNULL, timeout=20,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
        name, version, real = answer.splitlines()
        number = tuple(int(part) for part in version.split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return (number, real) if name == "cpython" and number >= LEAST else None


def find():
    """[(version, path)], lowest version first."""
    found = {}
    for path in candidates():
        if os.access(path, os.X_OK):
            answer = ask(path)
            if answer and answer[1] not in found:
                found[answer[1]] = (answer[0], path)
    return sorted(found.values())


if __name__ == "__main__":
    for number, where in find():
        print("  %-8s %s" % (".".join(map(str, number)), where))
