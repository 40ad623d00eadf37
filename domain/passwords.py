"""What a password must be (OWASP ASVS 5.0, V6.2): long enough, not guessable, and otherwise free."""

import unicodedata
from collections.abc import Container

from domain.errors import Invalid

SHORTEST = 8
LONGEST = 128


def normal(password: str) -> str:
    """The form that is hashed: NFC, so that the same letters from two keyboards are the same password."""
    return unicodedata.normalize("NFC", password)


def acceptable(password: str, *, username: str, email: str, common: Container[object], field: str = "password") -> str:
    """The password in its normal form. Raises Invalid: `required`, `too_short` (limit), `too_long`
    (length, limit), `forbidden_character`, `password_repeats`, `password_is_name` or `password_common`."""
    if len(password) > 4 * LONGEST:
        raise Invalid(field, "too_long", length=len(password), limit=LONGEST)
    password = normal(password)
    if not password:
        raise Invalid(field, "required")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in password):
        raise Invalid(field, "forbidden_character")
    if len(password) < SHORTEST:
        raise Invalid(field, "too_short", limit=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid(field, "too_long", length=len(password), limit=LONGEST)
    if len(set(password)) == 1:
        raise Invalid(field, "password_repeats")
    if password.casefold() in _own_names(username, email):
        raise Invalid(field, "password_is_name")
    if password in common or password.casefold() in common:
        raise Invalid(field, "password_common")
    return password


def require_same(password: str, again: str | None) -> None:
    """Where a form asks for it twice; None where it does not. Raises Invalid("password2", "passwords_differ")."""
    if again is not None and normal(again) != normal(password):
        raise Invalid("password2", "passwords_differ")


def _own_names(username: str, email: str) -> set[str]:
    return {username.casefold(), email.casefold(), email.casefold().partition("@")[0]}
