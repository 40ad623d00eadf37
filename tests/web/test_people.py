"""People: their pages, following them, and the settings of one's own."""

import io
import json
import re
import zipfile

from tests.web.changes import exists
from tests.web.conftest import MakeSite
from tests.web.site import PASSWORD, Site, profile_of


def test_a41_a_profile_says_who_it_is(site: Site) -> None:
    site.browser("susan").post(
        "/settings/profile", {"name": "Susan O'Neil", "location": "Delft", "about_me": "I cook.\nAnd read."}
    )
    site.post("susan", "Soup.")

    page = site.browser().get("/@susan")

    assert page.heading == "Susan O'Neil"
    assert page.title == "Susan O'Neil · @susan · Chapbook"
    assert "From Delft" in page.words
    assert "I cook. And read." in page.words
    assert "Member since 1 March 2026 Last seen 1 March 2026, 12:00 UTC" in page.words
    assert profile_of(page) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}
    assert len(page.all(".//article")) == 1
    assert "susan@example.com" not in page.text
    assert "susan@example.com" not in site.browser("ada").get("/@susan").text


def test_who_has_not_confirmed_yet_is_told_so_instead_of_following(site: Site) -> None:
    ulla = site.browser("ulla")

    theirs, own = ulla.get("/@susan"), ulla.get("/@ulla")

    assert "Confirm your address to follow" in theirs.words
    assert "/@susan/follow" not in theirs.actions
    assert "Confirm your address to follow" not in own.words
    assert "Confirm your address, and you can begin." in own.words
    assert "/confirm" in theirs.links
    assert "Begin with a line" in site.browser("susan").get("/@susan").words


def test_a41_nobody_is_not_found(site: Site) -> None:
    for path in ("/@nobody", "/@nobody/followers", "/@nobody/following", "/@nobody/friends", "/@"):
        assert site.browser().get(path).status == 404, path


def test_a43_a45_one_edits_ones_own_profile(site: Site) -> None:
    susan = site.browser("susan")
    typed = {"name": "Susan", "location": "Delft", "about_me": "\nI cook."}

    page = susan.post("/settings/profile", typed)

    assert (page.status, page.location) == (303, "/@susan")
    assert susan.follow(page).flashes == ["Your profile is saved."]
    assert "/settings/profile" in susan.get("/@susan").links
    assert susan.get("/settings/profile").form("/settings/profile") | typed == susan.get("/settings/profile").form(
        "/settings/profile"
    )
    too_long = susan.post("/settings/profile", {"name": "x" * 65}).errors
    assert too_long == {"name": "This has 65 characters; at most 64 fit."}


def test_extra_fields_change_nothing_else(site: Site) -> None:
    susan = site.browser("susan")
    extra = {
        "id": "1",
        "username": "root",
        "email": "evil@example.com",
        "role": "Administrator",
        "confirmed": "",
        "disabled": "1",
        "password": "evil words here",
        "password_hash": "x",
        "author_id": str(site.members["david"]),
        "actor_id": str(site.members["david"]),
        "created_at": "2000-01-01",
        "version": "1",
    }

    susan.post("/settings/profile", {"name": "Susan"} | extra)
    post = susan.post("/posts", {"body": "Mine."} | extra).location

    assert "/@susan" in site.browser().get(post).links
    page = site.browser("ada").get("/admin/users/susan").form("/admin/users/susan")
    assert page["email"] == "susan@example.com"
    assert page["role"] == "User"
    assert "confirmed" in page
    assert "disabled" not in page


def test_a46_a_portrait_is_made_here_and_tells_nothing(site: Site) -> None:
    page = site.browser().get("/@susan")
    (portrait,) = [image for image in page.all(".//img") if image.get("width") == "256"]

    assert portrait.get("src") == f"/avatars/{site.members['susan']}.svg"
    assert "gravatar" not in page.text
    picture = site.browser().get(str(portrait.get("src")))
    assert picture.status == 200
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "susan" not in picture.text


def test_w1_a60_following_is_a_button_and_the_counts_are_kept(site: Site) -> None:
    david = site.browser("david")

    page = david.submit(david.get("/@susan"), "/@susan/follow")

    assert (page.status, page.location) == (303, "/@susan")
    shown = david.follow(page)
    assert shown.flashes == ["You now follow susan."]
    assert profile_of(shown)["follower"] == "1"
    assert profile_of(david.get("/@david"))["following"] == "1"
    assert "/@susan/unfollow" in shown.actions
    assert "Follows you" in site.browser("susan").get("/@david").words


def test_following_twice_is_once_and_so_is_unfollowing(site: Site) -> None:
    david = site.browser("david")

    assert [david.post("/@susan/follow").status for _ in range(2)] == [303, 303]
    assert profile_of(david.get("/@susan"))["follower"] == "1"
    assert [david.post("/@susan/unfollow").status for _ in range(2)] == [303, 303]
    assert profile_of(david.get("/@susan"))["follower"] == "0"
    assert profile_of(david.get("/@david"))["following"] == "0"


def test_a61_unfollowing_says_so(site: Site) -> None:
    site.follow("david", "susan")
    david = site.browser("david")

    page = david.follow(david.submit(david.get("/@susan"), "/@susan/unfollow"))

    assert page.flashes == ["You no longer follow susan."]
    assert "/@susan/follow" in page.actions


def test_w19_a66_nobody_follows_themselves_and_counts_are_true(site: Site) -> None:
    site.post("susan", "Mine.")
    susan = site.browser("susan")

    for verb, status in (("follow", 422), ("unfollow", 303)):
        assert susan.post(f"/@susan/{verb}").status == status
    assert profile_of(susan.get("/@susan")) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}
    assert not {"/@susan/follow", "/@susan/unfollow"} & set(susan.get("/@susan").actions)
    assert len(susan.get("/following").all(".//article")) == 1
    assert "Nobody follows susan yet." in susan.get("/@susan/followers").words
    assert "cannot follow yourself" in susan.post("/@susan/follow").words


def test_a62_a63_the_lists_show_the_newest_follow_first(make_site: MakeSite) -> None:
    site = make_site(followers_per_page="2", rate_limits="off")
    for name in ("susan", "david", "mary", "erik"):
        site.join(name)
        site.pass_time(minutes=1)
    for name in ("david", "mary", "erik"):
        site.follow(name, "susan")
        site.pass_time(days=1)
    browser = site.browser()

    def faces(path: str) -> list[str]:
        return browser.get(path).texts(".//ul[@class='roll']//span[@class='who']")

    first = browser.get("/@susan/followers")
    assert first.heading == "Followers of susan"
    assert faces("/@susan/followers") == ["erik", "mary"]
    (older,) = [link.get("href", "") for link in first.all(".//a") if link.get("rel") == "next"]
    assert faces(f"/@susan/followers{older}") == ["david"]
    assert browser.get("/@erik/following").heading == "Followed by erik"
    assert faces("/@erik/following") == ["susan"]
    assert [each.get("datetime") for each in first.all(".//li//time")] == [
        "2026-03-03T12:04:00Z",
        "2026-03-02T12:04:00Z",
    ]


# Another address.


def test_a34_a35_a_new_address_counts_once_its_link_is_opened(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.post("/settings/email", {"email": "New@Example.org", "password": PASSWORD})

    assert (page.status, page.location) == (303, "/settings/email")
    assert "on its way to the new address" in susan.follow(page).flashes[0]
    link = site.link_to("New@Example.org")
    assert "about to be changed" in site.postbox.to("susan@example.com")[-1].text
    assert "New@Example.org" not in site.postbox.to("susan@example.com")[-1].text
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 303
    done = susan.submit(susan.get(link), link)
    assert susan.follow(done).flashes == ["Your address is changed."]
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422
    assert site.browser().sign_in("new@example.org", PASSWORD).status == 303
    assert susan.post(link).status == 404


def test_a35_the_link_is_for_its_owner_only(site: Site) -> None:
    site.browser("susan").post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    link = site.link_to("new@example.com")
    david = site.browser("david")

    with site.unchanged():
        assert david.get(link).status == 404
        assert david.post(link).status == 404
    assert site.browser().get(link).location.startswith("/login?next=/settings/email/")


def test_w10_asking_for_a_taken_address_looks_the_same_and_sends_nothing_there(site: Site) -> None:
    susan, mary = site.browser("susan"), site.browser("mary")

    free = susan.post("/settings/email", {"email": "free@example.com", "password": PASSWORD})
    taken = mary.post("/settings/email", {"email": "david@example.com", "password": PASSWORD})

    assert (free.status, free.location, free.text) == (taken.status, taken.location, taken.text)
    assert susan.follow(free).flashes == mary.follow(taken).flashes
    site.deliver()
    assert site.postbox.to("david@example.com") == []


def test_of_two_who_want_one_address_the_first_to_open_the_link_has_it(site: Site) -> None:
    links = {}
    for name in ("susan", "david"):
        site.browser(name).post("/settings/email", {"email": "one@example.com", "password": PASSWORD})
        links[name] = site.link_to("one@example.com")

    assert site.browser("david").post(links["david"]).status == 303
    assert site.browser("susan").post(links["susan"]).status == 404


# Taking one's things home, and leaving.


def test_one_takes_everything_home(site: Site) -> None:
    post_id = site.post("susan", "Soup is *hope*.", "On soup")
    site.comment("susan", post_id, "And leeks.")
    hidden = site.comment("susan", post_id, "Hidden words.")
    site.hide("mary", hidden)
    site.follow("susan", "david")

    page = site.browser("susan").get("/settings/account/data.zip")

    assert page.headers["Content-Type"] == "application/zip"
    assert page.headers["Content-Disposition"] == "attachment; filename=susan.zip"
    assert page.headers["Cache-Control"] == "no-store"
    files = zipfile.ZipFile(io.BytesIO(page.data))
    assert sorted(files.namelist()) == [
        "comments.jsonl",
        "following.jsonl",
        f"posts/2026-03-01-{post_id}.md",
        "profile.json",
    ]
    assert json.loads(files.read("profile.json"))["email"] == "susan@example.com"
    assert files.read(f"posts/2026-03-01-{post_id}.md").decode() == "# On soup\n\nSoup is *hope*.\n"
    assert b"david" in files.read("following.jsonl")
    assert b"hash" not in page.data


def test_w20_a_member_who_leaves_keeping_posts_breaks_nothing(site: Site) -> None:
    post_id = site.post("susan", "I was here.", "Farewell")
    site.comment("susan", post_id, "So was this.")
    site.comment("david", site.post("david"), "Mine.")
    site.follow("david", "susan")
    site.follow("susan", "david")
    susan = site.browser("susan")

    page = susan.post("/settings/account/delete", {"posts": "keep", "password": PASSWORD})

    assert (page.status, page.location) == (303, "/")
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Farewell" in susan.follow(page).flashes[0]
    site.deliver()
    david = site.browser("david")
    assert profile_of(david.get("/@david")) == {"post": "1", "comment": "1", "follower": "0", "following": "0"}
    for browser in (site.browser(), david, site.browser("mary"), site.browser("ada")):
        for path in ("/", f"/posts/{post_id}", "/@david", "/@david/followers"):
            shown = browser.get(path)
            assert shown.status == 200
            assert "susan" not in shown.text
        assert browser.get("/@susan").status == 404
        assert "deleted member" in browser.get("/").words
    for path in ("/moderation", "/admin/users", "/admin/outbox"):
        assert site.browser("ada").get(path).status == 200
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422
    taken = site.browser().post(
        "/register", {"email": "x@example.com", "username": "susan", "password": PASSWORD, "password2": PASSWORD}
    )
    assert "username" in taken.errors


def test_w20_a_member_who_leaves_may_take_their_posts_along(site: Site) -> None:
    post_id, other = site.post("susan"), site.post("david")
    site.comment("david", post_id)
    site.comment("susan", other)

    site.browser("susan").post("/settings/account/delete", {"posts": "delete", "password": PASSWORD})
    site.deliver()

    browser = site.browser()
    assert browser.get(f"/posts/{post_id}").status == 404
    assert browser.get(f"/posts/{other}").texts(".//*[@id='comments-head']") == ["No comments"]
    assert profile_of(browser.get("/@david")) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}


def test_leaving_takes_the_password(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.post("/settings/account/delete", {"posts": "delete", "password": "wrong"})

    assert page.status == 422
    assert page.form("/settings/account/delete")["posts"] == "delete"
    assert exists(site, "susan")


def test_a04_a05_what_is_static_is_kept_for_good_and_changes_its_name(site: Site) -> None:
    page = site.browser().get("/")
    files = sorted(set(re.findall(r'"(/static/[^"]+)"', page.text)))

    assert len(files) >= 3
    for file in files:
        found = site.browser().get(file.replace("&amp;", "&"))
        assert found.status == 200, file
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in found.headers
    assert site.browser().get("/static/site.css?v=old").headers["Cache-Control"] == "public, no-cache"
    outside = ("../settings.py", "%2e%2e/session.py", "nothing.css", "", "/etc/passwd", "a%00b")
    for path in outside:
        assert site.browser().get(f"/static/{path}").status == 404, path
