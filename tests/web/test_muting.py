"""Muting and blocking on the site: the buttons, the sentences, the folded comments, and the page of them all."""

import pytest

from tests.web.browser import Page
from tests.web.site import Site


def folded(page: Page) -> list[str]:
    return page.texts(".//article/details/summary")


def test_a_comment_of_a_muted_person_is_folded_and_can_be_opened(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("david", post_id, "With leeks.")
    site.comment("mary", post_id, "Without.")
    susan = site.browser("susan")
    page = susan.get(f"/posts/{post_id}")
    assert folded(page) == []

    sent = susan.submit(page, "/@david/mute")

    assert (sent.status, sent.location.startswith("/comments/")) == (303, True)
    page = susan.get(f"/posts/{post_id}")
    assert page.flashes == ["You muted @david."]
    assert folded(page) == ["A comment by somebody you muted"]
    (inside,) = page.all(".//article/details[@class='text folded']")
    assert "With leeks." in page.text_of(inside)
    assert "Without." not in page.text_of(inside)
    assert "/@david/unmute" in page.actions
    assert folded(site.browser().get(f"/posts/{post_id}")) == []
    assert folded(site.browser("david").get(f"/posts/{post_id}")) == []


def test_a_block_says_so_and_is_ended_at_the_same_place(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("david", post_id)
    susan = site.browser("susan")
    site.mute("susan", "david")

    susan.submit(susan.get(f"/posts/{post_id}"), "/@david/unmute")
    site.block("susan", "david")
    page = susan.get(f"/posts/{post_id}")
    assert folded(page) == ["A comment by somebody you blocked"]
    susan.submit(page, "/@david/unblock")

    assert folded(susan.get(f"/posts/{post_id}")) == []


@pytest.mark.parametrize(
    ("act", "sentence", "end"),
    [
        ("mute", "You muted @david. Their posts are in no list of yours.", "unmute"),
        ("block", "You blocked @david. Their posts are in no list of yours, and neither of you can follow", "unblock"),
    ],
)
def test_a_page_and_a_post_by_their_address_are_there_and_say_what_was_done(
    site: Site, act: str, sentence: str, end: str
) -> None:
    post_id = site.post("david", "Soup is a kind of hope.")
    susan = site.browser("susan")

    sent = susan.submit(susan.get("/@david"), "/@david/mute") if act == "mute" else susan.post("/@david/block")

    assert (sent.status, sent.location) == (303, "/@david")
    for path in ("/@david", f"/posts/{post_id}"):
        page = susan.get(path)
        assert sentence in page.words
        assert "Soup is a kind of hope." in page.words
        assert f"/@david/{end}" in page.actions
        assert "You muted" not in site.browser().get(path).words
    susan.submit(susan.get(f"/posts/{post_id}"), f"/@david/{end}")
    assert sentence not in susan.get("/@david").words


def test_forms_that_cannot_succeed_are_not_shown_on_either_side(site: Site) -> None:
    posts = {name: site.post(name) for name in ("susan", "david")}
    site.block("susan", "david")

    for name, other in (("susan", "david"), ("david", "susan")):
        browser = site.browser(name)
        thread, person = browser.get(f"/posts/{posts[other]}"), browser.get(f"/@{other}")
        assert f"/posts/{posts[other]}/comments#body" not in thread.actions
        assert "You cannot comment here." in thread.words
        assert f"/@{other}/follow" not in person.actions
        assert "You cannot follow this member." in person.words
    page = site.browser("david").get("/@susan")
    assert "block" not in page.text_of(page.only(".//main")).replace("Block @susan", "").lower()


def test_whoever_is_refused_learns_no_reason_and_keeps_the_text(site: Site) -> None:
    post_id = site.post("susan")
    site.block("susan", "david")
    david = site.browser("david")

    comment = david.post(f"/posts/{post_id}/comments", {"body": "With leeks."})
    follow = david.post("/@susan/follow")

    assert (comment.status, follow.status) == (403, 403)
    assert "You cannot comment here." in comment.words
    assert "With leeks." in comment.text
    assert "You cannot follow this member." in follow.words
    assert "block" not in (comment.words + follow.words).lower()


def test_a_block_and_a_disabled_account_are_refused_with_one_answer(site: Site) -> None:
    site.block("susan", "david")
    site.container.members().set_standing(username="mary", disabled=True)
    david = site.browser("david")

    blocked, disabled = (david.post(f"/@{name}/follow") for name in ("susan", "mary"))

    assert blocked.status == disabled.status == 403
    assert blocked.text.replace("susan", "mary") == disabled.text
    assert dict(blocked.headers) == dict(disabled.headers) | {"X-Request-ID": blocked.headers["X-Request-ID"]}


def test_the_settings_list_who_is_muted_and_blocked_with_a_button_for_each(site: Site) -> None:
    susan = site.browser("susan")
    assert "You have muted and blocked nobody." in susan.get("/settings/people").words
    site.mute("susan", "david")
    site.block("susan", "david")
    site.block("susan", "mary")

    page = susan.get("/settings/people")

    assert [row.split("since")[0] for row in page.texts(".//ul[@class='roll people']/li")] == [
        "@mary moderator blocked ",
        "@david muted and blocked ",
    ]
    assert [action for action in page.actions if action.startswith("/@")] == [
        "/@mary/unblock",
        "/@david/unmute",
        "/@david/unblock",
    ]
    sent = susan.submit(page, "/@david/unblock")
    assert (sent.status, sent.location) == (303, "/settings/people")
    page = susan.follow(sent)
    assert page.flashes == ["You no longer block @david."]
    assert "@david muted since" in page.words
    assert page.headers["Cache-Control"] == "no-store"


def test_the_settings_turn_pages(free_site: Site) -> None:
    for number in range(51):
        free_site.join(f"m{number}")
        free_site.mute("susan", f"m{number}")
    susan = free_site.browser("susan")

    first = susan.get("/settings/people")

    assert len(first.all(".//ul[@class='roll people']/li")) == 50
    (older,) = [link for link in first.links if "before=" in link]
    assert susan.get(f"/settings/people{older}").texts(".//span[@class='who']") == ["@m0"]


def test_nobody_is_offered_or_allowed_to_mute_themselves(site: Site) -> None:
    post_id = site.post("susan")
    site.comment("susan", post_id)
    susan = site.browser("susan")

    for path in ("/@susan", f"/posts/{post_id}"):
        assert [action for action in susan.get(path).actions if "mute" in action or "block" in action] == []
    for act in ("mute", "block"):
        refused = susan.post(f"/@susan/{act}")
        assert refused.status == 422
        assert "You cannot mute or block yourself." in refused.words


def test_an_unconfirmed_member_mutes_and_sees_it(site: Site) -> None:
    post_id = site.post("susan")
    ulla = site.browser("ulla")

    assert ulla.submit(ulla.get(f"/posts/{post_id}"), "/@susan/mute").status == 303

    assert "You muted @susan." in ulla.get("/@susan").words
    assert "@susan" in ulla.get("/settings/people").words


def test_only_a_path_of_this_site_is_returned_to(site: Site) -> None:
    susan = site.browser("susan")

    for wanted, location in (("/settings/people", "/settings/people"), ("//evil.example", "/@david")):
        assert susan.post("/@david/mute", {"next": wanted}).location == location


def test_a_post_of_a_muted_member_who_has_left_is_still_there(site: Site) -> None:
    post_id = site.post("david")
    comment_id = site.comment("david", site.post("susan"))
    site.mute("susan", "david")
    site.container.leaving().leave(actor_id=site.members["david"], password="a horse, a battery", posts="keep")
    susan = site.browser("susan")

    assert susan.get(f"/posts/{post_id}").status == 200
    assert susan.follow(susan.get(f"/comments/{comment_id}")).status == 200


def test_moderation_pages_hold_what_their_reader_muted(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("david", post_id, "Buy my soup!")
    site.block("mary", "david")
    mary = site.browser("mary")

    page = mary.get("/moderation/comments")

    assert "Buy my soup!" in page.words
    assert folded(page) == []
    assert mary.submit(page, f"/comments/{comment_id}/hide", reason="Spam.").status == 303
    assert "Buy my soup!" in mary.get("/moderation/log").words


def test_an_administrator_edits_a_profile_across_a_block(site: Site) -> None:
    site.block("david", "ada")
    ada = site.browser("ada")

    page = ada.get("/admin/users/david")

    assert ada.submit(page, "/admin/users/david", name="David D.").status == 303
