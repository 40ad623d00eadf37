"""Members in administration: the fingerprint of a form, and the rule of the last administrator."""

import hashlib
import json

from domain.accounts import Account
from domain.roles import Role


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
