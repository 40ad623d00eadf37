"""What finds an account: its username and its address."""

import re
from dataclasses import dataclass
from typing import Self

from domain.errors import Invalid
from domain.host_names import in_ascii
from domain.texts import folded

EMAIL_LIMIT = 254
USERNAME_LIMIT = 64
# In Python's and in ECMAScript's dialect.
USERNAME_PATTERN = "[A-Za-z](?:[A-Za-z0-9_.]{0,62}[A-Za-z0-9_])?"

_RESERVED = frozenset(
    {
        *("admin", "administrator", "moderator", "root", "system", "support", "api", "login", "logout", "register"),
        *("settings", "moderation", "static", "me", "feed"),
    }
)
_USERNAME = re.compile(USERNAME_PATTERN, re.ASCII)
# A dot-atom at a host name (RFC 5322 section 3.4.1, RFC 1123), without quotes, comments and address literals.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z0-9-]*[A-Za-z]){_LABEL}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Username:
    """A username as its owner spells it. Two that differ only in case are equal."""

    text: str

    @property
    def key(self) -> str:
        return username_key(self.text)

    @classmethod
    def parse(cls, text: str, *, field: str = "username") -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit), `username_form` or `reserved`."""
        if not text:
            raise Invalid(field, "required")
        if len(text) > USERNAME_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=USERNAME_LIMIT)
        if not is_username(text):
            raise Invalid(field, "username_form")
        if text.lower() in _RESERVED:
            raise Invalid(field, "reserved")
        return cls(text)


@dataclass(frozen=True, slots=True)
class Email:
    """One address as its owner spells it, in ASCII (a domain of other letters in its `xn--` form)."""

    text: str

    @property
    def key(self) -> str:
        return folded(self.text)

    @classmethod
    def parse(cls, text: str, *, field: str = "email") -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit) or `email_form`."""
        if not text:
            raise Invalid(field, "required")
        if len(text) > EMAIL_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=EMAIL_LIMIT)
        user, at, host = text.rpartition("@")
        try:
            text = f"{user}{at}{in_ascii(host)}"
        except ValueError:
            raise Invalid(field, "email_form") from None
        if len(text) > EMAIL_LIMIT:
            raise Invalid(field, "too_long", length=len(text), limit=EMAIL_LIMIT)
        if not _EMAIL.fullmatch(text) or len(text.partition("@")[0]) > 64:
            raise Invalid(field, "email_form")
        return cls(text)


def is_username(text: str) -> bool:
    """Whether the text has the form of a username. No address has it."""
    return _USERNAME.fullmatch(text) is not None and len(text) <= USERNAME_LIMIT


def username_key(text: str) -> str:
    """The key that finds a username, in whatever case it is typed."""
    return text.lower()


def key_of(email: str) -> str:
    """The key that finds a typed address. Empty when the text cannot be an address: no account has this key."""
    try:
        return Email.parse(email).key
    except Invalid:
        return ""
