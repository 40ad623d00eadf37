"""Taking one's things home, and leaving."""

import io
import json
import zipfile

from tests.web.addresses import exists
from tests.web.site import PASSWORD, Site, profile_of


def test_an_export_is_made_five_times_in_ten_minutes(site: Site) -> None:
    susan = site.browser("susan")

    for _ in range(5):
        assert susan.get("/settings/account/data.zip").data.startswith(b"PK")

    page = susan.get("/settings/account/data.zip")
    assert (page.status, page.headers["Retry-After"]) == (429, "600")
    assert site.browser("david").get("/settings/account/data.zip").data.startswith(b"PK")


def test_a_member_downloads_all_their_data(site: Site) -> None:
    post_id = site.post("susan", "Soup is *hope*.", "On soup", tags=["soup", "leeks"])
    site.comment("susan", post_id, "And leeks.")
    hidden = site.comment("susan", post_id, "Hidden words.")
    site.hide("mary", hidden)
    site.follow("susan", "david")
    site.block("susan", "mary")
    site.container.reporting().report_person(
        actor_id=site.members["susan"], username="david", kind="spam", text="He sells *leeks*."
    )

    page = site.browser("susan").get("/settings/account/data.zip")

    assert page.headers["Content-Type"] == "application/zip"
    assert page.headers["Content-Disposition"] == "attachment; filename=susan.zip"
    assert page.headers["Cache-Control"] == "no-store"
    files = zipfile.ZipFile(io.BytesIO(page.data))
    assert sorted(files.namelist()) == [
        "bookmarks.jsonl",
        "comments.jsonl",
        "following.jsonl",
        "likes.jsonl",
        "mutes.jsonl",
        "notification-settings.json",
        "pictures.jsonl",
        f"posts/2026-03-01-{post_id}.md",
        "profile.json",
        "record.jsonl",
        "reports.jsonl",
        "watches.jsonl",
    ]
    assert json.loads(files.read("profile.json"))["email"] == "susan@example.com"
    assert (
        files.read(f"posts/2026-03-01-{post_id}.md").decode() == "# On soup\n\nSoup is *hope*.\n\nTags: soup, leeks\n"
    )
    assert b"david" in files.read("following.jsonl")
    blocked = json.loads(files.read("mutes.jsonl"))
    assert (blocked["username"], blocked["muted"], blocked["blocked"]) == ("mary", False, True)
    assert json.loads(files.read("reports.jsonl")) == {
        "kind": "spam",
        "text": "He sells *leeks*.",
        "subject_kind": "person",
        "subject_id": site.members["david"],
        "created_at": "2026-03-01T12:01:42+00:00",
        "settled": False,
    }
    written, hushed = map(json.loads, files.read("comments.jsonl").splitlines())
    assert (written["body"], written["hidden"]) == ("And leeks.", False)
    # The page says the reason to its author, and the archive has the text too.
    assert "The reason" not in site.browser("david").get(f"/posts/{post_id}").words
    assert "Not about soup." in site.browser("susan").get(f"/posts/{post_id}").words
    assert (hushed["body"], hushed["body_html"]) == ("Hidden words.", "<p>Hidden words.</p>")
    assert (hushed["hidden"], hushed["hidden_reason"]) == (True, "Not about soup.")
    assert b"hash" not in page.data


def test_w20_pages_work_after_a_member_leaves_and_keeps_posts(site: Site) -> None:
    post_id = site.post("susan", "I was here.", "Farewell")
    site.comment("susan", post_id, "So was this.")
    site.comment("david", site.post("david"), "Mine.")
    site.follow("david", "susan")
    site.follow("susan", "david")
    susan = site.browser("susan")

    page = susan.post("/settings/account/delete", {"posts": "keep", "password": PASSWORD})

    assert (page.status, page.location) == (303, "/")
    assert susan.cookie("session") is susan.cookie("known") is None
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
        assert "So was this." in browser.get(f"/posts/{post_id}").words
    for path in ("/moderation", "/moderation/comments", "/admin/users", "/admin/outbox"):
        assert site.browser("ada").get(path).status == 200
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422
    taken = site.browser().post(
        "/register", {"email": "x@example.com", "username": "susan", "password": PASSWORD, "password2": PASSWORD}
    )
    assert "username" in taken.errors


def test_w20_a_member_who_leaves_can_delete_their_posts(site: Site) -> None:
    post_id, other = site.post("susan"), site.post("david")
    site.comment("david", post_id)
    site.comment("susan", other)

    site.browser("susan").post("/settings/account/delete", {"posts": "delete", "password": PASSWORD})
    site.deliver()

    browser = site.browser()
    assert browser.get(f"/posts/{post_id}").status == 404
    assert browser.get(f"/posts/{other}").texts(".//*[@id='comments-head']") == ["No comments"]
    assert profile_of(browser.get("/@david")) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}


def test_leaving_needs_the_password(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.post("/settings/account/delete", {"posts": "delete", "password": "wrong"})

    assert page.status == 422
    assert page.form("/settings/account/delete")["posts"] == "delete"
    assert exists(site, "susan")
