"""Tags in the editor: the field completes the word that one types, and works without scripts."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.e2e.conftest import Browse, Member, Site, has_scripts

pytestmark = [pytest.mark.browser, pytest.mark.sql]


@pytest.fixture(autouse=True, scope="module")
def used(community: Site, member: Member) -> None:
    member("susan")
    container = Container(settings=load_settings(community.environment, None))
    author_id = container.storage().people_feeds.profile(None, "susan").id
    for tags in (["soup", "汤"], ["soup", "sourdough"], ["bread"]):
        container.posts().publish(actor_id=author_id, title="", body="Soup.", tags=tags)
    container.storage().close()


def field(page: Page) -> Locator:
    # The list below it has the same label.
    return page.get_by_label("Tags").and_(page.locator("input"))


def offered(page: Page) -> Locator:
    return page.get_by_role("option")


def test_the_keyboard_completes_each_of_several_words(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    page.get_by_label("What is on your mind?").fill("Soup.")
    field(page).press_sequentially("fog, SO")
    expect(offered(page)).to_have_text(["soup", "sourdough"])
    expect(field(page)).to_have_attribute("aria-expanded", "true")

    field(page).press("ArrowDown")
    field(page).press("ArrowDown")
    expect(offered(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", "offered-1")
    field(page).press("Enter")

    expect(field(page)).to_have_value("fog, sourdough ")
    expect(offered(page)).to_have_count(0)
    # What is there already is not offered again. With an empty word, an arrow offers what is used most.
    field(page).press("ArrowDown")
    expect(offered(page)).to_have_count(6)
    assert "sourdough" not in offered(page).all_inner_texts()
    field(page).press("Escape")
    expect(offered(page)).to_have_count(0)
    # Enter publishes where nothing is chosen.
    field(page).press("Enter")
    expect(page.locator("a[rel=tag]")).to_have_text(["fog", "sourdough"])


def test_a_finger_completes_a_word_in_the_middle(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    field(page).fill(" bread")
    field(page).evaluate("(field) => field.setSelectionRange(0, 0)")
    field(page).press_sequentially("#sou")
    offered(page).filter(has_text=re.compile("^soup$")).click()
    expect(field(page)).to_have_value("soup  bread")
    expect(field(page)).to_be_focused()
    field(page).press("Control+Z")
    expect(field(page)).to_have_value("#sou bread")
    page.get_by_label("Title").focus()
    expect(offered(page)).to_have_count(0)


def test_tags_belong_to_the_draft(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    field(page).press_sequentially("bread fog")
    page.close()
    page = page.context.new_page()

    page.goto("/write")

    expect(field(page)).to_have_value("bread fog")


def test_the_field_is_plain_without_scripts(browse: Browse) -> None:
    page = browse("susan", java_script_enabled=False)
    page.goto("/write")
    page.get_by_label("What is on your mind?").fill("Soup.")
    field(page).fill("soup、汤")

    page.get_by_role("button", name="Publish").click()

    expect(page.locator("a[rel=tag]")).to_have_text(["soup", "汤"])
    page.locator("a[rel=tag]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("#soup")
