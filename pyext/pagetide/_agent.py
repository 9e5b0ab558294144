"""The package's way into the agent, the shared object that does in C what Python would do too slowly.

It is, in this order: what is in this process already (a program that Pagetide launched), the file that PAGETIDE_AGENT names, the one
beside this package (pip), the one of an installation that this package is a part of (meson), the one beside the link to this package (pip -e).
"""
import importlib.machinery
import importlib.util
import os
import site
import sys
import sysconfig
import threading
from typing import Any, Callable, Dict, List, Optional

NAME = "pagetide-agent.so"
# Of the functions that the agent offers, see TIDE_DOOR_VERSION in its sources.
VERSION = 1
MODULE = "pagetide_agent"

_lock = threading.Lock()
_functions: Optional[Dict[str, Callable[..., Any]]] = None
_looked = False


class AgentError(ImportError):
    """The agent cannot be loaded; the message says why, and what would help."""


def _loaded() -> Optional[str]:
    """The path of the agent that is in this process, or None."""
    try:
        with open("/proc/self/maps", "rb") as maps:
            for line in maps:
                path = line.split(None, 5)[5].rstrip(b"\n") if line.count(b"/") else b""
                if path.endswith(NAME.encode()):
                    return os.fsdecode(path)
    except (OSError, IndexError):
        pass
    return None


def places() -> List[str]:
    """Where the agent may be, best first: paths."""
    here = os.path.dirname(os.path.abspath(__file__))
    given = os.environ.get("PAGETIDE_AGENT")
    folders = [here, os.path.join(here, os.pardir, os.pardir), sysconfig.get_path("platlib"), site.getusersitepackages()]
    return [path for path in [_loaded(), given] + [os.path.join(folder, NAME) for folder in folders] if path]


def _as_module(path: str) -> Dict[str, Callable[..., Any]]:
    """By the interpreter's own loader of extension modules."""
    loader = importlib.machinery.ExtensionFileLoader(MODULE, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(MODULE, path, loader=loader))
    loader.exec_module(module)
    if module.version != VERSION:
        raise AgentError("%s is of another version than this package: install Pagetide again." % path)
    return module.functions


def _as_library(path: str) -> Dict[str, Callable[..., Any]]:
    """By ctypes: the only way where objects have another head than the agent knows."""
    import ctypes
    door = ctypes.PyDLL(path).pagetide_agent_door
    door.restype = ctypes.py_object
    door.argtypes = [ctypes.c_uint]
    found = door(VERSION)
    if found is None:
        raise AgentError("%s is of another version than this package: install Pagetide again." % path)
    return found


def _load() -> Dict[str, Callable[..., Any]]:
    ways = [_as_library] if sysconfig.get_config_var("Py_GIL_DISABLED") else [_as_module, _as_library]
    problems = []
    for path in places():
        if not os.path.isfile(path):
            continue
        for way in ways:
            try:
                return way(path)
            except (ImportError, OSError, AttributeError) as error:
                problems.append("%s: %s" % (path, error))
    if problems:
        raise AgentError("Pagetide's agent cannot be loaded: " + "; ".join(problems))
    if sys.platform != "linux":
        raise AgentError("Pagetide's agent is for Linux alone.")
    raise AgentError("Pagetide's agent (%s) is not installed beside this package: install the package with a C compiler at hand, install "
                     "Pagetide, or name the file in PAGETIDE_AGENT." % NAME)


def present() -> Optional[Dict[str, Callable[..., Any]]]:
    """The functions of the agent when it is in this process already, else None.  Looks once: cheap where nobody measures."""
    global _functions, _looked
    if _functions is None and not _looked:
        with _lock:
            if _functions is None and not _looked:
                _functions = _load() if _loaded() else None
                _looked = True
    return _functions


def functions() -> Dict[str, Callable[..., Any]]:
    """The functions of the agent by their names; loads it on first use.  Raises AgentError, an ImportError."""
    global _functions
    if _functions is None:
        with _lock:
            if _functions is None:
                _functions = _load()
    return _functions
