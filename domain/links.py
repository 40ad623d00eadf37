"""Signed tokens and what each may be used for; of mailed links, which one is the newest."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Purpose(Enum):
    """A token serves the purpose it was made for and no other (its audience, RFC 7519 section 4.1.3)."""

    CONFIRM = "confirm"
    RESET_PASSWORD = "reset-password"
    CHANGE_EMAIL = "change-email"
    API = "api"

    @property
    def lifetime(self) -> timedelta:
        return timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Link:
    """The newest link of this account and purpose; `email` is the address it was mailed to."""

    account_id: int
    purpose: Purpose
    token_id: str
    email: str
