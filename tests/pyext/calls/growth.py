"""Writes, at places that are known, how many pages statm shows: "before" when a block of mmap is about to be filled, "after" when it
was.  One page after another is touched, each followed by a call."""
import mmap
import sys

PAGES = 200


def statm():
    with open("/proc/self/statm", "rb", buffering=0) as file:
        return int(file.read().split()[1])


def touched(pages):
    return pages


def fill(block):
    for i in range(PAGES):
        block[i * mmap.PAGESIZE] = 1
        touched(i)


block = mmap.mmap(-1, PAGES * mmap.PAGESIZE)
if hasattr(block, "madvise") and hasattr(mmap, "MADV_NOHUGEPAGE"):
    block.madvise(mmap.MADV_NOHUGEPAGE)
statm()
before = statm()
fill(block)
after = statm()
with open(sys.argv[1], "w") as file:
    file.write("%d %d" % (before, after))
