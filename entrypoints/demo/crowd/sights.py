"""What whoever measures has to find in a crowd, by name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from application.ports.filling import Crowd
from entrypoints.demo.crowd.sizes import KNOWN

# A page of a post that the measurements have a limit for.
_COMMENTS = 30


@dataclass(frozen=True, slots=True)
class Sight:
    """`which` is a username, or the id of a post, and `number` how many `of` what it has."""

    what: str
    which: str
    number: int
    of: str


def sights_of(crowd: Crowd) -> Iterator[Sight]:
    names = {account.id: account.username for account in crowd.accounts}
    following, followers = Counter(crowd.follows.follower_id), Counter(crowd.follows.followed_id)
    ids = {username: id for id, username in names.items()}
    for known in KNOWN:
        yield Sight(known.what, known.username, following[ids[known.username]], "followees")
    (followed, number), *_ = followers.most_common(1)
    yield Sight("most followed", names[followed], number, "followers")
    # The newest of those that come nearest.
    count, id = min(zip(crowd.posts.comment_count, crowd.posts.id, strict=True), key=_distance)
    yield Sight("a discussed post", str(id), count, "comments")


def _distance(post: tuple[int, int]) -> tuple[int, int]:
    count, id = post
    return abs(count - _COMMENTS), -id
