"""What the feeds ask of a database: one statement each, at any size, and none that scans or sorts a table."""

import re
from collections.abc import Iterator

import pytest

from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from application.ports.paging import Window
from domain.members import MemberState, search_pattern
from domain.moderation import Act, LogEntry
from domain.outbox import Stage
from domain.roles import Role
from tests.contracts.community import Community
from tests.contracts.crowded import TYPED, Crowded, lists, single_reads, windows
from tests.contracts.storages import sql_storage
from tests.executed import executed, unprepared
from tests.postgres import PostgresServer


@pytest.fixture
def own_postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    """A database of one test. Plans depend on the pages that other tests leave in tables and indexes, and what
    PostgreSQL learns here would change the plans of others."""
    url = postgres_server.create_database()
    upgrade(url)
    database = Database(url)
    yield database
    database.close()
    postgres_server.drop_database(url)


@pytest.mark.parametrize("rows", [1, 100])
def test_every_read_is_one_statement_at_any_size(database: Database, rows: int) -> None:
    crowded = Crowded(database, rows)
    reads = {
        **lists(crowded.storage, crowded),
        **single_reads(crowded.storage, crowded),
        "members.is_empty": lambda _: crowded.storage.member_feeds.is_empty(),
    }

    with executed(database) as statements:
        for name, read in reads.items():
            for window in windows(crowded):
                statements.clear()
                read(window)
                assert len(statements) == 1, name


def test_a_statement_that_is_compiled_once_gives_what_sqlalchemy_gives(database: Database) -> None:
    crowded = Crowded(database, 30)
    for name, read in {**lists(crowded.storage, crowded), **single_reads(crowded.storage, crowded)}.items():
        for window in windows(crowded):
            found = read(window)
            with unprepared(database):
                assert read(window) == found, name


def test_the_archive_is_read_in_batches(database: Database) -> None:
    crowded = Crowded(database, 30)
    archive = crowded.storage.archive_feeds

    for read in (archive.posts, archive.comments, archive.following, archive.mutes):
        with executed(database) as statements:
            assert len(list(read(crowded.ada.reader))) == 30
        assert len(statements) <= 2


# The first page of a list that is a whole table walks it from its newest row; what else reads, searches an index.
WALKED = {
    "posts.latest": "posts",
    "posts.timeline": "posts",
    "admitting.waiting": "accounts",
    "moderation.comments": "comments",
    "moderation.log": "moderation_log",
    "appeals.waiting": "appeals",
    "cases.waiting": "cases",
    "cases.waiting with reports": "cases",
    "cases.settled": "cases",
    "cases.settled with reports": "cases",
    "members.search": "accounts",
    "people.people ''": "accounts",
    "outbox.latest": "outbox",
    "posts.whole_latest": "posts",
    "posts.whole_timeline": "posts",
    "comments.latest": "comments",
}
# It takes the first row of a list, whatever the window.
WALKED_TO_THE_FIRST = {"cases.next_waiting": "cases"}
# It walks at most a hundred of each, in an index of those that wait. The others are functions that tell of the file.
WALKED_TO_THE_FIRST |= {"overview.standing": "cases appeals accounts pages sizes"}
# Whether anybody waits to be admitted.
_TELL_OF_WAITING = ("notifications.latest", "notifications.latest_profiles", "notifications.notification")
WALKED_TO_THE_FIRST |= dict.fromkeys((*_TELL_OF_WAITING, "notifications.of_mail", "sessions.viewer"), "waiting")
# It sorts the one nearest post of each followee, and a page. tests/contracts/test_timeline.py counts what it reads.
MERGES = {"posts.timeline", "posts.whole_timeline"}
# A notification groups its newest events by who did it, and a mail sorts what it tells of.
MERGES |= {f"notifications.{read}" for read in ("latest", "latest_profiles", "notification", "of_mail")}
# PostgreSQL sorts a page of the next members, and one of the few found beyond them: adapters/sql/member_search.py. It
# merges the first job of each priority.
MERGES_ON_POSTGRES = (
    MERGES
    | {"ping"}
    | {
        f"members.search {typed!r} {role} {state}"
        for typed in TYPED
        for role in (None, Role.USER, Role.MODERATOR)
        for state in (None, *MemberState)
    }
)
MERGES_ON_POSTGRES |= {f"people.people {typed!r}" for typed in TYPED}
# It walks so many of the newest rows, whatever the window, and sorts what they lead to: no index has that in order.
BOUNDED = {"following.suggestions": "posts"}


def plans(database: Database, explain: str, *preparations: str) -> Iterator[tuple[str, Window, list[str]]]:
    """How the database goes about each read."""
    crowded = Crowded(database, 30)
    reads = {**lists(crowded.storage, crowded), **single_reads(crowded.storage, crowded)}
    for name, read in reads.items():
        for window in windows(crowded):
            with executed(database) as statements:
                read(window)
            with database.engine.connect() as connection:
                for preparation in preparations:
                    connection.exec_driver_sql(preparation)
                for statement, parameters in statements:
                    yield (
                        # A reader who mutes walks, sorts and merges as all others do.
                        name.removesuffix(" (weary)"),
                        window,
                        [row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)],
                    )


@pytest.mark.sql
def test_no_read_scans_or_sorts_a_table_on_sqlite(sqlite_database: Database) -> None:
    for name, window, plan in plans(sqlite_database, "EXPLAIN QUERY PLAN"):
        whole = "\n".join(plan)
        made_on_the_way = set(re.findall(r"^(?:MATERIALIZE|CO-ROUTINE) (\w+)", whole, re.MULTILINE))
        # FTS5 has an index of its own. M is for MATCH (sqlite.org/src/file/ext/fts5/fts5_main.c).
        whole = re.sub(r"^SCAN (?=\w+ VIRTUAL TABLE INDEX \d+:.*M\d)", "SEARCH ", whole, flags=re.MULTILINE)
        scanned = set(re.findall(r"^SCAN (?!CONSTANT ROW)(\w+)", whole, re.MULTILINE)) - made_on_the_way
        first_page = window.before is None and window.after is None
        walked = BOUNDED | WALKED_TO_THE_FIRST | (WALKED if first_page else {})

        assert scanned <= set(walked.get(name, "").split()), f"{name} {window}\n{whole}"
        assert name in MERGES or whole.count("TEMP B-TREE") == (name in BOUNDED), f"{name} {window}\n{whole}"


@pytest.mark.sql
@pytest.mark.postgres
def test_no_read_has_to_scan_or_sort_a_table_on_postgres(own_postgres: Database) -> None:
    """Small tables it scans and sorts because that is cheap there; told that it is not, it must have another way."""
    dear = ("ANALYZE", *(f"SET enable_{way} = off" for way in ("seqscan", "sort", "incremental_sort", "bitmapscan")))
    for name, window, plan in plans(own_postgres, "EXPLAIN (COSTS OFF)", *dear):
        whole = "\n".join(plan)

        assert "Seq Scan" not in whole, f"{name} {window}\n{whole}"
        assert name in MERGES_ON_POSTGRES or whole.count("Sort Key") == (name in BOUNDED), f"{name} {window}\n{whole}"
        if name in BOUNDED:
            assert re.search(rf"Limit\n +->  Index Only Scan Backward using ix_{BOUNDED[name]}_id_listed ", whole), (
                whole
            )


# A filter of a list, and the index that has its rows in order. What is hidden or deleted is in none of the first eight.
FILTERED = {
    "posts.latest": "ix_posts_id_listed",
    "posts.whole_latest": "ix_posts_id_listed",
    "posts.whole_by": "ix_posts_author_id_id_listed",
    "posts.timeline": "ix_posts_author_id_id_listed",
    "people.page": "ix_posts_author_id_id_listed",
    "people.comments": "ix_comments_author_id_id_listed",
    "people.people ''": "ix_accounts_id_listed",
    "comments.latest": "ix_comments_id_listed",
    "comments.thread": "ix_comments_post_id_id_there",
    "moderation.comments": "ix_comments_id_listed",
    "deleting.own": "ix_posts_author_id_id_deleted",
    "members.search Role.USER None": "ix_accounts_role_id",
    "members.search Role.MODERATOR None": "ix_accounts_role_id",
    "members.search None MemberState.UNCONFIRMED": "ix_accounts_confirmed_id",
    "members.search None MemberState.DISABLED": "ix_accounts_disabled_id",
    "admitting.waiting": "ix_accounts_id",
    "invitations.of_member": "ix_invitations_owner_id_id",
    "outbox.backlog": "ix_outbox_kind_due_at",
    "sanctions.of_person": "ix_sanctions_account_id_id",
    "moderation.log_by": "ix_moderation_log_actor_id_id",
    "moderation.log_by a former name": "ix_moderation_log_actor_id_id",
    "sanctions.about_person": "ix_moderation_log_about_id_id",
    "appeals.record": "ix_moderation_log_about_id_id",
    "appeals.hidden_comments": "ix_comments_hidden_by_id",
    "appeals.waiting": "ix_appeals_id",
    "cases.waiting": "ix_cases_place_open",
    "cases.waiting with reports": "ix_cases_place_open",
    "cases.waiting about": "ix_cases_about_id_place_open",
    "cases.settled": "ix_cases_entry_id",
    "cases.settled with reports": "ix_cases_entry_id",
    "cases.settled about": "ix_cases_about_id_entry_id",
    "cases.case": "uq_reports_case_id_number|sqlite_autoindex_reports_1",
    "cases.case with earlier reports": "uq_reports_case_id_number|sqlite_autoindex_reports_1",
    "cases.next_waiting": "ix_cases_place_open",
    "cases.around": "ix_comments_post_id_id_there",
    "ping": "ix_outbox_state_priority_due_at_id",
    **{f"outbox.latest {stage} None": "ix_outbox_stage_id" for stage in Stage},
    # Where nearly all jobs at a stage are mails, the index of the stage does as well.
    **{
        f"outbox.latest {stage} {mails}": "ix_outbox_stage_(?:is_mail_)?id"
        for stage in Stage
        for mails in (True, False)
    },
    **{f"outbox.latest None {mails}": "ix_outbox_is_mail_id" for mails in (True, False)},
    "notifications.latest": "pk_notifications|sqlite_autoindex_notifications_1",
    "notifications.of_mail": "ix_notifications_account_id_mail_id_id",
    "sessions.viewer": "ix_notifications_account_id_id_unread",
    "liking.of_post": "ix_post_likes_post_id_id",
    "tags.used": "ix_tags_post_count_id_used",
    "tags.posts": "pk_post_tags|sqlite_autoindex_post_tags_1",
    "tags.posts (a visitor)": "pk_post_tags|sqlite_autoindex_post_tags_1",
    "tags.whole_posts": "pk_post_tags|sqlite_autoindex_post_tags_1",
    "bookmarks.posts": "ix_bookmarks_account_id_id",
    "bookmarks.whole_posts": "ix_bookmarks_account_id_id",
    "muting.people": "ix_mutes_owner_id_id",
    # Where nearly all are muted, or blocked, the index of all does as well.
    "muting.muted_profiles": "ix_mutes_owner_id_(?:muted_)?id",
    "muting.blocked_profiles": "ix_mutes_owner_id_(?:blocked_)?id",
    "flasky.username": "ix_flasky_name",
    "flasky.post_id": "pk_flasky|sqlite_autoindex_flasky_1",
}


@pytest.mark.sql
def test_each_filter_of_a_list_has_its_index_on_sqlite(sqlite_database: Database) -> None:
    require_indexes(plans(sqlite_database, "EXPLAIN QUERY PLAN"))


@pytest.mark.sql
@pytest.mark.postgres
def test_each_filter_of_a_list_has_its_index_on_postgres(own_postgres: Database) -> None:
    dear = ("ANALYZE", *(f"SET enable_{way} = off" for way in ("seqscan", "sort", "incremental_sort", "bitmapscan")))
    require_indexes(plans(own_postgres, "EXPLAIN (COSTS OFF)", *dear))


def require_indexes(found: Iterator[tuple[str, Window, list[str]]]) -> None:
    seen = set()
    for name, window, plan in found:
        if name in FILTERED:
            seen.add(name)
            whole = "\n".join(plan)
            assert re.search(rf"\b{FILTERED[name]}\b", whole), f"{name} {window}\n{whole}"
    assert seen == set(FILTERED)


@pytest.mark.sql
def test_old_copies_in_the_log_are_found_without_a_walk_past_other_acts(postgres_database: Database) -> None:
    storage = sql_storage(postgres_database)
    community = Community(storage)
    ada = community.member("ada")
    with storage.unit_of_work() as work:
        for _ in range(50):
            entry = LogEntry.on_person(ada.id, Act.NOTE, id=community.new_id(), actor_id=None, text="Writes.")
            work.moderation_log.add(entry)
        work.commit()
    with executed(postgres_database) as statements, storage.unit_of_work() as work:
        assert work.moderation_log.old_texts(community.new_id(), 1) == []

    with postgres_database.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        ((statement, parameters),) = (each for each in statements if "moderation_log" in each[0])
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", parameters)]
    assert "ix_moderation_log_id_there" in "\n".join(plan)
    assert "Rows Removed" not in "\n".join(plan)


@pytest.mark.sql
@pytest.mark.postgres
def test_a_search_for_few_members_has_an_index_of_trigrams_on_postgres(own_postgres: Database) -> None:
    database = own_postgres
    community = Community(sql_storage(database))
    with community.at_once():
        for number in range(1_000):
            community.member(f"m{number}")
    with database.engine.connect() as connection:
        for preparation in (
            "SELECT gin_clean_pending_list('ix_accounts_search_text')",
            "ANALYZE accounts",
            "SET enable_seqscan = off",
        ):
            connection.exec_driver_sql(preparation)
        for typed in ("m7", "m77", "77@ex", "nobody"):
            with executed(database) as statements:
                community.storage.member_feeds.search(None, search_pattern(typed) or "", Window(20))
            ((statement, parameters),) = statements
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))
            assert "Bitmap Index Scan on ix_accounts_search_text" in plan, f"{typed}\n{plan}"
