"""Notification settings in the API."""

from typing import Any

import pytest

from tests.api.client import program_of
from tests.web.site import Site

PATH = "/me/notification-settings"
FOR_MODERATORS = {"report", "appeal", "waiting"}


def test_a_member_reads_and_changes_them_and_what_is_missing_stays(site: Site) -> None:
    susan = program_of(site, "susan")
    before = susan.get(PATH).json
    assert before["reply"] == {"site": True, "mail": "soon"}
    assert before["like"] == {"site": True, "mail": "off"}
    assert before["sanction"] == {"site": True, "mail": "soon"}
    assert not FOR_MODERATORS & set(before)

    answer = susan.put(PATH, {"like": {"site": False, "mail": "daily"}})

    assert answer.status == 200
    assert answer.json == susan.get(PATH).json == before | {"like": {"site": False, "mail": "daily"}}
    assert susan.put(PATH, answer.json).json == answer.json
    assert susan.put(PATH, {}).json == answer.json
    assert program_of(site, "david").get(PATH).json == before


def test_moderators_and_administrators_have_three_more(site: Site) -> None:
    for name in ("mary", "ada"):
        program = program_of(site, name)
        assert set(program.get(PATH).json) > FOR_MODERATORS
        assert program.put(PATH, {"report": {"site": True, "mail": "daily"}}).json["report"]["mail"] == "daily"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"gossip": {"site": True, "mail": "off"}}, 422, "gossip"),
        ({"waiting": {"site": True, "mail": "off"}}, 422, "waiting"),
        ({"sanction": {"site": True, "mail": "off"}}, 422, "sanction"),
        ({"sanction": {"site": False, "mail": "soon"}}, 422, "sanction"),
        ({"like": {"site": True, "mail": "weekly"}}, 422, "like.mail"),
        ({"like": {"site": True, "mail": "off", "push": True}}, 422, "like.push"),
        ({"like": {"site": True}}, 400, None),
        ({"like": None}, 400, None),
        ({"like": {"site": "on", "mail": "off"}}, 400, None),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(site: Site, body: Any, status: int, field: str | None) -> None:
    susan = program_of(site, "susan")

    with site.unchanged():
        problem = susan.put(PATH, {"reply": {"site": False, "mail": "off"}} | body).problem(status)

    if field is not None:
        assert [error["field"] for error in problem.json["errors"]] == [field]


def test_a_change_of_another_version_is_refused(site: Site) -> None:
    susan = program_of(site, "susan")
    known = susan.get(PATH).headers["ETag"]
    susan.put(PATH, {"like": {"site": False, "mail": "off"}})

    with site.unchanged():
        susan.put(PATH, {"like": {"site": True, "mail": "off"}}, headers={"If-Match": known}).problem(412)
