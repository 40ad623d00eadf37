"""One page of a timeline in SQL. What it costs depends on the page and on the number of followees, and never on the
number of posts."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
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
from adapters.sql.tables import follows, posts
from adapters.sql.visibility import in_order, listed_posts
from application.ports.paging import Window
from domain.ids import LARGEST
from domain.roles import Reader

# So many posts next to the cursor are looked at first, whoever wrote them. Who follows many finds a page among them.
NEAR = 200

_PLACE = place(posts.c.id)
_NEAREST = in_order(listed_posts(None, select(posts.c.id)))
_CURSOR = bindparam("cursor", type_=BigInteger())
# PostgreSQL plans for the numbers that it sees. Without one it expects a tenth of the table.
_SIZE, _LAST, _NEAR = (bindparam(name, type_=BigInteger(), literal_execute=True) for name in ("size", "last", "near"))


def timeline_parameters(reader: Reader, window: Window) -> dict[str, int | None]:
    """The values for `timeline_page`. There is one row more than fits on the page, as in `windowed`."""
    cursor = window.after if window.before is None else window.before
    return {"reader_id": reader.id, "cursor": cursor, "size": window.size + 1, "last": window.size, "near": NEAR - 1}


def authors_read(*, mutes: bool = False) -> FromClause:
    """The ids of the reader and of the reader's followees, each once. Where the reader `mutes`, without whom they mute:
    an author who is never shown would be walked past post by post."""
    followed = select(follows.c.followed_id).where(follows.c.follower_id == READER, follows.c.followed_id != READER)
    if mutes:
        followed = followed.where(~is_muted(follows.c.followed_id))
    return union_all(select(READER.label("id")), followed).subquery("authors")


def timeline_page(listed: Select[Any], visible: Select[Any], window: Window, *, mutes: bool = False) -> Select[Any]:
    """`listed`, which selects from `posts`, with the rows and the column `beyond` that `page_of` expects. `visible`
    selects the ids of the posts that the reader may see. The statement takes `timeline_parameters`.

    The page is first looked for near the cursor. When it is not full there, each author is asked for one post: the one
    nearest to the cursor. A page of n posts can only hold posts of the n authors that are nearest, because each other
    author has n nearer posts before their own. From post to post of these authors, a recursion finds the page."""
    return _built(listed, visible, window.before is not None, window.after is not None, mutes)


# To build it takes longer than to execute it. `visible` is one object for readers who mute, and one for all others.
@lru_cache(maxsize=32)
def _built(listed: Select[Any], visible: Select[Any], has_before: bool, has_after: bool, mutes: bool) -> Select[Any]:
    ids = _Ids(visible, has_before, has_after, mutes)
    return listed.where(posts.c.id.in_(ids.of_page())).add_columns(ids.beyond().label("beyond"))


class _Ids:
    """`ahead` are the posts on the side of the cursor that the page shows, `behind` those on the other side."""

    def __init__(self, visible: Select[Any], has_before: bool, has_after: bool, mutes: bool) -> None:
        self._visible = visible
        self._mutes = mutes
        self._rising = has_after and not has_before
        self._ahead: ColumnElement[bool] = true()
        self._behind: ColumnElement[bool] | None = None
        if has_before:
            self._ahead, self._behind = _PLACE < _CURSOR, _PLACE >= _CURSOR
        elif has_after:
            self._ahead, self._behind = _PLACE > _CURSOR, _PLACE <= _CURSOR

    def of_page(self) -> Select[Any]:
        near = self._near().cte("near")
        nearest = self._nearest(near).cte("nearest")
        first = select(nearest, literal_column("1").label("step")).where(nearest.c.id.is_not(None))
        merged = first.cte("merged", recursive=True)
        merged = merged.union_all(self._next(merged, nearest))
        found = union(select(near.c.id), select(merged.c.id).where(merged.c.id.is_not(None))).subquery("found")
        return select(found.c.id).order_by(self._by_distance(found.c.id)).limit(_SIZE)

    def beyond(self) -> ColumnElement[bool]:
        if self._behind is None:
            return false()
        authors = authors_read(mutes=self._mutes)
        return exists(select(authors.c.id).where(self._first(authors, authors.c.id, self._behind).is_not(None)))

    def _near(self) -> Select[Any]:
        """The ids of the page among the posts that are near. Those are counted before the reader's own rules leave any
        out."""
        by_distance = self._by_distance(_PLACE)
        nearest = _NEAREST.where(self._ahead).order_by(by_distance)
        last = nearest.limit(1).offset(_NEAR).scalar_subquery()
        followed = exists().where(follows.c.follower_id == READER, follows.c.followed_id == posts.c.author_id)
        listed = in_order(self._visible).where(self._ahead, self._up_to(_PLACE, last))
        return listed.where(or_(posts.c.author_id == READER, followed)).order_by(by_distance).limit(_SIZE)

    def _nearest(self, near: FromClause) -> Select[Any]:
        """The nearest post of each of the nearest authors. There are none when the page is full without them."""
        authors = authors_read(mutes=self._mutes)
        is_short = select(func.count()).select_from(near).scalar_subquery() < _SIZE
        gate = select(literal_column("1").label("one")).where(is_short).subquery("gate")
        nearest = self._first(authors, authors.c.id, self._ahead).label("id")
        each = select(authors.c.id.label("author_id"), nearest).join_from(gate, authors, true())
        return each.order_by(self._by_distance(nearest).nulls_last()).limit(_SIZE)

    def _next(self, merged: FromClause, nearest: FromClause) -> Select[Any]:
        """The next post of each author who is not yet past the end of the page."""
        ahead = merged.c.id < _PLACE if self._rising else merged.c.id > _PLACE
        ends = select(nearest.c.id).order_by(self._by_distance(nearest.c.id).nulls_last())
        end = ends.limit(1).offset(_LAST).scalar_subquery()
        following = self._first(merged, merged.c.author_id, ahead)
        each = select(merged.c.author_id, following, merged.c.step + literal_column("1"))
        return each.where(merged.c.step < _SIZE, self._up_to(merged.c.id, end))

    def _first(
        self, source: FromClause, author_id: ColumnElement[int], where: ColumnElement[bool]
    ) -> ScalarSelect[int]:
        """The author's post that is nearest, which is one entry of an index. NULL when there is none."""
        theirs = self._visible.where(owned_by(posts.c.author_id, author_id), where)
        ordered = theirs.order_by(self._by_distance(posts.c.author_id), self._by_distance(_PLACE))
        return ordered.limit(1).correlate(source).scalar_subquery()

    def _by_distance(self, column: ColumnElement[int]) -> ColumnElement[int]:
        return column.asc() if self._rising else column.desc()

    def _up_to(self, column: ColumnElement[int], last: ColumnElement[int]) -> ColumnElement[bool]:
        """Everything, when `last` is NULL."""
        if self._rising:
            return column <= func.coalesce(last, LARGEST)
        return column >= func.coalesce(last, 0)
