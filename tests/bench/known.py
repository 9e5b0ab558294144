"""How exact the figures are by construction: growth.py, whose functions keep known numbers of bytes on known lines."""
import os

import harness
import traced
from tables import table

PROGRAM = os.path.join(harness.HERE, "growth.py")
TURNS = ["slow", "quick", "burst"]
# Those that charge bytes to functions.
RSS = {"events"}
TRACED = {"calls", "lines"}
BYTES = {"bytes", "bytes-sampled"}
MIB = 1 << 20
BARE = harness.Way("bare")


def truth(python, turns, exact):
    """{"kept": {function: bytes}, "lines": {function: {line: share}}, and with EXACT "live": {line: bytes}}."""
    with harness.run(python, [PROGRAM, turns, "probe"], BARE) as run:
        answer = run.output
    if exact:
        with harness.run(python, [PROGRAM, turns, "exact"], BARE) as run:
            answer["live"] = {int(line): size for line, size in run.output["live"].items()}
            answer["live_functions"] = run.output["live_functions"]
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
    """Errors of RSS by function and by line."""
    functions = rows_of(run, "functions")
    measured = sums(functions, "function", "rss_self")
    answer = errors_by_function(measured, known)
    hot = {row["function"]: row["hot_line"] for row in functions}
    answer["hot_lines"] = sum(str(hot.get(name)) == max(lines, key=lines.get) for name, lines in known["lines"].items()) / len(known["lines"])
    try:
        answer["lines_misplaced"] = line_error(sums(rows_of(run, "lines"), "line", "rss_self"), known)
    except harness.Refused:
        pass
    return answer


def traced_errors(run, known):
    """The same of what an instrument tells at each event."""
    functions, by_line = traced.charge(run.read_events(), "growth.py")
    return dict(errors_by_function(functions, known), lines_misplaced=line_error(by_line, known))


def line_error(by_line, known):
    shares = {int(line): share * known["kept"][name] for name, lines in known["lines"].items() for line, share in lines.items()}
    return misplaced(shares, {line: by_line.get(line, 0) for line in shares})


def errors_by_function(measured, known):
    whole = sum(known["kept"].values())
    answer = {"functions": {}, "misplaced": misplaced(known["kept"], {name: measured.get(name, 0) for name in known["kept"]}),
              "sum": (sum(measured.get(name, 0) for name in known["kept"]) - whole) / whole}
    for name, kept in known["kept"].items():
        # What keeps next to nothing is compared with the whole, since nothing is a bad unit.
        answer["functions"][name] = (measured.get(name, 0) - kept) / (kept if kept > MIB else whole)
    return answer


def byte_errors(run, known):
    """Errors of live Python bytes by function and by line, against tracemalloc."""
    answer = {}
    for view, key, exact in [("functions", "function", known["live_functions"]), ("lines", "line", known["live"])]:
        try:
            live = sums(rows_of(run, view), key, "live")
        except harness.Refused:
            continue
        big = {name: size for name, size in exact.items() if size > MIB}
        if live:
            answer["live_by_" + key] = misplaced(big, {name: live.get(name, 0) for name in big})
    return answer


def measure(python, ways, turns=TURNS):
    """{turns: {name of way: errors}}."""
    counted = any(BYTES & set(way.instruments) for way in ways)
    answer = {}
    for turn in turns:
        known = truth(python, turn, counted)
        answer[turn] = {}
        for way in ways:
            if not (RSS | TRACED | BYTES) & set(way.instruments):
                continue
            try:
                with harness.run(python, [PROGRAM, turn], way) as run:
                    answer[turn][way.name] = errors_of(run, way, known)
            except harness.Refused as words:
                answer[turn][way.name] = {"refused": str(words)}
    return answer


def errors_of(run, way, known):
    missing = way.missing(run)
    if missing:
        raise harness.Refused(missing)
    found = {}
    if TRACED & set(way.instruments):
        found.update(traced_errors(run, known))
    elif RSS & set(way.instruments):
        found.update(rss_errors(run, known))
    if BYTES & set(way.instruments):
        found.update(byte_errors(run, known))
    return found or {"refused": "neither RSS nor bytes by function"}


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
                           ("hot_lines", "hottest line found"), ("live_by_function", "live bytes misplaced, by function"),
                           ("live_by_line", "live bytes misplaced, by line")]:
            if any(key in errors for errors in good.values()):
                rows.append([words] + [percent(errors.get(key)) for errors in good.values()])
        text += table(["function"] + list(good), rows)
    return text
