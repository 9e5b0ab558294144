"""A person who never saw the window: looks at a range, filters, runs again, and quits.

Usage: test_walk.py PAGETIDE EXAMPLES.  Prints TAP.  All is done by keys and read through accessibility, as a screen reader would.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import desktop  # noqa: E402
from journeys import rows, run, says, step  # noqa: E402

BUTTONS = ["button", "push button", "toggle button"]


def button(window, words):
    """The button that says WORDS, or None; what is hidden is not there."""
    return window.find(BUTTONS, words)


def pid(window):
    """What the title says of the process, or an empty text."""
    label = window.find(["label"], "PID ")
    return window.text(label) if label else ""


def journey(window):
    desktop.until(lambda: says(window, "exited with status 0"), "the end of the program")
    desktop.until(lambda: any("remember" in row for row in rows(window, 8)), "the leaking function in the table")
    step("the sample has ended and its functions are there")

    window.press("Home", "Right", "Right", "shift+Right", "shift+Right", "shift+Right", "shift+Right")
    chip = desktop.until(lambda: button(window, "Selected range"), "the chip of the range")
    step("arrows select a range of the chart, and a chip says so")
    window.click(chip)
    desktop.until(lambda: button(window, "Selected range") is None, "the chip to go")
    step("pressing the chip removes the range")

    window.press("ctrl+f")
    window.type("remember")
    desktop.until(lambda: button(window, "Filter “remember”"), "the chip of the filter")
    desktop.until(lambda: rows(window, 8) and all("remember" in " ".join(row) for row in rows(window, 8)), "the filtered rows")
    step("typing filters the table, and a chip says so")
    window.press("Escape")
    desktop.until(lambda: button(window, "Filter “") is None and len(rows(window, 8)) > 3, "all rows")
    step("Escape shows all again")

    before = desktop.until(lambda: pid(window), "the number of the process")
    window.press("ctrl+shift+r")
    window.answer(desktop.until(lambda: button(window, "Discard"), "the question about the recording"))
    desktop.until(lambda: pid(window) not in ("", before), "the program to run again")
    step("running again asks about the unsaved recording first")

    window.press("ctrl+q")
    # Where this machine is slow, it has ended by now.
    question = desktop.until(lambda: button(window, "Stop Program") or button(window, "Discard"), "a question")
    if "Stop" in window.text(question):
        window.answer(question)
    window.answer(desktop.until(lambda: button(window, "Discard"), "the question about the recording"))
    status = desktop.until(window.ended, "the end of Pagetide")[0]
    assert status == 0, "exit status %d" % status
    step("quitting asks about the program that runs and about its recording, and ends Pagetide")


if __name__ == "__main__":
    sys.exit(run(journey, 7))
