"""The forms of what the tools print, as the documentation of pymemtrace shows them: for its own output and for ours alike."""
import json
import re

MIB = 1 << 20

MALLOC_HEAD = ["class   size   num pools   blocks in use  avail blocks", "-----   ----   ---------   -------------  ------------"]
MALLOC_ROW = re.compile(r" {0,4}\d+ +\d+ +[+-]\d+ +[+-]\d+ +[+-]\d+$")
MALLOC_COUNTER = re.compile(r"((# [a-z ]+|Total|[+-]\d+ (arenas \* \d+ bytes/arena|unused pools \* \d+ bytes)) *|"
                            r" *[+-]\d+ free .+ \* \d+ bytes each )= *[+-][\d,]+$")
MALLOC_MIMALLOC = re.compile(r"    [A-Z][\w/ ]+: [+-]\d+$")

STATISTIC = re.compile(r".+:\d+: size=-?[\d.]+ [KMG]?i?B \([+-][\d.]+ [KMG]?i?B\), count=\d+ \([+-]\d+\)(, average=[\d.]+ [KMG]?i?B)?$")

PROCESS_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (?P<file>[\w.]+)#\d+ - +(?P<pid>\d+) - \((?P<thread>.{10})\) - INFO     - "
                          r"(?:ProcessLoggingThread-JSON(?P<kind>-START|-STOP|) (?P<json>\{.*\})|(?P<text>.*))$")

PROFILE_LINE = re.compile(r"(?P<tag>FRST|NEXT|PREV|LAST): *(?P<number>\d+) +\+(?P<delta>\d+) +(?P<clock>\d+\.\d{6}) +"
                          r"(?P<kind>CALL|EXCEPT|LINE|RETURN|C_CALL|C_EXCEPT|C_RETURN|OPCODE) +(?P<file>.*?) *# *(?P<line>\d+) +"
                          r"(?P<function>\S.*?) +(?P<rss>\d+) +(?P<drss>-?\d+)$")


def check_malloc_difference(test, text):
    """The text of DiffSysDebugMallocStats.diff(), not empty."""
    paragraphs = text.split("\n\n")
    if paragraphs[0].startswith("class"):
        lines = paragraphs.pop(0).split("\n")
        test.assertEqual(lines[:2], MALLOC_HEAD)
        test.assertGreater(len(lines), 2)
        for row in lines[2:]:
            test.assertRegex(row, MALLOC_ROW)
    for paragraph in paragraphs:
        for line in paragraph.split("\n"):
            if line != "arena map counts":
                test.assertTrue(MALLOC_COUNTER.match(line) or MALLOC_MIMALLOC.match(line), line)


def check_statistics(test, lines):
    """Lines of a tracemalloc.StatisticDiff each, biggest first; gives their file names."""
    test.assertTrue(lines)
    for line in lines:
        test.assertRegex(line, STATISTIC)
    return [line.rsplit(": size=", 1)[0].rsplit(":", 1)[0] for line in lines]


def check_trace(test, lines):
    """What the example of TraceMalloc prints of its eight strings; gives the files of the statistics."""
    patterns = [r"example_trace_malloc_for_documentation\(\)$", r" tm\.memory_start=\d+$", r"tm\.memory_finish=\d+$", r"         tm\.diff=(\d+)$"]
    for pattern, line in zip(patterns, lines):
        test.assertRegex(line, "^" + pattern)
    test.assertTrue(8 * MIB <= int(re.match(patterns[3], lines[3])[1]) <= 8 * MIB + 65536, lines[3])
    test.assertRegex(lines[4], r": size=81\d\d KiB \(\+81\d\d KiB\), count=\d+ \(\+\d+\), average=\d+ KiB$")
    return check_statistics(test, lines[4:])


def check_process(test, lines):
    """What the example of log_process prints; gives the objects of its lines."""
    found = []
    matches = [PROCESS_LINE.match(line) for line in lines]
    test.assertTrue(all(matches), lines)
    test.assertEqual((matches[0]["file"], matches[0]["text"]), ("ex_process.py", "Demonstration of logging a process"))
    for match in matches[1:]:
        values = json.loads(match["json"])
        test.assertLessEqual({"timestamp", "memory_info", "cpu_times", "elapsed_time", "pid"}, set(values))
        test.assertLessEqual({"rss", "vms", "pfaults", "pageins"}, set(values["memory_info"]))
        test.assertLessEqual({"user", "system", "children_user", "children_system"}, set(values["cpu_times"]))
        test.assertEqual(values["pid"], int(match["pid"]))
        test.assertRegex(values["timestamp"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
        if "label" in values:
            test.assertRegex(values["label"], r"^String of \d{1,3}(,\d{3})* bytes$")
        test.assertEqual(match["file"], "process.py")
        test.assertEqual(match["thread"], "MainThread" if match["kind"] == "-STOP" else "ProcMon   ")
        found.append(values)
    kinds = [match["kind"] for match in matches[1:]]
    test.assertEqual(kinds, ["-START"] + [""] * (len(kinds) - 2) + ["-STOP"])
    return found


def check_profile(test, lines, every):
    """The events of a log of cPyMemTrace; EVERY: with a trigger of 0.  Gives the matches of its lines."""
    events = [match for match in map(PROFILE_LINE.match, lines) if match]
    test.assertGreater(len(events), 8)
    test.assertTrue(any(match["function"] == "create_string" and match["file"].endswith("test.py") for match in events))
    if every:
        test.assertTrue({"CALL", "RETURN", "C_CALL", "C_RETURN"} <= {match["kind"] for match in events})
        test.assertTrue({"append", "pop", "len"} <= {match["function"] for match in events})
    else:
        test.assertIn("PREV", {match["tag"] for match in events})
        grown = [int(match["drss"]) for match in events if match["tag"] == "NEXT" and match["kind"] == "RETURN" and match["function"] == "create_string"]
        test.assertGreaterEqual(sum(drss > MIB * 9 // 10 for drss in grown), 7, grown)
    return events
