"""A person launches a sample, watches it end, reads who made its memory grow, looks at its output, and closes the window.

Usage: test_window.py PAGETIDE EXAMPLES.  Prints TAP.  All is read through accessibility, as a screen reader would.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import desktop  # noqa: E402

TABS = ["page tab", "tab", "toggle button", "radio button"]
BUTTONS = ["button", "push button"]

number = 0


def step(name):
    """Prints that NAME was done."""
    global number
    number += 1
    print("ok %d %s" % (number, name), flush=True)


def rows(window, most=12):
    """Texts of the first MOST rows of the functions table."""
    table = next((node for node in window.nodes() if window.role(node) == "tree table"), None)
    places = next((node for node in window.nodes(table) if window.role(node) == "list"), None) if table else None
    if places is None:
        return []
    return [window.texts(places.get_child_at_index(index)) for index in range(min(most, places.get_child_count()))]


def journey(window):
    desktop.until(lambda: any("remember" in row for row in rows(window)), "the leaking function in the table")
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

    own = desktop.until(window.x_window, "a visible window")
    window.press("F10")
    # A menu is a window as well: before that is there it gets no key, and keys that it would get while it goes are nobody's.
    desktop.until(lambda: menu() and window.x_window() != own, "the main menu")
    window.press("Escape")
    desktop.until(lambda: not menu() and window.x_window() == own, "the main menu to be gone")
    step("F10 opens the main menu")

    window.press("ctrl+w")
    window.click(desktop.until(lambda: window.find(BUTTONS, "Discard"), "the question about the recording"))
    status = desktop.until(window.ended, "the end of Pagetide")[0]
    assert status == 0, "exit status %d" % status
    step("closing asks about the unsaved recording, and ends Pagetide")


def main():
    pagetide, examples = sys.argv[1:]
    problem = desktop.missing()
    if problem:
        print("1..0 # SKIP " + problem)
        return 0
    desktop.enter()
    window = desktop.Window([pagetide, "run", "--python", "/usr/bin/python3", os.path.join(examples, "batch_job.py"), "--seconds", "3"])
    try:
        journey(window)
    except AssertionError as error:
        print("not ok %d %s" % (number + 1, error))
        print("# the window says: " + repr(window.texts())[:4000])
    finally:
        window.kill()
    print("1..6")
    return 0


if __name__ == "__main__":
    sys.exit(main())
