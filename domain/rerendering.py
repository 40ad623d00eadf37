"""Rendering anew: how far the job has come."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Numbers of texts. `refused` ones kept their old HTML. `after` is the id of the last text, where the job goes by
    id."""

    done: int
    total: int
    refused: int = 0
    after: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` of a progress says. More may follow."""
        done, total, refused, after = map(int, text.split()[:4])
        return cls(done=done, total=total, refused=refused, after=after)

    def __str__(self) -> str:
        return f"{self.done} {self.total} {self.refused} {self.after}"
