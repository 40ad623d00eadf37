"""Mailed links in the storage, and the account of an API token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.credentials import Link, Purpose
from domain.roles import Reader


class Links(Protocol):
    """The newest mailed link of each account and purpose."""

    def put(self, link: Link) -> None:
        """Replaces an older link of the same account and purpose."""

    def find(self, account_id: int, purpose: Purpose) -> Link | None: ...
    def spend(self, link: Link) -> None:
        """Removes the link. Raises LinkExpired when it is gone or replaced: of two calls with one link, one
        succeeds."""

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        """With a purpose, only links of this purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReader(Reader):
    """The account behind an API token, or behind address and password. A token of an older generation is revoked."""

    username: str
    token_generation: int


class CredentialFeeds(Protocol):
    def token_reader(self, account_id: int, at: datetime) -> TokenReader:
        """Raises NotFound when the account is disabled or deleted."""
