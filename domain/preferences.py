"""Preferences: of what a member is told, on the site and by mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Self

from domain.errors import Invalid, Problems
from domain.notifications import NotificationKind
from domain.roles import MODERATING, Role


class MailTime(Enum):
    """When a mail tells of something."""

    OFF = "off"
    SOON = "soon"
    DAILY = "daily"

    @classmethod
    def named(cls, name: str, *, field: str) -> Self:
        """Raises Invalid(field, "choice")."""
        try:
            return cls(name)
        except ValueError:
            raise Invalid(field, "choice") from None


@dataclass(frozen=True, slots=True)
class Preference:
    """How a member is told of one kind."""

    site: bool
    mail: MailTime


_MAILED_SOON = frozenset({NotificationKind.REPLY, NotificationKind.MENTION, NotificationKind.COMMENT})
DEFAULTS: Mapping[NotificationKind, Preference] = {
    kind: Preference(site=True, mail=MailTime.SOON if kind in _MAILED_SOON or kind.is_notice else MailTime.OFF)
    for kind in NotificationKind
}


@dataclass(frozen=True, slots=True)
class Preferences:
    """`changed` has only what differs from the defaults. All other kinds follow the defaults when these change."""

    changed: Mapping[NotificationKind, Preference] = field(default_factory=dict)

    def of(self, kind: NotificationKind) -> Preference:
        return self.changed.get(kind, DEFAULTS[kind])

    def change(self, wanted: Mapping[NotificationKind, Preference], *, role: Role) -> "Preferences":
        """Kinds that are not in `wanted` stay as they are. Raises Invalid: `notice_fixed` for a notice, and
        `kind_unknown` for a kind that this role is not told of. The field is the value of the kind."""
        problems = Problems()
        for kind, preference in wanted.items():
            if kind not in kinds_for(role):
                problems.add(kind.value, "kind_unknown")
            elif kind.is_notice and preference != DEFAULTS[kind]:
                problems.add(kind.value, "notice_fixed")
        problems.stop()
        return self._with(wanted)

    def without_mails(self) -> "Preferences":
        """No mail of any kind that can be switched off. What is told on the site stays."""
        return self._with(
            {kind: replace(self.of(kind), mail=MailTime.OFF) for kind in NotificationKind if not kind.is_notice}
        )

    def _with(self, wanted: Mapping[NotificationKind, Preference]) -> "Preferences":
        every = {kind: wanted.get(kind, self.of(kind)) for kind in NotificationKind}
        return Preferences({kind: each for kind, each in every.items() if each != DEFAULTS[kind]})


def kinds_for(role: Role) -> tuple[NotificationKind, ...]:
    """What a member with this role is told of."""
    return tuple(kind for kind in NotificationKind if role in MODERATING or not kind.is_for_moderators)


def kind_named(name: str) -> NotificationKind:
    """Raises Invalid(name, "kind_unknown")."""
    try:
        return NotificationKind(name)
    except ValueError:
        raise Invalid(name, "kind_unknown") from None
