"""Answers on the page of a post: the link, the form, and who answers whom."""

from tests.web.browser import Browser, Page
from tests.web.site import Site


def form_to_answer(browser: Browser, post_id: int, comment_id: int) -> Page:
    return browser.get(f"/posts/{post_id}?reply_to={comment_id}")


def comment_on(page: Page, comment_id: int) -> str:
    return page.text_of(page.only(f".//article[@id='comment-{comment_id}']"))


def test_an_answer_says_whom_it_answers_and_the_comment_who_answers_it(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id, "Leeks, *always*.")
    browser = site.browser("david")
    link = f"/posts/{post_id}?reply_to={comment_id}#comment-form"
    assert link in browser.get(f"/posts/{post_id}").links

    page = form_to_answer(browser, post_id, comment_id)
    shown = page.text_of(page.only(".//div[@class='answering']"))
    assert "You answer @susan." in shown
    assert "Leeks, always." in shown
    answer = browser.submit(page, f"/posts/{post_id}/comments#body", body="Never.")

    assert answer.status == 303
    done = browser.follow(answer)
    answer_id = int(answer.location.rpartition("-")[2])
    assert "Answers @susan" in comment_on(done, answer_id)
    assert "Answers: @david" in comment_on(done, comment_id)
    for reader in (None, "david"):
        links = site.browser(reader).get(f"/posts/{post_id}").links
        assert {f"/comments/{comment_id}", f"/comments/{answer_id}"} <= set(links)


def test_the_form_of_the_post_answers_nobody(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("david")
    page = browser.get(f"/posts/{post_id}")
    assert page.only(".//div[@class='answering']").get("hidden") is not None
    assert page.form(f"/posts/{post_id}/comments#body")["reply_to"] == ""

    done = browser.follow(browser.submit(page, f"/posts/{post_id}/comments#body", body="Soup."))

    assert "Answers" not in done.words


def test_a_comment_that_cannot_be_answered_has_no_form(site: Site) -> None:
    post_id = site.post("susan")
    hidden, deleted = (site.comment("susan", post_id) for _ in range(2))
    elsewhere = site.comment("susan", site.post("susan"))
    site.hide("mary", hidden)
    site.container.comments().delete(actor_id=site.members["susan"], comment_id=deleted)
    browser = site.browser("david")

    for value in (hidden, deleted, elsewhere, 7, "x", "0", 2**63):
        assert browser.get(f"/posts/{post_id}?reply_to={value}").status == 404, value
    links = browser.get(f"/posts/{post_id}").links
    assert not any("reply_to" in link for link in links)


def test_a_text_is_kept_when_what_it_answers_is_gone(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    browser = site.browser("david")
    page = form_to_answer(browser, post_id, comment_id)
    site.container.comments().delete(actor_id=site.members["susan"], comment_id=comment_id)

    for more, status in (({}, 422), ({"preview": "1"}, 200)):
        with site.unchanged():
            kept = browser.submit(page, f"/posts/{post_id}/comments#body", body="But *why*?", **more)
        assert kept.status == status
        assert "This comment cannot be answered: it is hidden, or gone, or below another post." in kept.words
        form = kept.form(f"/posts/{post_id}/comments#body")
        assert (form["body"], form["reply_to"]) == ("But *why*?", "")

    assert browser.submit(kept, f"/posts/{post_id}/comments#body").status == 303


def test_a_value_that_is_no_id_keeps_the_text(site: Site) -> None:
    post_id = site.post("susan")
    browser = site.browser("david")

    with site.unchanged():
        page = browser.post(f"/posts/{post_id}/comments", {"body": "Soup.", "reply_to": "x"})

    assert page.status == 422
    assert page.form(f"/posts/{post_id}/comments#body")["body"] == "Soup."


def test_a_preview_still_answers(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    browser = site.browser("david")

    page = form_to_answer(browser, post_id, comment_id)
    preview = browser.submit(page, f"/posts/{post_id}/comments#body", body="Never.", preview="1")

    assert preview.form(f"/posts/{post_id}/comments#body")["reply_to"] == str(comment_id)
    assert "You answer @susan." in preview.words


def test_who_may_not_comment_has_no_link_to_answer(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    for name in (None, "ulla"):
        page = site.browser(name).get(f"/posts/{post_id}?reply_to={comment_id}")
        assert page.status == 200
        assert "You answer" not in page.words
        assert not any("reply_to" in link for link in page.links)

    site.container.posts().close(actor_id=site.members["susan"], post_id=post_id)
    assert not any("reply_to" in link for link in site.browser("david").get(f"/posts/{post_id}").links)


def test_an_answer_to_what_is_gone_says_so(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    answer_id = site.container.comments().write(
        actor_id=site.members["david"], post_id=post_id, body="Never.", reply_to=comment_id
    )
    site.container.comments().delete(actor_id=site.members["susan"], comment_id=comment_id)

    for reader in (None, "david"):
        page = site.browser(reader).get(f"/posts/{post_id}")
        assert "Answers a comment that is gone." in comment_on(page, answer_id)
        assert f"/comments/{comment_id}" not in page.links


def test_more_than_ten_answers_are_not_all_named(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    for _ in range(11):
        site.pass_time(minutes=1)
        site.container.comments().write(
            actor_id=site.members["david"], post_id=post_id, body="Never.", reply_to=comment_id
        )

    shown = comment_on(site.browser().get(f"/posts/{post_id}"), comment_id)

    assert shown.count("@david") == 10
    assert "…" in shown
