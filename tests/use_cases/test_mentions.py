"""Mentions become links when a text is written, edited, previewed or rendered anew."""

import pytest

from domain.roles import Role
from tests.use_cases.conftest import PASSWORD

LINK = '<a href="/@john">@john</a>'


@pytest.fixture
def scene(community):
    community.susan, community.john = community.join("susan"), community.join("john")
    return community


def publish(scene, body="Soup for @john."):
    return scene.posts.publish(actor_id=scene.susan, title="", body=body)


def html_of(scene, post_id):
    return scene.post_feeds.post(None, post_id).body_html


def test_a_post_links_the_members_whom_it_mentions(scene):
    post_id = publish(scene, "Soup for @john and @nobody.")

    assert html_of(scene, post_id) == f"<p>Soup for {LINK} and @nobody.</p>"
    scene.posts.edit(actor_id=scene.susan, post_id=post_id, body="Bread for @John.")
    assert html_of(scene, post_id) == '<p>Bread for <a href="/@John">@John</a>.</p>'


def test_a_comment_links_the_members_whom_it_mentions(scene):
    post_id = publish(scene)
    comment_id = scene.comments.write(actor_id=scene.susan, post_id=post_id, body="@john?")

    assert scene.comment_feeds.comment(None, comment_id).body_html == f"<p>{LINK}?</p>"
    scene.comments.edit(actor_id=scene.susan, comment_id=comment_id, body="@john!")
    assert scene.comment_feeds.comment(None, comment_id).body_html == f"<p>{LINK}!</p>"


def test_previews_show_the_links(scene):
    susan = scene.reader("susan")

    assert scene.posts.preview(reader=susan, body="@john") == f"<p>{LINK}</p>"
    assert scene.comments.preview(reader=susan, body="@john") == f"<p>{LINK}</p>"


def test_a_former_username_is_a_link_too(scene):
    scene.pass_time(days=31)
    scene.members.edit_profile(actor_id=scene.john, username="jonas", password=PASSWORD)

    assert html_of(scene, publish(scene, "@john, @jonas")) == f'<p>{LINK}, <a href="/@jonas">@jonas</a></p>'


@pytest.mark.parametrize("who", ["susan", "john"])
def test_who_blocks_the_author_or_is_blocked_is_not_mentioned(scene, who):
    scene.muting.block(actor_id=getattr(scene, who), username="john" if who == "susan" else "susan")

    assert html_of(scene, publish(scene)) == "<p>Soup for @john.</p>"


def test_blocks_of_the_author_count_whoever_edits(scene):
    ada = scene.join("ada", Role.ADMINISTRATOR)
    scene.muting.block(actor_id=scene.john, username="susan")
    post_id = publish(scene)

    scene.posts.edit(actor_id=ada, post_id=post_id, body="Bread for @john.")

    assert html_of(scene, post_id) == "<p>Bread for @john.</p>"


def test_texts_that_are_rendered_anew_link_who_is_there_now(scene):
    post_id = publish(scene, "@late")
    comment_id = scene.comments.write(actor_id=scene.susan, post_id=post_id, body="@late")
    scene.join("late")

    scene.rerendering.ask(everything=True)
    scene.deliver()

    assert html_of(scene, post_id) == '<p><a href="/@late">@late</a></p>'
    assert scene.comment_feeds.comment(None, comment_id).body_html == '<p><a href="/@late">@late</a></p>'
