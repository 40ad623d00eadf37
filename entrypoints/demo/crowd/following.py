"""Who follows whom in a crowd. A few follow half of all, and half of all follow a few."""

import random
from array import array
from collections.abc import Iterator, Sequence

from application.ports.filling import FollowRows
from domain.ids import RANDOM_BITS
from entrypoints.demo.crowd.members import Members

# The greater, the fewer have most of it.
_POPULAR, _EAGER = 3.0, 0.6
# Members fit into so many bits, so that a time and two of them are one number, which is fast to sort.
_BITS = 32
_MASK = (1 << _BITS) - 1


def follows_of(chance: random.Random, members: Members) -> FollowRows:
    """`members.size.follows` of them. The members of `KNOWN` follow exactly so many."""
    return _Following(chance, members).rows()


class _Following:
    def __init__(self, chance: random.Random, members: Members) -> None:
        self._chance = chance
        self._members = members
        self._most = members.size.most
        self._followers = array("l", bytes(array("l").itemsize * members.count))
        self._others = members.count - 1

    def rows(self) -> FollowRows:
        events = sorted(self._events())
        bits, ids = self._chance.getrandbits, self._members.id
        return FollowRows(
            id=array("q", _rising(each >> 2 * _BITS << RANDOM_BITS | bits(RANDOM_BITS) for each in events)),
            follower_id=array("q", (ids[each >> _BITS & _MASK] for each in events)),
            followed_id=array("q", (ids[each & _MASK] for each in events)),
        )

    def _events(self) -> Iterator[int]:
        left = self._members.size.follows
        for follower, chosen in self._of_known():
            left -= len(chosen)
            yield from self._dated(follower, sorted(chosen))
        for follower, number in self._numbers(left):
            yield from self._dated(follower, sorted(self._chosen(follower, number)))

    def _of_known(self) -> Iterator[tuple[int, Sequence[int]]]:
        members = self._members
        first_known = members.count - len(members.known)
        for known, member in members.known.items():
            among = [each for each in range(1, first_known) if bool(members.silent[each]) is known.silent]
            if known.number > members.count:
                among = list(range(1, first_known))
            chosen = self._chance.sample(among, min(len(among), known.follows(members.count)))
            for each in chosen:
                self._followers[each] += 1
            yield member, chosen

    def _numbers(self, left: int) -> Iterator[tuple[int, int]]:
        """How many each of the others follows, `left` in all."""
        members = self._members
        others = range(1, members.count - len(members.known))
        weights = [self._chance.random() ** -_EAGER for _ in others]
        whole = sum(weights)
        most = [min(self._most, members.there(members.seen[each]) // 2) for each in others]
        numbers = [min(top, int(left * weight / whole)) for weight, top in zip(weights, most, strict=True)]
        missing = left - sum(numbers)
        while missing:
            place = self._chance.randrange(len(numbers))
            if numbers[place] < most[place]:
                more = min(missing, most[place] - numbers[place], 1 + numbers[place] // 10)
                numbers[place] += more
                missing -= more
        return zip(others, numbers, strict=True)

    def _chosen(self, follower: int, number: int) -> set[int]:
        chosen: set[int] = set()
        chance, followers, most = self._chance.random, self._followers, self._most
        there = self._members.there(self._members.seen[follower]) - 1
        while len(chosen) < number:
            followed = 1 + int(there * chance() ** _POPULAR)
            if followed != follower and followed not in chosen and followers[followed] < most:
                chosen.add(followed)
                followers[followed] += 1
        return chosen

    def _dated(self, follower: int, chosen: Sequence[int]) -> Iterator[int]:
        joined, seen, chance = self._members.joined, self._members.seen[follower], self._chance.random
        for followed in chosen:
            first = max(joined[follower], joined[followed])
            at = first + int((seen - first) * chance())
            yield (at << _BITS | follower) << _BITS | followed


def _rising(ids: Iterator[int]) -> Iterator[int]:
    """Two in one millisecond keep their order."""
    last = 0
    for id in ids:
        last = max(id, last + 1)
        yield last
