"""Writes down what this CPython says of the lines of some code objects: the test data of tide-linetable.

    PYTHON make-linetables.py > ../data/linetables/3.11.txt
    PYTHON make-linetables.py FOLDER > FILE     of the sources in FOLDER instead

Each code object gives four lines: "code NAME FIRSTLINE", "table HEX" (co_lnotab before 3.10, co_linetable since), "size BYTES"
(of the bytecode) and "lines OFFSET:LINE ..." with a pair wherever the line changes, 0 where there is none. The figures come from
the interpreter itself: co_lines() since 3.10, dis.findlinestarts() before.
"""
import dis
import os
import sys

LONG_GAP = "\n" * 300

SOURCES = {
    "plain": "x = 1\ny = 2\n\n\nz = x + y\n",
    "empty": "",
    "multi-line expression": (
        "def f(a, b):\n    return (a +\n            b *\n            (a -\n             b)) + g(\n"
        "        a,\n        b,\n        c=a)\n"
    ),
    "backwards": "def f(a):\n    x = [\n        a,\n        a + 1,\n    ].index(\n        a)\n    return x\n",
    "try": (
        "def f():\n    try:\n        g()\n    except ValueError as e:\n        h(e)\n    except (KeyError,\n            OSError):\n"
        "        raise\n    else:\n        return 1\n    finally:\n        k()\n"
    ),
    "with": "def f():\n    with open(1) as a, \\\n            open(2) as b:\n        for i in a:\n            b.write(i)\n    return a\n",
    "comprehensions": (
        "def f(x):\n    a = [i\n         for i in x\n         if i]\n    b = {i: j\n         for i in x\n"
        "         for j in i}\n    return (k for k in\n            a), b\n"
    ),
    "decorators": (
        "@first\n@second(1,\n        2)\nclass C:\n    '''Doc.'''\n\n    @property\n    @other\n    def m(self):\n        return self.n\n\n"
        "    n: int = 3\n"
    ),
    "loops": (
        "def f(n):\n    while n:\n        for i in range(n):\n            if i % 2: continue\n            if i > 10:\n                break\n"
        "        else:\n            n -= 1\n    return n\n"
    ),
    "generators": "async def f(x):\n    async for i in x:\n        await i\n        yield (\n            i)\n\ndef g():\n    yield from f(1)\n",
    "lambda": "f = lambda a: (\n    a,\n    lambda b: (\n        b))\n",
    "gap": "def f():\n    a = 1\n" + LONG_GAP + "    b = 2\n" + LONG_GAP + LONG_GAP + "    return (a\n" + LONG_GAP + "            + b)\n",
    "late": LONG_GAP * 30 + "def f():\n    return (1 +\n            g())\n",
    "wide": "def f(a):\n    x = " + " + ".join("a[%d]" % i for i in range(300)) + "\n    return x\n",
    "long call": "def f(a):\n    return a(\n" + "".join("        a.b%d,\n" % i for i in range(200)) + "    )\n",
    "strings": "def f(a):\n    return f'{a}' f'''{\n        a.b}\n        {a.c}'''\n",
    "conditions": "def f(a, b):\n    return (a\n            if b\n            else\n            a and\n            b or\n            not a)\n",
}


def codes_of(code):
    yield code
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            yield from codes_of(const)


def changes_of(code):
    """Pairs of offset and line wherever the line changes; 0 stands for no line."""
    if hasattr(code, "co_lines"):
        pairs = [(start, line or 0) for start, end, line in code.co_lines() if end > start]
    else:
        pairs = list(dis.findlinestarts(code))
        if not pairs or pairs[0][0] > 0:
            pairs.insert(0, (0, code.co_firstlineno))
    changes = []
    for offset, line in pairs:
        if not changes or changes[-1][1] != line:
            changes.append((offset, line))
    return changes


def show(name, code):
    table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
    print("code", name.replace(" ", "-") + ":" + code.co_name, code.co_firstlineno)
    print("table", table.hex() or "-")
    print("size", len(code.co_code))
    print("lines", *("%d:%d" % change for change in changes_of(code)))


def sources_of(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py"):
            with open(os.path.join(folder, name), "rb") as stream:
                yield name, stream.read()


def main():
    sources = sources_of(sys.argv[1]) if len(sys.argv) > 1 else SOURCES.items()
    print("version %#010x" % sys.hexversion)
    for name, source in sources:
        for code in codes_of(compile(source, name.replace(" ", "-") + ".py", "exec", dont_inherit=True)):
            show(name, code)


if __name__ == "__main__":
    main()
