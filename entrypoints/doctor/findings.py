"""What a check says: that something is well, that it is worth a look, or what is broken and how to mend it. Or that
nobody could look."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` and `remedy` are sentences, `lines` is text to copy. The runner fills in the name of the check."""

    check: str
    level: Level
    says: str
    remedy: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Something that later checks take as the parameter of this name."""

    name: str
    value: object


def well(says: str, *lines: str) -> Finding:
    return Finding("", Level.OK, says, lines=lines)


def warning(says: str, remedy: str) -> Finding:
    return Finding("", Level.WARNING, says, remedy)


def unknown(says: str) -> Finding:
    return Finding("", Level.UNKNOWN, says)


def fault(says: str, remedy: str) -> Finding:
    return Finding("", Level.FAULT, says, remedy)


Findings = Iterator[Finding | Found]
Check = Callable[..., Findings]


@dataclass(frozen=True, slots=True)
class Named:
    """A check takes what it needs by the names of its parameters. Past `seconds` nobody waits for it."""

    name: str
    check: Check
    seconds: float = 30.0
