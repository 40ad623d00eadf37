"""Incidents: whoever runs the site gets one mail about a kind of error in ten minutes, with the number of times."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.letters import TemplateLetters
from application.ports.mailing import LoginRefused, MailRefused
from domain.errors import TryAgain
from domain.outbox import State
from domain.roles import Role
from tests.doubles import BusyOnce

ONCALL = "oncall@example.com"
WHAT = "KeyError at domain/posts.py:3 write < entrypoints/web/posts.py:9 edit"


def happen(community, fingerprint="0123456789ab", *, times=1, request_id=""):
    community.incidents.note(
        fingerprint=fingerprint,
        what=WHAT,
        times=times,
        first_at=community.time,
        last_at=community.time,
        request_id=request_id,
    )


def mailed(community):
    """The numbers of times in the mails, in their order."""
    texts = " ".join(mail.text for mail in community.postbox.to(ONCALL))
    found = re.findall(r"happened (once|[\d,]+ times) at", texts)
    return [1 if times == "once" else int(times.split()[0].replace(",", "")) for times in found]


def noted(community, fingerprint="0123456789ab"):
    with community.open_work() as work:
        return work.incidents.find(fingerprint)


def test_the_first_error_of_a_kind_is_mailed_at_once(community):
    happen(community, request_id="request-7")
    community.deliver()

    (mail,) = community.postbox.to(ONCALL)
    assert mail.subject == "Program error: KeyError at domain/posts.py:3 write"
    for part in (mail.text, mail.html):
        for fact in (
            "request-7",
            "0123456789ab",
            "2026-03-01 12:00:00 UTC (Sunday,",
            "entrypoints/web/posts.py:9 edit",
        ):
            assert fact in part
    assert mailed(community) == [1]


def test_a_kind_gets_one_mail_in_ten_minutes_with_the_number_of_times(community):
    sent_at = []
    for second in range(0, 3600, 5):
        happen(community, times=2)
        before = len(community.postbox.letters)
        community.deliver()
        if len(community.postbox.letters) > before:
            sent_at.append(second)
        community.pass_time(seconds=5)

    assert sent_at == [0, 600, 1200, 1800, 2400, 3000]
    assert mailed(community) == [2, 240, 240, 240, 240, 240]
    community.pass_time(minutes=10)
    community.deliver()
    assert sum(mailed(community)) == noted(community).count == 1440
    # Nothing happened since then.
    community.pass_time(days=1)
    community.deliver()
    assert len(mailed(community)) == 7


def test_a_mail_says_when_the_one_before_was_sent(community):
    happen(community)
    community.deliver()
    assert "No mail was sent about it yet." in community.postbox.newest_to(ONCALL).text

    community.pass_time(hours=3)
    happen(community)
    community.deliver()

    text = community.postbox.newest_to(ONCALL).text
    assert "The last mail was sent 3 hours before this mail." in text
    assert "In all: 2 times" in text
    assert "First: 2026-03-01 12:00:00 UTC (Sunday, 3 hours before this mail)" in text


def test_each_kind_gets_mails_of_its_own(community):
    happen(community, "a" * 12)
    happen(community, "b" * 12, times=5)
    community.deliver()

    assert sorted(mailed(community)) == [1, 5]


def test_without_an_address_errors_are_counted_and_nobody_is_told(community):
    silent = replace(community.incidents, error_mail_to="")

    silent.note(fingerprint="a" * 12, what=WHAT, times=3, first_at=community.time, last_at=community.time)

    assert noted(community, "a" * 12).count == 3
    assert community.outbox_rows() == ()


@pytest.mark.parametrize("before_it_was_sent", [True, False])
def test_a_worker_that_is_killed_while_it_sends_loses_nothing_and_no_second_mail_comes_early(
    community, before_it_was_sent
):
    send = community.postbox.send

    def die(letter):
        if not before_it_was_sent:
            send(letter)
        raise KeyboardInterrupt

    happen(community, times=3)
    community.postbox.send = die
    with pytest.raises(KeyboardInterrupt):
        community.jobs.run_next()
    community.postbox.send = send
    sent = [] if before_it_was_sent else [3]

    for _ in range(9):
        community.pass_time(minutes=1)
        happen(community)
        community.deliver()
        assert mailed(community) == sent
    community.pass_time(minutes=1)
    community.deliver()

    # Whether the first one was sent, nobody could know.
    assert mailed(community) == [*sent, 12]


def test_a_worker_that_is_killed_after_it_was_told_tells_nothing_twice(community):
    happen(community)
    with community.open_work() as work:
        claimed = work.outbox.claim(community.time)
        claimed.lease(at=community.time)
        work.outbox.save(claimed)
        work.commit()
    community.incidents.handlers()[claimed.kind](claimed)

    community.pass_time(minutes=30)
    community.deliver()

    assert mailed(community) == [1]
    assert [row.state for row in community.outbox_rows()] == [State.DROPPED]


def test_when_the_mail_server_is_away_the_mail_waits_and_tells_all_of_it(community):
    community.postbox.away = True
    for _ in range(120):
        happen(community)
        community.deliver()
        community.pass_time(seconds=1)
    # Each failure lengthens the pause, however often the error happens meanwhile.
    assert community.postbox.tries < 6

    community.postbox.away = False
    community.pass_time(minutes=6)
    community.deliver()

    assert mailed(community) == [120]


@pytest.mark.parametrize("refusal", [MailRefused("550 nobody here"), LoginRefused("535 no")])
def test_a_mail_that_was_refused_is_no_mail(community, refusal):
    community.postbox.refusal = refusal
    happen(community)
    community.deliver()
    community.postbox.refusal = None
    community.pass_time(minutes=11)
    happen(community)
    community.deliver()

    assert mailed(community) == [2]


def test_a_clock_that_was_ahead_costs_ten_minutes_at_most(community):
    community.pass_time(days=365)
    happen(community)
    community.deliver()
    community.pass_time(days=-365)

    for minute in range(31):
        happen(community)
        community.deliver()
        assert len(mailed(community)) == 1 + minute // 10
        community.pass_time(minutes=1)
    assert mailed(community) == [1, 11, 10, 10]


def test_what_happens_while_a_mail_is_sent_is_told_by_the_next_one(community):
    send = community.postbox.send

    def meanwhile(letter):
        happen(community, times=4)
        send(letter)

    community.postbox.send = meanwhile
    happen(community)
    community.deliver()
    community.postbox.send = send
    assert mailed(community) == [1]

    community.pass_time(minutes=10)
    community.deliver()
    assert mailed(community) == [1, 4]


def test_an_administrator_who_tries_now_gets_no_second_mail_within_ten_minutes(community):
    ada = community.join("ada", Role.ADMINISTRATOR)
    happen(community)
    community.deliver()
    happen(community)
    (job,) = [row for row in community.outbox_rows() if row.address == ONCALL and row.state is State.WAITING]

    community.outbox.retry(actor_id=ada, job_id=job.id)
    community.deliver()
    assert mailed(community) == [1]

    community.pass_time(minutes=10)
    community.deliver()
    assert mailed(community) == [1, 1]


def test_an_error_in_the_mails_about_errors_does_not_loop(community, monkeypatch):
    """What the worker notes about the failure would be mailed in the same way."""
    about_incident, tries = TemplateLetters.about_incident, 0

    def broken(*_, **__):
        nonlocal tries
        tries += 1
        raise RuntimeError("about errors")

    monkeypatch.setattr(TemplateLetters, "about_incident", broken)
    happen(community, "a" * 12)
    for _ in range(3600):
        before = tries
        community.deliver()
        for _ in range(tries - before):
            happen(community, "b" * 12)
        community.pass_time(seconds=1)

    # Each of the two kinds is tried every ten minutes.
    assert tries <= 12
    monkeypatch.setattr(TemplateLetters, "about_incident", about_incident)
    community.pass_time(minutes=20)
    community.deliver()
    assert sorted(mailed(community)) == [1, tries]


def test_the_storage_may_be_away_when_a_mail_was_sent(community):
    """Then nobody knows that it was, and the next one waits its time."""
    send = community.postbox.send

    def send_and_lose(letter):
        send(letter)
        community.open_work = lambda: BusyOnce(community.store)

    community.postbox.send = send_and_lose
    happen(community)
    with pytest.raises(TryAgain):
        community.jobs.run_next()
    del community.open_work
    community.postbox.send = send

    community.pass_time(minutes=9)
    community.deliver()
    assert mailed(community) == [1]
    community.pass_time(minutes=1)
    community.deliver()
    assert mailed(community) == [1, 1]


def test_what_the_storage_does_not_take_is_not_noted(community):
    community.open_work = lambda: BusyOnce(community.store)
    with pytest.raises(TryAgain):
        happen(community)
    del community.open_work

    assert noted(community) is None
    assert community.outbox_rows() == ()


def test_an_incident_that_is_gone_is_not_told(community):
    happen(community)
    with community.open_work() as work:
        work.incidents.remove_unseen(community.time + timedelta(days=1))
        work.commit()
    community.deliver()

    assert mailed(community) == []


def test_tidying_removes_incidents_that_have_not_happened_for_ninety_days(community):
    happen(community, "a" * 12)
    community.pass_time(days=1)
    happen(community, "b" * 12)
    community.pass_time(days=89, seconds=1)
    community.jobs.tidy()

    assert noted(community, "a" * 12) is None
    assert noted(community, "b" * 12) is not None
