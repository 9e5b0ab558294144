"""Makes and frees large strings: a resident set that rises and falls by hundreds of mebibytes.

Each round make_string() takes 96 to 288 MiB at once, the string is searched and held for a while, and release() gives the memory back.
So, by construction, make_string() rises by the sum of all sizes, release() falls by the same, and nothing stays.  The sizes are those
of a random generator with a fixed seed; the last line prints their sum.
"""
import argparse
import random
import sys
import time

SECONDS_A_ROUND = 1.75


def make_string(size):
    """A string of SIZE bytes."""
    return "~" * size


def search(string):
    """Looks for what is not there; True when it is indeed not there.  Reads all of STRING, and takes no memory."""
    return "tide" not in string


def release(held):
    """Gives back the memory of the strings in HELD, a list."""
    held.clear()


def main():
    parser = argparse.ArgumentParser(description="Makes and frees large strings.")
    parser.add_argument("--seconds", type=float, default=20, help="how long, about (%(default)s)")
    rounds = max(1, round(parser.parse_args().seconds / SECONDS_A_ROUND))
    rng = random.Random(1)
    total = 0
    for number in range(1, rounds + 1):
        size = rng.randint(96, 288) << 20
        begin = time.monotonic()
        held = [make_string(size)]
        total += size
        print("round %2d of %d: a string of %d bytes" % (number, rounds, size), flush=True)
        keep = 0.75 + rng.random() / 2
        while time.monotonic() - begin < keep:
            if not search(held[0]):
                return 1
            time.sleep(0.05)
        release(held)
        time.sleep(max(0.0, begin + SECONDS_A_ROUND - time.monotonic()))
    print("%d bytes made and freed" % total)
    return 0


if __name__ == "__main__":
    sys.exit(main())
