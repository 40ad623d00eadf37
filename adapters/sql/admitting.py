"""Who waits to be admitted, in SQL."""

from typing import Any

from sqlalchemy import Connection, Row, select, text

from adapters.sql.engine import Database
from adapters.sql.member_names import name_columns, name_in
from adapters.sql.paging import page_of, windowed
from adapters.sql.tables import accounts, invitations
from application.ports.admitting import WaitingCard
from application.ports.paging import Page, Window
from domain.joining import Admission
from domain.roles import MODERATING, Reader

# Who waits, in the words of the index `ix_accounts_id`. SQLite would take another one where `confirmed` is asked too.
WAITS = (text("(accounts.admission = 'approval' OR accounts.admission = 'no_seat')"), ~accounts.c.deleted)


class SqlWaitingMembers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def some(self, admission: Admission, limit: int) -> list[int]:
        found = self._connection.execute(
            select(accounts.c.id)
            .where(*WAITS, accounts.c.admission == admission.value)
            .order_by(accounts.c.id)
            .limit(limit)
        )
        return list(found.scalars())

    def moderators(self) -> list[int]:
        roles = [role.value for role in MODERATING]
        found = self._connection.execute(
            select(accounts.c.id)
            .where(accounts.c.role.in_(roles), accounts.c.confirmed, ~accounts.c.disabled, ~accounts.c.deleted)
            .order_by(accounts.c.id)
        )
        return list(found.scalars())


_inviter = accounts.alias("inviter")
_WAITING = (
    select(
        accounts.c.id,
        accounts.c.username,
        accounts.c.name,
        accounts.c.why,
        accounts.c.admission,
        *name_columns(_inviter, "inviter"),
    )
    .join_from(accounts, invitations, invitations.c.id == accounts.c.invitation_id, isouter=True)
    .join(_inviter, (_inviter.c.id == invitations.c.owner_id) & ~_inviter.c.deleted, isouter=True)
    .where(*WAITS)
)


class SqlAdmittingFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, reader: Reader | None, window: Window) -> Page[WaitingCard]:
        cut = windowed(_WAITING, accounts.c.id, window, newest_first=False)
        return page_of(self._database.rows(cut), window, _card_of, newest_first=False)


def _card_of(row: Row[Any]) -> WaitingCard:
    return WaitingCard(
        id=row.id,
        username=row.username,
        name=row.name,
        why=row.why,
        inviter=name_in(row, "inviter"),
        has_no_seat=row.admission == Admission.NO_SEAT.value,
    )


def waits(row: Row[Any]) -> bool:
    """Of a row with the columns `confirmed` and `admission`."""
    return row.confirmed and Admission(row.admission).waits
