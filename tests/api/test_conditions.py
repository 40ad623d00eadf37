"""ETag, If-None-Match and If-Match (W28), and who may cache an answer."""

import gzip
import re
from functools import partial

import pytest

from tests.api.client import Answer, Api, at_once, program_of
from tests.web.conftest import SQL, MakeSite, inhabited
from tests.web.site import Site


def made(site: Site) -> tuple[Api, str, str]:
    """A program of susan's, and the paths of a post and a comment of hers."""
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    return program_of(site, "susan"), f"/posts/{post_id}", f"/comments/{comment_id}"


def test_every_get_has_an_etag_and_answers_304_to_it(site: Site) -> None:
    program, post, comment = made(site)
    for path in ("/me", "/users/susan", "/posts/", "/comments/", "/users/susan/timeline/", post, comment):
        answer = program.get(path)
        assert re.fullmatch(r'"[0-9a-f-]+"', answer.etag)
        tag = answer.etag.strip('"')
        for known in (answer.etag, f"W/{answer.etag}", f'"x", {answer.etag}', "*", f'"{tag}-gzip"', f'"{tag}"-gzip'):
            for method in ("GET", "HEAD"):
                again = program(method, path, headers={"If-None-Match": known})
                assert (again.status, again.data) == (304, b"")
                assert again.etag == answer.etag
                assert "Content-Type" not in again.headers
                assert again.headers["Cache-Control"] == "private, no-cache"
                assert again.headers["Vary"] == "Authorization"
        for other in ('"x"', f'"{tag}x"', f'"{tag[:-1]}"', tag, f'"{tag}', "", '"', "W/", '"1"'):
            assert program.get(path, headers={"If-None-Match": other}).status == 200


def test_an_answer_is_compressed_for_who_accepts_it_and_its_tag_is_weak_then(site: Site) -> None:
    program, post, _ = made(site)
    program.put(post, {"body": "Soup. " * 200})
    plain = program.get(post)
    packed = program.get(post, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.etag == f"W/{plain.etag}"
    assert program.get(post, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.etag}).status == 304
    assert program.put(post, {"body": "Soup."}, headers={"If-Match": packed.etag}).status == 200


def test_a_body_with_a_content_coding_is_refused_whatever_the_operation_takes(site: Site) -> None:
    program, post, _ = made(site)
    coded = {"Content-Encoding": "gzip"}

    program.put(post, {"body": "Soup."}, headers=coded).problem(415)
    program("DELETE", post, headers=coded).problem(415)
    assert program.put(post, {"body": "Soup."}, headers={"Content-Encoding": "identity"}).status == 200


def test_the_tag_of_a_post_and_a_comment_begins_with_the_version(site: Site) -> None:
    program, post, comment = made(site)
    for path in (post, comment):
        assert program.get(path).etag.startswith('"1-')
        edited = program.put(path, {"body": "Another."})
        assert edited.etag.startswith('"2-')
        assert program.get(path).etag == edited.etag
        assert program.get(path, headers={"If-None-Match": '"2"'}).status == 200


def test_an_etag_differs_between_readers_who_see_different_fields(site: Site) -> None:
    _, _, comment = made(site)
    site.hide("mary", int(comment.rpartition("/")[2]))

    assert program_of(site, "susan").get(comment).etag != program_of(site, "mary").get(comment).etag
    assert program_of(site, "susan").get(comment).etag == program_of(site, "david").get(comment).etag


def test_k1_permission_is_checked_before_a_304(site: Site) -> None:
    program, post, _ = made(site)
    etag = program.get(post).etag
    site.container.members().set_standing(username="susan", disabled=True)

    program.get(post, headers={"If-None-Match": etag}).problem(401)


@pytest.mark.parametrize("which", ["post", "comment"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_match_compares_the_version(site: Site, which: str, method: str) -> None:
    program, *paths = made(site)
    path = paths[which == "comment"]
    if (which, method) == ("comment", "PATCH"):
        return
    body = None if method == "DELETE" else {"body": "Another."}

    for stale in (
        '"2-x"',
        '"2"',
        'W/"2-x"',
        '"0"',
        '"x"',
        "",
        '"1',
        "1",
        '"-1"',
        '"01"',
        '"1x-"',
        '"2", "3"',
        '"99999999999999999999"',
    ):
        with site.unchanged(stale):
            program(method, path, body, headers={"If-Match": stale}).problem(412, "has changed")
    version = 1
    for tag in ('"{}-x"', 'W/"{}-x"', '"{}"', '"{}-x-gzip"', '"{}-x"-gzip', "*", '"x", "{}-x"', '"77", "{}-y", "78-z"'):
        if method == "DELETE" and version > 1:
            break
        answer = program(method, path, body, headers={"If-Match": tag.format(version)})
        assert answer.status == (204 if method == "DELETE" else 200), answer
        version += 1


def test_permission_is_checked_before_if_match(site: Site) -> None:
    _, post, comment = made(site)
    david = program_of(site, "david")

    for path in (post, comment):
        for tag in ('"77"', '"x"', "*", '"1-x"', '"5", "6"'):
            david.put(path, {"body": "Mine."}, headers={"If-Match": tag}).problem(403)
            david.delete(path, headers={"If-Match": tag}).problem(403)
    for tag in ('"77"', '"x"', "*", '"5", "6"'):
        david.delete("/posts/7", headers={"If-Match": tag}).problem(404)
        david.put("/comments/7", {"body": "x"}, headers={"If-Match": tag}).problem(404)


def test_if_match_on_a_profile_compares_every_field(site: Site) -> None:
    program = program_of(site, "susan")
    etag = program.get("/me").etag

    for stale in ('"x"', "", etag.strip('"')):
        program.patch("/me", {"name": "S"}, headers={"If-Match": stale}).problem(412)
    changed = program.patch("/me", {"name": "Susan"}, headers={"If-Match": f"W/{etag}"})
    assert changed.status == 200
    assert changed.etag == program.get("/me").etag
    program.patch("/me", {"name": "S"}, headers={"If-Match": etag}).problem(412)
    assert program.patch("/me", {"name": "S"}, headers={"If-Match": "*"}).status == 200


def test_w28_one_of_several_edits_of_the_same_version_succeeds(any_site: Site) -> None:
    program, *paths = made(any_site)
    for path in paths:
        etag = program.get(path).etag
        answers = at_once(
            *(
                partial(program.put, path, {"body": f"Edit {number}."}, headers={"If-Match": etag})
                for number in range(8)
            )
        )

        assert sorted(answer.status for answer in answers) == [200] + [412] * 7
        (won,) = [answer for answer in answers if answer.status == 200]
        assert program.get(path).json == won.json


def test_w28_two_patches_without_if_match_keep_the_fields_that_neither_names(any_site: Site) -> None:
    program, post, _ = made(any_site)

    answers = at_once(*(partial(program.patch, post, body) for body in ({"title": "T"}, {"body": "B"})))

    assert [answer.status for answer in answers] == [200, 200]
    found = program.get(post).json
    assert (found["title"], found["body"]) == ("T", "B")


def test_answers_are_private_to_their_reader(site: Site) -> None:
    program, post, _ = made(site)
    answers = [
        program.get(post),
        program.put(post, {"body": "x"}),
        program.put(post, {"body": ""}),
        program.put("/users/david/follow"),
        program.get("/posts/7"),
        program.get("/nowhere"),
        program("BREW", "/posts/"),
        Api(site).get(post),
        Api(site).get("/openapi.json"),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "private, no-cache", answer
        assert "Authorization" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "object-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("storage", SQL)
@pytest.mark.parametrize("path", ["a title", "a body", "a title and a body", "either", "a comment", "a profile"])
def test_w28_edits_without_a_version_queue_and_all_succeed(make_site: MakeSite, storage: str, path: str) -> None:
    site = inhabited(make_site(storage, rate_limits="off"))
    program, post, comment = made(site)

    def edit(number: int) -> Answer:
        title, body = {"title": f"Title {number}"}, {"body": f"By *{number}*."}
        match path:
            case "a comment":
                return program.put(comment, body)
            case "a profile":
                return program.patch("/me", {"name": f"Susan {number}"})
            case "either":
                return program.patch(post, title if number % 2 else body)
            case _:
                return program.patch(post, {"a title": title, "a body": body}.get(path, title | body))

    answers = at_once(*(partial(edit, number) for number in range(36)))

    assert [answer.status for answer in answers] == [200] * 36
    edited = program.get(comment if path == "a comment" else post).json
    if path != "a profile":
        assert program.get(comment if path == "a comment" else post).etag.startswith('"37-')
    if "body" in path or path == "a comment":
        assert edited["body_html"] == f"<p>{edited['body'].replace('*', '<em>', 1).replace('*', '</em>')}</p>"
