"""Accounts in SQL, and members as administrators and readers see them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, func, insert, literal, select, update

from adapters.sql.admitting import waits
from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.member_search import contains, has_trigrams, page_by_fts, page_by_trigrams
from adapters.sql.named import id_ever_named
from adapters.sql.paging import owned_by, page_of, windowed
from adapters.sql.tables import accounts, names
from adapters.sql.tallies import total_of
from application.ports.members import MemberCard, MemberCounts
from application.ports.paging import COUNTED_AT_MOST, Page, Window
from application.ports.tallies import Total
from domain.accounts import Account
from domain.display import Language, Theme
from domain.errors import NotFound, TryAgain
from domain.identifiers import Email, Username, username_key
from domain.ids import time_of
from domain.joining import Admission
from domain.members import MemberState, names_text, search_text
from domain.roles import Reader, Role
from domain.welcoming import Step

# An advisory lock of PostgreSQL, taken by who may make or end an administrator.
_ADMINISTRATORS = 2_023_010_101


class SqlAccounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: int) -> Account:
        return self._get(select(accounts), account_id)

    def actor(self, account_id: int) -> Account:
        # FOR KEY SHARE waits for `lock` only. A counter is updated beside it, so two posts of one author cannot
        # deadlock.
        return self._get(select(accounts).with_for_update(read=True, key_share=True), account_id)

    def lock(self, account_id: int) -> Account:
        return self._get(select(accounts).with_for_update(), account_id)

    def find_by_username(self, key: str) -> Account | None:
        return self._find(accounts.c.id == id_ever_named(key))

    def find_by_email(self, key: str) -> Account | None:
        return self._find(accounts.c.email_key == key)

    def add(self, account: Account) -> bool:
        counters = dict.fromkeys(("post_count", "comment_count", "follower_count", "following_count"), 0)
        added = self._connection.execute(
            insert_or_ignore(self._connection, accounts, "email_key").values(
                id=account.id,
                version=account.version,
                last_seen_at=time_of(account.id),
                **_values(account),
                **counters,
            )
        )
        self._keep_username(account)
        return bool(added.rowcount)

    def save(self, account: Account) -> None:
        saved = self._connection.execute(
            update(accounts)
            .where(accounts.c.id == account.id, accounts.c.version == account.version)
            .values(version=account.version + 1, **_values(account))
        )
        if not saved.rowcount:
            raise TryAgain()
        self._keep_username(account)
        account.version += 1

    def free_names(self, account_id: int) -> None:
        self._connection.execute(delete(names).where(names.c.account_id == account_id))

    def lock_administrators(self) -> list[int]:
        # No row is locked: who waits for a second row while others count in the first one would often deadlock.
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.pg_advisory_xact_lock(_ADMINISTRATORS)))
        found = self._connection.execute(
            select(accounts.c.id)
            .where(
                accounts.c.role == Role.ADMINISTRATOR.value,
                accounts.c.confirmed,
                ~accounts.c.disabled,
                ~accounts.c.deleted,
            )
            .order_by(accounts.c.id)
        )
        return list(found.scalars())

    def _keep_username(self, account: Account) -> None:
        """Raises AlreadyTaken("username"). Adds nothing for a known name or without an account, which takes as long.
        Always after the row of the account, so that two who want one username cannot deadlock."""
        own = names.alias()
        key = literal(account.username.key, names.c.key.type)
        is_kept = exists().where(own.c.key == key, own.c.account_id == account.id)
        self._connection.execute(
            insert(names).from_select(
                ["key", "account_id"], select(key, accounts.c.id).where(accounts.c.id == account.id, ~is_kept)
            )
        )

    def _get(self, statement: Select[Any], account_id: int) -> Account:
        row = self._connection.execute(statement.where(accounts.c.id == account_id)).one_or_none()
        if row is None:
            raise NotFound()
        return account_of(row)

    def _find(self, condition: ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(select(accounts).where(condition)).one_or_none()
        return None if row is None else account_of(row)


def account_of(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        username=Username(row.username),
        email=Email(row.email),
        password_hash=row.password_hash,
        role=Role(row.role),
        confirmed=row.confirmed,
        disabled=row.disabled,
        deleted=row.deleted,
        name=row.name,
        location=row.location,
        about_me=row.about_me,
        language=Language(row.language),
        theme=Theme(row.theme),
        renamed_at=row.renamed_at,
        admission=Admission(row.admission),
        why=row.why,
        invitation_id=row.invitation_id,
        silenced_until=row.silenced_until,
        suspended_until=row.suspended_until,
        time_zone=row.time_zone,
        dismissed=row.dismissed,
        steps=Step(row.steps),
        picture_id=row.picture_id,
        token_generation=row.token_generation,
        version=row.version,
    )


def _values(account: Account) -> dict[str, Any]:
    return {
        "username": account.username.text,
        "email": account.email.text,
        "password_hash": account.password_hash,
        "role": account.role.value,
        "confirmed": account.confirmed,
        "disabled": account.disabled,
        "deleted": account.deleted,
        "name": account.name,
        "location": account.location,
        "about_me": account.about_me,
        "language": account.language.value,
        "theme": account.theme.value,
        "renamed_at": account.renamed_at,
        "admission": account.admission.value,
        "why": account.why,
        "invitation_id": account.invitation_id,
        "silenced_until": account.silenced_until,
        "suspended_until": account.suspended_until,
        "time_zone": account.time_zone,
        "dismissed": account.dismissed,
        "steps": int(account.steps),
        "picture_id": account.picture_id,
        "token_generation": account.token_generation,
        **searched_columns(account),
    }


def searched_columns(account: Account) -> dict[str, Any]:
    """What the account is found by."""
    return {
        "username_key": account.username.key,
        "email_key": account.email.key,
        "search_text": search_text(account),
        "names_text": names_text(account),
    }


_MEMBERS = select(accounts).where(~accounts.c.deleted)
_STATES: dict[MemberState, tuple[ColumnElement[bool], bool]] = {
    MemberState.UNCONFIRMED: (accounts.c.confirmed, False),
    MemberState.DISABLED: (accounts.c.disabled, True),
}


class SqlMemberFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self,
        reader: Reader | None,
        pattern: str,
        window: Window,
        *,
        role: Role | None = None,
        state: MemberState | None = None,
    ) -> Page[MemberCard]:
        listed = _MEMBERS
        owner: ColumnElement[Any] | None = None
        if role is not None:
            listed, owner = listed.where(owned_by(accounts.c.role, role.value)), accounts.c.role
        if state is not None:
            column, value = _STATES[state]
            listed, owner = listed.where(owned_by(column, value)), column
        searched, id = accounts.c.search_text, accounts.c.id
        if pattern and self._database.is_sqlite:
            cut = page_by_fts(_MEMBERS, pattern, window, role=role, state=state)
        elif has_trigrams(pattern):
            cut = page_by_trigrams(listed, pattern, window, text=searched, cursor=id, owner=owner)
        else:
            found = listed.where(contains(searched, pattern)) if pattern else listed
            cut = windowed(found, id, window, owner=owner)
        return page_of(self._database.rows(cut), window, _card_of)

    def counts(self) -> MemberCounts:
        def bounded(owner: ColumnElement[Any], value: object) -> ColumnElement[int]:
            some = _MEMBERS.with_only_columns(accounts.c.id).where(owned_by(owner, value))
            ordered = some.order_by(owner, accounts.c.id).limit(COUNTED_AT_MOST).subquery()
            return select(func.count()).select_from(ordered).scalar_subquery()

        row = self._database.row(
            select(
                total_of(Total.MEMBERS).scalar_subquery().label("members"),
                bounded(*_STATES[MemberState.UNCONFIRMED]).label("unconfirmed"),
                bounded(*_STATES[MemberState.DISABLED]).label("disabled"),
                bounded(accounts.c.role, Role.MODERATOR.value).label("moderators"),
                bounded(accounts.c.role, Role.ADMINISTRATOR.value).label("administrators"),
            )
        )
        return MemberCounts(
            members=int(row.members or 0),
            unconfirmed=row.unconfirmed,
            disabled=row.disabled,
            moderators=row.moderators,
            administrators=row.administrators,
        )

    def member(self, reader: Reader | None, username: str) -> MemberCard:
        return _card_of(self._database.row(_MEMBERS.where(accounts.c.username_key == username_key(username))))

    def is_empty(self) -> bool:
        return not self._database.row(select(exists(select(accounts.c.id))))[0]


def _card_of(row: Row[Any]) -> MemberCard:
    return MemberCard(
        id=row.id,
        username=row.username,
        email=row.email,
        name=row.name,
        location=row.location,
        about_me=row.about_me,
        role=Role(row.role),
        confirmed=row.confirmed,
        disabled=row.disabled,
        last_seen_at=row.last_seen_at,
        waits=waits(row),
        picture_id=row.picture_id,
    )
