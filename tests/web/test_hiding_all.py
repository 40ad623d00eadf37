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


def test_the_author_reads_the_hidden_comments_on_the_appeal_page_and_a_stranger_does_not(site: Site) -> None:
    post_id = site.post("david")
    for number in range(31):
        site.comment("susan", post_id, f"Buy <my> soup {number}!")
    site.browser("mary").post(f"{PERSON}/hide-all", {"reason": "Spam."})
    site.deliver()
    susan = site.browser("susan")
    (link,) = [link for link in susan.get("/settings/record").links if link.startswith("/appeals/")]

    page = susan.get(link)

    texts = page.texts(".//blockquote")
    assert (texts[0], texts[-1], len(texts)) == ("Buy <my> soup 30!", "Buy <my> soup 1!", 30)
    assert page.headers["Cache-Control"] == "no-store"
    (older,) = [element.get("href", "") for element in page.all(".//nav[@class='pager']/a")]
    assert susan.get(older).texts(".//blockquote") == ["Buy <my> soup 0!"]
    assert "The list ends here." in susan.get(f"{link}?before=1").words
    for stranger in ("david", "mary"):
        assert site.browser(stranger).get(link).status == 404

    susan.submit(page, link, text="It was good soup.")

    page = site.browser("ada").get(link)
    assert page.texts(".//blockquote") == texts
    assert len([found for found in page.links if found.startswith("/comments/")]) == 30
    assert site.browser("david").get(link).status == 404
    site.browser("ada").post(f"{link}/decide", {"outcome": "reversed", "reason": "Good soup."})
    site.deliver()
    assert "The comments that it hides" not in susan.get(link).words


def test_an_appeal_page_with_hidden_comments_takes_three_statements(sqlite_site: Site) -> None:
    site = sqlite_site
    site.comment("susan", site.post("david"))
    entry_id = site.container.hiding_all().hide_all(actor_id=site.members["mary"], username="susan", reason="Spam.")
    site.deliver()
    susan = site.browser("susan")

    with site.counting_statements() as asked:
        assert susan.get(f"/appeals/{entry_id}").texts(".//blockquote") != []

    assert len(asked) == 3


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


def test_the_pages_of_what_is_hidden_are_reached_from_a_refused_decision(site: Site) -> None:
    post_id = site.post("david")
    for number in range(site.settings.comments_per_page + 1):
        site.comment("susan", post_id, f"Number {number}.")
    entry_id = site.container.hiding_all().hide_all(actor_id=site.members["mary"], username="susan", reason="Spam.")
    site.deliver()
    site.browser("susan").post(f"/appeals/{entry_id}", {"text": "Why?"})
    ada = site.browser("ada")

    refused = ada.post(f"/appeals/{entry_id}/decide", {"outcome": "upheld", "reason": ""})

    (older,) = [link.get("href", "") for link in refused.all(".//nav[@class='pager']/a")]
    assert older.startswith(f"/appeals/{entry_id}?before=")
    assert "Number 0." in ada.get(older).words
