"""The members of a crowd: when they came, until when they looked in, and what they are called.

A member is a number from 0 on, in the order of joining. Who came earlier is more popular. 0 administers and writes
nothing; the last are those of `KNOWN`. Times are milliseconds since 1970.
"""

import random
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from application.ports.moving.records import AccountRecord
from application.ports.moving.shapes import shapes_of
from domain.accounts import Account
from domain.identifiers import Email, Username
from domain.ids import RANDOM_BITS, make_id
from domain.profiles import PublicProfile
from domain.roles import Role
from domain.welcoming import Step
from entrypoints.demo.crowd.sizes import KNOWN, SPAN, Size
from entrypoints.demo.password import ADMIN_EMAIL

ADMIN_USERNAME = "librarian"

_FIRST = (
    *("Ada", "Ben", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ines", "Jakub", "Kofi", "Lena", "Mateo"),
    *(
        "Nadia",
        "Olu",
        "Petra",
        "Quentin",
        "Rosa",
        "Sven",
        "Tomas",
        "Uma",
        "Viktor",
        "Wanda",
        "Ximena",
        "Yusuf",
        "Zofia",
    ),
)
_LAST = (
    *("Abbot", "Bauer", "Castro", "Dahl", "Evans", "Fischer", "Garcia", "Holm", "Ito", "Jensen", "Kaya", "Lund"),
    *(
        "Moreau",
        "Novak",
        "Okafor",
        "Pereira",
        "Quist",
        "Rossi",
        "Silva",
        "Tanaka",
        "Ueda",
        "Virtanen",
        "Weiss",
        "Young",
    ),
)
_PLACES = ("Antwerp", "Bergen", "Cork", "Delft", "Esbjerg", "Faro", "Ghent", "Hobart", "Izmir", "Jena", "Kyoto", "")
# So much of the time passes until the last one joins, and so many of all are there from the beginning.
_JOINING, _FOUNDERS = 0.97, 0.02
# The parts of all who never write, and who looked in on the last day.
_SILENT, _HERE_NOW = 0.3, 0.4
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Notifications are read at most so long before the last visit.
_READING = timedelta(days=3) // _MILLISECOND
_LAST_HOUR = timedelta(minutes=59) // _MILLISECOND


class Members:
    """`joined`, `seen` and `read` are times by member. `seen` is the last act that a member may do."""

    def __init__(self, chance: random.Random, size: Size) -> None:
        self._chance = chance
        self.size = size
        self.count = size.users
        self.end = milliseconds(size.acts_end)
        self.begin = self.end - SPAN // _MILLISECOND
        self._span = self.end - self.begin
        self._founders = max(3, int(self.count * _FOUNDERS))
        self.joined = array("q", map(self._joined, range(self.count)))
        self.known = {known: self.count - len(KNOWN) + place for place, known in enumerate(KNOWN)}
        self.silent = bytearray(chance.random() < _SILENT for _ in range(self.count))
        self.seen = array("q", map(self._seen, range(self.count)))
        for member in (0, *self.known.values()):
            self.silent[member] = True
            self.seen[member] = self.end
        # Always somebody who may write.
        for member in range(1, self._founders):
            self.silent[member] = False
            self.seen[member] = self.end
        self.silent[self.count - len(KNOWN) - 1] = True
        self.read = array("q", (at - int(chance.random() ** 2 * _READING) for at in self.seen))
        self.id = array("q", (at << RANDOM_BITS | chance.getrandbits(RANDOM_BITS) for at in self.joined))

    def there(self, at: int) -> int:
        """How many have joined by then. They are the first ones."""
        late = (at - self.begin) / (_JOINING * self._span)
        return min(self.count, self._founders + max(0, int(late * (self.count - self._founders))))

    def writer(self, at: int, skew: float) -> int:
        """Somebody who writes then. The greater `skew`, the more the popular ones do."""
        chance, others, silent, seen = self._chance.random, self.there(at) - 1, self.silent, self.seen
        while True:
            member = 1 + int(others * chance() ** skew)
            if not silent[member] and seen[member] >= at:
                return member

    def _joined(self, member: int) -> int:
        late = max(0, member - self._founders + 1) / (self.count - self._founders)
        return self.begin + int(_JOINING * self._span * late)

    def _seen(self, member: int) -> int:
        if self._chance.random() < _HERE_NOW:
            return self.end
        joined = self.joined[member]
        return joined + int((self.end - joined) * self._chance.random() ** 0.3)

    def records(self, password_hash: str, sentences: Sequence[str]) -> list[AccountRecord]:
        return [self._record(member, password_hash, sentences) for member in range(self.count)]

    def _record(self, member: int, password_hash: str, sentences: Sequence[str]) -> AccountRecord:
        chance = self._chance
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        username = self._username(member, first)
        account = Account.register(
            id=self.id[member],
            email=Email.parse(f"{username}@example.com" if member else ADMIN_EMAIL),
            username=Username.parse(username),
            password_hash=password_hash,
        )
        account.confirm(administrator=None)
        account.admit()
        if not member:
            account.role = Role.ADMINISTRATOR
        location, about_me = chance.choice(_PLACES), chance.choice(sentences)
        account.describe(PublicProfile.parse(name=f"{first} {last}", location=location, about_me=about_me))
        account.take(Step.ALL)
        seen_at = _EPOCH + (self.seen[member] + chance.randrange(_LAST_HOUR)) * _MILLISECOND
        return record_of(account, seen_at)

    def _username(self, member: int, first: str) -> str:
        if not member:
            return ADMIN_USERNAME
        place = member - (self.count - len(KNOWN))
        return KNOWN[place].username if place >= 0 else f"{first.lower()}_{member}"


def record_of(account: Account, seen_at: datetime) -> AccountRecord:
    values = {name: getattr(account, name) for name in shapes_of(AccountRecord) if name != "last_seen_at"}
    values |= {"username": account.username.text, "email": account.email.text, "steps": int(account.steps)}
    return AccountRecord(last_seen_at=seen_at, **values)


def milliseconds(at: datetime) -> int:
    return make_id(at, 0) >> RANDOM_BITS
