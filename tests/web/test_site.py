"""The site's own words: its pages, the form, the announcement, and the rules that moderators name."""

import json

import pytest

from application.ports.site import SiteFeeds
from domain.errors import TryAgain
from domain.joining import Registration
from domain.roles import Role
from domain.site import Site as TheSite
from domain.site import SiteText
from entrypoints.app import create_app
from entrypoints.container import Container
from tests.doubles import RENDERER, Moody, put_into_storage, wired
from tests.web.browser import Browser, Page
from tests.web.conftest import MakeSite
from tests.web.site import BASE_URL, PASSWORD, Site

WORDS = {
    "name": "Soup club",
    "tagline": "We cook <together>",
    "greeting": "Come *in*.",
    "about": "## Us\n\nWe cook.",
    "rules": "1. Be kind.\n2. Wash **up**.\n3. No tins.",
    "privacy": "We keep recipes.",
    "contact": "cook@example.com",
    "announcement": "Soup on Friday: https://example.com/soup",
}


def change(site: Site, **typed: str) -> None:
    site.container.site().change(actor=None, typed=typed)


def form_of(page: Page) -> dict[str, str]:
    """What the form of the site has in its fields. HTML drops a line break after the tag of a text."""
    return {name: value.removeprefix("\n") for name, value in page.form("/admin/site").items()}


def test_a_visitor_reads_what_the_site_is_where_nobody_has_written_it(site: Site) -> None:
    visitor = site.browser()

    home = visitor.get("/")
    assert home.heading == "Chapbook"
    assert "Chapbook is a blog that its members write together" in home.words
    assert {"/register", "/login", "/about", "/rules", "/privacy"} <= set(home.links)
    about = visitor.get("/about")
    assert "1 March 2026" in about.words
    assert {"/@ada", "/@mary"} <= set(about.links)
    assert "/@susan" not in about.links
    assert "members" in about.words and "0 posts" in about.words
    assert "No rules have been written here." in visitor.get("/rules").words
    assert "What Chapbook stores about you" in visitor.get("/privacy").text
    assert "at most a day" in visitor.get("/privacy").words
    for path in ("/about", "/rules"):
        assert not any(link.startswith("/admin") for link in visitor.get(path).links)
        assert any(link.startswith("/admin/site#") for link in site.browser("ada").get(path).links)


def test_a_visitor_reads_what_was_written(site: Site) -> None:
    change(site, **WORDS)
    visitor = site.browser()

    home = visitor.get("/")
    assert home.heading == home.title == "Soup club"
    assert "We cook <together>" in home.words and "Come in." in home.words
    for tag in ('name="description"', 'property="og:description"'):
        assert f'<meta {tag} content="We cook &lt;together&gt;">' in home.text
    assert '<meta property="og:site_name" content="Soup club">' in home.text
    about = visitor.get("/about")
    assert "We cook." in about.words
    assert "mailto:cook@example.com" in about.links
    rules = visitor.get("/rules")
    assert rules.all(".//li[@id='rule-3']")
    assert "We keep recipes." in visitor.get("/privacy").words
    for path in ("/about", "/rules", "/privacy"):
        page = visitor.get(path)
        assert page.headers["Cache-Control"] == "public, no-cache"
        assert 'name="robots"' not in page.text
        assert f'<link rel="canonical" href="{BASE_URL}{path}">' in page.text
        assert not page.actions
    assert "<title>Soup club</title>" in visitor.get("/feed.atom").text
    assert json.loads(visitor.get("/feed.json").text)["title"] == "Soup club"
    assert json.loads(visitor.get("/api/v1/openapi.json").text)["info"]["title"] == "Soup club: REST API"


@pytest.mark.parametrize(
    ("mode", "words", "joins"),
    [
        ("open", "", True),
        ("approval", "A moderator looks at every registration.", True),
        ("invitation", "Whoever has an invitation from a member can join.", False),
        ("closed", "Nobody can join at the moment.", False),
    ],
)
def test_the_first_page_says_how_joining_works_here(site: Site, mode: str, words: str, joins: bool) -> None:
    change(site, registration=mode)
    page = site.browser().get("/")
    assert words in page.words
    assert ("/register" in page.links) == joins
    assert site.browser().get("/register").status == (200 if joins else 403)


def test_an_administrator_changes_all_of_it_and_sees_it_at_once(site: Site) -> None:
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    assert page.headers["Cache-Control"] == "no-store"
    assert form_of(page)["name"] == "Chapbook"

    sent = ada.submit(page, "/admin/site", **WORDS, registration="approval")

    assert sent.status == 303
    shown = ada.follow(sent)
    assert shown.flashes == ["The site is saved. Within five seconds everybody sees it."]
    assert {name: value for name, value in form_of(shown).items() if name in WORDS} == WORDS
    assert shown.title.endswith("· Soup club")
    log = ada.get("/moderation/log").words
    assert (
        "Changed the site: Name, Tagline, Greeting, About, Rules, Privacy, Contact, Announcement, Who may join" in log
    )


def test_a_preview_shows_the_texts_keeps_what_was_typed_and_stores_nothing(site: Site) -> None:
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    with site.unchanged():
        shown = ada.submit(page, "/admin/site", **WORDS, preview="1")
    assert shown.status == 200
    (preview,) = shown.all(".//section[@id='preview']")
    assert "Wash up." in shown.text_of(preview) and "We keep recipes." in shown.text_of(preview)
    assert {name: value for name, value in form_of(shown).items() if name in WORDS} == WORDS
    nothing = ada.submit(page, "/admin/site", preview="1")
    assert "There is nothing to show yet" in nothing.words


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_lost(site: Site) -> None:
    ada = site.browser("ada")
    wrong = WORDS | {"name": "", "contact": "somebody", "announcement": "x" * 501}
    for more in ({}, {"preview": "1"}):
        with site.unchanged():
            page = ada.submit(ada.get("/admin/site"), "/admin/site", **wrong, **more)
        assert page.status == 422
        assert [field.get("id") for field in page.all(".//*[@class='wrong']")] == [
            "name-wrong",
            "contact-wrong",
            "announcement-wrong",
        ]
        assert {name: value for name, value in form_of(page).items() if name in wrong} == wrong


def test_a_stale_form_shows_both_texts_and_can_then_be_saved(site: Site) -> None:
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    change(site, about="Theirs", registration="closed")

    sent = ada.submit(page, "/admin/site", name="Soup club", about="Mine", registration="open")

    assert sent.status == 409
    theirs = dict(zip(("name", "about", "registration"), sent.texts(".//pre[@class='theirs']"), strict=True))
    assert theirs == {"name": "Chapbook", "about": "Theirs", "registration": "Nobody"}
    assert (form_of(sent)["about"], form_of(sent)["version"]) == ("Mine", "1")
    assert ada.submit(sent, "/admin/site").status == 303
    assert ada.get("/about").words.count("Mine") == 1


def test_too_many_changes_keep_what_was_typed(site: Site) -> None:
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    for _ in range(60):
        assert ada.submit(page, "/admin/site", name="").status == 422
    refused = ada.submit(page, "/admin/site", **WORDS)
    assert refused.status == 429
    assert all(value in refused.text for value in ("Come *in*.", "We keep recipes.", "cook@example.com"))


def announced(page: Page) -> list[str]:
    return page.texts(".//aside/div/p")


def test_every_page_shows_the_announcement_until_it_is_dismissed(site: Site) -> None:
    change(site, announcement="Soup on Friday: https://example.com/soup & <more>")
    visitor, susan = site.browser(), site.browser("susan")

    page = visitor.get("/about")
    assert announced(page) == ["Soup on Friday: https://example.com/soup & <more>"]
    assert "https://example.com/soup" in page.links
    assert not page.actions
    assert page.headers["Cache-Control"] == "public, no-cache"
    page = susan.get("/about")
    sent = susan.submit(page, "/announcement/dismiss")
    assert (sent.status, sent.location) == (303, "/about")
    assert announced(susan.get("/")) == []
    # On every device.
    assert announced(site.browser("susan").get("/")) == []
    assert len(announced(site.browser("david").get("/"))) == 1
    change(site, announcement="Soup on Monday.")
    site.pass_time(seconds=5)
    assert announced(susan.get("/")) == ["Soup on Monday."]
    change(site, announcement="")
    site.pass_time(seconds=5)
    assert announced(visitor.get("/")) == []


def test_what_is_no_number_dismisses_nothing(site: Site) -> None:
    change(site, announcement="Soup.")
    susan = site.browser("susan")
    page = susan.get("/")
    for announced in ("", "x", "-1", "1" * 30, "²", "0"):
        with site.unchanged():
            sent = susan.submit(page, "/announcement/dismiss", announced=announced, next="//evil.example")
        assert (sent.status, sent.location) == (303, "/")


def test_rules_are_offered_and_what_names_one_leads_to_it(site: Site) -> None:
    post_id = site.post("susan")
    mary = site.browser("mary")
    assert not mary.get(f"/posts/{post_id}").all(".//select[@name='rule']")
    change(site, rules=WORDS["rules"])
    site.pass_time(seconds=5)

    page = mary.get(f"/posts/{post_id}")
    options = [(each.get("value"), page.text_of(each)) for each in page.all(".//select[@id='hide-post-rule']/option")]
    assert options == [
        ("", "None"),
        ("1", "1. Be kind."),
        ("2", "2. Wash up."),
        ("3", "3. No tins."),
        ("law", "The law"),
    ]
    refused = mary.submit(page, f"/posts/{post_id}/hide", reason="", rule="2")
    assert refused.status == 422
    assert [each.get("value") for each in refused.all(".//select[@name='rule']/option[@selected]")] == ["2"]
    assert mary.submit(refused, f"/posts/{post_id}/hide", reason="Rude.").status == 303
    site.deliver()
    letter = site.postbox.newest_to("susan@example.com")
    assert f"{BASE_URL}/rules#rule-2" in letter.text
    assert f'href="{BASE_URL}/rules#rule-2"' in letter.html
    susan = site.browser("susan")
    entry_id = next(link for link in susan.get("/settings/record").links if link.startswith("/appeals/"))
    for page in (mary.get("/moderation/log"), susan.get("/settings/record"), susan.get(entry_id)):
        assert "/rules#rule-2" in page.links
    change(site, rules="1. Be kind.")
    site.pass_time(seconds=5)
    for page in (mary.get("/moderation/log"), susan.get("/settings/record")):
        assert "/rules#rule-2" not in page.links
        assert "(rule 2)" in page.words


@pytest.mark.parametrize("path", ["/moderation/people/susan", "case"])
def test_a_rule_that_is_gone_stays_chosen_in_a_refused_form(site: Site, path: str) -> None:
    change(site, rules=WORDS["rules"])
    mary = site.browser("mary")
    post_id = site.post("susan")
    if path == "case":
        site.container.reporting().report_post(actor_id=site.members["david"], post_id=post_id, kind="spam", text="")
        path = next(link for link in mary.get("/moderation").links if link.startswith("/moderation/cases/"))
    page = mary.get(path)
    action = next(action for action in page.actions if action.endswith(("/sanction", "/settle")))
    refused = mary.submit(page, action, act="", rule="7", reason="")
    assert refused.status == 422
    assert [each.get("value") for each in refused.all(".//select[@id='rule']/option[@selected]")] == ["7"]


def test_mails_have_the_present_name(site: Site) -> None:
    change(site, name="Soup club")
    site.browser().post("/reset", {"email": "susan@example.com"})
    site.container.passwords().request_reset(client="x", email="susan@example.com")
    site.deliver()
    assert "Soup club" in site.postbox.newest_to("susan@example.com").text


class MoodyFeeds:
    """The feeds of a site that nobody can read when a test says so."""

    def __init__(self, feeds: SiteFeeds) -> None:
        self.away = False
        self._feeds = feeds

    def site(self) -> TheSite | None:
        if self.away:
            raise TryAgain
        return self._feeds.site()


def test_a_storage_that_is_away_keeps_what_is_known() -> None:
    feeds: list[MoodyFeeds] = []

    def prepare(container: Container) -> None:
        feeds.append(MoodyFeeds(container.storage().site_feeds))
        put_into_storage(container, site_feeds=feeds[0])

    site = Site(prepare)
    change(site, name="Soup club")
    assert site.browser().get("/login").title == "Sign in · Soup club"
    site.pass_time(seconds=5)
    feeds[0].away = True
    assert site.browser().get("/login").title == "Sign in · Soup club"


def test_a_busy_storage_keeps_what_was_typed() -> None:
    storage = Moody()
    site = Site(storage.install)
    site.join("ada", Role.ADMINISTRATOR)
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    storage.away = True

    refused = ada.submit(page, "/admin/site", **WORDS)

    assert refused.status == 503
    kept = refused.form("/admin/site")
    assert {name: kept[name].removeprefix("\n") for name in WORDS} == WORDS
    assert kept["registration"] == "open"
    storage.away = False
    assert ada.submit(refused, "/admin/site").status == 303


def test_the_environment_holds_until_the_site_is_saved(make_site: MakeSite) -> None:
    site = make_site(site_name="The Reading Room", registration="closed")
    assert site.browser().get("/").title == "The Reading Room"
    site.container.site().change(actor=None, typed={"tagline": "We read."})
    stored = site.container.storage().site_feeds.site()
    assert stored is not None
    assert stored == TheSite(
        text=SiteText(name="The Reading Room", tagline="We read.", registration=Registration.CLOSED),
        html=stored.html,
        version=1,
    )


def test_another_process_shows_it_within_five_seconds_and_to_who_saved_it_at_once(sql_site: Site) -> None:
    site = sql_site
    storage = site.container.storage()
    parts = {"now": lambda: site.time, "hasher": site.hasher, "renderer": RENDERER, "mailer": site.postbox}
    other = create_app(wired(site.settings, storage=storage, new_id=site.new_id, **parts))
    elsewhere = Browser(other, base_url=BASE_URL)
    ada = site.browser("ada")
    page = ada.get("/admin/site")
    assert elsewhere.get("/").title == "Chapbook"

    assert ada.submit(page, "/admin/site", name="Soup club", registration="closed").status == 303

    assert site.browser().get("/").title == "Soup club"
    site.pass_time(seconds=4)
    assert elsewhere.get("/").title == "Chapbook"
    # What is decided is decided by what is stored.
    form = {"email": "new@example.com", "username": "new", "password": PASSWORD, "password2": PASSWORD}
    assert elsewhere.post("/register", form).status == 403
    # The other process answers the browser that has saved.
    elsewhere_of_ada = Browser(other, base_url=BASE_URL)
    for each in ("session", "visitor"):
        elsewhere_of_ada.set_cookie(each, ada.cookie(each) or "")
    assert elsewhere_of_ada.get("/").title.endswith("Soup club")
    assert elsewhere.get("/").title == "Soup club"
    site.container.site().change(actor=None, typed={"name": "Tea club"})
    assert elsewhere.get("/").title == "Soup club"
    site.pass_time(seconds=5)
    assert elsewhere.get("/").title == "Tea club"
