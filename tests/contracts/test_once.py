"""Keys under which something was made, in the storage."""

from datetime import timedelta

from domain.ids import LARGEST
from domain.once import VISITOR, Once
from tests.contracts.community import BEGINNING
from tests.contracts.storages import Storage


def once(owner_id: int, key: str, made_id: int = LARGEST) -> Once:
    return Once(owner_id=owner_id, key=key, digest="d" * 64, made_id=made_id, made_at=BEGINNING)


def test_a_key_finds_what_its_owner_made_under_it(storage: Storage) -> None:
    with storage.unit_of_work() as work:
        work.once.add(once(VISITOR, "k" * 200))
        work.once.add(once(2, "k" * 200, made_id=5))
        work.commit()

    with storage.unit_of_work() as work:
        assert work.once.find(VISITOR, "k" * 200) == once(VISITOR, "k" * 200)
        assert work.once.find(2, "k" * 200) == once(2, "k" * 200, made_id=5)
        assert work.once.find(3, "k" * 200) is None
        assert work.once.find(2, "K" * 200) is None


def test_old_keys_are_forgotten(storage: Storage) -> None:
    older = once(1, "older")
    older.made_at -= timedelta(microseconds=1)
    with storage.unit_of_work() as work:
        work.once.add(older)
        work.once.add(once(1, "kept"))
        work.commit()

    with storage.unit_of_work() as work:
        work.once.remove_older(BEGINNING)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.once.find(1, "older") is None
        assert work.once.find(1, "kept") == once(1, "kept")
