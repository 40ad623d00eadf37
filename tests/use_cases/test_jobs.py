"""Jobs run in turn: mails first, the rest in parts, one run for a key, and nothing is lost when a worker dies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.jobs import Outcome
from application.ports.mailing import MailRefused, MailServerFailed
from domain.errors import TryAgain
from domain.job_kinds import JobKind
from domain.outbox import FURTHEST_DUE, LONGEST_LEASE, Job, State
from domain.roles import Role
from entrypoints.choices import handlers_of

PASSWORD = "a horse, a battery"


class Killed(BaseException):
    """The worker dies here."""


class Counting:
    """A job of `parts` parts of two seconds each. It stores in `progress` how many are done."""

    def __init__(self, community, parts):
        self.community, self.parts, self.done = community, parts, []
        self.dies_at = None
        self.meanwhile = []

    def __call__(self, job):
        at = int(job.progress or 0)
        if at == self.dies_at:
            self.dies_at = None
            raise Killed
        self.done.append(at)
        self.community.pass_time(seconds=2)
        job.progress = str(at + 1)
        while self.meanwhile:
            self.meanwhile.pop()()
        return Outcome.MORE if at + 1 < self.parts else Outcome.DONE


def with_handler(community, kind, handler):
    """The community's jobs, with another handler for one kind."""
    jobs = community.jobs
    return replace(jobs, job_handlers={**jobs.job_handlers, kind: handler})


def ask(community, kind=JobKind.ERASE_ALL, *, key="", seconds=0):
    with community.open_work() as work:
        due_at = community.time + timedelta(seconds=seconds)
        work.outbox.add(Job(id=community.new_id(), kind=kind, account_id=1, key=key, due_at=due_at))
        work.commit()


def states(community):
    return [row.state for row in community.outbox_rows()]


def test_no_lease_and_no_wait_is_longer_than_what_counts_as_possible():
    for terms in (kind.terms for kind in JobKind):
        assert terms.lease <= LONGEST_LEASE / 2
        assert terms.longest_wait <= FURTHEST_DUE / 2


def test_every_kind_of_job_has_one_handler(community):
    assert community.jobs.job_handlers.keys() == set(JobKind)
    with pytest.raises(AssertionError):
        handlers_of(community.leaving, community.leaving)


def test_a_long_job_pauses_after_five_seconds_and_continues_where_it_was(community):
    ask(community)
    counting = Counting(community, parts=7)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    assert jobs.run_next()
    assert counting.done == [0, 1, 2]
    assert states(community) == [State.WAITING]
    while jobs.run_next():
        pass

    assert counting.done == list(range(7))
    assert states(community) == [State.DONE]


def test_a_mail_that_is_added_during_a_long_job_is_sent_before_its_next_part(community):
    community.join("susan")
    ask(community)
    counting = Counting(community, parts=7)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)
    counting.meanwhile = [lambda: community.passwords.request_reset(client="x", email="susan@example.com")]
    sent = len(community.postbox.letters)

    jobs.run_next()
    jobs.run_next()

    assert len(counting.done) == 3
    assert len(community.postbox.letters) == sent + 1


def test_two_long_jobs_take_turns(community):
    ask(community)
    ask(community, JobKind.UNFOLLOW_ALL)
    one, other = Counting(community, parts=6), Counting(community, parts=6)
    jobs = with_handler(community, JobKind.ERASE_ALL, one)
    jobs = replace(jobs, job_handlers={**jobs.job_handlers, JobKind.UNFOLLOW_ALL: other})

    jobs.run_next()
    jobs.run_next()

    assert (len(one.done), len(other.done)) == (3, 3)


def test_a_worker_that_dies_between_two_turns_loses_no_progress(community):
    ask(community)
    counting = Counting(community, parts=7)
    counting.dies_at = 5
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    jobs.run_next()
    with pytest.raises(Killed):
        jobs.run_next()
    assert not jobs.run_next()
    community.time += JobKind.ERASE_ALL.terms.lease
    while jobs.run_next():
        pass

    assert counting.done == [0, 1, 2, 3, 4, 3, 4, 5, 6]
    assert states(community) == [State.DONE]


def test_a_turn_ends_although_the_clock_jumps_back(community):
    ask(community)
    counting = Counting(community, parts=3)
    counting.meanwhile = [lambda: community.pass_time(days=-1)]
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    assert jobs.run_next()

    assert counting.done == [0]


@pytest.mark.parametrize("kind", [JobKind.ERASE_ALL, JobKind.NEW_MEMBER])
def test_a_clock_that_jumps_a_day_ahead_and_back_keeps_no_job_for_a_day(community, kind):
    ask(community, kind)
    community.pass_time(days=1)

    def die(job):
        raise Killed

    with pytest.raises(Killed):
        with_handler(community, kind, die).run_next()
    community.pass_time(days=-1)
    assert with_handler(community, kind, lambda job: Outcome.DONE).run_next()

    assert states(community) == [State.DONE]


def test_a_clock_that_jumps_a_day_ahead_and_back_keeps_no_job_waiting_for_a_day(community):
    ask(community)
    community.pass_time(days=1)

    def busy(job):
        raise TryAgain

    assert with_handler(community, JobKind.ERASE_ALL, busy).run_next()
    community.pass_time(days=-1)
    assert with_handler(community, JobKind.ERASE_ALL, lambda job: Outcome.DONE).run_next()

    assert states(community) == [State.DONE]


def test_a_server_that_hangs_leaves_a_worker_time_for_other_jobs(community):
    for name in ("susan", "david", "mary"):
        community.join(name)
    for name in ("susan", "david", "mary"):
        community.passwords.request_reset(client=name, email=f"{name}@example.com")
    ask(community)
    counting = Counting(community, parts=300)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)
    began = community.time

    def hang(letter):
        community.postbox.tries += 1
        community.pass_time(seconds=30)
        raise MailServerFailed("took longer than 30 s")

    community.postbox.tries, community.postbox.send = 0, hang
    while counting.done != list(range(300)):
        assert jobs.run_next()

    # 600 seconds of work. Pauses of 10, 20, 40, 80, 160, 300 seconds lie between attempts of 30 seconds each.
    assert community.postbox.tries == 6
    assert (community.time - began).total_seconds() < 600 + 6 * 30 + 10


def test_a_slow_mail_lets_another_job_go_first(community):
    community.join("susan")
    for number in range(3):
        community.passwords.request_reset(client=str(number), email="susan@example.com")
    ask(community)
    counting = Counting(community, parts=7)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)
    sent = len(community.postbox.letters)

    def dawdle(letter):
        community.pass_time(seconds=20)
        community.postbox.letters.append(letter)

    community.postbox.send = dawdle
    for _ in range(4):
        assert jobs.run_next()

    assert (len(community.postbox.letters) - sent, len(counting.done)) == (2, 6)


def test_one_run_serves_all_requests_under_its_key_from_before_it_began(community):
    ask(community, key="one", seconds=60)
    ask(community, key="one", seconds=30)
    ask(community, key="another", seconds=60)
    assert len(community.outbox_rows()) == 2
    counting = Counting(community, parts=1)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    community.pass_time(seconds=30)
    assert jobs.run_next()
    assert not jobs.run_next()

    assert states(community).count(State.DONE) == 1


def test_a_request_under_a_key_that_runs_gets_another_run(community):
    ask(community, key="one")
    counting = Counting(community, parts=1)
    counting.meanwhile = [lambda: ask(community, key="one", seconds=60)]
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    assert jobs.run_next()
    assert states(community) == [State.WAITING]
    assert not jobs.run_next()
    community.pass_time(seconds=60)
    assert jobs.run_next()

    assert counting.done == [0, 0]
    assert states(community) == [State.DONE]


def test_a_request_between_two_parts_gets_a_run_from_the_beginning(community):
    ask(community, key="one")
    counting = Counting(community, parts=4)
    jobs = with_handler(community, JobKind.ERASE_ALL, counting)

    jobs.run_next()
    ask(community, key="one")
    while jobs.run_next():
        pass

    assert counting.done == [0, 1, 2, 3, 0, 1, 2, 3]
    assert states(community) == [State.DONE]


def test_a_key_is_free_again_when_its_job_has_ended(community):
    ask(community, key="one")
    jobs = with_handler(community, JobKind.ERASE_ALL, Counting(community, parts=1))
    jobs.run_next()

    ask(community, key="one")

    assert states(community) == [State.WAITING, State.DONE]


def test_the_erasure_of_a_former_members_data_is_never_given_up(community):
    ask(community)

    def busy(job):
        raise TryAgain

    jobs = with_handler(community, JobKind.ERASE_ALL, busy)
    for _ in range(30):
        community.pass_time(days=1)
        assert jobs.run_next()

    assert states(community) == [State.WAITING]


def test_retrying_a_given_up_job_is_left_to_the_job_that_waits_under_its_key(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    community.postbox.away = True
    community.addresses.request_change(actor_id=boss, email="new@example.com", password=PASSWORD)
    community.pass_time(days=4)
    community.deliver()
    given_up = community.outbox_rows()[-1 - states(community)[::-1].index(State.GIVEN_UP)]
    assert given_up.kind is JobKind.CHANGE_EMAIL
    community.addresses.request_change(actor_id=boss, email="new@example.com", password=PASSWORD)
    community.postbox.away = False
    sent = len(community.postbox.letters)

    community.outbox.retry(actor_id=boss, job_id=given_up.id)
    community.deliver()

    assert [letter.to for letter in community.postbox.letters[sent:]].count("new@example.com") == 1
    assert states(community).count(State.GIVEN_UP) >= 1


def test_a_mail_to_an_earlier_new_address_is_dropped_and_the_later_link_works(community):
    susan = community.join("susan")
    community.postbox.away = True
    community.addresses.request_change(actor_id=susan, email="typo@example.com", password=PASSWORD)
    community.jobs.run_next()
    community.addresses.request_change(actor_id=susan, email="new@example.com", password=PASSWORD)
    community.postbox.away = False
    community.pass_time(seconds=10)
    community.deliver()
    token = community.token_to("new@example.com")
    community.pass_time(minutes=30)
    community.deliver()

    assert "typo@example.com" not in [letter.to for letter in community.postbox.letters]
    assert community.addresses.change(actor_id=susan, token=token) == "new@example.com"


def test_the_old_address_is_warned_even_when_a_worker_dies_before_the_link_is_stored(community):
    susan = community.join("susan")
    community.addresses.request_change(actor_id=susan, email="new@example.com", password=PASSWORD)
    jobs = community.jobs
    open_work, opened = community.open_work, iter(range(9))

    def die_in_the_second():
        if next(opened) == 1:
            raise Killed
        return open_work()

    community.open_work = die_in_the_second
    with pytest.raises(Killed):
        jobs.run_next()
    community.open_work = open_work
    community.time += JobKind.CHANGE_EMAIL.terms.lease
    community.deliver()

    assert [letter.to for letter in community.postbox.letters[-2:]] == ["new@example.com", "susan@example.com"]


def test_jobs_are_counted_by_kind_and_by_what_became_of_them(community):
    counting = Counting(community, parts=2)
    ask(community)

    with_handler(community, JobKind.ERASE_ALL, counting).run_next()

    assert community.meter.counts == {("jobs_total", "erase_all", "done"): 1}
    assert community.meter.values == {("job_seconds", "erase_all"): [4.0]}


def test_a_job_with_a_program_error_is_counted_as_failed(community):
    def broken(_):
        raise ZeroDivisionError

    ask(community)
    with_handler(community, JobKind.ERASE_ALL, broken).run_next()

    assert community.meter.counts == {("jobs_total", "erase_all", "failed"): 1}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(None, "sent"), (MailServerFailed("away"), "failed"), (MailRefused("550 no such mailbox"), "refused")],
)
def test_mails_are_counted_by_what_became_of_them(community, error, outcome):
    community.join("susan")
    community.passwords.request_reset(client="192.0.2.7", email="susan@example.com")
    community.meter.counts.clear()
    community.postbox.refusal = error

    community.jobs.run_next()

    mails = {labels: count for labels, count in community.meter.counts.items() if labels[0] == "mails_total"}
    assert mails == {("mails_total", outcome): 1}
