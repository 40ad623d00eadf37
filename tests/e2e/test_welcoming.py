"""A newcomer takes the first steps on a phone, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Browse, Member, has_scripts, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.sql]


def step(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading, exact=True)


def test_a_newcomer_takes_the_first_steps_on_a_phone(browse: Browse, member: Member, scripted: bool) -> None:
    page = browse(viewport={"width": 390, "height": 844}, java_script_enabled=scripted)
    sign_in(page, member("nils" if scripted else "nora"))
    expect(page).to_have_url(re.compile("/welcome$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")

    who = step(page, "Say who you are")
    who.get_by_label("Display name").fill("Nils of the @Fells")
    who.get_by_label("About you").fill("I walk.")
    who.get_by_role("button", name="Save").click()
    expect(page.locator("#name-wrong")).to_be_visible()
    expect(who.get_by_label("About you")).to_have_value("I walk.")
    who.get_by_label("Display name").fill("Nils of the Fells")
    who.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/welcome#follow$"))
    expect(who.get_by_role("link", name="Your page")).to_be_visible()

    follow = step(page, "Follow some")
    names = re.compile("^Follow @")
    before = follow.get_by_role("button", name=names).count()
    assert before > 1
    follow.get_by_role("button", name=names).first.click()
    expect(page.get_by_role("status").filter(has_text="You now follow @")).to_have_count(1)
    expect(follow.get_by_role("button", name=re.compile("^Unfollow @"))).to_have_count(1)
    # Scripts leave the others where they are, to go on with.
    expect(follow.get_by_role("button", name=names)).to_have_count(before - 1 if scripted else 0)
    page.goto("/welcome")
    expect(follow.get_by_role("button", name=names)).to_have_count(0)

    write = step(page, "Write a line")
    if scripted:
        has_scripts(page)
    write.get_by_label("What is on your mind?").fill("Snow on the *fells*.")
    write.get_by_role("button", name="Publish").click()
    expect(write.get_by_role("link", name="your page")).to_be_visible()
    expect(page).to_have_url(re.compile("/welcome#write$"))
    expect(page.get_by_text("Nothing is left of the first steps.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("main").get_by_role("link", name="First steps")).to_have_count(0)
    expect(page.get_by_role("article").first).to_contain_text("Snow on the fells.")


def test_a_newcomer_puts_off_each_step_by_the_keyboard(browse: Browse, member: Member) -> None:
    page = browse(viewport={"width": 320, "height": 640})
    sign_in(page, member("olga"))
    expect(page).to_have_url(re.compile("/welcome$"))
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for heading in ("Say who you are", "Follow some", "Write a line"):
        page.get_by_role("button", name=f"Not now ({heading})").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"Not now ({heading})")).to_have_count(0)
    expect(page.get_by_text("Nothing is left of the first steps.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_first_page_leads_back_until_that_is_dismissed(browse: Browse) -> None:
    page = browse("pete", viewport={"width": 390, "height": 844})
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="First steps").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    page.goto("/")
    page.get_by_role("button", name="Dismiss First steps").click()
    expect(page.get_by_role("main").get_by_role("link", name="First steps")).to_have_count(0)
    expect(page).to_have_url(re.compile(":[0-9]+/$"))
