"""Who writes, answers and likes what in a crowd, post by post. A few authors write most posts, and a few posts get most
comments and likes."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from application.ports.filling import CommentRows, LikeRows, PostRows, Progress
from domain.ids import RANDOM_BITS
from domain.notifications import NotificationKind
from entrypoints.demo.crowd.members import Members
from entrypoints.demo.crowd.telling import Telling
from entrypoints.demo.crowd.texts import Texts

# The greater, the fewer have most of it.
_PROLIFIC, _TALKATIVE, _DISCUSSED = 2.2, 1.6, 0.7
# The greater, the sooner after the post.
_SOON = 6
# In milliseconds: how long somebody takes to read and to write, at most or nearly.
_PAUSE = 300_000
# The greatest weight of a post. The mean is about 3.
_MOST = 1_000
# The smaller, the more of all posts are from the end.
_GROWING = 0.6
# Parts of all comments.
_BY_AUTHOR, _ANSWERS, _LIKED = 0.1, 0.3, 0.2
# So many posts between two looks at how far it is.
_SHOWN = 10_000
# Of all members.
_MOST_LIKES = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    posts: PostRows
    comments: CommentRows
    post_likes: LikeRows
    comment_likes: LikeRows


class _Columns:
    """Rows that are sorted when all are there."""

    def __init__(self, *names: str) -> None:
        self.columns = {name: array("q") for name in names}

    def add(self, *values: int) -> None:
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)

    def sorted(self) -> dict[str, "array[int]"]:
        ids = self.columns["id"]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        return {name: array("q", map(column.__getitem__, order)) for name, column in self.columns.items()}


class Dealing:
    def __init__(self, chance: random.Random, members: Members, telling: Telling, texts: Texts) -> None:
        self._chance = chance
        self._members = members
        self._telling = telling
        self._post_texts = len(texts.posts)
        self._comment_texts = len(texts.comments)
        self._posts = _Columns("id", "author_id", "text", "comment_count", "like_count")
        self._comments = _Columns("id", "post_id", "author_id", "reply_to", "text", "like_count")
        self._post_likes = _Columns("id", "thing_id", "account_id")
        self._comment_likes = _Columns("id", "thing_id", "account_id")

    def conversation(self, progress: Progress) -> Conversation:
        size = self._members.size
        weights = array("d", (min(_MOST, self._chance.random() ** -_DISCUSSED) for _ in range(size.posts)))
        comments = self._shared(weights, size.comments)
        for place in range(size.posts):
            weights[place] *= 0.5 + self._chance.random()
        likes = self._shared(weights, size.comments)
        del weights
        last = 0
        for place in range(size.posts):
            at = self._published_at(place)
            id = max(last + 1, self._id(at))
            last = id
            self._post(id, at, comments[place], likes[place])
            if place % _SHOWN == 0:
                progress("posts, comments and likes", place, size.posts)
        progress("posts, comments and likes", size.posts, size.posts)
        return Conversation(
            posts=PostRows(**self._posts.columns),
            comments=CommentRows(**self._comments.sorted()),
            post_likes=LikeRows(**self._post_likes.sorted()),
            comment_likes=LikeRows(**self._comment_likes.sorted()),
        )

    def _shared(self, weights: "array[float]", number: int) -> "array[int]":
        """`number`, divided by weight."""
        whole, chance = sum(weights), self._chance.random
        shares = array("l", (int(number * weight / whole + chance()) for weight in weights))
        excess = sum(shares) - number
        while excess:
            place = self._chance.randrange(len(shares))
            step = 1 if excess < 0 else -1
            if shares[place] + step >= 0:
                shares[place] += step
                excess += step
        return shares

    def _published_at(self, place: int) -> int:
        """Closer and closer to each other, because the community grows."""
        members = self._members
        late = ((place + self._chance.random()) / members.size.posts) ** _GROWING
        return members.begin + int((members.end - members.begin) * late)

    def _post(self, id: int, at: int, comments: int, likes: int) -> None:
        author = self._members.writer(at, _PROLIFIC)
        text = int(self._post_texts * self._chance.random())
        if comments:
            self._discuss(id, at, author, comments)
        liked = 0
        if likes:
            events = list(self._likes(at, author, likes))
            liked = len(events)
            for like_id, account_id in events:
                self._post_likes.add(like_id, id, account_id)
            of = [like_id for like_id, _ in events]
            self._telling.merged(NotificationKind.LIKE, author, of, thing_id=id, post_id=id)
        self._posts.add(id, self._members.id[author], text, comments, liked)

    def _discuss(self, post_id: int, at: int, author: int, number: int) -> None:
        chance, members, telling = self._chance.random, self._members, self._telling
        told: list[int] = []
        said: list[tuple[int, int]] = []
        for id in self._after(at, number):
            said_at = id >> RANDOM_BITS
            by_author = said and members.seen[author] >= said_at and chance() < _BY_AUTHOR
            member = author if by_author else members.writer(said_at, _TALKATIVE)
            reply_to = 0
            if said and chance() < _ANSWERS:
                reply_to, answered = said[int(len(said) * chance() ** 0.5)]
                if answered != member:
                    telling.once(NotificationKind.REPLY, answered, id, post_id)
                if author not in (answered, member):
                    told.append(id)
            elif member != author:
                told.append(id)
            said.append((id, member))
            text, likes = int(self._comment_texts * chance()), self._like_comment(id, said_at, member, post_id)
            self._comments.add(id, post_id, members.id[member], reply_to, text, likes)
        telling.merged(NotificationKind.COMMENT, author, told, thing_id=post_id, post_id=post_id)

    def _like_comment(self, id: int, at: int, author: int, post_id: int) -> int:
        chance, number = self._chance.random, 0
        while chance() < _LIKED:
            number += 1
        if not number:
            return 0
        events = list(self._likes(at, author, number))
        for like_id, account_id in events:
            self._comment_likes.add(like_id, id, account_id)
        of = [like_id for like_id, _ in events]
        self._telling.merged(NotificationKind.LIKE, author, of, thing_id=id, post_id=post_id, comment_id=id)
        return len(events)

    def _likes(self, at: int, author: int, number: int) -> Iterator[tuple[int, int]]:
        """The id of each like, and of who gives it: at most this many, where there are not enough members."""
        chance, members = self._chance.random, self._members
        liked = {author}
        number = min(number, int(members.count * _MOST_LIKES))
        for id in self._after(at, number):
            liked_at = id >> RANDOM_BITS
            member = 1 + int((members.there(liked_at) - 1) * chance())
            if member not in liked and members.seen[member] >= liked_at:
                liked.add(member)
                yield id, members.id[member]

    def _after(self, at: int, number: int) -> list[int]:
        """The ids of what follows, in their order. Nobody answers in no time."""
        chance, left = self._chance.random, self._members.end - at
        pauses = (int(_PAUSE * (0.1 + chance()) + left * chance() ** _SOON) for _ in range(number))
        return sorted(self._id(at + min(left, pause)) for pause in pauses)

    def _id(self, at: int) -> int:
        return at << RANDOM_BITS | self._chance.getrandbits(RANDOM_BITS)
