"""Addresses below /.well-known that programs look for."""

from datetime import datetime, timedelta

import pytest

from entrypoints.settings import BadSettings
from tests.doubles import settings_with
from tests.web.conftest import MakeSite
from tests.web.site import Site


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ("security@example.com", "mailto:security@example.com"),
        ("mailto:security@example.com", "mailto:security@example.com"),
        ("https://example.com/security", "https://example.com/security"),
        ("tel:+31-20-555-0100", "tel:+31-20-555-0100"),
    ],
)
def test_security_txt_says_whom_to_tell(make_site: MakeSite, contact: str, said: str) -> None:
    site = make_site(security_contact=contact)

    page = site.browser().get("/.well-known/security.txt")

    assert page.status == 200
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert page.cookies == {}
    fields = dict(line.split(": ", 1) for line in page.text.splitlines())
    assert fields.keys() == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert fields["Contact"] == said
    assert fields["Canonical"] == "http://chapbook.example/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, zh-Hans"
    ahead = datetime.fromisoformat(fields["Expires"]) - site.time
    assert timedelta(days=170) < ahead < timedelta(days=365)
    assert site.browser().open("HEAD", "/.well-known/security.txt").status == 200


def test_without_a_contact_there_is_no_security_txt(site: Site) -> None:
    assert site.browser().get("/.well-known/security.txt").status == 404


@pytest.mark.parametrize(
    "contact", ["nobody", "http://example.com/", "javascript:1", "a@example.com\nExpires: never", "mailto:x", "tel:"]
)
def test_a_contact_that_no_program_can_use_is_refused_at_the_start(contact: str) -> None:
    with pytest.raises(BadSettings, match="CHAPBOOK_SECURITY_CONTACT"):
        settings_with(security_contact=contact)


@pytest.mark.parametrize("name", [None, "susan"])
def test_a_password_manager_finds_the_page_for_the_password(site: Site, name: str | None) -> None:
    browser = site.browser(name)

    page = browser.get("/.well-known/change-password")

    assert (page.status, page.location) == (303, "/settings/password")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.cookies == {}
    assert "Vary" not in page.headers or "Cookie" not in page.headers["Vary"]
    led = browser.follow(page)
    assert led.status == 200 if name else led.location == "/login?next=/settings/password"


def test_an_address_below_well_known_that_nobody_knows_is_not_found(site: Site) -> None:
    """Programs ask for this one to learn whether a site says 404 at all."""
    page = site.browser().get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")

    assert page.status == 404
