"""Appeals: once, in time, decided by somebody else where there is one, and undone exactly."""

import json
from datetime import timedelta

import pytest

from application.ports.paging import Window
from domain.appeals import WITHIN, Verdict
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.moderation import Act
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan is silenced by mod, whose act other and boss may judge."""
    community.susan, community.john = community.join("susan"), community.join("john")
    community.mod, community.other = (community.join(name, Role.MODERATOR) for name in ("mod", "other"))
    community.boss = community.join("boss", Role.ADMINISTRATOR)
    community.entry = sanction(community)
    return community


def sanction(scene, act="silence", *, actor="mod", username="susan", days="7") -> int:
    return scene.sanctions.sanction(
        actor_id=getattr(scene, actor), username=username, act=act, days=days, reason="Rude."
    )


def appeal(scene, *, actor="susan", text="I was not.", entry=None) -> None:
    scene.appeals.appeal(actor_id=getattr(scene, actor), entry_id=entry or scene.entry, text=text)


def decide(scene, outcome="reversed", *, actor="other", reason="Fair.", entry=None) -> None:
    scene.appeals.decide(actor_id=getattr(scene, actor), entry_id=entry or scene.entry, outcome=outcome, reason=reason)


def record(scene, name="susan"):
    return scene.appeal_feeds.record(scene.reader(name), ALL).items


def test_a_reversed_silence_is_as_if_it_had_not_been(scene):
    appeal(scene)
    decide(scene)

    (card,) = record(scene)
    assert (card.reversed, card.lifted_at) == (True, scene.time)
    assert (card.appeal.verdict, card.appeal.reason, card.appeal.text) == (Verdict.REVERSED, "Fair.", "I was not.")
    scene.posts.publish(actor_id=scene.susan, title="", body="Words.")
    assert scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0].act is Act.REVERSE


def test_a_reversal_undoes_its_own_sanction_and_no_other(scene):
    sanction(scene, days="3")
    appeal(scene)
    decide(scene)

    assert scene.reader("susan").silenced_until == scene.time + timedelta(days=3)


def test_an_upheld_one_stays(scene):
    appeal(scene)
    decide(scene, "upheld")

    assert scene.reader("susan").silenced_until is not None
    (card,) = record(scene)
    assert (card.reversed, card.appeal.verdict) == (False, Verdict.UPHELD)


def test_reversing_a_sanction_that_was_lifted_before_keeps_when(scene):
    lifted_at = scene.time
    scene.sanctions.lift(actor_id=scene.mod, username="susan", reason="Enough.")
    scene.pass_time(days=1)
    appeal(scene)
    decide(scene)

    card = record(scene)[-1]
    assert (card.reversed, card.lifted_at) == (True, lifted_at)


def test_a_suspended_member_appeals_and_comes_back(scene):
    entry = sanction(scene, "suspend", days="")
    appeal(scene, entry=entry)
    decide(scene, entry=entry)

    assert scene.reader("susan").suspended_until is None


def test_an_appeal_is_made_once(scene):
    appeal(scene)

    with pytest.raises(Conflict) as refused:
        appeal(scene, text="Again!")

    assert refused.value.code == "appealed"


def test_an_appeal_is_made_within_six_months(scene):
    scene.pass_time(days=WITHIN.days)

    with pytest.raises(Conflict) as refused:
        appeal(scene)

    assert refused.value.code == "too_late_to_appeal"


def test_nobody_else_appeals_or_learns_that_there_is_anything(scene):
    for actor in ("john", "mod", "boss"):
        with pytest.raises(NotFound):
            appeal(scene, actor=actor)
    with pytest.raises(NotFound):
        scene.appeals.look(reader=scene.reader("john"), entry_id=scene.entry)
    with pytest.raises(NotFound):
        appeal(scene, entry=7)


@pytest.mark.parametrize("text", ["", " \n", "x" * 2_001, "a\0b"])
def test_an_appeal_says_something_and_is_short(scene, text):
    with pytest.raises(Invalid) as refused:
        appeal(scene, text=text)
    assert refused.value.problems[0].field == "text"
    assert record(scene)[0].appeal is None


def test_what_takes_nothing_away_cannot_be_appealed(scene):
    scene.sanctions.lift(actor_id=scene.mod, username="susan", reason="Enough.")

    with pytest.raises(Conflict) as refused:
        appeal(scene, entry=record(scene)[0].id)

    assert refused.value.code == "not_appealable"


@pytest.mark.parametrize("actor", ["mod", "susan", "john"])
def test_somebody_else_decides(scene, actor):
    appeal(scene)

    with pytest.raises(Forbidden):
        decide(scene, actor=actor)

    assert record(scene)[0].appeal.verdict is None


def test_the_only_moderator_decides_and_the_page_says_so(community):
    community.susan, community.mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    community.entry = sanction(community)
    appeal(community)

    case = community.appeals.look(reader=community.reader("mod"), entry_id=community.entry)

    assert (case.may_decide, case.alone) == (True, True)
    decide(community, actor="mod")


@pytest.mark.parametrize("away", ["disabled", "silenced", "suspended", "unconfirmed"])
def test_who_cannot_act_is_nobody_else(community, away):
    community.susan, community.mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    community.join("other", Role.MODERATOR)
    community.entry = sanction(community)
    appeal(community)
    with pytest.raises(Forbidden):
        decide(community, actor="mod")

    if away in ("silenced", "suspended"):
        act = "silence" if away == "silenced" else "suspend"
        community.sanctions.sanction(actor_id=None, username="other", act=act, days="1", reason="Away.")
    else:
        community.members.set_standing(username="other", disabled=away == "disabled", confirmed=away != "unconfirmed")

    decide(community, actor="mod")


def test_a_moderator_does_not_judge_what_an_administrator_did_to_a_moderator(scene):
    scene.second = scene.join("second", Role.ADMINISTRATOR)
    entry = sanction(scene, actor="boss", username="mod")
    appeal(scene, actor="mod", entry=entry)

    for actor in ("other", "boss"):
        with pytest.raises(Forbidden):
            decide(scene, actor=actor, entry=entry)
    decide(scene, actor="second", entry=entry)
    assert scene.reader("mod").silenced_until is None


def test_an_appeal_is_decided_once(scene):
    appeal(scene)
    decide(scene, "upheld")

    with pytest.raises(Conflict) as refused:
        decide(scene, actor="boss")

    assert refused.value.code == "appeal_upheld"
    assert scene.reader("susan").silenced_until is not None


def test_a_decision_says_which_and_why(scene):
    appeal(scene)

    with pytest.raises(Invalid) as refused:
        decide(scene, "maybe", reason="")

    assert [problem.field for problem in refused.value.problems] == ["outcome", "reason"]
    with pytest.raises(NotFound):
        decide(scene, entry=sanction(scene, "warn"))
    with pytest.raises(NotFound):
        decide(scene, entry=7)


def test_the_oldest_appeal_waits_first_and_goes_when_it_is_decided(scene):
    second = sanction(scene, "warn")
    appeal(scene, entry=second)
    scene.pass_time(seconds=1)
    appeal(scene)

    def waiting() -> list[int]:
        return [card.id for card in scene.appeals.waiting(reader=scene.reader("mod"), window=ALL).items]

    assert waiting() == [second, scene.entry]
    decide(scene, entry=second)
    assert waiting() == [scene.entry]
    with pytest.raises(Forbidden):
        scene.appeals.waiting(reader=scene.reader("susan"), window=ALL)


def test_the_record_names_no_moderator_and_has_no_act_of_ones_own(scene):
    assert [card.entry.actor for card in record(scene)] == [None]
    post = scene.posts.publish(actor_id=scene.mod, title="", body="Words.")
    comment = scene.comments.write(actor_id=scene.mod, post_id=post, body="Mine.")
    scene.moderation.hide(actor_id=scene.mod, comment_id=comment, reason="Silly.")

    assert [card.entry.act for card in record(scene, "mod")] == [Act.ROLE]


def test_a_reversed_hiding_shows_the_comment_again(scene):
    post = scene.posts.publish(actor_id=scene.john, title="", body="Words.")
    comment = scene.comments.write(actor_id=scene.john, post_id=post, body="Rude words.")
    scene.moderation.hide(actor_id=scene.mod, comment_id=comment, reason="Rude.")
    (card,) = record(scene, "john")
    assert card.entry.text == "Rude words."
    appeal(scene, actor="john", entry=card.id)

    decide(scene, entry=card.id)

    assert not scene.comment_feeds.comment(None, comment).hidden


def test_a_reversal_leaves_what_another_moderator_hid_since(scene):
    post = scene.posts.publish(actor_id=scene.john, title="", body="Words.")
    comment = scene.comments.write(actor_id=scene.john, post_id=post, body="Rude words.")
    scene.moderation.hide(actor_id=scene.mod, comment_id=comment, reason="Rude.")
    (card,) = record(scene, "john")
    appeal(scene, actor="john", entry=card.id)
    scene.moderation.hide(actor_id=scene.other, comment_id=comment, reason="And spam.")

    decide(scene, actor="boss", entry=card.id)

    assert scene.comment_feeds.comment(None, comment).hidden


def test_a_comment_that_is_gone_stays_gone(scene):
    post = scene.posts.publish(actor_id=scene.john, title="", body="Words.")
    comment = scene.comments.write(actor_id=scene.john, post_id=post, body="Rude words.")
    scene.moderation.hide(actor_id=scene.mod, comment_id=comment, reason="Rude.")
    (card,) = record(scene, "john")
    appeal(scene, actor="john", entry=card.id)
    scene.comments.delete(actor_id=scene.john, comment_id=comment)

    decide(scene, entry=card.id)

    assert record(scene, "john")[0].appeal.verdict is Verdict.REVERSED


def test_a_member_takes_the_record_home_and_what_they_said_goes_with_them(scene):
    appeal(scene)
    viewer = scene.viewer(scene.sign_in("susan"))

    files = {path: b"".join(parts) for path, parts in scene.leaving.export(reader=viewer)}

    (line,) = files["record.jsonl"].splitlines()
    found = json.loads(line)
    assert (found["act"], found["reason"], found["appeal"]["text"]) == ("silence", "Rude.", "I was not.")
    assert "mod" not in line.decode().replace("moderation", "")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="delete")
    (waiting,) = scene.appeals.waiting(reader=scene.reader("mod"), window=ALL).items
    assert waiting.appeal.text == ""


def hidden_post(scene) -> tuple[int, int]:
    """A hidden post of john, and the entry."""
    post = scene.posts.publish(actor_id=scene.john, title="On rudeness", body="Words.")
    scene.moderation.hide_post(actor_id=scene.mod, post_id=post, reason="Rude.")
    return post, record(scene, "john")[0].id


def test_a_reversed_hiding_lists_and_counts_the_post_again(scene):
    before = scene.people_feeds.profile(None, "john").post_count
    post, entry = hidden_post(scene)
    appeal(scene, actor="john", entry=entry)

    decide(scene, entry=entry)

    assert post in [card.id for card in scene.post_feeds.latest(None, ALL).items]
    assert scene.people_feeds.profile(None, "john").post_count == before + 1
    assert not scene.post_feeds.post(None, post).hidden


def test_a_hidden_post_that_its_author_deleted_stays_deleted(scene):
    post, entry = hidden_post(scene)
    appeal(scene, actor="john", entry=entry)
    scene.posts.delete(actor_id=scene.john, post_id=post)

    decide(scene, entry=entry)

    assert post not in [card.id for card in scene.post_feeds.latest(None, ALL).items]
    scene.deleting.undelete_post(actor_id=scene.john, post_id=post)
    assert not scene.post_feeds.post(None, post).hidden


@pytest.mark.parametrize("again", [False, True])
def test_a_reversed_deletion_brings_back_what_it_deleted(scene, again):
    post = scene.posts.publish(actor_id=scene.john, title="", body="Words.")
    comment = scene.comments.write(actor_id=scene.john, post_id=post, body="More words.")
    scene.comments.delete(actor_id=scene.boss, comment_id=comment, reason="Spam.")
    scene.posts.delete(actor_id=scene.boss, post_id=post, reason="Spam.")
    entries = [card.id for card in record(scene, "john") if card.entry.act is Act.DELETE]
    if again:
        scene.pass_time(minutes=1)
        scene.deleting.undelete_post(actor_id=scene.boss, post_id=post)
        scene.posts.delete(actor_id=scene.boss, post_id=post, reason="Spam indeed.")
    for entry in entries:
        appeal(scene, actor="john", entry=entry)
        decide(scene, entry=entry)

    there = [card.id for card in scene.post_feeds.latest(None, ALL).items]
    assert (post in there) is not again
    if not again:
        assert scene.comment_feeds.comment(None, comment).body == "More words."
        counts = scene.people_feeds.profile(None, "john")
        assert (counts.post_count, counts.comment_count) == (1, 1)
