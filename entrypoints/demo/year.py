"""The dates of the demo: when its members joined, wrote, followed and liked in the year that ends now. A seed decides.

The posts of an author keep their order, and so do the comments on a post. Nobody writes or likes before they joined.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import exp

from entrypoints.demo.texts import Conversation, Person, Remark

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_OLDEST_POST = 325 * _DAY
_OLDEST_MEMBER = 364 * _DAY
_TODAY = 10 * _HOUR
_ADMINISTRATOR_FOLLOWS = 8
_MOST_LIKES = 18
_MOST_LIKES_OF_COMMENT = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    remark: Remark
    at: datetime
    changed_at: datetime
    """The time of an edit or of hiding, if any. It is before the next comment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    conversation: Conversation
    at: datetime
    edited_at: datetime
    said: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    follower: str
    followed: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Liked:
    """`post` is the key of a conversation. `comment` is the place of a comment below it, from 0, or None for the
    post."""

    member: str
    post: str
    comment: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """`joined_at` and `seen_at` are by username. `threads` are sorted by time."""

    joined_at: dict[str, datetime]
    seen_at: dict[str, datetime]
    threads: list[Thread]
    follows: list[Followed]
    likes: list[Liked]


def year_of(people: Sequence[Person], conversations: Sequence[Conversation], *, seed: int, now: datetime) -> Year:
    """The administrator is the first of `people`, and joins first."""
    return _Dealer(random.Random(seed), now).year(people, conversations)  # noqa: S311 - repeatable, not a secret


class _Dealer:
    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance = chance
        self._now = now

    def year(self, people: Sequence[Person], conversations: Sequence[Conversation]) -> Year:
        dealt = zip(self._post_dates(len(conversations)), self._in_some_order(conversations), strict=True)
        threads = [self._thread(conversation, at) for at, conversation in dealt]
        joined_at = self._joined_at(people, threads)
        follows = self._follows([person.username for person in people if person.confirmed], joined_at)
        likes = list(self._likes(threads, joined_at))
        acts = [
            *_acts(threads),
            *((followed.follower, followed.at) for followed in follows),
            *((liked.member, liked.at) for liked in likes),
            *joined_at.items(),
        ]
        return Year(
            joined_at=joined_at,
            seen_at={person.username: self._seen_at(person.username, acts) for person in people},
            threads=threads,
            follows=follows,
            likes=likes,
        )

    def _post_dates(self, count: int) -> list[datetime]:
        """Sorted from old to new. They get closer towards now, because the community grows."""
        newest = 2 * _HOUR
        shares = [(at + self._chance.random() * 0.6) / count for at in range(count)]
        return sorted(self._now - newest - _OLDEST_POST * share**2.3 for share in shares)

    def _in_some_order(self, conversations: Sequence[Conversation]) -> list[Conversation]:
        """The first post stays first. No author posts twice in a row while another author has posts left."""
        order, waiting = [conversations[0]], list(conversations[1:])
        while waiting:
            keys = {conversation.key for conversation in order}
            ready = [conversation for conversation in waiting if conversation.after <= keys]
            lately = {conversation.author for conversation in order[-4:]}
            ready = [conversation for conversation in ready if conversation.author not in lately] or ready
            # An author with more posts left comes sooner. Otherwise their last posts would all come at the end.
            left = Counter(conversation.author for conversation in waiting)
            chosen = self._chance.choices(ready, [left[conversation.author] ** 2 for conversation in ready])[0]
            order.append(chosen)
            waiting.remove(chosen)
        return order

    def _thread(self, conversation: Conversation, at: datetime) -> Thread:
        """The comments of a post follow within minutes or days, and none is later than now."""
        gaps = [self._gap(remark) for remark in conversation.remarks if not remark.today]
        pace = min(1.0, 0.9 * ((self._now - at) / sum(gaps, _MINUTE)))
        dates = [at + so_far * pace for so_far in accumulate(gaps)]
        dates += self._of_today(len(conversation.remarks) - len(dates), after=dates[-1] if dates else at)
        said = [
            Said(remark=remark, at=date, changed_at=date + min(until - date, _DAY) * self._chance.uniform(0.1, 0.9))
            for remark, date, until in zip(conversation.remarks, dates, [*dates, self._now][1:], strict=True)
        ]
        edited_at = at + (self._now - at) * 0.1 * self._chance.random()
        return Thread(conversation=conversation, at=at, edited_at=edited_at, said=tuple(said))

    def _of_today(self, count: int, *, after: datetime) -> list[datetime]:
        begins = max(after, self._now - _TODAY)
        return sorted(begins + (self._now - begins) * self._chance.uniform(0.1, 0.9) for _ in range(count))

    def _gap(self, remark: Remark) -> timedelta:
        """Two minutes to thirty hours. Short gaps are more frequent."""
        return (2 * _DAY if remark.later else timedelta(0)) + 2 * _MINUTE * exp(self._chance.uniform(0, 6.8))

    def _joined_at(self, people: Sequence[Person], threads: Iterable[Thread]) -> dict[str, datetime]:
        founder, *others = people
        first = {other.username: self._now - 3 * _HOUR for other in others}
        for username, at in _acts(threads):
            if username in first:
                first[username] = min(first[username], at)
        joined = {username: at - (_HOUR + 20 * _DAY * self._chance.random()) for username, at in first.items()}
        return {founder.username: self._now - _OLDEST_MEMBER} | joined

    def _seen_at(self, username: str, acts: Iterable[tuple[str, datetime]]) -> datetime:
        """The time of a member's last visit. Members read more than they write, so most visits are in the last days."""
        lately = self._now - _MINUTE * exp(self._chance.uniform(0, 9.2))
        return max([lately, *(at for actor, at in acts if actor == username)])

    def _follows(self, usernames: Sequence[str], joined_at: dict[str, datetime]) -> list[Followed]:
        """Each member follows the next one in a ring, so everybody has a follower. Some more follows are random."""
        ring = self._chance.sample(usernames, len(usernames))
        follows = []
        for follower, next_one in zip(ring, ring[1:] + ring[:1], strict=True):
            count = _ADMINISTRATOR_FOLLOWS if follower == usernames[0] else self._chance.randint(2, 9)
            others = [username for username in usernames if username not in (follower, next_one)]
            for followed in [next_one, *self._chance.sample(others, min(count - 1, len(others)))]:
                met = max(joined_at[follower], joined_at[followed])
                follows.append(Followed(follower=follower, followed=followed, at=self._some_time_after(met)))
        return follows

    def _likes(self, threads: Sequence[Thread], joined_at: dict[str, datetime]) -> Iterator[Liked]:
        """A few posts have many, and most have some: the more is said below one, the more like it. Nobody likes what
        nobody talks about, or what a moderator hid."""
        talked_of = sorted((thread for thread in threads if thread.said), key=lambda thread: -len(thread.said))
        members = sorted({said.remark.author for thread in threads for said in thread.said})
        for rank, thread in enumerate(talked_of, start=1):
            key, author = thread.conversation.key, thread.conversation.author
            count = round(_MOST_LIKES * rank**-0.6 * self._chance.uniform(0.7, 1.1))
            for member in self._some_besides(author, members, count):
                at = self._some_time_after(max(thread.at, joined_at[member]))
                yield Liked(member=member, post=key, comment=None, at=at)
            for place, said in enumerate(thread.said):
                count = min(int(self._chance.paretovariate(1.5)) - 1, _MOST_LIKES_OF_COMMENT)
                for member in self._some_besides(said.remark.author, members, 0 if said.remark.moderator else count):
                    at = self._some_time_after(max(said.at, joined_at[member]))
                    yield Liked(member=member, post=key, comment=place, at=at)

    def _some_besides(self, author: str, members: Iterable[str], count: int) -> list[str]:
        others = [member for member in members if member != author]
        return self._chance.sample(others, min(count, len(others)))

    def _some_time_after(self, at: datetime) -> datetime:
        """Mostly soon. Some find it only now."""
        if self._chance.random() < 0.25:
            at = max(at, self._now - 2 * _DAY)
        return at + (self._now - at) * self._chance.random() ** 2


def _acts(threads: Iterable[Thread]) -> Iterator[tuple[str, datetime]]:
    """Each username with the time of something that the member did."""
    for thread in threads:
        yield thread.conversation.author, thread.at
        if thread.conversation.edited:
            yield thread.conversation.author, thread.edited_at
        for said in thread.said:
            yield said.remark.author, said.at
            if said.remark.edited:
                yield said.remark.author, said.changed_at
            if said.remark.moderator:
                yield said.remark.moderator, said.changed_at
