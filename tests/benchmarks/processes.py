"""What a server takes of the machine, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of CPU since the start: of the master process and its web workers, and of the processes below those,
    which render texts. `memory` is the resident memory of the largest web worker, in bytes."""

    server: float
    helpers: float
    memory: int


def taken_by(master: int) -> Taken:
    """Of the server with this process at its head."""
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name of a program stands in brackets, and may have spaces.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        pid = int(folder.name)
        parents[pid] = int(fields[1])
        seconds[pid] = (int(fields[11]) + int(fields[12])) * _TICK
    web = {master, *(pid for pid, parent in parents.items() if parent == master)}
    below = _below(web, parents) - web
    return Taken(
        server=sum(seconds.get(pid, 0.0) for pid in web),
        helpers=sum(seconds[pid] for pid in below),
        memory=max(map(_resident, web - {master}), default=0),
    )


def _below(roots: set[int], parents: dict[int, int]) -> set[int]:
    found, new = set(roots), set(roots)
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
