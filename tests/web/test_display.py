"""Colours and language by choice, and fewer bytes on the way."""

import gzip
import re

import brotli

from tests.web.site import Site


def test_a_visitor_chooses_colours_and_returns_to_the_page(site: Site) -> None:
    visitor = site.browser()
    assert "data-theme" not in visitor.get("/").text
    page = visitor.get("/display?next=/@susan")
    assert page.headers["Cache-Control"] == "no-store"
    answer = visitor.submit(page, "/display", theme="dark", language="en")
    assert (answer.status, answer.location) == (303, "/@susan")
    text = visitor.get("/@susan").text
    assert 'data-theme="dark"' in text
    assert '<meta name="color-scheme" content="dark">' in text


def test_the_choice_of_a_member_applies_in_every_browser(site: Site) -> None:
    browser = site.browser("susan")
    browser.submit(browser.get("/settings/profile"), "/settings/profile", theme="light")
    assert 'data-theme="light"' in site.browser("susan").get("/").text


def test_an_invalid_choice_is_refused_at_its_field(site: Site) -> None:
    visitor = site.browser()
    page = visitor.submit(visitor.get("/display"), "/display", theme="pink", language="tlh")
    assert page.status == 422
    assert set(page.errors) == {"theme", "language"}
    browser = site.browser("susan")
    page = browser.submit(browser.get("/settings/profile"), "/settings/profile", theme="pink", language="tlh")
    assert page.status == 422
    visitor.set_cookie("display", "pink.\x7f" * 20)
    assert visitor.get("/").status == 200


def test_the_return_address_stays_on_this_site(site: Site) -> None:
    visitor = site.browser()
    page = visitor.get("/display?next=//evil.example/")
    answer = visitor.submit(page, "/display", theme="dark", language="en", next="https://evil.example/")
    assert answer.location == "/"


def test_texts_are_compressed_for_clients_that_accept_gzip(site: Site) -> None:
    visitor = site.browser()
    plain, packed = visitor.get("/"), visitor.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.headers["ETag"] == packed.headers["ETag"]
    again = visitor.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert again.status == 304
    refused = visitor.get("/", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in refused.headers


def test_static_files_are_compressed_and_cached_for_good_by_fingerprint(site: Site) -> None:
    visitor = site.browser()
    (href,) = [link.get("href", "") for link in visitor.get("/").all(".//link[@rel='stylesheet']")]
    sheet = visitor.get(href, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.headers["Content-Encoding"] == "gzip"
    smaller = visitor.get(href, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert smaller.headers["Content-Encoding"] == "br"
    assert brotli.decompress(smaller.data) == gzip.decompress(sheet.data) == visitor.get(href).data
    assert len(smaller.data) < len(sheet.data)
    assert "immutable" not in visitor.get(href.partition("?")[0]).headers["Cache-Control"]


def test_fonts_are_cached_for_good_by_the_fingerprints_in_the_stylesheet(site: Site) -> None:
    visitor = site.browser()
    fonts = set(re.findall(r'url\("(.+?)"\)', visitor.get("/static/site.css").text))
    assert fonts
    for font in fonts:
        answer = visitor.get(f"/static/{font}")
        assert answer.headers["Content-Type"] == "font/woff2"
        assert "immutable" in answer.headers["Cache-Control"], f"the file is another one than {font}"


def test_a_member_chooses_in_the_settings(site: Site) -> None:
    answer = site.browser("susan").get("/display")

    assert (answer.status, answer.location) == (303, "/settings/display")


def test_the_style_guide_is_there_in_development_only() -> None:
    assert Site(env="development").browser().get("/styleguide").status == 200
    production = Site(
        env="production", base_url="https://chapbook.example", password_memory_kib="19456", password_rounds="2"
    )
    assert production.browser().get("/styleguide").status == 404
