"""How large a crowd is, and when it lived."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

# All that happens is within this time.
SPAN = timedelta(days=730)
# Nothing happens in the last hour, in which some members look in.
_LOOKING_IN = timedelta(hours=1)


class BadSize(ValueError):
    """The numbers do not fit to each other."""


@dataclass(frozen=True, slots=True)
class Known:
    """A member with a username that measurements know. `share` is the largest part of all members that they follow."""

    username: str
    number: int
    share: float
    what: str
    silent: bool = False

    def follows(self, users: int) -> int:
        return min(self.number, int(users * self.share))


_ANY = 10**9
KNOWN = (
    Known("follows_200", 200, 0.2, "follows some"),
    Known("follows_10", 10, 0.1, "follows few"),
    Known("follows_nobody", 0, 0, "follows nobody"),
    Known("follows_silent", 100, 0.1, "follows only silent", silent=True),
    Known("follows_many", _ANY, 0.5, "follows half of all"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`until` is the first day (UTC) on which nothing happens any more. The numbers of likes follow from that of
    comments. Raises BadSize."""

    users: int
    posts: int
    comments: int
    follows: int
    seed: int
    until: date

    @property
    def end(self) -> datetime:
        return datetime.combine(self.until, time(), UTC)

    @property
    def acts_end(self) -> datetime:
        return self.end - _LOOKING_IN

    @property
    def most(self) -> int:
        """How many follow one member, and how many one member follows."""
        return self.users // 2

    def __post_init__(self) -> None:
        fewest = sum(known.follows(self.users) for known in KNOWN)
        # More would leave nobody to choose.
        most = self.users * self.users // 5
        if not fewest <= self.follows <= most:
            raise BadSize(f"{self.users:,} members have between {fewest:,} and {most:,} follows.")
