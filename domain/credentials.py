"""Passwords, and the purposes of mailed links and API tokens."""

import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from domain.errors import Invalid

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128


class Purpose(Enum):
    """A token works for its own purpose only (the audience of RFC 7519, section 4.1.3)."""

    CONFIRM = "confirm"
    RESET_PASSWORD = "reset-password"
    CHANGE_EMAIL = "change-email"
    API = "api"
    UNSUBSCRIBE = "unsubscribe"
    DIAGNOSIS = "diagnosis"  # of nobody: the program asks itself how a request reaches it

    @property
    def lifetime(self) -> timedelta:
        return _LIFETIMES.get(self, timedelta(hours=1))


_LIFETIMES = {Purpose.UNSUBSCRIBE: timedelta(days=90), Purpose.DIAGNOSIS: timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Link:
    """The newest link of this account and purpose; `email` is the address it was mailed to."""

    account_id: int
    purpose: Purpose
    token_id: str
    email: str


def normal(password: str) -> str:
    """The form that is hashed: Unicode NFC. The same letters from two keyboards are the same password."""
    return unicodedata.normalize("NFC", password)


def acceptable(password: str, *, username: str, email: str, common: Container[object], field: str = "password") -> str:
    """The password in its normal form: long enough, not guessable, and otherwise free (OWASP ASVS 5.0, V6.2).
    Raises Invalid: `required`, `too_short` (limit), `too_long` (length, limit), `forbidden_character`,
    `password_repeats`, `password_is_name` or `password_common`."""
    if len(password) > 4 * LONGEST_PASSWORD:
        raise Invalid(field, "too_long", length=len(password), limit=LONGEST_PASSWORD)
    password = normal(password)
    if not password:
        raise Invalid(field, "required")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in password):
        raise Invalid(field, "forbidden_character")
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(field, "too_short", limit=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(field, "too_long", length=len(password), limit=LONGEST_PASSWORD)
    if len(set(password)) == 1:
        raise Invalid(field, "password_repeats")
    if password.casefold() in _own_names(username, email):
        raise Invalid(field, "password_is_name")
    if password in common or password.casefold() in common:
        raise Invalid(field, "password_common")
    return password


def require_same(password: str, again: str | None) -> None:
    """Compares the two fields of a form. `again` is None when the form has one field. Raises
    Invalid("password2", "passwords_differ")."""
    if again is not None and normal(again) != normal(password):
        raise Invalid("password2", "passwords_differ")


def _own_names(username: str, email: str) -> set[str]:
    return {username.casefold(), email.casefold(), email.casefold().partition("@")[0]}
