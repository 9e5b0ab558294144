"""What measuring costs: each workload bare and in each way, in turns, and the ratios."""
import os

import harness
from tables import table

MIXED = ["append", "json", "dict", "library", "mix", "threads"]
STILL = ["fib", "objects"]
WORKLOADS = ["fib", "append", "json", "dict", "objects", "library", "mix", "threads", "growth"]
# Run alone, in a process of its own: what it does to memory is the point.
ALONE = ["growth"]
# Waiting takes long, so these alone do.
IDLE = ["events", "events+faults"]
# In which RSS moves.
MOVING = ["append", "json", "dict", "mix", "threads", "growth"]
MIB = 1 << 20


class Plan:
    """How often what is run.  Slow ways get a smaller program, and are compared with the bare run of that."""

    def __init__(self, quick):
        self.rounds = 4 if quick else 9
        self.slow_rounds = 1 if quick else 3
        self.repeats = 1 if quick else 3
        self.alone_rounds = 4 if quick else 12


def arguments_for(names, repeats, scale, way, idle):
    arguments = [os.path.join(harness.HERE, "workloads.py"), ",".join(names + (["idle"] if idle else [])),
                 "--repeats", str(repeats), "--scale", str(scale)]
    return arguments + (["--under", way.under] if way.under else [])


class Costs:
    """Collects the runs of one way."""

    def __init__(self, way):
        self.way = way
        self.workloads = {}
        self.start_cpu, self.start_rss = [], []
        self.refused = None
        self.agent_bytes = 0
        self.events = self.recorded_bytes = 0

    def take(self, run, ask):
        self.start_cpu.append(run.output["start_cpu"])
        self.start_rss.append(run.output["start_rss"])
        for name, cost in run.output["workloads"].items():
            kept = self.workloads.setdefault(name, {"cpu": [], "wall": [], "peak": [], "helper": [], "recorder": []})
            for key, value in cost.items():
                if isinstance(value, list):
                    kept[key] += value
                else:
                    kept[key].append(value)
        if ask and self.way.instruments:
            self.ask(run)

    def ask(self, run):
        summary = run.report("summary")
        row = summary["rows"][0]
        self.agent_bytes = max(self.agent_bytes, row["agent_bytes"] or 0)
        missing = self.way.missing(run)
        if missing:
            raise harness.Refused(missing)
        functions = run.report("functions")["rows"]
        events = sum((function["samples"] or 0) + (function["calls"] or 0) for function in functions)
        if run.recorded_bytes > self.recorded_bytes:
            self.events, self.recorded_bytes = events, run.recorded_bytes


def run_group(python, ways, names, rounds, repeats, scale, idle=()):
    """{name of way: Costs}.  Runs take turns, so that a machine that gets slower or faster while it runs is the same to all of them."""
    costs = {way.name: Costs(way) for way in ways}
    for turn in range(rounds):
        for way in ways[turn % len(ways):] + ways[:turn % len(ways)]:
            if costs[way.name].refused:
                continue
            try:
                with harness.run(python, arguments_for(names, repeats, scale, way, turn == 0 and way.name in idle), way) as run:
                    costs[way.name].take(run, turn == 0)
            except harness.Refused as words:
                costs[way.name].refused = str(words)
    return costs


def measure(python, ways, workloads, plan):
    """{name of way: figures}, of which {"refused": words} is one kind; ["bare"] has the times in seconds."""
    bare, again = harness.Way("bare"), harness.Way("bare again")
    together = [name for name in workloads if name not in ALONE]
    fast = [way for way in ways if not way.slow]
    slow = [way for way in ways if way.slow]
    answer = {}
    for members, scale, slower in [([bare, again] + fast, 4, False), ([bare] + slow, 1, True)]:
        if len(members) == 1 and slower:
            continue
        idle = [] if slower else [way.name for way in fast if way.name in IDLE]
        groups = []
        if together:
            groups.append(run_group(python, members, together, plan.slow_rounds if slower else plan.rounds, plan.repeats, scale, idle))
        for name in workloads:
            if name in ALONE:
                groups.append(run_group(python, members, [name], plan.slow_rounds if slower else plan.alone_rounds, 1, scale))
        for way in members:
            if slower and way is bare:
                continue
            answer[way.name] = figures(way, groups)
    return answer


def figures(way, groups):
    """What is said of a way, from its Costs and the bare ones of each group."""
    answer = {"workloads": {}}
    for group in groups:
        mine, bare = group[way.name], group["bare"]
        if mine.refused or bare.refused:
            return {"refused": mine.refused or bare.refused}
        for name, cost in mine.workloads.items():
            if name == "idle":
                answer["helper_idle"] = min(cost["helper"])
                continue
            base = bare.workloads[name]
            answer["workloads"][name] = {
                "cpu": min(cost["cpu"]) / min(base["cpu"]), "wall": min(cost["wall"]) / min(base["wall"]),
                "cpu_median": harness.median(cost["cpu"]) / harness.median(base["cpu"]),
                "cpu_s": min(cost["cpu"]), "wall_s": min(cost["wall"]), "spread": harness.median(cost["cpu"]) / min(cost["cpu"]) - 1,
                "added_peak": harness.median(cost["peak"]) - harness.median(base["peak"]),
                "helper": harness.median(cost["helper"]), "recorder": harness.median(cost["recorder"])}
        answer.setdefault("start_cpu", min(mine.start_cpu) - min(bare.start_cpu))
        answer.setdefault("start_rss", harness.median(mine.start_rss) - harness.median(bare.start_rss))
        if mine.recorded_bytes > answer.get("recorded_bytes", 0):
            answer.update(recorded_bytes=mine.recorded_bytes, events=mine.events)
        answer["agent_bytes"] = max(answer.get("agent_bytes", 0), mine.agent_bytes)
    return answer


def while_moving(cost, key):
    """Mean share of a processor that helper or recorder take while RSS moves."""
    shares = [figure[key] for name, figure in cost["workloads"].items() if name in MOVING]
    return sum(shares) / len(shares) if shares else 0


def ratio(value):
    return "%.2f" % value if value < 9.95 else "%.0f" % value


def tables(version, costs):
    """Lines for people."""
    workloads = list(costs["bare"].get("workloads", {}))
    lines = ["", "### CPython %s: CPU time, ratio to bare (bare: milliseconds)" % version, ""]
    lines += table(["way"] + workloads, [[name] + cells(cost, workloads, "cpu") for name, cost in costs.items()])
    lines += ["", "Wall time, ratio to bare", ""]
    lines += table(["way"] + workloads, [[name] + cells(cost, workloads, "wall") for name, cost in costs.items() if "refused" not in cost])
    lines += ["", "What else it takes", ""]
    lines += table(["way", "start ms", "RSS at start MiB", "peak MiB", "agent MiB", "helper %", "helper idle %", "recorder %", "events",
                    "file KiB", "bytes an event"], [[name] + others(cost) for name, cost in costs.items() if "refused" not in cost and name != "bare"])
    notes = ["%s refused: %s" % (name, cost["refused"]) for name, cost in costs.items() if "refused" in cost]
    return lines + ["", *notes] if notes else lines


def cells(cost, workloads, key):
    if "refused" in cost:
        return ["refused"] + [""] * (len(workloads) - 1)
    own = cost["workloads"]
    if all(figure["cpu"] == 1 and figure["wall"] == 1 for figure in own.values()):
        return ["%.0f" % (1000 * own[name][key + "_s"]) for name in workloads]
    return [ratio(own[name][key]) if name in own else "-" for name in workloads]


def others(cost):
    own = cost["workloads"].values()
    events, size = cost.get("events", 0), cost.get("recorded_bytes", 0)
    return ["%+.1f" % (1000 * cost["start_cpu"]), "%+.2f" % (cost["start_rss"] / MIB),
            "%+.2f" % (max(figure["added_peak"] for figure in own) / MIB), "%.2f" % (cost["agent_bytes"] / MIB),
            "%.1f" % (100 * while_moving(cost, "helper")),
            "%.2f" % (100 * cost["helper_idle"]) if "helper_idle" in cost else "-",
            "%.1f" % (100 * while_moving(cost, "recorder")), "%d" % events if events else "-",
            "%.0f" % (size / 1024) if size else "-", "%.1f" % (size / events) if events else "-"]
