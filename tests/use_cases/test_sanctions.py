"""Sanctions: who may decide them, what they take away, and that they end to the minute."""

from datetime import timedelta

import pytest

from application.ports.paging import Window
from domain.errors import BadCredentials, Conflict, Forbidden, Invalid, NotFound
from domain.moderation import Act
from domain.roles import UNTIL_LIFTED, Permission, Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan with a post and a comment, and mod, who moderates. Nothing waits in the outbox."""
    community.susan, community.john = community.join("susan"), community.join("john")
    community.mod, community.boss = community.join("mod", Role.MODERATOR), community.join("boss", Role.ADMINISTRATOR)
    community.post = community.posts.publish(actor_id=community.susan, title="", body="Words.")
    community.comment = community.comments.write(actor_id=community.susan, post_id=community.post, body="Rude words.")
    return community


def sanction(scene, act="silence", *, days="7", actor="mod", username="susan", reason="Rude.", rule="2") -> int:
    return scene.sanctions.sanction(
        actor_id=getattr(scene, actor) if actor else None,
        username=username,
        act=act,
        days=days,
        reason=reason,
        rule=rule,
    )


def acts(scene) -> list[Act]:
    page = scene.moderation.log(reader=scene.reader("mod"), window=ALL).page
    return [entry.act for entry in page.items if entry.act is not Act.ROLE]


SPEECH = {
    "publish": lambda scene: scene.posts.publish(actor_id=scene.susan, title="", body="More."),
    "edit a post": lambda scene: scene.posts.edit(actor_id=scene.susan, post_id=scene.post, body="Other words."),
    "comment": lambda scene: scene.comments.write(actor_id=scene.susan, post_id=scene.post, body="More."),
    "edit a comment": lambda scene: scene.comments.edit(
        actor_id=scene.susan, comment_id=scene.comment, body="Kind words."
    ),
    "follow": lambda scene: scene.following.follow(actor_id=scene.susan, username="john"),
    "preview a post": lambda scene: scene.posts.preview(reader=scene.reader("susan"), body="More."),
    "preview a comment": lambda scene: scene.comments.preview(reader=scene.reader("susan"), body="More."),
    "describe oneself": lambda scene: scene.members.edit_profile(actor_id=scene.susan, about_me="I am rude."),
    "choose a username": lambda scene: scene.members.edit_profile(
        actor_id=scene.susan, username="sue", password="a horse, a battery"
    ),
}


@pytest.mark.parametrize("act", SPEECH)
def test_a_silenced_member_says_nothing_until_the_minute(scene, act):
    sanction(scene)
    until = scene.time + timedelta(days=7)

    for time in (scene.time, until - timedelta(seconds=1)):
        scene.time = time
        with pytest.raises(Forbidden) as refused:
            SPEECH[act](scene)
        assert (refused.value.code, refused.value.until) == ("silenced", until)

    scene.time = until
    SPEECH[act](scene)


def test_nothing_is_rendered_for_a_silenced_member(scene):
    sanction(scene)
    rendered = []
    scene.renderer.post = lambda body, **_: rendered.append(body)

    with pytest.raises(Forbidden):
        SPEECH["publish"](scene)

    assert rendered == []


def test_a_silenced_member_deletes_unfollows_and_leaves(scene):
    scene.following.follow(actor_id=scene.susan, username="john")
    sanction(scene)

    scene.following.unfollow(actor_id=scene.susan, username="john")
    scene.comments.delete(actor_id=scene.susan, comment_id=scene.comment)
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    scene.members.edit_profile(actor_id=scene.susan, theme="dark", name="", location="", about_me="")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="delete")

    with pytest.raises(NotFound):
        scene.people_feeds.profile(None, "susan")


def test_a_silenced_moderator_does_not_moderate_and_a_silenced_administrator_cannot_be(scene):
    sanction(scene, actor="boss", username="mod")

    with pytest.raises(Forbidden) as refused:
        scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason="Rude.")
    assert refused.value.code == "silenced"
    assert not scene.reader("mod").can(Permission.MODERATE)
    assert not scene.comment_feeds.comment(None, scene.comment).hidden


def test_a_suspension_ends_every_session_and_token_in_its_commit(scene):
    secret = scene.sign_in("susan")
    reader = scene.credentials.check(client="x", email="susan@example.com", password="a horse, a battery").reader
    token = scene.credentials.issue_token(reader=reader)

    sanction(scene, "suspend")

    assert scene.viewer(secret) is None
    with pytest.raises(BadCredentials):
        scene.credentials.check_token(token=token)


def test_a_suspended_member_signs_in_and_may_do_nothing_but_appeal_and_leave(scene):
    sanction(scene, "suspend")
    until = scene.time + timedelta(days=7)
    viewer = scene.viewer(scene.sign_in("susan"))

    assert viewer.suspended_until == until
    for act in (*SPEECH.values(), lambda scene: scene.posts.delete(actor_id=scene.susan, post_id=scene.post)):
        with pytest.raises(Forbidden) as refused:
            act(scene)
        assert (refused.value.code, refused.value.until) == ("suspended", until)
    with pytest.raises(Forbidden):
        scene.addresses.request_change(actor_id=scene.susan, email="x@example.com", password="a horse, a battery")
    with pytest.raises(Forbidden):
        scene.passwords.change(
            actor_id=scene.susan,
            session_id=viewer.session_id,
            old_password="a horse, a battery",
            password="another horse",
        )
    scene.members.edit_profile(actor_id=scene.susan, theme="dark")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="delete")


def test_a_suspension_that_ran_out_needs_nobodys_act(scene):
    sanction(scene, "suspend", days="1")
    secret = scene.sign_in("susan")
    scene.pass_time(days=1, seconds=-1)
    secret = scene.sign_in("susan")
    assert scene.viewer(secret).suspended_until is not None

    scene.pass_time(seconds=1)

    assert scene.viewer(secret).suspended_until is None
    SPEECH["publish"](scene)


def test_without_days_it_holds_until_it_is_lifted(scene):
    sanction(scene, days="")
    scene.pass_time(days=3_000)
    with pytest.raises(Forbidden) as refused:
        SPEECH["publish"](scene)
    assert (refused.value.code, refused.value.until) == ("silenced", None)
    assert scene.reader("susan").silenced_until == UNTIL_LIFTED

    scene.sanctions.lift(actor_id=scene.mod, username="susan", reason="Enough.")

    SPEECH["publish"](scene)
    assert acts(scene) == [Act.LIFT, Act.SILENCE]


def test_the_longest_of_several_sanctions_holds_and_lifting_one_leaves_the_others(scene):
    short, long = sanction(scene, days="1"), sanction(scene, days="9")
    assert scene.reader("susan").silenced_until == scene.time + timedelta(days=9)

    scene.sanctions.lift_one(actor_id=scene.mod, sanction_id=long)

    assert scene.reader("susan").silenced_until == scene.time + timedelta(days=1)
    scene.sanctions.lift_one(actor_id=scene.mod, sanction_id=short, reason="Enough.")
    assert scene.reader("susan").silenced_until is None
    scene.sanctions.lift_one(actor_id=scene.mod, sanction_id=short)
    assert acts(scene) == [Act.LIFT, Act.LIFT, Act.SILENCE, Act.SILENCE]


def test_a_warning_takes_nothing_away(scene):
    sanction(scene, "warn", days="7")

    SPEECH["publish"](scene)
    with pytest.raises(Conflict) as refused:
        scene.sanctions.lift(actor_id=scene.mod, username="susan", reason="x")
    assert refused.value.code == "not_sanctioned"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"act": "ban"}, ["act"]),
        ({"act": ""}, ["act"]),
        ({"days": "0"}, ["days"]),
        ({"days": "366"}, ["days"]),
        ({"days": "-1"}, ["days"]),
        ({"days": "1.5"}, ["days"]),
        ({"days": "٣"}, ["days"]),
        ({"rule": "many"}, ["rule"]),
        ({"reason": " "}, ["reason"]),
        ({"reason": "x" * 501}, ["reason"]),
        ({"act": "?", "days": "x", "rule": "?", "reason": ""}, ["act", "days", "rule", "reason"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_stored(scene, values, fields):
    with pytest.raises(Invalid) as refused:
        sanction(scene, **({"act": "silence"} | values))

    assert [problem.field for problem in refused.value.problems] == fields
    assert acts(scene) == []


@pytest.mark.parametrize(
    ("actor", "username"),
    [("mod", "mod"), ("mod", "boss"), ("boss", "boss"), ("john", "susan"), (None, "boss"), ("mod", "other")],
)
def test_moderators_sanction_users_administrators_moderators_and_nobody_an_administrator(scene, actor, username):
    scene.join("other", Role.MODERATOR)

    with pytest.raises(Forbidden):
        sanction(scene, actor=actor, username=username)

    assert acts(scene) == []


def test_an_administrator_and_the_command_line_sanction_a_moderator(scene):
    sanction(scene, actor="boss", username="mod")
    sanction(scene, actor=None, username="mod")


def test_a_moderator_does_not_lift_what_holds_for_a_moderator(scene):
    scene.other = scene.join("other", Role.MODERATOR)
    sanction_id = sanction(scene, actor="boss", username="mod")

    for act in (
        lambda: scene.sanctions.lift(actor_id=scene.other, username="mod", reason="x"),
        lambda: scene.sanctions.lift_one(actor_id=scene.other, sanction_id=sanction_id),
        lambda: scene.sanctions.lift(actor_id=scene.mod, username="mod", reason="x"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_sanctioned_member_does_not_become_an_administrator(scene):
    sanction(scene, days="1")

    with pytest.raises(Invalid) as refused:
        scene.members.set_standing(username="susan", role=Role.ADMINISTRATOR)

    assert refused.value.problems[0].code == "sanctioned"
    scene.pass_time(days=1)
    scene.members.set_standing(username="susan", role=Role.ADMINISTRATOR)


def test_the_answer_does_not_reveal_whether_a_member_exists(scene):
    for username in ("susan", "nobody"):
        with pytest.raises(Forbidden):
            sanction(scene, actor="john", username=username)
        with pytest.raises(Forbidden):
            scene.persons.look(reader=scene.reader("john"), username=username, window=ALL)
    with pytest.raises(NotFound):
        sanction(scene, username="nobody")


def test_moderators_see_what_holds_and_the_whole_record(scene):
    ended, present = sanction(scene, days="1"), sanction(scene, days="9")
    scene.pass_time(days=2)

    found = scene.persons.look(reader=scene.reader("mod"), username="susan", window=ALL)

    assert [card.id for card in found.standing.present] == [present]
    assert [card.id for card in found.record.items] == [present, ended]
    listed = scene.sanctions.of_person(reader=scene.reader("mod"), username="SUSAN", window=Window(1))
    assert ([card.id for card in listed.page.items], listed.count) == ([present], 2)


def test_the_end_of_a_sanction_is_told_once_and_nothing_depends_on_it(scene):
    sanction(scene, days="1")
    lifted = sanction(scene, "suspend", days="1")
    sanction(scene, "warn")
    scene.sanctions.lift_one(actor_id=scene.mod, sanction_id=lifted)
    scene.deliver()
    sent = len(scene.postbox.letters)
    scene.sanctions.look()
    scene.deliver()
    assert len(scene.postbox.letters) == sent

    scene.pass_time(days=1)
    for _ in range(2):
        scene.sanctions.look()
        scene.deliver()

    (letter,) = scene.postbox.letters[sent:]
    assert letter.to == "susan@example.com"
    assert "Your silence at Chapbook has ended" in letter.text


def test_the_end_of_a_sanction_is_not_told_while_another_one_goes_on(scene):
    sanction(scene, days="1")
    sanction(scene, days="2")
    scene.deliver()
    sent = len(scene.postbox.letters)
    scene.pass_time(days=1)
    scene.sanctions.look()
    scene.deliver()
    assert len(scene.postbox.letters) == sent

    scene.pass_time(days=1)
    scene.sanctions.look()
    scene.deliver()
    assert len(scene.postbox.letters) == sent + 1
