"""Mailed links in the store, and who is behind an API token."""

from dataclasses import dataclass
from typing import Protocol

from domain.credentials import Link, Purpose
from domain.roles import Reader


class Links(Protocol):
    """The newest mailed link of each account and purpose."""

    def put(self, link: Link) -> None:
        """Replaces an older link of the same account and purpose."""

    def find(self, account_id: int, purpose: Purpose) -> Link | None: ...
    def spend(self, link: Link) -> None:
        """Raises LinkExpired unless exactly this link was still there: of two who spend it, one wins."""

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        """With a purpose, only those that serve it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReader(Reader):
    """Who asks with an API token, or with address and password; tokens of an older generation are dead."""

    username: str
    token_generation: int


class CredentialFeeds(Protocol):
    def token_reader(self, account_id: int) -> TokenReader:
        """Raises NotFound when disabled or deleted."""
