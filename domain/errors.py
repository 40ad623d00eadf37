"""Everything that can go wrong inside, as one tree. Edges translate it; each class has one status there.

A broken rule is named by a code and its values (`too_long`, length=201, limit=200), never by a sentence.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


class DomainError(Exception):
    """The root: catch this only at an edge."""


class NotFound(DomainError):
    """There is no such thing, or not for this reader."""


class Forbidden(DomainError):
    """The actor may not do this. `code` says why: `permission`, `unconfirmed`, `hidden`, `registration_closed`."""

    def __init__(self, code: str = "permission") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `field` is the name of the input, or empty when no single input is at fault."""

    field: str
    code: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)


class Invalid(DomainError):
    """One or more rules are broken; all that were found are in `problems`."""

    def __init__(self, field: str, code: str, **values: object) -> None:
        self.problems: tuple[Problem, ...] = (Problem(field, code, values),)
        super().__init__(field, code, values)

    @classmethod
    def because(cls, problems: Iterable[Problem]) -> Self:
        """One error that carries several problems (at least one)."""
        found = tuple(problems)
        error = cls(found[0].field, found[0].code, **found[0].values)
        error.problems = found
        return error


class Problems:
    """Gathers broken rules, so that a form hears of all of them at once: each rule in a `with`, then `stop()`."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, field: str, code: str, **values: object) -> None:
        self._found.append(Problem(field, code, values))

    def stop(self) -> None:
        """Raises Invalid with everything found, if anything was."""
        if self._found:
            raise Invalid.because(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)

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
    """Somebody else holds this value, and only one may."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "taken")


class BadCredentials(DomainError):
    """The address and the password do not belong together, or may not sign in."""


class LinkExpired(DomainError):
    """A mailed link or a token that is spent, too old, replaced by a newer one, or never was."""


class Changed(DomainError):
    """Somebody saved another version in the meantime."""


class TooOften(DomainError):
    """A rate limit is reached. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = max(1, retry_after)


class TryAgain(DomainError):
    """The storage could not serve this now (a deadlock, a lock timeout); the same call may succeed."""
