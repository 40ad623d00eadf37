"""Databases that are busy, full, read-only, restarted or away: a caller hears TryAgain, and nothing else changes."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select, text, update
from sqlalchemy.exc import OperationalError

from adapters.memory.storage import memory_storage
from adapters.memory.store import Store
from adapters.memory.unit_of_work import MemoryUnitOfWork
from adapters.sql.bounded_connection import BoundedConnection
from adapters.sql.checkup import fault_of
from adapters.sql.connecting import BOUNDED
from adapters.sql.engine import WRITERS_AT_ONCE, Database
from adapters.sql.limits import SqlLimits
from adapters.sql.members import SqlMemberFeeds
from adapters.sql.migrate import upgrade
from adapters.sql.observing import Statement
from adapters.sql.posts.feeds import SqlPostFeeds
from adapters.sql.tables import outbox
from adapters.sql.unit_of_work import SqlUnitOfWork
from adapters.turns import Turns
from application.ports.paging import Window
from application.ports.tallies import Tally
from application.ports.work import IN_ALL, ONE_TRY, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.errors import NotFound, Overloaded, TryAgain
from domain.identifiers import Email, Username
from domain.limits import LONGEST, RateLimit
from domain.posts import Post
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import sql_storage
from tests.postgres import PostgresServer, server_programs

BRIEFLY = 0.05
LONG = 20.0


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


def some_post(database: Database) -> Post:
    community = Community(sql_storage(database))
    return community.post(community.member())


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.001)


@contextmanager
def exclusively(path: str) -> Iterator[None]:
    """Another program locks the whole database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as outside:
        outside.execute("BEGIN EXCLUSIVE")
        yield
        outside.execute("ROLLBACK")


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

    def test_an_impatient_writer_waits_for_nobody(self, sqlite_database: Database) -> None:
        path = sqlite_database.engine.url.database
        assert path is not None
        with opened(url_of(sqlite_database), patience=LONG) as database:
            for busy in (
                lambda: SqlUnitOfWork(database),
                lambda: in_another_process(sqlite_database),
                lambda: exclusively(path),
            ):
                with busy(), pytest.raises(TryAgain), SqlUnitOfWork(database, patient=False):
                    pass
            with SqlUnitOfWork(database, patient=False) as work:
                work.once.remove_older(BEGINNING)
                work.commit()

    def test_a_unit_of_work_that_reads_waits_for_no_writer(self, sqlite_database: Database) -> None:
        path = sqlite_database.engine.url.database
        assert path is not None
        post = some_post(sqlite_database)
        with opened(url_of(sqlite_database), patience=LONG, write_places=1) as database:
            with SqlUnitOfWork(database), SqlUnitOfWork(database, reading=True) as work:
                assert work.posts.get(post.id) == post
            with exclusively(path), SqlUnitOfWork(database, reading=True) as work:
                assert work.posts.get(post.id) == post

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

    def test_a_connection_that_was_opened_read_only_is_replaced(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path}/chapbook.db"
        upgrade(url)
        read_only = iter(("ON", "ON"))

        def prepare(connection: Any, _record: object) -> None:
            connection.execute(f"PRAGMA query_only={next(read_only, 'OFF')}")

        with opened(url) as database:
            event.listen(database.engine, "connect", prepare)
            with database.connected(), database.connected():
                pass  # both connections are in the pool now
            with pytest.raises(TryAgain):
                touch(database)
            # The pool gives out the connection that it got last. While that is in use, it is the turn of the other one.
            with database.connected(), pytest.raises(TryAgain):
                touch(database)
            for _ in range(4):
                touch(database)

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

    with MemoryUnitOfWork(store), pytest.raises(TryAgain), MemoryUnitOfWork(store, seconds=0.001):
        pass

    with MemoryUnitOfWork(store, seconds=0):
        pass


def test_a_unit_of_work_beyond_the_places_of_a_store_is_refused_at_once() -> None:
    store = Store(turns=Turns(at_once=1, places=2, seconds=LONG))

    def touch_store() -> None:
        with MemoryUnitOfWork(store) as work:
            work.commit()

    with ThreadPoolExecutor(1) as thread:
        with MemoryUnitOfWork(store):
            waiting = thread.submit(touch_store)
            until(lambda: store.turns.taken == 2)
            with pytest.raises(Overloaded), MemoryUnitOfWork(store):
                pass
            assert not waiting.done()
        waiting.result(timeout=LONG)


def test_writers_beyond_the_places_are_refused_at_once_and_reads_go_on(database: Database) -> None:
    post = some_post(database)
    with opened(url_of(database), patience=LONG, write_places=2) as narrow, ThreadPoolExecutor(1) as thread:

        def lock() -> None:
            with SqlUnitOfWork(narrow) as work:
                work.posts.lock(post.id)

        with SqlUnitOfWork(narrow) as first:
            first.posts.lock(post.id)
            waiting = thread.submit(lock)
            until(lambda: narrow.turns.taken == 2)

            for refused in (lambda: touch(narrow), lambda: SqlLimits(narrow).take({"key": RateLimit(9, 1)}, BEGINNING)):
                with pytest.raises(Overloaded):
                    refused()
            with pytest.raises(Overloaded), SqlUnitOfWork(narrow, patient=False):
                pass
            read(narrow)
            SqlLimits(narrow).check({"key": RateLimit(9, 1)}, BEGINNING)
            with SqlUnitOfWork(narrow, reading=True) as reading:
                assert reading.posts.get(post.id) == post
            # The first one still has its turn, so nobody above waited for it.
            assert not waiting.done()
        waiting.result(timeout=LONG)
        touch(narrow)


def test_an_overloaded_storage_is_not_asked_again(database: Database) -> None:
    with opened(url_of(database), write_places=1) as narrow:
        asked: list[bool] = []

        def open_work(*, reading: bool = False, patient: bool = True) -> UnitOfWork:
            asked.append(patient)
            return SqlUnitOfWork(narrow, reading=reading, patient=patient)

        repeat = Repeat(open_work)
        with SqlUnitOfWork(narrow):
            with pytest.raises(Overloaded):
                repeat(lambda work: work.commit())
            assert asked == [True]
            repeat.reading(lambda work: work.accounts.find_by_email("ada@example.com"))
        repeat(lambda work: work.commit())


@pytest.mark.sql
def test_no_try_begins_when_it_could_end_too_late() -> None:
    """Whoever has waited long is not made to wait again."""
    tries: list[int] = []
    store = Store()

    def act(work: UnitOfWork) -> None:
        tries.append(1)
        if len(tries) < 3:
            time.sleep(0 if len(tries) == 1 else IN_ALL - ONE_TRY)
        raise TryAgain()

    with pytest.raises(TryAgain):
        Repeat(memory_storage(store).unit_of_work)(act)

    assert len(tries) == 2


def test_connections_that_are_all_in_use_raise_try_again(database: Database) -> None:
    with opened(url_of(database), pool_size=1) as small, ExitStack() as readers:
        for _ in range(1 + WRITERS_AT_ONCE):
            readers.enter_context(small.connected())
        with pytest.raises(TryAgain):
            read(small)


@pytest.mark.sql
def test_a_port_that_accepts_and_says_nothing_raises_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BOUNDED, "connect_timeout", 2)  # the least that psycopg takes
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://app@127.0.0.1:{silent.getsockname()[1]}/chapbook"
        with opened(url) as database, ThreadPoolExecutor(6) as threads:
            tried = [threads.submit(use) for use in uses(database)]
            current, upgraded = threads.submit(fault_of, url), threads.submit(upgrade, url)
            for each in tried:
                with pytest.raises(TryAgain):
                    each.result(timeout=LONG)
            found = current.result(timeout=LONG)
            assert found is not None
            assert found.code == "away"
            with pytest.raises(OperationalError):
                upgraded.result(timeout=LONG)


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

    def test_all_locks_of_a_writer_share_one_deadline(self, postgres_database: Database) -> None:
        def lock_timeout(connection: Connection) -> int:
            shown: str = connection.execute(text("SHOW lock_timeout")).scalar_one()
            return int(shown.removesuffix("ms")) if shown.endswith("ms") else 1_000 * int(shown.removesuffix("s"))

        with opened(url_of(postgres_database), patience=2) as database:
            with database.writing() as connection:
                assert lock_timeout(connection) == 2_000
                connection.execute(text("SELECT pg_sleep(0.3)"))
                assert lock_timeout(connection) <= 1_700
            with database.writing() as connection:
                assert lock_timeout(connection) == 2_000

    def test_an_impatient_writer_waits_for_no_row(self, postgres_database: Database) -> None:
        post = some_post(postgres_database)
        with (
            opened(url_of(postgres_database), patience=LONG) as database,
            SqlUnitOfWork(postgres_database) as first,
        ):
            first.posts.lock(post.id)
            with pytest.raises(TryAgain), SqlUnitOfWork(database, patient=False) as second:
                second.posts.lock(post.id)
            assert first.posts.get(post.id) == post

    def test_writers_that_wait_leave_connections_to_readers(self, postgres_database: Database) -> None:
        post = some_post(postgres_database)
        with (
            opened(url_of(postgres_database), pool_size=1, patience=LONG) as database,
            ThreadPoolExecutor(20) as threads,
        ):

            def lock() -> None:
                with SqlUnitOfWork(database) as work:
                    work.posts.lock(post.id)

            with SqlUnitOfWork(postgres_database) as first:
                first.posts.lock(post.id)
                waiting = [threads.submit(lock) for _ in range(20)]
                until(lambda: database.turns.taken == 20)
                for _ in range(20):
                    read(database)
                assert not any(each.done() for each in waiting)
            for each in waiting:
                each.result(timeout=LONG)

    def test_a_statement_that_takes_too_long_raises_try_again(self, postgres_database: Database) -> None:
        with opened(url_of(postgres_database)) as database:
            for connected in (database.connected, database.reading, database.writing):
                with connected() as connection:
                    assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "5s"
            with pytest.raises(TryAgain), database.connected() as connection:
                connection.execute(text("SET statement_timeout = 10"))
                connection.execute(text("SELECT pg_sleep(30)"))

    def test_a_kept_statement_that_takes_too_long_is_observed_as_others_are(self, postgres_database: Database) -> None:
        seen: list[Statement] = []
        slow = select(func.pg_sleep(30).label("slept"))
        with opened(url_of(postgres_database), observers=[seen.append]) as database:
            event.listen(database.engine, "connect", _hurried)
            for ask in (lambda: database.kept_rows(slow, {}), lambda: database.rows(slow)):
                with pytest.raises(TryAgain):
                    ask()

        assert [each.failure for each in seen] == ["QueryCanceled"] * 2
        assert all(each.seconds >= 0.05 for each in seen)

    def test_a_server_process_that_stands_still_raises_try_again(
        self, postgres_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(BoundedConnection, "answer", 0.3)
        with opened(url_of(postgres_database), pool_size=1) as database, ExitStack() as at_the_end:

            def stop(connection: Connection) -> None:
                number: int = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                os.kill(number, signal.SIGSTOP)
                at_the_end.callback(os.kill, number, signal.SIGCONT)

            with pytest.raises(TryAgain), database.connected() as connection:
                stop(connection)
                connection.execute(text("SELECT 1"))
            read(database)
            with pytest.raises(TryAgain), database.writing() as connection:
                stop(connection)
                connection.execute(text("SELECT 1"))
            touch(database)
            # The pool finds out about one that stands still between two uses.
            with database.connected() as connection:
                stop(connection)
            read(database)

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


def _hurried(connection: Any, _record: object) -> None:
    connection.execute("SET statement_timeout = 50")
    connection.commit()


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
