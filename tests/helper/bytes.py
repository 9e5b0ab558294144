"""Takes Python memory by known amounts, then dies without a word."""
import os
import signal


def keeps():
    return [*map(bytes, [967] * 5000)]


def drops():
    for i in range(3000):
        bytes(1967)


kept = keeps()
drops()
os.kill(os.getpid(), signal.SIGKILL)
