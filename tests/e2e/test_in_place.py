"""What is done in place leaves the page where it is, and is said; and what people do with links still works."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Browse, Member

pytestmark = [pytest.mark.browser, pytest.mark.sql]


def stay(page: Page) -> None:
    """From here on another page is noticed."""
    page.evaluate("window.here = true")


def has_stayed(page: Page) -> bool:
    return bool(page.evaluate("window.here === true"))


def says(page: Page, words: str | re.Pattern[str]) -> None:
    """Once: aloud, and to be read if it is not for ears only."""
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


def posts(page: Page) -> Locator:
    return page.get_by_role("article")


def show_older(page: Page) -> None:
    shown = posts(page).count()
    page.get_by_role("link", name="Older posts").click()
    expect(posts(page).nth(shown)).to_be_visible()


def test_a_reader_follows_and_unfollows_in_place(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/@hester")
    stay(page)
    followers = page.get_by_role("main").get_by_role("link", name=re.compile("followers?$"))
    before = followers.text_content() or ""
    page.get_by_role("button", name="Follow @hester", exact=True).click()
    says(page, "You now follow @hester.")
    expect(page.get_by_role("button", name="Unfollow @hester", exact=True)).to_be_focused()
    expect(followers).not_to_have_text(before)
    page.get_by_role("button", name="Unfollow @hester", exact=True).click()
    says(page, "You no longer follow @hester.")
    expect(page.get_by_role("button", name="Follow @hester", exact=True)).to_be_focused()
    expect(followers).to_have_text(before)
    assert has_stayed(page)


def test_a_post_is_liked_and_bookmarked_in_place(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    stay(page)
    entry = posts(page).nth(1)
    like, bookmark = entry.get_by_role("button", name="Like"), entry.get_by_role("button", name="Bookmark")
    for pressed, liked, kept in (
        ("true", "You like this post.", "This post is in your bookmarks."),
        ("false", "You no longer like this post.", "This post is no longer in your bookmarks."),
    ):
        for button, words in ((like, liked), (bookmark, kept)):
            button.click()
            says(page, words)
            expect(button).to_have_attribute("aria-pressed", pressed)
            expect(button).to_be_focused()
    assert has_stayed(page)


def test_comments_are_hidden_and_restored_in_place(browse: Browse) -> None:
    page = browse("warden", "Moderator")
    page.goto("/moderation/comments")
    page.goto(f"/comments/{number_of(posts(page).nth(3))}")
    hide_and_restore(page, posts(page).last)


def test_comments_are_hidden_and_restored_in_the_list_of_all(browse: Browse) -> None:
    page = browse("warden", "Moderator")
    page.goto("/moderation/comments")
    hide_and_restore(page, posts(page).nth(6))


def number_of(comment: Locator) -> str:
    return (comment.get_attribute("id") or "").removeprefix("comment-")


def hide_and_restore(page: Page, comment: Locator) -> None:
    comment = page.locator(f"#comment-{number_of(comment)}")
    text = comment.get_by_role("paragraph").last.text_content() or ""
    stay(page)
    comment.get_by_text("Hide…").click()
    comment.get_by_label("Why is it hidden?").fill("It calls names.")
    comment.get_by_role("button", name="Hide this comment").click()
    says(page, "The comment is hidden.")
    assert has_stayed(page)
    expect(comment.locator(":focus")).to_have_count(1)
    expect(comment).to_contain_text("It calls names.")
    comment.get_by_text("Restore…").click()
    comment.get_by_role("button", name="Show this comment again").click()
    says(page, "The comment is shown again.")
    assert has_stayed(page)
    expect(comment.locator(":focus")).to_have_count(1)
    expect(comment).to_contain_text(text)
    expect(comment).not_to_contain_text("It calls names.")


def test_hiding_without_a_reason_shows_the_page_that_asks_for_one(browse: Browse) -> None:
    page = browse("warden", "Moderator")
    page.goto("/moderation/comments")
    posts(page).first.get_by_text("Hide…").click()
    posts(page).first.get_by_label("Why is it hidden?").fill(" ")
    posts(page).first.get_by_label("Why is it hidden?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hide a comment")
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_preview_is_shown_in_place_and_updated_while_typing(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    stay(page)
    preview = page.get_by_role("region", name="Preview")
    page.get_by_label("Title").fill("On snow")
    page.get_by_label("What is on your mind?").fill("It was *very* cold.")
    expect(preview.get_by_role("emphasis")).to_have_text("very")
    expect(preview.get_by_role("heading")).to_have_text("On snow")
    page.get_by_label("What is on your mind?").fill("It was *rather* cold.")
    expect(preview.get_by_role("emphasis")).to_have_text("rather")
    assert has_stayed(page)


@pytest.mark.parametrize("path", ["/", "/write"])
def test_on_a_phone_write_and_preview_are_two_sides_of_one_sheet(browse: Browse, path: str) -> None:
    page = browse("susan", viewport={"width": 390, "height": 844})
    page.goto(path)
    text, preview = page.get_by_label("What is on your mind?"), page.get_by_role("region", name="Preview")
    text.fill("It was *very* cold.")
    publish = page.get_by_role("button", name="Publish")
    top = "(button) => button.getBoundingClientRect().top"
    before = publish.evaluate(top)
    page.get_by_role("tab", name="Preview").click()
    says(page, "Preview, not saved yet")
    expect(preview.get_by_role("emphasis")).to_have_text("very")
    expect(text).to_be_hidden()
    assert abs(publish.evaluate(top) - before) < 100
    page.get_by_role("tab", name="Preview").click()
    assert abs(publish.evaluate(top) - before) < 100
    page.get_by_role("tab", name="Preview").press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(text).to_be_visible()
    expect(preview).to_be_hidden()


def test_yesterday_means_the_previous_calendar_day(browse: Browse) -> None:
    page = browse(timezone_id="UTC")
    page.goto("/")
    told = posts(page).first.locator("time")
    at = datetime.fromisoformat(told.get_attribute("datetime") or "")
    midnight = at.replace(hour=0, minute=0, second=0)
    for now, words in (
        (at + timedelta(minutes=30), "30 minutes ago"),
        (at + timedelta(hours=22), "22 hours ago"),
        (midnight + timedelta(days=1, hours=23, minutes=59), "yesterday"),
        (midnight + timedelta(days=2, minutes=1), "2 days ago"),
    ):
        page.clock.set_fixed_time(now)
        page.reload()
        expect(told).to_have_text(words)


def test_whoever_signs_in_first_gets_the_time_zone_of_the_browser(browse: Browse, member: Member) -> None:
    for zone in ("Australia/Lord_Howe", "Europe/Berlin"):
        page = browse(timezone_id=zone)
        page.goto("/login")
        page.get_by_label("Email address or username").fill(member("zoe"))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.goto("/settings/profile")
        expect(page.get_by_label("Time zone")).to_have_value("Australia/Lord_Howe")


def test_pressing_twice_loads_older_posts_once(browse: Browse) -> None:
    page = browse()
    page.goto("/")
    page.get_by_role("link", name="Older posts").dblclick()
    says(page, "20 more posts")
    expect(posts(page)).to_have_count(40)


def test_without_a_connection_the_list_stays_and_shows_an_error(browse: Browse) -> None:
    page = browse()
    page.goto("/")
    stay(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="Older posts").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection just now")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.context.set_offline(False)
    show_older(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert has_stayed(page)


def test_older_posts_are_added_to_the_list_until_the_last(browse: Browse) -> None:
    page = browse()
    page.goto("/")
    stay(page)
    address = page.url
    show_older(page)
    says(page, "20 more posts")
    while page.get_by_role("link", name="Older posts").count():
        shown = posts(page).count()
        show_older(page)
        says(page, re.compile(r"\d+ more posts?"))
        expect(posts(page)).not_to_have_count(shown)
    titles = posts(page).get_by_role("heading").get_by_role("link")
    addresses = titles.evaluate_all("(all) => all.map((one) => one.href)")
    assert len(set(addresses)) == len(addresses) > 20
    expect(page.get_by_role("link", name="Older posts")).to_have_count(0)
    assert page.url == address
    assert has_stayed(page)
    page.reload()
    expect(posts(page)).to_have_count(20)


@pytest.mark.parametrize("how", [{"modifiers": ["ControlOrMeta"]}, {"button": "middle"}], ids=["Ctrl", "middle button"])
def test_older_posts_can_be_opened_in_a_new_tab(browse: Browse, how: dict) -> None:
    page = browse()
    page.goto("/")
    newest = posts(page).first.text_content() or ""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Older posts").click(**how)
    expect(posts(opened.value)).to_have_count(20)
    expect(posts(opened.value).filter(has_text=newest)).to_have_count(0)
    expect(posts(page)).to_have_count(20)


def test_a_reader_who_goes_back_to_older_posts_keeps_their_place(browse: Browse) -> None:
    page = browse()
    page.goto("/")
    show_older(page)
    show_older(page)
    shown = posts(page).count()
    post = posts(page).get_by_role("heading").get_by_role("link").last
    title = post.text_content() or ""
    post.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back(wait_until="commit")
    expect(posts(page)).to_have_count(shown)
    expect(page.get_by_role("link", name=title, exact=True)).to_be_in_viewport()


def test_a_comment_is_answered_below_it(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    page.get_by_role("link", name=re.compile("^[0-9]+ comments$")).first.click()
    comment = posts(page).nth(1)
    link, text = comment.get_by_role("link", name="Answer"), page.get_by_label("Write a comment")
    below = comment.locator("xpath=following-sibling::*[1]").locator("textarea")
    stay(page)
    link.click()
    expect(below).to_be_focused()
    says(page, "You answer @")
    text.fill("Not at all.")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(below).to_have_count(0)
    expect(text).to_have_value("Not at all.")
    link.click()
    expect(below).to_have_value("Not at all.")
    assert has_stayed(page)
    # A draft comes back with what it answers.
    page.reload()
    expect(below).to_have_value("Not at all.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your comment is published.")).to_be_visible()
    expect(posts(page).filter(has_text="Not at all.").get_by_role("link", name="Answers ")).to_be_visible()
