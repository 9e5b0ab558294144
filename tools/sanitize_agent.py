"""Runs a test of the agent with the agent that is built with sanitizers, and says what they reported.

  sanitize_agent.py --agent PATH --host PATH [--heap] SCRIPT [ARG...]

SCRIPT runs under our own Python.  It finds the agent in PAGETIDE_AGENT, and no interpreters but those of /usr/bin and /usr/local/bin.  The program under the agent keeps
libc's malloc, so that its memory is as it is without sanitizers, and what the agent reads and writes of its own (stack, globals, what it
maps) is checked.  With --heap the program has AddressSanitizer's malloc, which knows the bounds of each block of the program's too.

The exit status is that of SCRIPT, or 1 when anything was reported.
"""
import argparse
import os
import subprocess
import sys
import tempfile

# Each of the two must be heard: past the end of an array, and past the greatest int.
PROVOKE = "import ctypes, sys\nctypes.CDLL(sys.argv[1]).tide_provoke(4, 2 ** 31 - 1)"
HEARD = ("stack-buffer-overflow", "signed integer overflow")


def libraries():
    """Paths of the two sanitizers of the compiler."""
    return [subprocess.check_output(["cc", "-print-file-name=lib%s.so" % name]).decode().strip() for name in ("asan", "ubsan")]


def run(command, agent, heap):
    """(exit status, reports) of COMMAND."""
    with tempfile.TemporaryDirectory(prefix="pagetide-sanitizers-") as folder:
        path = os.path.join(folder, "address")
        os.chmod(folder, 0o777)
        environment = dict(os.environ, PAGETIDE_AGENT=agent, PATH="/usr/bin:/bin", PYENV_ROOT=folder, TIDE_SANITIZER_LOG=folder + "/undefined",
                           ASAN_OPTIONS="detect_leaks=0:verify_asan_link_order=0:log_path=" + path, UBSAN_OPTIONS="log_path=" + path)
        if heap:
            environment["LD_PRELOAD"] = ":".join(libraries())
        status = subprocess.call(command, env=environment)
        reports = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), errors="replace") as stream:
                reports.append(stream.read())
    return status, reports


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--heap", action="store_true")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    agent = os.path.abspath(options.agent)

    status, reports = run([options.host, agent, os.devnull, sys.executable, "-c", PROVOKE, agent], agent, options.heap)
    text = "".join(reports)
    missing = [words for words in HEARD if words not in text]
    if status or missing:
        print("The sanitizers are not heard: status %d, %s not in:\n%s" % (status, missing, text))
        return 1
    status, reports = run([sys.executable, options.script, *options.arguments], agent, options.heap)
    print("\n".join(reports))
    print("%d reports, status %d" % (len(reports), status))
    return status or (1 if reports else 0)


if __name__ == "__main__":
    sys.exit(main())
