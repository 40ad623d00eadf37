"""Answers to comments."""

import json

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, Invalid
from domain.roles import Role

ALL = Window(100)


def write(community, actor_id, post_id, reply_to=None):
    return community.comments.write(actor_id=actor_id, post_id=post_id, body="Words.", reply_to=reply_to)


@pytest.fixture
def scene(community):
    community.susan, community.john = community.join("susan"), community.join("john")
    community.post_id = community.posts.publish(actor_id=community.susan, title="", body="Soup.")
    community.comment_id = write(community, community.susan, community.post_id)
    return community


def test_a_comment_answers_another_one_below_its_post(scene):
    answer_id = write(scene, scene.john, scene.post_id, scene.comment_id)

    first, second = scene.comment_feeds.thread(None, scene.post_id, ALL).comments.items
    assert (second.id, second.reply_to, second.answered.username) == (answer_id, scene.comment_id, "susan")
    assert [answer.id for answer in first.answers] == [answer_id]


def test_an_edit_keeps_what_a_comment_answers(scene):
    answer_id = write(scene, scene.john, scene.post_id, scene.comment_id)

    scene.comments.edit(actor_id=scene.john, comment_id=answer_id, body="Other words.")

    assert scene.comment_feeds.comment(None, answer_id).reply_to == scene.comment_id


def test_what_is_not_there_below_this_post_cannot_be_answered(scene):
    other = scene.posts.publish(actor_id=scene.susan, title="", body="Bread.")
    elsewhere = write(scene, scene.susan, other)
    deleted, hidden = (write(scene, scene.susan, scene.post_id) for _ in range(2))
    scene.comments.delete(actor_id=scene.susan, comment_id=deleted)
    scene.moderation.hide(actor_id=scene.join("mary", Role.MODERATOR), comment_id=hidden, reason="Rude.")

    for reply_to in (elsewhere, deleted, hidden, 7):
        with pytest.raises(Invalid) as refused:
            write(scene, scene.john, scene.post_id, reply_to)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("reply_to", "not_answerable")]
    assert scene.post_feeds.post(None, scene.post_id).comment_count == 2


@pytest.mark.parametrize("who", ["susan", "john"])
def test_a_block_refuses_an_answer_as_it_refuses_a_comment(scene, who):
    david = scene.join("david")
    post_id = scene.posts.publish(actor_id=david, title="", body="Bread.")
    comment_id = write(scene, scene.susan, post_id)
    scene.muting.block(actor_id=getattr(scene, who), username="john" if who == "susan" else "susan")

    with pytest.raises(Forbidden) as refused:
        write(scene, scene.john, post_id, comment_id)

    assert refused.value.code == "no_comments"
    write(scene, scene.john, post_id)


def test_a_comment_that_is_deleted_while_its_answer_is_rendered_gets_none(scene):
    render = scene.renderer.comment

    def render_slowly(body, **values):
        scene.comments.delete(actor_id=scene.susan, comment_id=scene.comment_id)
        return render(body, **values)

    scene.renderer.comment = render_slowly
    with pytest.raises(Invalid):
        write(scene, scene.john, scene.post_id, scene.comment_id)

    assert scene.post_feeds.post(None, scene.post_id).comment_count == 0


def test_an_answer_stays_when_what_it_answers_is_purged(scene):
    answer_id = write(scene, scene.john, scene.post_id, scene.comment_id)
    scene.comments.delete(actor_id=scene.susan, comment_id=scene.comment_id)
    scene.pass_time(days=31)
    scene.deleting.look()
    scene.deliver()

    (answer,) = scene.comment_feeds.thread(None, scene.post_id, ALL).comments.items
    assert (answer.id, answer.reply_to, answer.answered_gone) == (answer_id, scene.comment_id, True)


def test_ones_own_data_say_what_one_answered(scene):
    answer_id = write(scene, scene.john, scene.post_id, scene.comment_id)

    files = dict(scene.leaving.export(reader=scene.viewer(scene.sign_in("john"))))

    (answer,) = map(json.loads, files["comments.jsonl"])
    assert (answer["id"], answer["reply_to"]) == (answer_id, scene.comment_id)
    assert "answers" not in answer
