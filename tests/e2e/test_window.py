"""A person launches a sample, watches it end, reads who made its memory grow, looks at its output, and closes the window.

Usage: test_window.py PAGETIDE EXAMPLES.  Prints TAP.  All is read through accessibility, as a screen reader would.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import desktop  # noqa: E402
from journeys import rows, run, step  # noqa: E402

TABS = ["page tab", "tab", "toggle button", "radio button"]
BUTTONS = ["button", "push button"]


def journey(window):
    desktop.until(lambda: any("remember" in row for row in rows(window, 12)), "the leaking function in the table")
    step("the leaking function is in the table")

    window.click(desktop.until(lambda: window.find(TABS, "Output"), "the tab of the output"))
    output = desktop.until(lambda: window.find(["text"], "6 days, 6000 invoices kept"), "the output of the program")
    step("the program's own output is shown")

    desktop.until(lambda: "exited with status 0" in window.text(output), "the exit status")
    step("and its exit status")

    window.click(window.find(TABS, "Functions"))
    row = desktop.until(lambda: next((row for row in rows(window, 1) if "remember" in row), None), "the leaking function to be first")
    assert any("batch_job.py:" in text for text in row), row
    assert any("+" in text and "MiB" in text for text in row), row
    step("the leaking function is the first, with its line and its growth")

    def menu():
        return any("Export Chart" in window.text(node) for node in window.nodes(leaves=["table", "tree table", "text"]))

    window.press("F10")
    # A menu is a window as well: before that is there it gets no key, and keys that it would get while it goes are nobody's.
    desktop.until(lambda: menu() and window.x_window() != window.own, "the main menu")
    window.press("Escape")
    desktop.until(lambda: not menu() and window.x_window() == window.own, "the main menu to be gone")
    step("F10 opens the main menu")

    window.press("ctrl+w")
    window.answer(desktop.until(lambda: window.find(BUTTONS, "Discard"), "the question about the recording"))
    status = desktop.until(window.ended, "the end of Pagetide")[0]
    assert status == 0, "exit status %d" % status
    step("closing asks about the unsaved recording, and ends Pagetide")


if __name__ == "__main__":
    sys.exit(run(journey, 6))
