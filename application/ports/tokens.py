"""Signing tokens, and reading those that were signed here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.credentials import Purpose


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine, unexpired token says. `subject` is an account id."""

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
        """Raises LinkExpired for anything but a genuine token of this purpose, in its own spelling, in its time."""
