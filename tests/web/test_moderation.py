"""Moderation on the record; and administration: members, the last administrator, the outbox."""

from domain.roles import Role
from tests.web.browser import Browser
from tests.web.changes import ADMINISTERED
from tests.web.site import PASSWORD, Site


def test_a70_the_moderators_page_shows_every_comment_the_newest_first(site: Site) -> None:
    post_id = site.post("susan", "Soup.", "On soup")
    first = site.comment("david", post_id, "First.")
    second = site.comment("susan", post_id, "Second.")
    site.hide("ada", first, "Rude.")

    page = site.browser("mary").get("/moderation")

    assert [article.get("id") for article in page.all(".//article")] == [f"comment-{second}", f"comment-{first}"]
    assert "First." in page.words
    assert "Hidden by a moderator. The reason: Rude." in page.words
    assert f"/comments/{second}" in page.links
    assert "On soup" in page.words


def test_w1_w24_a71_hiding_takes_a_reason_and_leaves_a_record(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy <my> soup!")
    mary = site.browser("mary")
    hide, restore = f"/comments/{comment_id}/hide", f"/comments/{comment_id}/restore"

    refused = mary.post(hide, {"reason": " "})
    assert refused.status == 422
    assert refused.errors == {"reason": "Please fill this in."}
    hidden = mary.submit(mary.get(f"/posts/{post_id}"), hide, reason="Advertising.")
    assert (hidden.status, hidden.location) == (303, f"/comments/{comment_id}")
    site.pass_time(minutes=1)
    assert mary.post(hide, {"reason": "Spam."}).status == 303
    site.pass_time(minutes=1)
    ada = site.browser("ada")
    assert ada.submit(ada.get("/moderation"), restore, reason="It was about soup.").status == 303
    assert ada.post(restore).status == 303

    page = site.browser("mary").get("/moderation/log")
    assert page.texts(".//article//p[@class='context']") == [
        "Restored a comment by david: It was about soup.",
        "Hid a comment by david: Spam.",
        "Hid a comment by david: Advertising.",
    ]
    assert page.texts(".//article//blockquote") == ["Buy <my> soup!"] * 3
    assert page.texts(".//article//header/span[@class='who']") == ["ada", "mary", "mary"]
    assert "Buy" in site.browser().get(f"/posts/{post_id}").words


def test_only_the_author_is_told_who_else_reads_the_reason(site: Site) -> None:
    post_id = site.post("susan")
    site.hide("mary", site.comment("david", post_id), "Rude.")

    def told(name: str | None) -> list[str]:
        return site.browser(name).get(f"/posts/{post_id}").texts(".//p[@class='hush']")

    hidden = "This comment has been hidden by a moderator."
    assert told("david") == [f"{hidden} Only you and the moderators can read the reason: Rude."]
    assert told("mary") == [f"{hidden} The reason: Rude."]
    assert told("susan") == told(None) == [hidden]


def test_a_reason_is_asked_for_by_the_site_and_not_by_the_browser(site: Site) -> None:
    post_id = site.post("susan")
    hide = f"/comments/{site.comment('david', post_id)}/hide"
    mary = site.browser("mary")
    (form,) = [form for form in mary.get(f"/posts/{post_id}").all(".//form") if form.get("action") == hide]
    assert form.get("novalidate") is not None

    refused = mary.post(hide, {"reason": "x" * 501})

    assert refused.status == 422
    assert refused.errors == {"reason": "This has 501 characters; at most 500 fit."}
    assert refused.form(hide)["reason"] == "x" * 501
    assert "With leeks, I hope." in refused.words


def test_w24_the_record_outlives_the_comment_and_the_post(site: Site) -> None:
    post_id = site.post("susan")
    site.hide("mary", site.comment("david", post_id, "Buy my soup!"), "Spam.")

    site.browser("susan").post(f"/posts/{post_id}/delete")

    page = site.browser("mary").get("/moderation/log")
    assert "Hid a comment by david: Spam." in page.words
    assert "Buy my soup!" in page.words


def test_after_hiding_the_moderator_is_where_they_were(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"))

    page = site.browser("mary").post(f"/comments/{comment_id}/hide", {"reason": "x", "next": "/moderation"})

    assert page.location == "/moderation"


def test_administrators_find_members_by_the_beginning_of_name_or_address(any_site: Site) -> None:
    ada = any_site.browser("ada")

    def found(query: str) -> list[str]:
        page = ada.get("/admin/users", query_string={"q": query})
        assert page.status == 200
        assert page.form("/admin/users")["q"] == query
        return [link.get("href", "").rsplit("/", 1)[1] for link in page.all(".//p[@class='who']/a")]

    assert found("") == ["ulla", "david", "susan", "mary", "ada"]
    assert found("SU") == ["susan"]
    assert found("david@EXAMPLE") == ["david"]
    for nothing in ("%", "_", "s%", "\\", "x" * 5_000, "usan", "' OR 1=1--", "é", "\U0010ffff", "٣"):
        assert found(nothing) == [], nothing
    for broken in ("\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        assert ada.get("/admin/users", query_string={"q": broken}).status == 200


def test_a44_an_administrator_sets_everything_about_a_member(site: Site) -> None:
    site.join("erik")
    ada = site.browser("ada")

    page = ada.post("/admin/users/erik", ADMINISTERED | {"username": "Erika"})

    assert (page.status, page.location) == (303, "/admin/users/Erika")
    shown = ada.follow(page)
    assert shown.flashes == ["The member is saved."]
    form = shown.form("/admin/users/Erika")
    assert form | {"email": "erik@example.org", "role": "Moderator", "name": "Erik"} == form
    assert "/admin/users/erika" not in shown.actions
    assert ada.get("/@Erika").status == 200
    assert "/admin/users/Erika" in ada.get("/@Erika").links


def test_w28_an_administrators_old_form_does_not_overwrite_what_the_member_saved_since(any_site: Site) -> None:
    ada, susan = any_site.browser("ada"), any_site.browser("susan")
    form = ada.get("/admin/users/susan")
    susan.post("/settings/profile", {"name": "Susan", "location": "", "about_me": "I cook <soup>."})

    page = ada.submit(form, "/admin/users/susan", location="Delft")

    assert page.status == 409
    assert page.texts(".//*[@class='theirs']") == ["Susan", "Nothing", "I cook <soup>."]
    kept = page.form("/admin/users/susan")
    assert (kept["name"], kept["location"], kept["about_me"]) == ("", "Delft", "")
    assert "I cook <soup>." in any_site.browser().get("/@susan").words
    assert ada.submit(page, "/admin/users/susan", name="Susan", about_me="I cook <soup>.").status == 303
    profile = any_site.browser().get("/@susan")
    assert "Delft" in profile.words
    assert "I cook <soup>." in profile.words


def test_an_administrators_form_is_taken_when_only_other_things_changed(site: Site) -> None:
    ada, susan = site.browser("ada"), site.browser("susan")
    form = ada.get("/admin/users/susan")
    susan.post("/settings/profile", {"theme": "dark", "language": "zh-Hans"})
    susan.post("/posts", {"body": "Soup."})

    assert ada.submit(form, "/admin/users/susan", location="Delft").status == 303


def test_w22_an_address_in_capitals_still_signs_in(site: Site) -> None:
    site.browser("ada").post(
        "/admin/users/susan",
        ADMINISTERED | {"username": "susan", "email": "SUSAN.Q@Example.COM", "role": "User"},
    )

    assert site.browser().sign_in("susan.q@example.com", PASSWORD).status == 303
    assert site.browser().sign_in("SUSAN.Q@EXAMPLE.COM", PASSWORD).status == 303
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422


def test_w22_a_portrait_does_not_hang_on_the_address(site: Site) -> None:
    before = site.browser().get("/@susan").all(".//img")[1].get("src")
    site.browser("ada").post("/admin/users/susan", ADMINISTERED | {"username": "susan", "role": "User"})

    assert site.browser().get("/@susan").all(".//img")[1].get("src") == before


def test_disabling_ends_every_session_and_keeps_the_posts(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")

    site.browser("ada").post(
        "/admin/users/susan", ADMINISTERED | {"username": "susan", "email": "susan@example.com", "disabled": "1"}
    )

    assert susan.get("/settings/profile").status == 303
    assert susan.sign_in("susan@example.com", PASSWORD).status == 422
    assert site.browser().get(f"/posts/{post_id}").status == 200
    assert "Disabled" in site.browser("ada").get("/admin/users").words


def test_w23_the_last_administrator_stays(site: Site) -> None:
    ada = site.browser("ada")
    herself = {"email": "ada@example.com", "username": "ada", "confirmed": "1", "role": "Administrator"}

    with site.unchanged():
        for field, change in (
            ("role", {"role": "User"}),
            ("disabled", {"disabled": "1"}),
            ("confirmed", {"confirmed": ""}),
        ):
            page = ada.post("/admin/users/ada", herself | change)
            assert page.status == 422
            assert list(page.errors) == [field]
        leaving = ada.post("/settings/account/delete", {"posts": "keep", "password": PASSWORD})
        assert leaving.status == 422
        assert leaving.summary == ["Somebody has to run this place: make another member administrator first."]

    site.join("anna", Role.ADMINISTRATOR)
    assert ada.post("/admin/users/ada", herself | {"role": "User"}).status == 303


def test_w16_mail_that_cannot_leave_waits_and_leaves_later_once(site: Site) -> None:
    site.postbox.away = True
    assert site.browser().post("/reset", {"email": "susan@example.com"}).status == 303
    site.deliver()
    ada = site.browser("ada")

    page = ada.get("/admin/outbox")
    assert "Reset the password" in page.words
    assert "Waiting" in page.words
    assert "To susan@example.com" in page.words
    assert "Not done yet, trying again the post office is closed" in page.words
    assert "/reset/" not in page.text
    site.postbox.away = False
    site.deliver()
    assert site.postbox.letters == []
    (action,) = [action for action in page.actions if action.endswith("/retry")]
    retried = ada.submit(page, action)
    assert ada.follow(retried).flashes == ["The worker will try this again now."]
    site.deliver()
    site.deliver()
    assert [letter.to for letter in site.postbox.letters] == ["susan@example.com"]
    assert not [action for action in ada.get("/admin/outbox").actions if action.endswith("/retry")]


def test_w16_what_cannot_leave_for_three_days_is_given_up_where_it_is_seen(site: Site) -> None:
    site.postbox.away = True
    site.browser().post("/reset", {"email": "susan@example.com"})
    for _ in range(80):
        site.deliver()
        site.pass_time(hours=1)

    page = admin_again(site).get("/admin/outbox")
    assert "Given up" in page.words
    assert "trying again" not in page.words


def admin_again(site: Site) -> Browser:
    return site.browser("ada")
