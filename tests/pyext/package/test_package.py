"""The package as a whole: what importing it costs and leaves behind, its hints, its docstrings, and one version everywhere."""
import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
import typing
import unittest

import pagetide

FOLDER = os.path.dirname(os.path.abspath(pagetide.__file__))
TREE = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, os.pardir)
MODULES = sorted(name[:-3] for name in os.listdir(FOLDER) if name.endswith(".py"))


def public(module):
    """(name, object) of what a module offers: its classes and functions, and the methods of those classes."""
    for name in getattr(module, "__all__", []):
        thing = getattr(module, name)
        if inspect.isclass(thing):
            yield name, thing
            for method, member in vars(thing).items():
                function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield "%s.%s" % (name, method), function
        elif inspect.isfunction(thing):
            yield name, thing


class TestPackage(unittest.TestCase):
    def test_importing_it_imports_no_tool(self):
        program = "import sys; import pagetide; print([name for name in sys.modules if name.startswith('pagetide.')])"
        self.assertEqual(subprocess.check_output([sys.executable, "-c", program]), b"[]\n")

    def test_tools_are_attributes(self):
        for name in pagetide.__all__:
            self.assertIsNotNone(getattr(pagetide, name))
            self.assertIn(name, dir(pagetide))
        with self.assertRaisesRegex(AttributeError, "no attribute 'nonsense'"):
            pagetide.nonsense

    def test_needs_nothing_but_the_standard_library(self):
        for name in MODULES:
            with open(os.path.join(FOLDER, name + ".py"), encoding="utf-8") as file:
                tree = ast.parse(file.read(), feature_version=(3, 8))
            for node in ast.walk(tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                    [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                for imported in names:
                    top = imported.split(".")[0]
                    # What is for a program that has it: a plugin asks for its host.
                    if top == "pagetide" or (name, top) in (("_ipython", "IPython"), ("pytest_plugin", "pytest")):
                        continue
                    self.assertIn(top, getattr(sys, "stdlib_module_names", {top}), name)

    def test_every_public_thing_is_described_and_typed(self):
        for name in pagetide.__all__:
            module = getattr(pagetide, name)
            if not inspect.ismodule(module):
                continue
            self.assertTrue(module.__doc__)
            for label, thing in public(module):
                with self.subTest(module=name, thing=label):
                    self.assertTrue(inspect.getdoc(thing), "no docstring")
                    if inspect.isfunction(thing):
                        hints = typing.get_type_hints(thing)
                        wanted = set(inspect.signature(thing).parameters) - {"self", "cls"}
                        self.assertEqual(wanted | {"return"}, set(hints) | {"return"})
                        self.assertIn("return", hints)

    def test_one_version(self):
        with open(os.path.join(TREE, "meson.build"), encoding="utf-8") as file:
            version = re.search(r"^  version: '([^']+)'", file.read(), re.M)[1]
        with open(os.path.join(TREE, "pyext", "pyproject.toml"), encoding="utf-8") as file:
            self.assertIn('\nversion = "%s"\n' % version, file.read())
        self.assertEqual(pagetide.__version__, version)

    def test_meson_installs_every_file(self):
        with open(os.path.join(TREE, "pyext", "pagetide", "meson.build"), encoding="utf-8") as file:
            listed = set(re.findall(r"^  '([^'/]+)',$", file.read(), re.M))
        present = {name for name in os.listdir(os.path.join(TREE, "pyext", "pagetide")) if name.endswith((".py", ".typed"))}
        self.assertEqual(listed, present)

    def test_every_module_imports(self):
        for name in MODULES:
            if not name.startswith("__") and name != "heap":
                importlib.import_module("pagetide." + name)


if __name__ == "__main__":
    unittest.main()
