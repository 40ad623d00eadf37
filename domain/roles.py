"""Roles, their permissions, and the reader: what the rules need to know of the person who looks or acts."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A member who is signed in. A visitor is None. `waits`: a moderator has not admitted them yet. `mutes`: they mute
    or block somebody; for all others reading costs nothing more."""

    id: int
    role: Role
    confirmed: bool
    waits: bool = False
    mutes: bool = False

    def can(self, permission: Permission) -> bool:
        """Who is unconfirmed, or waits, has no permission, whatever the role."""
        return self.confirmed and not self.waits and permission in self.role.permissions

    def require(self, permission: Permission) -> None:
        """Raises Forbidden, which says whether confirming the address would help, or waiting."""
        self.require_admission()
        if permission not in self.role.permissions:
            raise Forbidden()

    def require_admission(self) -> None:
        """Raises Forbidden."""
        if not self.confirmed:
            raise Forbidden("unconfirmed")
        if self.waits:
            raise Forbidden("waiting")
