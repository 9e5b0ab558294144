"""Builds the package for pip (PEP 517 and 660) with the standard library alone; see pyproject.toml for why.

What stands in [project] of pyproject.toml is what the wheel says; only the few forms of TOML that are used there are read, since 3.8 has no
reader of its own.  Nothing is written into the source directory.

The agent is compiled on the way, from the sources and with the link options that pyext/meson.build lists, by the C compiler of CC, of the
interpreter, or `cc`.  Where there is no compiler, or the sources of Pagetide are not around this project, the package goes without; what
needs the agent says so then.
"""
import base64
import hashlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = "pagetide"
AGENT = "pagetide-agent.so"
# Programs to be measured, for the window; no part of the package.
NOT_INSTALLED = {"examples", "__pycache__"}
# What a wheel's members are dated, so that the same sources give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)


def project():
    """What [project] says: strings, and lists of strings."""
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as file:
        table = re.search(r"^\[project\]\n(.*?)(?=^\[|\Z)", file.read(), re.M | re.S)[1]
    values = dict(re.findall(r'^([\w-]+) = "([^"]*)"$', table, re.M))
    for key, lines in re.findall(r"^([\w-]+) = \[\n(.*?)^\]", table, re.M | re.S):
        values[key] = re.findall(r'"([^"]*)"', lines)
    values["license"] = re.search(r'^license = \{text = "([^"]*)"\}$', table, re.M)[1]
    return values


def metadata():
    """The METADATA file (core metadata 2.1)."""
    values = project()
    lines = ["Metadata-Version: 2.1", "Name: " + values["name"], "Version: " + values["version"], "Summary: " + values["description"],
             "License: " + values["license"], "Requires-Python: " + values["requires-python"]]
    return "\n".join(lines + ["Classifier: " + text for text in values["classifiers"]]) + "\n"


def sources(folder):
    """Paths of the files under FOLDER, relative to this project, sorted."""
    found = []
    for directory, folders, names in os.walk(os.path.join(HERE, folder)):
        folders[:] = sorted(set(folders) - NOT_INSTALLED)
        found += [os.path.relpath(os.path.join(directory, name), HERE) for name in names if name.endswith((".py", ".typed", ".toml"))]
    return sorted(found)


def find_compiler():
    """The C compiler's command line as a list, or None."""
    for command in (os.environ.get("CC"), sysconfig.get_config_var("CC"), "cc", "gcc"):
        words = shlex.split(command or "")
        if words and shutil.which(words[0]):
            return words
    return None


def compile_agent():
    """The bytes of the agent, or None where it cannot be made; stderr says why."""
    with open(os.path.join(HERE, "meson.build"), encoding="utf-8") as file:
        target = re.search(r"shared_module\('pagetide-agent',.*?install_dir", file.read(), re.S)[0]
    files = [os.path.join(HERE, name) for name in re.findall(r"'([^']+\.c)'", target)]
    compiler = find_compiler()
    if not all(map(os.path.isfile, files)):
        print("pagetide: without its agent: the sources of Pagetide are not around this folder", file=sys.stderr)
        return None
    if compiler is None:
        print("pagetide: without its agent: there is no C compiler (CC)", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, AGENT)
        command = compiler + ["-std=gnu11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-I" + os.path.join(HERE, "../src/wire"), "-o", path]
        answer = subprocess.run(command + files + re.findall(r"'(-Wl,[^']+)'", target), stdout=sys.stderr)
        if answer.returncode:
            print("pagetide: without its agent: the C compiler failed", file=sys.stderr)
            return None
        with open(path, "rb") as file:
            return file.read()


def write_wheel(directory, files, tag="py3-none-any"):
    """A wheel of FILES, {name in it: bytes}, in DIRECTORY; gives its base name."""
    values = project()
    stem = "%s-%s" % (values["name"], values["version"])
    info = stem + ".dist-info/"
    files = dict(files)
    files[info + "METADATA"] = metadata().encode()
    files[info + "WHEEL"] = ("Wheel-Version: 1.0\nGenerator: pagetide_build\nRoot-Is-Purelib: %s\nTag: %s\n"
                             % ("true" if tag.endswith("any") else "false", tag)).encode()
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (name, digest, len(content))
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    wheel = "%s-%s.whl" % (stem, tag)
    with zipfile.ZipFile(os.path.join(directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, DATE)
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return wheel


# The hooks that pip calls; their names and parameters are those of PEP 517 and PEP 660.

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {}
    for path in sources(PACKAGE):
        with open(os.path.join(HERE, path), "rb") as file:
            files[path.replace(os.sep, "/")] = file.read()
    agent = compile_agent()
    if agent is None:
        return write_wheel(wheel_directory, files)
    files["%s/%s" % (PACKAGE, AGENT)] = agent
    return write_wheel(wheel_directory, files, "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_"))


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, {"_%s.pth" % PACKAGE: (HERE + "\n").encode()})


def build_sdist(sdist_directory, config_settings=None):
    values = project()
    stem = "%s-%s" % (values["name"], values["version"])
    with tarfile.open(os.path.join(sdist_directory, stem + ".tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in sources("."):
            archive.add(os.path.join(HERE, path), os.path.join(stem, path))
        information = tarfile.TarInfo(os.path.join(stem, "PKG-INFO"))
        information.size = len(metadata().encode())
        archive.addfile(information, io.BytesIO(metadata().encode()))
    return stem + ".tar.gz"
