"""The foot line of pages in development: time, statements, and which are repeated."""

import secrets
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.sql.migrate import upgrade
from entrypoints.app import create_app
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.web.browser import Page
from tests.web.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    url = f"sqlite:///{tmp_path}/site.db"
    upgrade(url)
    found = Site(None, storage="sql", database_url=url, foot_line="on")
    found.join("susan")
    return found


def foot_line(page: Page) -> str:
    (found,) = page.classed("foot-line")
    return page.text_of(found)


@pytest.mark.sql
def test_every_page_says_its_time_and_its_statements(site: Site) -> None:
    post = site.post("susan")
    susan = site.browser("susan")

    said = foot_line(susan.get(f"/posts/{post}"))
    assert "2 statements in " in said
    assert "repeated" not in said
    assert "adapters/sql/comments/feeds.py:" in said
    assert ", for entrypoints/web/posts.py:" in said
    assert "SELECT" in said
    for path, status in (("/", 200), ("/nowhere", 404), ("/settings/profile", 200), ("/api/docs", 200)):
        page = susan.get(path)
        assert page.status == status
        assert " ms · " in foot_line(page)


@pytest.mark.sql
def test_a_repeated_statement_is_marked(site: Site) -> None:
    database = site.database
    assert database is not None

    @site.app.get("/often")
    def often() -> str:
        for number in range(3):
            database.rows(text("SELECT :number"), {"number": number})
        return "<!doctype html><html><body>Often</body></html>"

    page = site.browser().get("/often")
    assert "2 repeated" in foot_line(page)
    assert foot_line(page).count("one of 3 like it") == 3
    assert len(page.classed("repeated")) == 3


@pytest.mark.sql
def test_other_answers_stay_as_they_are(site: Site) -> None:
    browser = site.browser()
    for path in ("/feed.atom", "/feed.json", "/healthz", "/static/site.css", "/api/v1/posts/"):
        assert b"foot-line" not in browser.get(path).data


@pytest.mark.sql
@pytest.mark.parametrize("foot_line", ["on", "off"])
def test_production_never_has_one(tmp_path: Path, foot_line: str) -> None:
    url = f"sqlite:///{tmp_path}/site.db"
    upgrade(url)
    environ = {
        "CHAPBOOK_FOOT_LINE": foot_line,
        "CHAPBOOK_DATABASE_URL": url,
        "CHAPBOOK_SECRET_KEY": secrets.token_hex(32),
        "CHAPBOOK_LOG_LEVEL": "debug",
        "CHAPBOOK_BASE_URL": "http://chapbook.example",
    }
    container = Container(settings=load_settings(environ, None))
    client = create_app(container).test_client()
    for path in ("/", "/nowhere", "/login"):
        page = client.get(path, base_url="http://chapbook.example")
        assert b"foot-line" not in page.get_data()
        assert b"development.css" not in page.get_data()
    container.storage().close()
