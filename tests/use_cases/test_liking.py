"""Liking: once, counted, and refused where the two block each other or the thing is hidden."""

from datetime import timedelta

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def place(community):
    """susan's post and her comment below it; john reads them."""
    susan, john = community.join("susan"), community.join("john")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    comment_id = community.comments.write(actor_id=susan, post_id=post_id, body="With leeks.")
    return susan, john, post_id, comment_id


def acts(community, post_id: int, comment_id: int):
    """Each way to like something, with the way back, and what then stands there."""
    liking = community.liking
    return (
        (
            lambda actor_id: liking.like_post(actor_id=actor_id, post_id=post_id),
            lambda actor_id: liking.unlike_post(actor_id=actor_id, post_id=post_id),
            lambda name: community.post_feeds.post(community.reader(name), post_id),
        ),
        (
            lambda actor_id: liking.like_comment(actor_id=actor_id, comment_id=comment_id),
            lambda actor_id: liking.unlike_comment(actor_id=actor_id, comment_id=comment_id),
            lambda name: community.comment_feeds.comment(community.reader(name), comment_id),
        ),
    )


def test_liking_and_unliking_are_idempotent_and_counted(community, place):
    _, john, post_id, comment_id = place
    for like, unlike, seen in acts(community, post_id, comment_id):
        for act, expected in ((unlike, (0, False)), (like, (1, True)), (unlike, (0, False))):
            for _ in range(2):
                act(john)
                assert (seen("john").like_count, seen("john").liked) == expected
        assert not seen("susan").liked


def test_nobody_likes_what_they_wrote_themselves(community, place):
    susan, _, post_id, comment_id = place
    for like, unlike, seen in acts(community, post_id, comment_id):
        with pytest.raises(Invalid) as refused:
            like(susan)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("", "like_self")]
        unlike(susan)
        assert seen("susan").like_count == 0


@pytest.mark.parametrize(("owner", "other"), [("susan", "john"), ("john", "susan")])
def test_a_block_refuses_likes_both_ways_and_nobody_learns_whose_it_is(community, place, owner, other):
    _, john, post_id, comment_id = place
    likes = acts(community, post_id, comment_id)
    for like, *_ in likes:
        like(john)
    community.muting.block(actor_id=community.reader(owner).id, username=other)

    for like, unlike, seen in likes:
        assert seen("john").like_count == 1
        with pytest.raises(Forbidden) as refused:
            like(john)
        assert refused.value.code == "no_like"
        unlike(john)
        assert seen("john").like_count == 0


def test_nobody_likes_what_is_hidden_and_who_may_not_see_it_finds_nothing(community, place):
    _, john, post_id, comment_id = place
    mary, ruud = community.join("mary", role=Role.MODERATOR), community.join("ruud", role=Role.MODERATOR)
    (like_post, unlike_post, post), (like_comment, unlike_comment, comment) = acts(community, post_id, comment_id)
    community.moderation.hide(actor_id=mary, comment_id=comment_id, reason="rude")
    for actor in (john, mary):
        with pytest.raises(Forbidden) as refused:
            like_comment(actor)
        assert refused.value.code == "no_like"
    like_post(ruud)

    community.moderation.restore(actor_id=ruud, comment_id=comment_id)
    community.moderation.hide_post(actor_id=mary, post_id=post_id, reason="rude")

    for like in (like_post, like_comment):
        with pytest.raises(Forbidden) as refused:
            like(mary)
        assert refused.value.code == "no_like"
    for act in (like_post, unlike_post, like_comment, unlike_comment):
        with pytest.raises(NotFound):
            act(john)
    unlike_post(ruud)
    assert post("mary").like_count == comment("mary").like_count == 0


def test_a_silenced_member_may_only_take_a_like_back(community, place):
    _, john, post_id, comment_id = place
    mary = community.join("mary", role=Role.MODERATOR)
    (like, unlike, seen), (like_comment, _, _) = acts(community, post_id, comment_id)
    like(john)
    community.sanctions.sanction(actor_id=mary, username="john", act="silence", days="7", reason="rude")

    with pytest.raises(Forbidden) as refused:
        like_comment(john)
    assert refused.value.code == "silenced"
    unlike(john)

    assert seen("mary").like_count == 0


def test_who_is_not_confirmed_likes_nothing_and_does_not_learn_what_is_there(community, place):
    _, _, post_id, comment_id = place
    community.register("ulla")
    for like, unlike, _ in (*acts(community, post_id, comment_id), *acts(community, 1, 1)):
        for act in (like, unlike):
            with pytest.raises(Forbidden) as refused:
                act(community.reader("ulla").id)
            assert refused.value.code == "unconfirmed"


def test_a_deleted_post_takes_its_likes_along_and_brings_them_back(community, place):
    susan, john, post_id, comment_id = place
    (like, unlike, seen), _ = acts(community, post_id, comment_id)
    like(john)
    community.posts.delete(actor_id=susan, post_id=post_id)
    for act in (like, unlike):
        with pytest.raises(NotFound):
            act(john)

    community.deleting.undelete_post(actor_id=susan, post_id=post_id)

    assert seen("john").like_count == 1


@pytest.mark.parametrize("posts", ["keep", "delete"])
def test_the_likes_of_a_former_member_go_with_the_counts(community, place, posts):
    susan, _, post_id, comment_id = place
    eve = community.join("eve")
    others = [community.posts.publish(actor_id=susan, title="", body="More.") for _ in range(3)]
    for like, *_ in acts(community, post_id, comment_id):
        like(eve)
    for other in others:
        community.liking.like_post(actor_id=eve, post_id=other)
        community.bookmarks.add(actor_id=eve, post_id=other)
        community.watching.watch(actor_id=eve, post_id=other)
        community.time += timedelta(minutes=1)

    community.leaving.leave(actor_id=eve, password="a horse, a battery", posts=posts)
    assert community.like_feeds.of_post(None, post_id, ALL).items == ()
    community.deliver()

    counts = [post.like_count for post in community.post_feeds.latest(None, ALL).items]
    assert counts == [0] * 4
    assert community.comment_feeds.comment(None, comment_id).like_count == 0
    store = community.store
    for table in (store.post_likes, store.comment_likes, store.bookmarks, store.watches):
        assert table.committed == {}
