"""Posts: who may write, edit and delete what, and what then is to be read."""

import pytest

from application.ports.paging import Window
from domain.errors import Changed, Forbidden, Invalid, NotFound, TooOften
from domain.once import OnceKey
from domain.roles import Role

ALL = Window(100)


def publish(community, actor_id: int, body: str = "Some words.", **more) -> int:
    return community.posts.publish(actor_id=actor_id, title="", body=body, **more)


def test_a_post_is_shown_as_it_was_written_and_rendered(community):
    susan = community.join("susan")
    post_id = community.posts.publish(actor_id=susan, title="A walk", body="It was *cold*.\r\nVery.")
    post = community.post_feeds.post(None, post_id)
    assert (post.title, post.body, post.version) == ("A walk", "It was *cold*.\nVery.", 1)
    assert "<em>cold</em>" in post.body_html
    assert post.author.username == "susan"
    assert post.created_at == community.time
    assert community.people_feeds.profile(None, "susan").post_count == 1


def test_posts_are_listed_newest_first(community):
    susan = community.join("susan")
    ids = [publish(community, susan) for _ in range(3)]
    assert [card.id for card in community.post_feeds.latest(None, ALL).items] == ids[::-1]


@pytest.mark.parametrize("body", ["", "   \n ", "\u200b\u200b"])
def test_a_post_needs_a_text(community, body):
    with pytest.raises(Invalid):
        publish(community, community.join("susan"), body)


SHOWS_NOTHING = ["#", "&nbsp;", "&#8203;\n\n&#xa0;", "[a]: /b", "```\n```", ">", "[^1]: [^1]"]


@pytest.mark.parametrize("body", SHOWS_NOTHING)
def test_a_text_that_shows_nothing_is_empty(community, body):
    susan = community.join("susan")
    post_id = publish(community, susan)
    for refused in (
        lambda: publish(community, susan, body),
        lambda: community.posts.edit(actor_id=susan, post_id=post_id, body=body),
        lambda: community.posts.preview(reader=community.reader("susan"), body=body),
    ):
        with pytest.raises(Invalid) as found:
            refused()
        assert [(problem.field, problem.code) for problem in found.value.problems] == [("body", "required")]
    assert [card.id for card in community.post_feeds.latest(None, ALL).items] == [post_id]
    assert community.post_feeds.post(None, post_id).version == 1


@pytest.mark.parametrize("body", ["***", "# .", "- [ ]  x", "![](/picture.png)", "&amp;"])
def test_a_text_that_shows_something_is_published(community, body):
    assert community.post_feeds.post(None, publish(community, community.join("susan"), body)).body_html


def test_a_post_has_limits(community):
    susan = community.join("susan")
    with pytest.raises(Invalid):
        publish(community, susan, "x" * 50_001)
    with pytest.raises(Invalid):
        community.posts.publish(actor_id=susan, title="x" * 201, body="words")
    publish(community, susan, "x" * 50_000)


def test_a_missing_permission_is_reported_before_errors_of_the_text(community):
    community.register("susan")
    with pytest.raises(Forbidden):
        publish(community, community.reader("susan").id, "")


def test_w27_publishing_twice_under_one_key_makes_one_post(community):
    susan = community.join("susan")
    first = publish(community, susan, once=OnceKey(key="k", digest="d"))
    assert publish(community, susan, once=OnceKey(key="k", digest="d")) == first
    assert len(community.post_feeds.latest(None, ALL).items) == 1
    with pytest.raises(Invalid):
        publish(community, susan, "other words", once=OnceKey(key="k", digest="e"))
    assert community.people_feeds.profile(None, "susan").post_count == 1


def test_a_key_belongs_to_its_owner(community):
    susan, john = community.join("susan"), community.join("john")
    key = OnceKey(key="k", digest="d")
    assert publish(community, susan, once=key) != publish(community, john, once=key)


def test_w11_posts_are_limited(community):
    susan = community.join("susan")
    for _ in range(10):
        publish(community, susan)
    with pytest.raises(TooOften):
        publish(community, susan)


def test_an_edited_post_is_marked_as_edited(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    community.pass_time(hours=1)
    community.posts.edit(actor_id=susan, post_id=post_id, title="Now titled", body="Better words.", version=1)
    post = community.post_feeds.post(None, post_id)
    assert (post.title, post.body, post.version, post.edited_at) == ("Now titled", "Better words.", 2, community.time)
    assert "Better words" in post.body_html


def test_w28_an_edit_of_an_older_version_is_refused(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    community.posts.edit(actor_id=susan, post_id=post_id, title="", body="first", version=1)
    with pytest.raises(Changed):
        community.posts.edit(actor_id=susan, post_id=post_id, title="", body="second", version=1)
    assert community.post_feeds.post(None, post_id).body == "first"


def test_w26_an_empty_edit_does_not_wipe_a_post(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    with pytest.raises(Invalid):
        community.posts.edit(actor_id=susan, post_id=post_id, title="", body="", version=1)
    assert community.post_feeds.post(None, post_id).body == "Some words."


def test_only_the_author_and_administrators_change_a_post(community):
    susan, john = community.join("susan"), community.join("john")
    moderator = community.join("mod", Role.MODERATOR)
    administrator = community.join("boss", Role.ADMINISTRATOR)
    post_id = publish(community, susan)
    for stranger in (john, moderator):
        with pytest.raises(Forbidden):
            community.posts.edit(actor_id=stranger, post_id=post_id, title="", body="", version=1)
        with pytest.raises(Forbidden):
            community.posts.delete(actor_id=stranger, post_id=post_id)
        with pytest.raises(Forbidden):
            community.posts.editable(actor_id=stranger, post_id=post_id)
    community.posts.edit(actor_id=administrator, post_id=post_id, title="", body="kinder words", version=1)
    community.posts.delete(actor_id=administrator, post_id=post_id)
    with pytest.raises(NotFound):
        community.post_feeds.post(None, post_id)


def test_deleting_a_post_deletes_its_comments_and_updates_all_counters(community):
    susan, john = community.join("susan"), community.join("john")
    post_id = publish(community, susan)
    for _ in range(2):
        community.comments.write(actor_id=john, post_id=post_id, body="Indeed.")
    comment = community.comments.write(actor_id=susan, post_id=post_id, body="Thanks.")
    community.posts.delete(actor_id=susan, post_id=post_id)
    assert community.people_feeds.profile(None, "susan").post_count == 0
    assert community.people_feeds.profile(None, "susan").comment_count == 0
    assert community.people_feeds.profile(None, "john").comment_count == 0
    with pytest.raises(NotFound):
        community.comment_feeds.comment(None, comment)


def test_a_disabled_author_cannot_act_and_their_posts_stay(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    community.members.set_standing(username="susan", disabled=True)
    with pytest.raises((Forbidden, NotFound)):
        publish(community, susan)
    with pytest.raises(Forbidden):
        community.posts.edit(actor_id=susan, post_id=post_id, title="", body="x", version=1)
    assert community.post_feeds.post(None, post_id).author.username == "susan"


def test_a_preview_publishes_nothing(community):
    community.join("susan")
    assert "<strong>loud</strong>" in community.posts.preview(reader=community.reader("susan"), body="**loud**")
    assert not community.post_feeds.latest(None, ALL).items
