"""The figures of all interpreters side by side."""
import cost
import harness
from tables import table

ENGINES = ["events", "events+faults", "events+faults" + harness.NO_PERF_SUFFIX]


def lines(results):
    """Lines for people: one table for each way that is meant to stay on, one row for each interpreter."""
    text = []
    for way in ENGINES:
        rows = [row for row in (row_of(python, way) for python in results["pythons"]) if row]
        if rows:
            text += ["", "### All: %s (CPU ratio to bare; errors in %%)" % way, ""]
            text += table(["CPython"] + cost.WORKLOADS + ["net, python", "net, c", "known, quick", "known, burst"], rows)
    return text


def row_of(python, way):
    costs = python.get("cost", {}).get(way, {}).get("workloads", {})
    cells = ["%.2f" % costs[name]["cpu"] if name in costs else "-" for name in cost.WORKLOADS]
    for mix in ["python", "c"]:
        found = python.get("net", {}).get(mix, {}).get(way, {})
        cells.append("%.1f" % (100 * harness.median(found["net"])) if found.get("net") else "-")
    for turns in ["quick", "burst"]:
        found = python.get("known", {}).get(turns, {}).get(way, {})
        cells.append("%.1f" % (100 * found["misplaced"]) if "misplaced" in found else "-")
    return [python["version"]] + cells if set(cells) != {"-"} else None
