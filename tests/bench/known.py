"""How exact the figures are by construction: growth.py, whose functions keep known numbers of bytes on known lines."""
import os

import harness
from tables import table

PROGRAM = os.path.join(harness.HERE, "growth.py")
TURNS = ["slow", "quick", "burst"]
# Those that charge bytes to functions.
INSTRUMENTS = {"events", "bytes", "bytes-sampled"}
MIB = 1 << 20
BARE = harness.Way("bare")


def truth(python, turns, exact):
    """{"kept": {function: bytes}, "lines": {function: {line: share}}, and with EXACT "live": {line: bytes}}."""
    with harness.run(python, [PROGRAM, turns, "probe"], BARE) as run:
        answer = run.output
    if exact:
        with harness.run(python, [PROGRAM, turns, "exact"], BARE) as run:
            answer["live"] = {int(line): size for line, size in run.output["live"].items()}
    return answer


def rows_of(run, view):
    return [row for row in run.report(view)["rows"] if row["file"] and row["file"].endswith("growth.py")]


def sums(rows, key, value):
    """{KEY of a row: sum of VALUE}, of what was measured."""
    answer = {}
    for row in rows:
        if row[value] is not None:
            answer[row[key]] = answer.get(row[key], 0) + row[value]
    return answer


def misplaced(known, measured):
    """Which part of what was KNOWN to come was charged to somebody else: 0 to 1."""
    wrong = sum(abs(measured.get(key, 0) - size) for key, size in known.items()) + sum(abs(size) for key, size in measured.items() if key not in known)
    return wrong / 2 / max(1, sum(size for size in known.values() if size > 0))


def rss_errors(run, known):
    """Errors of RSS by function and by line; None where RSS was not measured."""
    functions = rows_of(run, "functions")
    measured = sums(functions, "function", "rss_self")
    if not any(measured.values()):
        return None
    whole = sum(known["kept"].values())
    answer = {"functions": {}, "misplaced": misplaced(known["kept"], {name: measured.get(name, 0) for name in known["kept"]}),
              "sum": (sum(measured.get(name, 0) for name in known["kept"]) - whole) / whole}
    for name, kept in known["kept"].items():
        # What keeps next to nothing is compared with the whole, since nothing is a bad unit.
        answer["functions"][name] = (measured.get(name, 0) - kept) / (kept if kept > MIB else whole)
    hot = {row["function"]: row["hot_line"] for row in functions}
    answer["hot_lines"] = sum(str(hot.get(name)) == max(lines, key=lines.get) for name, lines in known["lines"].items()) / len(known["lines"])
    try:
        by_line = sums(rows_of(run, "lines"), "line", "rss_self")
    except harness.Refused:
        return answer
    shares = {int(line): share * known["kept"][name] for name, lines in known["lines"].items() for line, share in lines.items()}
    answer["lines_misplaced"] = misplaced(shares, {line: by_line.get(line, 0) for line in shares})
    return answer


def byte_errors(run, known):
    """Errors of live Python bytes by line against tracemalloc; None where they were not measured."""
    try:
        by_line = sums(rows_of(run, "lines"), "line", "live")
    except harness.Refused:
        return None
    big = {line: size for line, size in known["live"].items() if size > MIB}
    return {"live_misplaced": misplaced(big, {line: by_line.get(line, 0) for line in big})} if by_line else None


def measure(python, ways, turns=TURNS):
    """{turns: {name of way: errors}}."""
    counted = any(word.startswith("bytes") for way in ways for word in way.instruments)
    answer = {}
    for turn in turns:
        known = truth(python, turn, counted)
        answer[turn] = {}
        for way in ways:
            if not INSTRUMENTS & set(way.instruments):
                continue
            try:
                with harness.run(python, [PROGRAM, turn], way) as run:
                    found = dict(rss_errors(run, known) or {})
                    if counted:
                        found.update(byte_errors(run, known) or {})
                answer[turn][way.name] = found or {"refused": "neither RSS nor bytes by function"}
            except harness.Refused as words:
                answer[turn][way.name] = {"refused": str(words)}
    return answer


def percent(value):
    return "-" if value is None else "%.1f" % (100 * value)


def lines(version, answer):
    """Lines for people."""
    text = ["", "### CPython %s: error in functions that keep known amounts, in %%" % version]
    for turn, by_way in answer.items():
        good = {name: errors for name, errors in by_way.items() if "refused" not in errors}
        if not good:
            continue
        text += ["", "Taking turns: %s" % turn, ""]
        rows = []
        for name in next((list(errors["functions"]) for errors in good.values() if "functions" in errors), []):
            rows.append([name] + ["%+.1f" % (100 * errors["functions"][name]) if "functions" in errors else "-" for errors in good.values()])
        for key, words in [("sum", "sum over all"), ("misplaced", "misplaced, by function"), ("lines_misplaced", "misplaced, by line"),
                           ("hot_lines", "hottest line found"), ("live_misplaced", "live bytes misplaced, by line")]:
            rows.append([words] + [percent(errors.get(key)) for errors in good.values()])
        text += table(["function"] + list(good), rows)
    return text
