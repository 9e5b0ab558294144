"""A plugin of pytest, found by its entry point once the package is installed (else: pytest -p pagetide.pytest_plugin).

    pytest --pagetide[=FILE]     records the run into FILE (pytest.pagetide), each test a span in it, and lists the tests that grew most

    @pytest.mark.limit_rss("100 MiB")     the test fails when RSS rises higher than this above what it was before
    @pytest.mark.limit_leak("1 MiB")      the test fails when it keeps more than this: RSS after it, its garbage collected, above RSS before

RSS is what the kernel says of the whole process: what a test imports for the first time is its growth too, and memory that Python keeps for
later use is not given back.  Where the kernel does not let a peak begin anew (/proc/self/clear_refs), limit_rss looks at the end of the test.
So limits are for megabytes; a test that is measured at its second run is measured best.
"""
import gc
import os
import re
from typing import Any, Dict, Generator, List, Optional, Tuple, Union

from ._marks import span
from ._record import record
from .cPyMemTrace import rss, rss_peak

try:
    import pytest
    _around = pytest.hookimpl(hookwrapper=True)
except ImportError:  # the functions can be called all the same

    def _around(function: Any) -> Any:
        return function

__all__ = ["LimitExceeded", "parse_size"]

_UNITS = {"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40,
          "kb": 10 ** 3, "mb": 10 ** 6, "gb": 10 ** 9, "tb": 10 ** 12}
_MARKERS = ["limit_rss(size): the test fails when RSS rises higher than this above what it was before (\"100 MiB\")",
            "limit_leak(size): the test fails when RSS stays higher than this above what it was before (\"1 MiB\")"]
# So many tests are listed at the end.
_LISTED = 10


class LimitExceeded(AssertionError):
    """A test took, or kept, more memory than its limit."""


def parse_size(size: Union[str, int]) -> int:
    """Bytes of "100 MiB", "1.5GB", "64k" or a number.  Raises ValueError."""
    if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
        return size
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", size) if isinstance(size, str) else None
    if match is None or match[2].lower() not in _UNITS:
        raise ValueError("%r is no size: write \"100 MiB\", or a number of bytes." % (size,))
    return int(float(match[1]) * _UNITS[match[2].lower()])


def format_size(size: int) -> str:
    """SIZE bytes for people: "1.5 MiB"."""
    number = float(size)
    for unit in ("B", "KiB", "MiB"):
        if abs(number) < 1024:
            return "%.4g %s" % (number, unit)
        number /= 1024
    return "%.4g GiB" % number


def _forget_peak() -> bool:
    """Has the kernel's peak begin anew, so that the next one is that of what runs now.  False where it may not."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return False
    return True


def _limit(item: Any, name: str) -> Optional[int]:
    marker = item.get_closest_marker(name)
    if marker is None:
        return None
    if len(marker.args) != 1 or marker.kwargs:
        raise ValueError("%s takes one size: @pytest.mark.%s(\"100 MiB\")" % (name, name))
    return parse_size(marker.args[0])


def _excess(before: int, top: int, after: int, most: Optional[int], keeps: Optional[int]) -> Optional[LimitExceeded]:
    """What a test of these figures is to be told, or None."""
    if most is not None and top - before > most:
        return LimitExceeded("RSS rose by %s, more than limit_rss(%s) allows" % (format_size(top - before), format_size(most)))
    if keeps is not None and after - before > keeps:
        return LimitExceeded("RSS stays %s higher, more than limit_leak(%s) allows" % (format_size(after - before), format_size(keeps)))
    return None


def _force(outcome: Any, error: BaseException) -> None:
    if hasattr(outcome, "force_exception"):
        outcome.force_exception(error)
    else:
        outcome._result, outcome._excinfo = None, (type(error), error, error.__traceback__)


class Run:
    """A run of pytest with --pagetide."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.recording = record(path)
        self.grown: List[Tuple[int, str]] = []
        self.problem: Optional[str] = None

    def begin(self) -> None:
        """Starts the recording; why it cannot be made is said at the end."""
        try:
            self.recording.__enter__()
        except (RuntimeError, ImportError, ValueError) as error:
            self.problem = str(error)

    def end(self) -> None:
        """Ends the recording."""
        if self.problem is None:
            try:
                self.recording.__exit__(None, None, None)
            except RuntimeError as error:
                self.problem = str(error)

    def summary(self) -> List[str]:
        """The lines that say what was found."""
        lines = ["%10s  %s" % (format_size(size), name) for size, name in sorted(self.grown, reverse=True)[:_LISTED] if size > 0]
        return lines + [self.problem if self.problem is not None else "recorded to %s" % self.path]


_runs: Dict[int, Run] = {}


def pytest_addoption(parser: Any) -> None:
    """Called by pytest."""
    parser.getgroup("pagetide").addoption("--pagetide", metavar="FILE", nargs="?", const="pytest.pagetide", default=None,
                                          help="record the memory of this run into FILE (%(const)s)")


def pytest_configure(config: Any) -> None:
    """Called by pytest."""
    for line in _MARKERS:
        config.addinivalue_line("markers", line)


def pytest_sessionstart(session: Any) -> None:
    """Called by pytest."""
    path = session.config.getoption("pagetide")
    if path:
        _runs[id(session.config)] = Run(path)
        _runs[id(session.config)].begin()


def pytest_sessionfinish(session: Any) -> None:
    """Called by pytest."""
    run = _runs.get(id(session.config))
    if run is not None:
        run.end()


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Called by pytest."""
    run = _runs.pop(id(config), None)
    if run is not None:
        terminalreporter.section("pagetide: tests by growth of RSS")
        for line in run.summary():
            terminalreporter.write_line(line)


@_around
def pytest_runtest_call(item: Any) -> Generator[None, Any, None]:
    """Called by pytest around each test."""
    run = _runs.get(id(item.config))
    most, keeps = _limit(item, "limit_rss"), _limit(item, "limit_leak")
    if run is None and most is None and keeps is None:
        yield
        return
    if keeps is not None:
        gc.collect()
    sees_peak = most is not None and _forget_peak()
    before = rss()
    with span(item.nodeid):
        outcome = yield
    top = max(rss_peak(), rss()) if sees_peak else rss()
    if keeps is not None:
        gc.collect()
    after = rss()
    if run is not None:
        run.grown.append((after - before, item.nodeid))
    excess = _excess(before, top, after, most, keeps)
    if excess is not None and outcome.excinfo is None:
        _force(outcome, excess)
