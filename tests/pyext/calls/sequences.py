"""Programs whose calls, returns, lines and exceptions are known: each of CASES, called without an argument, does one kind of thing."""
import asyncio
import threading


def recursion():
    def down(n):
        if n:
            return down(n - 1) + 1
        return 0

    return down(20)


def generators():
    def numbers(n):
        for i in range(n):
            got = yield i
            if got:
                yield got

    def outer():
        yield from numbers(2)
        return "done"

    list(outer())
    g = numbers(9)
    next(g)
    g.send("x")
    g.close()
    h = numbers(3)
    next(h)
    try:
        h.throw(KeyError("k"))
    except KeyError:
        pass
    return [x for x in (y * 2 for y in range(3))]


def exceptions():
    def deep(n):
        if n == 0:
            raise ValueError("here")
        try:
            deep(n - 1)
        finally:
            n = -n

    try:
        deep(3)
    except ValueError as error:
        str(error)
    try:
        int("no number")
    except ValueError:
        pass
    try:
        {}["missing"]
    except KeyError:
        pass
    try:
        [].pop()
    except IndexError:
        pass
    with open("/dev/null") as file:
        file.read()


class Thing:
    count = 0

    def __init__(self, value):
        self.value = value

    @property
    def double(self):
        return self.value * 2

    @classmethod
    def make(cls, value):
        return cls(value)

    @staticmethod
    def nothing():
        pass

    def __len__(self):
        return self.value

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        return True


def classes():
    thing = Thing.make(3)
    thing.double
    thing.nothing()
    len(thing)
    with thing:
        raise RuntimeError("swallowed")
    return sorted([3, 1, 2], key=lambda x: -x)


def builtins():
    items = []
    items.append(1)
    items.extend(range(3))
    "a b".split()
    len(items)
    isinstance(items, list)
    dict(a=1).get("a")
    max(1, 2)
    print(end="")
    return "%d" % sum(items)


def coroutines():
    async def leaf(n):
        await asyncio.sleep(0)
        return n

    async def gather():
        total = 0
        async for x in stream():
            total += x
        return total + await leaf(1)

    async def stream():
        for i in range(3):
            await leaf(i)
            yield i

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(gather())
    finally:
        loop.close()


def loops():
    n = 0
    for i in range(3): n += i
    while n > 0: n -= 1
    for i in range(2):
        if i:
            continue
        n += 1
    else:
        n = 5
    try:
        pass
    finally:
        n += 1
    return [i
            for i in range(2)
            if i]


def long_function():
    lines = "".join("    x = %d\n" % i for i in range(600))
    space = {}
    exec(compile("def f():\n%s    return x\n" % lines, __file__, "exec"), space)
    return space["f"]()


def worker(n):
    return recursion() + n


def threads():
    started = [threading.Thread(target=worker, args=(i,)) for i in range(3)]
    for thread in started:
        thread.start()
        thread.join()


CASES = [recursion, generators, exceptions, classes, builtins, coroutines, loops, long_function, threads]
