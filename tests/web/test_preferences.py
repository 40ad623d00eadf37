"""Of what a member is told, on the site; the link that ends mails; and the time zone."""

import pytest

from domain.notifications import NotificationKind
from domain.preferences import Preferences
from entrypoints.masking import masked
from tests.web.site import PASSWORD, Site

PATH = "/settings/notifications"


def mailed(site: Site, name: str) -> set[str]:
    """The kinds that mails tell this member of, without those that nobody can switch off."""
    with site.container.storage().unit_of_work() as work:
        preferences: Preferences = work.preferences.of(site.members[name])
    kinds = (kind for kind in NotificationKind if not kind.is_notice)
    return {kind.value for kind in kinds if preferences.of(kind).mail.value != "off"}


def time_zone(site: Site, name: str) -> str:
    with site.container.storage().unit_of_work() as work:
        zone: str = work.accounts.get(site.members[name]).time_zone
    return zone


def test_a_member_chooses_of_what_they_are_told(site: Site) -> None:
    susan = site.browser("susan")
    page = susan.get(PATH)
    assert page.headers["Cache-Control"] == "no-store"
    form = page.form(PATH)
    assert (form["reply.site"], form["reply.mail"], form["like.mail"]) == ("on", "soon", "off")
    assert "sanction.mail" not in form
    assert "report.mail" not in form
    assert "You have chosen no time zone, so it is UTC." in page.words

    sent = susan.submit(page, PATH, **{"like.mail": "daily", "reply.mail": "off"})

    assert (sent.status, sent.location) == (303, PATH)
    page = susan.get(PATH)
    assert page.flashes == ["Saved."]
    form = page.form(PATH)
    assert (form["reply.site"], form["reply.mail"], form["like.mail"]) == ("on", "off", "daily")


def test_a_box_that_is_not_ticked_switches_the_site_off_and_a_row_that_is_not_sent_stays(site: Site) -> None:
    susan = site.browser("susan")

    assert susan.post(PATH, {"like.mail": "off", "reply.mail": "soon", "reply.site": "on"}).status == 303

    form = susan.get(PATH).form(PATH)
    assert "like.site" not in form
    assert (form["reply.site"], form["follow.site"]) == ("on", "on")


@pytest.mark.parametrize("name", ["mary", "ada"])
def test_moderators_choose_of_what_moderators_are_told(site: Site, name: str) -> None:
    browser = site.browser(name)

    browser.submit(browser.get(PATH), PATH, **{"waiting.mail": "soon"})

    assert browser.get(PATH).form(PATH)["waiting.mail"] == "soon"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"like.mail": "weekly"}, "Please choose one of these."),
        ({"gossip.mail": "off"}, "You are told of no such thing."),
        ({"report.mail": "off"}, "You are told of no such thing."),
        ({"sanction.mail": "off", "sanction.site": "on"}, "What moderators decide about you is always told"),
    ],
)
def test_a_choice_that_is_none_is_refused(site: Site, data: dict[str, str], sentence: str) -> None:
    susan = site.browser("susan")

    with site.unchanged():
        page = susan.post(PATH, {"reply.mail": "off"} | data)

    assert page.status == 422
    assert sentence in page.words


def test_whoever_has_the_link_ends_mails_also_without_a_cookie_and_again(site: Site) -> None:
    link = site.unsubscribe_link_of("susan")
    assert mailed(site, "susan") == {"reply", "mention", "comment"}

    for browser in (site.browser(), site.browser("susan"), site.browser("david")):
        page = browser.get(link)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        assert "Set-Cookie" not in page.headers
        assert "@susan would get no more mails" in page.words
        with site.unchanged():
            browser.open("HEAD", link)
        done = browser.post(link, token=None)
        assert (done.status, done.headers["Cache-Control"]) == (200, "no-store")
        assert "@susan gets no more mails" in done.words
        assert mailed(site, "susan") == set()
    assert mailed(site, "david") == {"reply", "mention", "comment"}


def test_a_mail_program_sends_one_post_from_nowhere(site: Site) -> None:
    """RFC 8058, section 3.2: no cookie, no redirect; and a browser may say that another site sent it."""
    for headers in ({}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}):
        page = site.browser().post(
            site.unsubscribe_link_of("susan"), {"List-Unsubscribe": "One-Click"}, token=None, headers=headers
        )

        assert page.status == 200
        assert mailed(site, "susan") == set()


def test_a_suspended_member_ends_mails_too(site: Site) -> None:
    site.container.sanctions().sanction(actor_id=None, username="susan", act="suspend", reason="So.")
    susan = site.browser("susan")
    link = site.unsubscribe_link_of("susan")

    assert susan.get(link).status == susan.post(link, token=None).status == 200
    assert mailed(site, "susan") == set()


def test_a_dead_link_says_so_and_where_to_go(site: Site) -> None:
    link = site.unsubscribe_link_of("susan")
    site.pass_time(days=91)

    for page in (site.browser().get(link), site.browser().post(link, token=None), site.browser().get(f"{link}x")):
        assert page.status == 404
        assert "The links in our mails work for 90 days" in page.words
        assert PATH in page.links
    assert mailed(site, "susan") == {"reply", "mention", "comment"}


def test_the_token_is_masked_in_logs(site: Site) -> None:
    assert masked(f"GET {site.unsubscribe_link_of('susan')} HTTP/1.1") == "GET /unsubscribe/*** HTTP/1.1"
    assert masked("POST /unsubscribe/short?x=1") == "POST /unsubscribe/***?x=1"


def test_the_time_zone_is_chosen_in_the_profile(site: Site) -> None:
    susan = site.browser("susan")
    page = susan.get("/settings/profile")
    assert page.form("/settings/profile")["time_zone"] == ""
    assert {"Europe/Berlin", "Asia/Shanghai", "UTC"} <= set(page.texts(".//datalist/option"))

    assert susan.submit(page, "/settings/profile", time_zone=" Asia/Shanghai ").status == 303
    assert time_zone(site, "susan") == "Asia/Shanghai"
    assert "Your time zone is Asia/Shanghai." in susan.get(PATH).words
    susan.post("/settings/profile", {"name": "Susan"})
    assert time_zone(site, "susan") == "Asia/Shanghai"
    refused = susan.post("/settings/profile", {"time_zone": "Mars/Olympus"})
    assert refused.status == 422
    assert refused.form("/settings/profile")["time_zone"] == "Mars/Olympus"
    susan.post("/settings/profile", {"time_zone": ""})
    assert time_zone(site, "susan") == ""


def test_signing_in_sets_the_time_zone_of_who_has_none(site: Site) -> None:
    def sign_in(zone: str) -> str:
        data = {"email": "susan@example.com", "password": PASSWORD, "time_zone": zone}
        assert site.browser().post("/login", data).status == 303
        return time_zone(site, "susan")

    assert site.browser().get("/login").form("/login")["time_zone"] == ""
    assert [sign_in(zone) for zone in ("", "Mars/Olympus", "x" * 1_000, "Europe/Berlin", "Asia/Shanghai")] == [
        *("", "", "", "Europe/Berlin", "Europe/Berlin")
    ]
