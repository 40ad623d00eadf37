"""Who waits, in every storage: the list, two moderators at once, and a name that is free again."""

from typing import Any

from application.ports.paging import Window
from domain.errors import AlreadyDecided
from domain.joining import Admission
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.contracts.test_two_at_once import both, one_wins
from tests.doubles import Clock

ALL = Window(9)


def names(storage: Storage, window: Window = ALL) -> list[str]:
    return [card.username for card in storage.admitting_feeds.waiting(None, window).items]


def crowd(community: Community) -> None:
    for number, admission in enumerate((Admission.APPROVAL, Admission.NO_SEAT, Admission.APPROVAL)):
        community.member(f"w{number}", admission=admission, why=f"Why {number}")
    community.member("undecided", admission=Admission.UNDECIDED, confirmed=False)
    community.member("admitted")
    community.delete(community.member("left", admission=Admission.APPROVAL))


def test_who_waits_is_listed_oldest_first_and_paged(storage: Storage, community: Community) -> None:
    crowd(community)
    first = storage.admitting_feeds.waiting(None, Window(2))

    assert [(card.username, card.why, card.has_no_seat) for card in first.items] == [
        ("w0", "Why 0", False),
        ("w1", "Why 1", True),
    ]
    assert (first.before, first.after) == (None, first.items[-1].id)
    second = storage.admitting_feeds.waiting(None, Window(2, after=first.after))
    assert [card.username for card in second.items] == ["w2"]
    assert names(storage, Window(2, before=second.items[0].id)) == ["w0", "w1"]


def test_the_inviter_of_who_waits_is_named_until_they_leave(storage: Storage, community: Community) -> None:
    ada = community.member(name="Ada L.")
    community.member("cyd", admission=Admission.APPROVAL, invitation_id=community.invitation(ada).id)

    (card,) = storage.admitting_feeds.waiting(None, ALL).items
    assert card.inviter is not None
    assert (card.inviter.username, card.inviter.name) == ("ada", "Ada L.")
    community.delete(ada)
    (card,) = storage.admitting_feeds.waiting(None, ALL).items
    assert card.inviter is None


def test_some_who_wait_with_an_admission_are_found_and_all_who_moderate(storage: Storage, community: Community) -> None:
    crowd(community)
    mods = [
        community.member(f"m{number}", role=role) for number, role in enumerate((Role.MODERATOR, Role.ADMINISTRATOR))
    ]
    community.member("x1", role=Role.MODERATOR, disabled=True)
    community.member("x2", role=Role.MODERATOR, confirmed=False)

    with storage.unit_of_work(reading=True) as work:
        found = {each: work.waiting_members.some(each, 2) for each in Admission if each.waits}
        usernames = {key: [work.accounts.get(id).username.text for id in ids] for key, ids in found.items()}
        assert work.waiting_members.moderators() == [mod.id for mod in mods]
        assert len(work.waiting_members.some(Admission.APPROVAL, 1)) == 1
    assert usernames == {Admission.APPROVAL: ["w0", "w2"], Admission.NO_SEAT: ["w1"]}


def test_who_waits_is_told_so_by_everything_that_finds_a_reader(storage: Storage, community: Community) -> None:
    waits, admitted = community.member("wanda", admission=Admission.NO_SEAT), community.member("ada")
    for account in (waits, admitted):
        session = community.session(account)
        viewer = storage.session_feeds.viewer(session.secret_hash, community.now)
        assert viewer is not None
        at = community.now
        readers = (
            viewer,
            storage.session_feeds.reader(account.id, at),
            storage.credential_feeds.token_reader(account.id, at),
        )
        assert [reader.waits for reader in readers] == [account is waits] * 3
        assert storage.member_feeds.member(None, account.username.text).waits == (account is waits)


def test_a_name_that_is_free_can_be_taken_and_the_account_stays(storage: Storage, community: Community) -> None:
    wanda = community.member("wanda", admission=Admission.APPROVAL, email="w@example.com")
    community.rename(wanda, "Wanda2")
    with storage.unit_of_work() as work:
        account = work.accounts.lock(wanda.id)
        account.decline()
        account.free()
        work.accounts.save(account)
        work.accounts.free_names(account.id)
        work.commit()

    with storage.unit_of_work(reading=True) as work:
        assert work.accounts.get(wanda.id).deleted
        for name in ("wanda", "wanda2", f"declined-{wanda.id}"):
            found = work.accounts.find_by_username(name)
            assert found is None or found.id == wanda.id
        assert work.accounts.find_by_username("wanda") is None
        assert work.accounts.find_by_email("w@example.com") is None
    for name in ("wanda", "wanda2"):
        community.member(name)
    community.member("another", email="w@example.com")


def test_of_two_moderators_at_once_the_second_is_told(storage: Storage, community: Community) -> None:
    mods = [community.member(f"m{number}", role=Role.MODERATOR) for number in range(2)]
    wanda = community.member("wanda", admission=Admission.APPROVAL)

    def decide(moderator_id: int, verb: str) -> Any:
        def act(work: Any, meet: Any) -> str:
            work.accounts.actor(moderator_id)
            meet()
            account = work.accounts.lock(wanda.id)
            if not account.waits:
                raise AlreadyDecided(account.admission.value)
            getattr(account, verb)()
            work.accounts.save(account)
            work.commit()
            return "done"

        return act

    ended = both(storage, decide(mods[0].id, "admit"), decide(mods[1].id, "decline"))
    one_wins(ended, AlreadyDecided)


def test_declining_and_registering_again_leaves_one_account_of_that_name(storage: Storage) -> None:
    """With the jobs of a whole site, on every storage."""
    site = Site(storage, Clock())
    for _ in range(2):
        site.members.create(email="david@example.com", username="david", password="a horse, a battery", confirmed=True)
        with storage.unit_of_work() as work:
            account = work.accounts.find_by_username("david")
            assert account is not None
            account.admission = Admission.APPROVAL
            work.accounts.save(account)
            work.commit()
        site.admitting.decline(actor_id=None, username="david", reason="Not yet.")
        while site.jobs.run_next():
            pass
    letters = [letter.subject for letter in site.postbox.letters]
    assert letters == ["declined david en Not yet."] * 2
    assert storage.member_feeds.counts().members == 0
    with storage.unit_of_work(reading=True) as work:
        assert work.accounts.find_by_username("david") is None
    site.members.create(email="david@example.com", username="david", password="a horse, a battery")
