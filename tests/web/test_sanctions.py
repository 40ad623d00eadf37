"""Sanctions on the pages: who decides, what a silenced and a suspended member reach, and that it ends to the minute."""

import pytest

from domain.moderation import Act
from domain.roles import Role
from tests.web.browser import Browser
from tests.web.site import PASSWORD, Site

PERSON = "/moderation/people/susan"


def decide(site: Site, act: str, *, days: str = "7", name: str = "susan", by: str = "mary") -> int:
    found: int = site.container.sanctions().sanction(
        actor_id=site.members[by], username=name, act=act, days=days, reason="Rude to others.", rule="2"
    )
    return found


def test_a_moderator_silences_a_member_from_their_page(site: Site) -> None:
    mary = site.browser("mary")
    assert PERSON in mary.get("/@susan").links
    page = mary.get(PERSON)
    assert "No sanction holds at the moment." in page.words

    done = mary.submit(page, f"{PERSON}/sanction", act="silence", days="7", rule="2", reason="Rude.")

    assert (done.status, done.location) == (303, PERSON)
    page = mary.follow(done)
    assert page.texts(".//p[@class='hush']") == ["Silenced @susan until 8 March 2026, 12:00 UTC: Rude."]
    assert page.texts(".//article//p[@class='context']") == [
        "Silenced @susan until 8 March 2026, 12:00 UTC: Rude. (rule 2)"
    ]
    done = mary.submit(page, f"{PERSON}/lift", reason="Enough.")
    assert (done.status, done.location) == (303, PERSON)
    page = mary.follow(done)
    assert f"{PERSON}/lift" not in page.actions
    assert page.texts(".//article//p[@class='context']")[0] == "Lifted the sanctions of @susan: Enough."


def test_what_is_wrong_is_told_at_its_field_with_all_that_was_typed(site: Site) -> None:
    mary = site.browser("mary")

    page = mary.post(f"{PERSON}/sanction", {"act": "", "days": "400", "rule": "all", "reason": " "})

    assert page.status == 422
    assert page.errors == {
        "act": "Please choose one of these.",
        "days": "Please give a number of days from 1 to 365, or nothing for until it is lifted.",
        "rule": "Please give the number of the rule, or “law”.",
        "reason": "Please fill this in.",
    }
    assert page.form(f"{PERSON}/sanction") | {"csrf_token": ""} == {
        "csrf_token": "",
        "days": "400",
        "rule": "all",
        "reason": " ",
    }
    decide(site, "silence")
    page = mary.post(f"{PERSON}/lift", {"reason": ""})
    assert (page.status, page.errors) == (422, {"lift-reason": "Please fill this in."})


def test_lifting_what_somebody_has_lifted_says_so(site: Site) -> None:
    page = site.browser("mary").post(f"{PERSON}/lift", {"reason": "Enough."})

    assert page.status == 409
    assert "somebody else has lifted it" in page.words


@pytest.mark.parametrize(
    ("by", "name", "words"),
    [
        ("mary", "mary", "Nobody decides about themselves."),
        ("mary", "ada", "Nobody sanctions an administrator."),
        ("mary", "iris", "Only administrators sanction a moderator."),
        ("ada", "ada", "Nobody decides about themselves."),
    ],
)
def test_the_form_stands_only_where_it_may_be_sent(site: Site, by: str, name: str, words: str) -> None:
    site.join("iris", Role.MODERATOR)
    browser = site.browser(by)

    page = browser.get(f"/moderation/people/{name}")

    assert words in page.words
    assert f"/moderation/people/{name}/sanction" not in page.actions
    refused = browser.post(f"/moderation/people/{name}/sanction", {"act": "warn", "reason": "x"})
    assert (refused.status, refused.heading) == (403, "Not sent")
    sentence = "Moderators sanction users, administrators also moderators, and nobody themselves or an administrator."
    assert sentence in refused.words
    assert "/moderation/people/iris/sanction" in site.browser("ada").get("/moderation/people/iris").actions


def test_a_former_username_leads_on(site: Site) -> None:
    site.container.members().edit_profile(actor_id=site.members["susan"], username="sue", password=PASSWORD)

    page = site.browser("mary").get(PERSON)

    assert (page.status, page.location) == (308, "/moderation/people/sue")


def test_a_silenced_member_reads_why_and_until_when_and_loses_no_text(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")
    decide(site, "silence")

    for path in ("/", f"/posts/{post_id}"):
        page = susan.get(path)
        assert "You cannot write at the moment." in page.words
        assert "/settings/record" in page.links
    assert f"/posts/{post_id}/edit" not in susan.get(f"/posts/{post_id}").links
    assert f"/posts/{post_id}/delete" in susan.get(f"/posts/{post_id}").actions
    page = susan.post(f"/posts/{post_id}/comments", {"body": "Listen!"})
    assert page.status == 403
    assert "A moderator has silenced you until 8 March 2026, 12:01 UTC." in page.words
    assert "/settings/record" in page.links
    assert "Listen!" in page.text
    assert susan.post(f"/posts/{post_id}/delete").status == 303


def test_a_silence_ends_to_the_minute_without_a_worker(site: Site) -> None:
    susan = site.browser("susan")
    decide(site, "silence", days="1")
    site.pass_time(days=1, seconds=-1)
    susan = site.browser("susan")
    assert susan.post("/posts", {"body": "Words."}).status == 403

    site.pass_time(seconds=1)

    assert susan.post("/posts", {"body": "Words."}).status == 303


# Whatever a suspended member reaches; `{link}` stands for an entry that concerns them.
REACHED = [
    "/settings/record",
    "/settings/account",
    "/settings/account/data.zip",
    "/settings/display",
    "/confirm",
    "/appeals/{entry}",
]


def suspended(site: Site) -> tuple[Browser, int]:
    entry = decide(site, "suspend")
    return site.browser("susan"), entry


def test_a_suspended_member_is_signed_out_and_signs_in_to_a_few_pages(site: Site) -> None:
    before = site.browser("susan")
    susan, entry = suspended(site)

    assert before.get("/settings/profile").location.startswith("/login")
    for path in REACHED:
        assert susan.get(path.format(entry=entry)).status == 200, path
    page = susan.get("/")
    assert page.status == 403
    assert "A moderator has suspended your account until 8 March 2026, 12:00 UTC." in page.words
    assert {"/settings/record", "/settings/account"} <= set(page.links)
    assert page.all(".//article") == []


def test_a_suspended_member_reaches_nothing_else(site: Site) -> None:
    post_id = site.post("david")
    susan, entry = suspended(site)
    shapes: dict[str, object] = {"post_id": post_id, "comment_id": 1, "entry_id": entry, "case_id": 1}
    shapes |= {"username": "david", "session_id": 1}
    reached = {path.format(entry=entry) for path in REACHED}
    tried = 0
    for rule in site.app.url_map.iter_rules():
        view = site.app.view_functions[rule.endpoint]
        if rule.rule.startswith("/api") or getattr(view, "view_without_viewer", False):
            continue
        if getattr(view, "view_shown", None) is not None or set(rule.arguments) - shapes.keys():
            continue
        built = rule.build({name: shapes[name] for name in rule.arguments})
        assert built is not None
        path = built[1]
        for method in (rule.methods or set()) & {"GET", "POST"}:
            if path in reached or getattr(view, "view_open_to_suspended", False):
                continue
            with site.unchanged(path):
                page = susan.get(path) if method == "GET" else susan.post(path)
            tried += 1
            assert page.status == 403, f"{method} {path}: {page.status}"
            assert "suspended your account" in page.words, path
    assert tried > 40


def test_a_suspended_member_chooses_the_display_and_signs_out(site: Site) -> None:
    susan, _ = suspended(site)

    page = susan.submit(susan.get("/settings/display"), "/settings/display", language="zh-Hans", theme="dark")
    assert page.status == 303
    refused = susan.get("/")
    assert (refused.status, "版主已暂停你的账号" in refused.words) == (403, True)
    assert susan.post("/logout").status == 303
    assert susan.get("/").status == 200


def test_a_suspended_member_takes_the_data_and_leaves(site: Site) -> None:
    susan, _ = suspended(site)

    assert susan.get("/settings/account/data.zip").headers["Content-Type"] == "application/zip"
    assert susan.post("/settings/account/delete", {"posts": "delete", "password": PASSWORD}).status == 303

    assert site.browser().get("/@susan").status == 404


def test_a_suspension_that_ran_out_opens_the_same_session(site: Site) -> None:
    decide(site, "suspend", days="1")
    site.pass_time(hours=23)
    susan = site.browser("susan")
    assert susan.get("/").status == 403

    site.pass_time(hours=1)

    assert susan.get("/").status == 200
    assert susan.post("/posts", {"body": "Words."}).status == 303


def test_sanctions_and_decisions_are_in_the_log(site: Site) -> None:
    entry = decide(site, "suspend", days="")
    site.container.appeals().appeal(actor_id=site.members["susan"], entry_id=entry, text="I was not.")
    site.container.appeals().decide(
        actor_id=site.members["ada"], entry_id=entry, outcome="reversed", reason="A mistake."
    )

    page = site.browser("mary").get("/moderation/log")

    assert page.texts(".//article//p[@class='context']") == [
        "Undid a decision that @susan appealed against: A mistake.",
        "Suspended @susan until it is lifted: Rude to others. (rule 2)",
    ]
    assert page.all(".//blockquote") == []


def test_pages_of_moderators_take_few_statements(sqlite_site: Site) -> None:
    site = sqlite_site
    for act in (Act.WARN, Act.SILENCE, Act.SUSPEND):
        decide(site, act.value)
    mary = site.browser("mary")

    with site.counting_statements() as asked:
        assert mary.get(PERSON).status == 200
    assert len(asked) == 5
    with site.counting_statements() as asked:
        assert mary.get("/moderation/appeals").status == 200
    assert len(asked) == 2
