"""Reports and cases through the API."""

from typing import Any

import pytest

from domain.roles import Role
from tests.api.client import Api, program_of, with_password
from tests.api.objects import API, CASE_FIELDS
from tests.web.conftest import inhabited
from tests.web.site import BASE_URL, Site

OF_ONE = "/moderation/cases/{}"


def report(site: Site, name: str, path: str, kind: str = "abuse", text: str = "It is rude.") -> None:
    answer = with_password(site, name).post(f"{path}/report", {"kind": kind, "text": text})
    assert (answer.status, answer.data) == (202, b""), answer


def waiting(site: Site, query: str = "", name: str = "mary") -> Any:
    answer = with_password(site, name).get(f"/moderation/cases/{query}")
    assert answer.status == 200, answer
    return answer.json["cases"]


def settle(site: Site, case: Any, name: str = "mary", **body: Any) -> Any:
    answer = with_password(site, name).patch(case["url"], body)
    assert answer.status == 200, answer
    return answer.json


def test_reports_of_one_thing_are_one_case_that_one_act_settles(site: Site) -> None:
    post_id = site.post("susan", "Buy my soup.")
    report(site, "david", f"/posts/{post_id}")
    report(site, "ada", f"/posts/{post_id}", kind="spam", text="")

    (case,) = waiting(site)

    assert case.keys() == CASE_FIELDS
    assert case == {
        "id": case["id"],
        "url": f"{API}/moderation/cases/{case['id']}",
        "state": "open",
        "subject_kind": "post",
        "subject_url": f"{API}/posts/{post_id}",
        "about": "susan",
        "kinds": ["spam", "abuse"],
        "report_count": 2,
        "reports": [
            {"by": "ada", "kind": "spam", "text": "", "created_at": "2026-03-01T12:01:00.000Z"},
            {"by": "david", "kind": "abuse", "text": "It is rude.", "created_at": "2026-03-01T12:01:00.000Z"},
        ],
        "settled_by": None,
        "act": None,
        "reason": None,
        "rule": None,
        "created_at": "2026-03-01T12:01:00.000Z",
        "settled_at": None,
    }
    assert with_password(site, "mary").get(case["url"]).json == case
    site.pass_time(hours=1)
    settled = settle(site, case, act="hide", rule="2", reason="It sells soup.")
    outcome = {"settled_by": "mary", "act": "hide", "reason": "It sells soup.", "rule": "2"}
    assert settled == case | outcome | {"state": "settled", "settled_at": "2026-03-01T13:01:00.000Z"}
    assert with_password(site, "david").get(case["subject_url"]).status == 404
    assert waiting(site) == []
    assert waiting(site, "?state=settled") == [settled]


def test_a_comment_and_a_person_are_reported_too(site: Site) -> None:
    comment_id = site.comment("susan", site.post("david"))
    report(site, "david", f"/comments/{comment_id}")
    report(site, "david", "/users/Susan")

    comment, person = waiting(site)

    assert (comment["subject_kind"], comment["subject_url"]) == ("comment", f"{API}/comments/{comment_id}")
    assert (person["subject_kind"], person["subject_url"]) == ("person", f"{API}/users/susan")


def test_a_case_left_as_it_is_says_none_and_a_new_report_opens_another_one(site: Site) -> None:
    report(site, "david", "/users/susan")
    (case,) = waiting(site)

    settled = settle(site, case, act="none")

    assert (settled["act"], settled["reason"], settled["rule"]) == ("none", "", None)
    report(site, "david", "/users/susan")
    (another,) = waiting(site)
    assert another["id"] != case["id"]


def test_who_deletes_the_text_settles_its_case(site: Site) -> None:
    post_id = site.post("susan")
    report(site, "david", f"/posts/{post_id}")

    assert with_password(site, "ada").delete(f"/posts/{post_id}").status == 204

    (settled,) = waiting(site, "?state=settled")
    assert (settled["act"], settled["settled_by"]) == ("delete", "ada")


def test_the_second_moderator_is_told_what_the_first_one_did(site: Site) -> None:
    report(site, "david", "/users/susan")
    (case,) = waiting(site)
    settle(site, case, act="silence", days=7.0, reason="Rude.")

    refused = with_password(site, "ada").patch(case["url"], {"act": "warn", "reason": "Rude."})

    refused.problem(409, "@mary has settled this case already: the member is silenced.")
    sanction = with_password(site, "mary").get("/users/susan/sanctions/").json["sanctions"][0]
    assert sanction["until"] == "2026-03-08T12:00:00.000Z"


def test_a_case_that_has_changed_since_it_was_read_is_not_settled(site: Site) -> None:
    report(site, "david", "/users/susan")
    mary = with_password(site, "mary")
    etag = mary.get(waiting(site)[0]["url"]).etag
    report(site, "ada", "/users/susan")
    (case,) = waiting(site)

    mary.patch(case["url"], {"act": "none"}, headers={"If-Match": etag}).problem(412)

    etag = mary.get(case["url"]).etag
    assert mary.get(case["url"], headers={"If-None-Match": etag}).status == 304
    done = mary.patch(case["url"], {"act": "none"}, headers={"If-Match": etag})
    assert done.status == 200
    assert done.etag == mary.get(case["url"]).etag


def test_the_text_that_is_gone_cannot_be_hidden(site: Site) -> None:
    post_id = site.post("susan")
    report(site, "david", f"/posts/{post_id}")
    assert with_password(site, "susan").delete(f"/posts/{post_id}").status == 204
    site.pass_time(days=31)
    site.container.deleting().look()
    site.deliver()
    (case,) = waiting(site)

    with_password(site, "mary").patch(case["url"], {"act": "hide", "reason": "Rude."}).problem(409, "gone already")

    assert settle(site, case, act="none")["state"] == "settled"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"act", "reason"}),
        ({"act": "ban", "reason": "Rude."}, {"act"}),
        ({"act": "hide", "reason": "Rude."}, {"act"}),
        ({"act": "warn"}, {"reason"}),
        ({"act": "silence", "days": 0, "reason": "Rude."}, {"days"}),
        ({"act": "silence", "days": 366, "reason": ""}, {"days", "reason"}),
        ({"act": "none", "rule": "?"}, {"rule"}),
        ({"act": "none", "reason": "x" * 501}, {"reason"}),
    ],
)
def test_a_broken_rule_of_settling_is_422_at_its_field(site: Site, body: Any, fields: set[str]) -> None:
    report(site, "david", "/users/susan")
    (case,) = waiting(site)

    assert with_password(site, "mary").patch(case["url"], body).problem(422).fields.keys() == fields


@pytest.mark.parametrize("days", ["7", 7.5, True])
def test_days_are_a_number(site: Site, days: object) -> None:
    report(site, "david", "/users/susan")
    (case,) = waiting(site)

    body = {"act": "silence", "days": days, "reason": "Rude."}
    with_password(site, "mary").patch(case["url"], body).problem(400)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"kind"}),
        ({"kind": "boring"}, {"kind"}),
        ({"kind": "spam", "text": "x" * 1_001}, {"text"}),
        ({"kind": "spam", "name": "David"}, {"name"}),
    ],
)
def test_a_broken_rule_of_reporting_is_422_at_its_field(site: Site, body: Any, fields: set[str]) -> None:
    post_id = site.post("susan")
    for path in (f"/posts/{post_id}", f"/comments/{site.comment('susan', post_id)}", "/users/susan"):
        assert with_password(site, "david").post(f"{path}/report", body).problem(422).fields.keys() == fields


def test_nobody_reports_their_own_or_what_they_do_not_see(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    site.hide("mary", comment_id)
    susan, david = with_password(site, "susan"), with_password(site, "david")

    refused = susan.post("/users/susan/report", {"kind": "spam"}).problem(403, "Nobody reports themselves")
    assert refused.json["type"] == f"{BASE_URL}/api/problems/not-allowed"
    for path in (f"/comments/{comment_id}", "/posts/7", "/comments/7", "/users/nobody"):
        david.post(f"{path}/report", {"kind": "spam"}).problem(404)


def test_a_moderator_does_not_settle_a_case_about_themselves(site: Site) -> None:
    report(site, "david", "/users/mary")
    (case,) = waiting(site)

    refused = with_password(site, "mary").patch(case["url"], {"act": "none"}).problem(403, "concerns yourself")

    assert refused.json["type"] == f"{BASE_URL}/api/problems/not-allowed"
    assert settle(site, case, "ada", act="none")["settled_by"] == "ada"


def test_who_left_is_not_named(site: Site) -> None:
    report(site, "david", "/users/susan")
    for name in ("david", "susan"):
        site.container.leaving().leave(actor_id=site.members[name], password="a horse, a battery", posts="keep")

    (case,) = waiting(site)

    assert (case["about"], case["subject_url"], case["reports"][0]["by"]) == (None, None, None)


def furnished(site: Site, count: int) -> Api:
    """So many cases about susan, of which the newest has three reporters, and one about david."""
    for _ in range(count):
        report(site, "david", f"/posts/{site.post('susan')}")
    newest = waiting(site)[-1]["subject_url"].removeprefix(API)
    for name in ("mary", "ada"):
        report(site, name, newest)
    report(site, "susan", "/users/david")
    return program_of(site, "mary")


def test_urgent_cases_come_first_and_then_the_oldest_on_pages_that_keep_the_query(any_site: Site) -> None:
    mary = furnished(any_site, 5)
    *first_four, urgent, about_david = sorted(waiting(any_site), key=lambda case: int(case["id"]))

    assert waiting(any_site) == [urgent, *first_four, about_david]
    assert waiting(any_site, "?about=SUSAN") == [urgent, *first_four]
    assert waiting(any_site, "?state=open&about=david") == [about_david]
    for state in ("open", "settled"):
        if state == "settled":
            for case in first_four:
                settle(any_site, case, act="none")
        whole = waiting(any_site, f"?about=susan&state={state}")
        first = mary.get(f"/moderation/cases/?about=susan&state={state}&limit=2")
        pages = mary.pages(f"/moderation/cases/?about=susan&state={state}&limit=2")
        assert first.json.keys() == {"cases", "prev", "next"}
        assert [case for page in pages for case in page.json["cases"]] == whole
        assert all(page.links == {name: url for name in ("prev", "next") if (url := page.json[name])} for page in pages)
        if len(pages) > 1:
            assert mary.get(pages[1].json["prev"]).json["cases"] == first.json["cases"]
    assert [case["id"] for case in waiting(any_site, "?state=settled")] == [case["id"] for case in first_four[::-1]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("state=", "state must be open or settled"),
        ("state=waiting", "state must be open or settled"),
        ("state=open&state=open", "state is given more than once"),
        ("about=", "about must be a username"),
        ("about=%00", "about must be a username"),
        ("about=susan&about=david", "about is given more than once"),
        ("limit=0", "limit must be a whole number from 1"),
        ("cursor=x", "cursor is none of ours"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_a_bad_request(site: Site, query: str, message: str) -> None:
    with_password(site, "mary").get(f"/moderation/cases/?{query}").problem(400, message)


def test_nobody_of_that_name_is_not_found(site: Site) -> None:
    mary = with_password(site, "mary")

    mary.get("/moderation/cases/?about=nobody").problem(404)
    mary.get(OF_ONE.format(7)).problem(404)
    mary.patch(OF_ONE.format(7), {"act": "none"}).problem(404)


def test_a_case_has_the_newest_ten_reports_wherever_it_stands(free_site: Site) -> None:
    for number in range(12):
        free_site.join(f"reader{number}")
        report(free_site, f"reader{number}", "/users/susan")

    (case,) = waiting(free_site)

    assert case["report_count"] == 12
    assert [each["by"] for each in case["reports"]] == [f"reader{number}" for number in range(11, 1, -1)]
    assert with_password(free_site, "mary").get(case["url"]).json == case


def test_reports_are_limited(make_site) -> None:
    site = inhabited(make_site())
    for _ in range(20):
        report(site, "david", "/users/susan")

    with_password(site, "david").post("/users/susan/report", {"kind": "spam"}).problem(429)


def test_a_silenced_member_reports_nothing(site: Site) -> None:
    site.join("erik", Role.USER)
    body = {"act": "silence", "days": 7, "reason": "Rude."}
    assert with_password(site, "mary").post("/users/erik/sanctions/", body).status == 201

    with_password(site, "erik").post("/users/susan/report", {"kind": "spam"}).problem(403, "silenced")
