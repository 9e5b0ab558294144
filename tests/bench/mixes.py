"""mixes.py python|c [REFERENCE look|idle]: grows by some 60 MB as programs do, and prints what grew in which function as one line of JSON.

    python   csv, json, pickle, re, zlib and files: Python's own objects, mostly
    c        a database, malloc in the heap and as mappings, mmap, a bytearray that is filled later, a document tree: mostly not

With REFERENCE, reference.so, and "look" RSS is read at each profile event: {"begin", "end": seconds since the epoch between which that is so, "cpu", "net": [[file,
first line, name, rise, fall in bytes]]}.  Without it, and where it is loaded but idle, so that all else lies where it would, "net" is empty.
"""
import csv
import ctypes
import json
import mmap
import os
import pickle
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as etree
import zlib

try:
    import sqlite3
except ImportError:
    sqlite3 = None

kept = {}
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
# How long nothing moves before and after, so that the figures of that span can be cut out of a recording.  Only time can be waited for: the
# samples that must fall into it are taken by the helper's clock, and a program has no way to learn that one was.
CALM_S = 0.1
ZEROS = bytes(2 << 20)


# ---- python ---------------------------------------------------------------------------------------------------------

def make_rows(count):
    return [[str(number), "name %d" % (number % 977), "%.4f" % (number / 7), "x" * (number % 40)] for number in range(count)]


def write_table(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)


def read_table(path):
    with open(path, newline="") as file:
        return [dict(zip("abcd", row)) for row in csv.reader(file)]


def index_names(records):
    index = {}
    for record in records:
        index.setdefault(record["b"], []).append(record)
    return index


def to_json(records):
    return json.dumps(records)


def from_json(text):
    return json.loads(text)


def pickled(value):
    return pickle.dumps(value)


def packed(data):
    return [zlib.compress(data[start:start + 262144], 1) for start in range(0, len(data), 262144)]


def find_words(text):
    return re.findall(r"\"(\w+)\": \"([^\"]*)\"", text[:len(text) // 2])


def slurp(path):
    with open(path, "rb") as file:
        return file.read()


def drop_some():
    kept.pop("text", None)
    kept.pop("words", None)
    kept.pop("pickled", None)


def python_mix():
    path = os.path.join(tempfile.gettempdir(), "pagetide-bench-%d.csv" % os.getpid())
    try:
        kept["rows"] = make_rows(32000)
        write_table(path, kept["rows"])
        kept["records"] = read_table(path)
        kept["index"] = index_names(kept["records"])
        kept["text"] = to_json(kept["records"])
        kept["back"] = from_json(kept["text"])
        kept["words"] = find_words(kept["text"])
        kept["pickled"] = pickled(kept["back"])
        kept["packed"] = packed(kept["pickled"])
        kept["files"] = [slurp(path) for _ in range(5)]
        drop_some()
    finally:
        os.unlink(path)


# ---- c --------------------------------------------------------------------------------------------------------------
# Each takes 5 to 20 ms, since libraries do something with what they take: who takes turns faster is in growth.py.

def fill_database():
    database = kept["database"] = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("create table t (a integer, b text, c blob)")
    database.execute("with recursive n (i) as (select 1 union all select i + 1 from n where i < 12000) "
                     "insert into t select i, 'row ' || i, zeroblob(700) from n")


def index_database():
    kept["database"].execute("create index i on t (b)")


def small_mallocs():
    blocks = kept["small"] = []
    for _ in range(2000):
        address = libc.malloc(3000)
        libc.memset(address, 1, 3000)
        blocks.append(address)
        zlib.crc32(ZEROS[:8192])


def big_mallocs():
    blocks = kept["big"] = []
    for _ in range(8):
        address = libc.malloc(1 << 20)
        libc.memset(address, 1, 1 << 20)
        blocks.append(address)
        zlib.crc32(ZEROS)


def free_some():
    for address in kept["big"][::2]:
        libc.free(address)
        zlib.crc32(ZEROS)
        zlib.crc32(ZEROS)


def map_memory():
    kept["maps"] = [mmap.mmap(-1, 2 << 20) for _ in range(4)]


def touch_memory():
    for block in kept["maps"]:
        block.write(ZEROS)
        zlib.crc32(block)


def reserve():
    kept["array"] = bytearray(8 << 20)
    zlib.crc32(kept["array"])


def fill_later():
    array = kept["array"]
    for start in range(0, len(array), 1 << 16):
        array[start:start + (1 << 16)] = b"~" * (1 << 16)


def link_list():
    head = None
    for number in range(60000):
        head = (number, head)
    kept["list"] = head


def parse_document():
    text = "<root>" + "".join("<item id='%d'><name>n%d</name></item>" % (number, number) for number in range(12000)) + "</root>"
    kept["document"] = etree.fromstring(text)


def c_mix():
    if sqlite3:
        fill_database()
        index_database()
    small_mallocs()
    big_mallocs()
    map_memory()
    touch_memory()
    reserve()
    fill_later()
    free_some()
    link_list()
    parse_document()


def table_of(reference):
    code, rise, fall = ctypes.c_void_p(), ctypes.c_int64(), ctypes.c_int64()
    entries, number = [], 0
    while reference.tide_reference_get(number, ctypes.byref(code), ctypes.byref(rise), ctypes.byref(fall)):
        number += 1
        if code.value:
            of = ctypes.cast(code, ctypes.py_object).value
            entries.append([of.co_filename, of.co_firstlineno, getattr(of, "co_qualname", of.co_name), rise.value * mmap.PAGESIZE,
                            fall.value * mmap.PAGESIZE])
    return entries


def main():
    work = {"python": python_mix, "c": c_mix}[sys.argv[1]]
    reference = ctypes.PyDLL(sys.argv[2]) if len(sys.argv) > 2 else None
    looks = sys.argv[3:] == ["look"]
    net = []
    time.sleep(CALM_S)
    begin = time.time()
    if looks and reference.tide_reference_start() != 0:
        raise SystemExit("mixes.py: the reference could not start")
    cpu = time.process_time()
    work()
    cpu = time.process_time() - cpu
    if looks:
        reference.tide_reference_stop()
    end = time.time()
    time.sleep(CALM_S)
    if looks:
        net = table_of(reference)
    print(json.dumps({"begin": begin, "end": end, "cpu": cpu, "net": net}))


if __name__ == "__main__":
    main()
