"""What waits to be done because of a commit."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.paging import cut
from adapters.memory.store import Store
from application.ports.outbox import MailCard
from application.ports.paging import Page, Window
from domain.errors import NotFound, TryAgain
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


class MemoryOutboxFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(self, window: Window) -> Page[MailCard]:
        with self._store.lock:
            return cut(self._store.outbox.committed.values(), window, lambda row: row.id, _card_of)


def _card_of(mail: Mail) -> MailCard:
    return MailCard(
        id=mail.id,
        kind=mail.kind,
        address=mail.address,
        state=mail.state,
        attempts=mail.attempts,
        due_at=mail.due_at,
        last_error=mail.last_error,
    )
