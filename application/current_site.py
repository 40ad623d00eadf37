"""The site as this process knows it."""

import logging
import threading
from dataclasses import replace
from datetime import datetime, timedelta

from application.ports.site import SiteFeeds
from application.ports.work import Now, UnitOfWork
from domain.errors import DomainError
from domain.rules import openings
from domain.site import Site

log = logging.getLogger(__name__)

KNOWN_FOR = timedelta(seconds=5)


class CurrentSite:
    """Looks at the storage at most once in five seconds, whatever asks. While the storage does not answer, the last
    site that is known stays. Safe to call from several threads. `first_site` is what the settings say, for as long as
    nothing is saved."""

    def __init__(self, site_feeds: SiteFeeds, first_site: Site, now: Now) -> None:
        self._site_feeds = site_feeds
        self._first_site = first_site
        self._now = now
        self._known = first_site
        self._looked_at: datetime | None = None
        self._asked_for = 0
        self._changes = 0
        self._turn = threading.Lock()

    def __call__(self) -> Site:
        if not self._is_fresh():
            self._look()
        return self._known

    def at_least(self, version: int) -> Site:
        """The same for who has seen this version already, perhaps by another process. It is asked for once."""
        if max(self._known.version, self._asked_for) < version:
            self._asked_for = version
            self.forget()
        return self()

    def forget(self) -> None:
        """The next who asks looks."""
        self._changes += 1
        self._looked_at = None

    def take(self, site: Site) -> None:
        """This process has just saved it."""
        if site.version >= self._known.version:
            self._changes += 1
            self._known = site

    def name(self) -> str:
        return self().text.name

    def rule_count(self) -> int:
        return len(openings(self().html.rules))

    def within(self, work: UnitOfWork) -> Site:
        """The site of this unit of work, for what depends on it."""
        return work.site.find() or replace(self._first_site)

    def _is_fresh(self) -> bool:
        # A clock may be set back.
        return self._looked_at is not None and timedelta(0) <= self._now() - self._looked_at < KNOWN_FOR

    def _look(self) -> None:
        # Only the first look is waited for. Later ones are made by one thread, and the others go on with what is known.
        if not self._turn.acquire(blocking=self._looked_at is None):
            return
        try:
            if self._is_fresh():
                return
            changes, found = self._changes, self._known
            try:
                found = self._site_feeds.site() or self._first_site
            except DomainError:
                log.info("the stored words of the site were not read")
            # What was saved since the look began may not be in it.
            if changes == self._changes:
                self._known, self._looked_at = found, self._now()
        finally:
            self._turn.release()
