"""Addresses of the old site lead on."""

import pytest

from application.ports.flasky import Brought
from application.ports.paging import Window
from domain.flasky import Kind
from tests.web.site import Site


@pytest.fixture
def moved(any_site: Site) -> Site:
    """susan was John there, and david was john; the post 7 is susan's."""
    post_id = any_site.post("susan", "Soup.")
    with any_site.container.storage().unit_of_work() as work:
        work.flasky.add(
            [
                Brought(Kind.USER, 1, any_site.members["david"], name="john"),
                Brought(Kind.USER, 2, any_site.members["susan"], name="John"),
                Brought(Kind.USER, 3, any_site.members["mary"], name="María. "),
                Brought(Kind.POST, 7, post_id),
            ]
        )
        work.commit()
    return any_site


def test_an_old_profile_leads_to_the_new_one_in_exact_case_first(moved: Site) -> None:
    visitor = moved.browser()

    for old, new in (("john", "david"), ("John", "susan"), ("Mar%C3%ADa.%20", "mary"), ("SUSAN", "susan")):
        page = visitor.get(f"/user/{old}?page=2")
        assert (page.status, page.location) == (308, f"/@{new}")
    assert visitor.get("/followers/John").location == "/@susan/followers"
    assert visitor.get("/followed_by/John").location == "/@susan/following"


def test_an_old_post_leads_to_the_new_one(moved: Site) -> None:
    visitor = moved.browser()
    (card,) = moved.container.storage().post_feeds.latest(None, Window(5)).items

    page = visitor.get("/post/7?page=-1")

    assert (page.status, page.location) == (308, f"/posts/{card.id}")
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert visitor.open("HEAD", "/post/7").location == f"/posts/{card.id}"
    assert moved.browser("susan").get("/post/7").status == 308
    assert visitor.get(page.location).status == 200


def test_what_was_not_there_or_was_deleted_is_not_found(moved: Site) -> None:
    visitor = moved.browser()

    for number in ("0", "8", "07", "-7", "٧", str(2**63), "9" * 5_000, "x"):
        assert visitor.get(f"/post/{number}").status == 404, number
    for name in ("nobody", "ada", "a%00b", "%ed%a0%80", "x" * 65, ""):
        for path in ("user", "followers", "followed_by"):
            assert visitor.get(f"/{path}/{name}").status == 404, name

    (card,) = moved.container.storage().post_feeds.latest(None, Window(5)).items
    moved.container.posts().delete(actor_id=moved.members["susan"], post_id=card.id)
    assert visitor.get("/post/7").status == 404
    assert visitor.open("POST", "/post/7").status == 405


@pytest.mark.sql
def test_leading_on_takes_one_statement(sqlite_site: Site) -> None:
    post_id = sqlite_site.post("susan")
    with sqlite_site.container.storage().unit_of_work() as work:
        work.flasky.add([Brought(Kind.USER, 1, sqlite_site.members["susan"], name="Suse")])
        work.flasky.add([Brought(Kind.POST, 7, post_id)])
        work.commit()
    visitor = sqlite_site.browser()

    for path in ("/user/Suse", "/user/susan", "/followers/Suse", "/post/7"):
        with sqlite_site.counting_statements() as statements:
            assert visitor.get(path).status == 308
        assert len(statements) == 1, path
