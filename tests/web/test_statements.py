"""What a page may ask of the database: as many statements at any size and depth, the viewer's included."""

import pytest

from tests.web.browser import Browser, Page
from tests.web.site import Site

pytestmark = pytest.mark.sql


def asked(
    site: Site, browser: Browser, path: str, *, also_of_site: bool = False, **options: object
) -> tuple[Page, int]:
    with site.counting_statements(also_of_site=also_of_site) as statements:
        page = browser.get(path, **options)
    return page, len(statements)


@pytest.fixture
def busy_site(sqlite_site: Site) -> Site:
    """Five people who all wrote, follow one another, and 40 comments below the first post."""
    names = ("susan", "david", "mary")
    sqlite_site.join("erik")
    for name in (*names, "erik"):
        for other in (*names, "erik"):
            if name != other:
                sqlite_site.follow(name, other)
    posts = [sqlite_site.post(names[number % 3], f"Number {number}.", tags=["soup"]) for number in range(50)]
    for number in range(40):
        sqlite_site.comment(names[number % 3], posts[0], f"Comment {number}.")
    sqlite_site.hide("mary", sqlite_site.comment("david", posts[0]))
    return sqlite_site


def test_w17_a_page_at_any_depth_takes_the_allowed_statements(busy_site: Site) -> None:
    site, visitor, susan, ada = busy_site, busy_site.browser(), busy_site.browser("susan"), busy_site.browser("ada")
    first = visitor.get("/")
    ids = [int(link.rpartition("/")[2]) for link in first.links if link.startswith("/posts/") and link[-1].isdigit()]
    before = min(ids)
    oldest = [link for link in visitor.get(f"/?before={before}").links if link.startswith("/posts/")]
    assert len(set(oldest)) >= 20
    post = f"/posts/{_first_post(visitor)}"

    law = {
        "/": (1, 2),
        f"/?before={before}": (1, 2),
        f"/?after={before}": (1, 2),
        "/following": (0, 2),
        f"/following?before={before}": (0, 2),
        post: (2, 3),
        f"{post}?before={2**62}": (2, 3),
        "/@susan": (2, 3),
        f"/@susan?before={before}": (2, 3),
        "/tags": (1, 2),
        "/tags/soup": (1, 2),
        f"/tags/soup?before={before}": (1, 2),
        "/@susan/followers": (2, 3),
        "/@susan/following": (2, 3),
        "/@susan/comments": (1, 2),
        "/people": (1, 3),
        "/people?q=su": (1, 2),
        "/people?q=susan": (1, 2),
        "/about": (2, 3),
        "/settings/sessions": (0, 2),
        "/settings/profile": (0, 2),
        "/welcome": (0, 3),
        "/search": (0, 1),
        "/search?q=post": (2, 3),
        "/search?q=nothing+at+all": (1, 2),
        f"/search?q=from:susan+-nothing&before={before}": (2, 3),
        "/search?q=comment&in=comments": (2, 3),
    }
    for path, (visitors, members) in law.items():
        for browser, most in ((visitor, visitors), (susan, members)):
            page, count = asked(site, browser, path)
            assert page.status == (200 if most or path == "/search" else 303), path
            assert count <= most, (path, count)
            if page.etag:
                again, count = asked(site, browser, path, headers={"If-None-Match": page.etag})
                assert again.status == 304
                assert count <= most
    # An administrator's menu says whether mail fails, which takes no statement more.
    restricted = {
        "/": 2,
        "/moderation": 2,
        "/moderation/comments": 2,
        "/moderation/log": 2,
        "/moderation/log?by=mary": 2,
        "/admin": 5,
        "/admin/users?q=s": 2,
        "/admin/users?q=susan&role=User&state=disabled": 2,
        "/admin/users": 3,
        "/admin/users?state=unconfirmed": 3,
        "/admin/outbox": 3,
        "/admin/outbox?state=done&kind=mail": 3,
        "/admin/site": 2,
    }
    for path, most in restricted.items():
        page, count = asked(site, ada, path)
        assert (page.status, count) == (200, most), path


@pytest.mark.parametrize("count", [1, 100])
def test_what_one_is_told_and_keeps_takes_two_statements(sqlite_site: Site, count: int) -> None:
    site = sqlite_site
    for number in range(count):
        post_id = site.post("susan", f"Number {number}.")
        for name in ("david", "mary", "ada")[: number % 3 + 1]:
            site.like(name, post_id)
            site.comment(name, post_id)
        site.bookmark("susan", post_id)
    susan = site.browser("susan")

    for path in ("/notifications", "/bookmarks"):
        first, taken = asked(site, susan, path)
        assert (first.status, taken) == (200, 2), path
        for link in [link for link in first.links if "before=" in link]:
            page, taken = asked(site, susan, f"{path}{link}")
            assert (page.status, taken) == (200, 2), link
    # The number in the header is counted in the statement that finds the viewer.
    page, taken = asked(site, susan, "/")
    assert page.title.startswith("(99+) " if count == 100 else "(2) ")
    assert taken == 2


def test_suggestions_take_one_statement_only_where_they_are_shown(busy_site: Site) -> None:
    ada = busy_site.browser("ada")

    page, count = asked(busy_site, ada, "/following")
    assert "People to follow" in page.words
    assert count == 3

    busy_site.follow("ada", "susan")
    page, count = asked(busy_site, ada, "/following")
    assert "People to follow" not in page.words
    assert count == 2


def test_w17_a_repeated_visit_takes_one_or_two_statements(busy_site: Site) -> None:
    visitor, susan = busy_site.browser(), busy_site.browser("susan")
    post = f"/posts/{_first_post(visitor)}"

    for path in ("/", post, "/@susan"):
        for browser, most in ((visitor, 1), (susan, 2)):
            tag = str(browser.get(path).etag)
            page, count = asked(busy_site, browser, path, headers={"If-None-Match": tag})
            assert page.status == 304
            assert count <= most, (path, count)


def test_pages_without_content_read_nothing_or_the_viewer(busy_site: Site) -> None:
    visitor, susan = busy_site.browser(), busy_site.browser("susan")

    for path in (
        "/login",
        "/register",
        "/reset",
        "/rules",
        "/privacy",
        "/avatars/5.svg",
        "/static/site.css",
        "/healthz",
    ):
        assert asked(busy_site, visitor, path)[1] == 0, path
    for path in ("/avatars/5.svg", "/static/site.css", "/healthz"):
        assert asked(busy_site, susan, path)[1] == 0, path
    # The newest posts lead on from a page that is missing.
    assert asked(busy_site, visitor, "/nowhere")[1] == 1
    assert asked(busy_site, susan, "/nowhere")[1] == 2


def test_the_words_of_the_site_take_one_statement_in_five_seconds_whoever_asks(busy_site: Site) -> None:
    visitor, susan, ada = busy_site.browser(), busy_site.browser("susan"), busy_site.browser("ada")
    busy_site.container.site().change(
        actor=None, typed={"rules": "1. Be kind.", "announcement": "Soup on Friday.", "greeting": "Hello"}
    )
    post = f"/posts/{_first_post(visitor)}"
    busy_site.pass_time(seconds=5)

    asks = {visitor: (("/", 1), ("/rules", 0), (post, 2)), susan: (("/", 2), (post, 3)), ada: (("/moderation", 2),)}
    first, *others = [
        (path, asked(busy_site, browser, path, also_of_site=True)[1] - most)
        for _ in range(2)
        for browser, paths in asks.items()
        for path, most in paths
    ]
    assert first == ("/", 1)
    assert [each for each in others if each[1] > 0] == []


def test_reading_a_page_writes_nothing(busy_site: Site) -> None:
    susan = busy_site.browser("susan")
    post = f"/posts/{_first_post(susan)}"

    for path in ("/", "/following", post, "/@david", "/settings/profile"):
        with busy_site.counting_statements() as statements:
            susan.get(path)
        assert all(statement.lstrip("( \n").upper().startswith(("SELECT", "WITH")) for statement in statements)


def test_the_time_of_a_visit_is_written_separately_from_the_page(busy_site: Site) -> None:
    susan = busy_site.browser("susan")
    busy_site.pass_time(minutes=5)

    with busy_site.counting_statements() as statements:
        assert susan.get("/").status == 200

    assert sum(statement.startswith("UPDATE") for statement in statements) == 2
    assert asked(busy_site, susan, "/")[1] == 2


def _first_post(browser: Browser) -> str:
    """The oldest post: the one with the comments."""
    page = browser.get("/")
    while older := [link.get("href", "") for link in page.all(".//a") if link.get("rel") == "next"]:
        page = browser.get("/" + older[0])
    return [link for link in page.links if link.startswith("/posts/")][-1].split("/")[2].partition("#")[0]
