"""Every example of pymemtrace's documentation (tests/data/seeds) runs with its import changed, and prints what is shown there, in form.

What an example leaves out because the text around it says it (an import, a list, a function that another example has) is put before it;
the example itself is not touched.  The process example allocates up to 384 MiB and sleeps for 13 s: both are scaled down from outside.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

import forms
from pagetide.debug_malloc_stats import SysDebugMallocStats

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "data", "seeds")
BLOCK = re.compile(r"^(?P<indent> *)(?:\.\. code-block:: (?P<language>\w+)|.*\S::)\n\s*\n(?P<text>(?:(?P=indent) +\S.*\n|\s*\n)+)", re.M)
TITLE = re.compile(r"^ +Event +dEvent +Clock +What +File +#line +Function +RSS +dRSS$")

CREATE_STRING = "def create_string(l: int) -> str:\n    return ' ' * l\n\n"
LOGGING = ("import logging\n\nlogging.basicConfig(level=logging.INFO, format='%(asctime)s - %(filename)17s#%(lineno)-4d - %(process)5d - (%(threadName)-10s)'\n"
           "                    ' - %(levelname)-8s - %(message)s')\n\n")
# Runs the program whose path is its argument with a tenth of the sleeping and a hundredth of the memory.
SCALED = ("import random, runpy, sys, time\n"
          "sleep, randint = time.sleep, random.randint\n"
          "time.sleep = lambda seconds: sleep(seconds / 10)\n"
          "random.randint = lambda low, high: randint(max(1, low // 100), high // 100)\n"
          "sys.argv.pop(0)\n"
          "runpy.run_path(sys.argv[0], run_name='__main__')\n")


def blocks():
    """(file and line, language or "", text) of all blocks of the documentation."""
    found = []
    for path in sorted(glob.glob(os.path.join(DATA, "*.txt"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for match in BLOCK.finditer(text):
            place = "%s line %d" % (os.path.basename(path), text.count("\n", 0, match.start()) + 1)
            found.append((place, match["language"] or "", textwrap.dedent(match["text"]).strip("\n")))
    return found


def examples():
    """(place, text of the program, text that is shown for it) of all Python examples."""
    everything = blocks()
    for number, (place, language, text) in enumerate(everything):
        if language == "python" or re.match(r"import pymemtrace$", text):
            following = everything[number + 1] if number + 1 < len(everything) else ("", "", "")
            yield place, text, following[2] if following[1] == "text" and following[0].split()[0] == place.split()[0] else ""


def ported(text):
    """With the import changed, and nothing else."""
    return re.sub(r"^( *)(from|import) pymemtrace\b", r"\1\2 pagetide", text, flags=re.M)


class TestExamples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-examples-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_program(self, text, name="test.py", scaled=False):
        """The lines that it prints, those of its log as well."""
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        command = [sys.executable] + (["-c", SCALED] if scaled else []) + [path]
        answer = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
        output = answer.stdout.decode()
        self.assertEqual(answer.returncode, 0, output)
        return output.splitlines()

    def do_import(self, text, shown):
        self.assertEqual(self.run_program(text + "\nprint(pagetide.__name__)"), ["pagetide"])

    def do_process(self, text, shown):
        theirs = [line for line in shown.splitlines() if line.startswith("2")]
        forms.check_process(self, theirs)
        objects = forms.check_process(self, self.run_program(text, "ex_process.py", scaled=True))
        self.assertEqual(sum("label" in values for values in objects), 8)

    def do_message(self, text, shown):
        before = LOGGING + "from pagetide import process\n\nsize = 181403648\nwith process.log_process(0.5, logging.INFO):\n"
        lines = self.run_program(before + textwrap.indent(text, "    "))
        self.assertTrue(any('"label": "String of 181,403,648 bytes"}' in line for line in lines), lines)

    def do_trace(self, text, shown):
        theirs, ours = forms.check_trace(self, shown.splitlines()), forms.check_trace(self, self.run_program(text))
        self.assertTrue(ours[0].endswith("test.py"), ours)
        self.assertTrue(theirs[0].endswith("ex_trace_malloc.py"))

    def do_net(self, text, shown):
        """The text says: instead of the last two lines of the example before it.  What is shown is the line that goes."""
        whole = next(ported(program) for _, program, _ in examples() if "trace_malloc.TraceMalloc(" in program)
        # That line is there only where tracing has begun before the block.
        on = "import tracemalloc\n\ntracemalloc.start()\n"
        every = forms.check_trace(self, self.run_program(on + whole))
        net = forms.check_trace(self, self.run_program(on + "\n".join(whole.splitlines()[:-2]) + "\n" + text))
        [theirs] = forms.check_statistics(self, shown.splitlines())
        self.assertEqual(os.path.basename(theirs), "tracemalloc.py")
        self.assertIn("tracemalloc.py", [os.path.basename(file) for file in every])
        self.assertFalse({"tracemalloc.py", "trace_malloc.py"} & {os.path.basename(file) for file in net})

    def do_log(self, text, shown):
        form = (r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} -   trace_malloc\.py#\d+ +- +\d+ - \(MainThread\) - INFO     - "
                r'TraceMalloc memory delta: 8,3\d\d,\d{3} for "example_decorator_for_documentation\(\)"$')
        lines = self.run_program(LOGGING + CREATE_STRING + text)
        self.assertEqual(len(lines), 1)
        for line in (lines[0], shown):
            self.assertRegex(line, form)

    def do_malloc(self, text, shown):
        before = "" if "import debug_malloc_stats" in text else "from pagetide import debug_malloc_stats\n\nlist_of_strings = []\n"
        for lines in (shown.splitlines(), self.run_program(before + text)):
            self.assertRegex(lines[0], r"^example_\w+_for_documentation\(\)$")
            self.assertEqual(lines[1], "DiffSysDebugMallocStats.diff():")
            forms.check_malloc_difference(self, "\n".join(lines[2:]))

    def do_session(self, text, shown):
        """The interpreter's own function, as the text shows it: what it printed there is read, and what it prints here."""
        statements = [line[4:] for line in text.splitlines() if line.startswith(">>> ")]
        printed = "\n".join(line for line in text.splitlines() if not line.startswith(">>>"))
        theirs, ours = SysDebugMallocStats(printed), SysDebugMallocStats("\n".join(self.run_program("\n".join(statements))))
        self.assertEqual(sorted(theirs.size_classes), list(range(32)))
        for stats in (theirs, ours):
            self.assertIn("free lists", {counter.group for counter in stats.counters})

    def profile_log(self, text):
        """The lines of the log that the program leaves in its directory."""
        self.run_program(text)
        [log] = glob.glob(os.path.join(self.folder, "*.log"))
        self.assertRegex(os.path.basename(log), r"^\d{8}_\d{6}_(\d+_)?\d+_P_\d+_PY3\.\d+\.\d+\w*\.log$")
        with open(log, encoding="utf-8") as file:
            return file.read().splitlines()

    def do_profile(self, text, shown):
        self.assertRegex(shown.splitlines()[0], TITLE)
        forms.check_profile(self, shown.splitlines(), every=False)
        lines = self.profile_log(text)
        self.assertTrue(any(TITLE.match(re.sub(r"^HDR:", "    ", line)) for line in lines), lines[:5])
        forms.check_profile(self, lines, every=False)

    def do_profile_every(self, text, shown):
        """The block is that of the example before it."""
        forms.check_profile(self, shown.splitlines(), every=True)
        whole = next(ported(program) for _, program, _ in examples() if "cPyMemTrace.Profile()" in program)
        self.assertEqual(text.splitlines()[1].strip(), "# As before")
        lines = self.profile_log(whole.replace("with cPyMemTrace.Profile():", text.splitlines()[0]))
        events = forms.check_profile(self, lines, every=True)
        self.assertTrue(all(match["delta"] in ("0", "1") for match in events if match["tag"] == "NEXT"))

    # Which case an example is for: the first whose pattern is in it.
    KINDS = [
        (r"\A>>>", do_session), (r"\Aimport pymemtrace\Z", do_import), (r"process\.log_process\(", do_process),
        (r"\Aprocess\.add_message_to_queue\(", do_message), (r"cPyMemTrace\.Profile\(\)", do_profile), (r"cPyMemTrace\.Profile\(0\)", do_profile_every),
        (r"DiffSysDebugMallocStats\(\)", do_malloc), (r"trace_malloc\.TraceMalloc\(", do_trace), (r"in tm\.net_statistics", do_net),
        (r"trace_malloc\.trace_malloc_log\(", do_log),
    ]

    def test_none_is_left_out(self):
        found = list(examples())
        self.assertEqual(len(found), 17)
        kinds = {next((case for pattern, case in self.KINDS if re.search(pattern, text)), text) for _, text, _ in found}
        self.assertEqual(kinds, {case for _, case in self.KINDS})


def add_cases():
    for place, text, shown in examples():
        for pattern, case in TestExamples.KINDS:
            if re.search(pattern, text):
                def run(self, case=case, text=text, shown=shown):
                    case(self, ported(text), shown)
                setattr(TestExamples, "test_%s_%s" % (case.__name__[3:], re.sub(r"\W+", "_", place)), run)
                break


add_cases()

if __name__ == "__main__":
    unittest.main()
