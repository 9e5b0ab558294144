"""growth.py slow|quick|burst [probe|exact]: grows by known amounts in functions of known names, and prints what they keep as JSON.

Ways of taking memory, each of which ends in whole pages that only the named function touched.  They take turns: slow, after four steps
of some 5 ms each, in which a function takes 1 MiB and reads 8 MiB; quick, after each such step; burst, after taking 1 MiB in well under a
millisecond, which no program does for long and no sampler follows.

{"kept": {function: bytes, or null when only a probe knows}, "lines": {function: {line: its share}}}.  With "probe", kept is what a reading of RSS before
and after each call says; with "exact", "live" is beside it, {line: bytes of Python's own memory}, and "live_functions", by tracemalloc.
"""
import ctypes
import json
import mmap
import sys
import tempfile
import zlib

try:
    import sqlite3
except ImportError:
    sqlite3 = None

ROUNDS = 24
PAGE = mmap.PAGESIZE
# A pool of pymalloc, and how many objects of 512 bytes (bytes(479)) it holds beside its header.
POOL = 4096 if sys.version_info < (3, 10) else 16384
OBJECTS_A_POOL = (POOL - 48) // 512
SMALL_STEP = 63 * OBJECTS_A_POOL * (16384 // POOL)

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
# Its place is taken, and charged to nobody, before the first of the functions runs.
kept = [None] * (ROUNDS * (SMALL_STEP + 40))
places = iter(range(len(kept)))
ZEROS = bytes(1 << 20)
WORK = b"~" * (8 << 20) if sys.argv[1:2] != ["burst"] else b""
PACKED = zlib.compress(ZEROS)
MEGABYTE = (1 << 20) - 64
file = tempfile.TemporaryFile(buffering=0)
file.write(ZEROS)


def keep_small():
    """Small Python objects, in arenas of pymalloc."""
    for _ in range(SMALL_STEP):
        kept[next(places)] = bytes(479)  # grows 1
    zlib.crc32(WORK)


def keep_blocks():
    """Blocks from the C heap, by Python."""
    for _ in range(16):
        kept[next(places)] = bytearray(65000)  # grows 1
    zlib.crc32(WORK)


def keep_mapping():
    """A block large enough to be a mapping of its own, by Python."""
    kept[next(places)] = bytearray(MEGABYTE)  # grows 1
    zlib.crc32(WORK)


def keep_c():
    """What a C library takes without Python's knowledge."""
    address = libc.malloc(MEGABYTE)
    libc.memset(address, 1, MEGABYTE)  # grows 1
    kept[next(places)] = address
    zlib.crc32(WORK)


def keep_late():
    """Memory that is mapped first and touched later."""
    block = mmap.mmap(-1, 1 << 20)
    block.write(ZEROS)  # grows 1
    kept[next(places)] = block
    zlib.crc32(WORK)


def keep_read():
    """What the kernel fills: a file, read into a block of its own."""
    file.seek(0)
    kept[next(places)] = file.read(MEGABYTE)  # grows 1
    zlib.crc32(WORK)


def keep_inflated():
    """What a C library fills that Python took."""
    kept[next(places)] = zlib.decompress(PACKED, bufsize=1 << 20)  # grows 1
    zlib.crc32(WORK)


def keep_two():
    """Two lines, of which one keeps three times as much as the other."""
    kept[next(places)] = bytearray(MEGABYTE // 4 * 3)  # grows .75
    kept[next(places)] = bytearray(MEGABYTE // 4)  # grows .25
    zlib.crc32(WORK)


def keep_rows():
    """Rows of a database in memory: a C library that takes small blocks of its own."""
    for _ in range(10):
        database.execute("insert into t values (zeroblob(100000))")  # grows 1
    zlib.crc32(WORK)


def keep_untouched():
    """Memory that is asked for and never touched, but for its first page: it is not resident, and nobody's."""
    kept[next(places)] = bytes(1 << 20)
    zlib.crc32(WORK)


def come_and_go():
    """Takes and gives back."""
    block = bytearray(40 << 20)
    zlib.crc32(WORK)
    del block


# What each call takes, in bytes of whole pages; blocks of 65,000 bytes lie one behind the other, 16 bytes of header each.
TAKES = {"keep_small": SMALL_STEP // OBJECTS_A_POOL * POOL, "keep_blocks": 16 * 65024, "keep_mapping": 1 << 20, "keep_c": 1 << 20,
         "keep_late": 1 << 20, "keep_read": 1 << 20, "keep_inflated": 257 * 4096, "keep_two": 193 * 4096 + 65 * 4096,
         "keep_untouched": PAGE, "come_and_go": 0}
# Without the module there is nothing to measure; what it takes depends on its version.
if sqlite3:
    TAKES["keep_rows"] = None
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("create table t (b blob)")


def marked_lines():
    """{function: {line: share of what it keeps}}, as the comments say."""
    lines, name = {}, None
    with open(__file__) as source:
        for number, line in enumerate(source, 1):
            if line.startswith("def "):
                name = line[4:line.index("(")]
            elif "# grows " in line and name in TAKES:
                lines.setdefault(name, {})[number] = float(line.rpartition(" ")[2])
    return lines


def resident():
    statm.seek(0)
    return int(statm.read().split()[1]) * PAGE


def watched(name, function, measured):
    def call():
        before = resident()
        function()
        measured[name] += resident() - before
    measured[name] = 0
    return call


def live_lines():
    """{line: bytes} of this file, as tracemalloc counts them."""
    import tracemalloc
    snapshot = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)])
    return {entry.traceback[0].lineno: entry.size for entry in snapshot.statistics("lineno")}


def sum_by_function(live):
    """{function: bytes} of {line: bytes}."""
    starts = sorted((globals()[name].__code__.co_firstlineno, name) for name in TAKES)
    sums = {}
    for line, size in live.items():
        name = [name for start, name in starts if start <= line][-1:]
        if name and line < starts[-1][0] + 12:
            sums[name[0]] = sums.get(name[0], 0) + size
    return sums


def main():
    mode = sys.argv[2] if len(sys.argv) > 2 else None
    repeat, rounds = (4, ROUNDS // 4) if sys.argv[1] == "slow" else (1, ROUNDS)
    answer = {"kept": {name: take and take * ROUNDS for name, take in TAKES.items()}, "lines": marked_lines()}
    functions = [globals()[name] for name in TAKES]
    if mode == "probe":
        functions = [watched(name, globals()[name], answer["kept"]) for name in TAKES]
    elif mode == "exact":
        import tracemalloc
        tracemalloc.start(1)
    for _ in range(rounds):
        for function in functions:
            for _ in range(repeat):
                function()
    if mode == "exact":
        answer["live"] = live_lines()
        answer["live_functions"] = sum_by_function(answer["live"])
    print(json.dumps(answer))


if __name__ == "__main__":
    statm = open("/proc/self/statm")
    main()
