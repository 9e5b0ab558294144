"""Runs `pagetide report` as a script would, on the recording that is kept for ever.  PAGETIDE names the program."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

PAGETIDE = os.environ["PAGETIDE"]
RECORDING = os.path.join(os.environ["PAGETIDE_TEST_DATA"], "recordings", "v1-small.pagetide")
DESIGN = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "src", "DESIGN.md")
# Those of the other direction are no recording.
SEEDS = [os.path.abspath(path) for path in sys.argv[1:] if os.path.basename(path) != "control.frames"]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-report-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def report(self, *args, locale="C.UTF-8", **options):
        options.setdefault("input", b"")
        return subprocess.run([PAGETIDE, "report", *args], cwd=self.folder, env=dict(os.environ, LC_ALL=locale),
                              capture_output=True, timeout=60, check=False, **options)

    def rows(self, *args):
        result = self.report(RECORDING, "--format", "json", *args)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return json.loads(result.stdout)["rows"]

    def assert_sentence(self, result, part):
        text = result.stderr.decode()
        self.assertEqual((result.returncode, result.stdout), (1, b""), text)
        self.assertRegex(text, r"\Apagetide: [^\n]+\n\Z")
        self.assertIn(part, text)


class Promises(Case):
    """What src/DESIGN.md says of the JSON is what is printed."""

    @classmethod
    def setUpClass(cls):
        with open(DESIGN, encoding="utf-8") as stream:
            cls.section = stream.read().split("\n## Report\n")[1].split("\n## ")[0]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in cls.section.splitlines() if line.startswith("|")]
        cls.views = {view: keys.split() for view, _, keys in rows[2:]}

    def print_view(self, view, *recordings):
        """The first of the recordings that has a row there."""
        for recording in recordings:
            result = self.report(recording, "--view", view, "--format", "json")
            self.assertEqual(result.returncode, 0, result.stderr)
            printed = json.loads(result.stdout)
            if printed["rows"]:
                return printed
        return self.fail("no recording here has a row of %s" % view)

    def test_views(self):
        text = " ".join(self.report("--help").stdout.decode().split())
        built = re.search(r"--view VIEW ([^;]*);", text)[1].replace("(default)", "")
        self.assertEqual(sorted(re.split(r",\s*| or ", built.replace(" ,", ","))), sorted(self.views))

    def test_keys(self):
        for view, keys in self.views.items():
            with self.subTest(view):
                for row in self.print_view(view, RECORDING, *SEEDS)["rows"]:
                    self.assertEqual(list(row), keys)

    def test_object(self):
        printed = self.print_view("summary", RECORDING)
        sketch = re.search(r"`(\{.*?\]\})`", self.section, re.S)[1]
        self.assertEqual(re.findall(r'"(\w+)":', sketch), list(printed))
        self.assertEqual(re.findall(r"\w+", re.search(r'"recording": \{(.*?)\}', sketch, re.S)[1]), list(printed["recording"]))


class Views(Case):
    def test_summary_is_the_default(self):
        rows = self.rows()
        self.assertEqual([row["pid"] for row in rows], [4242, 4250])
        self.assertEqual(rows[0]["rss_rise"], rows[0]["rss_end"] - rows[0]["rss_start"])
        self.assertEqual((rows[0]["exit"], rows[0]["exit_status"], rows[0]["lost"]), ("exited", 3, 7))

    def test_functions(self):
        rows = self.rows("--view", "functions")
        selves = [row["rss_self"] for row in rows]
        self.assertEqual(selves, sorted(selves, reverse=True))
        summary = self.rows()
        self.assertEqual(sum(selves), sum(row["attributed"] + row["before_measuring"] + row["shutdown"] for row in summary))

    def test_timeline_and_range(self):
        times = [row["t"] for row in self.rows("--view", "timeline", "--pid", "4242")]
        self.assertEqual(times, sorted(times))
        part = [row["t"] for row in self.rows("--view", "timeline", "--pid", "4242", "--range", "0.1..0.2")]
        self.assertEqual(part, [t for t in times if 0.1 <= t < 0.2])
        self.assertEqual(len(self.rows("--view", "timeline", "--range", "..0.02", "--pid", "4242")), 2)
        self.assertEqual(self.rows("--view", "timeline", "--range", "100.."), [])

    def test_sort_top_filter(self):
        names = [row["function"] for row in self.rows("--view", "functions", "--sort", "function")]
        self.assertEqual(names, sorted(names, key=str.encode, reverse=True))
        self.assertEqual(len(self.rows("--view", "functions", "--top", "2")), 2)
        self.assertEqual({row["function"] for row in self.rows("--view", "functions", "--filter", "MAIN")}, {"main"})
        self.assertEqual(self.rows("--view", "functions", "--filter", "no such name"), [])
        self.assertEqual(self.rows("--view", "functions", "--pid", "1"), [])

    def test_csv_has_the_keys_of_json(self):
        for view in ("summary", "functions", "timeline"):
            with self.subTest(view):
                result = self.report(RECORDING, "--view", view, "--format", "csv")
                table = list(csv.DictReader(io.StringIO(result.stdout.decode(), newline="")))
                rows = self.rows("--view", view)
                self.assertEqual(list(table[0]), list(rows[0]))
                self.assertEqual(len(table), len(rows))
                for key, value in rows[0].items():
                    if value is None:
                        self.assertEqual(table[0][key], "")
                    elif isinstance(value, int):
                        self.assertEqual(table[0][key], str(value))

    def test_events_that_were_not_measured(self):
        """An empty table says why it is, to people and beside what programs read; one that is cut or filtered to nothing does not."""
        hint = "pagetide: %s: Calls were not measured, so there are no events: record with --instruments calls, or lines.\n" % RECORDING
        for form in ("text", "json", "csv"):
            with self.subTest(form):
                result = self.report(RECORDING, "--view", "events", "--format", form)
                self.assertEqual((result.returncode, result.stderr.decode()), (0, hint))
        self.assertEqual(self.rows("--view", "events", "--pid", "1"), [])
        calls, = (path for path in SEEDS if os.path.basename(path) == "calls.frames")
        for args in ([], ["--top", "0"], ["--filter", "nobody is called so"], ["--range", "1000.."]):
            with self.subTest(args):
                self.assertNotIn("not measured", self.report(calls, "--view", "events", *args).stderr.decode())

    def test_text_is_in_the_encoding_of_the_terminal(self):
        utf8 = self.report(RECORDING, "--view", "functions").stdout.decode()
        self.assertIn("main", utf8)
        self.assertIn("\\n", utf8)
        self.assertTrue(self.report(RECORDING, "--view", "functions", locale="C").stdout.isascii())


class Files(Case):
    def test_standard_input(self):
        with open(RECORDING, "rb") as file:
            result = self.report("-", "--format", "json", input=file.read())
        self.assertEqual(result.returncode, 0)
        self.assertIsNone(json.loads(result.stdout)["recording"]["path"])

    def test_output(self):
        result = self.report(RECORDING, "--format", "json", "-o", self.path("a b.json"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))
        with open(self.path("a b.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["recording"]["path"], RECORDING)
        self.assert_sentence(self.report(RECORDING, "-o", self.path("missing/a.json")), "missing")

    def test_the_recording_is_not_overwritten(self):
        with open(RECORDING, "rb") as file:
            data = file.read()
        with open(self.path("a.pagetide"), "wb") as file:
            file.write(data)
        self.assert_sentence(self.report("a.pagetide", "-o", "./a.pagetide"), "a.pagetide")
        with open(self.path("a.pagetide"), "rb") as file:
            self.assertEqual(file.read(), data)

    def test_a_cut_recording_is_read_and_told_of(self):
        with open(RECORDING, "rb") as file:
            data = file.read()
        with open(self.path("cut.pagetide"), "wb") as file:
            file.write(data[:-1])
        result = self.report("cut.pagetide", "--format", "json")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr.decode(), r"\Apagetide: cut.pagetide: [^\n]+\n\Z")
        self.assertEqual(len(json.loads(result.stdout)["recording"]["diagnostics"]), 1)
        with open(self.path("cut.pagetide"), "wb") as file:
            file.write(data[:100])
        self.assert_sentence(self.report("cut.pagetide"), "nothing can be read")

    def test_foreign(self):
        with open(self.path("text"), "w", encoding="utf-8") as file:
            file.write("import this\n" * 100)
        open(self.path("empty"), "w", encoding="utf-8").close()
        self.assert_sentence(self.report("text"), "neither a Pagetide recording")
        self.assert_sentence(self.report("empty"), "empty")
        self.assert_sentence(self.report("missing"), "missing")
        self.assert_sentence(self.report("."), ".")
        self.assert_sentence(self.report("-"), "empty")


class Mistakes(Case):
    def test_mistakes(self):
        for args, part in (
                ([], "one recording"),
                ([RECORDING, RECORDING], "one recording"),
                ([RECORDING, "--view", "colours"], "colours"),
                ([RECORDING, "--view", "tree"], "not built yet"),
                ([RECORDING, "--format", "xml"], "xml"),
                ([RECORDING, "--sort", "colour"], "rss_peak"),
                ([RECORDING, "--range", "5"], "range"),
                ([RECORDING, "--range", "5..1"], "range"),
                ([RECORDING, "--range", "a..b"], "range"),
                ([RECORDING, "--range", "nan..inf"], "range"),
                ([RECORDING, "--range=-1..1"], "range"),
                ([RECORDING, "--pid", "0"], "--pid"),
                ([RECORDING, "--top", "many"], "many"),
                ([RECORDING, "--top=-5"], "--top"),
                ([RECORDING, "--colour"], "--colour"),
        ):
            with self.subTest(args):
                self.assert_sentence(self.report(*args), part)

    def test_help_names_every_option(self):
        result = self.report("--help")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        for word in ("--view", "--format", "--range", "--pid", "--sort", "--top", "--filter", "--output"):
            self.assertIn(word, result.stdout.decode())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
