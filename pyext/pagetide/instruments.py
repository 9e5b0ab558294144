"""Starts and stops instruments of the recording that is made of this program, while it runs.

    pagetide.instruments.start("bytes")
    ...
    pagetide.instruments.stop("bytes")

Names are those of `pagetide record --instruments`: events, faults, calls, lines, bytes, bytes-sampled, gc.
"""
import time
from typing import Callable, Dict, Optional, Tuple

from . import _agent

__all__ = ["is_recorded", "start", "state", "stop"]

# TideInstrument of the agent.
_BITS = {"events": 2, "faults": 4, "calls": 8, "lines": 16, "bytes": 32, "bytes-sampled": 64, "gc": 128}
_STATES = {0: "off", 1: "on", 2: "refused"}
_TRIGGER, _SAMPLE = 1, 2
# The helper answers within milliseconds; one that does not is gone.
_PATIENCE_S = 5.0


def _bit(name: str) -> int:
    if name not in _BITS:
        raise ValueError("There is no instrument %r: there are %s." % (name, ", ".join(_BITS)))
    return _BITS[name]


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not done():
        if time.monotonic() > end:
            raise RuntimeError("Nobody answers who records this program.")
        time.sleep(0.0005)


def _ask(functions: Dict[str, Callable[..., object]], on: int, off: int, parts: int, trigger: int, sample: int) -> None:
    number = 0

    def asked() -> bool:
        nonlocal number
        number = functions["request"](on, off, parts, trigger, sample)  # type: ignore[assignment]
        return bool(number)
    _wait(asked)
    _wait(lambda: bool(functions["settle"](number)))


def is_recorded() -> bool:
    """Whether this program is being recorded by Pagetide, by itself or by whoever started it."""
    functions = _agent.present()
    return functions is not None and bool(functions["measured"]())


def start(*names: str, trigger: Optional[int] = None, sample: Optional[int] = None) -> bool:
    """Starts instruments.  True when they are on; False when nobody records this program.

    TRIGGER: of calls and lines, how many bytes RSS must have moved for an event to be kept; 0: all.  SAMPLE: of bytes-sampled, the mean
    distance of two samples in bytes.  Raises ValueError for a name or size that there is not, RuntimeError with the reason when one cannot
    be started here.
    """
    on = 0
    for name in names:
        on |= _bit(name)
    for what, size, least in (("trigger", trigger, 0), ("sample", sample, 1)):
        if size is not None and not least <= size < 1 << 63:
            raise ValueError("%s is %d: it is a number of bytes, %d or more." % (what, size, least))
    functions = _agent.present()
    if functions is None or not functions["measured"]():
        return False
    parts = (_TRIGGER if trigger is not None else 0) | (_SAMPLE if sample is not None else 0)
    _ask(functions, on, 0, parts, trigger or 0, sample or 0)
    for name in names:
        what, why = state(name)
        if what == "refused":
            raise RuntimeError(why or "The instrument %s cannot be started here." % name)
    return True


def stop(*names: str) -> bool:
    """Stops instruments.  True when they are off; False when nobody records this program.  Raises ValueError for a name that there is not."""
    off = 0
    for name in names:
        off |= _bit(name)
    functions = _agent.present()
    if functions is None or not functions["measured"]():
        return False
    _ask(functions, 0, off, 0, 0, 0)
    return True


def state(name: str) -> Tuple[str, str]:
    """("off", "on" or "refused", why) of an instrument; the second is empty where there is nothing to say."""
    bit = _bit(name)
    functions = _agent.present()
    if functions is None or not functions["measured"]():
        return "off", ""
    number, why = functions["state"](bit)
    return _STATES.get(number, "off"), why
