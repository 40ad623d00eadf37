"""The counters of members, tags, days and the site, counted from the columns of a crowd. Where nobody else writes, and
all of it is listed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, update

from adapters.sql.tables import tags
from adapters.sql.tallies import SHARDS, SqlTallies
from application.ports.filling import Crowd
from application.ports.tallies import Tally, Total
from domain.ids import RANDOM_BITS
from domain.overview import Daily, Series

_DAY = 24 * 60 * 60 * 1_000 << RANDOM_BITS


def count_all(connection: Connection, crowd: Crowd) -> None:
    tallies = SqlTallies(connection)
    tallies.add(_of_members(crowd))
    for shard, changes in _of_site(crowd).items():
        tallies.add_to_site(changes, shard_of=shard)
    counted = [{"of": id, "number": number} for id, number in _of_tags(crowd).items()]
    if counted:
        counting = update(tags).where(tags.c.id == bindparam("of")).values(post_count=bindparam("number"))
        connection.execute(counting, counted)


def _of_members(crowd: Crowd) -> dict[int, Tally]:
    posts, comments = Counter(crowd.posts.author_id), Counter(crowd.comments.author_id)
    followers, following = Counter(crowd.follows.followed_id), Counter(crowd.follows.follower_id)
    return {
        account.id: Tally(
            posts=posts[account.id],
            comments=comments[account.id],
            followers=followers[account.id],
            following=following[account.id],
        )
        for account in crowd.accounts
    }


def _of_tags(crowd: Crowd) -> Counter[int]:
    ids = {tag.name: tag.id for tag in crowd.tags}
    counted = Counter[int]()
    for place, number in Counter(crowd.posts.text).items():
        for name in crowd.post_texts[place][0].tags:
            counted[ids[name]] += number
    return counted


def _of_site(crowd: Crowd) -> dict[int, Counter[Total | Daily]]:
    """By the row of a counter: each writer adds to one of them."""
    changes: defaultdict[int, Counter[Total | Daily]] = defaultdict(Counter)
    made: tuple[tuple[Total, Series, Sequence[int]], ...] = (
        (Total.MEMBERS, Series.SIGN_UPS, [account.id for account in crowd.accounts]),
        (Total.POSTS, Series.POSTS, crowd.posts.id),
        (Total.COMMENTS, Series.COMMENTS, crowd.comments.id),
    )
    for total, series, ids in made:
        for day, shard, number in _by_day(ids):
            changes[shard][total] += number
            changes[shard][Daily.of(series, day)] += number
    return changes


def _by_day(ids: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The least id of each day, the row, and how many."""
    counted = Counter((id // _DAY, id % SHARDS) for id in ids)
    return ((day * _DAY, shard, number) for (day, shard), number in counted.items())
