"""Members in the storage: what is kept of them, what only one may have, and who counts as an administrator."""

import dataclasses
from datetime import UTC, datetime

import pytest

from application.ports.paging import Window
from application.ports.tallies import Tally
from domain.accounts import Account, Email, Username
from domain.display import Language, Theme
from domain.errors import AlreadyTaken, NotFound, TryAgain
from domain.ids import LARGEST, time_of
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage

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


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["zoe", "Ada.B", "a_c", "adam"]),
        ("a", ["zoe", "Ada.B", "a_c", "adam"]),
        ("ada", ["Ada.B", "adam"]),
        ("ADA", ["Ada.B", "adam"]),
        ("ada.", ["Ada.B"]),
        ("adam", ["adam"]),
        ("adam2", []),
        ("a_", ["a_c"]),
        ("a%", ["zoe"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("a%zoe@example.com", ["zoe"]),
        ("dam", []),
        ("gone", []),
        ("ß", []),
        ("\U0010ffff", []),
        ("z", ["zoe"]),
    ],
)
def test_members_are_found_by_the_beginning_of_name_or_address(
    storage: Storage, community: Community, prefix: str, found: list[str]
) -> None:
    community.member("adam")
    community.member("a_c")
    community.member("Ada.B")
    community.delete(community.member("gone"))
    community.member("zoe", email="A%zoe@example.com")

    assert [member.username for member in storage.member_feeds.search(None, prefix, Window(9)).items] == found


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
