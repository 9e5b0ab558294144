"""What sys.setprofile(), or with "lines" also sys.settrace(), tell of the cases of sequences.py: one JSON object, case to the lists
of [kind, function, line] of each thread, of what happens in that file alone."""
import json
import sys
import threading

import sequences

NAMES = {"call": "CALL", "return": "RETURN", "c_call": "C_CALL", "c_return": "C_RETURN", "c_exception": "C_EXCEPT", "line": "LINE",
         "exception": "EXCEPT"}


def name_of(code):
    return getattr(code, "co_qualname", code.co_name)


def run(case, lines):
    events = {}

    def add(kind, function, line):
        events.setdefault(threading.get_ident(), []).append((kind, function, line))

    def profile(frame, event, argument):
        if frame.f_code.co_filename == sequences.__file__:
            add(NAMES[event], argument.__name__ if event.startswith("c_") else name_of(frame.f_code), frame.f_lineno)

    def trace(frame, event, argument):
        if frame.f_code.co_filename == sequences.__file__ and event in ("line", "exception"):
            add(NAMES[event], name_of(frame.f_code), frame.f_lineno)
        return trace

    threading.setprofile(profile)
    if lines:
        threading.settrace(trace)
        sys.settrace(trace)
    sys.setprofile(profile)
    case()
    sys.setprofile(None)
    sys.settrace(None)
    threading.setprofile(None)
    threading.settrace(None)
    return list(events.values())


lines = sys.argv[1] == "lines"
print(json.dumps({case.__name__: run(case, lines) for case in sequences.CASES}))
