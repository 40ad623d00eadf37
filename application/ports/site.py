"""The site itself in the storage, and what its pages say of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.members import MemberName
from domain.roles import Reader
from domain.site import Site


class StoredSite(Protocol):
    def find(self) -> Site | None:
        """None until the site has been saved once."""

    def save(self, site: Site) -> None:
        """Stores it, and counts its version. Raises TryAgain when another version was saved meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """`since` is when the oldest account was made. None where nobody is here yet. The numbers are the totals that the
    storage keeps."""

    since: datetime | None
    members: int
    posts: int
    comments: int


class SiteFeeds(Protocol):
    def site(self) -> Site | None:
        """None until the site has been saved once."""

    def facts(self, reader: Reader | None) -> SiteFacts: ...
    def moderators(self, reader: Reader | None, at: datetime, limit: int) -> tuple[MemberName, ...]:
        """Administrators first, then moderators, each the oldest first. Without those who cannot act at this time."""
