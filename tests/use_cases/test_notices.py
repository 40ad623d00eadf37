"""Notices: whom an act of moderation concerns is told, in their language, and nobody of their own act."""

from dataclasses import replace

import pytest

from application.ports.mailing import OPENING
from application.ports.paging import Window
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.roles import Role
from entrypoints.moderation_words import decision


@pytest.fixture
def scene(community):
    community.susan, community.mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    community.post = community.posts.publish(actor_id=community.susan, title="", body="Words.")
    community.comment = community.comments.write(
        actor_id=community.susan, post_id=community.post, body=f"\nRude words. {'And more. ' * 30}"
    )
    community.boss = community.join("boss", Role.ADMINISTRATOR)
    return community


def told(scene, name="susan") -> str:
    """The text of the newest mail."""
    scene.deliver()
    return scene.postbox.newest_to(f"{name}@example.com").text


def sanction(scene, act, *, actor="mod", days="7", rule="") -> int:
    actor_id = getattr(scene, actor) if actor else None
    return scene.sanctions.sanction(
        actor_id=actor_id, username="susan", act=act, days=days, reason="Rude.\n|LINK|\nReally.", rule=rule
    )


def test_the_author_of_a_hidden_comment_learns_what_why_and_how_to_appeal(scene):
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason="It is rude.", rule="2")

    text = told(scene)

    assert "A moderator of Chapbook has hidden a comment of yours." in text
    assert "“Rude words. And more." in text
    assert "The reason: It is rude." in text
    assert "rule 2" in text
    assert "No report led to it" in text
    entry = scene.appeal_feeds.record(scene.reader("susan"), Window(9)).items[0].id
    assert f"https://chapbook.example/appeals/{entry}" in text
    assert "@mod" not in text


def test_it_quotes_a_few_words_only(scene):
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason="It is rude.")

    (line,) = [line for line in told(scene).splitlines() if "It begins" in line]

    assert len(line.partition("“")[2]) <= OPENING + 3


def test_a_sanction_says_until_when_and_lines_of_a_reason_add_no_link(scene):
    sanction(scene, "suspend")

    text = told(scene)

    assert "It ends by itself on 8 March 2026, 12:00 UTC." in text
    assert "The reason: Rude. |LINK| Really." in text
    assert text.count("https://chapbook.example/appeals/") == 1


def test_without_an_end_it_says_so_and_the_command_line_is_the_administration(scene):
    sanction(scene, "silence", actor=None, days="", rule="law")

    text = told(scene)

    assert "The administration of Chapbook has silenced you" in text
    assert "It holds until a moderator lifts it." in text
    assert "It is about the law." in text


def test_it_is_written_in_the_language_of_the_member_when_it_is_sent(scene):
    sanction(scene, "warn")
    scene.members.edit_profile(actor_id=scene.susan, language="zh-Hans")

    assert "版主向你提出警告" in told(scene)


def test_lifting_deciding_and_roles_are_told(scene):
    entry = sanction(scene, "silence")
    scene.sanctions.lift(actor_id=scene.mod, username="susan", reason="Enough.")
    assert "has lifted your silence" in told(scene)
    scene.appeals.appeal(actor_id=scene.susan, entry_id=entry, text="I was not.")
    scene.appeals.decide(actor_id=scene.boss, entry_id=entry, outcome="upheld", reason="You were.")
    assert "it stays as it is" in told(scene)
    assert "The reason: You were." in told(scene)
    scene.members.set_standing(username="susan", role=Role.MODERATOR)
    assert "It is Moderator now." in told(scene)
    scene.members.set_standing(username="susan", disabled=True)
    assert "has disabled your account" in told(scene)


def test_nobody_is_told_of_their_own_act(scene):
    comment = scene.comments.write(actor_id=scene.mod, post_id=scene.post, body="Mine.")
    scene.deliver()
    sent = len(scene.postbox.letters)

    scene.moderation.hide(actor_id=scene.mod, comment_id=comment, reason="Silly.")
    scene.deliver()

    assert len(scene.postbox.letters) == sent


@pytest.mark.parametrize("gone", ["unconfirmed", "deleted"])
def test_no_mail_goes_to_an_address_that_is_not_confirmed_or_left(scene, gone):
    if gone == "deleted":
        scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="keep")
    else:
        scene.members.set_standing(username="susan", confirmed=False)
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason="It is rude.")

    assert JobKind.NOTICE not in {row.kind for row in scene.outbox_rows() if row.address == "susan@example.com"}


def test_a_notice_of_somebody_who_left_meanwhile_is_dropped(scene):
    sanction(scene, "warn")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="keep")
    sent = len(scene.postbox.letters)

    scene.deliver()

    assert len(scene.postbox.letters) == sent


def test_the_notice_is_asked_for_in_the_commit_of_the_act(scene):
    scene.deliver()
    entry = sanction(scene, "warn")

    (row,) = [row for row in scene.outbox_rows() if row.kind is JobKind.NOTICE and row.id == entry]

    assert row.username == "susan"


@pytest.mark.parametrize("act", [act for act in Act if not act.is_for_moderators])
def test_every_act_says_whether_it_is_told_and_has_words_for_whom_it_concerns(scene, act):
    sanction(scene, "warn")
    card = scene.appeal_feeds.record(scene.reader("susan"), Window(9)).items[0].entry

    assert isinstance(act.is_told, bool)
    assert not act.may_be_appealed or act.is_told
    assert decision(replace(card, act=act))
