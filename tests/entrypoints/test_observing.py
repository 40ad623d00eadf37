"""What is seen of a request: its id, its line in the log, its statements, and slow ones."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from sqlalchemy import Integer, TypeDecorator, bindparam, column, event, insert, select, table, text
from sqlalchemy.exc import StatementError

from adapters.sql.engine import Database
from adapters.sql.migrate import upgrade
from adapters.sql.observing import Statement
from application.storage import StorageFault
from domain.errors import TryAgain
from entrypoints.observing import ObservingMiddleware, current, log_access, statement_observer
from tests.doubles import Broken, put_in
from tests.executed import unprepared
from tests.log_lines import Lines, logged
from tests.postgres import PostgresServer
from tests.web.conftest import inhabited
from tests.web.site import Site

TOKEN = "eyJhbGciOi.eyJzdWIiOi.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
PRODUCTION = {"password_memory_kib": "19456", "password_rounds": "2"}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    with logged(monkeypatch, log_level="debug", **PRODUCTION) as found:
        yield found


def test_an_id_is_taken_from_the_client(lines: Lines) -> None:
    site = Site()
    page = site.browser().get("/", headers={"X-Request-ID": "deploy-7.a_b"})

    assert page.headers["X-Request-ID"] == "deploy-7.a_b"
    assert [event["request_id"] for event in lines.events] == ["deploy-7.a_b"]


@pytest.mark.parametrize(
    "given",
    ["", "a" * 10 + "." + "b" * 10 + "." + "c" * 20, "a b", "susan@example.com", "x" * 129, "é", "<b>", 'a"b', "a;b"],
)
def test_an_id_that_does_not_suit_a_log_is_replaced(lines: Lines, given: str) -> None:
    page = Site().browser().get("/", headers={"X-Request-ID": given})

    assert re.fullmatch("[0-9a-f]{16}", page.headers["X-Request-ID"])
    assert lines.events[0]["request_id"] == page.headers["X-Request-ID"]


def test_each_request_gets_an_id_of_its_own(lines: Lines) -> None:
    browser = Site().browser()
    assert browser.get("/").headers["X-Request-ID"] != browser.get("/").headers["X-Request-ID"]
    assert current() is None


@pytest.mark.sql
def test_the_access_line_has_route_status_time_statements_and_bytes(tmp_path: Any, lines: Lines) -> None:
    site = inhabited(sqlite_site(tmp_path))
    post = site.post("susan")
    susan = site.browser("susan")
    pages = [susan.get(f"/posts/{post}"), susan.get("/@susan"), susan.get("/no/such/page"), susan.get("/healthz")]

    events = lines.of("chapbook.access")[-4:]
    assert [event["message"] for event in events] == [
        "GET /posts/<id:post_id> 200",
        "GET /@<username:username> 200",
        "GET - 404",
        "GET /healthz 200",
    ]
    assert [event["bytes"] for event in events] == [len(page.data) for page in pages]
    assert [event["statements"] for event in events[:2]] == [2, 2]
    assert all(event["ms"] >= 0 for event in events)
    assert [(event["method"], event["route"], event["status"]) for event in events][1:3] == [
        ("GET", "/@<username:username>", 200),
        ("GET", "", 404),
    ]
    account = str(site.members["susan"])
    assert [event.get("account_id") for event in events] == [account, account, account, None]


def test_a_request_to_the_api_names_its_account(lines: Lines) -> None:
    site = inhabited(Site())
    site.app.test_client().get("/api/v1/me", auth=("susan@example.com", "a horse, a battery")).get_data()

    (event,) = lines.of("chapbook.access")
    assert (event["message"], event["account_id"]) == ("GET /api/v1/me 200", str(site.members["susan"]))


def test_no_secret_of_the_api_is_logged(lines: Lines) -> None:
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=Broken())))
    client = site.app.test_client()
    password = "a horse, a battery"
    token = client.post("/api/v1/tokens", auth=("susan@example.com", password)).get_json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    post = {"title": "Of snow", "body": "A text about gloves."}
    statuses = [
        client.get("/api/v1/me", headers=bearer).status_code,
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}="}).status_code,
        client.get("/api/v1/users/david?token=" + token, auth=(token, "")).status_code,
        client.get(f"/api/v1/nothing/{token}", headers=bearer).status_code,
        client.post("/api/v1/tokens", auth=("susan@example.com", "a wrong password")).status_code,
        client.post("/api/v1/posts/", json=post, headers=bearer).status_code,
        client.post("/api/v1/users/", json={"username": "nils", "email": "x", "password": password}).status_code,
        client.get("/", headers={"Host": "susan@example.com"}).status_code,
    ]

    assert statuses == [200, 401, 200, 404, 401, 500, 422, 400]
    assert lines.text.count("chapbook.access") == 9
    secrets = (token, token.rpartition(".")[2], password, "wrong password", "susan", "david", "nils", "snow", "gloves")
    assert [secret for secret in secrets if secret in lines.text] == []


def test_pages_of_errors_name_the_id_and_so_do_problems(lines: Lines) -> None:
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=Broken())))
    susan = site.browser("susan")
    page = susan.post("/posts", {"body": "A text.", "title": ""}, headers={"X-Request-ID": "id-of-500"})
    assert page.status == 500
    assert "id-of-500" in page.text

    problem = site.app.test_client().post(
        "/api/v1/posts/",
        json={"body": "A text."},
        auth=("susan@example.com", "a horse, a battery"),
        headers={"X-Request-ID": "id-of-problem"},
    )
    assert problem.status_code == 500
    assert problem.get_json()["request_id"] == "id-of-problem"
    assert {"id-of-500", "id-of-problem"} <= {event["request_id"] for event in lines.events if "fingerprint" in event}


def test_every_line_of_a_request_has_its_id(lines: Lines) -> None:
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=Broken())))
    site.browser("susan").post("/posts", {"body": "A text.", "title": ""}, headers={"X-Request-ID": "one"})

    assert [event["message"] for event in lines.events if event["request_id"] == "one"] == [
        "POST /posts failed",
        "POST /posts 500",
    ]


@pytest.mark.parametrize("error", [KeyError("susan@example.com"), SystemExit("susan")])
def test_what_fails_outside_of_a_view_is_answered_and_logged_with_its_id(lines: Lines, error: BaseException) -> None:
    def broken(environ: dict[str, Any], start_response: object) -> Iterable[bytes]:
        raise error

    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(
        ObservingMiddleware(broken, log_access)(
            {"REQUEST_METHOD": "GET", "HTTP_X_REQUEST_ID": "lost"}, lambda *values: started.append(values[:2])
        )
    )

    assert started[0][0] == "500 Internal Server Error"
    assert dict(started[0][1])["X-Request-ID"] == "lost"
    assert b"lost" in body
    assert [event["message"] for event in lines.events] == ["a request failed outside of its view", "GET - 500"]
    assert "susan" not in lines.text


def test_a_method_that_a_client_made_up_does_not_fill_the_log(lines: Lines) -> None:
    assert Site().browser().open("A" * 30_000, "/").status == 405

    assert lines.events[0]["message"] == f"{'A' * 20} - 405"


def test_a_response_that_breaks_off_is_logged_with_its_route_only(lines: Lines) -> None:
    def application(environ: object, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"12345"
        raise KeyError("susan@example.com")

    parts = ObservingMiddleware(application, log_access)({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert next(parts) == b"12345"
    # waitress then closes the connection, and says nothing.
    with pytest.raises(ConnectionError):
        next(parts)

    assert [event["message"] for event in lines.events] == ["a response broke off", "GET - 200"]
    assert "susan" not in lines.text


def test_a_body_is_closed_and_counted_also_when_the_client_leaves(lines: Lines) -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield b"12345"
            yield b"67890"

        def close(self) -> None:
            closed.append(True)

    def application(environ: object, start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        return Body()

    parts = ObservingMiddleware(application, log_access)({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert next(parts) == b"12345"
    parts.close()  # type: ignore[attr-defined]

    assert closed == [True]
    assert lines.events[0]["bytes"] == 5


# Statements.


def sqlite_site(folder: Any, **given: str) -> Site:
    url = f"sqlite:///{folder}/site.db"
    upgrade(url)
    return Site(None, storage="sql", database_url=url, rate_limits="off", **given)


@pytest.mark.sql
def test_a_statement_is_observed_with_its_rows_and_without_its_values(url: str) -> None:
    upgrade(url)
    seen: list[Statement] = []
    database = Database(url, observers=[seen.append])
    found = database.rows(text("SELECT 'x' AS a WHERE 1 = :one UNION ALL SELECT 'y'"), {"one": 1})
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE things (number INTEGER)"))
        connection.execute(text("INSERT INTO things VALUES (1), (2), (3)"))
        connection.execute(text("UPDATE things SET number = :secret"), {"secret": 42})
        connection.commit()
    database.close()

    assert sorted(row.a for row in found) == ["x", "y"]
    assert [(statement.text.split()[0], statement.rows) for statement in seen if "things" in statement.text][1:] == [
        ("INSERT", 3),
        ("UPDATE", 3),
    ]
    assert [statement.rows for statement in seen if "UNION" in statement.text] == [2]
    assert not any("42" in statement.text for statement in seen)
    assert all(statement.seconds >= 0 for statement in seen)


class Unsuited(TypeDecorator[int]):
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: object, dialect: object) -> int:
        raise ValueError(value)


@pytest.mark.sql
def test_a_statement_whose_values_do_not_suit_raises_its_own_error(url: str) -> None:
    upgrade(url)
    seen: list[Statement] = []
    database = Database(url, observers=[seen.append])
    with pytest.raises(StatementError, match="ValueError"):
        database.rows(select(bindparam("number", 1, Unsuited)))
    database.close()

    assert seen == []


@pytest.mark.sql
def test_an_insert_of_many_rows_gives_what_it_returns(url: str) -> None:
    upgrade(url)
    seen: list[Statement] = []
    database = Database(url, observers=[seen.append])
    things = table("things", column("number", Integer))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE things (number INTEGER)"))
        returned = connection.execute(insert(things).returning(things.c.number), [{"number": 1}, {"number": 2}])
        assert sorted(row.number for row in returned) == [1, 2]
    database.close()

    assert [statement.text.split()[0] for statement in seen if "things" in statement.text] == ["CREATE", "INSERT"]


@pytest.mark.sql
def test_a_slow_statement_is_logged_with_who_asked_and_without_values(tmp_path: Any, lines: Lines) -> None:
    site = inhabited(sqlite_site(tmp_path, slow_query_ms="1"))
    post = site.post("susan")
    assert site.database is not None

    @event.listens_for(site.database.engine, "connect")
    def slow(connection: Any, _: object) -> None:
        connection.create_function("slowly", 0, lambda: sum(range(300_000)) > 0)

    @event.listens_for(site.database.engine, "before_cursor_execute", retval=True)
    def delayed(_c: object, _k: object, statement: str, values: object, *_: object) -> tuple[str, object]:
        return statement.replace("AND posts.id =", "AND slowly() AND posts.id ="), values

    site.database.engine.dispose()
    with unprepared(site.database):
        site.browser().get(f"/posts/{post}")

    found = [event for event in lines.of("entrypoints.observing") if "slowly()" in event["statement"]]
    assert found
    assert found[0]["message"] == "slow query"
    assert found[0]["level"] == "warning"
    assert (found[0]["rows"], found[0]["ms"] >= 1) == (1, True)
    assert re.fullmatch(r"adapters/sql/comments/feeds\.py:\d+ \w+", found[0]["executed"])
    assert re.fullmatch(r"entrypoints/web/posts\.py:\d+ \w+", found[0]["asked"])
    assert str(post) not in found[0]["statement"]
    assert "\n" not in found[0]["statement"]


@pytest.mark.sql
@pytest.mark.postgres
def test_a_statement_that_the_database_cancelled_is_logged_as_slow(
    postgres_server: PostgresServer, lines: Lines
) -> None:
    faults: list[StorageFault] = []
    url = postgres_server.create_database()
    database = Database(url, complain=faults.append, observers=[statement_observer(slow_ms=50)])
    with pytest.raises(TryAgain), database.connected() as connection:
        connection.execute(text("SET statement_timeout = 100"))
        connection.execute(text("SELECT pg_sleep(5)"))
    database.close()

    (found,) = lines.events
    assert (found["message"], found["statement"]) == ("slow query that failed", "SELECT pg_sleep(5)")
    assert found["failure"] == "QueryCanceled"
    assert found["ms"] >= 50
    assert [fault.code for fault in faults] == ["slow"]


@pytest.mark.sql
@pytest.mark.postgres
def test_a_lock_that_stops_writers_is_named_and_a_deadlock_is_not(postgres_server: PostgresServer) -> None:
    faults: list[StorageFault] = []
    url = postgres_server.create_database()
    holder = Database(url)
    waiter = Database(url, patience=0.2, complain=faults.append)
    with holder.writing() as connection:
        connection.execute(text("CREATE TABLE things (number INTEGER)"))
        connection.commit()
    with holder.writing() as held, waiter.writing() as waiting:
        held.execute(text("LOCK TABLE things"))
        with pytest.raises(TryAgain):
            waiting.execute(text("INSERT INTO things VALUES (1)"))
    with pytest.raises(TryAgain), waiter.writing() as connection:
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))
    holder.close()
    waiter.close()

    assert [fault.code for fault in faults] == ["locked"]


@pytest.mark.sql
def test_a_lock_file_that_stops_writers_is_named(tmp_path: Any) -> None:
    faults: list[StorageFault] = []
    (tmp_path / "some.db").touch()
    url = f"sqlite:///{tmp_path}/some.db"
    holder, waiter = Database(url), Database(url, patience=0.2, complain=faults.append)
    with holder.writing(), pytest.raises(TryAgain), waiter.writing():
        pass
    holder.close()
    waiter.close()

    assert [(fault.code, fault.where) for fault in faults] == [("locked_file", f"{tmp_path}/some.db")]
