"""The files of pictures: whom they are served to, and with which headers."""

import pytest

from tests.web.browser import Page
from tests.web.site import Site

CONTENT = {"webp": b"1280 pixels as webp", "jpg": b"1280 pixels as jpg"}


def shown_picture(site: Site, name: str = "susan") -> tuple[int, int]:
    """A picture, and the post that shows it."""
    picture_id = site.picture(name)
    return picture_id, site.post(name, f"![A boat](picture:{picture_id})")


def is_private(page: Page) -> bool:
    return page.headers["Cache-Control"] == "private, no-store"


def statuses(site: Site, path: str, *names: str | None) -> list[int]:
    return [site.browser(name).get(path).status for name in names]


@pytest.mark.parametrize(("ending", "kind"), [("webp", "image/webp"), ("jpg", "image/jpeg")])
def test_a_picture_in_a_post_is_served_to_everybody_and_kept(site: Site, ending: str, kind: str) -> None:
    picture_id, _ = shown_picture(site)

    page = site.browser().get(f"/pictures/{picture_id}/1280.{ending}")

    assert (page.status, page.data) == (200, CONTENT[ending])
    headers = page.headers
    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in headers["Cache-Control"]
    assert "public" in headers["Cache-Control"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")


def test_a_file_is_revalidated_by_its_etag_and_its_head_has_no_body(site: Site) -> None:
    picture_id, _ = shown_picture(site)
    path = f"/pictures/{picture_id}/640.webp"
    first = site.browser().get(path)

    again = site.browser().get(path, headers={"If-None-Match": str(first.etag)})
    head = site.browser().open("HEAD", path)

    assert (again.status, again.data) == (304, b"")
    assert (head.status, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))
    assert head.etag == first.etag
    assert site.browser().get(f"/pictures/{picture_id}/320.webp").etag != first.etag


def test_a_larger_width_answers_with_the_largest_file(site: Site) -> None:
    picture_id = site.picture("susan", "500x300")
    site.post("susan", f"![](picture:{picture_id})")
    browser = site.browser()

    for width, pixels in ((320, 320), (640, 500), (1280, 500), (2560, 500)):
        assert browser.get(f"/pictures/{picture_id}/{width}.jpg").data == b"%d pixels as jpg" % pixels


def test_what_is_no_width_ending_or_picture_is_not_found(site: Site) -> None:
    picture_id, _ = shown_picture(site)
    browser = site.browser("susan")

    for path in (
        *(f"/pictures/{picture_id}/{name}" for name in ("321.webp", "0.webp", "-320.webp", "320.png", "320", "x.webp")),
        *(f"/pictures/{name}/320.webp" for name in ("1", "0", "x", str(2**63), "9" * 40, f"{picture_id}/..")),
    ):
        assert browser.get(path).status == 404, path


def test_a_picture_in_no_post_is_for_its_owner_and_moderators(site: Site) -> None:
    path = f"/pictures/{site.picture('susan')}/320.webp"

    assert statuses(site, path, None, "david", "ulla", "susan", "mary", "ada") == [404, 404, 404, 200, 200, 200]
    assert is_private(site.browser("susan").get(path))
    assert not is_private(site.browser("susan").get(f"/pictures/{shown_picture(site)[0]}/320.webp"))


def test_the_picture_of_a_hidden_post_is_gone_at_once_for_others(site: Site) -> None:
    picture_id, post_id = shown_picture(site)
    path = f"/pictures/{picture_id}/320.webp"
    tag = str(site.browser().get(path).etag)

    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=post_id, reason="Rude.")

    assert statuses(site, path, None, "david", "susan", "mary") == [404, 404, 200, 200]
    assert site.browser().get(path, headers={"If-None-Match": tag}).status == 404
    assert is_private(site.browser("mary").get(path))
    site.container.moderation().restore_post(actor_id=site.members["mary"], post_id=post_id, reason="")
    assert site.browser().get(path).status == 200


def test_the_picture_of_a_deleted_post_is_gone_for_others(site: Site) -> None:
    picture_id, post_id = shown_picture(site)
    site.container.posts().delete(actor_id=site.members["susan"], post_id=post_id)

    assert statuses(site, f"/pictures/{picture_id}/320.webp", None, "david", "susan") == [404, 404, 200]


def test_a_portrait_is_served_in_its_own_sizes(site: Site) -> None:
    portrait_id = site.portray("susan")
    browser = site.browser()

    assert [browser.get(f"/pictures/{portrait_id}/{side}.webp").data for side in (96, 320)] == [
        b"96 pixels as webp",
        b"320 pixels as webp",
    ]


def test_the_short_address_leads_to_the_largest_file(site: Site) -> None:
    picture_id, _ = shown_picture(site)

    page = site.browser().get(f"/pictures/{picture_id}")

    assert (page.status, page.location) == (303, f"/pictures/{picture_id}/2560.webp")
    assert site.browser().get(f"/pictures/{site.picture('susan')}").status == 404


@pytest.mark.sql
def test_a_file_takes_one_statement_and_a_private_one_three(sqlite_site: Site) -> None:
    site = sqlite_site
    picture_id, _ = shown_picture(site)
    unused = site.picture("susan")
    visitor, susan = site.browser(), site.browser("susan")

    for browser, path, most in (
        (visitor, f"/pictures/{picture_id}/320.webp", 1),
        (susan, f"/pictures/{picture_id}/320.webp", 1),
        # The second is for the page of the error, which leads on to posts.
        (visitor, f"/pictures/{unused}/320.webp", 2),
        (susan, f"/pictures/{unused}/320.webp", 3),
    ):
        with site.counting_statements() as statements:
            browser.get(path)
        assert len(statements) <= most, (path, statements)
