"""The arrows between the folders, as the table of src/DESIGN.md allows them.

Reads the #include lines: who includes what of ours, GTK outside src/app, GLib where plain C is promised.  The second half plants
one violation of each kind in a small tree of its own, to see that it is found.

    test_layers.py [ROOT]
"""

import os
import re
import sys
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))

MAX_LINES = 600
PLAIN_C = ("src/wire", "src/helper", "pyext/agent")
# Words of a row's last column that stand for everything which the named folders may use as well.
AND_BELOW = "what stands below"

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ROW = re.compile(r"^\|\s*`([^`]+?)/?`\s*\|.*\|([^|]*)\|\s*$")
GTK = re.compile(r"^(gtk|gdk|gsk)/|^adwaita\.h$")
NOT_PLAIN = re.compile(r"^(glib|gio|gobject|gmodule|gio-unix-2\.0|json-glib|cairo|pango)[/.-]|^Python\.h$")


def read_arrows(root):
    """The folders that each folder may include from: {folder: set of folders}, from the table of src/DESIGN.md."""
    rows = {}
    with open(os.path.join(root, "src/DESIGN.md"), encoding="utf-8") as file:
        for line in file:
            match = ROW.match(line)
            if match:
                rows[match[1]] = match[2]

    by_name = {os.path.basename(folder): folder for folder in rows}
    direct = {
        folder: {by_name[word] for word in re.findall(r"[\w-]+", words) if word in by_name} for folder, words in rows.items()
    }

    def everything_below(folder):
        return direct[folder].union(*(everything_below(below) for below in direct[folder]))

    return {
        folder: everything_below(folder) if AND_BELOW in rows[folder] else direct[folder] for folder in rows
    }


def find_sources(root, ending):
    """Paths of all files of src/ and pyext/ with one of these endings, relative to ROOT."""
    for top in ("src", "pyext"):
        for directory, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "_", "build")))
            for name in sorted(names):
                if name.endswith(ending):
                    yield os.path.relpath(os.path.join(directory, name), root)


def folder_of(path):
    """src/app/widgets/tide-x.c is part of src/app, src/main.c of src."""
    return "/".join(os.path.dirname(path).split("/")[:2])


def read_lines(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def check_include(path, folder, bracket, header, owners, arrows):
    """What is wrong with one #include, or None."""
    name = os.path.basename(header)
    if GTK.match(header) and folder != "src/app":
        return f"includes {header}: GTK belongs to src/app alone"
    if folder in PLAIN_C and NOT_PLAIN.match(header):
        return f"includes {header}: {folder} is plain C"
    if bracket == "<" or name not in owners or folder in owners[name]:
        return None
    if name.endswith("-private.h"):
        return f"includes {header}, which is private to {' and '.join(sorted(owners[name]))}"
    if folder == "src" or owners[name] & arrows.get(folder, set()):
        return None
    return f"includes {header} of {' or '.join(sorted(owners[name]))}: no such arrow in src/DESIGN.md"


def check(root):
    """Every violation in the tree, as "path:line: what"."""
    arrows = read_arrows(root)
    problems = []
    if not arrows:
        return ["src/DESIGN.md: has no table of folders"]

    owners = {}
    for path in find_sources(root, ".h"):
        owners.setdefault(os.path.basename(path), set()).add(folder_of(path))

    for path in find_sources(root, (".c", ".h")):
        folder = folder_of(path)
        if folder != "src" and folder not in arrows:
            problems.append(f"{path}:1: {folder} is not in the table of src/DESIGN.md")
        for number, line in enumerate(read_lines(root, path), 1):
            match = INCLUDE.match(line)
            problem = match and check_include(path, folder, match[1], match[2], owners, arrows)
            if problem:
                problems.append(f"{path}:{number}: {problem}")

    for path in find_sources(root, (".c", ".h", ".py")):
        n_lines = len(read_lines(root, path))
        if n_lines > MAX_LINES:
            problems.append(f"{path}:{MAX_LINES + 1}: {n_lines} lines, more than {MAX_LINES}: cut it by concern")
    return problems


class TreeTest(unittest.TestCase):
    def test_tree(self):
        self.assertEqual(check(ROOT), [])

    def test_arrows(self):
        """The table is read as it is meant."""
        arrows = read_arrows(ROOT)
        self.assertEqual(arrows["src/wire"], set())
        self.assertEqual(arrows["src/model"], set())
        self.assertEqual(arrows["pyext/agent"], {"src/wire"})
        self.assertEqual(arrows["src/store"], {"src/model", "src/wire"})
        self.assertEqual(
            arrows["src/app"], {"src/session", "src/chart", "src/target", "src/store", "src/model", "src/wire"}
        )


class PlantedTest(unittest.TestCase):
    """A small tree in which all is well, and what is found when one file is added or changed."""

    DESIGN = """# Design
| folder | what for | may use |
| --- | --- | --- |
| `src/wire/` | frames; plain C | - |
| `pyext/agent/` | the agent | wire |
| `src/helper/` | the helper | wire |
| `src/model/` | tables | - |
| `src/store/` | files | model, wire |
| `src/chart/` | painters | model |
| `src/session/` | one window | store, model, wire |
| `src/app/` | widgets | session, chart, and what stands below them |
"""
    TREE = {
        "src/DESIGN.md": DESIGN,
        "src/wire/tide-wire.h": "#include <stdint.h>\n",
        "src/model/tide-series.h": "#include <glib.h>\n",
        "src/model/tide-series-private.h": '#include "tide-series.h"\n',
        "src/model/tide-series.c": '#include "tide-series-private.h"\n',
        "src/store/tide-store.h": '#include "tide-series.h"\n',
        "src/store/tide-store.c": '#include "config.h"\n#include "tide-store.h"\n#include "tide-wire.h"\n',
        "src/session/tide-session.h": '#include "tide-store.h"\n',
        "src/app/widgets/tide-window.h": '#include <gtk/gtk.h>\n#include "tide-session.h"\n#include "tide-wire.h"\n',
        "src/main.c": '#include "tide-window.h"\n',
        "src/helper/tide-account.h": '#include "tide-wire.h"\n',
        "pyext/agent/tide-account.h": '#include "tide-wire.h"\n',
        "pyext/agent/tide-account.c": '#include "tide-account.h"\n',
        "pyext/pagetide/__init__.py": "x = 1\n" * 600,
    }

    def plant(self, path=None, text=""):
        with tempfile.TemporaryDirectory() as root:
            for name, content in {**self.TREE, **({path: text} if path else {})}.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(content)
            return check(root)

    def assert_found(self, path, text, *parts):
        problems = self.plant(path, text)
        self.assertEqual(len(problems), 1, problems)
        for part in (path, *parts):
            self.assertIn(part, problems[0])

    def test_clean(self):
        self.assertEqual(self.plant(), [])

    def test_arrow_upwards(self):
        self.assert_found("src/model/tide-x.c", '\n#include "tide-store.h"\n', ":2:", "src/store")

    def test_arrow_sideways(self):
        self.assert_found("src/chart/tide-x.c", '#include "tide-store.h"\n', "src/store")

    def test_path_in_include(self):
        self.assert_found("src/model/tide-x.c", '  #  include "../store/tide-store.h"\n', "src/store")

    def test_helper_and_agent_share_only_the_wire(self):
        self.assert_found("src/helper/tide-x.c", '#include "tide-series.h"\n', "src/model")
        self.assert_found("src/wire/tide-x.c", '#include "tide-account.h"\n', "pyext/agent or src/helper")

    def test_private_header(self):
        self.assert_found("src/store/tide-x.c", '#include "tide-series-private.h"\n', "private to src/model")

    def test_gtk_outside_the_app(self):
        for header in ("gtk/gtk.h", "gdk/x11/gdkx.h", "gsk/gsk.h"):
            self.assert_found("src/session/tide-x.c", f"#include <{header}>\n", header)

    def test_glib_in_plain_c(self):
        for folder in PLAIN_C:
            for header in ("glib.h", "glib-object.h", "gio/gio.h", "glib/gstdio.h", "json-glib/json-glib.h", "Python.h"):
                self.assert_found(f"{folder}/tide-x.c", f"#include <{header}>\n", header)

    def test_unknown_folder(self):
        self.assert_found("src/other/tide-x.c", "int x;\n", "not in the table")

    def test_long_file(self):
        self.assert_found("src/model/tide-x.c", "\n" * 601, "601 lines")
        self.assert_found("pyext/pagetide/long.py", "x = 1\n" * 601, "601 lines")

    def test_no_table(self):
        self.assert_found("src/DESIGN.md", "# Design\n", "no table")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ROOT = os.path.abspath(sys.argv.pop(1))
    unittest.main()
