"""Pagetide's Python package: where a program's memory goes, asked from inside it.

Its tools are modules of their own, each imported when it is first asked for:

* `pagetide.cPyMemTrace` logs each call, return or line at which memory moved
* `pagetide.mark`, `span` and `snapshot` say something of the program in the recording that is made of it, and `pagetide.record` makes one
* `pagetide.instruments` starts and stops instruments of that recording
* `pagetide.process` logs the memory of a process, or of a tree of processes, at regular intervals
* `pagetide.trace_malloc` says what a block of code allocated, by file, line or traceback, without what asking cost
* `pagetide.debug_malloc_stats` says how a block of code changed CPython's allocator of small objects

Nothing but CPython 3.8 or newer is needed.  Programs that are launched by Pagetide find the package without an installation.
"""
import importlib
from typing import Any, List

__version__ = "0.1.0"

_MODULES = ("cPyMemTrace", "debug_malloc_stats", "instruments", "process", "trace_malloc")

# Functions, and the modules that have them.
_FUNCTIONS = {"mark": "_marks", "record": "_record", "snapshot": "_marks", "span": "_marks", "load_ipython_extension": "_ipython",
              "unload_ipython_extension": "_ipython"}

__all__ = ["__version__", *_MODULES, *_FUNCTIONS]


def __getattr__(name: str) -> Any:
    """A part of the package on its first use, so that `import pagetide` alone costs next to nothing."""
    if name in _MODULES or name == "heap":
        return importlib.import_module("pagetide." + name)
    if name in _FUNCTIONS:
        function = getattr(importlib.import_module("pagetide." + _FUNCTIONS[name]), name)
        globals()[name] = function
        return function
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


def __dir__() -> List[str]:
    return sorted(set(globals()) | set(_MODULES) | set(_FUNCTIONS))
