"""Muting and blocking: what each hides and refuses, and that ending one gives back what was before."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound
from domain.roles import Role

ALL = Window(100)


def counts(community, name: str) -> tuple[int, int]:
    profile = community.people_feeds.profile(None, name)
    return profile.follower_count, profile.following_count


def state(community, reader: str, name: str) -> tuple[bool, bool, bool]:
    profile = community.people_feeds.profile(community.reader(reader), name)
    return profile.muted, profile.blocked, profile.refuses


def test_a_mute_and_a_block_are_apart_and_each_is_idempotent(community):
    susan, _ = community.join("susan"), community.join("john")
    muting = community.muting

    for act, expected in (
        (muting.unmute, (False, False, False)),
        (muting.mute, (True, False, False)),
        (muting.block, (True, True, True)),
        (muting.unblock, (True, False, False)),
        (muting.block, (True, True, True)),
        (muting.unmute, (True, True, True)),
        (muting.unblock, (False, False, False)),
    ):
        for _ in range(2):
            act(actor_id=susan, username="JOHN")
            assert state(community, "susan", "john") == expected
    assert not community.reader("susan").mutes


def test_a_block_ends_the_follows_of_both_and_their_counts(community):
    susan, john = community.join("susan"), community.join("john")
    community.following.follow(actor_id=susan, username="john")
    community.following.follow(actor_id=john, username="susan")

    community.muting.block(actor_id=susan, username="john")

    assert counts(community, "susan") == counts(community, "john") == (0, 0)
    community.muting.unblock(actor_id=susan, username="john")
    assert counts(community, "susan") == (0, 0)


def test_a_mute_leaves_the_follows(community):
    susan, _ = community.join("susan"), community.join("john")
    community.following.follow(actor_id=susan, username="john")

    community.muting.mute(actor_id=susan, username="john")

    assert counts(community, "john") == (1, 0)


def test_a_block_refuses_follows_and_comments_in_both_directions_and_names_no_reason(community):
    susan, john = community.join("susan"), community.join("john")
    posts = {who: community.posts.publish(actor_id=who, title="", body="Words.") for who in (susan, john)}
    community.muting.block(actor_id=susan, username="john")

    for actor, name, other in ((susan, "john", john), (john, "susan", susan)):
        with pytest.raises(Forbidden) as refused:
            community.following.follow(actor_id=actor, username=name)
        assert refused.value.code == "no_follow"
        with pytest.raises(Forbidden) as refused:
            community.comments.write(actor_id=actor, post_id=posts[other], body="Words.")
        assert refused.value.code == "no_comments"

    community.muting.unblock(actor_id=susan, username="john")
    community.following.follow(actor_id=john, username="susan")
    community.comments.write(actor_id=john, post_id=posts[susan], body="Words.")


def test_a_mute_refuses_nothing(community):
    susan, john = community.join("susan"), community.join("john")
    post = community.posts.publish(actor_id=susan, title="", body="Words.")
    community.muting.mute(actor_id=susan, username="john")

    community.following.follow(actor_id=john, username="susan")
    community.comments.write(actor_id=john, post_id=post, body="Words.")

    assert state(community, "john", "susan") == (False, False, False)


def test_a_disabled_member_is_followed_by_nobody_as_a_blocked_one(community):
    susan, _ = community.join("susan"), community.join("john")
    community.members.set_standing(username="john", disabled=True)

    with pytest.raises(Forbidden) as refused:
        community.following.follow(actor_id=susan, username="john")

    assert refused.value.code == "no_follow"


def test_blocked_members_still_comment_on_posts_of_others(community):
    susan, john, david = (community.join(name) for name in ("susan", "john", "david"))
    post = community.posts.publish(actor_id=david, title="", body="Words.")
    community.muting.block(actor_id=susan, username="john")

    community.comments.write(actor_id=susan, post_id=post, body="Words.")
    community.comments.write(actor_id=john, post_id=post, body="Words.")

    assert community.post_feeds.post(None, post).comment_count == 2


def test_a_block_between_the_check_and_the_commit_of_a_comment_refuses_it(community):
    susan, john = community.join("susan"), community.join("john")
    post = community.posts.publish(actor_id=susan, title="", body="Words.")
    render = community.renderer.comment

    def render_slowly(body, **values):
        community.muting.block(actor_id=susan, username="john")
        return render(body, **values)

    community.renderer.comment = render_slowly
    with pytest.raises(Forbidden):
        community.comments.write(actor_id=john, post_id=post, body="Words.")

    assert community.post_feeds.post(None, post).comment_count == 0


def test_nobody_mutes_or_blocks_themselves(community):
    susan = community.join("susan")
    for act in (community.muting.mute, community.muting.block):
        with pytest.raises(Invalid) as refused:
            act(actor_id=susan, username="susan")
        assert refused.value.problems[0].code == "mute_self"
    for act in (community.muting.unmute, community.muting.unblock):
        act(actor_id=susan, username="susan")


def test_an_unconfirmed_member_mutes_and_blocks(community):
    community.join("john")
    community.register("susan")
    susan = community.reader("susan").id

    community.muting.mute(actor_id=susan, username="john")
    community.muting.block(actor_id=susan, username="john")

    assert state(community, "susan", "john") == (True, True, True)


def test_a_disabled_member_mutes_nobody(community):
    susan, _ = community.join("susan"), community.join("john")
    community.members.set_standing(username="susan", disabled=True)

    for name in ("mute", "unmute", "block", "unblock"):
        with pytest.raises(Forbidden):
            getattr(community.muting, name)(actor_id=susan, username="john")


@pytest.mark.parametrize("name", ["mute", "unmute", "block", "unblock"])
def test_who_has_left_or_was_never_there_is_not_found(community, name):
    susan, john = community.join("susan"), community.join("john")
    community.leaving.leave(actor_id=john, password="a horse, a battery", posts="keep")

    for username in ("john", "nobody", "ж"):
        with pytest.raises(NotFound):
            getattr(community.muting, name)(actor_id=susan, username=username)


def test_leaving_removes_mutes_and_blocks_of_both_sides(community):
    susan, john, david = (community.join(name) for name in ("susan", "john", "david"))
    community.muting.block(actor_id=susan, username="john")
    community.muting.mute(actor_id=john, username="david")
    community.muting.mute(actor_id=david, username="susan")

    community.leaving.leave(actor_id=john, password="a horse, a battery", posts="keep")
    assert community.mute_feeds.people(community.reader("susan"), ALL).items == ()
    community.deliver()

    assert [community.reader(name).mutes for name in ("susan", "david")] == [False, True]
    assert [row.other_id for row in community.store.mutes.committed.values()] == [susan]


def test_moderators_see_hide_and_restore_comments_of_whom_they_block_or_who_block_them(community):
    mary = community.join("mary", Role.MODERATOR)
    susan, john = community.join("susan"), community.join("john")
    post = community.posts.publish(actor_id=susan, title="", body="Words.")
    comment = community.comments.write(actor_id=john, post_id=post, body="Words.")
    community.muting.block(actor_id=mary, username="john")
    community.muting.block(actor_id=john, username="mary")

    reader = community.reader("mary")
    assert [card.id for card in community.moderation.comments(reader=reader, window=ALL).items] == [comment]
    before = community.moderation.log(reader=reader, window=ALL).count
    community.moderation.hide(actor_id=mary, comment_id=comment, reason="Rude.")
    community.moderation.restore(actor_id=mary, comment_id=comment)
    assert community.moderation.log(reader=reader, window=ALL).count == before + 2
