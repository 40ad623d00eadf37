"""Reporting on the pages: the form of members, that of visitors, and where they find it."""

from urllib.parse import quote

import pytest

from application.ports.paging import Window
from tests.web.site import PASSWORD, Site

WINDOW = Window(9)

FORMS = {"post": "/posts/{post}/report", "comment": "/comments/{comment}/report", "person": "/@susan/report"}
BACK = {"post": "/posts/{post}", "comment": "/comments/{comment}", "person": "/@susan"}


@pytest.fixture
def scene(site: Site) -> Site:
    """susan's post and her comment below it."""
    site.members["post"] = site.post("susan", "Buy <my> soup.", "Soup")
    site.members["comment"] = site.comment("susan", site.members["post"], "You fool.")
    return site


def path_of(scene: Site, what: str, paths: dict[str, str] = FORMS) -> str:
    return paths[what].format(**scene.members)


def reports(scene: Site) -> list[tuple[str, str, str, str, str]]:
    """Of the case that waits: who, the address of a visitor, the name, the kind, and the text."""
    mary = scene.container.storage().session_feeds.reader(scene.members["mary"], scene.time)
    pages = scene.container.cases().waiting(reader=mary, window=WINDOW, shown=9)
    return [
        ("" if each.by is None else each.by.username, each.email, each.name, each.kind.value, each.text)
        for case in pages.items
        for each in case.reports
    ]


SHOWN = {"post": "Soup Buy <my> soup.", "comment": "You fool.", "person": "@susan"}


@pytest.mark.parametrize("what", FORMS)
def test_a_member_reports_a_thing(scene: Site, what: str) -> None:
    browser, path = scene.browser("david"), path_of(scene, what)
    page = browser.get(path)
    assert page.texts(".//blockquote") == [SHOWN[what]]
    assert page.texts(".//fieldset//label") == ["Spam", "Abuse", "Illegal", "Something else"]
    assert "does not learn who reported it" in page.words

    done = browser.submit(page, path, kind="abuse", text="It is <rude>.")

    assert (done.status, done.location) == (303, path_of(scene, what, BACK))
    assert reports(scene) == [("david", "", "", "abuse", "It is <rude>.")]
    assert browser.get("/").flashes == ["Thank you. Moderators look at it."]


def test_what_a_member_sends_again_replaces_their_report(scene: Site) -> None:
    browser, path = scene.browser("david"), path_of(scene, "post")
    browser.post(path, {"kind": "abuse", "text": "It is rude."})

    page = browser.get(path)

    assert "You have reported this already." in page.words
    assert page.form(path)["kind"] == "abuse"
    assert page.form(path)["text"].strip() == "It is rude."
    browser.submit(page, path, kind="spam", text="It is spam.")
    assert reports(scene) == [("david", "", "", "spam", "It is spam.")]
    refused = browser.post(path, {"kind": "", "text": "Something else."})
    assert refused.form(path)["text"].strip() == "Something else."


def test_what_is_wrong_is_told_at_its_field_with_all_that_was_typed(scene: Site) -> None:
    path = path_of(scene, "post")
    page = scene.browser("david").post(path, {"kind": "", "text": "x" * 1_001})

    assert page.status == 422
    assert page.errors == {
        "kind": "Please choose one of these.",
        "text": "This has 1,001 characters; at most 1,000 fit.",
    }
    assert page.form(path)["text"].strip() == "x" * 1_001
    page = scene.browser().post(path, {"kind": "illegal", "name": "a\nb", "email": "li"})
    assert page.status == 422
    assert set(page.errors) == {"name", "email"}
    assert (page.form(path)["email"], page.form(path)["kind"]) == ("li", "illegal")


@pytest.mark.parametrize("what", FORMS)
def test_a_visitor_reports_what_is_illegal(scene: Site, what: str) -> None:
    browser, path = scene.browser(headers={"Accept-Language": "en"}), path_of(scene, what)
    page = browser.get(path)
    assert page.heading == "Report something illegal"
    assert page.all(".//fieldset") == []
    assert f"/login?next={quote(path, safe='/')}" in page.links
    assert page.headers["Cache-Control"] == "no-store"

    done = browser.submit(page, path, text="A threat.", name="Li", email=" li@elsewhere.example ")

    assert (done.status, done.location) == (303, path_of(scene, what, BACK))
    assert reports(scene) == [("", "li@elsewhere.example", "Li", "illegal", "A threat.")]


def test_a_visitor_reports_nothing_else(scene: Site) -> None:
    page = scene.browser().post(path_of(scene, "post"), {"kind": "spam", "text": "Soup."})

    assert page.status == 422
    assert page.errors == {
        "kind": "Without an account you can report what is illegal. Sign in to report anything else."
    }
    assert reports(scene) == []


def test_a_visitor_is_told_in_the_language_of_the_page(scene: Site) -> None:
    browser = scene.browser(headers={"Accept-Language": "zh-CN"})
    path = path_of(scene, "comment")
    browser.submit(browser.get(path), path, email="li@elsewhere.example")
    mary = scene.container.storage().session_feeds.reader(scene.members["mary"], scene.time)
    (case,) = scene.container.cases().waiting(reader=mary, window=WINDOW).items

    scene.container.cases().settle(actor_id=mary.id, case_id=case.id, act="none")
    scene.deliver()

    assert scene.postbox.newest_to("li@elsewhere.example").subject == "你的举报有结果了"


def test_who_came_from_a_list_goes_back_to_it(scene: Site) -> None:
    browser, path = scene.browser("david"), path_of(scene, "comment")
    page = browser.get(f"{path}?next=/following")

    assert "/following" in page.links
    assert browser.submit(page, path, kind="spam").location == "/following"
    assert browser.post(path, {"kind": "spam", "next": "//elsewhere.example"}).location == path_of(
        scene, "comment", BACK
    )


def test_a_limit_keeps_what_was_typed(scene: Site) -> None:
    visitor, path = scene.browser(), path_of(scene, "post")
    for _ in range(3):
        assert visitor.post(path, {"kind": "illegal"}).status == 303

    page = visitor.post(path, {"kind": "illegal", "text": "A threat."})

    assert page.status == 429
    assert "There were many tries from this network" in page.words
    assert page.form(path)["text"].strip() == "A threat."
    assert page.form(path)["kind"] == "illegal"
    assert path in page.links
    assert scene.browser(address="198.51.100.9").post(path, {"kind": "illegal"}).status == 303
    david = scene.browser("david")
    for _ in range(20):
        assert david.post(path, {"kind": "spam"}).status == 303
    assert david.post(path, {"kind": "spam", "text": "Soup."}).status == 429


def test_what_is_kept_has_the_labels_of_the_form(scene: Site) -> None:
    visitor, path = scene.browser(), path_of(scene, "post")
    typed = {"kind": "illegal", "text": "A threat.", "name": "Li", "email": "li@elsewhere.example"}
    for _ in range(3):
        visitor.post(path, typed)

    page = visitor.post(path, typed)

    assert page.status == 429
    assert page.texts(".//main//label") == ["What do you want to say?", "Your name", "Your email address"]


def test_a_limit_leads_back_to_the_form_where_no_text_was_typed(scene: Site) -> None:
    visitor, path = scene.browser(), path_of(scene, "post")
    for _ in range(3):
        visitor.post(path, {"kind": "spam"})
        visitor.post(path, {"kind": "illegal"})

    page = visitor.post(path, {"kind": "illegal"})

    assert page.status == 429
    assert path not in page.actions
    assert path in page.links
    assert "Back to the form" in page.words


def test_a_form_that_has_grown_old_can_be_sent_again(scene: Site) -> None:
    visitor, path = scene.browser(), path_of(scene, "post")

    page = visitor.post(path, {"kind": "illegal", "text": "A threat."}, token="x")

    assert page.status == 403
    assert visitor.submit(page, path).status == 303
    assert reports(scene) == [("", "", "", "illegal", "A threat.")]


@pytest.mark.parametrize("what", FORMS)
def test_nobody_reports_themselves(scene: Site, what: str) -> None:
    susan, path = scene.browser("susan"), path_of(scene, what)

    for page in (susan.get(path), susan.post(path, {"kind": "spam"})):
        assert page.status == 403
        assert "Nobody reports themselves" in page.words
    assert reports(scene) == []


def test_pages_offer_a_report_where_it_is_possible(scene: Site) -> None:
    thread, profile = path_of(scene, "post", BACK), "/@susan"
    on_thread, on_profile = {path_of(scene, "post"), path_of(scene, "comment")}, {"/@susan/report"}

    def offered(name: str | None) -> set[str]:
        browser = scene.browser(name)
        links = [*browser.get(thread).links, *browser.get(profile).links]
        return {link for link in links if link.endswith("/report")}

    assert offered(None) == offered("david") == offered("mary") == on_thread | on_profile
    assert offered("susan") == set()
    assert offered("ulla") == set()
    scene.container.sanctions().sanction(
        actor_id=scene.members["mary"], username="david", act="silence", days="7", reason="Rude."
    )
    assert offered("david") == set()


def test_pages_of_visitors_with_a_link_to_report_stay_cacheable(scene: Site) -> None:
    visitor = scene.browser()

    for path in (path_of(scene, "post", BACK), "/@susan"):
        page = visitor.get(path)
        assert page.headers["Cache-Control"] == "public, no-cache"
        assert page.cookies == {}
        assert page.actions == []


def test_a_hidden_comment_offers_no_report(scene: Site) -> None:
    scene.hide("mary", scene.members["comment"])

    for name in (None, "david", "mary"):
        assert path_of(scene, "comment") not in scene.browser(name).get(path_of(scene, "post", BACK)).links


def test_a_former_username_leads_on(scene: Site) -> None:
    scene.container.members().edit_profile(actor_id=scene.members["susan"], username="sue", password=PASSWORD)

    page = scene.browser("david").get("/@susan/report")

    assert (page.status, page.location) == (308, "/@sue/report")


def test_reporting_is_said_in_chinese_too(scene: Site) -> None:
    page = scene.browser(headers={"Accept-Language": "zh-CN"}).get(path_of(scene, "post"))

    assert page.heading == "举报违法内容"


def test_a_form_takes_few_statements(sqlite_site: Site) -> None:
    site = sqlite_site
    post_id = site.post("susan")
    path = f"/posts/{post_id}/report"

    for browser, most in ((site.browser(), 1), (site.browser("david"), 4)):
        with site.counting_statements() as asked:
            assert browser.get(path).status == 200
        assert len(asked) <= most
