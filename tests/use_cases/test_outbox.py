"""Mail is sent because of a commit, again and again until it arrives, and never by two at once."""

import pytest

from application.ports.paging import Window
from domain.errors import Forbidden, NotFound
from domain.outbox import State
from domain.roles import Role

ALL = Window(100)


def rows(community):
    return community.outbox_feeds.latest(ALL).items


def test_w16_mail_that_cannot_be_sent_waits_and_arrives_later(community):
    community.postbox.away = True
    community.register("susan")
    (row,) = rows(community)
    assert (row.state, row.attempts, row.last_error) == (State.WAITING, 1, "the post office is closed")
    assert not community.jobs.run_next()
    community.postbox.away = False
    community.pass_time(seconds=10)
    community.deliver()
    assert rows(community)[0].state is State.DONE
    assert community.joining.confirm(token=community.token_to("susan@example.com"))


def test_each_wait_doubles_up_to_an_hour_and_a_mail_is_given_up_after_three_days(community):
    community.postbox.away = True
    community.register("susan")
    began, waits = community.time, []
    while rows(community)[0].state is State.WAITING:
        due = rows(community)[0].due_at
        waits.append((due - community.time).total_seconds())
        community.time = due
        assert community.jobs.run_next()
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert max(waits) == 3600
    assert (community.time - began).days == 3
    assert rows(community)[0].state is State.GIVEN_UP


def test_an_administrator_may_try_again_after_giving_up(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.postbox.away = True
    community.register("susan")
    community.pass_time(days=4)
    community.jobs.run_next()
    assert rows(community)[0].state is State.GIVEN_UP
    community.postbox.away = False
    community.outbox.retry(actor_id=boss, job_id=rows(community)[0].id)
    community.deliver()
    assert rows(community)[0].state is State.DONE


def test_only_administrators_see_and_retry(community):
    susan = community.join("susan")
    with pytest.raises(Forbidden):
        community.outbox.latest(reader=community.reader("susan"), window=ALL)
    with pytest.raises(Forbidden):
        community.outbox.retry(actor_id=susan, job_id=rows(community)[0].id)
    boss = community.join("boss", Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        community.outbox.retry(actor_id=boss, job_id=7)


def test_a_sent_mail_is_not_sent_again(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    sent = len(community.postbox.letters)
    for row in rows(community):
        community.outbox.retry(actor_id=boss, job_id=row.id)
    community.deliver()
    assert len(community.postbox.letters) == sent


def test_a_mail_that_a_dead_worker_held_is_sent_after_its_lease_with_the_same_message_id(community):
    community.joining.register(client="x", email="susan@example.com", username="susan", password="a horse, a battery")

    class Killed(BaseException):
        pass

    def die(_letter) -> None:
        community.postbox.letters.append(_letter)
        raise Killed

    community.postbox.send, send = die, community.postbox.send
    with pytest.raises(Killed):
        community.jobs.run_next()
    community.postbox.send = send
    assert not community.jobs.run_next()
    community.pass_time(minutes=2)
    assert community.jobs.run_next()
    first, second = community.postbox.letters
    assert first.message_id == second.message_id
    assert community.joining.confirm(token=community.token_to("susan@example.com"))


def test_t9_the_outbox_and_the_storage_never_have_a_usable_link(community):
    community.register("susan")
    token = community.token_to("susan@example.com")
    everything = repr([table.committed for table in community.store.tables()])
    assert token not in everything
    assert all(part not in everything for part in token.split(".")[1:])


def test_old_ended_jobs_are_removed(community):
    community.register("susan")
    community.pass_time(days=8)
    community.jobs.tidy()
    assert not rows(community)


def test_a_program_error_in_one_mail_does_not_stop_the_next(community, caplog):
    community.joining.register(client="x", email="a@example.com", username="a", password="a horse, a battery")
    community.joining.register(client="x", email="b@example.com", username="b", password="a horse, a battery")
    letters = community.postbox.letters

    def stumble(letter) -> None:
        if letter.to == "a@example.com":
            raise RuntimeError("a secret detail")
        letters.append(letter)

    community.postbox.send = stumble
    community.deliver()
    assert [letter.to for letter in letters] == ["b@example.com"]
    assert rows(community)[-1].last_error == "program error: RuntimeError"
