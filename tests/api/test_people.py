"""Profiles, and members who have left."""

from tests.api.client import program_of, visitor, with_password
from tests.api.objects import API, INSTANT, USER_FIELDS
from tests.web.site import BASE_URL, PASSWORD, Site


def test_a77_a_profile_has_public_fields_only(site: Site) -> None:
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


def test_people_are_listed_and_found_by_either_name(free_site: Site) -> None:
    free_site.container.members().edit_profile(actor_id=free_site.members["susan"], name="Susan O'Neil")
    program = program_of(free_site, "david")

    first = program.get("/users/?limit=3").json
    assert first.keys() == {"users", "prev", "next"}
    last = program.get(first["next"].removeprefix(API)).json
    names = [user["username"] for page in (first, last) for user in page["users"]]
    assert sorted(names) == ["ada", "david", "mary", "susan"]
    susan = program.get("/users/susan").json
    assert susan in [*first["users"], *last["users"]]
    assert program.get("/users/?q=o'neil").json == {"users": [susan], "prev": None, "next": None}
    some = program.get("/users/?q=a&limit=1").json
    assert [user["username"] for user in some["users"]] == ["ada"]
    assert program.get("/users/?q=example.com").json["users"] == []
    program.get("/users/?q=a&q=b").problem(400)
    program.get("/users/?limit=0").problem(400)


def test_a_member_who_has_left_has_no_name(site: Site) -> None:
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


def test_a_former_username_leads_on_to_the_present_one(any_site: Site) -> None:
    program = program_of(any_site, "david")
    own = program_of(any_site, "susan")
    any_site.post("susan")
    any_site.container.members().edit_profile(actor_id=any_site.members["susan"], username="Suzanne", password=PASSWORD)

    for method, rest in (
        *(("GET", ""), ("HEAD", ""), ("GET", "/posts/?limit=1"), ("GET", "/followers/"), ("GET", "/following")),
        *(("PUT", "/follow"), ("DELETE", "/follow")),
    ):
        for old in ("susan", "SUSAN"):
            answer = program(method, f"/users/{old}{rest}")
            path, _, query = rest.partition("?")
            ahead = f"{API}/users/Suzanne{path.rstrip('/')}" + (f"?{query}" if query else "")
            assert (answer.status, answer.location) == (308, ahead), (method, rest)
            assert answer.data == b""
            assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("private, no-cache", "Authorization")
            assert program(method, answer.location).status in (200, 204)
    assert own.get("/users/susan/timeline/").location == f"{API}/users/Suzanne/timeline"
    assert own.get("/me").json["username"] == "Suzanne"
    post = program.get("/posts/").json["posts"][0]
    assert (post["author"], post["author_url"]) == ("Suzanne", f"{API}/users/Suzanne")
    visitor(any_site).get("/users/susan").problem(401)
    with_password(any_site, "ulla").get("/users/susan").problem(403)
    program.get("/users/nobody").problem(404)
    own.patch("/me", {"username": "sue"}).problem(422)
