"""Tables and plots of process logs: text with aligned columns that gnuplot reads as well, and a script for it."""
import json
import os
from typing import Iterable, Iterator, List, NamedTuple, Optional

from pagetide._process_log import ProcessLog, ProcessRecord

_COLUMNS = ("#t(s)", "RSS", "PageFaults/s", "User", "Mean_CPU%", "Inst_CPU%", "Timestamp", "PID", "Label")
_WIDTHS = (-12, 16, 15, 12, 11, 11, -28, -9, 0)


class Row(NamedTuple):
    """A line of a log and what follows from it and from the line of the same process before it.  None: cannot be said.

    elapsed_s: seconds since the process was created; without that key since its first line.  rss: bytes.  faults_per_s: page faults a
    second since the line before, or since the process was created.  user_s: CPU seconds in user mode.  mean_cpu, cpu: user and system
    time per time, 1.0 is one core, since the process was created and since the line before.
    """

    record: ProcessRecord
    elapsed_s: Optional[float]
    rss: Optional[int]
    faults_per_s: Optional[float]
    user_s: Optional[float]
    mean_cpu: Optional[float]
    cpu: Optional[float]


class _Lane:
    """What is known of one process when its next line comes."""

    def __init__(self, first: ProcessRecord) -> None:
        self.first = first
        self.time_s = self.cpu_s = self.faults = 0.0

    def elapsed(self, record: ProcessRecord) -> Optional[float]:
        if record.elapsed_time is not None:
            return record.elapsed_time
        if record.timestamp is None or self.first.timestamp is None:
            return None
        return (record.timestamp - self.first.timestamp).total_seconds() + (self.first.elapsed_time or 0.0)

    def row(self, record: ProcessRecord) -> Row:
        time_s = self.elapsed(record)
        cpu_s = record.cpu_times["user"] + record.cpu_times.get("system", 0.0) if "user" in record.cpu_times else None
        faults = record.memory_info.get("pfaults")
        step_s = 0.0 if time_s is None else time_s - self.time_s
        row = Row(record, time_s, record.memory_info.get("rss"), self._rate(faults, self.faults, step_s), record.cpu_times.get("user"),
                  self._rate(cpu_s, 0.0, time_s or 0.0), self._rate(cpu_s, self.cpu_s, step_s))
        # Several messages make several lines at nearly one time: a rate between those says nothing.
        if step_s > 0.001:
            self.time_s, self.cpu_s, self.faults = time_s or 0.0, cpu_s or 0.0, faults or 0
        return row

    @staticmethod
    def _rate(now: Optional[float], before: float, seconds: float) -> Optional[float]:
        return None if now is None or seconds <= 0.001 else max(0.0, (now - before) / seconds)


def rows(log: ProcessLog) -> Iterator[Row]:
    """A row for each line of LOG, in its order; rates are those of its own process."""
    lanes = {}
    for record in log.records:
        if record.pid not in lanes:
            lanes[record.pid] = _Lane(record)
        yield lanes[record.pid].row(record)


def _escape(label: Optional[str]) -> str:
    """On one line, readable, and the same for every label: as JSON writes it, without its quotes."""
    return "" if label is None else json.dumps(label, ensure_ascii=False)[1:-1].replace('\\"', '"').encode("utf-8", "replace").decode()


def format_table(table: Iterable[Row]) -> Iterator[str]:
    """Lines: a head that is a comment for gnuplot, and one for each row.  What cannot be said is NaN."""
    yield " ".join("%*s" % pair for pair in zip(_WIDTHS, _COLUMNS)).rstrip()
    for row in table:
        record = row.record
        cells = (
            _number("%.3f", row.elapsed_s), _number("%d", row.rss), _number("%.1f", row.faults_per_s), _number("%.2f", row.user_s),
            _number("%.1f%%", row.mean_cpu, 100), _number("%.1f%%", row.cpu, 100),
            record.timestamp.isoformat(timespec="microseconds") if record.timestamp else "NaN", str(record.pid),
            "# " + _escape(record.label))
        yield " ".join("%*s" % pair for pair in zip(_WIDTHS, cells)).rstrip()


def _number(form: str, value: Optional[float], factor: int = 1) -> str:
    return "NaN" if value is None else form % (value * factor)


def write_gnuplot(log: ProcessLog, name: str, directory: str) -> List[str]:
    """Writes NAME_PID.dat and NAME_PID.plt for each process of LOG into DIRECTORY, which is made when it is not there.

    Gives the paths of the scripts.  `gnuplot NAME_PID.plt`, run in that directory, makes NAME_PID.png.  Raises OSError.
    """
    os.makedirs(directory, exist_ok=True)
    table = list(rows(log))
    scripts = []
    for pid in log.pids:
        stem = "%s_%d" % (name, pid)
        own = [row for row in table if row.record.pid == pid]
        with open(os.path.join(directory, stem + ".dat"), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in format_table(own))
        scripts.append(os.path.join(directory, stem + ".plt"))
        with open(scripts[-1], "w", encoding="utf-8") as file:
            file.write(_script(own, stem, pid))
    return scripts


def _quote(text: str) -> str:
    """As gnuplot's single-quoted strings have it: nothing in them is special but the quote, and they end with the line."""
    return "'%s'" % text.replace("'", "''").replace("\r", " ").replace("\n", " ")


_RIGHT_AXIS = """set ytics nomirror
set y2label 'CPU (% of one core), page faults (1,000/s)'
set y2range [0:*]
set y2tics
"""


def _script(table: List[Row], stem: str, pid: int) -> str:
    top_mib = max((row.rss for row in table if row.rss is not None), default=0) / 1024 ** 2
    labels = ""
    for row in table:
        if row.record.label is not None and row.elapsed_s is not None:
            labels += "set arrow from %.6f, graph 0 to %.6f, graph 1 nohead lt -1 lw 1 dt 3\n" % (row.elapsed_s, row.elapsed_s)
            labels += "set label %s at %.6f, graph 0.98 right rotate by 90 font ',9' noenhanced front\n" % (
                _quote(_escape(row.record.label)), row.elapsed_s)
    # gnuplot refuses an axis without a single value: what the log does not tell is left out.
    curves = [(axes, expression, title, more) for axes, expression, title, more, known in (
        ("x1y1", "($2 / 1024**2)", "RSS (MiB), left", " lw 2", any(row.rss is not None for row in table)),
        ("x1y2", "($3 / 1000)", "Page faults (1,000/s), right", "", any(row.faults_per_s is not None for row in table)),
        ("x1y2", "5", "Mean CPU (%), right", "", any(row.mean_cpu is not None for row in table)),
        ("x1y2", "6", "CPU (%), right", "", any(row.cpu is not None for row in table))) if known]
    data = _quote(stem + ".dat")
    plot = ", \\\n     ".join("%s using 1:%s axes %s title %s with lines%s" % (data, expression, axes, _quote(title), more)
                             for axes, expression, title, more in curves)
    right = _RIGHT_AXIS if any(axes == "x1y2" for axes, *_ in curves) else ""
    return """# Memory and CPU of process {pid}.
set terminal pngcairo size 1200,700
set output {picture}
set title {title} noenhanced
set grid
set key outside bottom center horizontal
set datafile missing 'NaN'
set xlabel 'Seconds since the process was created'
set ylabel 'Resident set size (MiB)'
set yrange [0:{top:.1f}]
{right}
{labels}
plot {plot}
""".format(pid=pid, picture=_quote(stem + ".png"), title=_quote("%s: process %d" % (stem, pid)), top=max(1.0, top_mib * 1.1), right=right,
           labels=labels, plot=plot or "[0:1] NaN notitle")
