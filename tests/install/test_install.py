"""What `meson install` leaves is whole, finds itself, and works with nothing of this tree or its environment around it.

    test_install.py PREFIX          the prefix that the build was configured with; prints TAP
    test_install.py --staged ROOT   what DESTDIR=… put there for a package: only its files are looked at

The window is looked at through accessibility, as in tests/e2e; that part is skipped where there is no display to be had.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))
import desktop  # noqa: E402

ID = "io.github.pagetide.Pagetide"
PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "pyext", "pagetide")
# All that is installed, as patterns; what the desktop's caches are made into stands last.
FILES = [
    "bin/pagetide",
    "lib*/**/pagetide/pagetide-agent.so",
    *("lib*/**/pagetide/python/pagetide/" + name for name in sorted(os.listdir(PACKAGE)) if name.endswith((".py", ".typed"))),
    "libexec/pagetide/pagetide-helper",
    "share/applications/%s.desktop" % ID,
    "share/glib-2.0/schemas/%s.gschema.xml" % ID,
    "share/icons/hicolor/scalable/apps/%s.svg" % ID,
    "share/icons/hicolor/symbolic/apps/%s-symbolic.svg" % ID,
    "share/licenses/%s/COPYING" % ID,
    "share/locale/de/LC_MESSAGES/pagetide.mo",
    "share/man/man1/pagetide.1*",
    "share/metainfo/%s.metainfo.xml" % ID,
    "share/mime/packages/%s.xml" % ID,
    "share/pagetide/examples/batch_job.py",
    "share/pagetide/examples/strings.py",
    "share/pagetide/examples/threads.py",
]
CACHES = ["share/applications/mimeinfo.cache", "share/glib-2.0/schemas/gschemas.compiled", "share/icons/hicolor/icon-theme.cache", "share/mime/*",
          "share/mime/application/*"]

number = 0


def report(good, name, detail=""):
    global number
    number += 1
    print("%s %d %s" % ("ok" if good else "not ok", number, name), flush=True)
    if not good:
        print("# " + str(detail).replace("\n", "\n# "))
        report.failed = True


report.failed = False


def check_files(prefix):
    found = {os.path.relpath(os.path.join(folder, name), prefix) for folder, _, names in os.walk(prefix) for name in names}
    expected = set()
    for pattern in FILES:
        matches = {os.path.relpath(path, prefix) for path in glob.glob(os.path.join(prefix, pattern), recursive=True)}
        report(len(matches) == 1, pattern + " is installed", matches)
        expected |= matches
    for pattern in CACHES:
        expected |= {os.path.relpath(path, prefix) for path in glob.glob(os.path.join(prefix, pattern))}
    report(found <= expected, "nothing else is installed", sorted(found - expected))
    rights = {path: os.stat(os.path.join(prefix, path)).st_mode & 0o7777 for path in found}
    loose = {path: oct(mode) for path, mode in rights.items() if mode & 0o6022}
    report(not loose, "nobody else may write there, and nothing runs as another user", loose)


def check_desktop_entry(prefix):
    with open(os.path.join(prefix, "share/applications", ID + ".desktop"), encoding="utf-8") as file:
        text = file.read()
    program = re.search(r"^Exec=(\S+)", text, re.M)[1]
    report(os.access(os.path.join(prefix, "bin", program), os.X_OK), "the desktop entry starts what is installed", text)
    report("[de]=" in text, "the desktop entry is translated", text)


def check_commands(prefix):
    pagetide = os.path.join(prefix, "bin", "pagetide")
    with tempfile.TemporaryDirectory(prefix="tide-install-") as folder:
        def run(*args, **more):
            return subprocess.run([pagetide, *args], cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8", **more},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)

        version = run("--version")
        report(re.fullmatch(rb"pagetide \d+\.\d+\.\d+\n", version.stdout), "says its version", version)
        german = run("--help", LANGUAGE="de").stdout.decode()
        report("Befehle:" in german, "speaks German", german)
        recorded = run("record", "-o", "a.pagetide", "-c", "def keep(): return bytearray(48 << 20)\nkept = keep()\nprint('done')")
        report((recorded.returncode, recorded.stdout) == (0, b"done\n"), "records: the helper is found", recorded)
        table = run("report", "a.pagetide", "--view", "functions", "--format", "csv").stdout.decode()
        report(re.search(r"\bkeep\b.*\b5\d{7}\b", table), "charges the growth: the agent is found", table)
        imported = run("record", "-o", "b.pagetide", "-c", "from pagetide import process; print(process.__file__)")
        inside = imported.stdout.decode().startswith(os.path.join(prefix, "lib"))
        report(imported.returncode == 0 and inside, "what it launches finds the Python package", imported)
        run("render", "a.pagetide", "-o", "a.png")
        with open(os.path.join(folder, "a.png"), "rb") as file:
            report(file.read(8) == b"\x89PNG\r\n\x1a\n", "draws the picture")


def check_window(prefix):
    """Presses for the sample program, which the installation brings."""
    problem = desktop.missing()
    if problem:
        report(True, "the window # SKIP " + problem)
        return
    window = desktop.Window([os.path.join(prefix, "bin", "pagetide")])
    try:
        window.click(desktop.until(lambda: window.find(["button", "push button"], "Watch the Sample Program"), "the start page"))
        desktop.until(lambda: any("remember" in text for text in window.texts()), "the leaking function of the sample")
        report(True, "the window opens, and shows who made the memory of the sample program grow")
    except AssertionError as error:
        report(False, "the window opens, and shows who made the memory of the sample program grow", error)
    finally:
        window.kill()


def main():
    staged = sys.argv[1] == "--staged"
    prefix = os.path.realpath(sys.argv[-1])
    for name in list(os.environ):
        if name.startswith("PAGETIDE_") and name != "PAGETIDE_TEST_DESKTOP" or name in ("GSETTINGS_SCHEMA_DIR", "XDG_DATA_DIRS", "LD_PRELOAD"):
            del os.environ[name]
    if not staged and not desktop.missing():
        desktop.enter()
    check_files(prefix)
    check_desktop_entry(prefix)
    if not staged:
        check_commands(prefix)
        check_window(prefix)
    print("1..%d" % number)
    sys.exit(report.failed)


if __name__ == "__main__":
    main()
