"""Members in the storage: what is kept of them, what only one may have, and who counts as an administrator."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sql import member_search
from adapters.sql.engine import Database
from application.ports.members import MemberCounts
from application.ports.paging import Window
from application.ports.tallies import Tally
from domain.accounts import Account
from domain.display import Language, Theme
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.identifiers import Email, Username
from domain.ids import LARGEST, time_of
from domain.members import MemberState, search_pattern
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage, memory_storage, sql_storage

FULL = Account(
    id=LARGEST,
    username=Username("Ada.Lovelace_1"),
    email=Email("Ada+1@Example.COM"),
    password_hash="$argon2id$…",
    role=Role.MODERATOR,
    confirmed=True,
    disabled=True,
    deleted=True,
    name="Ada 🦔",
    location="Łódź",
    about_me="Line one\nline two " + "x" * 1_900,
    language=Language.SIMPLIFIED_CHINESE,
    theme=Theme.DARK,
    renamed_at=datetime(2026, 1, 5, 12, 30, 15, 123_456, tzinfo=UTC),
    token_generation=5,
    version=7,
)


def add(storage: Storage, account: Account) -> bool:
    with storage.unit_of_work() as work:
        added = work.accounts.add(account)
        work.commit()
    return added


@pytest.mark.parametrize(
    "account",
    [FULL, dataclasses.replace(FULL, password_hash=None, confirmed=False, disabled=False, deleted=False, name="")],
)
def test_an_account_comes_back_as_it_was_added(storage: Storage, account: Account) -> None:
    assert add(storage, account)

    with storage.unit_of_work() as work:
        assert work.accounts.get(account.id) == account
        assert work.accounts.find_by_username("ada.lovelace_1") == account
        assert work.accounts.find_by_email("ada+1@example.com") == account


def test_an_account_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    saved = community.member()
    for field in dataclasses.fields(Account):
        if field.name not in ("id", "version"):
            setattr(saved, field.name, getattr(FULL, field.name))

    with storage.unit_of_work() as work:
        work.accounts.save(saved)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.accounts.get(saved.id) == saved
        assert work.accounts.find_by_username("ada") == saved
        assert work.accounts.find_by_email("ada@example.com") is None


def test_find_answers_none_for_an_unknown_account(storage: Storage, community: Community) -> None:
    community.member("ada")

    with storage.unit_of_work() as work:
        assert work.accounts.find_by_username("bob") is None
        assert work.accounts.find_by_email("bob@example.com") is None
        assert work.accounts.find_by_email("") is None


def test_adding_a_known_address_adds_nothing_and_answers_false(storage: Storage, community: Community) -> None:
    community.member("ada", email="ada@example.com")

    added = add(storage, Account(id=1, username=Username("bob"), email=Email("ADA@example.com"), password_hash=None))

    assert not added
    with storage.unit_of_work() as work:
        assert work.accounts.find_by_username("bob") is None
    assert len(storage.member_feeds.search(None, "", Window(5)).items) == 1


def test_a_known_address_comes_before_a_known_username(storage: Storage, community: Community) -> None:
    community.member("ada")
    community.member("bob")

    assert not add(storage, Account(id=1, username=Username("bob"), email=Email("ada@example.com"), password_hash=None))


def test_a_unit_of_work_goes_on_after_a_known_address(storage: Storage, community: Community) -> None:
    community.member("ada")
    bob = Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None)

    with storage.unit_of_work() as work:
        assert not work.accounts.add(dataclasses.replace(bob, email=Email("ada@example.com")))
        assert work.accounts.add(bob)
        work.commit()

    assert storage.people_feeds.profile(None, "bob").id == 1


def test_a_known_username_is_taken_in_any_case(storage: Storage, community: Community) -> None:
    community.member("ada")

    with pytest.raises(AlreadyTaken) as refused:
        add(storage, Account(id=1, username=Username("ADA"), email=Email("new@example.com"), password_hash=None))

    assert [problem.field for problem in refused.value.problems] == ["username"]


@pytest.mark.parametrize("field", ["username", "email"])
def test_saving_a_username_or_address_of_another_is_refused(storage: Storage, community: Community, field: str) -> None:
    community.member("ada")
    bob = community.member("bob")
    if field == "username":
        bob.username = Username("ADA")
    else:
        bob.email = Email("ADA@example.com")

    with pytest.raises(AlreadyTaken) as refused, storage.unit_of_work() as work:
        work.accounts.save(bob)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert bob.version == 1
    assert storage.member_feeds.member(None, "bob").email == "bob@example.com"


def test_a_member_may_respell_their_username(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    ada.username = Username("Ada")
    ada.email = Email("Ada@example.com")

    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.commit()

    assert storage.member_feeds.member(None, "ada").username == "Ada"


def test_a_former_username_finds_its_account_and_stays_taken_for_all_others(
    storage: Storage, community: Community
) -> None:
    ada, bob = community.member("Ada"), community.member("bob")
    community.rename(ada, "Lovelace", "countess")

    with storage.unit_of_work() as work:
        for name in ("ada", "lovelace", "countess"):
            assert work.accounts.find_by_username(name) == ada
    for name in ("ADA", "lovelace", "Countess"):
        with pytest.raises(AlreadyTaken) as refused:
            add(storage, Account(id=1, username=Username(name), email=Email("new@example.com"), password_hash=None))
        assert [problem.field for problem in refused.value.problems] == ["username"]
        with pytest.raises(AlreadyTaken) as refused:
            community.rename(dataclasses.replace(bob), name)
        assert [problem.field for problem in refused.value.problems] == ["username"]
    assert storage.member_feeds.is_empty() is False
    assert storage.people_feeds.profile(None, "bob").id == bob.id


def test_an_account_goes_back_to_a_username_that_it_had(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    community.rename(ada, "Lovelace", "ada", "LOVELACE", "Ada")

    assert storage.people_feeds.profile(None, "ada").username == "Ada"
    with pytest.raises(NotFound):
        storage.people_feeds.profile(None, "lovelace")


def test_a_username_is_found_by_a_former_one_only(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    community.rename(ada, "Lovelace", "Countess")
    community.rename(bob, "Bobby")
    community.delete(bob)

    for former in ("ada", "ADA", "lovelace"):
        assert storage.people_feeds.present_username(None, former) == "Countess"
    for name in ("countess", "bob", "bobby", "nobody", ""):
        with pytest.raises(NotFound):
            storage.people_feeds.present_username(None, name)


def test_a_deleted_member_keeps_every_username_reserved(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    community.rename(ada, "lovelace")
    community.delete(ada)

    for name in ("ada", "lovelace"):
        with pytest.raises(AlreadyTaken):
            add(storage, Account(id=1, username=Username(name), email=Email("new@example.com"), password_hash=None))


def test_a_username_that_was_not_committed_stays_free(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        account = work.accounts.get(ada.id)
        account.rename(Username("bob"))
        work.accounts.save(account)
        assert work.accounts.find_by_username("bob") == account

    assert add(storage, Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None))


def test_a_deleted_member_keeps_name_and_address_reserved(storage: Storage, community: Community) -> None:
    community.delete(community.member("ada"))

    with pytest.raises(AlreadyTaken):
        add(storage, Account(id=1, username=Username("ada"), email=Email("new@example.com"), password_hash=None))
    assert not add(storage, Account(id=1, username=Username("bob"), email=Email("ada@example.com"), password_hash=None))


def test_administrators_are_those_who_can_administer_now(storage: Storage, community: Community) -> None:
    first = community.member("first", role=Role.ADMINISTRATOR)
    community.member("user")
    community.member("moderator", role=Role.MODERATOR)
    community.member("unconfirmed", role=Role.ADMINISTRATOR, confirmed=False)
    community.member("disabled", role=Role.ADMINISTRATOR, disabled=True)
    left = community.member("left", role=Role.ADMINISTRATOR)
    community.delete(left)
    last = community.member("last", role=Role.ADMINISTRATOR)

    with storage.unit_of_work() as work:
        assert work.accounts.lock_administrators() == [first.id, last.id]
        first.role = Role.USER
        work.accounts.save(first)
        assert work.accounts.lock_administrators() == [last.id]


def test_saving_an_account_leaves_its_counters_and_its_last_visit_alone(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    session = community.session(ada)
    community.now = seen_at = community.now.replace(microsecond=123_456)
    with storage.unit_of_work() as work:
        stale = work.accounts.get(ada.id)
        work.tallies.add({ada.id: Tally(posts=3)})
        work.sessions.note_visit(session.id, seen_at)
        work.accounts.save(stale)
        work.commit()

    seen = storage.people_feeds.profile(None, "ada")
    assert (seen.post_count, seen.last_seen_at) == (3, seen_at)


def test_an_administrator_sees_every_field_of_a_member(storage: Storage, community: Community) -> None:
    add(storage, dataclasses.replace(FULL, deleted=False))

    seen = storage.member_feeds.member(None, "ADA.lovelace_1")

    assert (seen.id, seen.username, seen.email) == (FULL.id, "Ada.Lovelace_1", "Ada+1@Example.COM")
    assert (seen.name, seen.location, seen.about_me) == (FULL.name, FULL.location, FULL.about_me)
    assert (seen.role, seen.confirmed, seen.disabled) == (Role.MODERATOR, True, True)
    assert seen.last_seen_at == seen.member_since == time_of(FULL.id)
    assert storage.member_feeds.search(None, "", Window(1)).items == (seen,)


def found(storage: Storage, typed: str, **filters: Any) -> list[str]:
    pattern = search_pattern(typed)
    if pattern is None:
        return []
    return [member.username for member in storage.member_feeds.search(None, pattern, Window(9), **filters).items]


@pytest.mark.parametrize(
    ("typed", "members"),
    [
        ("", ["zoe", "Ada.B", "a_c", "adam"]),
        ("  ", ["zoe", "Ada.B", "a_c", "adam"]),
        ("a", ["zoe", "Ada.B", "a_c", "adam"]),
        ("ad", ["Ada.B", "adam"]),
        ("ADA", ["Ada.B", "adam"]),
        ("\uff21da", ["Ada.B", "adam"]),
        ("ada.", ["Ada.B"]),
        ("adam", ["adam"]),
        ("adam2", []),
        ("dam", ["adam"]),
        ("am", []),
        ("Z\u00fcri", ["a_c"]),
        ("\u00dcRICH", ["a_c"]),
        ("\u674e", ["adam"]),
        ("\u5927\u767d", []),
        ("\u5927\u767d\u9e45", ["adam"]),
        ("stra\u00dfe", ["a_c"]),
        ("\u00df", []),
        ("a_", ["a_c"]),
        ("a%", ["zoe"]),
        ("%zo", ["zoe"]),
        ('"hi"', ["Ada.B"]),
        ("text : hi", []),
        ("hi OR zoe", []),
        ("'", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("...", []),
        ("@example.com", ["zoe", "Ada.B", "a_c", "adam"]),
        ("b\n\nada", []),
        ("\0", []),
        ("\ud800", []),
        ("gone", []),
        ("\U0010ffff", []),
        ("x" * 255, []),
        ("User", []),
    ],
)
def test_members_are_found_by_any_part_of_name_and_address(
    storage: Storage, community: Community, typed: str, members: list[str]
) -> None:
    community.member("adam", name="\u674e\u5927\u767d\u9e45")
    community.member("a_c", name="Z\u00fcrichstrasse 5")
    community.member("Ada.B", name='says "hi"')
    community.delete(community.member("gone"))
    community.member("zoe", email="A%zoe@example.com")

    assert found(storage, typed) == members


def test_a_search_keeps_to_a_role_and_a_state(storage: Storage, community: Community) -> None:
    community.member("ada", role=Role.ADMINISTRATOR)
    community.member("adam", confirmed=False)
    community.member("adele", disabled=True)
    community.member("bob", role=Role.MODERATOR, confirmed=False, disabled=True)
    community.delete(community.member("gone", confirmed=False))

    for typed, members in (
        ("", {"ada", "adam", "adele", "bob"}),
        ("ad", {"ada", "adam", "adele"}),
        ("ada", {"ada", "adam"}),
    ):
        for filters, fitting in (
            ({"role": Role.USER}, {"adam", "adele"}),
            ({"role": Role.MODERATOR}, {"bob"}),
            ({"role": Role.ADMINISTRATOR}, {"ada"}),
            ({"state": MemberState.UNCONFIRMED}, {"adam", "bob"}),
            ({"state": MemberState.DISABLED}, {"adele", "bob"}),
            ({"role": Role.USER, "state": MemberState.UNCONFIRMED}, {"adam"}),
            ({"role": Role.MODERATOR, "state": MemberState.DISABLED}, {"bob"}),
        ):
            assert set(found(storage, typed, **filters)) == members & fitting, (typed, filters)


def test_a_search_finds_what_was_saved_last(storage: Storage, community: Community) -> None:
    ada = community.member("ada", name="Countess")
    ada.username, ada.email, ada.name = Username("lovelace"), Email("engine@example.org"), "Enchantress"
    ada.role, ada.confirmed = Role.MODERATOR, False
    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.commit()

    for typed in ("ada", "countess", "ada@example"):
        assert found(storage, typed) == []
    for typed in ("lovel", "chantr", "gine@example.org"):
        assert found(storage, typed) == ["lovelace"]
        assert found(storage, typed, role=Role.MODERATOR, state=MemberState.UNCONFIRMED) == ["lovelace"]
        assert found(storage, typed, role=Role.USER) == []


def test_a_search_does_not_find_what_was_not_committed(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    ada.name = "Countess"
    with storage.unit_of_work() as work:
        work.accounts.save(ada)
        work.accounts.add(Account(id=1, username=Username("bob"), email=Email("bob@example.com"), password_hash=None))

    assert found(storage, "countess") == found(storage, "bob@") == []


def test_a_name_that_is_folded_to_a_very_long_one_is_kept_and_found(storage: Storage, community: Community) -> None:
    community.member("ada", name="\ufdfa" * 64)

    assert found(storage, "\ufdfa" * 64) == ["ada"]


# Letters of several scripts, capitals, what is folded, what is special to a search, and what is composed.
_LETTERS = "aAbB\u00e9e\u0301\u00df\u0130i\u0131\u01c5\u03c2\u03a3\u674e\u5927\ufb01\uff21\u2460\U0001f994\u200d"
_LETTERS += " 1._-%\"'*()^:\\@+"
_NAMES = st.text(_LETTERS, max_size=12)


@pytest.mark.sql
@pytest.mark.postgres
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(_NAMES, min_size=1, max_size=4),
    typed=st.lists(st.text(_LETTERS, max_size=5), max_size=4),
    data=st.data(),
)
def test_all_storages_find_the_same_members(
    sqlite_database: Database, postgres_database: Database, names: list[str], typed: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(names))
    start = data.draw(st.integers(0, len(name)))
    typed += [name, name[start:], name[start : start + 3], name.upper()]
    answers = []
    for storage in (memory_storage(), sql_storage(sqlite_database), sql_storage(postgres_database)):
        community = Community(storage)
        with community.at_once():
            for number, each in enumerate(names):
                community.member(f"m{number}", name=each, confirmed=bool(number % 2))
        answers.append([(found(storage, each), found(storage, each, state=MemberState.UNCONFIRMED)) for each in typed])

    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("near", [1, 7, 2_000])
def test_pages_of_a_search_hold_everybody_once(
    storage: Storage, community: Community, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the next members alone do not fill a page."""
    monkeypatch.setattr(member_search, "NEAR", near)
    with community.at_once():
        for number in range(20):
            community.member(f"ada{number}" if number % 3 == 0 else f"bob{number}")
    wanted = [f"ada{number}" for number in (18, 15, 12, 9, 6, 3, 0)]

    down, window = [], Window(2)
    while True:
        page = storage.member_feeds.search(None, "ada", window)
        down.append([card.username for card in page.items])
        if page.before is None:
            break
        window = Window(2, before=page.before)
    up, window = [down[-1]], Window(2, after=page.after)
    while window.after is not None:
        page = storage.member_feeds.search(None, "ada", window)
        up.append([card.username for card in page.items])
        window = Window(2, after=page.after)

    assert down == [wanted[0:2], wanted[2:4], wanted[4:6], wanted[6:7]]
    assert up[::-1] == [wanted[0:2], wanted[2:4], wanted[4:6], wanted[6:7]]


def test_members_are_counted(storage: Storage, community: Community) -> None:
    nobody = MemberCounts(members=0, unconfirmed=0, disabled=0, moderators=0, administrators=0)
    assert storage.member_feeds.counts() == nobody

    community.member("ada", role=Role.ADMINISTRATOR)
    community.member("bob", role=Role.MODERATOR, confirmed=False)
    community.member("cyd", disabled=True)
    community.delete(community.member("gone", confirmed=False))

    assert storage.member_feeds.counts() == MemberCounts(
        members=3, unconfirmed=1, disabled=1, moderators=1, administrators=1
    )


def test_what_has_no_counter_is_counted_to_a_hundred(storage: Storage, community: Community) -> None:
    with community.at_once():
        for number in range(101):
            community.member(f"m{number}", confirmed=False, disabled=True)

    counts = storage.member_feeds.counts()

    assert (counts.members, counts.unconfirmed, counts.disabled) == (101, 100, 100)


def test_a_store_is_empty_until_the_first_account(storage: Storage, community: Community) -> None:
    assert storage.member_feeds.is_empty()
    community.job()
    assert storage.member_feeds.is_empty()

    community.delete(community.member())

    assert not storage.member_feeds.is_empty()


def test_a_duplicate_account_with_a_known_address_answers_false(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    assert not add(storage, ada)


def test_a_duplicate_id_raises_try_again_also_with_a_known_username(storage: Storage, community: Community) -> None:
    ada = community.member("ada")

    with pytest.raises((TryAgain, AlreadyTaken)):
        add(storage, dataclasses.replace(ada, email=Email("new@example.com")))
