"""One page of a timeline in SQL. What it costs depends on the page and on the number of followees, and never on the
number of posts."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
)

from adapters.sql.muted import READER, is_muted
from adapters.sql.paging import owned_by, place
from adapters.sql.tables import accounts, follows, posts
from adapters.sql.visibility import in_order, listed_posts, posts_of_one
from application.ports.paging import Window
from domain.ids import LARGEST
from domain.roles import Reader

# So many posts next to the cursor are looked at first, whoever wrote them. Who follows many finds a page among them.
# PostgreSQL looks at more in the time in which it asks a few authors: it reads the followees into a hash table once.
NEAR, NEAR_ON_POSTGRES = 200, 800

_PLACE = place(posts.c.id)
_IDS = select(posts.c.id)
_NEAREST = in_order(listed_posts(None, _IDS))
_CURSOR = bindparam("cursor", type_=BigInteger())
# PostgreSQL plans for the numbers that it sees. Without one it expects a tenth of the table.
_SIZE, _LAST, _NEAR = (bindparam(name, type_=BigInteger(), literal_execute=True) for name in ("size", "last", "near"))


def timeline_parameters(reader: Reader, window: Window, *, on_postgres: bool) -> dict[str, int | None]:
    """The values for `timeline_page`. There is one row more than fits on the page, as in `windowed`."""
    cursor = window.after if window.before is None else window.before
    near = NEAR_ON_POSTGRES if on_postgres else NEAR
    return {"reader_id": reader.id, "cursor": cursor, "size": window.size + 1, "last": window.size, "near": near - 1}


def authors_read(*columns: ColumnElement[Any], mutes: bool = False) -> FromClause:
    """The reader and the reader's followees, those who have posts in lists, each once: the `id`, and these columns of
    `accounts`. Nobody else is asked for posts, because many people only read. Where the reader `mutes`, without whom
    they mute: an author who is never shown would be walked past post by post."""
    author = select(accounts.c.id, *columns).where(accounts.c.post_count != literal_column("0"))
    author = author.with_hint(accounts, "INDEXED BY ix_accounts_id_post_count_writes", "sqlite")
    # Two parts, because an OR would be looked up in no index.
    followed = author.join(follows, follows.c.followed_id == accounts.c.id)
    followed = followed.where(follows.c.follower_id == READER, follows.c.followed_id != READER)
    if mutes:
        followed = followed.where(~is_muted(follows.c.followed_id))
    return union_all(author.where(accounts.c.id == READER), followed).subquery("authors")


def timeline_page(reader: Reader, listed: Select[Any], window: Window, *, on_postgres: bool) -> Select[Any]:
    """`listed`, which selects from `posts` and is a constant, with the rows and the column `beyond` that `page_of`
    expects. The statement takes `timeline_parameters`.

    The page is first looked for near the cursor. When it is not full there, each author is asked for one post: the one
    nearest to the cursor. A page of n posts can only hold posts of the n authors that are nearest, because each other
    author has n nearer posts before their own. It is merged from the posts of these."""
    near, of_one = listed_posts(reader, _IDS), posts_of_one(reader, _IDS)
    shape = _Shape(window.before is not None, window.after is not None, reader.mutes, on_postgres)
    return _built(listed_posts(reader, listed), near, of_one, shape)


@dataclass(frozen=True, slots=True)
class _Shape:
    has_before: bool
    has_after: bool
    mutes: bool
    on_postgres: bool


# To build it takes longer than to execute it. The selections are one object for readers who mute, and one for others.
@lru_cache(maxsize=32)
def _built(listed: Select[Any], near: Select[Any], of_one: Select[Any], shape: _Shape) -> Select[Any]:
    ids = _Ids(near, of_one, shape)
    return listed.where(posts.c.id.in_(ids.of_page())).add_columns(ids.beyond().label("beyond"))


class _Ids:
    """`ahead` are the posts on the side of the cursor that the page shows, `behind` those on the other side. `near`
    selects the posts that the reader may see. `of_one` does so for an author whom the reader does not mute."""

    def __init__(self, near: Select[Any], of_one: Select[Any], shape: _Shape) -> None:
        self._listed = near
        self._of_one = of_one
        self._shape = shape
        self._rising = shape.has_after and not shape.has_before
        self._ahead: ColumnElement[bool] = true()
        self._behind: ColumnElement[bool] | None = None
        if shape.has_before:
            self._ahead, self._behind = _PLACE < _CURSOR, _PLACE >= _CURSOR
        elif shape.has_after:
            self._ahead, self._behind = _PLACE > _CURSOR, _PLACE <= _CURSOR

    def of_page(self) -> Select[Any]:
        near = self._near().cte("near")
        nearest = self._nearest(near).cte("nearest")
        found = union(select(near.c.id), self._merged(nearest)).subquery("found")
        return select(found.c.id).order_by(self._by_distance(found.c.id)).limit(_SIZE)

    def beyond(self) -> ColumnElement[bool]:
        if self._behind is None:
            return false()
        authors = authors_read(mutes=self._shape.mutes)
        return exists(select(authors.c.id).where(self._first(authors, authors.c.id, self._behind).is_not(None)))

    def _near(self) -> Select[Any]:
        """The ids of the page among the posts that are near. Those are counted before the reader's own rules leave any
        out."""
        by_distance = self._by_distance(_PLACE)
        nearest = _NEAREST.where(self._ahead).order_by(by_distance)
        last = nearest.limit(1).offset(_NEAR).scalar_subquery()
        followed = exists().where(follows.c.follower_id == READER, follows.c.followed_id == posts.c.author_id)
        listed = in_order(self._listed).where(self._ahead, self._up_to(_PLACE, last))
        return listed.where(or_(posts.c.author_id == READER, followed)).order_by(by_distance).limit(_SIZE)

    def _nearest(self, near: FromClause) -> Select[Any]:
        """The nearest post of each of the nearest authors. There are none when the page is full without them."""
        authors = authors_read(mutes=self._shape.mutes)
        is_short = select(func.count()).select_from(near).scalar_subquery() < _SIZE
        gate = select(literal_column("1").label("one")).where(is_short).subquery("gate")
        nearest = self._first(authors, authors.c.id, self._ahead).label("id")
        each = select(authors.c.id.label("author_id"), nearest).join_from(gate, authors, true())
        return each.order_by(self._by_distance(nearest).nulls_last()).limit(_SIZE)

    def _merged(self, nearest: FromClause) -> Select[Any]:
        """Of each of the nearest authors, the posts up to the end of the page, and at most a page of them."""
        author_id = nearest.c.author_id
        ends = select(nearest.c.id).order_by(self._by_distance(nearest.c.id).nulls_last())
        end = ends.limit(1).offset(_LAST).scalar_subquery()
        if self._shape.on_postgres:
            # After a range it would walk past the end of the page.
            each = self._theirs(author_id, self._ahead).limit(_SIZE).correlate(nearest).lateral("theirs")
            return select(each.c.id).select_from(nearest.join(each, nearest.c.id.is_not(None)))
        # SQLite has no LATERAL. It looks for the last one of the author's, and then for all up to it.
        last = self._theirs(author_id, self._ahead, self._up_to(_PLACE, end)).limit(1).offset(_LAST).correlate(nearest)
        all = self._of_one.with_only_columns(posts.c.id, posts.c.author_id).where(self._ahead).subquery("theirs")
        is_near = self._up_to(all.c.id, func.coalesce(last.scalar_subquery(), end))
        theirs = nearest.join(all, and_(all.c.author_id == author_id, is_near))
        return select(all.c.id).select_from(theirs).where(nearest.c.id.is_not(None))

    def _first(
        self, source: FromClause, author_id: ColumnElement[int], where: ColumnElement[bool]
    ) -> ScalarSelect[int]:
        """The author's post that is nearest, which is one entry of an index. NULL when there is none."""
        return self._theirs(author_id, where).limit(1).correlate(source).scalar_subquery()

    def _theirs(self, author_id: ColumnElement[int], *where: ColumnElement[bool]) -> Select[Any]:
        theirs = self._of_one.where(owned_by(posts.c.author_id, author_id), *where)
        return theirs.order_by(self._by_distance(posts.c.author_id), self._by_distance(_PLACE))

    def _by_distance(self, column: ColumnElement[int]) -> ColumnElement[int]:
        return column.asc() if self._rising else column.desc()

    def _up_to(self, column: ColumnElement[int], last: ColumnElement[int]) -> ColumnElement[bool]:
        """Everything, when `last` is NULL."""
        if self._rising:
            return column <= func.coalesce(last, LARGEST)
        return column >= func.coalesce(last, 0)
