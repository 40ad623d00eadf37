"""Sanctions through the API, and the problems that a silenced and a suspended member meet."""

from typing import Any

import pytest

from tests.api.client import Answer, Api, bearer, token_of, with_password
from tests.web.site import BASE_URL, Site

API = f"{BASE_URL}/api/v1"


def impose(site: Site, **more: Any) -> Answer:
    body = {"act": "silence", "days": 7, "reason": "Rude.", "rule": "2"} | more
    return with_password(site, "mary").post("/users/susan/sanctions/", body)


def test_a_sanction_is_imposed_listed_and_lifted(site: Site) -> None:
    made = impose(site)

    assert made.status == 201, made
    sanction = made.json
    assert made.location == sanction["url"] == f"{API}/sanctions/{sanction['id']}"
    assert sanction == {
        "id": sanction["id"],
        "url": sanction["url"],
        "act": "silence",
        "about": "susan",
        "about_url": f"{API}/users/susan",
        "by": "mary",
        "reason": "Rude.",
        "rule": "2",
        "until": "2026-03-08T12:00:00.000Z",
        "created_at": "2026-03-01T12:00:00.000Z",
        "lifted_at": None,
        "appeal": None,
    }
    mary = with_password(site, "mary")
    assert mary.get("/users/susan/sanctions/").json == {
        "sanctions": [sanction],
        "prev": None,
        "next": None,
        "count": 1,
    }
    for _ in range(2):
        assert mary("DELETE", sanction["url"]).status == 204
    (lifted,) = mary.get("/users/susan/sanctions/").json["sanctions"]
    assert lifted["lifted_at"] == "2026-03-01T12:00:00.000Z"
    mary("DELETE", "/sanctions/7").problem(404)


def test_one_without_an_end_says_null(site: Site) -> None:
    assert impose(site, days=None).json["until"] is None
    assert impose(site, days=1.0).json["until"] == "2026-03-02T12:00:00.000Z"
    assert impose(site, act="warn").json["until"] is None


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"act": "ban"}, {"act"}),
        ({"days": 0}, {"days"}),
        ({"days": 366}, {"days"}),
        ({"days": 10**30}, {"days"}),
        ({"reason": ""}, {"reason"}),
        ({"rule": "?"}, {"rule"}),
    ],
)
def test_a_broken_rule_is_422_at_its_field(site: Site, more: dict[str, object], fields: set[str]) -> None:
    assert impose(site, **more).problem(422).fields.keys() == fields


def test_nobody_sanctions_themselves_or_an_administrator(site: Site) -> None:
    mary = with_password(site, "mary")

    for name in ("mary", "ada"):
        told = mary.post(f"/users/{name}/sanctions/", {"act": "warn", "reason": "Rude."}).problem(403).json
        assert told["detail"].endswith("nobody themselves or an administrator")
        assert told["type"] == f"{BASE_URL}/api/problems/not-allowed"


@pytest.mark.parametrize("days", ["7", 7.5, True])
def test_days_are_a_number(site: Site, days: object) -> None:
    impose(site, days=days).problem(400)


def test_a_silenced_member_meets_a_problem_of_its_own_type(site: Site) -> None:
    impose(site)
    susan = with_password(site, "susan")

    told = susan.post("/posts/", {"body": "Words."}).problem(403).json

    assert (told["type"], told["until"]) == (f"{BASE_URL}/api/problems/silenced", "2026-03-08T12:00:00.000Z")
    assert susan.get("/posts/").status == 200
    site.pass_time(days=7)
    assert susan.post("/posts/", {"body": "Words."}).status == 201


def test_a_suspended_member_gets_nothing_and_every_token_is_dead(site: Site) -> None:
    token = token_of(site, "susan")
    impose(site, act="suspend", days=None)

    Api(site, bearer(token)).get("/me").problem(401)
    susan = with_password(site, "susan")
    for method, path in (("GET", "/me"), ("GET", "/me/record/"), ("POST", "/tokens/"), ("GET", "/posts/")):
        told = susan(method, path).problem(403).json
        assert (told["type"], told["until"]) == (f"{BASE_URL}/api/problems/suspended", None)


def test_other_refusals_have_their_types(site: Site) -> None:
    types = {
        name: with_password(site, name).get("/moderation/log/").problem(403).json["type"].rpartition("/")[2]
        for name in ("susan", "ulla")
    }
    assert types == {"susan": "not-allowed", "ulla": "unconfirmed"}
