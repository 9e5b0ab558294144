"""What Linux says of a process in /proc.  Times are seconds, sizes bytes; a process that is gone raises ProcessLookupError."""
import os
import time
from typing import Dict, List, NamedTuple, Set

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    """What is used of /proc/PID/stat (proc_pid_stat(5)); faults include those that needed the disk."""

    state: str
    parent_pid: int
    faults: int
    major_faults: int
    user_s: float
    system_s: float
    children_user_s: float
    children_system_s: float
    iowait_s: float
    start_ticks: int

    @property
    def ended(self) -> bool:
        """It has ended, and only its parent has not noticed yet."""
        return self.state in "ZX"

    @property
    def elapsed_s(self) -> float:
        """Since the process was created."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.start_ticks * _TICK_S


def _read(pid: int, name: str) -> bytes:
    try:
        with open("/proc/%d/%s" % (pid, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        if not os.path.exists("/proc/self/stat"):
            raise OSError("/proc is not there: processes can only be looked at on Linux") from None
        raise ProcessLookupError("there is no process %d" % pid) from None


def read_stat(pid: int) -> Stat:
    # The second field is the name in parentheses, which may hold blanks, parentheses and newlines itself.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    if len(fields) < 40:
        raise ProcessLookupError("there is no process %d" % pid)
    minor, _, major, _, user, system, children_user, children_system = map(int, fields[7:15])
    return Stat(state=fields[0].decode("ascii", "replace"), parent_pid=int(fields[1]), faults=minor + major, major_faults=major,
                user_s=user * _TICK_S, system_s=system * _TICK_S, children_user_s=children_user * _TICK_S,
                children_system_s=children_system * _TICK_S, iowait_s=int(fields[39]) * _TICK_S, start_ticks=int(fields[19]))


def read_memory(pid: int) -> Dict[str, int]:
    """Resident, virtual, shared, code and data size of /proc/PID/statm."""
    fields = _read(pid, "statm").split()
    if len(fields) < 6:
        raise ProcessLookupError("there is no process %d" % pid)
    virtual, resident, shared, text, _, data = (int(field) * _PAGE for field in fields[:6])
    return {"rss": resident, "vms": virtual, "shared": shared, "text": text, "data": data}


def _children_by_task(pid: int) -> List[int]:
    """Children as the kernel lists them by the thread that made them.  FileNotFoundError where it is built without that."""
    found: List[int] = []
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/children" % (pid, task), "rb") as file:
                found += map(int, file.read().split())
        except ProcessLookupError:
            continue
        except FileNotFoundError:
            if os.path.exists("/proc/%d/task/%s" % (pid, task)):
                raise
    return found


def _children_by_search(pid: int) -> List[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if read_stat(int(name)).parent_pid == pid:
                    found.append(int(name))
            except (OSError, ValueError):
                continue
    return found


def descendants(pid: int) -> List[int]:
    """Pids of its children, their children and so on, parents before their children; empty when it is gone."""
    found: List[int] = []
    seen: Set[int] = {pid}
    waiting = [pid]
    while waiting:
        parent = waiting.pop(0)
        try:
            children = _children_by_task(parent)
        except FileNotFoundError:
            children = _children_by_search(parent) if os.path.exists("/proc/%d" % parent) else []
        except OSError:
            continue
        for child in children:
            if child not in seen:
                seen.add(child)
                found.append(child)
                waiting.append(child)
    return found
