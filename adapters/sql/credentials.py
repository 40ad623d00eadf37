"""Mailed links and API tokens in SQL."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from adapters.sql.admitting import waits
from adapters.sql.engine import Database
from adapters.sql.muted import mutes_anybody
from adapters.sql.restrictions import RESTRICTIONS, restrictions_of
from adapters.sql.tables import accounts, links
from application.ports.credentials import TokenReader
from domain.credentials import Link, Purpose
from domain.errors import LinkExpired
from domain.roles import Role


class SqlLinks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, link: Link) -> None:
        self.remove_all_of(link.account_id, link.purpose)
        self._connection.execute(
            insert(links).values(
                account_id=link.account_id, purpose=link.purpose.value, token_id=link.token_id, email=link.email
            )
        )

    def find(self, account_id: int, purpose: Purpose) -> Link | None:
        row = self._connection.execute(
            select(links).where(links.c.account_id == account_id, links.c.purpose == purpose.value)
        ).one_or_none()
        return None if row is None else Link(row.account_id, Purpose(row.purpose), row.token_id, row.email)

    def spend(self, link: Link) -> None:
        spent = self._connection.execute(
            delete(links).where(
                links.c.account_id == link.account_id,
                links.c.purpose == link.purpose.value,
                links.c.token_id == link.token_id,
            )
        )
        if not spent.rowcount:
            raise LinkExpired()

    def remove_all_of(self, account_id: int, purpose: Purpose | None = None) -> None:
        statement = delete(links).where(links.c.account_id == account_id)
        if purpose is not None:
            statement = statement.where(links.c.purpose == purpose.value)
        self._connection.execute(statement)


_READER = select(
    accounts.c.id,
    accounts.c.role,
    accounts.c.confirmed,
    accounts.c.admission,
    *RESTRICTIONS,
    accounts.c.username,
    accounts.c.token_generation,
    mutes_anybody(accounts.c.id),
).where(~accounts.c.disabled, ~accounts.c.deleted, accounts.c.id == bindparam("account_id"))


class SqlCredentialFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def token_reader(self, account_id: int, at: datetime) -> TokenReader:
        row = self._database.kept_row(_READER, {"account_id": account_id})
        return TokenReader(
            id=row.id,
            role=Role(row.role),
            confirmed=row.confirmed,
            waits=waits(row),
            **restrictions_of(row, at),
            mutes=row.mutes,
            username=row.username,
            token_generation=row.token_generation,
        )
