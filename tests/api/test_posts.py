"""Posts: publishing, reading, changing and deleting."""

import re
from datetime import datetime

import pytest

from tests.api.client import Answer, program_of
from tests.api.objects import API, INSTANT, POST_FIELDS, publish
from tests.web.site import BASE_URL, Site


def test_a81_a_post_is_created_and_returned_in_full(site: Site) -> None:
    answer = program_of(site, "susan").post("/posts/", {"body": "Soup is a kind of *hope*.", "title": "On soup"})

    assert answer.status == 201
    post = answer.json
    assert post.keys() == POST_FIELDS
    assert post["id"].isdigit()
    assert post["url"] == answer.location == f"{API}/posts/{post['id']}"
    assert post["web_url"] == f"{BASE_URL}/posts/{post['id']}"
    assert post["comments_url"] == f"{API}/posts/{post['id']}/comments/"
    assert (post["author"], post["author_url"]) == ("susan", f"{API}/users/susan")
    assert (post["title"], post["body"]) == ("On soup", "Soup is a kind of *hope*.")
    assert "<em>hope</em>" in post["body_html"]
    assert INSTANT.fullmatch(post["timestamp"])
    assert datetime.fromisoformat(post["timestamp"]) == site.time
    assert (post["edited_at"], post["version"], post["comment_count"]) == (None, 1, 0)


def test_a80_a_post_has_the_same_fields_in_every_answer(site: Site) -> None:
    program = program_of(site, "susan")
    made = publish(program)

    assert program.get(made["url"]).json == made
    assert program.get("/posts/").json["posts"] == [made]
    assert program.get("/users/susan/posts/").json["posts"] == [made]
    assert program.get("/users/susan/timeline/").json["posts"] == [made]
    assert site.browser().get(made["web_url"].removeprefix(BASE_URL)).status == 200


@pytest.mark.parametrize(
    "body", [{}, *({"body": body} for body in ("", "  \n\t ", "\u200b", "#", "&nbsp;", "[a]: /b")), {"title": "T"}]
)
def test_a81_a84_a_text_needs_a_body(site: Site, body: dict[str, str]) -> None:
    program = program_of(site, "susan")
    post = publish(program)

    said = "post does not have a body"
    assert program.post("/posts/", body).problem(400, said).json["error"] == "bad request"
    program.put(post["url"], body).problem(400, said)
    if "body" in body:
        program.patch(post["url"], body).problem(400, said)
    comment = {name: value for name, value in body.items() if name == "body"}
    program.post(post["comments_url"], comment).problem(400, "comment does not have a body")
    assert program.get(post["url"]).json == post


def test_links_in_html_lead_to_the_same_targets_as_on_the_page(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program, "[a](#h-b) [c](/d) [e](?f=1)")
    comment = program.post(post["comments_url"], {"body": "[a](#h-b)"}).json

    page = post["web_url"]
    assert re.findall('href="([^"]*)"', post["body_html"]) == [f"{page}#h-b", f"{BASE_URL}/d", f"{page}?f=1"]
    assert re.findall('href="([^"]*)"', comment["body_html"]) == [f"{page}#h-b"]


def test_w26_an_empty_body_does_not_empty_a_post(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program)

    for method, body in (("PUT", {"body": ""}), ("PUT", {}), ("PATCH", {"body": ""})):
        program(method, post["url"], body).problem(400, "post does not have a body")
    program.put(post["url"], {"body": None}).problem(400)

    assert program.get(post["url"]).json == post


def test_a82_put_replaces_every_field_of_a_post(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program, title="On soup")
    site.pass_time(minutes=2)

    answer = program.put(post["url"], {"body": "Stew."})

    assert answer.status == 200
    assert (answer.json["title"], answer.json["body"], answer.json["version"]) == (None, "Stew.", 2)
    assert datetime.fromisoformat(answer.json["edited_at"]) == site.time
    assert answer.json["timestamp"] == post["timestamp"]
    assert program.put(post["url"], {"body": "Stew.", "title": "T"}).json["title"] == "T"
    assert program.put(post["url"], {"body": "Stew.", "title": None}).json["title"] is None


def test_patch_changes_only_the_fields_it_names(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program, title="On soup")

    assert _texts(program.patch(post["url"], {"body": "Stew."})) == ("On soup", "Stew.")
    assert _texts(program.patch(post["url"], {"title": "On stew"})) == ("On stew", "Stew.")
    assert _texts(program.patch(post["url"], {"title": None})) == (None, "Stew.")
    assert _texts(program.patch(post["url"], {"title": "T", "body": "B"})) == ("T", "B")
    before = program.get(post["url"]).json
    assert program.patch(post["url"], {}).json == before
    program.patch(post["url"], {"body": None}).problem(400)


def _texts(answer: Answer) -> tuple[str | None, str]:
    assert answer.status == 200, answer
    return answer.json["title"], answer.json["body"]


def test_a_deleted_post_is_not_found_and_cannot_be_deleted_again(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program)
    comment = program.post(post["comments_url"], {"body": "With leeks."}).json

    for url in (comment["url"], post["url"]):
        answer = program.delete(url)
        assert (answer.status, answer.data) == (204, b"")
        assert "Content-Type" not in answer.headers
        program.delete(url).problem(404)
        program.get(url).problem(404)
        program.put(url, {"body": "x"}).problem(404)
    program.get(post["comments_url"]).problem(404)
    program.post(post["comments_url"], {"body": "x"}).problem(404)
    assert program.get("/posts/").json == {"posts": [], "prev": None, "next": None, "count": 0}
