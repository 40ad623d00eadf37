"""What moderators did, and every comment, for them to look at."""

import pytest

from application.ports.members import MemberName
from application.ports.paging import Window
from domain.errors import NotFound
from domain.moderation import Action, LogEntry
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def test_the_log_shows_every_field_and_outlives_comment_and_post(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada", name="Ada L."), community.member("mod", role=Role.MODERATOR)
    post = community.post(ada)
    comment = community.comment(ada, post, "Rude words")
    hidden = community.log_entry(moderator, comment)
    restored = community.log_entry(moderator, comment, Action.RESTORE)
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.commit()

    newest, oldest = storage.moderation_feeds.log(None, Window(5)).page.items

    assert (newest.id, newest.action, oldest.id) == (restored.id, Action.RESTORE, hidden.id)
    assert (oldest.moderator, oldest.author) == (
        MemberName(moderator.id, "mod", "", Role.MODERATOR),
        MemberName(ada.id, "ada", "Ada L.", Role.USER),
    )
    assert (oldest.action, oldest.comment_id, oldest.post_id) == (Action.HIDE, comment.id, post.id)
    assert (oldest.body, oldest.reason) == ("Rude words", "rude")


def test_the_log_does_not_name_a_deleted_member(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    community.log_entry(moderator, community.comment(ada, community.post(ada)))

    community.delete(ada)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].author is None
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].moderator is not None

    community.delete(moderator)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].moderator is None


@pytest.mark.parametrize("missing", ["moderator", "author"])
def test_a_log_entry_needs_an_account(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member()
    who = {"moderator_id": ada.id, "author_id": ada.id, f"{missing}_id": 1}
    entry = LogEntry(id=2, action=Action.HIDE, comment_id=3, post_id=4, body="", reason="", **who)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.moderation_log.add(entry)
        work.commit()


def test_acts_of_moderation_are_counted(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    entries = [community.log_entry(ada, comment) for _ in range(3)]

    counted = storage.moderation_feeds.log(None, Window(2))

    assert [card.id for card in counted.page.items] == [entries[2].id, entries[1].id]
    assert (counted.page.before, counted.count) == (entries[1].id, 3)
