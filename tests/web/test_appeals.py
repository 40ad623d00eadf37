"""One's record, an appeal and its decision, on the pages."""

from domain.roles import Role
from tests.web.site import Site


def silence(site: Site, *, name: str = "susan", by: str = "mary") -> str:
    """The path of the appeal."""
    found: int = site.container.sanctions().sanction(
        actor_id=site.members[by], username=name, act="silence", days="7", reason="Rude to <others>.", rule="law"
    )
    return f"/appeals/{found}"


def test_an_empty_record_is_said_in_kind_words(site: Site) -> None:
    page = site.browser("susan").get("/settings/record")

    assert "No moderator had to decide anything about you" in page.words
    assert "/settings/record" in site.browser("susan").get("/settings/profile").links


def test_a_record_says_what_why_until_when_and_names_no_moderator(site: Site) -> None:
    post_id = site.post("david")
    site.hide("mary", site.comment("susan", post_id, "Buy <my> soup!"), "Spam.")
    link = silence(site)

    page = site.browser("susan").get("/settings/record")

    assert page.texts(".//ul[@class='roll']/li/div/p[1]") == [
        "A moderator has silenced you.",
        "A moderator has hidden a comment of yours.",
    ]
    assert "The reason: Rude to <others>. (the law)" in page.words
    assert "holds until 8 March 2026" in page.words
    assert link in page.links
    assert "mary" not in page.words
    assert page.headers["Cache-Control"] == "no-store"


def test_the_author_of_a_hidden_comment_reads_it_on_the_appeal_page(site: Site) -> None:
    site.hide("mary", site.comment("susan", site.post("david"), "Buy <my> soup!"), "Spam.")
    susan = site.browser("susan")
    (link,) = [link for link in susan.get("/settings/record").links if link.startswith("/appeals/")]

    page = susan.get(link)

    assert page.texts(".//blockquote") == ["Buy <my> soup!"]
    assert page.headers["Cache-Control"] == "no-store"
    assert site.browser("david").get(link).status == 404
    assert site.browser().get(link).location == f"/login?next={link}"


def test_an_appeal_from_the_mail_to_the_reversal(site: Site) -> None:
    link = silence(site)
    site.deliver()
    assert f"{site.settings.base_url}{link}\n" in site.postbox.newest_to("susan@example.com").text
    susan, mary, ada = (site.browser(name) for name in ("susan", "mary", "ada"))

    sent = susan.submit(susan.get(link), link, text="I was <not>.")

    assert (sent.status, sent.location) == (303, link)
    page = susan.follow(sent)
    assert "I was <not>." in page.words
    assert "appealed, not decided yet" in page.words
    assert link not in page.actions
    assert susan.post(link, {"text": "Again!"}).status == 409
    assert link in mary.get("/moderation/appeals").links
    assert "Somebody else decides this" in mary.get(link).words
    refused = mary.post(f"{link}/decide", {"outcome": "upheld", "reason": "No."})
    assert (refused.status, refused.heading) == (403, "Not sent")
    assert "Somebody else decides this: not whoever did it, and not whom it concerns." in refused.words
    decided = ada.submit(ada.get(link), f"{link}/decide", outcome="reversed", reason="Fair.")
    assert (decided.status, decided.location) == (303, link)
    assert mary.post(f"{link}/decide", {"outcome": "upheld", "reason": "No."}).status in (403, 409)
    assert "No appeal waits." in mary.get("/moderation/appeals").words
    page = susan.get(link)
    assert "The decision is undone" in page.words
    assert "The reason: Fair." in page.words
    assert susan.post("/posts", {"body": "Words."}).status == 303
    site.deliver()
    assert "It is undone." in site.postbox.newest_to("susan@example.com").text


def test_an_appeal_without_a_text_and_a_decision_without_a_reason_show_their_forms_again(site: Site) -> None:
    link = silence(site)
    susan, ada = site.browser("susan"), site.browser("ada")

    page = susan.post(link, {"text": "x" * 2_001})
    assert (page.status, page.errors) == (422, {"text": "This has 2,001 characters; at most 2,000 fit."})
    assert page.form(link)["text"].strip() == "x" * 2_001
    susan.post(link, {"text": "I was not."})
    page = ada.post(f"{link}/decide", {"outcome": "", "reason": ""})
    assert (page.status, page.errors) == (
        422,
        {"outcome": "Please choose one of these.", "reason": "Please fill this in."},
    )
    assert "I was not." in page.words


def test_the_only_moderator_is_told_that_they_decide_alone(site: Site) -> None:
    site.container.members().set_standing(username="david", role=Role.ADMINISTRATOR)
    site.container.members().set_standing(username="ada", role=Role.USER)
    link = silence(site, by="mary")
    site.browser("susan").post(link, {"text": "I was not."})
    mary = site.browser("mary")
    assert "You did this yourself." not in mary.get(link).words
    site.container.members().set_standing(username="ada", role=Role.ADMINISTRATOR)
    site.container.members().set_standing(username="david", role=Role.USER)
    site.container.members().set_standing(username="ada", confirmed=True)

    assert f"{link}/decide" not in mary.get(link).actions


def test_moderators_look_at_appeals_only(site: Site) -> None:
    link = silence(site)

    assert site.browser("mary").get(link).status == 404
    assert site.browser("david").get("/moderation/appeals").status == 403


def test_who_is_too_late_reads_that(site: Site) -> None:
    link = silence(site)
    site.pass_time(days=190)
    susan = site.browser("susan")

    assert link not in susan.get(link).actions
    page = susan.post(link, {"text": "I was not."})
    assert page.status == 409
    assert "more than six months ago" in page.words
    assert link not in susan.get("/settings/record").links


def test_a_record_takes_two_statements(sqlite_site: Site) -> None:
    site = sqlite_site
    link = silence(site)
    susan = site.browser("susan")

    for path in ("/settings/record", link):
        with site.counting_statements() as asked:
            assert susan.get(path).status == 200
        assert len(asked) == 2, path
