"""Uses a profiler of its own as argv[1] says, and writes how many calls of work() it saw to argv[2]."""
import cProfile
import sys

seen = []


def work():
    pass


def note(frame, event, argument):
    if event == "call" and frame.f_code is work.__code__:
        seen.append(event)


def trace(frame, event, argument):
    note(frame, event, argument)
    return trace


how = sys.argv[1]
work()
if how == "setprofile":
    sys.setprofile(note)
    for _ in range(7):
        work()
    assert sys.getprofile() is note
    sys.setprofile(None)
elif how == "settrace":
    sys.settrace(trace)
    for _ in range(7):
        work()
    assert sys.gettrace() is trace
    sys.settrace(None)
elif how == "cProfile":
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(7):
        work()
    profile.disable()
    profile.create_stats()
    seen = [0] * sum(entry[0] for key, entry in profile.stats.items() if key[2] == "work")
elif how == "monitoring":
    E = sys.monitoring.events
    for tool in (4, 3):
        sys.monitoring.use_tool_id(tool, "mine")
        sys.monitoring.register_callback(tool, E.PY_START, lambda code, offset: seen.append(0) if code is work.__code__ else None)
    for n, tool in ((3, 4), (4, 3)):
        sys.monitoring.set_events(tool, E.PY_START)
        for _ in range(n):
            work()
        sys.monitoring.set_events(tool, 0)
elif how == "none":
    for _ in range(7):
        work()
    assert sys.getprofile() is None and sys.gettrace() is None
    seen = [0] * 7
with open(sys.argv[2], "w") as file:
    file.write(str(len(seen)))
