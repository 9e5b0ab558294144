"""What every call and every line say of growth: RSS at each event, charged to where the program was since the event before."""


def charge(rows, suffix):
    """({function: bytes}, {line: bytes}) of the file whose name ends in SUFFIX.  ROWS are those of `report --view events`, in order."""
    functions, lines = {}, {}
    stacks, here = {}, None
    for row in rows:
        growth = int(row["drss"] or 0)
        if growth and here and here[2]:
            functions[here[0]] = functions.get(here[0], 0) + growth
            lines[here[1]] = lines.get(here[1], 0) + growth
        stack = stacks.setdefault((row["pid"], row["thread"]), [])
        place = (row["function"], int(row["line"] or 0), (row["file"] or "").endswith(suffix))
        if row["kind"] == "CALL":
            stack.append(place)
        elif row["kind"] == "RETURN":
            # What began before measuring returns without having been called.
            if stack:
                stack.pop()
        elif stack:
            # A function in C is named instead of the one that called it, at whose line it is.
            stack[-1] = (stack[-1][0],) + place[1:] if row["kind"].startswith("C_") else place
        elif not row["kind"].startswith("C_"):
            stack.append(place)
        here = stack[-1] if stack else None
    return functions, lines
