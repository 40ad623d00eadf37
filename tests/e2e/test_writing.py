"""Nothing that somebody has typed is lost, whatever happens to the tab, the session or the connection; and nothing is
published twice."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import PASSWORD, Browse, Member, has_scripts, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.sql]

TITLE = "A walk in the snow"
LONG = "\n\n".join(f"It was *very* cold, for {day} days." for day in range(2, 9))


def title_of(page: Page) -> Locator:
    return page.get_by_label("Title")


def text_of(page: Page) -> Locator:
    return page.get_by_label("What is on your mind?")


def write(page: Page, title: str, body: str) -> None:
    page.goto("/")
    open_form(page)
    title_of(page).fill(title)
    text_of(page).fill(body)


def open_form(page: Page) -> None:
    """On the first page it is one line until somebody comes to it."""
    text_of(page).focus()


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


def test_a_closed_tab_loses_no_text(browse: Browse) -> None:
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
    has_scripts(page)
    expect(text_of(page)).to_have_value("")


def test_an_ended_session_loses_no_text(browse: Browse) -> None:
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


def test_a_post_sent_without_a_connection_is_kept_and_later_published_once(browse: Browse) -> None:
    page = browse("susan")
    write(page, "From the train", LONG)
    page.context.set_offline(True)
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("alert")).to_have_text("No preview just now. What you wrote is still here.")
    page.get_by_role("tab", name="Write").click()
    publish(page)
    expect(page.locator("form").get_by_role("alert")).to_contain_text("There is no connection just now")
    expect(title_of(page)).to_have_value("From the train")
    expect(text_of(page)).to_have_value(LONG)
    page.context.set_offline(False)
    publish(page)
    is_published(page, "From the train")
    assert times_published(page, "From the train") == 1
    expect(text_of(page)).to_have_value("")


def test_a_link_pasted_over_selected_words_links_them(browse: Browse) -> None:
    page = browse("susan")
    write(page, "https://example.com/snow?deep=1", "the report")
    title_of(page).press("Control+A")
    title_of(page).press("Control+X")
    text_of(page).press("Control+A")
    text_of(page).press("Control+V")
    expect(text_of(page)).to_have_value("[the report](https://example.com/snow?deep=1)")
    text_of(page).press("Control+Z")
    expect(text_of(page)).to_have_value("the report")


def test_a_published_text_is_no_longer_a_draft(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Once and for all", LONG)
    publish(page)
    is_published(page, "Once and for all")
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, susan.")
    expect(draft_note(page)).to_have_count(0)
    page.reload()
    has_scripts(page)
    expect(draft_note(page)).to_have_count(0)


def test_a_published_text_does_not_stay_in_the_form(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Over and done", LONG)
    publish(page)
    is_published(page, "Over and done")
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, susan.")
    expect(text_of(page)).to_have_value("", timeout=1_000)


def test_a_published_text_does_not_come_back_without_the_page_cache(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    page.evaluate("addEventListener('unload', () => {})")  # no page with one is kept
    open_form(page)
    title_of(page).fill("Over and done twice")
    text_of(page).fill(LONG)
    publish(page)
    is_published(page, "Over and done twice")
    page.go_back(wait_until="commit")
    has_scripts(page)
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "back_forward"
    expect(text_of(page)).to_have_value("")
    expect(draft_note(page)).to_have_count(0)


def test_an_author_who_leaves_the_page_and_returns_finds_title_and_text(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    page.evaluate("addEventListener('unload', () => {})")  # no page with one is kept
    open_form(page)
    title_of(page).fill("On the way")
    text_of(page).fill(LONG)
    page.get_by_role("link", name="comments").first.click()
    expect(page.get_by_label("Write a comment")).to_be_visible()
    page.go_back(wait_until="commit")
    has_scripts(page)
    expect(title_of(page)).to_have_value("On the way")
    expect(text_of(page)).to_have_value(LONG)


def test_a_text_typed_after_a_refused_title_is_restored_after_a_reload(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Only a title", "")
    publish(page)
    expect(page.get_by_role("alert")).to_be_visible()
    text_of(page).fill(LONG)
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(text_of(page)).to_have_value(LONG)


def test_a_post_is_not_published_twice(browse: Browse, scripted: bool) -> None:
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


def test_a_member_finds_their_draft_after_signing_out_and_in(browse: Browse) -> None:
    page = browse("susan")
    write(page, "For tomorrow", LONG)
    page.get_by_role("banner").get_by_text("Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    sign_in(page, "susan@example.com")
    expect(title_of(page)).to_have_value("For tomorrow")
    expect(text_of(page)).to_have_value(LONG)


def test_only_deleting_the_account_removes_drafts(browse: Browse) -> None:
    page = browse("leaver")
    write(page, "Last words", LONG)
    for password in ("not this one", PASSWORD):
        page.goto("/settings/account")
        page.get_by_label("Your password").fill(password)
        page.get_by_role("button", name="Delete my account").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_be_visible()
            page.goto("/")
            expect(title_of(page)).to_have_value("Last words")
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_each_tab_keeps_its_own_text_when_another_publishes(browse: Browse) -> None:
    page = browse("susan")
    write(page, "In the first tab", LONG)
    other = page.context.new_page()
    other.goto("/")
    has_scripts(other)
    expect(draft_note(other)).to_have_count(0)
    expect(text_of(other)).to_have_value("")
    open_form(other)
    title_of(other).fill("In the second tab")
    text_of(other).fill("Quite another text.")
    publish(page)
    is_published(page, "In the first tab")
    other.reload()
    expect(title_of(other)).to_have_value("In the second tab")
    other.close()
    page.goto("/")
    expect(title_of(page)).to_have_value("In the second tab")
    expect(text_of(page)).to_have_value("Quite another text.")
    publish(page)
    is_published(page, "In the second tab")
    page.goto("/")
    has_scripts(page)
    expect(text_of(page)).to_have_value("")


def test_an_open_tab_keeps_its_text_whatever_another_does_and_leaves_it_when_closed(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Still open", LONG)
    for other in (page.context.new_page(), page.context.new_page()):
        other.goto("/")
        has_scripts(other)
        expect(text_of(other)).to_have_value("")
        other.reload()
    page.close()
    other.reload()
    expect(title_of(other)).to_have_value("Still open")
    expect(text_of(other)).to_have_value(LONG)


def test_a_text_typed_before_the_script_loads_is_kept(browse: Browse) -> None:
    page = browse("susan")
    write(page, "An older draft", LONG)
    waiting: list[Route] = []
    page.route("**/editor.js", lambda route: waiting.append(route))  # noqa: PLW0108 - no builtin, please
    page.reload(wait_until="commit")
    text_of(page).fill("Typed at once.")
    page.wait_for_function("document.readyState === 'interactive'")
    waiting[0].continue_()
    has_scripts(page)
    expect(text_of(page)).to_have_value("Typed at once.")
    page.unroute("**/editor.js")
    page.reload()
    expect(text_of(page)).to_have_value("Typed at once.")
    draft_note(page).get_by_role("button", name="Throw it away").click()
    page.reload()
    expect(text_of(page)).to_have_value(LONG)


def test_a_discarded_draft_can_be_restored(browse: Browse) -> None:
    page = browse("susan")
    write(page, TITLE, LONG)
    page.reload()
    draft_note(page).get_by_role("button", name="Throw it away").click()
    expect(text_of(page)).to_have_value("")
    page.get_by_role("button", name="Bring it back").click()
    expect(draft_note(page).get_by_role("button", name="Throw it away")).to_be_focused()
    expect(title_of(page)).to_have_value(TITLE)
    page.reload()
    expect(text_of(page)).to_have_value(LONG)


def test_a_draft_of_an_older_version_is_shown_beside_the_newer_one(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Two hands", "It was cold.")
    publish(page)
    is_published(page, "Two hands")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Text").fill("It was cold, and I said so.")
    page.close()
    page = page.context.new_page()
    elsewhere = browse("warden", "Administrator")
    elsewhere.goto("/")
    elsewhere.get_by_role("link", name="Two hands", exact=True).click()
    elsewhere.get_by_role("link", name="Edit", exact=True).click()
    elsewhere.get_by_label("Text").fill("It was not so cold.")
    elsewhere.get_by_role("button", name="Save").click()
    expect(elsewhere.get_by_text("The post is saved")).to_be_visible()
    page.goto(f"{elsewhere.url}/edit")
    expect(draft_note(page)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("It was not so cold.")
    expect(page.get_by_label("Text")).to_have_value("It was cold, and I said so.")


def test_a_failed_preview_keeps_the_author_on_the_page(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    text_of(page).fill(LONG)
    expect(page.get_by_role("region", name="Preview")).to_be_visible()
    end_all_sessions(browse, "susan")
    text_of(page).press_sequentially("And on.")
    expect(page.get_by_role("alert")).to_have_text("No preview just now. What you wrote is still here.")
    expect(text_of(page)).to_be_focused()
    text_of(page).press_sequentially(" And on.")
    expect(text_of(page)).to_have_value(f"{LONG}And on. And on.")


TOOLS = [
    ("a word |here| now", "Control+b", "a word **here** now"),
    ("a word **|here|** now", "Control+b", "a word here now"),
    ("a word |here |now", "Control+i", "a word *here* now"),
    ("a **|word|**", "Control+i", "a ***word***"),
    ("the |report|", "Control+k", "the [report](https://)"),
    ("one\nt|wo", "Heading", "one\n## two"),
    ("## t|wo", "Heading", "two"),
    ("|one\ntwo\n|three", "List", "- one\n- two\nthree"),
    ("|- one\n- two|", "List", "one\ntwo"),
    ("t|wo", "Quotation", "> two"),
    ("|a = 1\nb = 2|", "Code", "```\na = 1\nb = 2\n```"),
    ("|a|", "Code", "`a`"),
    ("- one|", "Enter", "- one\n- "),
    ("9. one|", "Enter", "9. one\n10. "),
    ("- one\n- |", "Enter", "- one\n"),
    ("> one|", "Enter", "> one\n> "),
    ("one|", "Enter", "one\n"),
    ("- |rest", "Enter", "- \n- rest"),
    ("|**bold**", "Control+b", "****" + "**bold**"),
    ("|*a*", "Control+i", "***a*"),
    ("|`a` b", "Code", "```a` b"),
    ("|", "Table", "| Column | Column |\n| --- | --- |\n|  |  |\n"),
    ("one|", "Table", "one\n\n| Column | Column |\n| --- | --- |\n|  |  |\n"),
]


def test_toolbar_and_shortcuts_write_markdown_that_can_be_undone(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    text_of(page).focus()
    for marked, act, expected in TOOLS:
        before, *chosen, after = marked.split("|")
        text = "".join((before, *chosen, after))
        text_of(page).fill(text)
        text_of(page).evaluate(
            "(area, [from, to]) => area.setSelectionRange(from, to)", [len(before), len(before) + len("".join(chosen))]
        )
        if act == "Enter" or act.startswith("Control"):
            text_of(page).press(act)
        else:
            page.get_by_role("button", name=act, exact=True).click()
        assert text_of(page).input_value() == expected, (marked, act)
        text_of(page).press("Control+Z")
        assert text_of(page).input_value() == text, (marked, act)


def test_a_refused_form_keeps_what_was_typed_until_it_is_published(browse: Browse, scripted: bool) -> None:
    page = browse("susan", java_script_enabled=scripted)
    is_refused_and_then_published(browse, page, f"Sent again {scripted}")
    assert times_published(page, f"Sent again {scripted}") == 1


def test_a_text_changed_in_a_refused_form_is_a_draft_too(browse: Browse) -> None:
    page = browse("susan")
    write(page, "Rewritten", LONG)
    end_all_sessions(browse, "susan")
    publish(page)
    page.get_by_label("Text", exact=True).fill("Written anew.")
    page.close()
    page = page.context.new_page()
    sign_in(page, "susan@example.com")
    expect(title_of(page)).to_have_value("Rewritten")
    expect(text_of(page)).to_have_value("Written anew.")


def test_a_refused_form_that_was_published_later_is_no_longer_a_draft(browse: Browse) -> None:
    page = browse("susan")
    is_refused_and_then_published(browse, page, "No draft any more")
    page.goto("/")
    has_scripts(page)
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
