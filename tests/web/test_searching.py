"""The search on the site: what is found is shown with marks, and a query without sense with a sentence."""

import pytest

from tests.web.site import Site


def test_a_visitor_finds_a_post_by_its_words(site: Site) -> None:
    post_id = site.post("susan", "The *kettle* sings <b>early</b> & late.", "On kettles")
    browser = site.browser()

    page = browser.get("/search?q=KETTLE+sings")

    assert page.status == 200
    assert f"/posts/{post_id}" in page.links
    assert "<mark>kettle</mark> <mark>sings</mark>" in page.text
    assert "On <mark>kettles</mark>" in page.text
    assert "/@susan" in page.links
    assert '<meta name="robots" content="noindex">' in page.text
    assert "Nothing was found" in browser.get("/search?q=teapot").words


def test_a_comment_is_found_among_comments(site: Site) -> None:
    post_id = site.post("susan", "The kettle sings.", "On kettles")
    comment_id = site.comment("david", post_id, "Mine whistles.")

    page = site.browser("susan").get("/search?q=whistles&in=comments")

    assert f"/comments/{comment_id}" in page.links
    assert "<mark>whistles</mark>" in page.text
    assert "A comment on On kettles" in page.words
    assert f"/posts/{post_id}" not in site.browser().get("/search?q=whistles").links


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-kettle", "Name a word to look for."),
        ("before%3A2026-01-31", "Name a word to look for."),
        ("kettle+before%3Ayesterday", "A day is written like this: 2026-01-31."),
        ("%22%22+-+%3A", "Name a word to look for."),
        ("x" * 201, "This has 201 characters; at most 200 fit."),
    ],
)
def test_a_query_without_sense_is_kept_with_a_sentence(site: Site, typed: str, sentence: str) -> None:
    page = site.browser().get(f"/search?q={typed}")

    assert page.status == 200
    assert sentence in page.words
    assert 'aria-invalid="true"' in page.text


HOSTILE = ("%00", "%ED%A0%80", "%22", "foo%3Abar", "%27%22%5C%3A%26%7C%21%28%29", "a+-%22", "*", "%24%3F0", "soup+%27")


def test_nothing_that_is_typed_is_an_error(any_site: Site) -> None:
    any_site.post("susan", "Soup.")
    for typed in HOSTILE:
        for kind in ("posts", "comments"):
            assert any_site.browser().get(f"/search?q={typed}&in={kind}").status == 200, typed


def test_the_form_is_reached_from_every_page_and_from_a_person(site: Site) -> None:
    site.post("susan", "Soup.")

    assert "/search" in site.browser().get("/").links
    assert "/search" in site.browser("susan").get("/").links
    assert "/search?q=from:susan" in site.browser().get("/@susan").links
    assert site.browser().get("/search").status == 200


def test_pages_lead_to_older_posts(free_site: Site) -> None:
    for number in range(21):
        free_site.post("susan", f"Soup {number}.")
    browser = free_site.browser()

    page = browser.get("/search?q=soup")

    (older,) = [link for link in page.links if "before=" in link]
    assert older.startswith("/search?q=soup&in=posts&before=")
    assert "Soup 0." in browser.get(older).words
    assert browser.get("/search?q=soup&before=x").status == 404
    assert browser.get("/search?q=soup&in=people").status == 404


def test_sixty_searches_a_minute_are_enough(site: Site) -> None:
    browser, other = site.browser(), site.browser("susan")
    for _ in range(60):
        assert browser.get("/search?q=soup").status == 200

    assert browser.get("/search?q=soup").status == 429
    assert browser.get("/search").status == 200
    assert other.get("/search?q=soup").status == 200
