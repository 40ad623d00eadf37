"""The queue of moderators, one case, and settling it, on the pages."""

import pytest

from application.ports.paging import Window
from domain.cases import Visitor
from domain.display import Language
from domain.roles import Role
from tests.web.browser import Page
from tests.web.site import PASSWORD, Site

QUEUE = "/moderation"


@pytest.fixture
def scene(site: Site) -> Site:
    return prepared(site)


def prepared(site: Site) -> Site:
    """susan's post and her comment below it. erik and nina report them too."""
    site.join("erik")
    site.join("nina")
    site.members["post"] = site.post("susan", "Buy <my> soup.", "Soup")
    site.members["comment"] = site.comment("susan", site.members["post"], "You fool.")
    return site


def report(
    scene: Site, what: str = "post", *, by: str = "david", kind: str = "abuse", text: str = "It is rude."
) -> str:
    """The path of the case. Two ids in one moment do not rise with the time, so it passes."""
    scene.pass_time(seconds=1)
    reporting, reporter = scene.container.reporting(), scene.members[by]
    if what == "person":
        reporting.report_person(actor_id=reporter, username="susan", kind=kind, text=text)
    elif what == "comment":
        reporting.report_comment(actor_id=reporter, comment_id=scene.members["comment"], kind=kind, text=text)
    else:
        reporting.report_post(actor_id=reporter, post_id=scene.members["post"], kind=kind, text=text)
    return path_of(scene, what)


def path_of(scene: Site, what: str) -> str:
    mary = scene.container.storage().session_feeds.reader(scene.members["mary"], scene.time)
    found = scene.container.cases().waiting(reader=mary, window=Window(100)).items
    (case,) = [each for each in found if each.subject_kind.value == what]
    return f"/moderation/cases/{case.id}"


def rows(page: Page) -> list[str]:
    return [link for link in page.links if link.startswith("/moderation/cases/")]


def test_an_empty_queue_is_said_in_words(scene: Site) -> None:
    mary = scene.browser("mary")

    assert "Nothing waits." in mary.get(QUEUE).words
    assert "No case has been settled yet." in mary.get(f"{QUEUE}?state=settled").words
    assert {"/moderation/comments", "/moderation/log"} <= set(mary.get(QUEUE).links)
    assert scene.browser("david").get(QUEUE).status == 403
    assert mary.get(f"{QUEUE}?state=lost").status == 404
    for name in ("nobody", "no body", "%00", "%ED%A0%80"):
        assert mary.get(f"{QUEUE}?about={name}").status == 404


def test_the_queue_says_what_of_whom_why_and_how_often(scene: Site) -> None:
    comment, post = report(scene, "comment", kind="spam"), report(scene, "post")
    for by in ("erik", "nina"):
        report(scene, "post", by=by, kind="spam")

    page = scene.browser("mary").get(QUEUE)

    assert rows(page) == [post, comment]
    first, second = page.texts(".//article")
    assert "first: three or more reported it" in first
    assert "Spam · Abuse · 3 reports" in first
    assert "Soup Buy <my> soup." in first
    assert "@susan" in first
    assert "A comment Spam · 1 report You fool." in second
    assert "first: three" not in second
    assert page.headers["Cache-Control"] == "no-store"


def test_the_queue_is_cut_into_pages_in_both_directions(scene: Site) -> None:
    size = scene.settings.comments_per_page
    for number in range(size + 2):
        scene.pass_time(minutes=1)
        post_id = scene.post("susan", f"Number {number}.")
        scene.container.reporting().report_post(
            actor_id=scene.members[("david", "erik", "nina")[number % 3]], post_id=post_id, kind="spam"
        )
    mary = scene.browser("mary")
    first = mary.get(f"{QUEUE}?about=susan")
    (onward,) = [link.get("href", "") for link in first.all(".//nav[@class='pager']/a")]

    second = mary.get(QUEUE + onward)

    assert len(rows(first)) == size
    assert len(rows(second)) == 2
    assert "about=susan" in onward
    assert "Number 0." in first.words
    (back,) = [link.get("href", "") for link in second.all(".//nav[@class='pager']/a")]
    assert rows(mary.get(QUEUE + back)) == rows(first)


def test_the_queue_keeps_to_one_member(scene: Site) -> None:
    report(scene)
    mary = scene.browser("mary")
    link = f"{QUEUE}?about=susan"
    assert link in mary.get("/moderation/people/susan").links

    assert len(rows(mary.get(link))) == 1
    assert "Only cases about @susan." in mary.get(link).words
    other = mary.get(f"{QUEUE}?about=david")
    assert rows(other) == []
    assert {QUEUE, f"{QUEUE}?state=settled&about=david"} <= set(other.links)
    renamed = scene.browser("susan").post("/settings/profile", {"username": "suzanne", "password": PASSWORD})
    assert renamed.status == 303
    assert len(rows(mary.get(link))) == 1


def test_a_settled_case_says_who_did_what(scene: Site) -> None:
    path = report(scene)
    mary = scene.browser("mary")
    mary.post(f"{path}/settle", {"act": "hide", "rule": "2", "reason": "It is <spam>."})

    assert rows(mary.get(QUEUE)) == []
    listed = mary.get(f"{QUEUE}?state=settled")
    assert rows(listed) == [path]
    assert "@mary moderator hid the text." in listed.words
    page = mary.get(path)
    assert "@mary moderator hid the text." in page.words
    assert "The reason: It is <spam>. (rule 2)" in page.words
    assert f"{path}/settle" not in page.actions
    (log,) = [link for link in page.links if link.startswith("/moderation/log?before=")]
    assert "It is <spam>." in mary.get(log).words
    entry = int(log.partition("=")[2]) - 1
    assert f"/appeals/{entry}" not in page.links
    scene.container.appeals().appeal(actor_id=scene.members["susan"], entry_id=entry, text="It is soup.")
    assert f"/appeals/{entry}" in mary.get(path).links
    assert path in mary.get(f"/appeals/{entry}").links
    assert path in mary.get("/moderation/people/susan").links


def test_a_case_shows_the_text_as_it_was_and_as_it_is(scene: Site) -> None:
    path = report(scene)
    mary, posts = scene.browser("mary"), scene.container.posts()
    susan, post_id = scene.members["susan"], scene.members["post"]
    page = mary.get(path)
    assert page.texts(".//blockquote") == ["Soup Buy <my> soup."]
    assert "It has not changed since." in page.words

    posts.edit(actor_id=susan, post_id=post_id, body="Nothing.")
    page = mary.get(path)
    assert page.texts(".//blockquote") == ["Soup Buy <my> soup.", "Soup Nothing."]
    assert "As it is now: edited since" in page.words
    assert f"/posts/{post_id}" in page.links

    posts.delete(actor_id=susan, post_id=post_id)
    page = mary.get(path)
    assert page.texts(".//blockquote") == ["Soup Buy <my> soup."]
    assert "The post has been deleted since." in page.words
    # It can come back, and is hidden then.
    assert "act-hide" in page.text


def test_a_case_says_when_its_text_is_hidden(scene: Site) -> None:
    path = report(scene, "comment")
    scene.hide("mary", scene.members["comment"], "Rude.")

    page = scene.browser("mary").get(path)

    assert "Hidden by a moderator. The reason: Rude." in page.words


def test_a_case_says_that_its_text_is_not_kept_any_more(scene: Site) -> None:
    path = report(scene)
    mary = scene.browser("mary")
    mary.post(f"{path}/settle", {"act": "none"})
    scene.pass_time(days=31)
    scene.container.deleting().look()
    scene.deliver()

    page = scene.browser("mary").get(path)

    assert "The copy of the text is not kept any more." in page.words
    assert page.texts(".//blockquote") == ["Soup Buy <my> soup."]
    assert "As it is now" in page.words


def test_a_case_about_a_comment_shows_its_neighbours(scene: Site) -> None:
    before = scene.comment("david", scene.members["post"], "Before.")
    after = scene.comment("susan", scene.members["post"], "Reported.")
    scene.members["comment"] = after
    scene.comment("david", scene.members["post"], "After.")
    page = scene.browser("mary").get(report(scene, "comment", by="erik"))

    around = page.texts(".//section[@aria-labelledby='around-head']//article")

    assert [text.rpartition("UTC ")[2] for text in around] == [
        "You fool.",
        "Before.",
        "this one is reported Reported.",
        "After.",
    ]
    assert f"/comments/{before}" in page.links
    assert "On Soup" in page.words


def test_a_case_about_a_person_shows_the_profile_and_the_newest_writings(scene: Site) -> None:
    page = scene.browser("mary").get(report(scene, "person"))

    assert page.texts(".//blockquote")[0] == "@susan"
    assert page.texts(".//section[@aria-labelledby='written-head']//blockquote") == ["You fool.", "Buy <my> soup."]
    assert {"/@susan", "/moderation/people/susan"} <= set(page.links)
    assert "act-hide" not in page.text


def test_a_case_shows_its_reports_and_what_earlier_ones_led_to(scene: Site) -> None:
    mary = scene.browser("mary")
    mary.post(f"{report(scene, 'comment')}/settle", {"act": "warn", "reason": "Rude."})
    mary.post(f"{report(scene, 'person')}/settle", {"act": "none"})
    path = report(scene, text="It is <rude>.")
    scene.pass_time(seconds=1)
    scene.container.reporting().report_post(
        actor_id=None,
        post_id=scene.members["post"],
        kind="illegal",
        text="A threat.",
        visitor=Visitor(client="a cafe", name="Li <Na>", email="li@elsewhere.example", language=Language.ENGLISH),
    )

    page = mary.get(path)

    visitor, david = page.texts(".//section[@aria-labelledby='reports-head']//li")
    assert "a visitor Li <Na> · li@elsewhere.example Illegal" in visitor
    assert "A threat." in visitor
    assert "@david" in david
    assert "1 of the last 2 reports led to something" in david
    assert "It is <rude>." in david
    assert "Warned @susan: Rude." in page.words


def test_a_case_shows_twenty_reports_and_leads_to_the_others(free_site: Site) -> None:
    scene = prepared(free_site)
    for number in range(1, 43):
        scene.join(f"r{number}")
        path = report(scene, by=f"r{number}")
    mary = scene.browser("mary")

    def shown(page: Page) -> list[str]:
        section = ".//section[@aria-labelledby='reports-head']"
        return [name.partition(" ")[0] for name in page.texts(f"{section}//li//p[@class='who']")]

    def led_to(page: Page, words: str) -> str:
        (link,) = [each.get("href", "") for each in page.all(".//main//a") if page.text_of(each) == words]
        return link.removesuffix("#reports")

    first = mary.get(path)
    assert shown(first) == [f"@r{number}" for number in range(42, 22, -1)]
    assert "These are the newest 20 of 42 reports." in first.words
    assert "The newest reports" not in first.words

    second = mary.get(led_to(first, "Earlier reports"))
    assert shown(second) == [f"@r{number}" for number in range(22, 2, -1)]
    assert "These are reports 3 to 22 of 42. The first is the oldest." in second.words
    assert led_to(second, "The newest reports") == path

    last = mary.get(led_to(second, "Earlier reports"))
    assert shown(last) == ["@r2", "@r1"]
    assert "Earlier reports" not in last.words
    assert shown(mary.get(f"{path}?reports=999999999")) == shown(first)


def test_other_reports_keep_the_page_of_the_record_and_it_keeps_them(free_site: Site) -> None:
    scene = prepared(free_site)
    for number in range(22):
        scene.join(f"r{number}")
        path = report(scene, by=f"r{number}")
    for _ in range(scene.settings.comments_per_page + 1):
        scene.pass_time(seconds=1)
        scene.container.sanctions().sanction(
            actor_id=scene.members["mary"], username="susan", act="warn", reason="Rude."
        )
    mary = scene.browser("mary")

    page = mary.get(f"{path}?reports=2")
    (onward,) = [link.get("href", "") for link in page.all(".//nav[@class='pager']/a")]
    older = mary.get(onward)

    assert len(older.all(".//section[@id='reports']//li")) == 2
    cursor = onward.partition("reports=2&")[2]
    assert cursor.startswith("before=")
    assert f"{path}?{cursor}#reports" in older.links


@pytest.mark.parametrize("number", ["", "0", "-1", "1.5", "two", "٣", "1234567890", "%00"])
def test_a_number_of_a_report_that_is_none_is_no_page(scene: Site, number: str) -> None:
    assert scene.browser("mary").get(f"{report(scene)}?reports={number}").status == 404


def test_a_case_about_somebody_who_is_erased_shows_no_empty_text(scene: Site) -> None:
    path = report(scene)
    scene.container.leaving().leave(actor_id=scene.members["susan"], password=PASSWORD, posts="delete")
    scene.deliver()

    page = scene.browser("mary").get(path)

    assert page.texts(".//blockquote") == []
    assert "As it was when it was reported first" not in page.words
    assert "The copy of the text is not kept any more." in page.words


def test_a_case_says_that_there_was_no_text(scene: Site) -> None:
    path = report(scene)
    with scene.container.storage().unit_of_work() as work:
        case = work.cases.get(int(path.rpartition("/")[2]))
        case.text = ""
        work.cases.save(case)
        work.commit()

    page = scene.browser("mary").get(path)

    assert "There was no text when it was reported first." in page.words
    assert "As it was when it was reported first" not in page.words


ACTS = {
    "none": "everything stays as it is",
    "hide": "the text is hidden",
    "warn": "the member is warned",
    "silence": "the member is silenced",
    "suspend": "the account is suspended",
}


@pytest.mark.parametrize("act", ACTS)
def test_settling_leads_to_the_next_case_that_waits(scene: Site, act: str) -> None:
    first, second = report(scene), report(scene, "comment")
    mary = scene.browser("mary")
    page = mary.get(first)
    assert page.form(f"{first}/settle")["act"] == "none"
    assert "#decide" in page.links

    done = mary.submit(page, f"{first}/settle", act=act, days="7" if act == "silence" else "", reason="Soup.")

    assert (done.status, done.location) == (303, second)
    page = mary.follow(done)
    (said,) = page.flashes
    assert ACTS[act] in said
    assert ("Whoever it concerns is told by mail." in said) == (act != "none")
    done = mary.submit(page, f"{second}/settle")
    assert (done.status, done.location) == (303, QUEUE)
    assert mary.follow(done).flashes[-1] == "Nothing waits any more."


def test_what_is_wrong_is_told_at_its_field_with_all_that_was_typed(scene: Site) -> None:
    path = report(scene)
    typed = {"act": "silence", "days": "400", "rule": "all", "reason": " "}

    page = scene.browser("mary").post(f"{path}/settle", typed)

    assert page.status == 422
    assert page.errors == {
        "days": "Please give a number of days from 1 to 365, or nothing for until it is lifted.",
        "rule": "Please give the number of the rule, or “law”.",
        "reason": "Please fill this in.",
    }
    assert {name: page.form(f"{path}/settle")[name] for name in typed} == typed
    assert "It is rude." in page.words


def test_who_comes_second_reads_what_the_first_did_and_keeps_what_was_typed(scene: Site) -> None:
    path = report(scene)
    mary, ada = scene.browser("mary"), scene.browser("ada")
    seen = ada.get(path)
    mary.post(f"{path}/settle", {"act": "hide", "reason": "Spam."})

    page = ada.submit(seen, f"{path}/settle", act="suspend", days="7", reason="A <bad> one.")

    assert page.status == 409
    assert "@mary has settled this case already: the text is hidden." in page.words
    assert "Suspend · For how many days: 7" in page.words
    assert "A <bad> one." in page.words
    assert "@mary moderator hid the text." in page.words
    assert f"{path}/settle" not in page.actions


def test_a_text_that_is_gone_cannot_be_hidden(scene: Site) -> None:
    path = report(scene)
    scene.container.posts().delete(actor_id=scene.members["susan"], post_id=scene.members["post"])
    scene.pass_time(days=31)
    scene.container.deleting().look()
    scene.deliver()
    mary = scene.browser("mary")

    page = mary.submit(mary.get(path), f"{path}/settle", act="hide", reason="Spam.")

    assert page.status == 409
    assert "The text is gone already." in page.words
    assert page.form(f"{path}/settle")["reason"] == "Spam."


def test_only_administrators_are_offered_sanctions_of_a_moderator(scene: Site) -> None:
    scene.container.members().set_standing(username="susan", role=Role.MODERATOR)
    path = report(scene)

    page = scene.browser("mary").get(path)

    assert "Only administrators sanction a moderator." in page.words
    assert ("act-hide" in page.text, "act-warn" in page.text) == (True, False)
    assert "act-warn" in scene.browser("ada").get(path).text


def test_nobody_settles_a_case_about_themselves(scene: Site) -> None:
    scene.container.members().set_standing(username="susan", role=Role.MODERATOR)
    path = report(scene)
    susan = scene.browser("susan")
    assert "This case is about you." in susan.get(path).words

    page = susan.post(f"{path}/settle", {"act": "none", "reason": "It is fine."})

    assert page.status == 403
    assert "This case is about you." in page.words
    assert "It is fine." in page.text
    assert rows(susan.get(QUEUE)) == [path]


def test_only_moderators_look_and_settle(scene: Site) -> None:
    path = report(scene)

    assert scene.browser("david").get(path).status == 403
    assert scene.browser("david").get("/moderation/cases/1").status == 403
    assert scene.browser("mary").get("/moderation/cases/1").status == 404
    assert scene.browser().get(path).location == f"/login?next={path}"
    assert scene.browser("david").post(f"{path}/settle", {"act": "none"}).status == 403


def test_whom_it_concerns_reads_whether_somebody_reported_it(scene: Site) -> None:
    found = scene.container.sanctions().sanction(
        actor_id=scene.members["mary"], username="susan", act="warn", reason="Rude."
    )
    scene.browser("mary").post(f"{report(scene)}/settle", {"act": "hide", "reason": "Spam."})
    susan = scene.browser("susan")

    hidden, warned = susan.get("/settings/record").texts(".//ul[@class='roll']/li")

    assert "Somebody reported it." in hidden
    assert "No report led to it; it was found by looking." in warned
    assert "No report led to it" in susan.get(f"/appeals/{found}").words
    assert not [link for link in susan.get("/settings/record").links if link.startswith("/moderation")]


def test_cases_are_said_in_chinese_too(scene: Site) -> None:
    path = report(scene)
    scene.container.members().edit_profile(actor_id=scene.members["mary"], language="zh-Hans")
    mary = scene.browser("mary")

    assert mary.get(QUEUE).heading == "案件"
    assert mary.get(path).heading == "被举报的帖子"


def test_pages_of_cases_take_few_statements(sqlite_site: Site) -> None:
    scene = prepared(sqlite_site)
    paths = [report(scene, what) for what in ("post", "comment", "person")]
    for by in ("erik", "nina"):
        report(scene, by=by)
    mary = scene.browser("mary")

    for path, most in ((QUEUE, 2), (f"{QUEUE}?state=settled", 2), *((path, 5) for path in paths)):
        with scene.counting_statements() as asked:
            assert mary.get(path).status == 200
        assert len(asked) <= most, path
