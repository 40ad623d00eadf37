"""The ledger: what was asked for over the API, and which of it the site has acknowledged.

Every thing has a mark, which is the beginning of its text. What was acknowledged must be there. What was asked for, and
never answered, may be there once or not at all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Thing:
    """A post or a comment. Edition 0 is its first text."""

    path: str
    mark: str
    url: str = ""
    asked: int = 0
    acknowledged: int | None = None
    is_deletion_asked: bool = False
    is_deleted: bool = False

    def text(self) -> str:
        return f"{self.mark} edition {self.asked}"

    def faults(self, found: list[str]) -> Iterator[str]:
        """What is wrong about the texts that the site has of this thing."""
        editions = [int(text.rpartition(" ")[2]) for text in found]
        if len(editions) > 1:
            yield f"{self.mark} is there {len(editions)} times"
        elif self.is_deleted and editions:
            yield f"{self.mark} was deleted, and is there"
        elif self.acknowledged is None or self.is_deletion_asked:
            return
        elif not editions:
            yield f"{self.mark} was acknowledged, and is lost"
        elif not self.acknowledged <= editions[0] <= self.asked:
            yield f"{self.mark} has edition {editions[0]}; {self.acknowledged} was acknowledged"


@dataclass(slots=True)
class Following:
    """What one member asked for about another: whether to follow. None when nothing was acknowledged."""

    acknowledged: bool | None = None
    asked: bool = False


@dataclass(slots=True)
class Ledger:
    """What one writer did. `counts` has one number for each kind of acknowledged write."""

    follower: str
    things: list[Thing] = field(default_factory=list)
    follows: dict[str, Following] = field(default_factory=lambda: defaultdict(Following))
    counts: Counter[str] = field(default_factory=Counter)

    def faults(self, texts: Mapping[str, list[str]], followed: Iterable[str]) -> Iterator[str]:
        """`texts` by mark, and whom this writer follows now, as the site says."""
        for thing in self.things:
            yield from thing.faults(texts.get(thing.mark, []))
        now = set(followed)
        for name, state in self.follows.items():
            if state.acknowledged is not None and state.acknowledged == state.asked != (name in now):
                yield f"{self.follower} follows {name}: {name in now}; {state.acknowledged} was acknowledged"


def by_mark(texts: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text.partition(" ")[0]].append(text)
    return found
