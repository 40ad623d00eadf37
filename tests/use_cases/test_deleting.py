"""What is deleted is unseen at once, comes back as it was, and is gone for good after thirty days."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan's post with two comments of John's, and an administrator."""
    community.susan, community.john = community.join("susan"), community.join("john")
    community.boss = community.join("boss", Role.ADMINISTRATOR)
    community.post = community.posts.publish(actor_id=community.susan, title="On soup", body="Words.")
    community.first, community.second = (
        community.comments.write(actor_id=community.john, post_id=community.post, body=body) for body in ("One", "Two")
    )
    return community


def below(scene) -> list[int]:
    return [card.id for card in scene.comment_feeds.thread(None, scene.post, ALL).comments.items]


def counted(scene) -> tuple[int, int, int, int]:
    """Posts and comments of their authors, and of the site."""
    posts = scene.people_feeds.profile(None, "susan").post_count
    comments = scene.people_feeds.profile(None, "john").comment_count
    whole = scene.post_feeds.whole_latest(None, ALL).count
    return posts, comments, whole, scene.comment_feeds.latest(None, ALL).count


def drifts(scene) -> list[object]:
    return [drift for part in scene.mending.compare_counters() for drift in part.drifts]


def test_a_post_comes_back_with_the_comments_that_went_with_it_and_no_others(scene):
    scene.comments.delete(actor_id=scene.john, comment_id=scene.first)
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    assert counted(scene) == (0, 0, 0, 0)
    with pytest.raises(NotFound):
        scene.post_feeds.post(scene.reader("susan"), scene.post)

    scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.post)

    assert below(scene) == [scene.second]
    assert counted(scene) == (1, 1, 1, 1)
    assert scene.post_feeds.post(None, scene.post).comment_count == 1
    assert drifts(scene) == []


def test_a_comment_comes_back_as_it_was_hidden_included(scene):
    scene.moderation.hide(actor_id=scene.boss, comment_id=scene.first, reason="Rude.")
    scene.comments.delete(actor_id=scene.john, comment_id=scene.first)
    assert below(scene) == [scene.second]

    scene.deleting.undelete_comment(actor_id=scene.john, comment_id=scene.first)

    card = scene.comment_feeds.comment(scene.reader("john"), scene.first)
    assert (card.hidden, card.hidden_reason, card.body) == (True, "Rude.", None)
    assert below(scene) == [scene.first, scene.second]


def test_a_hidden_post_comes_back_hidden_and_uncounted(scene):
    scene.moderation.hide_post(actor_id=scene.boss, post_id=scene.post, reason="Rude.")
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.post)

    assert scene.post_feeds.post(scene.reader("susan"), scene.post).hidden_reason == "Rude."
    assert counted(scene) == (0, 0, 0, 0)
    assert drifts(scene) == []


def test_what_is_there_is_not_brought_back_twice(scene):
    scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.post)
    scene.deleting.undelete_comment(actor_id=scene.john, comment_id=scene.first)
    assert counted(scene) == (1, 2, 1, 2)


def test_only_the_author_brings_back_what_the_author_deleted(scene):
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    for other in (scene.john, scene.boss):
        with pytest.raises(NotFound):
            scene.deleting.undelete_post(actor_id=other, post_id=scene.post)


def test_what_an_administrator_deleted_only_an_administrator_brings_back_on_the_record(scene):
    scene.posts.delete(actor_id=scene.boss, post_id=scene.post, reason="Spam.")
    with pytest.raises(Forbidden):
        scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.post)
    assert scene.deleting.own(reader=scene.reader("susan"), window=ALL).items == ()

    scene.deleting.undelete_post(actor_id=scene.boss, post_id=scene.post)

    log = scene.moderation.log(reader=scene.reader("boss"), window=ALL).page.items
    acts = [(entry.act, entry.about.username, entry.reason) for entry in log if entry.subject_id == scene.post]
    assert acts == [(Act.UNDELETE, "susan", ""), (Act.DELETE, "susan", "Spam.")]
    assert counted(scene) == (1, 2, 1, 2)


def test_an_author_sees_what_they_can_bring_back_newest_first(scene):
    own = scene.comments.write(actor_id=scene.susan, post_id=scene.post, body="Three")
    other = scene.posts.publish(actor_id=scene.susan, title="", body="Another post.")
    scene.comments.delete(actor_id=scene.susan, comment_id=own)
    scene.posts.delete(actor_id=scene.susan, post_id=other)
    scene.comments.delete(actor_id=scene.john, comment_id=scene.first)

    cards = scene.deleting.own(reader=scene.reader("susan"), window=ALL).items

    assert [(card.id, card.title, card.body) for card in cards] == [
        (other, "", "Another post."),
        (own, "On soup", "Three"),
    ]


def test_a_comment_below_a_post_that_is_gone_cannot_be_brought_back(scene):
    scene.comments.delete(actor_id=scene.john, comment_id=scene.first)
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)

    assert scene.deleting.own(reader=scene.reader("john"), window=ALL).items == ()
    with pytest.raises(NotFound):
        scene.deleting.undelete_comment(actor_id=scene.john, comment_id=scene.first)


def test_after_thirty_days_nothing_comes_back_and_a_job_removes_it_for_good(scene):
    scene.moderation.hide_post(actor_id=scene.boss, post_id=scene.post, reason="Rude.")
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    kept = scene.posts.publish(actor_id=scene.susan, title="", body="It stays.")
    comment = scene.comments.write(actor_id=scene.john, post_id=kept, body="It goes.")
    scene.comments.delete(actor_id=scene.john, comment_id=comment)
    scene.deleting.look()
    scene.pass_time(days=30)
    with pytest.raises(NotFound):
        scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.post)
    assert scene.deleting.own(reader=scene.reader("susan"), window=ALL).items == ()

    scene.deleting.look()
    scene.deleting.look()
    asked = [row for row in scene.outbox_rows() if row.kind is JobKind.PURGE]
    scene.deliver()

    assert len(asked) == 1
    assert [*scene.store.posts.committed] == [kept]
    assert [*scene.store.comments.committed] == []
    assert drifts(scene) == []


def test_the_log_forgets_texts_after_half_a_year_and_keeps_the_acts(scene):
    scene.moderation.hide(actor_id=scene.boss, comment_id=scene.first, reason="Rude.")
    scene.pass_time(days=184)
    scene.moderation.hide(actor_id=scene.boss, comment_id=scene.second, reason="Rude too.")

    scene.deleting.look()
    scene.deliver()

    log = scene.moderation.log(reader=scene.reader("boss"), window=ALL).page.items
    assert [(entry.text, entry.reason) for entry in log if entry.act is Act.HIDE] == [
        ("Two", "Rude too."),
        ("", "Rude."),
    ]


def test_the_log_forgets_the_texts_of_a_member_whose_account_is_erased(scene):
    scene.moderation.hide(actor_id=scene.boss, comment_id=scene.first, reason="Rude.")
    scene.leaving.leave(actor_id=scene.john, password="a horse, a battery", posts="delete")
    scene.deliver()

    log = scene.moderation.log(reader=scene.reader("boss"), window=ALL).page.items
    assert [(entry.text, entry.reason) for entry in log if entry.act is Act.HIDE] == [("", "Rude.")]
    assert drifts(scene) == []


def test_erasing_an_account_removes_what_was_deleted_before_at_once(scene):
    scene.comments.delete(actor_id=scene.john, comment_id=scene.first)
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    for leaver in (scene.john, scene.susan):
        scene.leaving.leave(actor_id=leaver, password="a horse, a battery", posts="delete")
    scene.deliver()

    assert not scene.store.posts.committed
    assert not scene.store.comments.committed
    assert drifts(scene) == []
