"""Roles, the permissions they hold, and the reader: whoever looks or acts, as far as rules care."""

from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Self

from domain.errors import Forbidden, Invalid


class Permission(Flag):
    """What a member may be allowed to do. Members of a flag combine: all of them must be held."""

    FOLLOW = auto()
    COMMENT = auto()
    WRITE = auto()
    MODERATE = auto()
    ADMINISTER = auto()


_MEMBER = Permission.FOLLOW | Permission.COMMENT | Permission.WRITE


class Role(Enum):
    """The values are the names that people, forms and the command line use."""

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
    """A signed-in member as rules see them. Someone who is not signed in is None."""

    id: int
    role: Role
    confirmed: bool

    def can(self, permission: Permission) -> bool:
        """An unconfirmed member holds no permission at all, whatever the role."""
        return self.confirmed and permission in self.role.permissions

    def require(self, permission: Permission) -> None:
        """Raises Forbidden, which says whether confirming the address would help."""
        if not self.confirmed:
            raise Forbidden("unconfirmed")
        if permission not in self.role.permissions:
            raise Forbidden()
