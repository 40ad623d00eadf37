"""Pictures in SQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from adapters.sql.engine import Database
from adapters.sql.member_names import MEMBER_NAME, member_name_of
from adapters.sql.named import ID_NAMED, IS_NAMED, named
from adapters.sql.paging import owned_by, page_of, windowed
from adapters.sql.tables import accounts, picture_uses, pictures, posts, site
from adapters.sql.visibility import POST_IS_LISTED
from application.ports.paging import Page, Window
from application.ports.pictures.storing import PictureCard, ServedPicture
from domain.errors import NotFound, TryAgain
from domain.moderation import SITE_ID
from domain.pictures import Picture, Shape, may_see_picture
from domain.roles import Reader

_USES = select(picture_uses.c.picture_id)


class SqlPictures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, picture_id: int) -> Picture:
        return self._get(select(pictures), picture_id)

    def lock(self, picture_id: int) -> Picture:
        return self._get(select(pictures).with_for_update(), picture_id)

    def add(self, picture: Picture) -> None:
        self._connection.execute(insert(pictures).values(asdict(picture)))

    def remove(self, picture_id: int) -> None:
        self._connection.execute(delete(pictures).where(pictures.c.id == picture_id))

    def show(self, text_id: int, picture_ids: Sequence[int], at: datetime) -> None:
        had = set(self.shown_by(text_id))
        if gone := sorted(had - set(picture_ids)):
            self._lock(gone)
            self._connection.execute(
                delete(picture_uses).where(picture_uses.c.text_id == text_id, picture_uses.c.picture_id.in_(gone))
            )
            is_unused = ~exists().where(picture_uses.c.picture_id == pictures.c.id)
            self._connection.execute(update(pictures).where(pictures.c.id.in_(gone), is_unused).values(unused_since=at))
        if new := sorted(set(picture_ids) - had):
            if self._lock(new) != new:
                raise TryAgain("a picture was removed meanwhile")
            self._connection.execute(
                insert(picture_uses), [{"text_id": text_id, "picture_id": picture_id} for picture_id in new]
            )
            self._connection.execute(update(pictures).where(pictures.c.id.in_(new)).values(unused_since=None))

    def shown_by(self, text_id: int) -> list[int]:
        shown = _USES.where(picture_uses.c.text_id == text_id).order_by(picture_uses.c.picture_id)
        return list(self._connection.execute(shown).scalars())

    def render_anew(self, picture_id: int) -> None:
        with_it = select(picture_uses.c.text_id).where(picture_uses.c.picture_id == picture_id)
        for table, values in ((posts, {"html_version": 0, "picture_id": None}), (site, {"html_version": 0})):
            is_due = (table.c.id.in_(with_it), table.c.html_version > 0)
            self._connection.execute(update(table).where(*is_due).values(values))

    def unused(self, before: datetime, limit: int) -> list[int]:
        since = pictures.c.unused_since
        found = select(pictures.c.id).where(since.is_not(None), since < before).order_by(since, pictures.c.id)
        return sorted(self._connection.execute(found.limit(limit)).scalars())

    def unshown_of(self, owner_id: int, limit: int) -> list[int]:
        is_unshown = or_(pictures.c.portrait, pictures.c.unused_since.is_not(None))
        found = select(pictures.c.id).where(pictures.c.owner_id == owner_id, is_unshown)
        found = found.order_by(pictures.c.owner_id, pictures.c.id).limit(limit)
        return list(self._connection.execute(found).scalars())

    def strays(self, after: int, limit: int) -> tuple[list[int], int | None]:
        some = select(pictures.c.id).where(pictures.c.id > after).order_by(pictures.c.id).limit(limit)
        ids = list(self._connection.execute(some).scalars())
        if not ids:
            return [], None
        found = select(pictures.c.id).where(pictures.c.id.between(ids[0], ids[-1]), _IS_STRAY).order_by(pictures.c.id)
        return list(self._connection.execute(found).scalars()), ids[-1]

    def release(self, picture_id: int, at: datetime) -> None:
        self._lock([picture_id])
        is_gone = ~exists().where(posts.c.id == picture_uses.c.text_id)
        self._connection.execute(
            delete(picture_uses).where(
                picture_uses.c.picture_id == picture_id, picture_uses.c.text_id != SITE_ID, is_gone
            )
        )
        released = update(pictures).where(pictures.c.id == picture_id, _IS_STRAY)
        self._connection.execute(released.values(unused_since=at, portrait=False))

    def there(self, picture_ids: Collection[int]) -> set[int]:
        found = select(pictures.c.id).where(pictures.c.id.in_(picture_ids))
        return set(self._connection.execute(found).scalars())

    def bytes_of(self, owner_id: int) -> int:
        return int(self._connection.execute(_bytes_of(owner_id)).scalar_one())

    def _get(self, statement: Select[Any], picture_id: int) -> Picture:
        row = self._connection.execute(statement.where(pictures.c.id == picture_id)).one_or_none()
        if row is None:
            raise NotFound()
        return Picture(
            id=row.id,
            owner_id=row.owner_id,
            alt=row.alt,
            width=row.width,
            height=row.height,
            size=row.size,
            portrait=row.portrait,
            unused_since=row.unused_since,
        )

    def _lock(self, picture_ids: list[int]) -> list[int]:
        locked = select(pictures.c.id).where(pictures.c.id.in_(picture_ids)).order_by(pictures.c.id).with_for_update()
        return list(self._connection.execute(locked).scalars())


_IS_SHOWN_BY_OWNER = exists().where(accounts.c.id == pictures.c.owner_id, accounts.c.picture_id == pictures.c.id)
_IS_IN_A_TEXT = exists().where(
    picture_uses.c.picture_id == pictures.c.id,
    or_(picture_uses.c.text_id == SITE_ID, exists().where(posts.c.id == picture_uses.c.text_id)),
)
_IS_STRAY = and_(
    pictures.c.unused_since.is_(None),
    or_(and_(pictures.c.portrait, ~_IS_SHOWN_BY_OWNER), and_(~pictures.c.portrait, ~_IS_IN_A_TEXT)),
)


def _bytes_of(owner_id: int) -> Any:
    return select(accounts.c.picture_bytes).where(accounts.c.id == owner_id)


def _is_in_a_post(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(picture_uses.c.picture_id == pictures.c.id, posts.c.id == picture_uses.c.text_id, *conditions)


# A hidden post hides its pictures, also where another post shows them too.
_IS_SHOWN = or_(
    pictures.c.portrait,
    exists().where(picture_uses.c.picture_id == pictures.c.id, picture_uses.c.text_id == SITE_ID),
    and_(
        _is_in_a_post(*POST_IS_LISTED),
        ~_is_in_a_post(posts.c.hidden_by.is_not(None)),
    ),
).label("shown")
# A page has many pictures, so the statement is built once.
_SERVED = select(pictures.c.owner_id, pictures.c.width, pictures.c.portrait, _IS_SHOWN).where(
    pictures.c.id == bindparam("picture_id")
)
_CARDS = select(pictures, *MEMBER_NAME).join_from(pictures, accounts, accounts.c.id == pictures.c.owner_id)
_CARDS_SHOWN = _CARDS.add_columns(_IS_SHOWN)


class SqlPictureFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def served(self, reader: Reader | None, picture_id: int) -> ServedPicture:
        row = self._database.row(_SERVED, {"picture_id": picture_id})
        _require_seen(reader, row)
        return ServedPicture(row.width, row.portrait, bool(row.shown))

    def picture(self, reader: Reader | None, picture_id: int) -> PictureCard:
        row = self._database.row(_CARDS_SHOWN.where(pictures.c.id == picture_id))
        _require_seen(reader, row)
        return _card_of(row)

    def own(self, reader: Reader, window: Window) -> Page[PictureCard]:
        listed = _CARDS.where(owned_by(pictures.c.owner_id, reader.id), ~pictures.c.portrait)
        return self._page(listed, window, owner=pictures.c.owner_id)

    def latest(self, reader: Reader | None, window: Window, username: str = "") -> Page[PictureCard]:
        if not username:
            return self._page(_CARDS, window)
        self._database.row(select(accounts.c.id).where(IS_NAMED, ~accounts.c.deleted), named(username))
        theirs = _CARDS.where(owned_by(pictures.c.owner_id, ID_NAMED))
        return self._page(theirs, window, owner=pictures.c.owner_id, parameters=named(username))

    def shapes(self, picture_ids: Collection[int], *, owner_id: int, text_id: int | None) -> Mapping[int, Shape]:
        is_usable: ColumnElement[bool] = pictures.c.owner_id == owner_id
        if text_id is not None:
            is_shown_there = exists().where(
                picture_uses.c.text_id == text_id, picture_uses.c.picture_id == pictures.c.id
            )
            is_usable = or_(is_usable, is_shown_there)
        found = select(pictures.c.id, pictures.c.width, pictures.c.height, pictures.c.alt).where(
            pictures.c.id.in_(picture_ids), ~pictures.c.portrait, is_usable
        )
        return {row.id: Shape(row.width, row.height, row.alt) for row in self._database.rows(found)}

    def bytes_of(self, owner_id: int) -> int:
        return int(self._database.row(_bytes_of(owner_id))[0])

    def _page(
        self, listed: Any, window: Window, owner: Any = None, parameters: Mapping[str, str] | None = None
    ) -> Page[PictureCard]:
        cut = windowed(listed, pictures.c.id, window, owner=owner)
        return page_of(self._database.rows(cut, parameters), window, _card_of)


def _require_seen(reader: Reader | None, row: Row[Any]) -> None:
    if not may_see_picture(reader, owner_id=row.owner_id, shown=bool(row.shown)):
        raise NotFound()


def _card_of(row: Row[Any]) -> PictureCard:
    return PictureCard(
        id=row.id,
        owner_id=row.owner_id,
        owner=member_name_of(row),
        alt=row.alt,
        width=row.width,
        height=row.height,
        portrait=row.portrait,
        unused_since=row.unused_since,
    )
