"""A service with four threads, each with its own way with memory.

By construction (64-bit CPython, 20 seconds, 25 steps a second):

    open_session    thread "sessions": keeps 8 sessions of 16 KiB at each step and closes none: 62.5 MiB
    take_reading    thread "sensor": keeps the last 6 s of readings of 160 KiB: 23.4 MiB after 6 seconds, then flat
    compress_block  thread "archive": a block of 40 MiB, up and down at every 20th step
    match_words     thread "search": computes all the time and keeps nothing

Each step does a fixed amount, so that what is kept depends on --seconds alone.
"""
import argparse
import collections
import sys
import threading
import time
import zlib

STEPS_A_SECOND = 25
SESSIONS_A_STEP = 8
SESSION_BYTES = 16 << 10
READING_BYTES = 160 << 10
READINGS = 6 * STEPS_A_SECOND
BLOCK_BYTES = 40 << 20
TEXT = "time and tide wait for no man but memory waits for the collector " * 40


def open_session(sessions):
    """Keeps a session of SESSION_BYTES in SESSIONS, a list."""
    sessions.append(bytearray(SESSION_BYTES))


def take_reading(readings, step):
    """Adds a reading of READING_BYTES to READINGS, which drops its oldest when full."""
    readings.append(bytes([step % 251]) * READING_BYTES)


def compress_block(step):
    """The size of a block after compression."""
    block = (b"%08d" % step) * (BLOCK_BYTES // 8)
    size = len(zlib.compress(block, 1))
    del block
    return size


def match_words(counts):
    """Counts the words of TEXT into COUNTS."""
    for word in TEXT.split():
        counts[word] = counts.get(word, 0) + 1


def work(steps, step_once):
    """Calls STEP_ONCE (number) once a step, STEPS times, at an even pace."""
    begin = time.monotonic()
    for step in range(steps):
        step_once(step)
        time.sleep(max(0.0, begin + (step + 1) / STEPS_A_SECOND - time.monotonic()))


def main():
    parser = argparse.ArgumentParser(description="A service with four threads.")
    parser.add_argument("--seconds", type=float, default=20, help="how long, about (%(default)s)")
    steps = max(1, round(parser.parse_args().seconds * STEPS_A_SECOND))
    sessions, readings, counts = [], collections.deque(maxlen=READINGS), {}

    def serve(step):
        for _ in range(SESSIONS_A_STEP):
            open_session(sessions)
        if step % STEPS_A_SECOND == 0:
            print("second %2d: %d sessions, %d readings" % (step // STEPS_A_SECOND, len(sessions), len(readings)), flush=True)

    jobs = {"sessions": serve,
            "sensor": lambda step: take_reading(readings, step),
            "archive": lambda step: compress_block(step) if step % 20 == 0 else None,
            "search": lambda step: match_words(counts)}
    threads = [threading.Thread(target=work, args=(steps, job), name=name) for name, job in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("%d sessions kept, %d words counted" % (len(sessions), sum(counts.values())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
