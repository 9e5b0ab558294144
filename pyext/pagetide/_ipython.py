"""IPython: `%load_ext pagetide`, then

    %%pagetide [-o FILE.pagetide] [--instruments LIST]
    code of the cell

records the cell and shows the picture of its timeline; FILE is kept, else the recording is thrown away.
"""
import argparse
import os
import shlex
import subprocess
import tempfile
from typing import Any, List, Optional

from ._record import find_program, record

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_SIZE = "1000x300"
_RENDER_S = 60


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise ValueError("%%%%pagetide: %s" % message)


def _parse(line: str) -> argparse.Namespace:
    parser = _Parser(prog="%%pagetide", add_help=False)
    parser.add_argument("-o", "--output", metavar="FILE")
    parser.add_argument("--instruments", default="events")
    return parser.parse_args(shlex.split(line))


def _render(recording: str, picture: str) -> bytes:
    """The timeline of a recording as PNG.  Raises RuntimeError."""
    answer = subprocess.run([find_program(), "render", recording, "-o", picture, "--size", _SIZE], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_RENDER_S)
    if answer.returncode:
        raise RuntimeError(answer.stderr.decode(errors="replace").strip() or "The timeline cannot be rendered.")
    with open(picture, "rb") as file:
        return file.read()


def _show(png: bytes, path: Optional[str]) -> None:
    from IPython.display import Image, display  # type: ignore[import-not-found]
    display(Image(data=png, format="png"))
    if path is not None:
        print("recorded to %s" % path)


def _magic(shell: Any) -> Any:
    def pagetide(line: str, cell: str) -> None:
        """Records the cell, and shows its timeline: %%pagetide [-o FILE.pagetide] [--instruments LIST]"""
        options = _parse(line)
        with tempfile.TemporaryDirectory(prefix="pagetide-") as folder:
            path = os.path.abspath(options.output) if options.output else os.path.join(folder, "cell.pagetide")
            with record(path, instruments=options.instruments):
                shell.run_cell(cell)
            _show(_render(path, os.path.join(folder, "cell.png")), options.output)
    return pagetide


def load_ipython_extension(ipython: Any) -> None:
    """Called by `%load_ext pagetide`."""
    ipython.register_magic_function(_magic(ipython), "cell", "pagetide")


def unload_ipython_extension(ipython: Any) -> None:
    """Called by `%unload_ext pagetide`."""
    magics: List[str] = ipython.magics_manager.magics["cell"]
    if "pagetide" in magics:
        del magics["pagetide"]  # type: ignore[arg-type]
