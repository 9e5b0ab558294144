"""Tables for people."""


def table(head, rows):
    """Lines that read well as text and as Markdown."""
    ruler = ["---"] + ["--:"] * (len(head) - 1)
    widths = [max(len(row[column]) for row in [head, ruler] + rows) for column in range(len(head))]
    lines = []
    for row in [head, ruler] + rows:
        fill = "-" if row is ruler else " "
        cells = [row[0].ljust(widths[0], fill)] + [cell.rjust(width, fill) for cell, width in zip(row[1:], widths[1:])]
        lines.append("| " + " | ".join(cells) + " |")
    return lines
