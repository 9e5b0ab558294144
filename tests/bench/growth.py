"""growth.py slow|quick|burst: grows by known amounts in functions of known names, and prints {function: bytes} as one line of JSON.

Six ways of taking memory, each of which ends in whole pages that only the named function touched.  They take turns: slow, after four steps
of some 5 ms each, in which a function takes 1 MiB and reads 8 MiB; quick, after each such step; burst, after taking 1 MiB in well under a
millisecond, which no program does for long and no sampler follows.
"""
import ctypes
import json
import mmap
import sys
import zlib

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
kept = [None] * (ROUNDS * (SMALL_STEP + 33))
places = iter(range(len(kept)))
ZEROS = bytes(1 << 20)
WORK = b"~" * (8 << 20) if sys.argv[1] != "burst" else b""


def keep_small():
    """Small Python objects, in arenas of pymalloc."""
    for _ in range(SMALL_STEP):
        kept[next(places)] = bytes(479)
    zlib.crc32(WORK)


def keep_blocks():
    """Blocks from the C heap, by Python."""
    for _ in range(16):
        kept[next(places)] = bytearray(65000)
    zlib.crc32(WORK)


def keep_mapping():
    """A block large enough to be a mapping of its own, by Python."""
    kept[next(places)] = bytearray((1 << 20) - 64)
    zlib.crc32(WORK)


def keep_c():
    """What a C library takes without Python's knowledge."""
    address = libc.malloc((1 << 20) - 64)
    libc.memset(address, 1, (1 << 20) - 64)
    kept[next(places)] = address
    zlib.crc32(WORK)


def keep_late():
    """Memory that is mapped first and touched later."""
    block = mmap.mmap(-1, 1 << 20)
    block.write(ZEROS)
    kept[next(places)] = block
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
         "keep_late": 1 << 20, "keep_untouched": PAGE, "come_and_go": 0}


def main():
    repeat, rounds = (4, ROUNDS // 4) if sys.argv[1] == "slow" else (1, ROUNDS)
    functions = [globals()[name] for name in TAKES]
    for _ in range(rounds):
        for function in functions:
            for _ in range(repeat):
                function()
    print(json.dumps({name: take * ROUNDS for name, take in TAKES.items()}))


if __name__ == "__main__":
    main()
