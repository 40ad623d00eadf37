"""Invitations in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from adapters.sql.engine import Database
from adapters.sql.member_names import name_columns, name_in
from adapters.sql.paging import owned_by
from adapters.sql.tables import accounts, invitations
from application.ports.invitations import InvitationCard
from application.ports.members import MemberName
from domain.errors import NotFound
from domain.identifiers import username_key
from domain.invitations import Invitation
from domain.roles import Reader


class SqlInvitations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, invitation: Invitation) -> None:
        self._connection.execute(
            insert(invitations).values(
                id=invitation.id,
                owner_id=invitation.owner_id,
                code=invitation.code,
                people=invitation.people,
                until=invitation.until,
                **_changing(invitation),
            )
        )

    def lock(self, invitation_id: int) -> Invitation:
        found = select(invitations).where(invitations.c.id == invitation_id).with_for_update()
        row = self._connection.execute(found).one_or_none()
        if row is None:
            raise NotFound()
        return _invitation_of(row)

    def find_by_code(self, code: str) -> Invitation | None:
        row = self._connection.execute(select(invitations).where(invitations.c.code == code)).one_or_none()
        return None if row is None else _invitation_of(row)

    def count_open(self, owner_id: int, at: datetime) -> int:
        return int(
            self._connection.execute(
                select(func.count()).where(
                    invitations.c.owner_id == owner_id,
                    ~invitations.c.ended,
                    invitations.c.taken < invitations.c.people,
                    invitations.c.until > at,
                )
            ).scalar_one()
        )

    def save(self, invitation: Invitation) -> None:
        self._connection.execute(
            update(invitations).where(invitations.c.id == invitation.id).values(**_changing(invitation))
        )


def _changing(invitation: Invitation) -> dict[str, Any]:
    return {"taken": invitation.taken, "ended": invitation.ended}


def _invitation_of(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        owner_id=row.owner_id,
        code=row.code,
        people=row.people,
        taken=row.taken,
        until=row.until,
        ended=row.ended,
    )


_owner: ColumnElement[int] = invitations.c.owner_id
_inviter = accounts.alias("inviter")
_INVITERS = (
    select(
        *name_columns(_inviter, "inviter"),
    )
    .join_from(accounts, invitations, invitations.c.id == accounts.c.invitation_id)
    .join(_inviter, _inviter.c.id == invitations.c.owner_id)
    .where(~accounts.c.deleted, ~_inviter.c.deleted)
)


class SqlInvitationFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_member(self, reader: Reader, limit: int) -> tuple[InvitationCard, ...]:
        theirs = (
            select(invitations)
            .where(owned_by(_owner, reader.id))
            .order_by(_owner.desc(), invitations.c.id.desc())
            .limit(limit)
        )
        return tuple(
            InvitationCard(
                id=row.id, code=row.code, people=row.people, taken=row.taken, until=row.until, ended=row.ended
            )
            for row in self._database.rows(theirs)
        )

    def inviter(self, reader: Reader | None, username: str) -> MemberName | None:
        rows = self._database.rows(_INVITERS.where(accounts.c.username_key == username_key(username)))
        return name_in(rows[0], "inviter") if rows else None
