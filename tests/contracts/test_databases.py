"""Databases that are busy, full, read-only, restarted or away: a caller hears TryAgain, and nothing else changes."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text, update

from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.sql.engine import Database
from adapters.sql.limits import SqlLimits
from adapters.sql.members import SqlMemberFeeds
from adapters.sql.migrate import upgrade
from adapters.sql.posts import SqlPostFeeds
from adapters.sql.tables import outbox
from adapters.sql.unit_of_work import SqlUnitOfWork
from application.ports.paging import Window
from application.ports.tallies import Tally
from application.ports.work import UnitOfWork
from domain.accounts import Account, Email, Username
from domain.errors import NotFound, TryAgain
from domain.limits import LONGEST, RateLimit
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import sql_storage
from tests.postgres import PostgresServer, server_programs

BRIEFLY = 0.05


@contextmanager
def opened(url: str, **values: Any) -> Iterator[Database]:
    database = Database(url, **values)
    try:
        yield database
    finally:
        database.close()


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def touch(database: Database) -> None:
    """Writes something, whatever is there."""
    with SqlUnitOfWork(database) as work:
        work.once.remove_older(BEGINNING)
        work.commit()


def read(database: Database) -> None:
    SqlPostFeeds(database).latest(None, Window(1))


def uses(database: Database) -> list[Callable[[], object]]:
    return [
        lambda: read(database),
        lambda: touch(database),
        lambda: SqlLimits(database).check({"key": RateLimit(99, 1)}, BEGINNING),
        lambda: SqlLimits(database).take({"key": RateLimit(99, 1)}, BEGINNING),
    ]


@contextmanager
def in_another_process(database: Database) -> Iterator[None]:
    """A process holds the writers' lock file."""
    program = (
        "import fcntl, sys; file = open(sys.argv[1], 'a'); fcntl.flock(file, fcntl.LOCK_EX); print('held'); input()"
    )
    command = [sys.executable, "-uc", program, f"{database.engine.url.database}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.communicate("\n")


def tries_of(act: Callable[[], object]) -> int:
    """How often it took TryAgain before it worked."""
    for tried in range(3):
        try:
            act()
        except TryAgain:
            continue
        return tried
    raise AssertionError("it never worked")


@pytest.mark.sql
class TestSqlite:
    def test_a_writer_of_another_program_only_delays(self, sqlite_database: Database) -> None:
        path = sqlite_database.engine.url.database
        assert path is not None
        with closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as outside:
            outside.execute("BEGIN EXCLUSIVE")
            release = threading.Timer(BRIEFLY, outside.execute, ["ROLLBACK"])
            release.start()

            touch(sqlite_database)

            release.join()

    def test_waiting_for_a_writer_of_another_program_has_a_limit(self, sqlite_database: Database) -> None:
        path = sqlite_database.engine.url.database
        assert path is not None
        with (
            opened(url_of(sqlite_database), patience=BRIEFLY) as database,
            closing(sqlite3.connect(path, isolation_level=None)) as outside,
        ):
            outside.execute("BEGIN EXCLUSIVE")

            with pytest.raises(TryAgain):
                touch(database)
            read(database)

            outside.execute("ROLLBACK")
            touch(database)

    def test_a_second_unit_of_work_waits_its_patience_and_gives_up(self, sqlite_database: Database) -> None:
        with opened(url_of(sqlite_database), patience=BRIEFLY) as database:
            with SqlUnitOfWork(database):
                with pytest.raises(TryAgain), SqlUnitOfWork(database):
                    pass
                read(database)

            touch(database)

    def test_waiting_for_the_lock_file_of_another_process_has_a_limit(self, sqlite_database: Database) -> None:
        """As `deploy` does for a whole migration."""
        with (
            opened(url_of(sqlite_database), patience=BRIEFLY) as database,
            in_another_process(sqlite_database),
            ThreadPoolExecutor(4) as threads,
        ):
            for ended in [threads.submit(touch, database) for _ in range(8)]:
                with pytest.raises(TryAgain):
                    ended.result(timeout=30)
            read(database)

        with opened(url_of(sqlite_database), patience=BRIEFLY) as database:
            touch(database)

    def test_a_writer_that_gave_up_waiting_blocks_no_other(self, sqlite_database: Database) -> None:
        with opened(url_of(sqlite_database), patience=BRIEFLY) as hasty, opened(url_of(sqlite_database)) as patient:
            with in_another_process(sqlite_database):
                for _ in range(3):
                    with pytest.raises(TryAgain):
                        touch(hasty)
            # The lock that comes too late for `hasty` goes on to whoever is next.
            for _ in range(20):
                touch(patient)
                touch(hasty)

    def test_a_writer_gets_its_turn_when_the_other_process_is_done(self, sqlite_database: Database) -> None:
        with opened(url_of(sqlite_database), patience=30) as database, ThreadPoolExecutor(4) as threads:
            with in_another_process(sqlite_database):
                waiting = [threads.submit(touch, database) for _ in range(4)]
                assert wait(waiting, timeout=0.3).done == set()
            for writer in waiting:
                writer.result(timeout=30)

    @pytest.mark.parametrize("pragma", ["max_page_count=1", "query_only=ON"])
    def test_a_full_or_read_only_disk_raises_try_again(self, tmp_path: Path, pragma: str) -> None:
        url = f"sqlite:///{tmp_path}/chapbook.db"
        upgrade(url)
        with opened(url) as database:
            event.listen(database.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))

            with pytest.raises(TryAgain), SqlUnitOfWork(database) as work:
                fill(work)
                work.commit()
            read(database)

        with opened(url) as database:
            assert SqlMemberFeeds(database).is_empty()

    def test_a_lock_file_that_cannot_be_opened_raises_try_again(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/chapbook.db"
        upgrade(url)
        (tmp_path / "chapbook.db.lock").unlink()
        (tmp_path / "chapbook.db.lock").mkdir()

        with opened(url) as database:
            with pytest.raises(TryAgain):
                touch(database)
            read(database)

            (tmp_path / "chapbook.db.lock").rmdir()
            touch(database)

    def test_a_database_that_cannot_be_opened_raises_try_again(self, tmp_path: Path) -> None:
        with opened(f"sqlite:///{tmp_path}/gone/chapbook.db") as database:
            for use in uses(database):
                with pytest.raises(TryAgain):
                    use()


def fill(work: UnitOfWork) -> None:
    """More than a page of the file can hold."""
    for number in range(20):
        work.accounts.add(account(number))


def account(number: int) -> Account:
    return Account(
        id=number + 1,
        username=Username(f"m{number}"),
        email=Email(f"m{number}@example.com"),
        password_hash=None,
        about_me="x" * 2_000,
    )


def test_a_unit_of_work_in_memory_waits_its_patience_and_gives_up() -> None:
    store = Store()

    with MemoryUnitOfWork(store), pytest.raises(TryAgain), MemoryUnitOfWork(store, patience=0.001):
        pass

    with MemoryUnitOfWork(store, patience=0):
        pass


def test_many_writers_at_once_all_succeed(database: Database) -> None:
    storage = sql_storage(database)
    ada = Community(storage).member()

    def count() -> None:
        with storage.unit_of_work() as work:
            work.accounts.get(ada.id)
            work.tallies.add({ada.id: Tally(posts=1)})
            work.commit()

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(count) for _ in range(40)]:
            done.result(timeout=20)

    assert storage.people_feeds.profile(None, "ada").post_count == 40


@pytest.mark.sql
def test_a_server_that_does_not_answer_raises_try_again(tmp_path: Path) -> None:
    with opened(f"postgresql+psycopg://app@/chapbook?host={tmp_path}") as database:
        for use in uses(database):
            with pytest.raises(TryAgain):
                use()


@pytest.mark.sql
@pytest.mark.postgres
class TestPostgres:
    def test_waiting_for_a_locked_row_has_a_limit(self, postgres_database: Database) -> None:
        community = Community(sql_storage(postgres_database))
        post = community.post(community.member())

        with opened(url_of(postgres_database), patience=BRIEFLY) as database:
            with SqlUnitOfWork(postgres_database) as first:
                first.posts.lock(post.id)
                with pytest.raises(TryAgain), SqlUnitOfWork(database) as second:
                    second.posts.lock(post.id)

            with SqlUnitOfWork(database) as work:
                assert work.posts.lock(post.id) == post

    def test_one_of_two_in_a_deadlock_gets_try_again(self, postgres_database: Database) -> None:
        community = Community(sql_storage(postgres_database))
        ada = community.member()
        posts = [community.post(ada), community.post(ada)]
        meeting = threading.Barrier(2, timeout=20)

        def lock(first: int, second: int) -> str:
            try:
                with SqlUnitOfWork(postgres_database) as work:
                    work.posts.lock(posts[first].id)
                    meeting.wait()
                    work.posts.lock(posts[second].id)
                    return "done"
            except TryAgain:
                return "try again"

        with ThreadPoolExecutor(2) as threads:
            ended = [threads.submit(lock, *order) for order in ((0, 1), (1, 0))]
            assert sorted(each.result(timeout=20) for each in ended) == ["done", "try again"]

    def test_a_limit_that_is_being_taken_is_not_forgotten_meanwhile(self, postgres_database: Database) -> None:
        wanted = {"key": RateLimit(2, 60)}
        late = BEGINNING + LONGEST + LONGEST
        sql_storage(postgres_database).limits.take(wanted, BEGINNING)
        forgotten: list[object] = []

        def forget(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
            if "FOR UPDATE" in statement:
                with opened(url_of(postgres_database), patience=BRIEFLY) as other, pytest.raises(TryAgain) as busy:
                    SqlLimits(other).forget_stale(late)
                forgotten.append(busy.value)

        with opened(url_of(postgres_database)) as database:
            event.listen(database.engine, "before_cursor_execute", forget)
            assert SqlLimits(database).take(wanted, late) == 1

        assert len(forgotten) == 1

    def test_a_server_that_became_read_only_raises_try_again(self, postgres_database: Database) -> None:
        with opened(url_of(postgres_database)) as database:
            event.listen(database.engine, "connect", _read_only)

            with pytest.raises(TryAgain):
                touch(database)
            read(database)


def _read_only(connection: Any, _record: object) -> None:
    connection.execute("SET default_transaction_read_only = on")
    connection.commit()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """One that a test may crash: the others share theirs."""
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: install the package postgresql")
    with PostgresServer(programs) as server:
        yield server


@pytest.mark.sql
@pytest.mark.postgres
def test_after_a_crash_of_the_server_the_second_try_succeeds(own_server: PostgresServer) -> None:
    url = own_server.create_database()
    upgrade(url)
    with opened(url, pool_size=4) as database:
        with ExitStack() as pooled:
            for _ in range(4):
                pooled.enter_context(database.engine.connect()).execute(text("CHECKPOINT"))

        own_server.restart("immediate")
        assert sum(tries_of(use) for use in uses(database) * 2) <= 1

        with pytest.raises(TryAgain), SqlUnitOfWork(database) as work:
            with pytest.raises(NotFound):
                work.posts.get(1)
            own_server.restart("immediate")
            work.posts.get(1)
        assert sum(tries_of(use) for use in uses(database)[:2] * 4) <= 1

        with pytest.raises(TryAgain), SqlUnitOfWork(database) as work:
            work.once.remove_older(BEGINNING)
            own_server.restart("immediate")
            work.commit()
        touch(database)


def test_a_worker_leaves_jobs_of_unknown_kinds_to_a_newer_version(sqlite_database: Database) -> None:
    storage = sql_storage(sqlite_database)
    community = Community(storage)
    unknown, known = community.job(), community.job()
    with sqlite_database.writing() as connection:
        connection.execute(update(outbox).where(outbox.c.id == unknown.id).values(kind="digest"))
        connection.commit()

    with storage.unit_of_work() as work:
        assert work.outbox.claim(community.now) == known
    assert [card.id for card in storage.outbox_feeds.latest(Window(5)).items] == [known.id]
