"""Idempotency-Key: the same key and body make one thing (W27)."""

from typing import Any

import pytest

from tests.api.client import Api, at_once, program_of
from tests.web.site import Site

KEY = {"Idempotency-Key": "0b1a5b0e-6b0f-4d0c-9a55-1f6a2c3d4e5f"}


@pytest.fixture(params=["post", "comment"])
def where(request: pytest.FixtureRequest, site: Site) -> str:
    """Where things of both kinds are made."""
    return "/posts/" if request.param == "post" else f"/posts/{site.post('mary')}/comments/"


def count(site: Site, where: str) -> int:
    found: int = program_of(site, "mary").get(where).json["count"]
    return found


def test_w27_a_repeated_request_creates_nothing_new(site: Site, where: str) -> None:
    program = program_of(site, "susan")
    before = count(site, where)

    first = program.post(where, {"body": "Soup."}, headers=KEY)
    again = program.post(where.rstrip("/"), {"body": "Soup."}, headers=KEY)

    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.location == first.location
    assert count(site, where) == before + 1


def test_a_repeated_request_returns_the_current_state(site: Site, where: str) -> None:
    program = program_of(site, "susan")
    url = program.post(where, {"body": "Soup."}, headers=KEY).location
    edited = program.put(url, {"body": "Stew."})

    assert program.post(where, {"body": "Soup."}, headers=KEY).json == edited.json
    program.delete(url)
    program.post(where, {"body": "Soup."}, headers=KEY).problem(404)


def test_another_request_with_the_same_key_is_refused(site: Site, where: str) -> None:
    program = program_of(site, "susan")
    made = program.post(where, {"body": "Soup."}, headers=KEY).json

    with site.unchanged():
        for body in ({"body": "Stew."}, {"body": "Soup. "}):
            program.post(where, body, headers=KEY).problem(422, "Idempotency-Key")
        program.post(f"/posts/{site.members['susan']}/comments/", {"body": "Soup."}, headers=KEY).problem(404)
    other = "/posts/" if where != "/posts/" else f"/posts/{made['id']}/comments/"
    program.post(other, {"body": "Soup."}, headers=KEY).problem(422, "Idempotency-Key")


def test_a_key_belongs_to_one_account(site: Site, where: str) -> None:
    susan, david = program_of(site, "susan"), program_of(site, "david")

    mine, theirs = (program.post(where, {"body": "Soup."}, headers=KEY).json for program in (susan, david))

    assert mine["id"] != theirs["id"]
    assert (mine["author"], theirs["author"]) == ("susan", "david")


def test_a_new_key_or_no_key_creates_another_resource(site: Site, where: str) -> None:
    program = program_of(site, "susan")
    headers: list[dict[str, str]] = [KEY, {"Idempotency-Key": "another"}, {}, {}]

    made = [program.post(where, {"body": "Soup."}, headers=one).json["id"] for one in headers]

    assert len(set(made)) == 4


def test_a_key_is_kept_for_24_hours(site: Site, where: str) -> None:
    first = program_of(site, "susan").post(where, {"body": "Soup."}, headers=KEY).json

    site.pass_time(hours=24)
    assert program_of(site, "susan").post(where, {"body": "Soup."}, headers=KEY).json == first
    site.pass_time(seconds=1)
    later = program_of(site, "susan").post(where, {"body": "Soup."}, headers=KEY).json

    assert later["id"] != first["id"]
    assert program_of(site, "susan").post(where, {"body": "Soup."}, headers=KEY).json == later


def test_a_refused_request_does_not_use_up_its_key(site: Site, where: str) -> None:
    program = program_of(site, "susan")

    program.post(where, {"body": ""}, headers=KEY).problem(400)
    program.post(where, {"body": "x" * 50_001}, headers=KEY).problem(422)

    assert program.post(where, {"body": "Soup."}, headers=KEY).status == 201


def test_a_repeated_request_does_not_count_against_the_limit(site: Site, where: str) -> None:
    program = program_of(site, "susan")
    allowed = 10 if where == "/posts/" else 30
    first = program.post(where, {"body": "Soup."}, headers=KEY).json
    for _ in range(12):
        assert program.post(where, {"body": "Soup."}, headers=KEY).json == first
    for number in range(allowed - 1):
        assert program.post(where, {"body": f"Soup {number}."}).status == 201

    program.post(where, {"body": "More soup."}).problem(429)

    assert program.post(where, {"body": "Soup."}, headers=KEY).json == first
    program.post(where, {"body": "Stew."}, headers=KEY).problem(422, "Idempotency-Key")


@pytest.mark.parametrize("key", ["", " ", "é", "a b", "x" * 191, "a\tb"])
def test_an_invalid_key_is_a_bad_request(site: Site, where: str, key: str) -> None:
    with site.unchanged():
        program_of(site, "susan").post(where, {"body": "Soup."}, headers={"Idempotency-Key": key}).problem(400)


def test_a_key_of_the_maximum_length_is_accepted(any_site: Site) -> None:
    program = program_of(any_site, "susan")
    long = {"Idempotency-Key": "x" * 190}

    first = program.post("/posts/", {"body": "Soup."}, headers=long)

    assert first.status == 201
    assert program.post("/posts/", {"body": "Soup."}, headers=long).json == first.json


@pytest.mark.parametrize("kind", ["post", "comment"])
def test_w27_twenty_equal_requests_at_once_create_one_and_all_return_it(any_site: Site, kind: str) -> None:
    where = "/posts/" if kind == "post" else f"/posts/{any_site.post('mary')}/comments/"
    program, before = program_of(any_site, "susan"), count(any_site, where)

    answers = at_once(*[lambda: program.post(where, {"body": "Soup."}, headers=KEY)] * 20)

    assert [answer.status for answer in answers] == [201] * 20
    assert len({answer.json["id"] for answer in answers}) == 1
    assert count(any_site, where) == before + 1


def test_a_form_and_a_program_do_not_share_keys(site: Site) -> None:
    browser = site.browser("susan")
    form = browser.get("/").form("/posts") | {"body": "Soup.", "title": ""}
    once: dict[str, Any] = {"Idempotency-Key": form["once"]}

    browser.post("/posts", form)
    answer = Api(site, program_of(site, "susan").authorization).post("/posts/", {"body": "Stew."}, headers=once)

    assert answer.status == 201
