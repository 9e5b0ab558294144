"""Marks, spans and snapshots: what a program says of itself in the recording that is made of it."""
import contextlib
import itertools
from types import TracebackType
from typing import Optional, Type

from . import _agent

__all__ = ["mark", "snapshot", "span"]

# TideMarkKind of the agent.
_MESSAGE, _BEGIN, _END, _SNAPSHOT = range(4)

_numbers = itertools.count(1)


def _set(kind: int, number: int, text: str) -> bool:
    functions = _agent.present()
    return functions is not None and bool(functions["mark"](kind, number, text.replace("\0", "\\x00").encode("utf-8", "surrogatepass")))


def mark(text: str) -> bool:
    """Marks this moment with TEXT in the recording: a marker in the window, a row of `pagetide report --view markers`.

    True when it was written; False, at the price of a function call, when nobody records this program, or when there was no room.
    More than 4,096 bytes are cut.
    """
    return _set(_MESSAGE, 0, text)


def snapshot(name: str) -> bool:
    """Names this moment, so that it can be compared with another: A and B in the window, `pagetide diff FILE@NAME FILE@OTHER`.

    Returns as `mark` does.
    """
    return _set(_SNAPSHOT, 0, name)


class span(contextlib.ContextDecorator):  # noqa: N801, it is used as a function is
    """The time that a block takes, or each call of a function, under a name.

        with pagetide.span("load"):
            ...

        @pagetide.span("load")
        def load(): ...

    Spans may stand in one another and overlap across threads.  Nothing is written, and nothing fails, when nobody records this program.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._number = 0

    def _recreate_cm(self) -> "span":
        return span(self.name)

    def __enter__(self) -> "span":
        self._number = next(_numbers)
        _set(_BEGIN, self._number, self.name)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException], traceback: Optional[TracebackType]) -> None:
        _set(_END, self._number, self.name)
