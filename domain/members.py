"""Members in administration: who is found, the fingerprint of a form, and the rule of the last administrator."""

import hashlib
import json
from collections.abc import Callable
from enum import Enum

from domain.accounts import Account
from domain.errors import Invalid
from domain.host_names import in_letters
from domain.identifiers import EMAIL_LIMIT
from domain.roles import Role
from domain.searching.words import fold
from domain.texts import folded, one_line

# From this length on, a search finds any part. A shorter one finds beginnings.
SHORTEST_PART = 3
# Before each value in the text that is searched. No value and no search has a line break. With the two, a beginning of
# one character is a part of three characters, so that one index serves both.
_BEGINNING = "\n\n"


class MemberState(Enum):
    """What members are filtered by, beside their role."""

    UNCONFIRMED = "unconfirmed"
    DISABLED = "disabled"

    def is_of(self, account: Account) -> bool:
        return account.disabled if self is MemberState.DISABLED else not account.confirmed


def search_text(account: Account) -> str:
    """The text that a search looks in. A member is found when it contains the `search_pattern`. Nobody finds a member
    who has left."""
    if account.deleted:
        return ""
    local, _, domain = account.email.text.partition("@")
    # An address is found as it is stored, and as people read it.
    addresses = dict.fromkeys((account.email.text, f"{local}@{in_letters(domain)}"))
    values = (account.username.text, *addresses, account.name)
    return "".join(_BEGINNING + folded(value.strip()) for value in values)


def names_text(account: Account) -> str:
    """The text in which everybody looks for people: both names, and no address. Empty for an account that is not
    listed."""
    if not account.listed:
        return ""
    return "".join(_BEGINNING + fold(value.strip()) for value in (account.username.text, account.name))


def search_pattern(typed: str) -> str | None:
    """What the `search_text` of a member contains whom this search finds. Empty when nothing is searched for. None when
    no member can have what was typed."""
    return _pattern(typed, folded)


def names_pattern(typed: str) -> str | None:
    """The same for the `names_text`, where accents do not matter either."""
    return _pattern(typed, fold)


def _pattern(typed: str, fold: Callable[[str], str]) -> str | None:
    typed = typed.strip()
    try:
        wanted = fold(one_line("q", typed, limit=EMAIL_LIMIT))
    except Invalid:
        return None
    if typed and not wanted:
        return None
    return wanted if len(wanted) >= SHORTEST_PART or not wanted else _BEGINNING + wanted


def fingerprint(
    *,
    email: str,
    username: str,
    confirmed: bool,
    role: Role,
    disabled: bool,
    name: str,
    location: str,
    about_me: str,
) -> str:
    """Differs when any value that administrators see and set has changed. It reveals no value."""
    values = (email, username, confirmed, role.value, disabled, name, location, about_me)
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def fingerprint_of(account: Account) -> str:
    return fingerprint(
        email=account.email.text,
        username=account.username.text,
        confirmed=account.confirmed,
        role=account.role,
        disabled=account.disabled,
        name=account.name,
        location=account.location,
        about_me=account.about_me,
    )


def someone_else_administers(account: Account, administrators: list[int]) -> bool:
    """The rule of the last administrator. `administrators` are the ids of all of them, maybe with this account."""
    return any(id != account.id for id in administrators)
