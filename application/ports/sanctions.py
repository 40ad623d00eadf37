"""Sanctions in the storage, and those of a member."""

from datetime import datetime
from typing import Protocol

from application.ports.appeals import RecordCard
from application.ports.paging import CountedUpTo, Page, Window
from domain.roles import Reader
from domain.sanctions import Sanction


class Sanctions(Protocol):
    """Whoever adds or saves one has locked the account."""

    def get(self, sanction_id: int) -> Sanction: ...
    def add(self, sanction: Sanction) -> None:
        """Its entry of the log comes first. Raises NotFound without one."""

    def save(self, sanction: Sanction) -> None: ...
    def holding(self, account_id: int, at: datetime) -> list[Sanction]:
        """Those of the account that hold at this time."""

    def some_ended(self, at: datetime, limit: int) -> list[Sanction]:
        """Those that have ended by themselves, and nobody has been told."""


class SanctionFeeds(Protocol):
    """For moderators only. The use case checks that."""

    def of_person(self, reader: Reader | None, account_id: int, window: Window) -> CountedUpTo[RecordCard]:
        """The sanctions of a member, newest first."""

    def about_person(self, reader: Reader | None, account_id: int, window: Window) -> Page[RecordCard]:
        """All entries of the log that concern a member, newest first."""

    def sanction(self, reader: Reader | None, sanction_id: int) -> RecordCard:
        """Raises NotFound."""
