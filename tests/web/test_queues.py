"""Whoever waits for a text, a password hash or the turn to write takes nobody else's page, and loses no text."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from adapters.passwords import Argon2Hasher
from adapters.render_process import ProcessRenderer
from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage
from adapters.sql.unit_of_work import SqlUnitOfWork
from entrypoints.fair_queue import REFUSED
from tests.adapters.test_turns import until
from tests.api.client import Api, basic, program_of
from tests.doubles import SLOW_TEXT, BusyRenderer, put_in
from tests.web.browser import Page
from tests.web.conftest import SQL, inhabited
from tests.web.site import PASSWORD, Site

LONG = 20.0
TEXT = {"title": "Soup", "body": "A *text* that took an hour."}


def assert_kept(page: Page, action: str, text: str = TEXT["body"]) -> None:
    assert page.status == 503
    assert page.headers["Retry-After"] == "2"
    assert page.form(action)["body"] == text


# Slow texts.


@pytest.fixture
def renderer() -> BusyRenderer:
    return BusyRenderer()


@pytest.fixture
def writing_site(renderer: BusyRenderer) -> Site:
    """With rate limits. Its renderer is busy when a test says so."""
    return inhabited(Site(prepare=lambda container: put_in(container, renderer=renderer)))


def test_a_text_that_a_busy_renderer_refused_is_kept_and_does_not_count(
    writing_site: Site, renderer: BusyRenderer
) -> None:
    site, susan = writing_site, writing_site.browser("susan")
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    forms = ("/posts", f"/posts/{post_id}/comments", f"/posts/{post_id}/edit", f"/comments/{comment_id}/edit")
    token = susan.token()

    renderer.busy = True
    for form in forms:
        for _ in range(61):  # each of their limits is lower
            page = susan.post(form, TEXT, token=token)
        assert_kept(page, form)
        assert_kept(susan.post(form, TEXT | {"preview": "1"}, token=token), form)
    for _ in range(61):
        assert susan.post("/preview", TEXT, token=token).status == 503

    renderer.busy = False
    for form in forms:
        assert susan.post(form, TEXT, token=token).status == 303
    assert susan.post("/preview", TEXT, token=token).status == 200


def test_the_api_says_when_to_come_back_to_a_busy_renderer(writing_site: Site, renderer: BusyRenderer) -> None:
    program = program_of(writing_site, "susan")
    post_id = writing_site.post("susan")
    comment_id = writing_site.comment("susan", post_id)

    renderer.busy = True
    for answer in (
        program.post("/posts/", TEXT),
        program.put(f"/posts/{post_id}", TEXT),
        program.patch(f"/posts/{post_id}", {"body": "Soup"}),
        program.post(f"/posts/{post_id}/comments/", {"body": TEXT["body"]}),
        program.put(f"/comments/{comment_id}", {"body": TEXT["body"]}),
    ):
        assert answer.problem(503).headers["Retry-After"] == "2"

    renderer.busy = False
    assert program.put(f"/posts/{post_id}", TEXT).status == 200


def test_one_slow_text_of_a_member_is_in_work_and_the_next_is_kept() -> None:
    renderer = ProcessRenderer(seconds=2, waiting=0.05)
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=renderer), rate_limits="off"))
    try:
        susan, again, david = site.browser("susan"), site.browser("susan"), site.browser("david")
        post_id = site.post("susan")
        form = f"/posts/{post_id}/edit"
        for browser in (susan, again, david):
            browser.token()
        with ThreadPoolExecutor(1) as thread:
            slow = thread.submit(susan.post, form, TEXT | {"body": SLOW_TEXT})
            until(lambda: renderer.turns.taken == 1)

            assert_kept(again.post(form, TEXT | {"body": SLOW_TEXT}), form, SLOW_TEXT)
            assert_kept(david.post("/posts", TEXT), "/posts")
            assert david.get(f"/posts/{post_id}").status == 200

            assert not slow.done()
            page = slow.result(timeout=LONG)
        assert page.status == 422
        assert page.form(form)["body"] == SLOW_TEXT
        assert david.post("/posts", TEXT).status == 303
    finally:
        renderer.close()


def test_w11_edits_of_posts_and_comments_are_limited_together_on_web_and_api(site: Site) -> None:
    susan, program = site.browser("susan"), program_of(site, "susan")
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    edits: tuple[Callable[[], int], ...] = (
        lambda: susan.post(f"/posts/{post_id}/edit", TEXT).status,
        lambda: susan.post(f"/comments/{comment_id}/edit", TEXT).status,
        lambda: program.put(f"/posts/{post_id}", TEXT).status,
        lambda: program.patch(f"/posts/{post_id}", {"title": "Soup"}).status,
        lambda: program.put(f"/comments/{comment_id}", {"body": TEXT["body"]}).status,
    )
    for edit in edits * 12:
        assert edit() in (200, 303)

    for form in (f"/posts/{post_id}/edit", f"/comments/{comment_id}/edit"):
        page = susan.post(form, TEXT)
        assert page.status == 429
        assert page.headers["Retry-After"] == "600"
        assert page.form(form)["body"] == TEXT["body"]
        assert susan.post(form, TEXT | {"preview": "1"}).status == 200
    for path, body in ((f"/posts/{post_id}", TEXT), (f"/comments/{comment_id}", {"body": TEXT["body"]})):
        assert program.put(path, body).problem(429).headers["Retry-After"] == "600"
    # Who changes nothing, or deletes, is not limited.
    assert program.patch(f"/posts/{post_id}", {}).status == 200
    assert site.browser("david").post("/posts", TEXT).status == 303
    site.pass_time(seconds=601)
    assert susan.submit(page, form).status == 303


# Password hashes.


def test_a_sign_in_that_finds_the_queue_of_hashes_full_does_not_count() -> None:
    hasher = Argon2Hasher(memory_kib=8, time=1, at_once=1, places=1)
    site = inhabited(Site(prepare=lambda container: put_in(container, hasher=hasher)))
    visitor, susan = site.browser(), site.browser("susan")
    newcomer = {"email": "nils@example.com", "username": "nils", "password": PASSWORD, "password2": PASSWORD}
    changed = {"old_password": PASSWORD, "password": "new and long", "password2": "new and long"}
    post_id = site.post("susan")

    with hasher.turns.turn():
        for _ in range(12):  # more than may fail
            page = visitor.sign_in("susan@example.com", PASSWORD)
            assert page.status == 503
            assert page.headers["Retry-After"] == "2"
            assert Api(site, basic("susan@example.com", PASSWORD)).get("/me").problem(503).headers["Retry-After"] == "2"
            assert visitor.post("/register", newcomer).status == 503
            assert susan.post("/settings/password", changed).status == 503
        for path in ("/", f"/posts/{post_id}", "/login", "/register"):
            assert site.browser().get(path).status == 200
        assert susan.post("/posts", TEXT).status == 303

    assert visitor.sign_in("susan@example.com", PASSWORD).status == 303
    assert site.browser().post("/register", newcomer).status == 303
    assert Api(site, basic("susan@example.com", PASSWORD)).get("/me").status == 200
    assert susan.post("/settings/password", changed).status == 303


# Writers.


@pytest.fixture(params=SQL)
def narrow(request: pytest.FixtureRequest, database_url: Callable[[str], str]) -> Iterator[tuple[Site, Database]]:
    """A site with two places for writers, and its database."""
    url = database_url(request.param)
    with closing(Database(url, patience=LONG, write_places=2)) as database:
        storage = sql_storage(database)
        site = Site(prepare=lambda container: put_in(container, storage=storage), storage="sql", database_url=url)
        assert site.database is not None
        with closing(site.database):
            yield inhabited(site), database


def test_readers_are_answered_while_writers_wait(narrow: tuple[Site, Database]) -> None:
    site, database = narrow
    post_id = site.post("susan")
    susan, david, mary = (site.browser(name) for name in ("susan", "david", "mary"))
    for browser in (susan, david):
        browser.token()
    api = program_of(site, "david")
    site.pass_time(minutes=10)  # a visit of each of them is worth noting
    susan.get("/")  # hers is noted now, so that she takes a place for her comment only

    with ThreadPoolExecutor(1) as thread, SqlUnitOfWork(database) as first:
        first.posts.lock(post_id)
        waiting = thread.submit(susan.post, f"/posts/{post_id}/comments", TEXT)
        until(lambda: database.turns.taken == 2)

        # No place is left. The first one still has its turn, so nobody below waits for it.
        assert_kept(david.post("/posts", TEXT), "/posts")
        assert_kept(david.post(f"/posts/{post_id}/comments", TEXT), f"/posts/{post_id}/comments")
        assert api.post("/posts/", TEXT).problem(503).headers["Retry-After"] == "2"
        assert site.browser().sign_in("susan@example.com", "wrong").status == 503
        for path in (
            "/",
            f"/posts/{post_id}",
            "/@susan",
            "/feed.atom",
            "/sitemap.xml",
            "/login",
            "/healthz",
            "/readyz",
        ):
            assert site.browser().get(path).status == 200, path
        for path in ("/", f"/posts/{post_id}", "/following", "/settings/profile", "/settings/sessions"):
            assert mary.get(path).status == 200, path
        assert david.get(f"/posts/{post_id}/edit").status == 403
        assert api.get("/posts/").status == 200
        assert not waiting.done()

    assert waiting.result(timeout=LONG).status == 303
    assert david.post("/posts", TEXT).status == 303


def test_a_visit_is_noted_later_when_a_writer_has_the_turn(narrow: tuple[Site, Database]) -> None:
    site, database = narrow
    mary = site.browser("mary")
    site.pass_time(minutes=10)
    seen_before = last_seen(site)

    with SqlUnitOfWork(database) as first:
        first.sessions.remove_idle(site.time)  # it is about to end the session
        assert mary.get("/").status == 200
    assert last_seen(site) == seen_before

    assert mary.get("/").status == 200
    assert last_seen(site) != seen_before


def last_seen(site: Site) -> object:
    return site.dump()["sessions"]


def test_an_author_may_open_the_form_while_writers_wait(narrow: tuple[Site, Database]) -> None:
    site, database = narrow
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    susan = site.browser("susan")

    with SqlUnitOfWork(database) as first:
        first.posts.lock(post_id)
        for path in (f"/posts/{post_id}/edit", f"/comments/{comment_id}/edit"):
            assert susan.get(path).status == 200


def test_a_request_that_waited_for_its_others_is_refused_and_its_text_kept(site: Site) -> None:
    susan = site.browser("susan")
    refused: Any = {"environ": {REFUSED: True}}

    page = susan.post("/posts", TEXT, **refused)
    assert page.status == 503
    assert page.headers["Retry-After"] == "2"
    assert page.form("/posts")["body"] == TEXT["body"]
    assert program_of(site, "susan").post("/posts/", TEXT, **refused).problem(503).headers["Retry-After"] == "2"
    assert site.browser().get("/healthz", **refused).status == 200
