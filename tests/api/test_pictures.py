"""Pictures: sent by programs, listed, removed, and one of oneself."""

import io
from typing import Any

import pytest

from domain.pictures import BYTES_AT_MOST
from tests.api.client import Answer, Api, program_of, visitor
from tests.web.site import Site

PHOTO = b"1600x900"


def send(program: Api, sent: bytes = PHOTO, *, method: str = "POST", path: str = "/pictures/", **more: Any) -> Answer:
    fields = {"file": (io.BytesIO(sent), "boat.jpg"), **more.pop("fields", {})}
    return program(method, path, content_type="multipart/form-data", data=fields, **more)


def test_a_picture_is_sent_and_says_how_a_post_shows_it(site: Site) -> None:
    susan = program_of(site, "susan")

    made = send(susan, fields={"alt": "A [red] boat"})

    assert made.status == 201
    picture = made.json
    assert made.location == picture["url"] == f"{site.settings.base_url}/api/v1/pictures/{picture['id']}"
    assert (picture["alt"], picture["width"], picture["height"]) == ("A [red] boat", 1600, 900)
    assert picture["markdown"] == rf"![A \[red\] boat](picture:{picture['id']})"
    sizes = [(source["width"], source["type"]) for source in picture["sources"]]
    assert sizes == [(width, type) for width in (320, 640, 1280, 1600) for type in ("image/webp", "image/jpeg")]
    assert susan.get(made.location).json == picture
    assert susan.get(made.location, headers={"If-None-Match": susan.get(made.location).etag}).status == 304

    post = susan.post("/posts/", {"body": picture["markdown"]})
    assert 'alt="A [red] boat"' in post.json["body_html"]


def test_nobody_else_sees_a_picture_before_a_post_shows_it(site: Site) -> None:
    susan, david = program_of(site, "susan"), program_of(site, "david")
    picture = send(susan).json

    david.get(picture["url"]).problem(404)
    susan.post("/posts/", {"body": picture["markdown"]})
    assert david.get(picture["url"]).json == picture
    david.delete(picture["url"]).problem(404)
    visitor(site).get(picture["url"]).problem(401)


def test_the_list_has_ones_own_newest_first_and_is_read_in_parts(site: Site) -> None:
    susan = program_of(site, "susan")
    ids = [send(susan).json["id"] for _ in range(3)]
    send(susan, method="PUT", path="/me/picture")

    pages = susan.pages("/pictures/?limit=2")

    assert [[picture["id"] for picture in page.json["pictures"]] for page in pages] == [ids[:0:-1], ids[:1]]
    assert program_of(site, "david").get("/pictures/").json == {"pictures": [], "prev": None, "next": None}


def test_a_picture_is_removed_from_the_post_that_shows_it(site: Site) -> None:
    susan = program_of(site, "susan")
    picture = send(susan).json
    post = susan.post("/posts/", {"body": picture["markdown"] + "\n\nWords."}).json

    assert susan.delete(picture["url"]).status == 204
    site.deliver()

    susan.get(picture["url"]).problem(404)
    susan.delete(picture["url"]).problem(404)
    assert "<img" not in susan.get(post["url"]).json["body_html"]


def test_a_member_shows_a_picture_of_themselves(site: Site) -> None:
    susan = program_of(site, "susan")
    woodcut = susan.get("/users/susan").json["avatar_url"]

    shown = send(susan, method="PUT", path="/me/picture")

    assert (shown.status, shown.json["width"], shown.json["markdown"]) == (200, 320, "")
    avatar = susan.get("/users/susan").json["avatar_url"]
    assert avatar == shown.json["sources"][-2]["url"] != woodcut
    for _ in range(2):
        assert susan.delete("/me/picture").status == 204
    assert susan.get("/users/susan").json["avatar_url"] == woodcut


def test_one_key_makes_one_picture(site: Site) -> None:
    susan = program_of(site, "susan")
    key = {"Idempotency-Key": "a-key"}

    first = send(susan, headers=key)

    assert send(susan, headers=key).json["id"] == first.json["id"]
    send(susan, b"800x600", headers=key).problem(422)
    assert len(susan.get("/pictures/").json["pictures"]) == 1


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_is_no_picture_is_refused_at_its_field(site: Site, method: str) -> None:
    susan, path = program_of(site, "susan"), "/pictures/" if method == "POST" else "/me/picture"

    answer = send(susan, b"<svg/>", method=method, path=path).problem(422)
    assert answer.fields.keys() == {"file"}
    susan(method, path, {"file": "boat"}).problem(415, "multipart/form-data")
    assert send(susan, method=method, path=path, fields={"nonsense": "1"}).problem(422).fields.keys() == {"nonsense"}
    missing = susan(
        method, path, content_type="multipart/form-data", data={"alt": ""} if method == "POST" else {"x": ""}
    )
    assert missing.problem(422).fields
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    susan(method, path, b"x" * (BYTES_AT_MOST + 6_000_000), headers=headers).problem(413)


def test_who_may_not_write_sends_no_picture(site: Site) -> None:
    site.container.sanctions().sanction(actor_id=None, username="susan", act="silence", reason="Rude.")

    send(program_of(site, "susan")).problem(403)
    send(program_of(site, "susan"), method="PUT", path="/me/picture").problem(403)
    send(visitor(site)).problem(401)
