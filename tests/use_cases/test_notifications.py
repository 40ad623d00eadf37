"""Who is told of what, each once, in the commit of what happened."""

from datetime import timedelta

import pytest

from application.notifications import BATCH
from application.notifying import TOLD_AT_ONCE
from application.ports.paging import Window
from domain.errors import Forbidden, NotFound
from domain.job_kinds import JobKind
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Ada has written a post. Nobody has been told anything."""
    for name in ("ada", "bob", "cyd", "dan"):
        setattr(community, name, community.join(name))
    community.post = community.posts.publish(actor_id=community.ada, title="Slugs", body="They are back.")
    return community


def told(scene, name) -> list[tuple[str, list[str], int]]:
    """The kinds, who did it, and how many, newest first."""
    cards = scene.notification_feeds.latest(scene.reader(name), ALL).items
    return [(card.kind.value, [actor.username for actor in card.actors], card.actor_count) for card in cards]


def say(scene, name, body="A word.", reply_to=None) -> int:
    scene.pass_time(seconds=1)
    return scene.comments.write(
        actor_id=getattr(scene, name), post_id=scene.post, body=body, **({"reply_to": reply_to} if reply_to else {})
    )


def test_the_author_of_a_post_is_told_of_comments_below_it_and_not_of_their_own(scene):
    say(scene, "bob")
    say(scene, "cyd")
    say(scene, "ada")

    assert told(scene, "ada") == [("comment", ["cyd", "bob"], 2)]
    assert told(scene, "bob") == []


def test_one_comment_tells_one_person_once_by_the_first_kind_that_fits(scene):
    first = say(scene, "bob")
    scene.watching.watch(actor_id=scene.bob, post_id=scene.post)
    scene.watching.watch(actor_id=scene.ada, post_id=scene.post)
    scene.watching.watch(actor_id=scene.cyd, post_id=scene.post)
    scene.watching.watch(actor_id=scene.dan, post_id=scene.post)

    say(scene, "dan", "@bob and @cyd, and @ada too, and @dan.", reply_to=first)

    assert told(scene, "bob") == [("reply", ["dan"], 1)]
    assert told(scene, "cyd") == [("mention", ["dan"], 1)]
    assert told(scene, "ada") == [("mention", ["dan"], 1), ("comment", ["bob"], 1)]
    assert told(scene, "dan") == []

    say(scene, "cyd")
    assert told(scene, "bob")[0] == ("watched", ["cyd"], 1)
    assert told(scene, "dan") == [("watched", ["cyd"], 1)]


def test_a_post_tells_the_first_ten_whom_it_mentions(scene):
    names = [f"fan{number}" for number in range(12)]
    for name in names:
        scene.join(name)
    calls = " ".join(f"@{name}" for name in names)

    scene.posts.publish(actor_id=scene.ada, title="", body=f"`@bob` [@cyd](/x) @nobody @ada {calls}")

    assert [name for name in names if told(scene, name)] == names[:9]
    assert told(scene, "bob") == told(scene, "cyd") == told(scene, "ada") == []


def test_a_mention_that_an_edit_adds_is_told_once(scene):
    comment = say(scene, "ada", "@bob, look.")
    assert told(scene, "bob") == [("mention", ["ada"], 1)]

    scene.comments.edit(actor_id=scene.ada, comment_id=comment, body="@bob and @cyd, look.")
    scene.comments.edit(actor_id=scene.ada, comment_id=comment, body="Look.")
    scene.comments.edit(actor_id=scene.ada, comment_id=comment, body="@bob and @cyd, look again.")
    scene.posts.edit(actor_id=scene.ada, post_id=scene.post, body="@dan knows.")
    scene.posts.edit(actor_id=scene.ada, post_id=scene.post, title="Slugs again")

    assert told(scene, "bob") == told(scene, "cyd") == told(scene, "dan") == [("mention", ["ada"], 1)]


def test_an_edit_that_mentions_whom_the_comment_answers_tells_nobody_twice(scene):
    first = say(scene, "bob")
    answer = say(scene, "cyd", "No.", reply_to=first)

    scene.comments.edit(actor_id=scene.cyd, comment_id=answer, body="No, @bob.")

    assert told(scene, "bob") == [("reply", ["cyd"], 1)]


def test_likes_and_follows_are_told_and_what_is_taken_back_is_not(scene):
    comment = say(scene, "ada")
    for name in ("bob", "cyd"):
        actor = getattr(scene, name)
        scene.liking.like_post(actor_id=actor, post_id=scene.post)
        scene.liking.like_comment(actor_id=actor, comment_id=comment)
        scene.following.follow(actor_id=actor, username="ada")
    kinds = {(kind, count) for kind, _, count in told(scene, "ada")}
    assert kinds == {("like", 2), ("follow", 2)}
    assert len(told(scene, "ada")) == 3

    scene.liking.unlike_post(actor_id=scene.bob, post_id=scene.post)
    scene.liking.unlike_post(actor_id=scene.cyd, post_id=scene.post)
    scene.following.unfollow(actor_id=scene.bob, username="ada")

    assert sorted(told(scene, "ada")) == [("follow", ["cyd"], 1), ("like", ["cyd", "bob"], 2)]


def test_who_mutes_somebody_is_told_nothing_of_them_and_everything_again_when_that_ends(scene):
    say(scene, "bob", "@cyd!")
    scene.liking.like_post(actor_id=scene.bob, post_id=scene.post)
    scene.muting.mute(actor_id=scene.ada, username="bob")
    scene.muting.mute(actor_id=scene.cyd, username="bob")

    assert told(scene, "ada") == told(scene, "cyd") == []
    assert scene.viewer(scene.sign_in("ada")).unread == 0

    scene.muting.unmute(actor_id=scene.ada, username="bob")
    assert [kind for kind, _, _ in told(scene, "ada")] == ["like", "comment"]
    assert scene.viewer(scene.sign_in("ada")).unread == 2


def test_reading_one_reads_no_other(scene):
    say(scene, "bob")
    scene.liking.like_post(actor_id=scene.bob, post_id=scene.post)
    newest, older = scene.notification_feeds.latest(scene.reader("ada"), ALL).items

    for _ in range(2):
        scene.notifications.open(actor_id=scene.ada, notification_id=older.id)

    cards = scene.notification_feeds.latest(scene.reader("ada"), ALL).items
    assert [card.unread for card in cards] == [True, False]
    scene.notifications.read(actor_id=scene.ada, until=newest.id)
    assert scene.viewer(scene.sign_in("ada")).unread == 0


def test_nobody_reads_the_notifications_of_another(scene):
    say(scene, "bob")
    (card,) = scene.notification_feeds.latest(scene.reader("ada"), ALL).items

    with pytest.raises(NotFound):
        scene.notifications.open(actor_id=scene.bob, notification_id=card.id)
    scene.notifications.read(actor_id=scene.bob, until=card.id)

    assert scene.notification_feeds.latest(scene.reader("ada"), ALL).items == (card,)


def test_a_suspended_member_reads_nothing(scene):
    mod = scene.join("mod", Role.MODERATOR)
    scene.sanctions.sanction(actor_id=mod, username="ada", act="suspend", days="7", reason="Rude.", rule="")

    with pytest.raises(Forbidden):
        scene.notifications.read(actor_id=scene.ada, until=1)


def test_a_decision_of_a_moderator_is_told_whoever_mutes_whom(scene):
    mod = scene.join("mod", Role.MODERATOR)
    scene.muting.block(actor_id=scene.ada, username="mod")

    scene.moderation.hide_post(actor_id=mod, post_id=scene.post, reason="Rude.")
    scene.sanctions.sanction(actor_id=mod, username="ada", act="warn", days="", reason="Rude.", rule="")

    assert told(scene, "ada") == [("sanction", [], 0), ("hidden", [], 0)]
    _, second = scene.notification_feeds.latest(scene.reader("ada"), ALL).items
    scene.appeals.appeal(actor_id=scene.ada, entry_id=second.thing_id, text="I was not.")
    boss = scene.join("boss", Role.ADMINISTRATOR)
    assert told(scene, "mod") == [("appeal", [], 0)]
    scene.appeals.decide(actor_id=boss, entry_id=second.thing_id, outcome="upheld", reason="You were.")
    assert told(scene, "ada")[0] == ("appeal_decided", [], 0)
    decided = scene.notification_feeds.latest(scene.reader("ada"), ALL).items[0]
    assert decided.path == second.path == f"/appeals/{second.thing_id}"
    assert told(scene, "mod") == []


def test_moderators_are_told_of_a_report_and_the_reporter_of_what_came_of_it(scene):
    mod = scene.join("mod", Role.MODERATOR)
    for name in ("bob", "cyd"):
        scene.reporting.report_post(actor_id=getattr(scene, name), post_id=scene.post, kind="abuse", text="")
    assert told(scene, "mod") == [("report", [], 0)]
    assert told(scene, "ada") == []
    (card,) = scene.notification_feeds.latest(scene.reader("mod"), ALL).items

    scene.cases.settle(actor_id=mod, case_id=card.thing_id, act="none", days="", reason="", rule="")
    scene.deliver()

    assert told(scene, "mod") == []
    assert told(scene, "bob") == told(scene, "cyd") == [("report_settled", [], 0)]


def watchers(scene, number) -> list[str]:
    names = [f"fan{each}" for each in range(number)]
    for name in names:
        fan = scene.join_as_member(name)
        scene.pass_time(seconds=1)
        scene.watching.watch(actor_id=fan, post_id=scene.post)
    return names


def test_a_few_who_watch_are_told_at_once(scene):
    names = watchers(scene, 3)

    say(scene, "bob")

    assert all(told(scene, name) == [("watched", ["bob"], 1)] for name in names)
    assert not [job for job in scene.outbox_rows() if job.kind is JobKind.TELL_WATCHERS]


def test_many_who_watch_are_told_by_a_job_in_parts_and_each_once(scene, monkeypatch):
    names = watchers(scene, TOLD_AT_ONCE + 1)
    scene.watching.watch(actor_id=scene.cyd, post_id=scene.post)
    monkeypatch.setattr("application.notifications.BATCH", 20)
    assert BATCH > TOLD_AT_ONCE

    say(scene, "bob", "@cyd!")
    assert told(scene, "ada") == [("comment", ["bob"], 1)]
    assert told(scene, "cyd") == [("mention", ["bob"], 1)]
    assert told(scene, names[0]) == []
    scene.deliver()

    assert all(told(scene, name) == [("watched", ["bob"], 1)] for name in names)
    assert told(scene, "ada") == [("comment", ["bob"], 1)]
    assert told(scene, "cyd") == [("mention", ["bob"], 1)]


def test_a_worker_that_dies_between_two_parts_leaves_nobody_out_and_tells_nobody_twice(scene, monkeypatch):
    names = watchers(scene, TOLD_AT_ONCE + 1)
    monkeypatch.setattr("application.notifications.BATCH", 20)
    say(scene, "bob")
    (job,) = [job for job in scene.outbox_rows() if job.kind is JobKind.TELL_WATCHERS]
    with scene.open_work() as work:
        stored = work.outbox.get(job.id)
    scene.notifications.handlers()[JobKind.TELL_WATCHERS](stored)
    half = [name for name in names if told(scene, name)]
    assert len(half) == 20
    for name in half:
        card = scene.notification_feeds.latest(scene.reader(name), ALL).items[0]
        member = scene.people_feeds.profile(None, name).id
        scene.notifications.read(actor_id=member, until=card.id)

    scene.pass_time(minutes=5)
    scene.deliver()

    for name in names:
        (card,) = scene.notification_feeds.latest(scene.reader(name), ALL).items
        assert card.unread == (name not in half)


def test_a_comment_that_is_deleted_before_the_job_runs_tells_nobody(scene):
    names = watchers(scene, TOLD_AT_ONCE + 1)
    comment = say(scene, "bob")
    scene.comments.delete(actor_id=scene.bob, comment_id=comment)

    scene.deliver()

    assert told(scene, names[0]) == []


def test_what_is_purged_takes_its_notifications_along(scene):
    say(scene, "bob")
    comment = say(scene, "cyd", "@dan!")
    scene.comments.delete(actor_id=scene.cyd, comment_id=comment)
    scene.posts.delete(actor_id=scene.ada, post_id=scene.post)
    assert told(scene, "ada") == told(scene, "dan") == []

    scene.pass_time(days=31)
    scene.deleting.look()
    scene.deliver()

    assert not scene.store.notifications.committed


def test_a_member_who_leaves_takes_what_they_were_told_along(scene):
    say(scene, "bob", "@dan!")
    scene.leaving.leave(actor_id=scene.ada, password="a horse, a battery", posts="keep")
    scene.deliver()

    assert {row.account_id for row in scene.store.notifications.committed.values()} == {scene.dan}


def test_an_event_of_a_clock_that_was_set_back_is_not_lost(scene):
    say(scene, "bob")
    (seen,) = scene.notification_feeds.latest(scene.reader("ada"), ALL).items
    scene.time -= timedelta(hours=3)
    say(scene, "cyd")

    scene.notifications.read(actor_id=scene.ada, until=seen.id)

    assert told(scene, "ada") == [("comment", ["bob", "cyd"], 2)]
    assert scene.viewer(scene.sign_in("ada")).unread == 1
