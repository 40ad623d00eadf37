"""Pictures in memory as records, and back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from adapters.memory.store import Store
from application.ports.moving.pictures import PictureRecord, PictureUseRecord
from domain.errors import NotFound
from domain.pictures import Picture


def pictures_of(store: Store) -> Iterator[PictureRecord]:
    return (PictureRecord(**asdict(picture)) for picture in store.pictures.rows())


def add_picture(store: Store, record: PictureRecord) -> None:
    """Raises NotFound."""
    if store.accounts.find(record.owner_id) is None:
        raise NotFound()
    store.pictures.put(record.id, Picture(**asdict(record)))


def picture_uses_of(store: Store) -> Iterator[PictureUseRecord]:
    return (PictureUseRecord(text_id=text_id, picture_id=id) for text_id, id in store.picture_uses.rows())


def add_picture_use(store: Store, record: PictureUseRecord) -> None:
    """Raises NotFound."""
    if store.pictures.find(record.picture_id) is None:
        raise NotFound()
    use = (record.text_id, record.picture_id)
    store.picture_uses.put(use, use)


def bytes_of_pictures(store: Store) -> Counter[int]:
    """By member."""
    found = Counter[int]()
    for picture in store.pictures.rows():
        found[picture.owner_id] += picture.size
    return found
