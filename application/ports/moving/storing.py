"""The two ends of a move."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from application.ports.moving.fields import R, Record
from domain.errors import DomainError


class NotEmpty(DomainError):
    """The storage has accounts already."""


class Misfit(DomainError):
    """A record does not fit to those before it: `code` is `reference`, or `taken` with the field."""

    def __init__(self, position: int, code: str, field: str = "") -> None:
        """`position` counts from 0 within what was added."""
        super().__init__(position, code, field)
        self.position = position
        self.code = code
        self.field = field


class Records(Protocol):
    """Everything of the community. A unit of work either reads it or takes in another one's."""

    def hold(self) -> None:
        """Comes first in a unit of work for reading. All that is read after it is of one moment."""

    def count(self, kind: type[Record]) -> int: ...
    def read(self, kind: type[R]) -> Iterator[R]:
        """All of one kind, sorted by `place_of`. They are read in parts."""

    def begin(self) -> None:
        """Comes first in a unit of work that takes in. Until its end nobody else adds an account. Raises NotEmpty when
        there is one."""

    def add(self, records: Sequence[Record]) -> None:
        """Some of one kind, which are sorted. The kinds come in the order of `KINDS`, without jobs and without
        the files of pictures. Raises Misfit, past which this unit of work cannot go on."""

    def finish(self) -> None:
        """Comes last. Counts everything that the storage keeps counters of."""
