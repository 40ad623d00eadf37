"""Roles, their permissions, and the reader: what the rules need to know of the person who looks or acts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, Flag, auto
from typing import Self

from domain.errors import Forbidden, Invalid


class Permission(Flag):
    """What a member may be allowed to do. A combination of flags asks for all of them."""

    FOLLOW = auto()
    COMMENT = auto()
    WRITE = auto()
    MODERATE = auto()
    ADMINISTER = auto()


_MEMBER = Permission.FOLLOW | Permission.COMMENT | Permission.WRITE
# What a silenced member may not do. An administrator goes on administering, because somebody has to run the place.
_SPEECH = _MEMBER | Permission.MODERATE
# The end of a sanction that holds until somebody lifts it. The last year is free for the time zones of databases.
UNTIL_LIFTED = datetime(9999, 1, 1, tzinfo=UTC)


class Role(Enum):
    """The values are the names that pages, forms and the command line use."""

    USER = "User"
    MODERATOR = "Moderator"
    ADMINISTRATOR = "Administrator"

    @property
    def permissions(self) -> Permission:
        return _PERMISSIONS[self]

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises Invalid("role", "choice")."""
        try:
            return cls(name)
        except ValueError:
            raise Invalid("role", "choice") from None


_PERMISSIONS = {
    Role.USER: _MEMBER,
    Role.MODERATOR: _MEMBER | Permission.MODERATE,
    Role.ADMINISTRATOR: _MEMBER | Permission.MODERATE | Permission.ADMINISTER,
}

MODERATING = tuple(role for role in Role if Permission.MODERATE in role.permissions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A member who is signed in. A visitor is None. `waits`: a moderator has not admitted them yet. `mutes`: they mute
    or block somebody; for all others reading costs nothing more. The sanctions are those that held when the reader was
    read."""

    id: int
    role: Role
    confirmed: bool
    waits: bool = False
    mutes: bool = False
    silenced_until: datetime | None = None
    suspended_until: datetime | None = None

    @property
    def takes_part(self) -> bool:
        """Whether this member may do anything but read. A silenced one may."""
        return self.confirmed and not self.waits and self.suspended_until is None

    def can(self, permission: Permission) -> bool:
        """Who is unconfirmed, waits, or is suspended has no permission, whatever the role."""
        is_silenced = self.silenced_until is not None and permission & _SPEECH
        return self.takes_part and permission in self.role.permissions and not is_silenced

    def require(self, permission: Permission) -> None:
        """Raises Forbidden, which says whether confirming the address would help, or waiting, or until when it
        lasts."""
        self.require_part()
        if permission not in self.role.permissions:
            raise Forbidden()
        if permission & _SPEECH:
            self.require_voice()

    def require_part(self) -> None:
        """Raises Forbidden unless this member may do anything but read."""
        self.require_access()
        if not self.confirmed:
            raise Forbidden("unconfirmed")
        if self.waits:
            raise Forbidden("waiting")

    def require_access(self) -> None:
        """Raises Forbidden for a suspended member."""
        if self.suspended_until is not None:
            raise Forbidden("suspended", until=known_end(self.suspended_until))

    def require_voice(self) -> None:
        """Raises Forbidden for a silenced member."""
        if self.silenced_until is not None:
            raise Forbidden("silenced", until=known_end(self.silenced_until))


def in_force(until: datetime | None, at: datetime) -> datetime | None:
    """The end of a sanction that holds at this time. None for one that has ended, or for none."""
    return until if until is not None and at < until else None


def known_end(until: datetime | None) -> datetime | None:
    """None for a sanction that holds until somebody lifts it."""
    return None if until == UNTIL_LIFTED else until
