"""A person saves what was recorded, exports the chart and the table, opens what was saved, and quits without being asked.

Usage: test_files.py PAGETIDE EXAMPLES.  Prints TAP.  The toolkit's own file dialog is used by keys and read through accessibility.
"""
import csv
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import desktop  # noqa: E402
from journeys import rows, run, says, step  # noqa: E402

BUTTONS = ["button", "push button"]


def dialog(window, title):
    """The window of the process that has this TITLE, or None."""
    return next((node for node in window.windows() if window.text(node) == title), None)


def entry(window, node):
    """The text in the dialog NODE that has the focus, or None."""
    state = window.atspi.StateType.FOCUSED
    return next((text for text in window.nodes(node) if window.role(text) in ("text", "entry") and text.get_state_set().contains(state)), None)


def choose(window, title, path, accept):
    """Types PATH into the file dialog with TITLE and accepts it."""
    shown = desktop.until(lambda: dialog(window, title), "the dialog “%s”" % title)
    desktop.until(lambda: window.x_window() not in (None, window.own), "the dialog to be visible")
    if title != "Open Recording":
        # What it suggests is there, and chosen but for its ending: it is replaced as a whole.
        desktop.until(lambda: entry(window, shown), "the name in the dialog")
        window.press("ctrl+a")
    # To open, the dialog shows its folders first: a slash has it ask for a path.
    window.type(path)
    desktop.until(lambda: window.text(entry(window, shown) or shown) == path, "the path in the dialog")
    window.answer(next(node for node in window.nodes(shown) if window.role(node) in BUTTONS and window.text(node).endswith(accept)))


def journey(window):
    folder = os.environ["XDG_CACHE_HOME"]
    saved, picture, table = (os.path.join(folder, name) for name in ("saved.pagetide", "chart.png", "table.csv"))
    desktop.until(lambda: says(window, "exited with status 0"), "the end of the program")
    desktop.until(lambda: any("remember" in row for row in rows(window, 8)), "the leaking function in the table")
    assert window.find(["label"], " · recorded ") is None

    window.press("ctrl+s")
    choose(window, "Save Recording", saved, "Save")
    desktop.until(lambda: says(window, "Saved as “saved.pagetide”"), "the window to say that it was saved")
    with open(saved, "rb") as file:
        assert file.read().startswith(b"PAGETIDE"), "no recording"
    step("the recording is saved under the name that was typed")

    window.press("ctrl+e")
    choose(window, "Export Chart", picture, "Export")
    desktop.until(lambda: says(window, "chart.png"), "the window to say that it was exported")
    with open(picture, "rb") as file:
        assert file.read().startswith(b"\x89PNG\r\n"), "no picture"
    step("the chart is exported as a picture")

    window.press("F10")
    item = desktop.until(lambda: window.find(["menu item"], "Export Table"), "the menu")
    window.click(item)
    choose(window, "Export Table", table, "Export")
    desktop.until(lambda: says(window, "table.csv"), "the window to say that it was exported")
    with open(table, encoding="utf-8", newline="") as file:
        assert any("remember" in row for row in csv.reader(file)), "not the table"
    step("the table is exported")

    window.press("ctrl+o")
    choose(window, "Open Recording", saved, "Open")
    # The title's second line says of a program of one's own when it was launched.
    desktop.until(lambda: window.find(["label"], " · recorded "), "the saved recording")
    desktop.until(lambda: any("remember" in row for row in rows(window, 8)), "the leaking function in its table")
    step("what was saved opens again, with the same function in its table")

    window.press("ctrl+q")
    status = desktop.until(window.ended, "the end of Pagetide")[0]
    assert status == 0, "exit status %d" % status
    step("quitting asks nothing, since all is saved")


if __name__ == "__main__":
    sys.exit(run(journey, 5))
