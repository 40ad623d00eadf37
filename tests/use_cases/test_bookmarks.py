"""Bookmarks: of any post that one may see, and for nobody else."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, NotFound
from domain.roles import Role

ALL = Window(100)


def ids(community, name: str) -> list[int]:
    return [card.id for card in community.bookmark_feeds.posts(community.reader(name), ALL).items]


def test_bookmarks_are_set_and_removed_idempotently_and_are_ones_own(community):
    susan, john = community.join("susan"), community.join("john")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")

    for act, expected in ((community.bookmarks.add, [post_id]), (community.bookmarks.remove, [])):
        for _ in range(2):
            act(actor_id=john, post_id=post_id)
            assert ids(community, "john") == expected
            assert ids(community, "susan") == []


def test_an_author_may_bookmark_their_own_post_and_a_silenced_member_any(community):
    susan, mary = community.join("susan"), community.join("mary", role=Role.MODERATOR)
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.sanctions.sanction(actor_id=mary, username="susan", act="silence", days="7", reason="rude")

    community.bookmarks.add(actor_id=susan, post_id=post_id)

    assert ids(community, "susan") == [post_id]


def test_a_post_that_one_may_not_see_is_not_there_but_its_bookmark_can_be_removed(community):
    susan, john = community.join("susan"), community.join("john")
    mary, eve = community.join("mary", role=Role.MODERATOR), community.join("eve")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.bookmarks.add(actor_id=john, post_id=post_id)
    community.moderation.hide_post(actor_id=mary, post_id=post_id, reason="rude")

    for act in (community.bookmarks.add, community.bookmarks.remove):
        with pytest.raises(NotFound):
            act(actor_id=eve, post_id=post_id)
        with pytest.raises(NotFound):
            act(actor_id=john, post_id=1)
    assert ids(community, "john") == []
    community.bookmarks.remove(actor_id=john, post_id=post_id)
    community.moderation.restore_post(actor_id=mary, post_id=post_id)
    assert ids(community, "john") == []


def test_who_is_not_confirmed_bookmarks_nothing(community):
    post_id = community.posts.publish(actor_id=community.join("susan"), title="", body="Soup.")
    community.register("ulla")

    for act in (community.bookmarks.add, community.bookmarks.remove):
        for id in (post_id, 1):
            with pytest.raises(Forbidden):
                act(actor_id=community.reader("ulla").id, post_id=id)
