"""Appeals in the storage, one's record, and the list of those that wait."""

import pytest

from application.ports.paging import Window
from domain.appeals import Verdict
from domain.errors import NotFound
from domain.moderation import Act, LogEntry
from domain.roles import UNTIL_LIFTED, Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage

ALL = Window(50)


def test_an_appeal_comes_back_as_it_was_saved_and_there_is_one(storage: Storage, community: Community) -> None:
    ada = community.member()
    entry = community.sanction(None, ada).id
    appeal = community.appeal(entry, ada)
    with storage.unit_of_work() as work:
        appeal.decide(Verdict.UPHELD, reason="No.", at=community.now)
        work.appeals.save(appeal)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.appeals.find(entry) == appeal
        assert work.appeals.find(7) is None
        other = type(appeal)(id=community.new_id(), entry_id=entry, account_id=ada.id, text="Again.")
        assert not work.appeals.add(other)
        work.commit()
    with storage.unit_of_work() as work:
        assert work.appeals.find(entry) == appeal


def test_an_appeal_needs_an_entry(storage: Storage, community: Community) -> None:
    ada = community.member()
    appeal = community.appeal(community.sanction(None, ada).id, ada)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        appeal.entry_id, appeal.id = 7, 8
        work.appeals.add(appeal)
        work.commit()


def test_what_a_member_wrote_is_emptied_and_nothing_else(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    appeals = [community.appeal(community.sanction(None, each).id, each) for each in (ada, bob)]
    with storage.unit_of_work() as work:
        work.appeals.empty(ada.id)
        work.commit()

    with storage.unit_of_work() as work:
        found = [work.appeals.find(appeal.entry_id) for appeal in appeals]
    assert [appeal.text if appeal else None for appeal in found] == ["", "I was not."]


def test_a_record_has_what_others_decided_about_its_reader(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    hidden = community.log_entry(mod, community.comment(ada, community.post(ada)))
    sanction = community.sanction(None, ada, days=None)
    appeal = community.appeal(sanction.id, ada)
    community.sanction(mod, mod)
    with storage.unit_of_work() as work:
        for act in (Act.UPHOLD, Act.REVERSE):
            work.moderation_log.add(
                LogEntry.on_person(ada.id, act, id=community.new_id(), actor_id=mod.id, text=str(hidden.id))
            )
        work.commit()

    newest, oldest = storage.appeal_feeds.record(ada.reader, ALL).items

    assert (newest.id, newest.until, newest.about_id, newest.role) == (sanction.id, UNTIL_LIFTED, ada.id, Role.USER)
    assert newest.appeal is not None
    assert (newest.appeal.id, newest.appeal.text, newest.appeal.verdict) == (appeal.id, "I was not.", None)
    assert (oldest.id, oldest.entry.text, oldest.entry.actor_id, oldest.entry.actor) == (
        hidden.id,
        "A comment.",
        mod.id,
        None,
    )
    assert storage.appeal_feeds.record(mod.reader, ALL).items == ()
    page = storage.appeal_feeds.record(ada.reader, Window(1))
    assert ([card.id for card in page.items], page.before) == ([sanction.id], sanction.id)


def test_an_entry_is_read_by_whom_it_concerns_and_by_moderators(storage: Storage, community: Community) -> None:
    ada, bob, mod = community.member("ada"), community.member("bob"), community.member("mod", role=Role.MODERATOR)
    entry = community.sanction(mod, ada).id

    assert storage.appeal_feeds.entry(ada.reader, entry).entry.actor is None
    assert storage.appeal_feeds.entry(mod.reader, entry).entry.actor is not None
    for reader, id in ((bob.reader, entry), (ada.reader, 7), (mod.reader, 7)):
        with pytest.raises(NotFound):
            storage.appeal_feeds.entry(reader, id)


def test_the_appeals_that_wait_are_listed_by_their_age(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    entries = [community.sanction(mod, ada).id for _ in range(4)]
    community.sanction(mod, ada)
    appeals = [community.appeal(entry, ada) for entry in reversed(entries)]
    with storage.unit_of_work() as work:
        appeals[1].decide(Verdict.REVERSED, reason="Yes.", at=community.now)
        work.appeals.save(appeals[1])
        work.commit()

    first = storage.appeal_feeds.waiting(mod.reader, Window(2))
    rest = storage.appeal_feeds.waiting(mod.reader, Window(2, after=first.after))

    assert [card.id for card in first.items] == [appeals[0].entry_id, appeals[2].entry_id]
    assert [card.id for card in rest.items] == [appeals[3].entry_id]
    assert (rest.after, rest.before) == (None, appeals[3].id)


def test_another_judge_is_one_who_may_act(storage: Storage, community: Community) -> None:
    mod, boss = community.member("mod", role=Role.MODERATOR), community.member("boss", role=Role.ADMINISTRATOR)
    community.member("ulla", role=Role.MODERATOR, confirmed=False)
    community.member("dan", role=Role.MODERATOR, disabled=True)
    both = (Role.MODERATOR, Role.ADMINISTRATOR)

    def judge(roles: tuple[Role, ...], *besides: int) -> bool:
        with storage.unit_of_work(reading=True) as work:
            return work.appeals.has_judge(roles, besides=besides, at=community.now)

    assert judge(both, mod.id)
    assert judge((Role.MODERATOR,), boss.id)
    assert not judge(both, mod.id, boss.id)
    assert not judge((Role.ADMINISTRATOR,), boss.id)
    for field in ("silenced_until", "suspended_until"):
        with storage.unit_of_work() as work:
            account = work.accounts.get(boss.id)
            account.silenced_until = account.suspended_until = None
            setattr(account, field, UNTIL_LIFTED)
            work.accounts.save(account)
            work.commit()
        assert not judge(both, mod.id)
