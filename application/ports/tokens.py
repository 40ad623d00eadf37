"""Signed tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.credentials import Purpose


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a valid token (RFC 7519). `subject` is an account id."""

    subject: int
    purpose: Purpose
    token_id: str


class Tokens(Protocol):
    """Signed tokens that serve one purpose each."""

    def new_id(self) -> str:
        """128 random bits as text."""

    def issue(self, claims: Claims, *, at: datetime) -> str:
        """Valid from `at` for `Purpose.lifetime`."""

    def read(self, token: str, purpose: Purpose, *, at: datetime) -> Claims:
        """Raises LinkExpired unless the token was signed here for this purpose, is not expired, and is spelled as it
        was issued."""

    def subject_of(self, token: str, purpose: Purpose) -> int:
        """The account id of a token that was signed here for this purpose, also of an expired one: such a token proves
        nothing any more. Raises LinkExpired for any other."""
