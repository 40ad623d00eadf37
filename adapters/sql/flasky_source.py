"""The database of a site that runs Flasky, which is only read: SQLite, PostgreSQL, and MySQL where a driver for it is
installed.

Its rows may have anything: SQLite keeps texts that are no UTF-8, and dates of any form, so both are read as they are
stored and decoded here. Tables and columns that an early chapter of the book does not have yet are as empty.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    cast,
    column,
    create_engine,
    func,
    inspect,
    literal,
    make_url,
    null,
    pool,
    select,
    table,
    tuple_,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from adapters.sql.connecting import BOUNDED, place_of
from application.ports.flasky import OldComment, OldFollow, OldPost, OldSiteFault, OldUser
from domain.flasky import KEPT_AT_MOST, Kind

_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
_TABLES = {Kind.USER: "users", Kind.POST: "posts", Kind.COMMENT: "comments", Kind.FOLLOW: "follows"}
# What rows are found by.
_NUMBERS = {
    "roles": ("id",),
    "users": ("id",),
    "posts": ("id",),
    "comments": ("id",),
    "follows": ("follower_id", "followed_id"),
}
# A longer text is cut here already, so that no row fills the memory. A character has at most four bytes.
_CHARACTERS = KEPT_AT_MOST + 1


@contextmanager
def old_site(url: str) -> Iterator["SqlOldSite"]:
    """Raises OldSiteFault, also while it is read."""
    engine = _engine(url)
    where = place_of(engine.url)
    try:
        with engine.connect() as connection:
            yield SqlOldSite(connection, where)
    except DBAPIError as error:
        raise OldSiteFault("unreadable", where, str(error.orig).strip().partition("\n")[0]) from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername.partition("+")[0]]
    except (ArgumentError, ValueError, KeyError):
        raise OldSiteFault("bad_url", "") from None
    if "@" in (parsed.host or ""):
        raise OldSiteFault("bad_url", "")  # the end of a password, which no message may name
    parsed = parsed.set(drivername=driver)
    options: dict[str, Any] = {}
    if driver == "sqlite":
        path = Path(parsed.database or "")
        if not path.is_file():
            raise OldSiteFault("missing", str(path))
        options["creator"] = lambda: sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    elif driver.startswith("postgresql"):
        settings = "-c default_transaction_read_only=on -c datestyle=ISO -c timezone=UTC"
        options["connect_args"] = BOUNDED | {"options": settings}
    try:
        return create_engine(
            parsed, poolclass=pool.NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT", **options
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise OldSiteFault("no_driver", parsed.get_backend_name(), str(error)) from error


class SqlOldSite:
    """The port `OldSite`. Each read is a statement of its own, so the other site may be in use."""

    def __init__(self, connection: Connection, where: str) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        schema = inspect(connection)
        there = set(schema.get_table_names())
        types = {
            name: {found["name"]: found["type"] for found in schema.get_columns(name)}
            for name in _NUMBERS
            if name in there
        }
        self._tables = {name: table(name, *map(column, of_table)) for name, of_table in types.items()}
        numbers = [types[name].get(number) for name in types for number in _NUMBERS[name]]
        if not {"username", "email"} <= types.get("users", {}).keys() or not all(
            isinstance(number, Integer) for number in numbers
        ):
            raise OldSiteFault("not_flasky", where)

    def counts(self) -> dict[Kind, int]:
        return {
            kind: self._connection.execute(select(func.count()).select_from(self._tables[name])).scalar_one()
            if name in self._tables
            else 0
            for kind, name in _TABLES.items()
        }

    def beginning(self) -> datetime | None:
        firsts = []
        for name, date in (("users", "member_since"), ("posts", "timestamp"), ("comments", "timestamp")):
            if self._has(name, date):
                first = select(self._as_stored(func.min(self._of(name, date))))
                firsts.append(_date(self._connection.execute(first).scalar_one()))
        return min((first for first in firsts if first is not None), default=None)

    def users(self, after: int | None, limit: int) -> list[OldUser]:
        texts = [self._text("users", name) for name in ("username", "email", "password_hash", "name", "location")]
        users: FromClause = self._tables["users"]
        role: list[ColumnElement[Any]] = [null().label("role"), null().label("permissions")]
        if self._has("users", "role_id") and self._has("roles", "name"):
            role = [self._as_stored(self._of("roles", "name")).label("role"), self._column("roles", "permissions")]
            users = users.outerjoin(self._tables["roles"], self._of("roles", "id") == self._of("users", "role_id"))
        listed = select(
            self._of("users", "id").label("number"),
            *texts,
            *role,
            self._text("users", "about_me"),
            self._column("users", "confirmed"),
            self._text("users", "member_since"),
            self._text("users", "last_seen"),
        ).select_from(users)
        return [_user(row) for row in self._after("users", listed, after, limit)]

    def has_username(self, key: str) -> bool:
        username = self._of("users", "username")
        found = select(literal(1)).where(func.lower(username) == key).limit(1)
        return self._connection.execute(found).first() is not None

    def posts(self, after: int | None, limit: int) -> list[OldPost]:
        if "posts" not in self._tables:
            return []
        return [
            OldPost(number=row.number, author=_number(row.author_id), body=_text(row.body), at=_date(row.timestamp))
            for row in self._after("posts", self._written("posts"), after, limit)
        ]

    def comments(self, after: int | None, limit: int) -> list[OldComment]:
        if "comments" not in self._tables:
            return []
        listed = self._written("comments").add_columns(
            self._column("comments", "post_id"), self._column("comments", "disabled")
        )
        return [
            OldComment(
                number=row.number,
                author=_number(row.author_id),
                post=_number(row.post_id),
                body=_text(row.body),
                disabled=_is_true(row.disabled),
                at=_date(row.timestamp),
            )
            for row in self._after("comments", listed, after, limit)
        ]

    def follows(self, after: tuple[int, int] | None, limit: int) -> list[OldFollow]:
        if "follows" not in self._tables:
            return []
        follower, followed = self._of("follows", "follower_id"), self._of("follows", "followed_id")
        listed = select(follower, followed, self._text("follows", "timestamp"))
        if after is not None:
            listed = listed.where(tuple_(follower, followed) > tuple_(*map(literal, after)))
        rows = self._connection.execute(listed.order_by(follower, followed).limit(limit))
        return [OldFollow(row.follower_id, row.followed_id, _date(row.timestamp)) for row in rows]

    def _written(self, name: str) -> Select[Any]:
        return select(
            self._of(name, "id").label("number"),
            self._text(name, "body"),
            self._text(name, "timestamp"),
            self._column(name, "author_id"),
        )

    def _after(self, name: str, listed: Select[Any], after: int | None, limit: int) -> Sequence[Row[Any]]:
        id = self._of(name, "id")
        if after is not None:
            listed = listed.where(id > after)
        return self._connection.execute(listed.order_by(id).limit(limit)).all()

    def _has(self, name: str, wanted: str) -> bool:
        return name in self._tables and wanted in self._tables[name].c

    def _of(self, name: str, wanted: str) -> ColumnElement[Any]:
        return self._tables[name].c[wanted]

    def _column(self, name: str, wanted: str) -> ColumnElement[Any]:
        return (self._of(name, wanted) if self._has(name, wanted) else null()).label(wanted)

    def _text(self, name: str, wanted: str) -> ColumnElement[Any]:
        """The beginning of a text, or a date as a text."""
        if not self._has(name, wanted):
            return null().label(wanted)
        return self._as_stored(self._of(name, wanted)).label(wanted)

    def _as_stored(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        if self._is_sqlite:
            # Its functions of texts end at the first null character, and its driver refuses what is no UTF-8.
            return func.substr(cast(value, LargeBinary), 1, 4 * _CHARACTERS, type_=LargeBinary)
        return func.substr(cast(value, String), 1, _CHARACTERS)


def _user(row: Row[Any]) -> OldUser:
    return OldUser(
        number=row.number,
        username=_text(row.username),
        email=_text(row.email),
        password_hash=_text(row.password_hash),
        confirmed=_is_true(row.confirmed),
        permissions=_number(row.permissions),
        role=_text(row.role),
        name=_text(row.name),
        location=_text(row.location),
        about_me=_text(row.about_me),
        at=_date(row.member_since),
        seen_at=_date(row.last_seen),
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _number(value: object) -> int | None:
    """SQLite keeps texts in columns of numbers, too."""
    if isinstance(value, int):
        return value
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _is_true(value: object) -> bool:
    return value in (True, 1, "1", "t", "true", "True")


def _date(value: object) -> datetime | None:
    """Flasky stored dates of UTC, without a zone."""
    try:
        found = datetime.fromisoformat(_text(value).strip())
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None
