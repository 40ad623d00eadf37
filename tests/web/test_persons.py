"""The page of a person for moderators, and its notes."""

from tests.web.site import Site

PERSON = "/moderation/people/susan"


def test_a_moderator_notes_and_only_moderators_read_it(site: Site) -> None:
    mary = site.browser("mary")

    done = mary.submit(mary.get(PERSON), f"{PERSON}/note", text="Writes under three names.")

    assert (done.status, done.location) == (303, PERSON)
    page = mary.follow(done)
    assert "Noted. Only moderators read it." in page.words
    assert page.words.count("Writes under three names.") == 2
    log = mary.get("/moderation/log")
    assert "Noted about" in log.words
    assert "Writes under three names." in log.words
    site.deliver()
    susan = site.browser("susan")
    for path in ("/settings/record", "/@susan", "/settings/account"):
        assert "three names" not in susan.get(path).words


def test_a_note_that_says_nothing_is_refused_at_its_field(site: Site) -> None:
    page = site.browser("mary").post(f"{PERSON}/note", {"text": " "})

    assert (page.status, page.errors) == (422, {"text": "Please fill this in."})


def test_the_page_says_who_somebody_is_and_what_they_wrote_last(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.", "On soup")
    comment_id = site.comment("susan", post_id, "With leeks.")
    site.hide("mary", comment_id)

    page = site.browser("mary").get(PERSON)

    assert "Member since" in page.words
    assert "1 post, 1 comment" in page.words
    assert {f"/posts/{post_id}", f"/comments/{comment_id}"} <= set(page.links)
    assert "A comment: On soup hidden" in page.words


def test_the_pages_of_the_record_are_reached_from_a_refused_form(site: Site) -> None:
    for number in range(site.settings.comments_per_page + 1):
        site.pass_time(seconds=1)
        site.container.sanctions().sanction(
            actor_id=site.members["mary"], username="susan", act="warn", days="", reason=f"Number {number}.", rule=""
        )
    mary = site.browser("mary")

    refused = mary.post(f"{PERSON}/note", {"text": ""})

    (older,) = [link.get("href", "") for link in refused.all(".//nav[@class='pager']/a")]
    assert older.startswith(f"{PERSON}?before=")
    assert "Number 0." in mary.get(older).words
