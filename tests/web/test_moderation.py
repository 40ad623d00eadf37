"""Moderation on the record."""

from domain.roles import Role
from tests.web.site import PASSWORD, Site


def test_a70_the_moderation_page_shows_every_comment_newest_first(site: Site) -> None:
    post_id = site.post("susan", "Soup.", "On soup")
    first = site.comment("david", post_id, "First.")
    second = site.comment("susan", post_id, "Second.")
    site.hide("ada", first, "Rude.")

    page = site.browser("mary").get("/moderation/comments")

    assert [article.get("id") for article in page.all(".//article")] == [f"comment-{second}", f"comment-{first}"]
    assert "First." in page.words
    assert "Hidden by a moderator. The reason: Rude." in page.words
    assert f"/comments/{second}" in page.links
    assert "On soup" in page.words


def test_w1_w24_a71_hiding_needs_a_reason_and_is_logged(site: Site) -> None:
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
    assert ada.submit(ada.get("/moderation/comments"), restore, reason="It was about soup.").status == 303
    assert ada.post(restore).status == 303

    page = site.browser("mary").get("/moderation/log")
    assert page.texts(".//article//p[@class='context']") == [
        "Restored a comment by @david: It was about soup.",
        "Hid a comment by @david: Spam.",
        "Hid a comment by @david: Advertising.",
    ]
    assert page.texts(".//article//blockquote") == ["Buy <my> soup!"] * 3
    assert page.texts(".//article//header/span[@class='who']") == [
        "@ada administrator",
        "@mary moderator",
        "@mary moderator",
    ]
    assert "Buy" in site.browser().get(f"/posts/{post_id}").words


def test_only_the_author_sees_who_else_reads_the_reason(site: Site) -> None:
    post_id = site.post("susan")
    site.hide("mary", site.comment("david", post_id), "Rude.")

    def told(name: str | None) -> list[str]:
        return site.browser(name).get(f"/posts/{post_id}").texts(".//p[@class='hush']")

    hidden = "This comment has been hidden by a moderator."
    assert told("david") == [f"{hidden} Only you and the moderators can read the reason: Rude. How to appeal"]
    assert told("mary") == [f"{hidden} The reason: Rude."]
    assert told("susan") == told(None) == [hidden]


def test_the_author_of_a_hidden_post_reads_why_and_how_to_appeal(site: Site) -> None:
    post_id = site.post("susan", "Buy my soup!")
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=post_id, reason="Spam.")
    susan = site.browser("susan")

    page = susan.get(f"/posts/{post_id}")

    (said,) = page.texts(".//article//p[@class='hush']")
    assert said.endswith("The reason: Spam. How to appeal")
    (link,) = [found.get("href", "") for found in page.all(".//p[@class='hush']/a")]
    assert [found for found in susan.get(link).links if found.startswith("/appeals/")]
    assert "How to appeal" not in site.browser("mary").get(f"/posts/{post_id}").words


def test_the_site_and_not_the_browser_requires_a_reason(site: Site) -> None:
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


def test_w24_the_log_entry_outlives_the_comment_and_the_post(site: Site) -> None:
    post_id = site.post("susan")
    site.hide("mary", site.comment("david", post_id, "Buy my soup!"), "Spam.")

    site.browser("susan").post(f"/posts/{post_id}/delete")

    page = site.browser("mary").get("/moderation/log")
    assert "Hid a comment by @david: Spam." in page.words
    assert "Buy my soup!" in page.words


def test_the_log_names_a_post_and_a_comment_in_chinese(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.", "On soup")
    moderation = site.container.moderation()
    moderation.hide_post(actor_id=site.members["mary"], post_id=post_id, reason="Spam.")
    site.hide("mary", site.comment("david", site.post("susan")), "Spam.")
    site.container.members().edit_profile(actor_id=site.members["mary"], language="zh-Hans")

    page = site.browser("mary").get("/moderation/log")

    assert page.texts(".//p[@class='context']") == ["隐藏了@david的评论：Spam.", "隐藏了@susan的帖子：Spam."]


def test_after_hiding_the_moderator_returns_to_the_same_page(site: Site) -> None:
    comment_id = site.comment("david", site.post("susan"))

    page = site.browser("mary").post(f"/comments/{comment_id}/hide", {"reason": "x", "next": "/moderation/comments"})

    assert page.location == "/moderation/comments"


def test_hiding_stands_before_deleting_and_the_menu_is_last(site: Site) -> None:
    post_id = site.post("susan")
    hidden_id, comment_id = site.comment("david", post_id), site.comment("david", post_id)
    site.hide("mary", hidden_id, "Rude.")

    def acts(name: str, id: int) -> list[str]:
        page = site.browser(name).get(f"/posts/{post_id}")
        return page.texts(f".//article[@id='comment-{id}']//details/summary")

    assert acts("ada", comment_id) == ["Hide…", "Delete…", "…"]
    assert acts("ada", hidden_id) == ["Change the reason…", "Restore…", "Delete…", "…"]
    assert acts("david", hidden_id) == acts("david", comment_id) == ["Delete…"]


def test_nobody_is_offered_to_restore_a_comment_of_their_own(site: Site) -> None:
    post_id = site.post("susan")
    by_mary, by_david = site.comment("mary", post_id), site.comment("david", post_id)
    for comment_id in (by_mary, by_david):
        site.hide("ada", comment_id, "Rude.")
    restore = {name: f"/comments/{id}/restore" for name, id in (("mary", by_mary), ("david", by_david))}

    for path in (f"/posts/{post_id}", "/moderation/comments"):
        actions = site.browser("mary").get(path).actions
        assert restore["mary"] not in actions
        assert restore["david"] in actions
        assert set(restore.values()) <= set(site.browser("ada").get(path).actions)
    assert not set(restore.values()) & set(site.browser("david").get(f"/posts/{post_id}").actions)
    page = site.browser("mary").post(restore["mary"])
    assert (page.status, "Somebody else restores it" in page.words) == (403, True)


def test_the_log_keeps_to_what_one_member_did(site: Site) -> None:
    size, post_id = site.settings.comments_per_page, site.post("susan")
    for number in range(size + 1):
        site.hide("mary", site.comment("david", post_id), f"Mary {number}.")
        site.hide("ada", site.comment("david", post_id), f"Ada {number}.")
    ada, log = site.browser("ada"), "/moderation/log"
    by_mary = f"{log}?by=mary"
    assert by_mary in ada.get("/moderation/people/mary").links

    first = ada.get(by_mary)
    (onward,) = [link.get("href", "") for link in first.all(".//nav[@class='pager']/a")]
    second = ada.get(log + onward)
    (back,) = [link.get("href", "") for link in second.all(".//nav[@class='pager']/a")]

    reasons = [number for page in (first, second) for number in page.texts(".//article//q")]
    assert reasons == [f"Mary {number}." for number in reversed(range(size + 1))]
    assert ada.get(log + back).texts(".//article//q") == first.texts(".//article//q")
    for page in (first, second):
        assert "Only what @mary did. All acts" in page.words
        assert log in page.links
    assert "Only what" not in ada.get(log).words
    assert log + "?by=mary" in ada.get(f"{by_mary}&before=1").links


def test_the_log_of_a_member_is_found_by_a_former_name_and_after_the_role_is_gone(site: Site) -> None:
    site.hide("mary", site.comment("david", site.post("susan")), "Rude.")
    members = site.container.members()
    members.edit_profile(actor_id=site.members["mary"], username="maria", password=PASSWORD)
    members.set_standing(username="maria", role=Role.USER)
    ada = site.browser("ada")

    assert "/moderation/log?by=maria" in ada.get("/moderation/people/maria").links
    for name in ("maria", "mary", "MARY"):
        assert ada.get(f"/moderation/log?by={name}").texts(".//article//q") == ["Rude."]


def test_the_log_of_who_did_nothing_says_so_and_of_nobody_is_not_found(site: Site) -> None:
    mary = site.browser("mary")

    assert "@david has done nothing that is in this log." in mary.get("/moderation/log?by=david").words
    for name in ("nobody", "no body", "%00", "%ED%A0%80"):
        assert mary.get(f"/moderation/log?by={name}").status == 404
    for name in ("mary", "nobody", "no body"):
        assert site.browser("david").get(f"/moderation/log?by={name}").status == 403
