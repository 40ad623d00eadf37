"""Pictures in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.members import account_named, member_name_of
from adapters.memory.paging import cut
from adapters.memory.store import Store
from application.ports.paging import Page, Window
from application.ports.pictures.storing import PictureCard, ServedPicture
from domain.errors import NotFound, TryAgain
from domain.moderation import SITE_ID
from domain.pictures import Picture, Shape, may_see_picture
from domain.roles import Reader


class MemoryPictures:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, picture_id: int) -> Picture:
        return self.lock(picture_id)

    def lock(self, picture_id: int) -> Picture:
        picture = self._store.pictures.find(picture_id)
        if picture is None:
            raise NotFound()
        return replace(picture)

    def add(self, picture: Picture) -> None:
        self._store.pictures.put(picture.id, replace(picture))

    def remove(self, picture_id: int) -> None:
        for text_id in self._texts_with(picture_id):
            self._store.picture_uses.remove((text_id, picture_id))
        self._store.pictures.remove(picture_id)

    def show(self, text_id: int, picture_ids: Sequence[int], at: datetime) -> None:
        had = set(self.shown_by(text_id))
        for picture_id in had - set(picture_ids):
            self._store.picture_uses.remove((text_id, picture_id))
            if not self._texts_with(picture_id):
                self._store.pictures.put(picture_id, replace(self.lock(picture_id), unused_since=at))
        for picture_id in set(picture_ids) - had:
            picture = self._store.pictures.find(picture_id)
            if picture is None:
                raise TryAgain("a picture was removed meanwhile")
            self._store.pictures.put(picture_id, replace(picture, unused_since=None))
            self._store.picture_uses.put((text_id, picture_id), (text_id, picture_id))

    def shown_by(self, text_id: int) -> list[int]:
        return sorted(picture_id for text, picture_id in self._store.picture_uses.rows() if text == text_id)

    def render_anew(self, picture_id: int) -> None:
        for text_id in self._texts_with(picture_id):
            if (row := self._store.posts.find(text_id)) is not None:
                html = replace(row.post.html, version=0, picture_id=None)
                self._store.posts.put(text_id, replace(row, post=replace(row.post, html=html)))
            if (site := self._store.site.find(text_id)) is not None:
                self._store.site.put(text_id, replace(site, html=replace(site.html, version=0)))

    def unused(self, before: datetime, limit: int) -> list[int]:
        since = sorted(
            (picture.unused_since, picture.id)
            for picture in self._store.pictures.rows()
            if picture.unused_since is not None and picture.unused_since < before
        )
        return sorted(picture_id for _, picture_id in since[:limit])

    def unshown_of(self, owner_id: int, limit: int) -> list[int]:
        theirs = (each for each in self._store.pictures.rows() if each.owner_id == owner_id)
        return sorted(each.id for each in theirs if each.portrait or each.unused_since is not None)[:limit]

    def strays(self, after: int, limit: int) -> tuple[list[int], int | None]:
        looked_at = sorted((each for each in self._store.pictures.rows() if each.id > after), key=lambda each: each.id)
        looked_at = looked_at[:limit]
        strays = [each.id for each in looked_at if self._is_stray(each)]
        return strays, looked_at[-1].id if looked_at else None

    def release(self, picture_id: int, at: datetime) -> None:
        for text_id in self._texts_with(picture_id):
            if text_id != SITE_ID and self._store.posts.find(text_id) is None:
                self._store.picture_uses.remove((text_id, picture_id))
        picture = self.lock(picture_id)
        if self._is_stray(picture):
            self._store.pictures.put(picture_id, replace(picture, unused_since=at, portrait=False))

    def there(self, picture_ids: Collection[int]) -> set[int]:
        return {picture_id for picture_id in picture_ids if self._store.pictures.find(picture_id) is not None}

    def bytes_of(self, owner_id: int) -> int:
        row = self._store.accounts.find(owner_id)
        assert row is not None
        return row.tally.picture_bytes

    def _texts_with(self, picture_id: int) -> list[int]:
        return sorted(text_id for text_id, picture in self._store.picture_uses.rows() if picture == picture_id)

    def _is_stray(self, picture: Picture) -> bool:
        if picture.unused_since is not None:
            return False
        if picture.portrait:
            owner = self._store.accounts.find(picture.owner_id)
            return owner is None or owner.account.picture_id != picture.id
        texts = self._texts_with(picture.id)
        return not any(text_id == SITE_ID or self._store.posts.find(text_id) is not None for text_id in texts)


class MemoryPictureFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def served(self, reader: Reader | None, picture_id: int) -> ServedPicture:
        with self._store.lock:
            picture = self._seen(reader, picture_id)
            return ServedPicture(width=picture.width, portrait=picture.portrait, shown=self._is_shown(picture))

    def picture(self, reader: Reader | None, picture_id: int) -> PictureCard:
        with self._store.lock:
            return self._card_of(self._seen(reader, picture_id))

    def own(self, reader: Reader, window: Window) -> Page[PictureCard]:
        with self._store.lock:
            return self._page((each for each in self._of(reader.id) if not each.portrait), window)

    def latest(self, reader: Reader | None, window: Window, username: str = "") -> Page[PictureCard]:
        with self._store.lock:
            if not username:
                return self._page(self._store.pictures.committed.values(), window)
            return self._page(self._of(account_named(self._store, username).account.id), window)

    def shapes(self, picture_ids: Collection[int], *, owner_id: int, text_id: int | None) -> Mapping[int, Shape]:
        with self._store.lock:
            return {
                each.id: Shape(each.width, each.height, each.alt)
                for each in self._store.pictures.committed.values()
                if each.id in picture_ids
                and not each.portrait
                and (each.owner_id == owner_id or (text_id, each.id) in self._store.picture_uses.committed)
            }

    def bytes_of(self, owner_id: int) -> int:
        with self._store.lock:
            return self._store.accounts.committed[owner_id].tally.picture_bytes

    def _of(self, owner_id: int) -> Iterable[Picture]:
        return (each for each in self._store.pictures.committed.values() if each.owner_id == owner_id)

    def _page(self, found: Iterable[Picture], window: Window) -> Page[PictureCard]:
        return cut(found, window, lambda picture: picture.id, self._card_of)

    def _seen(self, reader: Reader | None, picture_id: int) -> Picture:
        picture = self._store.pictures.committed.get(picture_id)
        if picture is None or not may_see_picture(reader, owner_id=picture.owner_id, shown=self._is_shown(picture)):
            raise NotFound()
        return picture

    def _is_shown(self, picture: Picture) -> bool:
        """A hidden post hides its pictures, also where another post shows them too."""
        texts = [text_id for text_id, picture_id in self._store.picture_uses.committed if picture_id == picture.id]
        # A process of an older version may have removed the post.
        rows = (self._store.posts.committed.get(text_id) for text_id in texts)
        posts = [row.post for row in rows if row is not None]
        return (
            picture.portrait
            or SITE_ID in texts
            or (any(post.listed for post in posts) and not any(post.hidden for post in posts))
        )

    def _card_of(self, picture: Picture) -> PictureCard:
        return PictureCard(
            id=picture.id,
            owner_id=picture.owner_id,
            owner=member_name_of(self._store, picture.owner_id),
            alt=picture.alt,
            width=picture.width,
            height=picture.height,
            portrait=picture.portrait,
            unused_since=picture.unused_since,
        )
