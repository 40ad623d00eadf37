"""Hides all that a member published from their page, and restores it."""

from tests.web.site import Site

PERSON = "/moderation/people/susan"


def test_a_moderator_hides_everything_and_restores_it(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.", "On soup")
    mary, visitor = site.browser("mary"), site.browser()
    page = mary.get(PERSON)
    assert f"{PERSON}/restore-all" not in page.actions

    done = mary.submit(page, f"{PERSON}/hide-all", reason="Spam.", rule="2")
    site.deliver()

    assert (done.status, done.location) == (303, PERSON)
    assert visitor.get(f"/posts/{post_id}").status == 404
    page = mary.follow(done)
    assert "Hid all that @susan had published: Spam." in page.texts(".//p[@class='hush']")
    assert "1 post or comment." in page.words
    susan = site.browser("susan")
    assert "A moderator has hidden all that you had published." in susan.get("/settings/record").words

    done = mary.submit(page, f"{PERSON}/restore-all", reason="A mistake.")
    site.deliver()

    assert (done.status, done.location) == (303, PERSON)
    assert visitor.get(f"/posts/{post_id}").status == 200
    assert f"{PERSON}/restore-all" not in mary.follow(done).actions
    assert "shows again what was hidden of yours at once." in susan.get("/settings/record").words


def test_what_is_wrong_is_told_at_its_field(site: Site) -> None:
    mary = site.browser("mary")

    page = mary.post(f"{PERSON}/hide-all", {"reason": " ", "rule": "all"})
    assert page.status == 422
    assert page.errors == {
        "hide-all-reason": "Please fill this in.",
        "hide-all-rule": "Please give the number of the rule, or “law”.",
    }

    page = mary.post(f"{PERSON}/restore-all", {"reason": " "})
    assert (page.status, page.errors) == (422, {"restore-all-reason": "Please fill this in."})
    page = mary.post(f"{PERSON}/restore-all", {"reason": "A mistake."})
    assert page.status == 409
    assert "somebody else has restored it" in page.words
