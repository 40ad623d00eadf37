"""Posts, comments and the site in memory, to be rendered anew."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from adapters.memory.store import Store
from application.ports.rerendering import Text
from domain.comments import Comment
from domain.posts import Post
from domain.site import Site


class MemoryRenderedTexts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def some_older(self, version: int, limit: int) -> list[Text]:
        found = list(islice(self._older(version), limit))
        kinds = ([text for text in found if isinstance(text, kind)] for kind in (Post, Comment))
        return [replace(text) for text in next(filter(None, kinds), found)]

    def some_after(self, after: int, limit: int) -> list[Text]:
        found = sorted((text for text in self._all() if text.id > after), key=lambda text: text.id)
        return [replace(text) for text in found[:limit]]

    def count_older(self, version: int, at_most: int, *, with_site: bool = True) -> int:
        older = (text for text in self._older(version) if with_site or not isinstance(text, Site))
        return sum(1 for _ in islice(older, at_most))

    def save(self, text: Text) -> bool:
        if isinstance(text, Post):
            row = self._store.posts.find(text.id)
            if row is None or row.post.version != text.version:
                return False
            self._store.posts.put(text.id, replace(row, post=replace(row.post, html=text.html)))
            return True
        if isinstance(text, Site):
            site = self._store.site.find(text.id)
            if site is None or site.version != text.version:
                return False
            self._store.site.put(text.id, replace(site, html=text.html))
            return True
        comment = self._store.comments.find(text.id)
        if comment is None or comment.version != text.version:
            return False
        changed = replace(comment, body_html=text.body_html, html_version=text.html_version)
        self._store.comments.put(text.id, changed)
        return True

    def _older(self, version: int) -> Iterator[Text]:
        return (text for text in self._all() if _html_version(text) < version)

    def _all(self) -> Iterator[Text]:
        yield from (row.post for row in self._store.posts.rows())
        yield from self._store.comments.rows()
        yield from self._store.site.rows()


def _html_version(text: Text) -> int:
    return text.html_version if isinstance(text, Comment) else text.html.version
