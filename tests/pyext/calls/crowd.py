"""Has argv[1] threads at once, each of which calls a function of its own argv[2] times, and writes to argv[3] whose function is whose:
{name: native thread id}.  None ends before all have called."""
import json
import sys
import threading


def work(i, n):
    scope = {}
    exec("def own_%d():\n    pass\n" % i, scope)
    own = scope["own_%d" % i]
    answers["own_%d" % i] = threading.get_native_id()
    there.wait()
    for _ in range(n):
        own()
    there.wait()


answers = {}
n_threads, n_calls = int(sys.argv[1]), int(sys.argv[2])
there = threading.Barrier(n_threads)
sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work, args=(i, n_calls)) for i in range(n_threads)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open(sys.argv[3], "w") as file:
    json.dump(answers, file)
