"""Hiding and restoring comments, fairly and on the record."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound
from domain.moderation import Act, SubjectKind
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan's post, John's comment, and a moderator."""
    susan, john = community.join("susan"), community.join("john")
    community.mod = community.join("mod", Role.MODERATOR)
    community.john = john
    community.post = community.posts.publish(actor_id=susan, title="", body="Words.")
    community.comment = community.comments.write(actor_id=john, post_id=community.post, body="Rude words.")
    return community


def hide(scene, reason="It is rude.") -> None:
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason=reason)


def seen_by(scene, name: str | None):
    reader = scene.reader(name) if name else None
    return scene.comment_feeds.comment(reader, scene.comment)


def acts_on_texts(scene):
    """Newest first. The moderator's role is an act too."""
    log = scene.moderation.log(reader=scene.reader("mod"), window=ALL)
    return [entry for entry in log.page.items if entry.subject_kind is not SubjectKind.PERSON]


def test_only_moderators_read_a_hidden_text(scene):
    hide(scene)
    for name in (None, "susan", "john"):
        card = seen_by(scene, name)
        assert card.hidden
        assert card.body is None
        assert card.body_html is None
    assert seen_by(scene, "mod").body == "Rude words."


def test_the_author_and_moderators_see_the_reason(scene):
    hide(scene)
    assert [seen_by(scene, name).hidden_reason for name in (None, "susan", "john", "mod")] == [
        None,
        None,
        "It is rude.",
        "It is rude.",
    ]


def test_w24_the_log_has_every_act_with_actor_reason_and_text(scene):
    hide(scene)
    scene.moderation.restore(actor_id=scene.mod, comment_id=scene.comment, reason="They made up.")
    log = acts_on_texts(scene)
    assert [(entry.act, entry.reason, entry.actor.username, entry.about.username) for entry in log] == [
        (Act.RESTORE, "They made up.", "mod", "john"),
        (Act.HIDE, "It is rude.", "mod", "john"),
    ]
    assert {entry.text for entry in log} == {"Rude words."}


def test_the_log_outlives_the_post(scene):
    hide(scene)
    scene.posts.delete(actor_id=scene.post_feeds.post(None, scene.post).author_id, post_id=scene.post)
    assert [entry.text for entry in acts_on_texts(scene)] == ["Rude words."]


def test_hiding_a_hidden_comment_updates_the_reason(scene):
    hide(scene)
    hide(scene, "It is rude, and off topic.")
    assert seen_by(scene, "mod").hidden_reason == "It is rude, and off topic."


def test_restoring_a_visible_comment_does_nothing(scene):
    scene.moderation.restore(actor_id=scene.mod, comment_id=scene.comment)
    assert not acts_on_texts(scene)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\0b"])
def test_a_reason_is_required_and_short(scene, reason):
    with pytest.raises(Invalid):
        hide(scene, reason)
    assert not seen_by(scene, None).hidden


def test_a_hidden_comment_cannot_be_edited_but_its_author_may_delete_it(scene):
    hide(scene)
    with pytest.raises(Forbidden) as refused:
        scene.comments.edit(actor_id=scene.john, comment_id=scene.comment, body="Kind words.", version=2)
    assert refused.value.code == "hidden"
    scene.comments.delete(actor_id=scene.john, comment_id=scene.comment)
    with pytest.raises(NotFound):
        seen_by(scene, "mod")


def test_only_moderators_moderate(scene):
    for act in (scene.moderation.hide, scene.moderation.restore):
        with pytest.raises(Forbidden):
            act(actor_id=scene.john, comment_id=scene.comment, reason="")
    for listed in (scene.moderation.comments, scene.moderation.log):
        with pytest.raises(Forbidden):
            listed(reader=scene.reader("john"), window=ALL)


def test_the_queue_shows_all_comments_with_their_texts(scene):
    hide(scene)
    assert [card.body for card in scene.moderation.comments(reader=scene.reader("mod"), window=ALL).items] == [
        "Rude words."
    ]


def test_hiding_a_missing_comment_is_not_found(scene):
    with pytest.raises(NotFound):
        scene.moderation.hide(actor_id=scene.mod, comment_id=7, reason="")
