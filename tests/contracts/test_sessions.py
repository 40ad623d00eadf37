"""Sessions in the storage, and who is behind a cookie."""

from datetime import timedelta

import pytest

from application.ports.credentials import TokenReader
from application.ports.sessions import Viewer
from domain.credentials import Link, Purpose
from domain.display import Language, Theme
from domain.errors import NotFound, TryAgain
from domain.ids import LARGEST
from domain.roles import Reader, Role
from domain.sessions import IDLE, IDLE_REMEMBERED, LONGEST, Session
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize("remember", [True, False])
def test_a_session_comes_back_as_it_was_added(storage: Storage, community: Community, remember: bool) -> None:
    session = Session(
        id=LARGEST,
        account_id=community.member().id,
        secret_hash="0" * 64,
        remember=remember,
        device="Firefox 🦊 " + "x" * 190,
        seen_at=BEGINNING + MOMENT,
    )

    with storage.unit_of_work() as work:
        work.sessions.add(session)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.sessions.get(session.id) == session


def test_a_session_or_a_link_needs_an_account(storage: Storage) -> None:
    session = Session(id=2, account_id=1, secret_hash="x", remember=False, device="", seen_at=BEGINNING)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.sessions.add(session)
        work.commit()
    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.links.put(Link(1, Purpose.CONFIRM, "a token", "ada@example.com"))
        work.commit()


def test_two_sessions_never_share_a_secret(storage: Storage, community: Community) -> None:
    ada = community.member()
    community.session(ada, secret_hash="the same")

    with pytest.raises(TryAgain):
        community.session(ada, secret_hash="the same")


def test_a_viewer_has_reader_name_session_and_address(storage: Storage, community: Community) -> None:
    ada = community.member("Ada", name="Ada L.", role=Role.MODERATOR, confirmed=False)
    ada.language, ada.theme = Language.SIMPLIFIED_CHINESE, Theme.DARK
    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.commit()
    community.session(community.member("bob"), secret_hash="another")
    session = community.session(ada, secret_hash="known")

    assert storage.session_feeds.viewer("known", community.now) == Viewer(
        id=ada.id,
        role=Role.MODERATOR,
        confirmed=False,
        username="Ada",
        name="Ada L.",
        email="Ada@example.com",
        language=Language.SIMPLIFIED_CHINESE,
        theme=Theme.DARK,
        session_id=session.id,
        seen_at=session.seen_at,
    )
    assert storage.session_feeds.viewer("unknown", community.now) is None
    assert storage.session_feeds.viewer("", community.now) is None


def test_a_disabled_or_deleted_member_is_no_viewer(storage: Storage, community: Community) -> None:
    community.session(community.member("disabled", disabled=True), secret_hash="disabled")
    left = community.member("left")
    community.session(left, secret_hash="left")
    community.delete(left)

    assert storage.session_feeds.viewer("disabled", community.now) is None
    assert storage.session_feeds.viewer("left", community.now) is None


@pytest.mark.parametrize(("remember", "idle"), [(False, IDLE), (True, IDLE_REMEMBERED)])
def test_an_idle_session_is_over(storage: Storage, community: Community, remember: bool, idle: timedelta) -> None:
    ada = community.member()
    session = community.session(ada, remember=remember, secret_hash="known")
    last = session.seen_at + idle

    assert storage.session_feeds.viewer("known", last) is not None
    assert [card.id for card in storage.session_feeds.of_account(ada.id, last)] == [session.id]
    assert storage.session_feeds.viewer("known", last + MOMENT) is None
    assert storage.session_feeds.of_account(ada.id, last + MOMENT) == ()


def test_an_old_session_is_over_even_if_it_is_used(storage: Storage, community: Community) -> None:
    ada = community.member()
    session = community.session(ada, remember=True, secret_hash="known")
    end = community.now + LONGEST
    with storage.unit_of_work() as work:
        work.sessions.note_visit(session.id, end)
        work.commit()

    assert storage.session_feeds.viewer("known", end) is not None
    assert storage.session_feeds.viewer("known", end + timedelta(seconds=1)) is None


def test_the_time_of_a_visit_is_stored_on_the_session_and_its_account(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    bob = community.member("bob")
    session, other = community.session(ada, secret_hash="known"), community.session(ada)
    at = community.now + timedelta(hours=1, microseconds=1)

    with storage.unit_of_work() as work:
        work.sessions.note_visit(session.id, at)
        work.sessions.note_visit(1, at + timedelta(hours=1))
        work.commit()

    viewer = storage.session_feeds.viewer("known", at)
    assert viewer is not None
    assert viewer.seen_at == at
    assert storage.people_feeds.profile(None, "ada").last_seen_at == at
    assert storage.people_feeds.profile(None, "bob").last_seen_at < at
    with storage.unit_of_work() as work:
        assert work.sessions.get(other.id) == other
        assert work.accounts.get(bob.id) == bob


def test_sessions_are_listed_newest_first(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    first, second = community.session(ada, remember=True), community.session(ada)
    community.session(community.member("bob"))

    newest, oldest = storage.session_feeds.of_account(ada.id, community.now)

    assert (newest.id, oldest.id) == (second.id, first.id)
    assert (oldest.device, oldest.remember, oldest.seen_at) == ("Firefox", True, first.seen_at)


def test_a_session_is_removed_and_no_other(storage: Storage, community: Community) -> None:
    ada = community.member()
    gone, kept = community.session(ada, secret_hash="gone"), community.session(ada)

    with storage.unit_of_work() as work:
        work.sessions.remove(gone.id)
        work.sessions.remove(gone.id)
        work.commit()

    assert storage.session_feeds.viewer("gone", community.now) is None
    assert [card.id for card in storage.session_feeds.of_account(ada.id, community.now)] == [kept.id]


def test_all_sessions_of_an_account_end_and_no_others(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    for account in (ada, ada, bob):
        community.session(account)

    with storage.unit_of_work() as work:
        work.sessions.remove_all_of(ada.id)
        work.commit()

    assert storage.session_feeds.of_account(ada.id, community.now) == ()
    assert len(storage.session_feeds.of_account(bob.id, community.now)) == 1


def test_sessions_not_seen_since_are_removed(storage: Storage, community: Community) -> None:
    ada = community.member()
    old, recent = community.session(ada), community.session(ada)

    with storage.unit_of_work() as work:
        work.sessions.remove_idle(recent.seen_at)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.sessions.get(recent.id) == recent
        with pytest.raises(NotFound):
            work.sessions.get(old.id)


def test_a_disabled_or_deleted_member_is_no_reader(storage: Storage, community: Community) -> None:
    unconfirmed = community.member("unconfirmed", role=Role.MODERATOR, confirmed=False)
    disabled = community.member("disabled", disabled=True)
    deleted = community.member("deleted")
    community.delete(deleted)

    assert storage.session_feeds.reader(unconfirmed.id, community.now) == Reader(
        id=unconfirmed.id, role=Role.MODERATOR, confirmed=False
    )
    assert storage.credential_feeds.token_reader(unconfirmed.id, community.now) == TokenReader(
        id=unconfirmed.id,
        role=Role.MODERATOR,
        confirmed=False,
        username="unconfirmed",
        token_generation=unconfirmed.token_generation,
    )
    for missing in (disabled.id, deleted.id, 1):
        with pytest.raises(NotFound):
            storage.session_feeds.reader(missing, community.now)
        with pytest.raises(NotFound):
            storage.credential_feeds.token_reader(missing, community.now)
