"""Comments in the storage, and what each reader sees of them."""

from datetime import UTC, datetime

import pytest

from application.ports.comments import CommentPosition
from application.ports.members import MemberName
from application.ports.paging import Window
from domain.comments import Comment
from domain.errors import NotFound
from domain.ids import LARGEST
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
        html_version=7,
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


def test_a_comment_on_a_removed_post_is_not_found(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.commit()

    with pytest.raises(NotFound):
        community.comment(ada, post)

    assert storage.moderation_feeds.comments(ada.reader, Window(5)).items == ()


def test_a_comment_needs_an_account(storage: Storage, community: Community) -> None:
    post = community.post(community.member())
    comment = Comment(id=2, post_id=post.id, author_id=1, body="?", body_html="?", html_version=1)

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
    assert (card.author, card.author_id) == (MemberName(ada.id, "ada", "Ada L.", Role.USER), ada.id)
    assert (card.body, card.body_html, card.edited_at) == ("*Yes*", "<p>*Yes*</p>", EDITED_AT)
    assert (card.version, card.hidden, card.hidden_reason) == (2, False, None)
    assert storage.comment_feeds.thread(None, post.id, Window(5)).comments.items == (card,)
    assert storage.moderation_feeds.comments(bob.reader, Window(5)).items == (card,)
    assert storage.comment_feeds.position(None, comment.id) == CommentPosition(comment.id, post.id, 1)


def test_a_hidden_text_and_its_reason_are_seen_by_those_who_may(storage: Storage, community: Community) -> None:
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


def test_comments_of_a_deleted_member_stay_without_an_author(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    comment = community.comment(ada, community.post(bob))

    community.delete(ada)

    card = storage.comment_feeds.comment(None, comment.id)
    assert (card.author, card.author_id, card.body) == (None, ada.id, "A comment.")


def test_comments_are_shown_as_their_reader_may_see_them(storage: Storage, community: Community) -> None:
    ada, moderator = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    comments = [community.comment(ada, community.post(ada)) for _ in range(2)]
    community.hide(comments[0])

    for reader in (ada.reader, moderator.reader):
        counted = storage.comment_feeds.latest(reader, Window(5))
        seen = [storage.comment_feeds.comment(reader, comment.id) for comment in reversed(comments)]
        assert (list(counted.page.items), counted.count) == (seen, 2)


def test_a_thread_leads_on_to_the_newest_other_posts_of_its_author(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada, f"Post {number}.", title="Soup" if number == 5 else "") for number in range(6)]
    community.post(bob)
    community.mute(bob, ada)
    with storage.unit_of_work() as work:
        hidden, deleted = work.posts.get(posts[4].id), work.posts.get(posts[3].id)
        hidden.hidden_by = 1
        deleted.deleted_at = community.now
        work.posts.save(hidden)
        work.posts.save(deleted)
        work.commit()

    for reader in (None, ada.reader, storage.session_feeds.reader(bob.id, community.now)):
        thread = storage.comment_feeds.thread(reader, posts[1].id, Window(5))
        links = [(link.id, link.title, link.excerpt_html) for link in thread.others]
        assert links == [
            (posts[5].id, "Soup", "<p>Post 5.</p>"),
            (posts[2].id, "", "<p>Post 2.</p>"),
            (posts[0].id, "", "<p>Post 0.</p>"),
        ]
        assert [link.id for link in storage.comment_feeds.thread(reader, posts[0].id, Window(5)).others] == [
            posts[number].id for number in (5, 2, 1)
        ]
