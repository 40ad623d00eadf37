"""What moderators did, and every comment, for them to look at."""

from typing import Any

import pytest

from application.ports.members import MemberName
from application.ports.paging import Page, Window
from domain.errors import NotFound
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_the_log_shows_every_field_and_outlives_comment_and_post(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada", name="Ada L."), community.member("mod", role=Role.MODERATOR)
    post = community.post(ada)
    comment = community.comment(ada, post, "Rude words")
    hidden = community.log_entry(moderator, comment)
    restored = community.log_entry(moderator, comment, Act.RESTORE)
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.commit()

    newest, oldest = storage.moderation_feeds.log(None, Window(5)).page.items

    assert (newest.id, newest.act, oldest.id) == (restored.id, Act.RESTORE, hidden.id)
    assert (oldest.actor, oldest.about) == (
        MemberName(moderator.id, "mod", "", Role.MODERATOR),
        MemberName(ada.id, "ada", "Ada L.", Role.USER),
    )
    assert (oldest.act, oldest.subject_kind, oldest.subject_id) == (Act.HIDE, SubjectKind.COMMENT, comment.id)
    assert (oldest.post_id, oldest.actor_id) == (post.id, moderator.id)
    assert (oldest.text, oldest.reason, oldest.rule) == ("Rude words", "rude", "7")


def test_the_log_does_not_name_a_deleted_member(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    community.log_entry(moderator, community.comment(ada, community.post(ada)))

    community.delete(ada)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].about is None
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].actor is not None

    community.delete(moderator)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].actor is None


@pytest.mark.parametrize("missing", ["actor_id", "about_id"])
def test_a_log_entry_needs_an_account(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member()
    who: dict[str, Any] = {"actor_id": ada.id, "about_id": ada.id, missing: 1}
    entry = LogEntry(id=2, act=Act.HIDE, subject_kind=SubjectKind.POST, subject_id=3, **who)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.moderation_log.add(entry)
        work.commit()


def test_the_command_line_is_no_actor(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        work.moderation_log.add(LogEntry.on_person(ada.id, Act.DISABLE, id=community.new_id(), actor_id=None))
        work.commit()

    entry = storage.moderation_feeds.log(None, Window(5)).page.items[0]

    assert (entry.actor_id, entry.actor, entry.post_id) == (None, None, None)
    assert (entry.subject_kind, entry.subject_id) == (SubjectKind.PERSON, ada.id)
    assert entry.about is not None


def test_acts_of_moderation_are_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    entries = [community.log_entry(ada, comment) for _ in range(3)]

    counted = storage.moderation_feeds.log(None, Window(2))

    assert [card.id for card in counted.page.items] == [entries[2].id, entries[1].id]
    assert (counted.page.before, counted.count) == (entries[1].id, 3)


def test_the_acts_of_one_member_are_found_by_a_present_and_a_former_name(
    storage: Storage, community: Community
) -> None:
    mary, ruth = community.member("mary", role=Role.MODERATOR), community.member("ruth", role=Role.MODERATOR)
    comment = community.comment(ruth, community.post(ruth))
    acts = [community.log_entry(moderator, comment) for moderator in (mary, ruth, mary, ruth, mary)]
    by_mary = [entry.id for entry in reversed(acts) if entry.actor_id == mary.id]
    community.rename(mary, "maria")
    feeds = storage.moderation_feeds

    for name in ("maria", "mary", "MARY"):
        first = feeds.log_by(None, name, Window(2))
        assert [card.id for card in first.items] == by_mary[:2]
        assert (first.before, first.after) == (by_mary[1], None)
        second = feeds.log_by(None, name, Window(2, before=first.before))
        assert [card.id for card in second.items] == by_mary[2:]
        assert (second.before, second.after) == (None, by_mary[2])
        assert feeds.log_by(None, name, Window(2, after=second.after)) == first
        assert feeds.log_by(None, name, Window(2, before=by_mary[2])).items == ()


def test_who_did_nothing_has_an_empty_log_and_nobody_has_none(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    community.log_entry(moderator, community.comment(ada, community.post(ada)))

    assert storage.moderation_feeds.log_by(None, "ada", Window(5)) == Page(())
    with pytest.raises(NotFound):
        storage.moderation_feeds.log_by(None, "nobody", Window(5))
    community.delete(moderator)
    with pytest.raises(NotFound):
        storage.moderation_feeds.log_by(None, "mod", Window(5))
