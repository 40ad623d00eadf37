"""Deleting and bringing back, on the pages of a member and of an administrator."""

from tests.web.site import Site


def test_an_author_brings_back_a_post_from_the_settings(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.", "On soup")
    susan = site.browser("susan")
    deleted = susan.post(f"/posts/{post_id}/delete")
    assert susan.get(deleted.location).flashes == ["The post is deleted. For 30 days it can be brought back."]
    assert site.browser().get(f"/posts/{post_id}").status == 404

    page = susan.get("/settings/deleted")
    assert "The post On soup" in page.words
    answer = susan.submit(page, f"/posts/{post_id}/undelete")

    assert (answer.status, answer.location) == (303, f"/posts/{post_id}")
    assert site.browser().get(f"/posts/{post_id}").status == 200
    assert "Nothing that you deleted is waiting here." in susan.get("/settings/deleted").words


def test_a_reason_to_delete_that_is_too_long_is_refused_at_its_field(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    ada = site.browser("ada")
    for path in (f"/comments/{comment_id}/delete", f"/posts/{post_id}/delete"):
        refused = ada.post(path, {"reason": "x" * 501})

        assert (refused.status, refused.errors) == (422, {"reason": "This has 501 characters; at most 500 fit."})
        assert refused.form(path)["reason"] == "x" * 501
        assert ada.submit(refused, path, reason="Spam.").status == 303
    assert ada.get("/moderation/log").words.count("by @susan: Spam.") == 2


def test_an_administrator_says_why_and_brings_back_from_the_log(site: Site) -> None:
    post_id = site.post("susan")
    ada = site.browser("ada")
    ada.submit(ada.get(f"/posts/{post_id}"), f"/posts/{post_id}/delete", reason="Spam.")
    susan = site.browser("susan")
    assert susan.post(f"/posts/{post_id}/undelete").status == 403

    log = ada.get("/moderation/log")
    assert "Deleted a post by @susan: Spam." in log.words
    assert ada.submit(log, f"/posts/{post_id}/undelete").status == 303

    assert susan.get(f"/posts/{post_id}").status == 200
    assert site.browser("mary").get("/moderation/log").all(f".//form[@action='/posts/{post_id}/undelete']") == []


def test_the_log_offers_to_bring_back_for_30_days(site: Site) -> None:
    post_id = site.post("susan")
    site.browser("ada").post(f"/posts/{post_id}/delete", {"reason": "Spam."})
    undelete = f"/posts/{post_id}/undelete"

    site.pass_time(days=29)
    assert undelete in site.browser("ada").get("/moderation/log").actions
    site.pass_time(days=1)
    ada = site.browser("ada")
    assert undelete not in ada.get("/moderation/log").actions
    assert ada.post(undelete).status == 404
