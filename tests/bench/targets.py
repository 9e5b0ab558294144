"""The figures that are to be kept, and which results do not."""
import cost
import harness

NO_PERF = harness.NO_PERF_SUFFIX
ENGINES = ["events", "events+faults", "events+faults" + NO_PERF]
# With fewer events the names of functions are most of a recording.
MANY_EVENTS = 20000
MIB = 1 << 20


class Check:
    """One figure: REACHED is "yes", "no", or "noise" when the machine was not quiet enough to say."""

    def __init__(self, rule, where, value, limit, noise, words):
        self.rule, self.where, self.value, self.limit = rule, where, value, limit
        self.words = words % value
        self.reached = "yes" if value <= limit else "noise" if value <= limit + noise else "no"


def cpu_checks(version, costs):
    again = costs.get("bare again", {}).get("workloads", {})
    for name, way in costs.items():
        if "refused" in way or name not in ENGINES + ["bytes", "events+bytes", "events+faults+bytes"]:
            continue
        for workload, figure in way["workloads"].items():
            noise = abs(again[workload]["cpu"] - 1) if workload in again else 0
            at = "%s %s %s" % (version, name, workload)
            if name in ENGINES:
                rule, limit = (("pure growth", 1.10) if workload == "growth" else
                               ("nothing grows", 1.02) if workload in cost.STILL else ("mixed programs", 1.05))
                yield Check("CPU, %s: at most %.2f" % (rule, limit), at, figure["cpu"], limit, noise, "%.3f")
            else:
                if workload in cost.MIXED:
                    yield Check("CPU of exact bytes, mixed programs: at most 1.5", at, figure["cpu"], 1.5, noise, "%.2f")
                other = costs.get("tracemalloc", {}).get("workloads", {}).get(workload)
                if other and other["cpu"] > 1.5:
                    part = max(0, figure["cpu"] - 1) / (other["cpu"] - 1)
                    yield Check("CPU added by exact bytes: at most a fifth of what tracemalloc adds", at, part, 0.2, 0.02, "%.2f")


def other_checks(version, costs):
    for name, way in costs.items():
        if "refused" in way or name not in ENGINES:
            continue
        at = "%s %s" % (version, name)
        moving = cost.while_moving(way, "helper")
        yield Check("helper while RSS moves: at most 3 % of a core", at, 100 * moving, 3, 0.3, "%.1f %%")
        if "helper_idle" in way:
            yield Check("helper while nothing moves: at most 0.3 %", at, 100 * way["helper_idle"], 0.3, 0.03, "%.2f %%")
        yield Check("memory of the agent: at most 5 MiB", at, way["agent_bytes"] / MIB, 5, 0, "%.2f MiB")
        yield Check("memory added at the start: at most 5 MiB", at, way["start_rss"] / MIB, 5, 0.1, "%.2f MiB")
        if way.get("events", 0) >= MANY_EVENTS:
            yield Check("recording: at most 2 bytes an event", at, way["recorded_bytes"] / way["events"], 2, 0, "%.1f")


def net_checks(version, net):
    for mix, by_way in net.items():
        for name, found in by_way.items():
            if name in ENGINES and "refused" not in found:
                limit = 3 if mix == "python" else 4 if name == "events+faults" else 8
                rule = "net error, %s: at most %d %%" % ({"python": "Python grows", "c": "C libraries grow"}[mix] +
                                                         (", faults" if limit == 4 else ""), limit)
                yield Check(rule, "%s %s" % (version, name), 100 * harness.median(found["net"]), limit, 0, "%.1f %%")


def checks(results):
    """[Check] of all that was measured."""
    found = []
    for python in results["pythons"]:
        version = python["version"]
        found += cpu_checks(version, python.get("cost", {}))
        found += other_checks(version, python.get("cost", {}))
        found += net_checks(version, python.get("net", {}))
    return found


def lines(results):
    """Lines for people: each rule, how many figures keep it, and those that do not."""
    text = ["", "## What is to be kept", ""]
    by_rule = {}
    for check in checks(results):
        by_rule.setdefault(check.rule, []).append(check)
    for rule, members in by_rule.items():
        missed = [check for check in members if check.reached != "yes"]
        worst = max(members, key=lambda check: check.value)
        text.append("%s %s: %d of %d; worst %s (%s)" % ("+" if not missed else "~" if all(check.reached == "noise" for check in missed) else "-",
                                                       rule, len(members) - len(missed), len(members), worst.words, worst.where))
        if missed:
            text += ["    not reached: " + ", ".join("%s %s%s" % (check.where, check.words, " (noise)" if check.reached == "noise" else "")
                                                     for check in missed)]
    return text + ["", "+ kept, ~ kept but for the noise of this machine, - not reached."] if by_rule else []
