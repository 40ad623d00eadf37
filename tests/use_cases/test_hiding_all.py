"""All that a member published is hidden by one act, and undoing it restores exactly that."""

import pytest

from application import hiding_all
from application.jobs import Outcome
from application.ports.paging import Window
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan with two posts and three comments, one of them on John's post, who has commented on one of hers. Mod
    moderates."""
    community.susan, community.john = community.join("susan"), community.join("john")
    community.mod, community.boss = community.join("mod", Role.MODERATOR), community.join("boss", Role.ADMINISTRATOR)
    community.posted = [
        community.posts.publish(actor_id=community.susan, title="", body=f"Words {number}.") for number in range(2)
    ]
    community.other = community.posts.publish(actor_id=community.john, title="", body="Bread.")
    community.below = community.comments.write(actor_id=community.john, post_id=community.posted[0], body="Well said.")
    community.commented = [
        community.comments.write(actor_id=community.susan, post_id=post_id, body="Soup.")
        for post_id in (*community.posted, community.other)
    ]
    community.deliver()
    return community


def hide_all(scene, *, actor="mod", username="susan", reason="Spam.", rule="2") -> int:
    return scene.hiding_all.hide_all(actor_id=getattr(scene, actor), username=username, reason=reason, rule=rule)


def restore_all(scene, *, actor="mod", username="susan", reason="A mistake.") -> None:
    scene.hiding_all.restore_all(actor_id=getattr(scene, actor), username=username, reason=reason)


def hiders(scene) -> dict[int, int | None]:
    """By post and comment: the act that hides it."""
    with scene.open_work() as work:
        posts = {id: work.posts.get(id).hidden_by for id in (*scene.posted, scene.other)}
        return posts | {id: work.comments.get(id).hidden_by for id in (*scene.commented, scene.below)}


def hidden(scene) -> set[int]:
    return {id for id, entry_id in hiders(scene).items() if entry_id is not None}


def drifts(scene) -> list[object]:
    return [drift for part in scene.mending.compare_counters() for drift in part.drifts]


def newest(scene):
    return scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0]


def test_everything_is_hidden_by_one_act_and_comes_back(scene):
    entry_id = hide_all(scene)
    scene.deliver()

    theirs = {*scene.posted, *scene.commented}
    assert hiders(scene) == {id: entry_id if id in theirs else None for id in hiders(scene)}
    assert [card.id for card in scene.post_feeds.latest(None, ALL).items] == [scene.other]
    assert scene.people_feeds.profile(None, "susan").post_count == 0
    assert drifts(scene) == []
    entry = newest(scene)
    assert (entry.id, entry.act, entry.about.username) == (entry_id, Act.HIDE_ALL, "susan")
    assert (entry.reason, entry.rule, entry.text) == ("Spam.", "2", "")

    restore_all(scene)
    scene.deliver()

    assert hidden(scene) == set()
    assert scene.people_feeds.profile(None, "susan").post_count == 2
    assert drifts(scene) == []
    assert (newest(scene).act, newest(scene).text) == (Act.RESTORE_ALL, str(entry_id))


def test_what_a_moderator_hid_before_stays_hidden(scene):
    scene.moderation.hide_post(actor_id=scene.mod, post_id=scene.posted[0], reason="Rude.")
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.commented[2], reason="Rude.")
    before = hidden(scene)

    hide_all(scene)
    scene.deliver()
    restore_all(scene)
    scene.deliver()

    assert hidden(scene) == before == {scene.posted[0], scene.commented[2]}
    assert drifts(scene) == []


def test_what_was_restored_by_hand_or_hidden_anew_is_not_touched(scene):
    hide_all(scene)
    scene.deliver()
    scene.moderation.restore_post(actor_id=scene.mod, post_id=scene.posted[0])
    scene.moderation.hide_post(actor_id=scene.mod, post_id=scene.posted[1], reason="Rude by itself.")
    scene.moderation.restore(actor_id=scene.mod, comment_id=scene.commented[2])
    scene.moderation.hide(actor_id=scene.mod, comment_id=scene.commented[2], reason="Rude by itself.")

    restore_all(scene)
    scene.deliver()

    assert hidden(scene) == {scene.posted[1], scene.commented[2]}
    assert drifts(scene) == []


def test_what_is_published_after_the_act_is_not_hidden(scene):
    hide_all(scene)
    later = scene.posts.publish(actor_id=scene.susan, title="", body="Sorry.")
    scene.deliver()

    assert [card.id for card in scene.post_feeds.latest(None, ALL).items] == [later, scene.other]


def test_what_its_author_has_deleted_comes_back_hidden(scene):
    scene.posts.delete(actor_id=scene.susan, post_id=scene.posted[0])
    scene.comments.delete(actor_id=scene.susan, comment_id=scene.commented[2])
    hide_all(scene)
    scene.deliver()
    assert drifts(scene) == []

    scene.deleting.undelete_post(actor_id=scene.susan, post_id=scene.posted[0])
    scene.deleting.undelete_comment(actor_id=scene.susan, comment_id=scene.commented[2])

    assert {*scene.posted, *scene.commented} == hidden(scene)
    restore_all(scene)
    scene.deliver()
    assert hidden(scene) == set()
    assert drifts(scene) == []


def test_undoing_while_the_job_runs_leaves_nothing_hidden(scene):
    """A part of the hiding is done. The job goes on after the act was undone, and hides nothing more."""
    hide_all(scene)
    hide, restore = (scene.hiding_all.handlers()[kind] for kind in (JobKind.HIDE_ALL, JobKind.RESTORE_ALL))
    hiding = claim(scene)
    hide(hiding)
    assert len(hidden(scene)) == 1

    restore_all(scene)
    restoring = claim(scene)
    restore(restoring)
    assert hide(hiding) is Outcome.DONE
    scene.deliver()

    assert hidden(scene) == set()
    assert drifts(scene) == []


def claim(scene):
    with scene.open_work() as work:
        while (job := work.outbox.claim(scene.time)).kind.terms.is_mail:
            job.lease(at=scene.time)
            work.outbox.save(job)
        job.lease(at=scene.time)
        work.outbox.save(job)
        work.commit()
    return job


def test_another_worker_goes_on_where_one_was_killed(scene):
    hide_all(scene)
    hiding = claim(scene)
    hide = scene.hiding_all.handlers()[JobKind.HIDE_ALL]
    for _ in range(2):
        hide(hiding)

    scene.pass_time(minutes=2)
    scene.deliver()

    assert hidden(scene) == {*scene.posted, *scene.commented}
    assert drifts(scene) == []


def test_many_comments_are_hidden_and_restored_in_parts(scene, monkeypatch):
    monkeypatch.setattr(hiding_all, "BATCH", 2)
    hide_all(scene)
    scene.deliver()
    assert hidden(scene) == {*scene.posted, *scene.commented}

    restore_all(scene)
    scene.deliver()

    assert hidden(scene) == set()


def test_a_granted_appeal_restores_exactly_what_the_act_hid(scene):
    scene.moderation.hide_post(actor_id=scene.mod, post_id=scene.posted[0], reason="Rude.")
    entry_id = hide_all(scene)
    scene.deliver()
    scene.appeals.appeal(actor_id=scene.susan, entry_id=entry_id, text="Not all of it!")

    scene.appeals.decide(actor_id=scene.boss, entry_id=entry_id, outcome="reversed", reason="Too much.")
    scene.deliver()

    assert hidden(scene) == {scene.posted[0]}
    with pytest.raises(Conflict) as refused:
        restore_all(scene)
    assert refused.value.code == "nothing_hidden_at_once"


def test_each_act_is_undone_once_and_the_last_one_first(scene):
    first = hide_all(scene)
    later = scene.posts.publish(actor_id=scene.susan, title="", body="Again.")
    second = hide_all(scene)
    scene.deliver()

    restore_all(scene)
    scene.deliver()
    assert newest(scene).text == str(second)
    assert not scene.post_feeds.post(None, later).hidden
    assert hidden(scene) == {*scene.posted, *scene.commented}

    restore_all(scene)
    scene.deliver()
    assert newest(scene).text == str(first)
    assert hidden(scene) == set()
    with pytest.raises(Conflict):
        restore_all(scene)


def test_the_member_is_told_in_a_mail_that_says_how_to_appeal(scene):
    entry_id = hide_all(scene)
    scene.deliver()
    mail = scene.postbox.newest_to("susan@example.com")
    assert "has hidden all that you had published" in mail.text
    assert "Spam." in mail.text
    assert f"/appeals/{entry_id}" in mail.text

    restore_all(scene)
    scene.deliver()
    assert "shows again" in scene.postbox.newest_to("susan@example.com").text


@pytest.mark.parametrize("act", [hide_all, restore_all])
def test_who_may_not_sanction_a_member_may_not_do_this_either(scene, act):
    for actor, username in (("john", "susan"), ("mod", "boss"), ("mod", "mod"), ("boss", "boss")):
        with pytest.raises(Forbidden):
            act(scene, actor=actor, username=username)
    with pytest.raises(NotFound):
        act(scene, username="nobody")
    act_of_an_administrator = hide_all(scene, actor="boss", username="mod")
    assert newest(scene).id == act_of_an_administrator


def test_a_reason_is_needed(scene):
    with pytest.raises(Invalid) as wrong:
        hide_all(scene, reason=" ", rule="many")
    assert {problem.field for problem in wrong.value.problems} == {"reason", "rule"}
    hide_all(scene)
    with pytest.raises(Invalid):
        restore_all(scene, reason="")
