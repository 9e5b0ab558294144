"""What the journeys through the window have in common: a live batch job, steps told as TAP, and the rows of its table.

    test_JOURNEY.py PAGETIDE EXAMPLES
"""
import os
import sys

import desktop

TABLES = ["table", "tree table", "text"]

number = 0


def step(name):
    """Prints that NAME was done."""
    global number
    number += 1
    print("ok %d %s" % (number, name), flush=True)


def rows(window, most):
    """Texts of the first MOST rows of the functions table."""
    table = next((node for node in window.nodes() if window.role(node) == "tree table"), None)
    places = next((node for node in window.nodes(table) if window.role(node) == "list"), None) if table else None
    if places is None:
        return []
    return [window.texts(places.get_child_at_index(index)) for index in range(min(most, places.get_child_count()))]


def says(window, words):
    """Whether anything but a table or the output of the program says WORDS."""
    return any(words in window.text(node) for node in window.nodes(leaves=TABLES))


def run(journey, n_steps):
    """Takes JOURNEY, of N_STEPS steps, through a window of its own on a program that runs."""
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
    print("1..%d" % n_steps)
    return 0
