"""Posts and comments in memory, to be rendered anew."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from adapters.memory.store import Store
from application.ports.rerendering import Text
from domain.posts import Post


class MemoryRenderedTexts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def some_older(self, version: int, limit: int) -> list[Text]:
        found = list(islice(self._older(version), limit))
        posts = [text for text in found if isinstance(text, Post)]
        return [replace(text) for text in posts or found]

    def some_after(self, after: int, limit: int) -> list[Text]:
        found = sorted((text for text in self._all() if text.id > after), key=lambda text: text.id)
        return [replace(text) for text in found[:limit]]

    def count_older(self, version: int, at_most: int) -> int:
        return sum(1 for _ in islice(self._older(version), at_most))

    def save(self, text: Text) -> bool:
        if isinstance(text, Post):
            row = self._store.posts.find(text.id)
            if row is None or row.post.version != text.version:
                return False
            self._store.posts.put(text.id, replace(row, post=replace(row.post, html=text.html)))
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


def _html_version(text: Text) -> int:
    return text.html.version if isinstance(text, Post) else text.html_version
