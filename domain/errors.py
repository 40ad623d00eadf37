"""The errors of the core, as one tree. Each edge maps a class to one response.

A broken rule is named by a code and its values (`too_long`, length=201, limit=200), never by a sentence.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self


class DomainError(Exception):
    """The root of the tree. Only an edge catches it."""


class NotFound(DomainError):
    """There is no such thing, or this reader may not see it. `code` is empty, or `hidden` for a hidden post."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Forbidden(DomainError):
    """The actor may not do this. `code` says why: `permission`, `unconfirmed`, `waiting`, `hidden`,
    `deleted_by_administrator`, `registration_closed`, `not_invited`, `invitation_over`, `report_self`, `own_case`,
    `own_text`, `not_above`, `not_the_judge`, `silenced`, `suspended`. The last two end at `until`, or when somebody
    lifts them. Of `no_comments`, `no_like` and `no_follow` nobody learns
    whether it is a block."""

    def __init__(self, code: str = "permission", *, until: datetime | None = None) -> None:
        super().__init__(code, until)
        self.code = code
        self.until = until


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `field` names the input. It is empty when the rule is about more than one input."""

    field: str
    code: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)


class Invalid(DomainError):
    """One or more rules are broken. `problems` holds all that were found."""

    def __init__(self, field: str, code: str, **values: object) -> None:
        self.problems: tuple[Problem, ...] = (Problem(field, code, values),)
        super().__init__(field, code, values)

    @classmethod
    def because(cls, problems: Iterable[Problem]) -> Self:
        """An error with several problems (at least one)."""
        found = tuple(problems)
        error = cls(found[0].field, found[0].code, **found[0].values)
        error.problems = found
        return error


class Problems:
    """Collects broken rules, so that a form shows all of them at once. Check each rule in a `with`, then call
    `stop()`."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, field: str, code: str, **values: object) -> None:
        self._found.append(Problem(field, code, values))

    def stop(self) -> None:
        """Raises Invalid with all problems that were found, if there are any."""
        if self._found:
            raise Invalid.because(self._found)

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Invalid):
            self._found.extend(error.problems)
            return True
        return False


class AlreadyTaken(Invalid):
    """Another account has this value, which must be unique."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "taken")


class BadCredentials(DomainError):
    """Address and password do not match, or the account may not sign in."""


class LinkExpired(DomainError):
    """The mailed link or token was used, is too old, was replaced by a newer one, or never existed."""


class AlreadyConfirmed(LinkExpired):
    """The link no longer works, and is no longer needed: its account is confirmed."""


class Changed(DomainError):
    """Another version was saved in the meantime."""


class Conflict(DomainError):
    """The state of a thing does not allow this. `code` says which state, with its values."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class AlreadyDecided(Conflict):
    """Somebody else has decided this before. `code` says what they did."""


class TooSoon(DomainError):
    """What was done lately can be done again from this time on."""

    def __init__(self, possible_at: datetime) -> None:
        super().__init__(possible_at)
        self.possible_at = possible_at


class TooOften(DomainError):
    """A rate limit is reached. `retry_after` is in whole seconds, at least 1. `whose` limit it is: `account`, `address`
    or `network`."""

    def __init__(self, retry_after: int, whose: str = "account") -> None:
        super().__init__(retry_after)
        self.retry_after = max(1, retry_after)
        self.whose = whose


class TryAgain(DomainError):
    """The call could not be served now (a deadlock, a lock timeout). The same call may succeed later. `retry_after` is
    in whole seconds."""

    retry_after = 5


class Overloaded(TryAgain):
    """All places of a queue are taken, or the turn did not come in time. Nobody tries again at once, because that would
    only lengthen the queue."""

    retry_after = 2


class StoreFull(TryAgain):
    """The store of the pictures has no room. Only who runs the site can make some."""
