"""Works 0.1 s and sleeps as long, in the main thread and in three beside it, and writes to argv[1] what each thread read of its CPU
clock: {native thread id: [nanoseconds before, between, after]}."""
import json
import sys
import threading
import time


def busy():
    end = time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) + 0.1
    while time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) < end:
        sum(range(5000))


def asleep():
    time.sleep(0.1)


def both():
    times = [time.thread_time()]
    busy()
    times.append(time.thread_time())
    asleep()
    times.append(time.thread_time())
    answers[threading.get_native_id()] = [round(seconds * 1e9) for seconds in times]


answers = {}
both()
threads = [threading.Thread(target=both) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open(sys.argv[1], "w") as file:
    json.dump(answers, file)
