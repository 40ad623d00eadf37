"""Comments and the moderation log in the storage, and what each reader sees of them."""

from datetime import UTC, datetime

import pytest

from application.ports.comments import Place
from application.ports.members import Face
from application.ports.paging import Window
from domain.comments import Comment
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.moderation import Action, LogEntry
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.storages import Storage

EDITED_AT = datetime(2026, 2, 1, 9, 30, 15, 123_456, tzinfo=UTC)


def test_a_comment_comes_back_as_it_was_added(storage: Storage, community: Community) -> None:
    ada = community.member()
    comment = Comment(
        id=LARGEST,
        post_id=community.post(ada).id,
        author_id=ada.id,
        body="Two\nlines 🦔",
        body_html="<p>Two<br>lines 🦔</p>",
        edited_at=EDITED_AT,
        version=4,
        hidden=True,
        hidden_reason="rude",
    )

    with storage.unit_of_work() as work:
        work.comments.add(comment)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.comments.get(comment.id) == comment
        assert work.comments.some_of(ada.id, 9) == [comment]


def test_a_comment_comes_back_as_it_was_saved(storage: Storage, community: Community) -> None:
    ada = community.member()
    comment = community.comment(ada, community.post(ada))
    comment.body, comment.body_html, comment.edited_at = "New", "<p>New</p>", EDITED_AT
    comment.hidden, comment.hidden_reason = True, "rude"

    with storage.unit_of_work() as work:
        work.comments.save(comment)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.comments.get(comment.id) == comment
        assert comment.version == 2


def test_there_is_no_comment_below_a_post_that_is_gone(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.commit()

    with pytest.raises(NotFound):
        community.comment(ada, post)

    assert storage.moderation_feeds.comments(ada.reader, Window(5)).items == ()


def test_nobody_comments_without_an_account(storage: Storage, community: Community) -> None:
    post = community.post(community.member())
    comment = Comment(id=2, post_id=post.id, author_id=1, body="?", body_html="?")

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.comments.add(comment)
        work.commit()


def test_a_comment_is_removed_once(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment, other = community.comment(ada, post), community.comment(ada, post)

    with storage.unit_of_work() as work:
        assert work.comments.remove(comment.id)
        assert not work.comments.remove(comment.id)
        work.commit()

    assert [below.id for below in storage.comment_feeds.thread(None, post.id, Window(5)).comments.items] == [other.id]


def test_comments_are_counted_by_author(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post, other = community.post(ada), community.post(ada)
    for author in (ada, bob, bob):
        community.comment(author, post)
    community.comment(ada, other)

    with storage.unit_of_work() as work:
        assert work.comments.count_by_author(post.id) == {ada.id: 1, bob.id: 2}
        assert work.comments.count_by_author(1) == {}
        assert len(work.comments.some_of(bob.id, 1)) == 1
        assert len(work.comments.some_of(bob.id, 9)) == 2


@pytest.mark.parametrize("title", ["On engines", ""])
def test_a_card_shows_every_field(storage: Storage, community: Community, title: str) -> None:
    ada, bob = community.member("ada", name="Ada L."), community.member("bob")
    post = community.post(bob, title=title)
    comment = community.comment(ada, post, "*Yes*")
    comment.edited_at = EDITED_AT
    with storage.unit_of_work() as work:
        work.comments.save(comment)
        work.commit()

    card = storage.comment_feeds.comment(None, comment.id)

    assert (card.id, card.post_id, card.post_title) == (comment.id, post.id, title)
    assert (card.author, card.author_id) == (Face(ada.id, "ada", "Ada L."), ada.id)
    assert (card.body, card.body_html, card.edited_at) == ("*Yes*", "<p>*Yes*</p>", EDITED_AT)
    assert (card.version, card.hidden, card.hidden_reason) == (2, False, None)
    assert storage.comment_feeds.thread(None, post.id, Window(5)).comments.items == (card,)
    assert storage.moderation_feeds.comments(bob.reader, Window(5)).items == (card,)
    assert storage.comment_feeds.place(None, comment.id) == Place(comment.id, post.id, 1)


def test_what_is_hidden_is_seen_by_whom_it_concerns(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    moderator = community.member("mod", role=Role.MODERATOR)
    post = community.post(bob)
    comment = community.comment(ada, post, "Rude words")
    community.hide(comment, "rude")
    no_longer_confirmed = Reader(id=moderator.id, role=Role.MODERATOR, confirmed=False)

    seen_by = {
        "a visitor": (None, None, None),
        "another member": (bob.reader, None, None),
        "its author": (ada.reader, None, "rude"),
        "a moderator": (moderator.reader, "Rude words", "rude"),
        "an unconfirmed moderator": (no_longer_confirmed, None, None),
    }
    for reader, body, reason in seen_by.values():
        card = storage.comment_feeds.comment(reader, comment.id)
        assert (card.hidden, card.body, card.hidden_reason) == (True, body, reason)
        assert (card.body_html is None) == (body is None)
        assert storage.comment_feeds.thread(reader, post.id, Window(5)).comments.items == (card,)
        if reader is not None:
            assert storage.moderation_feeds.comments(reader, Window(5)).items == (card,)


def test_comments_of_a_deleted_member_stay_without_a_face(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    comment = community.comment(ada, community.post(bob))

    community.delete(ada)

    card = storage.comment_feeds.comment(None, comment.id)
    assert (card.author, card.author_id, card.body) == (None, ada.id, "A comment.")


def test_the_log_shows_every_field_and_outlives_what_it_is_about(storage: Storage, community: Community) -> None:
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
    assert (oldest.moderator, oldest.author) == (Face(moderator.id, "mod", ""), Face(ada.id, "ada", "Ada L."))
    assert (oldest.action, oldest.comment_id, oldest.post_id) == (Action.HIDE, comment.id, post.id)
    assert (oldest.body, oldest.reason) == ("Rude words", "rude")


def test_the_log_shows_no_face_of_a_deleted_member(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    community.log_entry(moderator, community.comment(ada, community.post(ada)))

    community.delete(ada)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].author is None
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].moderator is not None

    community.delete(moderator)
    assert storage.moderation_feeds.log(None, Window(5)).page.items[0].moderator is None


@pytest.mark.parametrize("missing", ["moderator", "author"])
def test_nobody_is_on_the_record_without_an_account(storage: Storage, community: Community, missing: str) -> None:
    ada = community.member()
    who = {"moderator_id": ada.id, "author_id": ada.id, f"{missing}_id": 1}
    entry = LogEntry(id=2, action=Action.HIDE, comment_id=3, post_id=4, body="", reason="", **who)

    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.moderation_log.add(entry)
        work.commit()
