"""The outbox, and the keys under which things were made."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.store import Store
from domain.errors import NotFound, TryAgain
from domain.once import Once
from domain.outbox import Mail, State


class MemoryOutbox:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, mail: Mail) -> None:
        if self._store.outbox.find(mail.id) is not None:
            raise TryAgain()
        self._store.outbox.put(mail.id, replace(mail))

    def get(self, mail_id: int) -> Mail:
        mail = self._store.outbox.find(mail_id)
        if mail is None:
            raise NotFound()
        return replace(mail)

    def claim(self, at: datetime) -> Mail | None:
        due = [
            mail
            for mail in self._store.outbox.rows()
            if mail.state is State.WAITING
            and mail.due_at <= at
            and (mail.leased_until is None or mail.leased_until <= at)
        ]
        return replace(min(due, key=lambda mail: (mail.due_at, mail.id))) if due else None

    def save(self, mail: Mail) -> None:
        if self._store.outbox.find(mail.id) is not None:
            self._store.outbox.put(mail.id, replace(mail))

    def remove_done(self, before: int) -> None:
        for mail in list(self._store.outbox.rows()):
            if mail.state is not State.WAITING and mail.id < before:
                self._store.outbox.remove(mail.id)


class MemoryOnceKeys:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, owner_id: int, key: str) -> Once | None:
        once = self._store.once.find((owner_id, key))
        return None if once is None else replace(once)

    def add(self, once: Once) -> None:
        if self._store.once.find((once.owner_id, once.key)) is not None:
            raise TryAgain()
        self._store.once.put((once.owner_id, once.key), replace(once))

    def remove_older(self, before: datetime) -> None:
        for once in list(self._store.once.rows()):
            if once.made_at < before:
                self._store.once.remove((once.owner_id, once.key))
