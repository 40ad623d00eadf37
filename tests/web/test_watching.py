"""The button that watches a post."""

from tests.web.site import Site


def test_watching_is_a_button_below_the_post_that_says_what_happens(site: Site) -> None:
    post_id = site.post("susan")
    david = site.browser("david")
    thread = david.get(f"/posts/{post_id}")
    (button,) = thread.all(".//button[@name='watch']")
    assert (button.text, button.get("title")) == ("Watch", "Be told of new comments below this post.")

    page = david.submit(thread, f"/posts/{post_id}/watch")

    assert (page.status, page.location) == (303, f"/posts/{post_id}")
    shown = david.follow(page)
    assert shown.flashes == ["You watch this post: you are told of new comments below it."]
    (button,) = shown.all(".//button[@name='watch']")
    assert button.text == "Stop watching"
    page = david.submit(shown, f"/posts/{post_id}/unwatch")
    assert david.follow(page).flashes == ["You no longer watch this post."]


def test_visitors_and_who_is_not_confirmed_have_no_such_button(site: Site) -> None:
    post_id = site.post("susan")

    for browser in (site.browser(), site.browser("ulla")):
        assert browser.get(f"/posts/{post_id}").all(".//button[@name='watch']") == []
