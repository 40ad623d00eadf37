"""A worker is killed while it tells many of one comment."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from adapters.sql.engine import Database
from adapters.sql.tables import OUTBOX_WAITS, notifications, outbox
from application.ports.paging import Window
from domain.accounts import Account
from domain.identifiers import Email, Username
from domain.ids import LARGEST
from domain.job_kinds import JobKind
from domain.notifications import NotificationKind
from domain.watching import Watch
from tests.faults.client import ask
from tests.faults.community import Community, happens
from tests.faults.report import note
from tests.faults.writers import ROOT

pytestmark = pytest.mark.long

# A worker takes a second or two for these.
WATCHERS = 5_000
_WATCHED = notifications.c.kind == NotificationKind.WATCHED.value


@contextmanager
def database_of(community: Community) -> Iterator[Database]:
    database = Database(community.url)
    try:
        yield database
    finally:
        database.close()


def let_many_watch(community: Community, post_id: int) -> set[int]:
    ids = set()
    with community.container() as container, container.storage().unit_of_work() as work:
        new_id = container.new_id()
        for number in range(WATCHERS):
            username = f"watcher{number}"
            account = Account(
                id=new_id(),
                username=Username(username),
                email=Email(f"{username}@example.com"),
                password_hash=None,
                confirmed=True,
            )
            assert work.accounts.add(account)
            work.watches.add(Watch(id=new_id(), post_id=post_id, account_id=account.id))
            ids.add(account.id)
        work.commit()
    return ids


def test_a_killed_worker_tells_all_who_watch_and_nobody_twice(community: Community) -> None:
    post_id = int(community.anchor.rpartition("/")[2])
    watchers = let_many_watch(community, post_id)
    path, talker = f"{ROOT}/posts/{post_id}/comments/", community.members[1]

    with database_of(community) as database:

        def told() -> list[int]:
            return [row.account_id for row in database.rows(select(notifications.c.account_id).where(_WATCHED))]

        wrote = ask(community.server.port, "POST", path, {"body": "A word."}, headers=talker.headers)
        assert wrote.status == 201
        happens(told)
        victim = community.processes("mail")[0]
        community.kill(victim)
        before = told()
        assert 0 < len(before) < WATCHERS
        with community.container() as container:
            # Who is told a second time gets a second notification, because the first one is read.
            with container.storage().unit_of_work() as work:
                for account_id in before:
                    work.notifications.read_until(account_id, LARGEST)
                work.commit()
            community.await_another("mail", victim)
            # The lease of the dead worker lasts for a minute. An administrator need not wait for its end.
            for job in container.storage().outbox_feeds.latest(Window(100)).items:
                if job.kind is JobKind.TELL_WATCHERS:
                    container.outbox().retry_from_the_command_line(job_id=job.id)
        happens(lambda: len(told()) >= WATCHERS)
        job_waits = select(outbox.c.id).where(outbox.c.kind == JobKind.TELL_WATCHERS.value, OUTBOX_WAITS)
        happens(lambda: not database.rows(job_waits))

        assert sorted(told()) == sorted(watchers)
    note("kill -9 of the worker that tells", community.database, f"{WATCHERS:,} watchers, {len(before):,} told before")
