"""Records this very process: the agent inside it, and Pagetide's program beside it, which writes the file."""
import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from types import TracebackType
from typing import IO, Optional, Type, Union

from . import _agent
from ._marks import span

__all__ = ["record"]

# How long the program beside may take to be ready, and to write the last.
_START_S = 60
_END_S = 120
_NOT_FROM_INSIDE = {"faults"}


def find_program() -> str:
    """The path of Pagetide's program: PAGETIDE_BIN, the one of the installation that this package is a part of, or that of PATH.

    Raises RuntimeError where there is none.
    """
    given = os.environ.get("PAGETIDE_BIN")
    if given:
        return given
    folder = os.path.dirname(os.path.abspath(__file__))
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        path = os.path.join(folder, "bin", "pagetide")
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    found = shutil.which("pagetide")
    if found is None:
        raise RuntimeError("Pagetide's program is not installed: install Pagetide, or name its program in PAGETIDE_BIN.")
    return found


class _Beside:
    """The program beside this process, and the two pipes: it says when it is ready, and ends when we let go."""

    def __init__(self, path: str, region: int, instruments: str, max_size: Optional[int], trigger: Optional[int]) -> None:
        ready, ready_there = os.pipe()
        life_there, self.life = os.pipe()
        self.errors: IO[bytes] = tempfile.TemporaryFile()
        command = [find_program(), "record", "--join=%d,%d,%d,%d" % (region, os.getpid(), ready_there, life_there), "--instruments", instruments,
                   "-o", path]
        if max_size is not None:
            command += ["--max-size", str(max_size)]
        if trigger:
            command += ["--trigger", str(trigger)]
        try:
            # In a session of its own: what a terminal sends is for this process.
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.errors,
                                            pass_fds=(region, ready_there, life_there), start_new_session=True)
        except OSError as error:
            for descriptor in (ready, self.life):
                os.close(descriptor)
            self.errors.close()
            raise RuntimeError("Pagetide's program cannot be run: %s" % error) from error
        finally:
            os.close(ready_there)
            os.close(life_there)
        try:
            if not select.select([ready], [], [], _START_S)[0] or os.read(ready, 1) != b"1":
                raise RuntimeError(self.end(kill=True) or "Pagetide's program does not answer.")
        finally:
            os.close(ready)

    def end(self, kill: bool = False) -> str:
        """Lets it write what is left and end; why it failed, or ""."""
        os.close(self.life)
        try:
            status = self.process.wait(_END_S if not kill else 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait() or 1
        self.errors.seek(0)
        text = self.errors.read().decode(errors="replace").strip()
        self.errors.close()
        return text or "Pagetide's program ended with status %d." % status if status else ""

    def forget(self) -> None:
        """In a forked child: it is the parent's."""
        os.close(self.life)
        self.errors.close()
        self.process.returncode = 0


class record(contextlib.ContextDecorator):  # noqa: N801, it is used as a function is
    """Records this process from here to the end of the block, or each call of a function, into a file that Pagetide opens.

        with pagetide.record("out.pagetide"):
            ...

    PATH is replaced.  INSTRUMENTS: names separated by commas as of `pagetide record --instruments`, but for "faults", which needs a program
    that Pagetide launched.  MAX_SIZE: the file grows no larger, in bytes.  TRIGGER: of calls and lines, how many bytes RSS must have moved for
    an event to be kept; without it all are.

    In a program that is recorded already, by Pagetide that launched it or by a block around, it is a `span` with the file's name instead:
    no second recording is made.

    For the main thread.  Entering raises RuntimeError when Pagetide's program is not installed or this interpreter cannot be measured,
    ImportError when there is no agent, ValueError for instruments that there are not; leaving raises RuntimeError when the file could not be
    written.  In a child that was forked inside the block, leaving does nothing.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], *, instruments: str = "events", max_size: Optional[int] = None,
                 trigger: Optional[int] = None) -> None:
        self.path = os.fspath(path)
        self._instruments = instruments
        self._max_size = max_size
        self._trigger = trigger
        self._beside: Optional[_Beside] = None
        self._span: Optional[span] = None
        self._pid = 0

    def _recreate_cm(self) -> "record":
        return record(self.path, instruments=self._instruments, max_size=self._max_size, trigger=self._trigger)

    def __enter__(self) -> "record":
        functions = _agent.functions()
        unknown = _NOT_FROM_INSIDE.intersection(self._instruments.split(","))
        if unknown:
            raise ValueError("%s cannot be started from inside: use `pagetide record`." % ", ".join(sorted(unknown)))
        if functions["measured"]():
            self._span = span(os.path.basename(self.path))
            self._span.__enter__()
            return self
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("A recording begins and ends in the main thread.")
        sys.stdout.flush()
        region = functions["join_make"]()
        if region < 0:
            raise RuntimeError("No memory can be shared with Pagetide: %s" % os.strerror(-region))
        try:
            beside = _Beside(os.path.abspath(self.path), region, self._instruments, self._max_size, self._trigger)
        except BaseException:
            functions["join_leave"]()
            raise
        finally:
            os.close(region)
        why = functions["join_begin"]()
        if why is not None:
            functions["join_leave"]()
            beside.end()
            raise RuntimeError(why)
        self._beside, self._pid = beside, os.getpid()
        return self

    @property
    def is_span(self) -> bool:
        """Whether the program is recorded already, so that this is a span of that recording."""
        return self._span is not None

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        if self._span is not None:
            inner, self._span = self._span, None
            inner.__exit__(kind, value, traceback)
        if self._beside is None:
            return
        beside, self._beside = self._beside, None
        if self._pid != os.getpid():
            beside.forget()
            return
        _agent.functions()["join_leave"]()
        problem = beside.end()
        if problem:
            raise RuntimeError(problem)
