"""Nothing that somebody has typed is lost, whatever happens to the tab, the session or the connection; and nothing is
published twice."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Browse, Member, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.sql]

TITLE = "A walk in the snow"
LONG = "\n\n".join(f"It was *very* cold, for {day} days." for day in range(2, 9))


def title_of(page: Page) -> Locator:
    return page.get_by_label("Title")


def text_of(page: Page) -> Locator:
    return page.get_by_label("What is on your mind?")


def write(page: Page, title: str, body: str) -> None:
    page.goto("/")
    title_of(page).fill(title)
    text_of(page).fill(body)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()


def is_published(page: Page, title: str) -> None:
    expect(page.get_by_text("Your post is published")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def draft_note(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="Your unpublished draft is back")


def times_published(page: Page, title: str) -> int:
    page.goto("/")
    return page.get_by_role("article").get_by_role("heading", name=title, exact=True).count()


def end_all_sessions(browse: Browse, name: str) -> None:
    elsewhere = browse(name)
    elsewhere.goto("/settings/sessions")
    elsewhere.get_by_role("button", name="Sign out everywhere").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_closed_tab_loses_nothing(browse: Browse) -> None:
    page = browse("susan")
    write(page, TITLE, LONG)
    page.close()
    page = page.context.new_page()
    page.goto("/")
    expect(title_of(page)).to_have_value(TITLE)
    expect(text_of(page)).to_have_value(LONG)
    draft_note(page).get_by_role("button", name="Throw it away").click()
    expect(text_of(page)).to_have_value("")
    expect(draft_note(page)).to_have_count(0)
    page.reload()
    expect(text_of(page)).to_have_value("")


def test_a_session_that_ends_loses_nothing(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Before the session ended", LONG)
    end_all_sessions(browse, "susan")
    publish(page)
    page.get_by_role("navigation").get_by_role("link", name="Sign in").click()
    sign_in(page, "susan@example.com")
    expect(draft_note(page)).to_be_visible()
    expect(title_of(page)).to_have_value("Before the session ended")
    expect(text_of(page)).to_have_value(LONG)
    publish(page)
    is_published(page, "Before the session ended")
    assert times_published(page, "Before the session ended") == 1
    expect(text_of(page)).to_have_value("")


def test_without_a_connection_nothing_is_lost_and_then_it_is_published_once(browse: Browse) -> None:
    page = browse("susan")
    write(page, "From the train", LONG)
    page.context.set_offline(True)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_have_text("No preview just now. What you wrote is still here.")
    publish(page)
    expect(page.locator("form").get_by_role("alert")).to_contain_text("There is no connection just now")
    expect(title_of(page)).to_have_value("From the train")
    expect(text_of(page)).to_have_value(LONG)
    page.context.set_offline(False)
    publish(page)
    is_published(page, "From the train")
    assert times_published(page, "From the train") == 1
    expect(text_of(page)).to_have_value("")


def test_a_link_pasted_over_words_makes_them_a_link(browse: Browse) -> None:
    page = browse("susan")
    write(page, "https://example.com/snow?deep=1", "the report")
    title_of(page).press("Control+A")
    title_of(page).press("Control+X")
    text_of(page).press("Control+A")
    text_of(page).press("Control+V")
    expect(text_of(page)).to_have_value("[the report](https://example.com/snow?deep=1)")
    text_of(page).press("Control+Z")
    expect(text_of(page)).to_have_value("the report")


def test_what_is_published_is_no_draft_any_more(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Once and for all", LONG)
    publish(page)
    is_published(page, "Once and for all")
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, susan.")
    expect(draft_note(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("toolbar")).to_have_count(1)
    expect(draft_note(page)).to_have_count(0)


def test_what_is_published_does_not_stay_in_the_form(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Over and done", LONG)
    publish(page)
    is_published(page, "Over and done")
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, susan.")
    expect(text_of(page)).to_have_value("", timeout=1_000)


def test_a_text_that_follows_a_refused_title_is_back_after_a_reload(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Only a title", "")
    publish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    text_of(page).fill(LONG)
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(text_of(page)).to_have_value(LONG)


def test_nothing_is_published_twice(browse: Browse, scripted: bool) -> None:
    page = browse("susan", java_script_enabled=scripted)
    title = f"Twice {scripted}"
    write(page, title, LONG)
    page.get_by_role("button", name="Publish").dblclick()
    is_published(page, title)
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, susan.")
    if not scripted:
        publish(page)
        expect(page).not_to_have_url(re.compile("/$"))
    assert times_published(page, title) == 1


def test_two_members_on_one_computer_never_see_each_others_drafts(browse: Browse, member: Member) -> None:
    page = browse("susan")
    write(page, "What only susan may read", LONG)
    for name, other in (("susan", "ruth"), ("ruth", "susan")):
        end_all_sessions(browse, name)
        sign_in(page, member(other))
        page.goto("/")
        if other == "ruth":
            expect(text_of(page)).to_have_value("")
            text_of(page).fill("What only ruth may read")
    expect(title_of(page)).to_have_value("What only susan may read")
    expect(text_of(page)).to_have_value(LONG)


def test_who_signs_out_leaves_nothing_behind(browse: Browse) -> None:
    page = browse("susan")
    write(page, "What nobody may read", LONG)
    page.get_by_role("banner").get_by_text("susan").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    sign_in(page, "susan@example.com")
    expect(text_of(page)).to_have_value("")


def test_a_refused_form_keeps_what_was_typed_until_it_is_published(browse: Browse, scripted: bool) -> None:
    page = browse("susan", java_script_enabled=scripted)
    is_refused_and_then_published(browse, page, f"Sent again {scripted}")
    assert times_published(page, f"Sent again {scripted}") == 1


def test_a_refused_form_that_was_published_is_no_draft_any_more(browse: Browse) -> None:
    page = browse("susan")
    is_refused_and_then_published(browse, page, "No draft any more")
    page.goto("/")
    expect(page.get_by_role("toolbar")).to_have_count(1)
    assert text_of(page).input_value() == ""


def is_refused_and_then_published(browse: Browse, page: Page, title: str) -> None:
    """One signs in in a new tab, as the page proposes, comes back, and presses for as long as the text is in a form."""
    kept = page.get_by_label("Text", exact=True)
    write(page, title, LONG)
    end_all_sessions(browse, "susan")
    publish(page)
    expect(title_of(page)).to_have_value(title)
    expect(kept).to_have_value(LONG)
    with page.context.expect_page() as opened:
        page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(opened.value, "susan@example.com")
    while kept.count():
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button").click()
    is_published(page, title)
