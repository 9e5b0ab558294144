"""How exact the figures are against a reading of RSS at each profile event: mixes.py, net growth of each function.

Which pages a program gets does not only depend on what it asks for: one small block at the end of the heap, or a hole that fits, and a megabyte is
given back or not, of another function's.  Whatever moves the heap moves such things (a longer environment does, and so does the agent), so the truth
is what the reference says of the same program with the same instruments on, and "moved" tells how far that is from the program alone.
"""
import calendar
import os
import time

import harness
from tables import table

PROGRAM = os.path.join(harness.HERE, "mixes.py")
MIXES = ["python", "c"]
MIB = 1 << 20
BARE = harness.Way("bare")


def reference_of(python, mix, way):
    """({(file, line, name): (rise, fall)}) by the reference."""
    with harness.run(python, [PROGRAM, mix, os.environ["PAGETIDE_BENCH_REFERENCE"], "look"], way) as run:
        return {(file, line, name): (rise, fall) for file, line, name, rise, fall in run.output["net"]}


def seconds_of(started):
    """Of "2026-11-21T00:38:51.209Z", since the epoch."""
    whole, _, part = started.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (part or "0"))


def measured_by(run):
    """The same of a recording, between the two moments that the program names."""
    started = seconds_of(run.report("summary")["recording"]["started"])
    # The program is calm on both sides: what is still to be charged then is.
    calm = 0.08
    span = "%.3f..%.3f" % (max(0, run.output["begin"] - started - calm / 4), run.output["end"] - started + calm)
    rows = run.report("functions", "--range", span)["rows"]
    return {(row["file"], row["line"], row["function"]): (row["rss_rise"] or 0, row["rss_fall"] or 0) for row in rows}


def net(figures):
    return {key: rise - fall for key, (rise, fall) in figures.items()}


def error(known, measured):
    """Which part of what grew was charged to somebody else: half the sum of the differences, by the sum of growth."""
    wrong = sum(abs(measured.get(key, 0) - known.get(key, 0)) for key in {**known, **measured})
    return wrong / 2 / max(1, sum(size for size in known.values() if size > 0))


def worst(known, measured, count=4):
    """The largest differences: [(function, bytes known, bytes measured)]."""
    keys = sorted({**known, **measured}, key=lambda key: -abs(measured.get(key, 0) - known.get(key, 0)))
    return [("%s:%s" % (key[2], key[1]), known.get(key, 0), measured.get(key, 0)) for key in keys[:count]]


def measure(python, ways, rounds):
    """{mix: {name of way: {"net": [error of each run], …}}}; "reference again" says how exact the reference is."""
    answer = {}
    for mix in MIXES:
        try:
            bare = reference_of(python, mix, BARE)
            again = reference_of(python, mix, BARE)
        except harness.Refused as words:
            answer[mix] = {"reference": {"refused": str(words)}}
            continue
        answer[mix] = {"reference again": {"net": [error(net(bare), net(again))], "gross": [gross(bare, again)],
                                           "grown": sum(rise for rise, _ in bare.values())}}
        for way in ways:
            if "events" not in way.instruments:
                continue
            found = answer[mix][way.name] = {"net": [], "gross": [], "worst": []}
            for _ in range(rounds):
                try:
                    known = reference_of(python, mix, way)
                    with harness.run(python, [PROGRAM, mix, os.environ["PAGETIDE_BENCH_REFERENCE"], "idle"], way) as run:
                        measured = measured_by(run)
                except harness.Refused as words:
                    answer[mix][way.name] = {"refused": str(words)}
                    break
                found["moved"] = error(net(bare), net(known))
                found["net"].append(error(net(known), net(measured)))
                found["gross"].append(gross(known, measured))
                if found["net"][-1] == max(found["net"]):
                    found["worst"] = worst(net(known), net(measured))
    return answer


def gross(known, measured):
    return error({key: rise for key, (rise, _) in known.items()}, {key: rise for key, (rise, _) in measured.items()})


def span(values):
    low, high = 100 * min(values), 100 * max(values)
    return "%.1f" % low if high - low < 0.05 else "%.1f … %.1f" % (low, high)


def lines(version, answer):
    """Lines for people."""
    text = ["", "### CPython %s: net error against a reading of RSS at each profile event, in %% (gross error in brackets)" % version, ""]
    ways = list(dict.fromkeys(name for by_way in answer.values() for name in by_way))
    rows = [[name] + [cell(answer[mix].get(name)) for mix in answer] for name in ways]
    text += table(["way"] + ["%s mix" % mix for mix in answer], rows) + [""]
    for mix, by_way in answer.items():
        for name, found in by_way.items():
            if "moved" in found:
                text.append("%s mix, %s: the program itself grows %.1f %% elsewhere than bare" % (mix, name, 100 * found["moved"]))
            if found.get("worst"):
                text.append("%s mix, %s, worst: %s" % (mix, name, ", ".join("%s %+.2f MiB of %.2f" % (function, (measured - known) / MIB, known / MIB)
                                                                         for function, known, measured in found["worst"])))
    return text


def cell(found):
    if found is None:
        return "-"
    return "refused" if "refused" in found else "%s (%s)" % (span(found["net"]), span(found["gross"]))
