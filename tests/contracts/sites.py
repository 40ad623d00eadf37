"""A whole site on one storage, with adapters that leave nothing to chance, so that several sites do the same."""

from typing import Any

from domain.joining import Registration
from domain.site import Site as TheSite
from domain.site import SiteText
from tests.contracts.storages import Storage
from tests.doubles import (
    RENDERER,
    Clock,
    NumberedSecrets,
    NumberedTokens,
    PaintedPictures,
    PlainHasher,
    PlainLetters,
    Postbox,
    rising_ids,
    settings_with,
    wired,
)

SETTINGS = settings_with(admin_email="root@example.com")


class Site:
    """The capabilities as the container wires them, by their names there."""

    def __init__(self, storage: Storage, clock: Clock, **parts: Any) -> None:
        """`parts` stand in place of the site's own."""
        self.storage = storage
        self.postbox = Postbox()
        own = {
            "storage": storage,
            "now": clock,
            "new_id": rising_ids(clock),
            "hasher": PlainHasher(),
            "common_passwords": frozenset(["password"]),
            "tokens": NumberedTokens(),
            "session_secrets": NumberedSecrets(),
            "renderer": RENDERER,
            "picture_maker": PaintedPictures(),
            "letters": PlainLetters(),
            "mailer": self.postbox,
            "limits": storage.limits,
        }
        self._container = wired(SETTINGS, **(own | parts))

    def stands_in(self, mode: Registration) -> None:
        """From now on the site has this mode, as after a restart."""
        self._container.first_site.override(TheSite(text=SiteText(name="Chapbook", registration=mode)))
        for part in (
            "current_site",
            "site",
            "newcomers",
            "joining",
            "passwords",
            "addresses",
            "members",
            "admitting",
            "job_handlers",
            "jobs",
        ):
            getattr(self._container, part).reset()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)()
