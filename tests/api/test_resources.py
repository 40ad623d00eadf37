"""Rules of every resource: its addresses, who may change it, and that reading changes nothing (A85)."""

from typing import Any

import pytest

from domain.roles import Role
from tests.api.client import program_of
from tests.api.objects import publish
from tests.web.site import BASE_URL, Site


def test_every_link_is_below_the_base_url_whatever_the_host_header(site: Site) -> None:
    program = program_of(site, "susan")
    made = program.post("/posts/", {"body": "Soup."}, headers={"X-Forwarded-Host": "evil.example"})
    site.post("susan")
    told = program.get("/posts/?limit=1", headers={"X-Forwarded-Host": "evil.example"})

    urls = [value for name, value in made.json.items() if name.endswith("url")]
    urls += [made.location, told.json["next"], told.links["next"]]
    assert len(urls) == 7
    assert all(url.startswith(f"{BASE_URL}/") for url in urls)
    program.get("/posts/", base_url="http://evil.example").problem(400)
    program.get("/posts/", headers={"Host": "evil.example"}).problem(400)


RESOURCES = (
    *(
        "/me",
        "/posts/",
        "/comments/",
        "/moderation/log/",
        "/users/",
        "/users/susan",
        "/users/susan/posts/",
        "/users/susan/comments/",
    ),
    *("/users/susan/followers/", "/users/susan/following/", "/users/susan/timeline/"),
    *("/posts/{post_id}", "/posts/{post_id}/comments/", "/comments/{comment_id}", "/openapi.json"),
    "/moderation/cases/",
)


@pytest.mark.parametrize("path", RESOURCES)
def test_a85_a_resource_answers_with_and_without_its_slash(site: Site, path: str) -> None:
    post_id = site.post("susan")
    path = path.format(post_id=post_id, comment_id=site.comment("susan", post_id)).rstrip("/")
    site.container.members().set_standing(username="susan", role=Role.MODERATOR)
    program = program_of(site, "susan")

    without, slash = program.get(path), program.get(f"{path}/")

    assert (without.status, slash.status) == (200, 200)
    assert without.data == slash.data
    for asked in (path, f"{path}/"):
        head = program("HEAD", asked)
        assert (head.status, head.data) == (200, b"")
        assert head.etag == without.etag
        options = program("OPTIONS", asked)
        assert options.status == 200
        assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))


def test_a85_writing_works_with_and_without_the_slash(site: Site) -> None:
    program = program_of(site, "susan")
    for slash in ("", "/"):
        post = program.post(f"/posts{slash}", {"body": "Soup."})
        assert post.status == 201
        comment = program.post(f"/posts/{post.json['id']}/comments{slash}", {"body": "Leeks."})
        assert comment.status == 201
        assert program.put(f"/posts/{post.json['id']}{slash}", {"body": "Stew."}).status == 200
        assert program.patch(f"/posts/{post.json['id']}{slash}", {"body": "Stew."}).status == 200
        assert program.put(f"/users/david/follow{slash}").status == 204
        assert program.delete(f"/users/david/follow{slash}").status == 204
        assert program.delete(f"/comments/{comment.json['id']}{slash}").status == 204
        assert program.patch(f"/me{slash}", {}).status == 200
        assert program.delete(f"/tokens{slash}").status == 204
        program = program_of(site, "susan")


def test_v3_5_3_reading_changes_nothing(any_site: Site) -> None:
    post_id = any_site.post("susan")
    program = program_of(any_site, "susan")
    program_of(any_site, "mary")

    with any_site.unchanged():
        for path in RESOURCES:
            for method in ("GET", "HEAD", "OPTIONS"):
                program(method, path.format(post_id=post_id, comment_id=7))


@pytest.mark.parametrize("field", ["id", "author_id", "role", "is_admin", "confirmed", "password_hash", "timestamp"])
def test_a6_v8_2_3_a_member_cannot_set_protected_fields(site: Site, field: str) -> None:
    program = program_of(site, "susan")
    post = publish(program)
    comment = program.post(post["comments_url"], {"body": "Leeks."}).json
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/posts/", {"body": "x"}),
        ("PUT", post["url"], {"body": "x"}),
        ("PATCH", post["url"], {"body": "x"}),
        ("POST", post["comments_url"], {"body": "x"}),
        ("PUT", comment["url"], {"body": "x"}),
        ("PATCH", "/me", {"name": "x"}),
        ("POST", "/users/", {"email": "n@example.com", "username": "nils", "password": "seven quiet herons"}),
        ("POST", "/confirmations/", {"token": "x"}),
    ]
    for method, path, body in asked:
        for more in ({field: "Administrator"}, {field: {"id": 1}}):
            with site.unchanged(f"{method} {path}"):
                answer = program(method, path, body | more)
            assert answer.problem(422).fields == {field: "There is no such field."}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_v8_2_2_a2_a_member_cannot_change_texts_of_another(site: Site, method: str) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    david = program_of(site, "david")

    for path in (f"/posts/{post_id}", f"/comments/{comment_id}"):
        with site.unchanged(path):
            answer = david(method, path, {"body": "Mine now."})
        answer.problem(405 if (method, path) == ("PATCH", f"/comments/{comment_id}") else 403)
