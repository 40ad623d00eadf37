"""Invitations on the web: make, copy and end one, and what somebody finds who comes by it."""

import pytest

from domain.roles import Role
from tests.web.addresses import JOINING
from tests.web.browser import Page
from tests.web.conftest import MakeSite
from tests.web.site import Site


@pytest.fixture
def inviting(make_site: MakeSite) -> Site:
    site = make_site(registration="invitation")
    site.join("mary", Role.MODERATOR)
    site.join("susan")
    return site


def link_on(page: Page) -> str:
    """The path of the newest invitation."""
    found = page.texts(".//li//code")[0]
    base, path, code = found.partition("/register?invitation=")
    assert base == "http://chapbook.example"
    assert len(code) == 43
    return path + code


def make(site: Site, name: str = "susan", people: str = "1") -> str:
    browser = site.browser(name)
    done = browser.post("/settings/invitations", {"people": people})
    assert (done.status, done.location) == (303, "/settings/invitations")
    return link_on(browser.get("/settings/invitations"))


def test_without_an_invitation_the_site_says_whom_to_ask_and_offers_no_form(inviting: Site) -> None:
    browser = inviting.browser()

    for page in (browser.get("/register"), browser.post("/register", JOINING)):
        assert page.status == 403
        assert "Ask somebody who is a member for a link" in page.words
        assert "/register" not in page.actions
    for path in ("/", "/login"):
        assert "/register" not in browser.get(path).links
    for code in ("nonsense", "é", "%00", "x" * 3_000):
        page = browser.get(f"/register?invitation={code}")
        assert page.status == 403
        assert "Ask whoever sent it to you for a new one" in page.words


def test_whoever_comes_by_a_link_sees_who_invites_and_becomes_a_member(inviting: Site) -> None:
    path = make(inviting)
    browser = inviting.browser()
    page = browser.get(path)

    assert page.status == 200
    assert "@susan invites you." in page.words
    assert page.headers["Cache-Control"] == "no-store"
    refused = browser.submit(page, "/register", **(JOINING | {"password2": "other"}))
    assert refused.status == 422
    assert "@susan invites you." in refused.words
    assert browser.submit(refused, "/register", **JOINING).status == 303
    browser.post(inviting.link_to("nils@example.com"))

    assert inviting.browser("nils").post("/posts", {"body": "Bees."}).status == 303
    assert "1 of 1 place taken" in inviting.browser("susan").get("/settings/invitations").words
    assert browser.get(path).status == 403


def test_without_a_seat_at_the_confirmation_a_moderator_decides(inviting: Site) -> None:
    path = make(inviting)
    for name in ("nils", "erik"):
        browser = inviting.browser()
        browser.submit(browser.get(path), "/register", **(JOINING | {"email": f"{name}@example.com", "username": name}))
    for name in ("nils", "erik"):
        inviting.browser().post(inviting.link_to(f"{name}@example.com"))

    assert inviting.browser("nils").get("/confirm").heading == "All is confirmed"
    assert inviting.browser("erik").get("/confirm").heading == "A moderator looks at it"
    words = inviting.browser("mary").get("/moderation/waiting").words
    assert "Invited by @susan" in words
    assert "Without a seat" in words


def test_an_invitation_says_how_many_came_until_when_it_works_and_ends(inviting: Site) -> None:
    path = make(inviting, people="20")
    browser = inviting.browser("susan")
    page = browser.get("/settings/invitations")
    assert "0 of 20 places taken, works until 31 March 2026" in page.words
    (end,) = [action for action in page.actions if action.endswith("/end")]

    assert browser.submit(page, end).location == "/settings/invitations"

    ended = browser.get("/settings/invitations")
    assert "0 of 20 places taken, ended" in ended.words
    assert ended.texts(".//li//code") == []
    assert inviting.browser().get(path).status == 403
    make(inviting)
    inviting.pass_time(days=30)
    assert "over since" in inviting.browser("susan").get("/settings/invitations").words


def test_the_form_says_what_is_wrong_and_the_eleventh_is_refused(inviting: Site) -> None:
    browser = inviting.browser("susan")
    for people in ("", "0", "21", "-1", "x", "٣", "9" * 400):
        page = browser.post("/settings/invitations", {"people": people})
        assert page.status == 422
        assert page.errors == {"people": "An invitation is for 1 to 20 people."}
        assert page.form("/settings/invitations")["people"] == people
    for _ in range(10):
        assert browser.post("/settings/invitations", {"people": "1"}).status == 303
    with inviting.unchanged():
        page = browser.post("/settings/invitations", {"people": "1"})
    assert page.status == 409
    assert "You have 10 open invitations already." in page.words


@pytest.mark.parametrize(
    ("mode", "listed", "told"),
    [
        ("open", False, "Everybody can join at the moment"),
        ("approval", True, "A moderator looks at every registration here"),
        ("invitation", True, "An invitation is a link"),
        ("closed", False, "takes no new members"),
    ],
)
def test_the_settings_lead_there_where_an_invitation_changes_something(
    mode: str, listed: bool, told: str, make_site: MakeSite
) -> None:
    site = make_site(registration=mode)
    site.join("susan")
    site.join("ulla", confirmed=False)
    page = site.browser("susan").get("/settings/profile")

    assert ("/settings/invitations" in page.links) == listed
    assert "/settings/invitations" not in site.browser("ulla").get("/settings/profile").links
    assert told in site.browser("susan").get("/settings/invitations").words


def test_a_link_works_where_everybody_may_join_and_an_invalid_one_does_no_harm(make_site: MakeSite) -> None:
    site = make_site(registration="open")
    site.join("susan")
    path = make(site)

    assert "@susan invites you." in site.browser().get(path).words
    other = site.browser().get("/register?invitation=nonsense")
    assert other.status == 200
    assert "invites you" not in other.words
    closed = make_site(registration="closed")
    closed.join("susan")
    assert closed.browser().get(make(closed)).status == 403
