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
# Where the part of the agent's sources is that it shares with the other programs: in the tree, in a source distribution.
WIRE = [os.path.join(os.pardir, "src", "wire"), "wire"]
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


def entry_points():
    """The entry_points.txt file: what [project.entry-points.GROUP] says of each group."""
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as file:
        tables = re.findall(r"^\[project\.entry-points\.([\w.]+)\]\n(.*?)(?=^\[|\Z)", file.read(), re.M | re.S)
    return "".join("[%s]\n%s\n" % (group, "\n".join("%s = %s" % pair for pair in re.findall(r'^([\w-]+) = "([^"]*)"$', table, re.M)))
                   for group, table in tables)


def metadata():
    """The METADATA file (core metadata 2.1)."""
    values = project()
    lines = ["Metadata-Version: 2.1", "Name: " + values["name"], "Version: " + values["version"], "Summary: " + values["description"],
             "License: " + values["license"], "Requires-Python: " + values["requires-python"]]
    return "\n".join(lines + ["Classifier: " + text for text in values["classifiers"]]) + "\n"


def sources(folder, endings=(".py", ".typed", ".toml")):
    """Paths of the files under FOLDER, relative to this project, sorted."""
    found = []
    for directory, folders, names in os.walk(os.path.join(HERE, folder)):
        folders[:] = sorted(set(folders) - NOT_INSTALLED)
        found += [os.path.relpath(os.path.join(directory, name), HERE) for name in names if name.endswith(endings)]
    return sorted(found)


def wire():
    """The folder of the shared sources, relative to this project; None when it did not come along."""
    return next((path for path in WIRE if os.path.isfile(os.path.join(HERE, path, "tide-wire.h"))), None)


def agent_command(output):
    """The command that compiles the agent into OUTPUT, to be run in this project."""
    with open(os.path.join(HERE, "meson.build"), encoding="utf-8") as file:
        listed = re.findall(r"^agent_(?:\w+_)?files = files\((.*?)\)$", file.read(), re.M | re.S)
    files = [path.replace("../src/wire", wire()) for path in re.findall(r"'([^']+\.c)'", " ".join(listed))]
    return shlex.split(os.environ.get("CC", "cc")) + [
        "-std=gnu11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-Wl,-z,nodelete,-z,relro,-z,now,-z,noexecstack,-z,text",
        "-I" + wire(), "-o", output] + files


def build_agent():
    """The agent's bytes, or None and a word on standard error when it cannot be compiled here."""
    problem = None
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, AGENT)
        if wire() is None:
            problem = "its sources in src/wire did not come along"
        elif not shutil.which(shlex.split(os.environ.get("CC", "cc"))[0]):
            problem = "there is no C compiler"
        elif subprocess.run(agent_command(output), cwd=HERE).returncode:
            problem = "it does not compile"
        if problem is None:
            with open(output, "rb") as file:
                return file.read()
    print("pagetide: built without the agent, which cPyMemTrace needs: %s" % problem, file=sys.stderr)
    return None


def write_wheel(directory, files, platform="any"):
    """A wheel of FILES, {name in it: bytes}, in DIRECTORY; gives its base name."""
    values = project()
    stem = "%s-%s" % (values["name"], values["version"])
    info = stem + ".dist-info/"
    files = dict(files)
    files[info + "METADATA"] = metadata().encode()
    files[info + "WHEEL"] = ("Wheel-Version: 1.0\nGenerator: pagetide_build\nRoot-Is-Purelib: %s\nTag: py3-none-%s\n"
                             % ("true" if platform == "any" else "false", platform)).encode()
    files[info + "entry_points.txt"] = entry_points().encode()
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (name, digest, len(content))
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    wheel = "%s-py3-none-%s.whl" % (stem, platform)
    with zipfile.ZipFile(os.path.join(directory, wheel), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, DATE)
            member.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return wheel


def write_with_agent(directory, files, name):
    """A wheel of FILES and of the agent, if it can be built, with this NAME."""
    agent = build_agent()
    if agent is None:
        return write_wheel(directory, files)
    return write_wheel(directory, dict(files, **{name: agent}), re.sub(r"\W", "_", sysconfig.get_platform()))


# The hooks that pip calls; their names and parameters are those of PEP 517 and PEP 660.

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {}
    for path in sources(PACKAGE):
        with open(os.path.join(HERE, path), "rb") as file:
            files[path.replace(os.sep, "/")] = file.read()
    return write_with_agent(wheel_directory, files, "%s/%s" % (PACKAGE, AGENT))


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    # The agent does not go into the source directory, but where the link to it is: pagetide._agent looks there too.
    return write_with_agent(wheel_directory, {"_%s.pth" % PACKAGE: (HERE + "\n").encode()}, AGENT)


def build_sdist(sdist_directory, config_settings=None):
    values = project()
    stem = "%s-%s" % (values["name"], values["version"])
    with tarfile.open(os.path.join(sdist_directory, stem + ".tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in sources(".") + sources("agent", (".c", ".h")) + ["meson.build"]:
            archive.add(os.path.join(HERE, path), os.path.join(stem, path))
        for path in sources(wire(), (".c", ".h")) if wire() else []:
            archive.add(os.path.join(HERE, path), os.path.join(stem, "wire", os.path.basename(path)))
        information = tarfile.TarInfo(os.path.join(stem, "PKG-INFO"))
        information.size = len(metadata().encode())
        archive.addfile(information, io.BytesIO(metadata().encode()))
    return stem + ".tar.gz"
