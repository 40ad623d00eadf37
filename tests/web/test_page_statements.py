"""The statements of each page that many people see: the same for one row as for a hundred, the viewer's included."""

import re

import pytest

from application.ports.paging import Window
from domain.roles import Role
from tests.api.client import program_of
from tests.web.browser import Browser
from tests.web.site import Site

pytestmark = pytest.mark.sql

# What a page takes for a visitor, and for a member, who is looked up. None where it is for members only. An answer 304
# takes no more.
WEB: dict[str, tuple[int | None, int]] = {
    "/": (1, 2),
    "/?before={middle}": (1, 2),
    "/?after={middle}": (1, 2),
    "/following": (None, 2),
    "/following?before={middle}": (None, 2),
    "/posts/{post}": (1, 2),
    "/posts/{post}?before={last}": (1, 2),
    "/@susan": (1, 2),
    "/@susan?before={middle}": (1, 2),
    "/@david/comments": (1, 2),
    "/@susan/followers": (2, 3),
    "/@susan/following": (2, 3),
    "/posts/{post}/likes": (2, 3),
    "/tags": (1, 2),
    "/tags/soup": (1, 2),
    "/tags/soup?before={middle}": (1, 2),
    "/people": (1, 3),
    "/people?q=read": (1, 2),
    "/search?q=soup": (2, 3),
    "/search?q=from:susan+soup": (2, 3),
    "/notifications": (None, 2),
    "/bookmarks": (None, 2),
    "/moderation/cases/{case}": (None, 4),
    "/feed.atom": (1, 2),
    "/feed.json": (1, 2),
    "/@susan/feed.atom": (1, 2),
    "/@reader0/feed.json": (2, 3),
    "/tags/soup/feed.atom": (1, 2),
    "/posts/{post}/feed.atom": (1, 2),
    "/sitemap.xml": (1, 2),
    "{sitemap}": (1, 2),
}
# For a program. It has signed in.
API = {
    "/posts/": 2,
    "/posts/?before={middle}": 2,
    "/users/susan/timeline/": 2,
    "/users/susan/posts/": 2,
    "/users/david/comments/": 2,
    "/posts/{post}": 2,
    "/posts/{post}/comments/": 2,
    "/comments/": 2,
    "/users/susan": 2,
    "/users/susan/followers/": 2,
    "/users/susan/following/": 2,
    "/users/": 2,
    "/tags/soup/posts/": 2,
    "/notifications/": 2,
    "/search/?q=soup": 3,
    "/moderation/cases/": 2,
    "/moderation/cases/{case}": 2,
}


def scene(site: Site, rows: int) -> dict[str, object]:
    """Susan moderates, and wrote so many posts. What many do, they do to her and to the first of them. The answer has
    what stands in the paths."""
    site.container.members().set_standing(username="susan", role=Role.MODERATOR)
    posts = [site.post("susan", f"Soup, pot {number}.", tags=["soup"]) for number in range(rows)]
    comments = [site.comment("david", posts[0], f"Pot {number}.") for number in range(rows)]
    readers = [f"reader{number}" for number in range(rows)]
    site.post("david", "Bread.")
    site.follow("susan", "david")
    for name, post in zip(readers, posts, strict=True):
        site.join(name)
        site.follow(name, "susan")
        site.follow("susan", name)
        site.like(name, posts[0])
        site.bookmark("susan", post)
        site.container.reporting().report_comment(actor_id=site.members[name], comment_id=comments[0], kind="spam")
    (case,) = site.container.storage().case_feeds.waiting(None, Window(1)).items
    part = re.findall(r"<loc>(.+?)</loc>", site.browser().get("/sitemap.xml").text)[-1]
    return {
        "post": posts[0],
        "middle": posts[rows // 2],
        "last": 2**62,
        "case": case.id,
        "sitemap": part.removeprefix(site.settings.base_url),
    }


def taken(site: Site, browser: Browser, path: str) -> int:
    with site.counting_statements() as asked:
        page = browser.get(path)
    assert page.status == 200, path
    if page.etag:
        with site.counting_statements() as again:
            assert browser.get(path, headers={"If-None-Match": page.etag}).status == 304, path
        assert len(again) <= len(asked), path
    return len(asked)


@pytest.mark.parametrize("rows", [1, 100])
def test_a_page_takes_as_many_statements_with_one_row_as_with_a_hundred(sqlite_site: Site, rows: int) -> None:
    names = scene(sqlite_site, rows)
    visitor, susan = sqlite_site.browser(), sqlite_site.browser("susan")

    found = {
        path: (
            None if visitors is None else taken(sqlite_site, visitor, path.format(**names)),
            taken(sqlite_site, susan, path.format(**names)),
        )
        for path, (visitors, _) in WEB.items()
    }

    assert found == WEB


@pytest.mark.parametrize("rows", [1, 100])
def test_an_answer_of_the_api_takes_as_many_with_one_row_as_with_a_hundred(sqlite_site: Site, rows: int) -> None:
    names = scene(sqlite_site, rows)
    program = program_of(sqlite_site, "susan")
    found = {}

    for path in API:
        with sqlite_site.counting_statements() as asked:
            assert program.get(path.format(**names)).status == 200, path
        found[path] = len(asked)

    assert found == API
