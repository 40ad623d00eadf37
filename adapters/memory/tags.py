"""Tags in memory, the list of them, and the posts of one tag."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from adapters.memory.paging import cut, cut_bounded
from adapters.memory.posts import card_of, listed_detail_of
from adapters.memory.store import PostRow, Store, TagRow
from adapters.memory.visibility import listed_posts
from application.ports.paging import Page, Window
from application.ports.posts import PostCard, PostDetail
from application.ports.tags import LISTED_AT_MOST, TagCard, TagPage
from domain.errors import NotFound
from domain.posts import Post
from domain.roles import Reader
from domain.tags import Tag

R = TypeVar("R")


class MemoryTags:
    def __init__(self, store: Store) -> None:
        self._store = store

    def attach(self, post_id: int, names: Sequence[str], new_id: Callable[[], int] | None = None) -> Mapping[str, str]:
        moved = dict[str, str]()
        # For each name, as in SQL, which learns only then which of them are there.
        new_ids = {} if new_id is None else {name: new_id() for name in sorted(names)}
        for name in names:
            row = self._named(name)
            if row is None:
                if name not in new_ids:
                    continue
                row = TagRow(Tag(id=new_ids[name], name=name))
                self._store.tags.put(row.tag.id, row)
            if row.tag.leads_to:
                row = self._store.tags.find(row.tag.leads_to)
                if row is None:
                    continue
                moved[name] = row.tag.name
            self._put(row.tag.id, post_id)
        return moved

    def detach(self, post_id: int, keep: Sequence[str] = ()) -> set[str]:
        kept = set[str]()
        for tag_id, _ in [key for key in self._store.post_tags.rows() if key[1] == post_id]:
            row = self._store.tags.find(tag_id)
            assert row is not None
            if row.tag.name in keep and not row.tag.leads_to:
                kept.add(row.tag.name)
            else:
                self._take(tag_id, post_id)
        return kept

    def label(self, post: Post) -> None:
        row = self._store.posts.find(post.id)
        if row is not None:
            text = replace(row.post.text, tags=post.tags)
            self._store.posts.put(post.id, replace(row, post=replace(row.post, text=text)))

    def lock(self, name: str, other_name: str) -> tuple[Tag, Tag | None]:
        tag, other = self._present(name), self._present(other_name)
        if tag is None:
            raise NotFound()
        return tag, other

    def rename(self, tag: Tag, name: str, old_id: int) -> None:
        row, led = self._store.tags.find(tag.id), self._named(name)
        assert row is not None
        # Posts may still move from the row of a name that led to it.
        old = TagRow(Tag(id=old_id, name="", leads_to=tag.id)) if led is None else led
        self._store.tags.put(old.tag.id, replace(old, tag=replace(old.tag, name=tag.name)))
        self._store.tags.put(tag.id, replace(row, tag=replace(row.tag, name=name)))
        tag.name = name

    def merge(self, tag: Tag, into: Tag) -> None:
        for row in list(self._store.tags.rows()):
            if tag.id in (row.tag.id, row.tag.leads_to):
                self._store.tags.put(row.tag.id, replace(row, tag=replace(row.tag, leads_to=into.id)))
        tag.leads_to = into.id

    def posts_of(self, tag_id: int, before_id: int, limit: int) -> list[int]:
        ids = (post_id for id, post_id in self._store.post_tags.rows() if id == tag_id and post_id < before_id)
        return sorted(ids, reverse=True)[:limit]

    def move(self, tag_id: int, post_ids: Sequence[int]) -> None:
        row = self._store.tags.find(tag_id)
        if row is None or not row.tag.leads_to:
            return
        for post_id in post_ids:
            if self._store.post_tags.find((tag_id, post_id)) is not None:
                self._take(tag_id, post_id)
                self._put(row.tag.leads_to, post_id)

    def present_names(self, names: Iterable[str]) -> Mapping[str, str]:
        present = {name: self._present(name) for name in names}
        return {name: tag.name for name, tag in present.items() if tag is not None and tag.name != name}

    def _named(self, name: str) -> TagRow | None:
        return next((row for row in self._store.tags.rows() if row.tag.name == name), None)

    def _present(self, name: str) -> Tag | None:
        row = self._named(name)
        if row is not None and row.tag.leads_to:
            row = self._store.tags.find(row.tag.leads_to)
        return None if row is None else replace(row.tag)

    def _put(self, tag_id: int, post_id: int) -> None:
        if self._store.post_tags.find((tag_id, post_id)) is None:
            self._store.post_tags.put((tag_id, post_id), (tag_id, post_id))
            self._add_posts(tag_id, 1)

    def _take(self, tag_id: int, post_id: int) -> None:
        self._store.post_tags.remove((tag_id, post_id))
        self._add_posts(tag_id, -1)

    def _add_posts(self, tag_id: int, count: int) -> None:
        row = self._store.tags.find(tag_id)
        assert row is not None
        self._store.tags.put(tag_id, replace(row, post_count=row.post_count + count))


class MemoryTagFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def used(self, reader: Reader | None) -> tuple[TagCard, ...]:
        with self._store.lock:
            in_use = [row for row in self._store.tags.committed.values() if row.post_count and not row.tag.leads_to]
            most_used = sorted(in_use, key=lambda row: (-row.post_count, -row.tag.id))[:LISTED_AT_MOST]
            cards = (TagCard(row.tag.name, row.post_count) for row in most_used)
            return tuple(sorted(cards, key=lambda card: (-card.post_count, card.name)))

    def posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostCard]:
        return self._page(reader, name, window, lambda row: card_of(self._store, row, reader))

    def whole_posts(self, reader: Reader | None, name: str, window: Window) -> TagPage[PostDetail]:
        return self._page(reader, name, window, lambda row: listed_detail_of(self._store, row, reader))

    def _page(self, reader: Reader | None, name: str, window: Window, record: Callable[[PostRow], R]) -> TagPage[R]:
        with self._store.lock:
            tags = self._store.tags.committed
            row = next((row for row in tags.values() if row.tag.name == name), None)
            if row is not None and row.tag.leads_to:
                row = tags.get(row.tag.leads_to)
            if row is None:
                raise NotFound()
            if row.tag.name != name:
                return TagPage(TagCard(row.tag.name, row.post_count), Page(()))
            below = {post_id for tag_id, post_id in self._store.post_tags.committed if tag_id == row.tag.id}
            listed = listed_posts(self._store, reader)
            posts = [listed[id] for id in below if id in listed]
            tag = TagCard(name, row.post_count)
            if reader is None or not reader.mutes:
                return TagPage(tag, cut(posts, window, lambda post: post.post.id, record))
            return TagPage(tag, cut_bounded(posts, window, lambda post: post.post.id, record, below))
