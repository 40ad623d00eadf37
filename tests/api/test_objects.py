"""What the resources are and do: posts, comments, people, following, moderation (A77-A85; W3, W26)."""

import re
from datetime import datetime
from typing import Any

import pytest

from domain.roles import Role
from tests.api.client import ROOT, Answer, Api, program_of
from tests.web.site import BASE_URL, PASSWORD, Site

API = BASE_URL + ROOT
POST_FIELDS = {
    *("id", "url", "web_url", "title", "body", "body_html", "timestamp", "edited_at", "version"),
    *("author_url", "author", "comments_url", "comment_count"),
}
COMMENT_FIELDS = {
    *("id", "url", "web_url", "post_url", "body", "body_html", "timestamp", "edited_at", "version", "hidden"),
    *("author_url", "author"),
}
USER_FIELDS = {
    *("id", "url", "web_url", "username", "name", "location", "about_me", "avatar_url", "member_since", "last_seen"),
    *("post_count", "comment_count", "follower_count", "following_count"),
    *("posts_url", "followed_posts_url", "followers_url", "following_url"),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def publish(program: Api, body: str = "Soup is a kind of *hope*.", **more: Any) -> Any:
    answer = program.post("/posts/", {"body": body} | more)
    assert answer.status == 201, answer
    return answer.json


def test_a81_a_post_is_made_and_answered_whole(site: Site) -> None:
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


def test_a80_a_post_is_the_same_wherever_it_is_read(site: Site) -> None:
    program = program_of(site, "susan")
    made = publish(program)

    assert program.get(made["url"]).json == made
    assert program.get("/posts/").json["posts"] == [made]
    assert program.get("/users/susan/posts/").json["posts"] == [made]
    assert program.get("/users/susan/timeline/").json["posts"] == [made]
    assert site.browser().get(made["web_url"].removeprefix(BASE_URL)).status == 200


@pytest.mark.parametrize("body", [{}, {"body": ""}, {"body": "  \n\t "}, {"body": "\u200b"}, {"title": "T"}])
def test_a81_a84_nothing_is_published_without_a_body(site: Site, body: dict[str, str]) -> None:
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


def test_w26_an_empty_body_wipes_no_post(site: Site) -> None:
    program = program_of(site, "susan")
    post = publish(program)

    for method, body in (("PUT", {"body": ""}), ("PUT", {}), ("PATCH", {"body": ""})):
        program(method, post["url"], body).problem(400, "post does not have a body")
    program.put(post["url"], {"body": None}).problem(400)

    assert program.get(post["url"]).json == post


def test_a82_put_replaces_all_of_a_post(site: Site) -> None:
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


def test_patch_changes_what_it_names(site: Site) -> None:
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


def test_what_is_deleted_is_gone_and_gone_again(site: Site) -> None:
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


def test_a84_a_comment_is_made_and_answered_whole(site: Site) -> None:
    program = program_of(site, "david")
    post_id = site.post("susan")

    answer = program.post(f"/posts/{post_id}/comments/", {"body": "With *leeks*."})

    assert answer.status == 201
    comment = answer.json
    assert comment.keys() == COMMENT_FIELDS
    assert comment["url"] == answer.location == f"{API}/comments/{comment['id']}"
    assert comment["web_url"] == f"{BASE_URL}/comments/{comment['id']}"
    assert comment["post_url"] == f"{API}/posts/{post_id}"
    assert (comment["author"], comment["author_url"]) == ("david", f"{API}/users/david")
    assert (comment["body"], comment["hidden"], comment["version"]) == ("With *leeks*.", False, 1)
    assert "<em>leeks</em>" in comment["body_html"]
    assert INSTANT.fullmatch(comment["timestamp"])
    assert program.get(comment["url"]).json == comment
    assert program.get("/comments/").json["comments"] == [comment]
    assert program.get(f"/posts/{post_id}/comments/").json["comments"] == [comment]
    assert site.browser().get(comment["web_url"].removeprefix(BASE_URL)).status == 303
    edited = program.put(comment["url"], {"body": "Without."})
    assert (edited.json["body"], edited.json["version"]) == ("Without.", 2)
    program.patch(comment["url"], {"body": "x"}).problem(405)


def test_w3_a4_a_hidden_comment_is_without_its_text_for_all_but_moderators(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy my soup!")
    site.hide("mary", comment_id)
    where = (f"/comments/{comment_id}", "/comments/", f"/posts/{post_id}/comments/")

    for name in ("susan", "david"):
        for path in where:
            answer = program_of(site, name).get(path)
            found = answer.json["comments"][0] if "comments" in answer.json else answer.json
            assert (found["hidden"], found["body"], found["body_html"]) == (True, None, None)
            assert b"Buy" not in answer.data
    for name in ("mary", "ada"):
        for path in where:
            answer = program_of(site, name).get(path)
            found = answer.json["comments"][0] if "comments" in answer.json else answer.json
            assert (found["hidden"], found["body"]) == (True, "Buy my soup!")


def test_hiding_is_for_moderators_with_a_reason_on_the_record(site: Site) -> None:
    mary = program_of(site, "mary")
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy my soup!")
    hiding = f"/comments/{comment_id}/hiding"

    assert mary.put(hiding, {"reason": "It sells."}).status == 204
    assert mary.put(hiding, {"reason": "It sells soup."}).status == 204
    assert mary.delete(hiding).status == 204
    assert mary.delete(hiding).status == 204
    assert mary.put(hiding, {"reason": ""}).problem(422).fields.keys() == {"reason"}
    assert mary.put(hiding, {}).problem(422).fields.keys() == {"reason"}
    mary.put(hiding, {"reason": "x" * 501}).problem(422)
    mary.put("/comments/7/hiding", {"reason": "x"}).problem(404)
    mary.delete("/comments/7/hiding").problem(404)

    log = mary.get("/moderation/log/").json
    assert log["count"] == 3
    assert [(entry["action"], entry["reason"]) for entry in log["entries"]] == [
        ("restore", ""),
        ("hide", "It sells soup."),
        ("hide", "It sells."),
    ]
    first = log["entries"][-1]
    assert (first["moderator"], first["author"], first["body"]) == ("mary", "david", "Buy my soup!")
    assert first["comment_url"] == f"{API}/comments/{comment_id}"
    assert first["post_url"] == f"{API}/posts/{post_id}"


def test_a77_a_person_is_what_is_public_about_them(site: Site) -> None:
    site.container.members().edit_profile(
        actor_id=site.members["susan"], name="Susan", location="Delft", about_me="Soup."
    )
    site.follow("david", "susan")

    answer = program_of(site, "david").get("/users/susan")

    user = answer.json
    assert user.keys() == USER_FIELDS
    assert user["url"] == f"{API}/users/susan"
    assert user["web_url"] == f"{BASE_URL}/@susan"
    assert user["posts_url"] == f"{API}/users/susan/posts/"
    assert user["followed_posts_url"] == f"{API}/users/susan/timeline/"
    assert user["followers_url"] == f"{API}/users/susan/followers/"
    assert user["following_url"] == f"{API}/users/susan/following/"
    assert (user["name"], user["location"], user["about_me"]) == ("Susan", "Delft", "Soup.")
    assert (user["follower_count"], user["following_count"], user["post_count"], user["comment_count"]) == (1, 0, 0, 0)
    assert INSTANT.fullmatch(user["member_since"])
    assert INSTANT.fullmatch(user["last_seen"])
    for private in (b"example.com", b"role", b"confirmed", b"argon2", b"disabled"):
        assert private not in answer.data
    assert program_of(site, "david").get("/users/SUSAN").json == user
    assert site.browser().get(user["avatar_url"].removeprefix(BASE_URL)).status == 200
    program_of(site, "david").get("/users/nobody").problem(404)


def test_what_one_says_about_oneself_can_be_changed(site: Site) -> None:
    program = program_of(site, "susan")
    assert program.get("/me").json == program.get("/users/susan").json

    answer = program.patch("/me", {"name": "Susan", "about_me": "Soup.\r\nAnd stew."})

    assert answer.status == 200
    assert (answer.json["name"], answer.json["location"], answer.json["about_me"]) == ("Susan", "", "Soup.\nAnd stew.")
    assert program.patch("/me", {"name": ""}).json["name"] == ""
    assert program.patch("/me", {}).json["about_me"] == "Soup.\nAnd stew."
    wrong = program.patch("/me", {"name": "x" * 65, "location": "a\nb", "about_me": "x" * 2_001})
    assert wrong.problem(422).fields.keys() == {"name", "location", "about_me"}
    program.patch("/me", {"name": None}).problem(400)


def test_following_twice_is_once_and_so_is_unfollowing(site: Site) -> None:
    susan = program_of(site, "susan")

    for _ in range(2):
        answer = susan.put("/users/David/follow")
        assert (answer.status, answer.data) == (204, b"")
        assert susan.get("/users/david").json["follower_count"] == 1
    followers = susan.get("/users/david/followers/").json
    assert [user["username"] for user in followers["users"]] == ["susan"]
    assert followers["users"] == [susan.get("/me").json]
    assert [user["username"] for user in susan.get("/users/susan/following/").json["users"]] == ["david"]
    for _ in range(2):
        assert susan.delete("/users/david/follow").status == 204
        assert susan.get("/users/david").json["follower_count"] == 0
    susan.put("/users/susan/follow").problem(422, "You cannot follow yourself")
    susan.put("/users/nobody/follow").problem(404)
    susan.delete("/users/nobody/follow").problem(404)


def test_a78_a_timeline_is_ones_own(site: Site) -> None:
    susan = program_of(site, "susan")
    mine, theirs, _ = site.post("susan"), site.post("david"), site.post("mary")
    susan.put("/users/david/follow")

    timeline = susan.get("/users/Susan/timeline/").json

    assert [post["id"] for post in timeline["posts"]] == [str(theirs), str(mine)]
    assert timeline["count"] == 2
    susan.get("/users/david/timeline/").problem(403)
    susan.get("/users/nobody/timeline/").problem(404)


def test_who_has_left_has_no_name(site: Site) -> None:
    program = program_of(site, "susan")
    post_id = site.post("david")
    comment_id = site.comment("david", post_id)
    site.container.leaving().leave(actor_id=site.members["david"], password=PASSWORD, posts="keep")

    post = program.get(f"/posts/{post_id}").json
    assert (post["author"], post["author_url"]) == (None, None)
    comment = program.get(f"/comments/{comment_id}").json
    assert (comment["author"], comment["author_url"]) == (None, None)
    assert program.get("/posts/").json["posts"] == [post]
    program.get("/users/david").problem(404)
    program.get("/users/david/posts/").problem(404)
    program.put("/users/david/follow").problem(404)


def test_every_address_is_below_the_sites_own_whatever_host_was_asked(site: Site) -> None:
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
    *("/me", "/posts/", "/comments/", "/moderation/log/", "/users/susan", "/users/susan/posts/"),
    *("/users/susan/followers/", "/users/susan/following/", "/users/susan/timeline/"),
    *("/posts/{post_id}", "/posts/{post_id}/comments/", "/comments/{comment_id}", "/openapi.json"),
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


def test_a85_what_is_written_to_needs_no_slash_either(site: Site) -> None:
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
def test_a6_v8_2_3_nobody_sets_what_is_not_theirs_to_set(site: Site, field: str) -> None:
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
def test_v8_2_2_a2_nobody_touches_what_is_anothers(site: Site, method: str) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    david = program_of(site, "david")

    for path in (f"/posts/{post_id}", f"/comments/{comment_id}"):
        with site.unchanged(path):
            answer = david(method, path, {"body": "Mine now."})
        answer.problem(405 if (method, path) == ("PATCH", f"/comments/{comment_id}") else 403)
