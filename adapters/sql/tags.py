"""Tags in SQL, the list of them, and the posts of one tag."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    insert,
    select,
    true,
    tuple_,
    update,
)

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into, insert_or_ignore
from adapters.sql.kept import kept
from adapters.sql.muted import parameters_of
from adapters.sql.paging import bounded, owned_by, page_of, windowed
from adapters.sql.posts.feeds import CARDS_FOR, DETAILS_FOR, card_of, listed_detail_of
from adapters.sql.searching.columns import saved_post
from adapters.sql.tables import post_tags, posts, tags
from adapters.sql.visibility import listed_posts
from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from application.ports.tags import LISTED_AT_MOST, TagCard, TagPage
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.posts import Post
from domain.roles import Reader
from domain.tags import Tag

T = TypeVar("T")

_IS_PRESENT = tags.c.leads_to == 0
_present = tags.alias("present")
# Each name with the row of the tag that it stands for now.
_IS_IT_NOW = _present.c.id == case((_IS_PRESENT, tags.c.id), else_=tags.c.leads_to)


class SqlTags:
    """Rows of tags are locked after that of the post, and by name, so that two units of work cannot deadlock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def attach(self, post_id: int, names: Sequence[str], new_id: Callable[[], int] | None = None) -> Mapping[str, str]:
        if not names:
            return {}
        found = self._counted_once_more(names, new_id)
        there = [row.id for row in found if not row.leads_to]
        if there:
            # A process of an older version may have hidden the post, and left it under its tags.
            rows = [{"tag_id": id, "post_id": post_id} for id in there]
            self._connection.execute(insert_or_ignore(self._connection, post_tags, "tag_id", "post_id"), rows)
        moved = {row.name: row.leads_to for row in found if row.leads_to}
        return self._attach_present(post_id, moved) if moved else {}

    def detach(self, post_id: int, keep: Sequence[str] = ()) -> set[str]:
        below = select(post_tags.c.tag_id).where(post_tags.c.post_id == post_id)
        rows = self._locked(tags.c.id.in_(below))
        kept = {row.name for row in rows if row.name in keep and not row.leads_to}
        gone = [row.id for row in rows if row.name not in kept]
        if gone:
            key = post_tags.c.post_id == post_id, post_tags.c.tag_id.in_(gone)
            self._connection.execute(delete(post_tags).where(*key))
            self._add_posts(gone, -1)
        return kept

    def label(self, post: Post) -> None:
        values = {"tags": " ".join(post.tags), **saved_post(post)}
        self._connection.execute(update(posts).where(posts.c.id == post.id).values(values))

    def lock(self, name: str, other_name: str) -> tuple[Tag, Tag | None]:
        present = select(_present.c.id).join_from(tags, _present, _IS_IT_NOW)
        self._locked(tags.c.id.in_(present.where(tags.c.name.in_([name, other_name]))))
        # Somebody else may have renamed them before they were locked.
        named = select(tags.c.name.label("was"), _present.c.id, _present.c.name, _present.c.leads_to)
        named = named.join_from(tags, _present, _IS_IT_NOW).where(tags.c.name.in_([name, other_name]))
        rows = self._connection.execute(named).all()
        found = {row.was: Tag(id=row.id, name=row.name, leads_to=row.leads_to) for row in rows}
        if name not in found:
            raise NotFound()
        return found[name], found.get(other_name)

    def rename(self, tag: Tag, name: str, old_id: int) -> None:
        # The new name may be one that led to it. Posts may still move from that row, so the two exchange their names.
        led = tags.c.name == name
        freed = self._connection.execute(update(tags).where(led).values(name=f"#{old_id}")).rowcount
        try:
            self._connection.execute(update(tags).where(tags.c.id == tag.id).values(name=name))
        except AlreadyTaken:
            # Somebody else has made it meanwhile.
            raise TryAgain() from None
        if freed:
            self._connection.execute(update(tags).where(tags.c.name == f"#{old_id}").values(name=tag.name))
        else:
            self._connection.execute(insert(tags).values(id=old_id, name=tag.name, post_count=0, leads_to=tag.id))
        tag.name = name

    def merge(self, tag: Tag, into: Tag) -> None:
        leads_to = update(tags).where((tags.c.id == tag.id) | (tags.c.leads_to == tag.id))
        self._connection.execute(leads_to.values(leads_to=into.id))
        tag.leads_to = into.id

    def posts_of(self, tag_id: int, before_id: int, limit: int) -> list[int]:
        found = select(post_tags.c.post_id).where(owned_by(post_tags.c.tag_id, tag_id), post_tags.c.post_id < before_id)
        newest_first = found.order_by(post_tags.c.tag_id.desc(), post_tags.c.post_id.desc()).limit(limit)
        return list(self._connection.execute(newest_first).scalars())

    def move(self, tag_id: int, post_ids: Sequence[int]) -> None:
        leads_to = select(tags.c.leads_to).where(tags.c.id == tag_id)
        rows = {row.id: row for row in self._locked((tags.c.id == tag_id) | tags.c.id.in_(leads_to))}
        to_id = rows[tag_id].leads_to if tag_id in rows else 0
        if not to_id or not post_ids:
            return
        # A post may stand under both.
        left = delete(post_tags).where(post_tags.c.tag_id == tag_id, post_tags.c.post_id.in_(post_ids))
        moving = self._connection.execute(left.returning(post_tags.c.post_id)).scalars().all()
        arrived = self._put([(to_id, post_id) for post_id in moving])
        self._add_posts([tag_id], -len(moving))
        self._add_posts([to_id], len(arrived))

    def present_names(self, names: Iterable[str]) -> Mapping[str, str]:
        moved = select(tags.c.name, _present.c.name.label("now")).join_from(tags, _present, _IS_IT_NOW)
        rows = self._connection.execute(moved.where(tags.c.name.in_(list(names)), ~_IS_PRESENT))
        return {row.name: row.now for row in rows}

    def _counted_once_more(self, names: Sequence[str], new_id: Callable[[], int] | None) -> Sequence[Row[Any]]:
        """The rows of these names. Those that lead to another one count nothing."""
        more = tags.c.post_count + case((_IS_PRESENT, 1), else_=0)
        if new_id is None:
            self._locked(tags.c.name.in_(names))
            counted = update(tags).where(tags.c.name.in_(names)).values(post_count=more)
        else:
            made = [{"id": new_id(), "name": name, "post_count": 1, "leads_to": 0} for name in sorted(names)]
            added = insert_into(self._connection, tags).values(made)
            counted = added.on_conflict_do_update(index_elements=["name"], set_={"post_count": more})
        return self._connection.execute(counted.returning(tags.c.id, tags.c.name, tags.c.leads_to)).all()

    def _attach_present(self, post_id: int, moved: Mapping[str, int]) -> Mapping[str, str]:
        """Puts the post under the tags that stand for these, unless it stands there. `moved` are ids by old name."""
        present = {row.id: row.name for row in self._locked(tags.c.id.in_(moved.values()))}
        arrived = self._put([(id, post_id) for id in present])
        self._add_posts([tag_id for tag_id, _ in arrived], 1)
        return {name: present[id] for name, id in moved.items() if id in present}

    def _put(self, pairs: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Answers those of these tags and posts that were not there."""
        if not pairs:
            return ()
        there = select(post_tags.c.tag_id, post_tags.c.post_id)
        there = there.where(tuple_(post_tags.c.tag_id, post_tags.c.post_id).in_(pairs))
        known = {tuple(row) for row in self._connection.execute(there)}
        new = [pair for pair in pairs if pair not in known]
        if new:
            rows = [{"tag_id": tag_id, "post_id": post_id} for tag_id, post_id in new]
            self._connection.execute(insert_or_ignore(self._connection, post_tags, "tag_id", "post_id"), rows)
        return new

    def _add_posts(self, tag_ids: Sequence[int], count: int) -> None:
        if tag_ids and count:
            counted = update(tags).where(tags.c.id.in_(tag_ids)).values(post_count=tags.c.post_count + count)
            self._connection.execute(counted)

    def _locked(self, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
        rows = select(tags).where(which).order_by(tags.c.name).with_for_update(key_share=True)
        return self._connection.execute(rows).all()


def _tagged(lists: Mapping[bool, Select[Any]]) -> dict[bool, Select[Any]]:
    return {signed_in: listed.join(post_tags, post_tags.c.post_id == posts.c.id) for signed_in, listed in lists.items()}


# By whether a reader is signed in.
_CARDS, _DETAILS = _tagged(CARDS_FOR), _tagged(DETAILS_FOR)
_IDS = select(post_tags.c.post_id)
_NAMED = select(_present.c.name.label("tag_name"), _present.c.post_count.label("tag_count")).join_from(
    tags, _present, _IS_IT_NOW
)


class SqlTagFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def used(self, reader: Reader | None) -> tuple[TagCard, ...]:
        # In the words of the index.
        in_use = select(tags.c.name, tags.c.post_count).where(tags.c.post_count > 0, _IS_PRESENT)
        most_used = in_use.order_by(tags.c.post_count.desc(), tags.c.id.desc()).limit(LISTED_AT_MOST)
        cards = (TagCard(row.name, row.post_count) for row in self._database.rows(most_used))
        return tuple(sorted(cards, key=lambda card: (-card.post_count, card.name)))

    def posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostCard]:
        return self._page(reader, name, window, _with_cards(reader, window), card_of)

    def whole_posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostDetail]:
        return self._page(reader, name, window, _with_details(reader, window), listed_detail_of)

    def _page(
        self,
        reader: Reader | None,
        name: str,
        window: Window,
        statement: Select[Any],
        record: Callable[[Row[Any]], T],
    ) -> TagPage[T]:
        parameters = {**parameters_of(reader, window), "tag": name}
        rows = self._database.kept_rows(statement, parameters)
        if not rows:
            raise NotFound()
        tag = TagCard(rows[0].tag_name, rows[0].tag_count)
        return TagPage(tag, page_of(rows, window, record) if tag.name == name else Page(()))


@kept
def _with_cards(reader: Reader | None, window: Window) -> Select[Any]:
    return _with(reader, _CARDS[reader is not None], window)


@kept
def _with_details(reader: Reader | None, window: Window) -> Select[Any]:
    return _with(reader, _DETAILS[reader is not None], window)


def _with(reader: Reader | None, tagged: Select[Any], window: Window) -> Select[Any]:
    """The tag, beside each row of the page. There is a row even when the page is empty, unless there was never such a
    tag."""
    is_named = tags.c.name == bindparam("tag")
    whose = owned_by(post_tags.c.tag_id, select(tags.c.id).where(is_named).scalar_subquery())
    listed = listed_posts(reader, tagged).where(whose)
    owner, cursor = post_tags.c.tag_id, post_tags.c.post_id
    if reader is not None and reader.mutes:
        cut = bounded(listed, _IDS.where(whose), cursor, window, owner=owner)
    else:
        cut = windowed(listed, cursor, window, owner=owner)
    named, page = _NAMED.where(is_named).subquery("named"), cut.subquery("page")
    return select(named, page).join_from(named, page, true(), isouter=True)
