"""Profiles: what a member shows to everybody."""

from dataclasses import dataclass
from typing import Self

from domain.errors import Invalid, Problems
from domain.texts import folded, one_line, prose

NAME_LIMIT = 64
LOCATION_LIMIT = 64
ABOUT_ME_LIMIT = 2_000

# In the languages of the site.
_MARKS = frozenset({"admin", "administrator", "moderator", "author", "管理员", "版主", "作者"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicProfile:
    """The fields of a profile that its member fills in."""

    name: str
    location: str
    about_me: str

    @classmethod
    def parse(cls, *, name: str, location: str, about_me: str) -> Self:
        """Raises Invalid: `too_long` (length, limit), `forbidden_character`, and for a name `at_sign` or `reserved`."""
        problems = Problems()
        with problems:
            name = _display_name(name)
        with problems:
            location = one_line("location", location, limit=LOCATION_LIMIT)
        with problems:
            about_me = prose("about_me", about_me, limit=ABOUT_ME_LIMIT)
        problems.stop()
        return cls(name=name, location=location, about_me=about_me)

    @property
    def says_something(self) -> bool:
        return bool(self.name or self.location or self.about_me)


def _display_name(text: str) -> str:
    """Nobody's display name reads like another one's username, or like a mark of a role."""
    name = one_line("name", text, limit=NAME_LIMIT)
    plain = folded(name)
    if "@" in plain:
        raise Invalid("name", "at_sign")
    if plain.strip() in _MARKS:
        raise Invalid("name", "reserved")
    return name
