"""Watching a post, and stopping that."""

import pytest

from domain.errors import Forbidden, NotFound
from domain.roles import Role


def watched(community, name: str, post_id: int) -> bool:
    return community.post_feeds.post(community.reader(name), post_id).watched


def test_watching_is_idempotent_and_ones_own(community):
    susan, john = community.join("susan"), community.join("john")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")

    for act, expected in ((community.watching.watch, True), (community.watching.unwatch, False)):
        for _ in range(2):
            act(actor_id=john, post_id=post_id)
            assert watched(community, "john", post_id) is expected
            assert not watched(community, "susan", post_id)


def test_who_watches_a_post_that_is_hidden_since_may_stop(community):
    susan, john = community.join("susan"), community.join("john")
    mary, eve = community.join("mary", role=Role.MODERATOR), community.join("eve")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.watching.watch(actor_id=john, post_id=post_id)
    community.moderation.hide_post(actor_id=mary, post_id=post_id, reason="rude")

    for act in (community.watching.watch, community.watching.unwatch):
        with pytest.raises(NotFound):
            act(actor_id=eve, post_id=post_id)
    community.watching.unwatch(actor_id=john, post_id=post_id)

    community.moderation.restore_post(actor_id=mary, post_id=post_id)
    assert not watched(community, "john", post_id)


def test_who_is_not_confirmed_watches_nothing(community):
    post_id = community.posts.publish(actor_id=community.join("susan"), title="", body="Soup.")
    community.register("ulla")

    for act in (community.watching.watch, community.watching.unwatch):
        for id in (post_id, 1):
            with pytest.raises(Forbidden):
                act(actor_id=community.reader("ulla").id, post_id=id)
