"""Preferences in each storage."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from adapters.sql.engine import Database
from adapters.sql.preferences import wants_on_site
from adapters.sql.tables import accounts
from domain.accounts import Account
from domain.errors import NotFound
from domain.notifications import NotificationKind
from domain.preferences import MailTime, Preference, Preferences
from tests.contracts.community import Community
from tests.contracts.storages import Storage, sql_storage

CHOSEN = Preferences(
    {
        NotificationKind.REPLY: Preference(site=False, mail=MailTime.DAILY),
        NotificationKind.LIKE: Preference(site=True, mail=MailTime.SOON),
    }
)


def save(storage: Storage, account: Account, preferences: Preferences) -> None:
    with storage.unit_of_work() as work:
        work.preferences.save(account.id, preferences)
        work.commit()


def stored(storage: Storage, account: Account) -> Preferences:
    with storage.unit_of_work() as work:
        return work.preferences.of(account.id)


def test_preferences_come_back_as_they_were_saved(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    assert stored(storage, ada) == Preferences()

    save(storage, ada, CHOSEN)

    assert stored(storage, ada) == storage.preference_feeds.of(ada.reader) == CHOSEN
    assert stored(storage, bob) == storage.preference_feeds.of(bob.reader) == Preferences()


def test_saving_replaces_all_of_them(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    save(storage, ada, CHOSEN)
    other = Preferences({NotificationKind.LIKE: Preference(site=False, mail=MailTime.OFF)})

    save(storage, ada, other)
    assert stored(storage, ada) == other

    save(storage, ada, Preferences())
    assert stored(storage, ada) == Preferences()


def test_those_of_several_are_read_at_once(storage: Storage, community: Community) -> None:
    ada, bob, cyd = (community.member(name) for name in ("ada", "bob", "cyd"))
    save(storage, ada, CHOSEN)
    save(storage, cyd, CHOSEN)

    with storage.unit_of_work() as work:
        assert work.preferences.of_all([ada.id, bob.id, 1]) == {ada.id: CHOSEN, bob.id: Preferences(), 1: Preferences()}
        assert work.preferences.of_all([]) == {}


def test_what_is_not_committed_is_lost(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    with storage.unit_of_work() as work:
        work.preferences.save(ada.id, CHOSEN)
        assert work.preferences.of(ada.id) == CHOSEN

    assert stored(storage, ada) == Preferences()


def test_preferences_belong_to_an_account(storage: Storage) -> None:
    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.preferences.save(1, CHOSEN)
        work.commit()


def test_a_time_zone_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.session(ada, secret_hash="known")

    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        assert account.time_zone == ""
        account.choose_time_zone("America/Argentina/ComodRivadavia")
        work.accounts.save(account)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.accounts.get(ada.id) == replace(account)
    viewer = storage.session_feeds.viewer("known", community.now)
    assert viewer is not None and viewer.time_zone == "America/Argentina/ComodRivadavia"


@pytest.mark.sql
def test_who_wants_no_news_of_a_kind_on_the_site_is_left_out(database: Database) -> None:
    storage = sql_storage(database)
    community = Community(storage)
    ada, bob = community.member("ada"), community.member("bob")
    save(storage, ada, CHOSEN)

    def told_of(kind: NotificationKind) -> list[Any]:
        listed = select(accounts.c.id).where(wants_on_site(accounts.c.id, kind.value)).order_by(accounts.c.id)
        return [row.id for row in database.rows(listed)]

    assert told_of(NotificationKind.REPLY) == [bob.id]
    assert told_of(NotificationKind.LIKE) == [ada.id, bob.id]
