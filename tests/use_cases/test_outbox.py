"""Mail is sent because of a commit, again and again until it arrives, and never by two at once."""

import logging
from dataclasses import replace
from itertools import pairwise

import pytest

from application.ports.mailing import LoginRefused, MailNotSent, MailRefused, MailServerFailed
from application.ports.paging import Window
from domain.errors import Forbidden, NotFound
from domain.outbox import State
from domain.roles import Role
from tests.log_lines import logged

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


def queue(community, *names):
    """A mail for each of them, which nobody has tried to send yet."""
    for name in names:
        community.joining.register(
            client=name, email=f"{name}@example.com", username=name, password="a horse, a battery"
        )


def test_a_refused_mail_is_given_up_at_once_in_the_servers_words_and_the_others_are_sent(community):
    queue(community, "susan", "david")
    community.postbox.refusal = MailRefused("mail:25 refused the recipient: 550 5.1.1 no such mailbox")
    assert community.jobs.run_next()
    community.postbox.refusal = None
    community.deliver()

    david, susan = rows(community)
    assert (susan.state, susan.attempts) == (State.GIVEN_UP, 1)
    assert susan.last_error == "mail:25 refused the recipient: 550 5.1.1 no such mailbox"
    assert david.state is State.DONE


def test_a_mail_that_is_refused_for_now_is_tried_again_and_keeps_no_other_from_being_sent(community):
    queue(community, "susan", "david")
    community.postbox.refusal = MailNotSent("450 later")
    assert community.jobs.run_next()
    community.postbox.refusal = None
    community.deliver()
    assert [row.state for row in rows(community)] == [State.DONE, State.WAITING]

    community.pass_time(seconds=10)
    community.deliver()

    assert [row.state for row in rows(community)] == [State.DONE, State.DONE]


def test_a_server_that_fails_is_tried_with_one_mail_and_less_and_less_often(community, caplog):
    queue(community, "susan", "david", "mary")
    community.postbox.away = True
    waits, last = [], community.time
    for _ in range(3_600):
        before = community.postbox.tries
        community.deliver()
        if community.postbox.tries > before:
            assert community.postbox.tries == before + 1
            waits.append((community.time - last).total_seconds())
            last = community.time
        community.pass_time(seconds=1)
    assert waits[:6] == [0, 10, 20, 40, 80, 160]
    assert set(waits[6:]) == {300}
    assert [record.getMessage() for record in caplog.records] == [
        "no mail is sent, and all mails wait: the post office is closed"
    ]

    community.postbox.away = False
    for _ in range(3_600):
        community.deliver()
        community.pass_time(seconds=1)

    assert sorted(letter.to for letter in community.postbox.letters) == [
        f"{name}@example.com" for name in ("david", "mary", "susan")
    ]
    assert [record.getMessage() for record in caplog.records][1:] == ["the mail server works again"]


def test_a_refused_login_is_tried_every_ten_minutes_to_an_hour_and_counts_for_no_mail(community, caplog):
    queue(community, "susan", "david", "mary")
    community.postbox.refusal = LoginRefused("mail:25 refused the login (535)")
    tried_at = []
    for _ in range(24 * 60):
        before = community.postbox.tries
        community.deliver()
        tried_at += [community.time] * (community.postbox.tries - before)
        community.pass_time(minutes=1)

    waits = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(tried_at)]
    assert waits[:3] == [10, 20, 40]
    assert set(waits[3:]) == {60}
    assert {(row.state, row.attempts) for row in rows(community)} == {(State.WAITING, 0)}
    assert len(caplog.records) == 1

    community.postbox.refusal = None
    community.pass_time(hours=1)
    community.deliver()

    assert {row.state for row in rows(community)} == {State.DONE}


def test_a_worker_that_starts_anew_with_the_right_login_sends_all_mails_in_ten_seconds(community):
    queue(community, "susan", "david")
    community.postbox.refusal = LoginRefused("mail:25 refused the login (535)")
    community.deliver()
    community.postbox.refusal = None

    community.pass_time(seconds=10)
    assert not community.jobs.run_next()
    another_worker = replace(community.jobs)
    while another_worker.run_next():
        pass

    assert {row.state for row in rows(community)} == {State.DONE}


def test_mails_do_not_pause_for_a_day_when_the_clock_jumps_back(community):
    queue(community, "susan")
    community.pass_time(days=1)
    community.postbox.away = True
    community.deliver()
    community.postbox.away = False

    community.pass_time(days=-1)
    community.deliver()

    assert rows(community)[0].state is State.DONE


def test_an_administrator_may_try_one_mail_while_all_mails_wait(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    queue(community, "susan", "david", "mary")
    community.postbox.refusal = LoginRefused("mail:25 refused the login (535)")
    community.deliver()
    _, david, _ = rows(community)[:3]

    assert community.outbox.retry(actor_id=boss, job_id=david.id)
    before = community.postbox.tries
    community.deliver()
    assert community.postbox.tries == before + 1
    assert rows(community)[1].last_error == "mail:25 refused the login (535)"

    community.postbox.refusal = None
    assert community.outbox.retry_from_the_command_line(job_id=david.id)
    community.deliver()

    # What was sent has shown that the server works. So the pause is over.
    assert [row.state for row in rows(community)[:2]] == [State.DONE, State.DONE]


def test_a_refused_mail_shows_that_the_server_works_and_a_mail_that_waits_does_not(community, caplog):
    queue(community, "susan", "david", "mary")
    community.postbox.away = True
    community.deliver()
    community.postbox.away = False

    said = [record.getMessage() for record in caplog.records]
    for refusal, says in (
        (MailNotSent("450 later"), []),
        (MailRefused("550 never"), ["the mail server answers again, but refused the first mail for good", GIVEN_UP]),
    ):
        community.pass_time(seconds=10)
        community.postbox.refusal = refusal
        assert community.jobs.run_next()
        said += says
        assert [record.getMessage() for record in caplog.records] == said


GIVEN_UP = (
    "a mail was given up, because the server refused it for good; `chapbook outbox list` names it, and"
    " `chapbook outbox retry ID` tries it again"
)


def test_mails_that_are_given_up_are_one_warning_a_minute_with_the_servers_words_and_no_address(community, monkeypatch):
    names = [f"susan{number}" for number in range(5)]
    queue(community, *names)
    with logged(monkeypatch, env="development") as lines:
        for name in names:
            community.postbox.refusal = MailRefused(
                f"mail:25 refused the recipient: 550 <{name}@example.com>: no {name} here, nor {name.upper()}@localhost"
            )
            assert community.jobs.run_next()

    assert {row.state for row in rows(community)} == {State.GIVEN_UP}
    (event,) = lines.of("application.jobs")
    assert (event["level"], event["message"]) == ("warning", GIVEN_UP)
    assert event["job_id"] == str(min(row.id for row in rows(community)))
    assert event["why"] == "mail:25 refused the recipient: 550 *** no *** here, nor ***"
    assert "susan" not in lines.text.casefold()


def test_a_mail_that_is_given_up_after_days_is_a_warning(community, caplog):
    queue(community, "susan")
    community.postbox.away = True
    community.pass_time(days=4)
    community.deliver()

    assert rows(community)[0].state is State.GIVEN_UP
    assert caplog.records[-1].getMessage() == GIVEN_UP.replace(
        "the server refused it for good", "no attempt succeeded for days"
    )


def test_mails_that_are_refused_for_now_are_one_line_of_information_a_minute(community, monkeypatch):
    queue(community, "susan", "david")
    community.postbox.refusal = MailNotSent("mail:25 refused the recipient: 451 later, susan@example.com")
    with logged(monkeypatch, env="development") as lines:
        assert community.jobs.run_next()
        assert community.jobs.run_next()

    assert {row.state for row in rows(community)} == {State.WAITING}
    (event,) = lines.of("application.jobs")
    assert event["level"] == "info"
    assert event["message"] == "a mail waits, because it is not accepted for now, and is tried again"
    assert event["why"] == "mail:25 refused the recipient: 451 later, ***"


def test_another_cause_of_failure_is_said_once_for_each_change(community, caplog):
    caplog.set_level(logging.WARNING)
    queue(community, "susan")
    away = MailServerFailed("mail:25 cannot be reached: Connection refused", cause="cannot be reached")
    no_route = MailServerFailed("mail:25 cannot be reached: No route to host", cause="cannot be reached")
    login = LoginRefused("mail:25 refused the login (535)", cause="refused the login (535)")
    for failure in (away, no_route, away, login, login, away, away):
        community.postbox.refusal = failure
        community.deliver()
        community.pass_time(hours=1)

    assert [record.getMessage() for record in caplog.records] == [
        f"no mail is sent, and all mails wait: {failure}" for failure in (away, login, away)
    ]


def test_another_cause_is_said_when_an_administrator_tries_a_mail_during_the_pause(community, caplog):
    queue(community, "susan")
    community.postbox.refusal = LoginRefused("mail:25 refused the login (535)")
    community.deliver()

    community.postbox.refusal = MailServerFailed("mail:25 hung up")
    assert community.outbox.retry_from_the_command_line(job_id=rows(community)[0].id)
    community.deliver()

    assert caplog.records[-1].getMessage() == "no mail is sent, and all mails wait: mail:25 hung up"
    assert len(caplog.records) == 2


def leave_leased(community):
    """A worker dies while it sends."""

    class Killed(BaseException):
        pass

    def die(_letter):
        raise Killed

    community.postbox.send, send = die, community.postbox.send
    with pytest.raises(Killed):
        community.jobs.run_next()
    community.postbox.send = send


def test_retrying_takes_the_lease_of_a_dead_worker_off(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    queue(community, "susan")
    leave_leased(community)
    community.deliver()
    assert rows(community)[0].state is State.WAITING

    community.outbox.retry(actor_id=boss, job_id=rows(community)[0].id)
    community.deliver()

    assert rows(community)[0].state is State.DONE
    assert community.joining.confirm(token=community.token_to("susan@example.com"))


def test_a_mail_that_is_retried_while_it_is_being_sent_is_sent_once(community):
    queue(community, "susan")
    send = community.postbox.send

    def send_while_an_administrator_loses_patience(letter):
        community.outbox.retry_from_the_command_line(job_id=rows(community)[0].id)
        send(letter)

    community.postbox.send = send_while_an_administrator_loses_patience
    community.jobs.run_next()
    community.postbox.send = send
    community.deliver()

    assert len(community.postbox.letters) == 1
    assert rows(community)[0].state is State.DONE


def test_the_worker_that_lost_its_lease_does_not_undo_what_the_next_one_did(community):
    queue(community, "susan")
    send, jobs = community.postbox.send, community.jobs

    def fail_after_another_worker_has_sent(letter):
        community.postbox.send = send
        community.outbox.retry_from_the_command_line(job_id=rows(community)[0].id)
        assert replace(jobs).run_next()
        raise MailRefused("550 never")

    community.postbox.send = fail_after_another_worker_has_sent
    jobs.run_next()

    assert rows(community)[0].state is State.DONE


def test_an_attempt_that_fails_after_a_retry_leaves_the_retry_due(community):
    queue(community, "susan")
    send = community.postbox.send

    def fail(letter):
        community.outbox.retry_from_the_command_line(job_id=rows(community)[0].id)
        raise MailNotSent("451 later")

    community.postbox.send = fail
    community.jobs.run_next()
    community.postbox.send = send
    assert rows(community)[0].due_at == community.time
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
        assert not community.outbox.retry(actor_id=boss, job_id=row.id)
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


def test_a_probe_is_done_before_all_others_by_a_worker_that_runs(community):
    community.joining.register(client="here", email="ada@example.com", username="ada", password="a horse, a battery")
    community.pass_time(minutes=1)
    probe = community.outbox.probe()
    assert not community.outbox.is_done(probe)

    community.jobs.run_next()

    assert community.outbox.is_done(probe)
    assert community.postbox.letters == []
    community.outbox.drop(probe)
    assert community.outbox.is_done(probe)


def test_a_probe_that_nobody_did_is_dropped(community):
    probe = community.outbox.probe()

    community.outbox.drop(probe)

    (row,) = community.outbox_rows()
    assert (row.state, row.username, row.address) == (State.DROPPED, None, "")
    assert not community.outbox.is_done(probe)
    assert not community.jobs.run_next()
