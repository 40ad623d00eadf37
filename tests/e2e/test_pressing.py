"""What is pressed answers at once, and what leads around stays within reach."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Browse, has_scripts

pytestmark = [pytest.mark.browser, pytest.mark.sql]

PHONE = {"width": 390, "height": 844}


def hold(page: Page, address: str) -> list[Route]:
    """Requests that wait for their answer until the test continues them."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - no builtin, please
    return held


def text_of(page: Page) -> Locator:
    return page.get_by_label("What is on your mind?")


def test_a_pressed_button_says_what_it_does_and_a_second_press_does_nothing(browse: Browse) -> None:
    page = browse("susan")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/settings/display")
    button = page.locator("main button.seal")
    # Playwright sees nothing of a page that is being left, so the script looks itself.
    seen = button.evaluate("""(button) => {
        button.click();
        button.click();
        return [button.textContent, button.ariaBusy, document.querySelector('#status').textContent];
    }""")
    assert seen == ["Saving …", "true", "Saving …"]
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert len(sent) == 1


def test_a_button_without_an_answer_becomes_itself_again(browse: Browse) -> None:
    page = browse("susan")
    page.clock.install()
    page.goto("/write")
    has_scripts(page)
    text_of(page).fill("Into the void.")
    hold(page, "**/posts")
    button = page.locator("main button.seal")
    button.click()
    expect(button).to_have_text("Publishing …")
    page.clock.run_for(10_000)
    expect(button).to_have_text("Publish")
    expect(page.get_by_role("alert")).to_contain_text("There is no answer yet. Nothing is lost")
    expect(text_of(page)).to_have_value("Into the void.")


def test_a_follow_that_does_not_arrive_says_so_and_gives_the_button_back(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/@hester")
    held = hold(page, "**/follow")
    page.get_by_role("button", name="Follow @hester", exact=True).click()
    button = page.locator("form[action='/@hester/follow'] button")
    expect(button).to_have_text("Following …")
    held[0].abort("internetdisconnected")
    expect(page.get_by_role("alert")).to_contain_text("There is no connection just now")
    expect(page.get_by_role("button", name="Follow @hester", exact=True)).to_be_visible()
    page.unroute("**/follow")
    page.get_by_role("button", name="Follow @hester", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow @hester", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_phone_keeps_the_places_within_reach_of_the_thumb(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/")
    bar = page.get_by_role("navigation", name="Main")
    for name in ("Home", "Following", "Write", "susan"):
        box = bar.get_by_role("link", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] > PHONE["height"] - 100
    bar.get_by_role("link", name="Write").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write a post")
    text_of(page).focus()
    expect(bar).to_be_hidden()


def test_the_masthead_comes_back_when_one_scrolls_up(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/")
    brand = page.get_by_role("banner").get_by_role("link", name="Chapbook")
    page.mouse.wheel(0, 1_000)
    expect(brand).not_to_be_in_viewport()
    page.mouse.wheel(0, -100)
    expect(brand).to_be_in_viewport()


def test_on_the_first_page_the_form_is_one_line_until_somebody_comes_to_it(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/")
    publish = page.get_by_role("button", name="Publish")
    for hidden in (publish, page.get_by_label("Title"), page.get_by_role("toolbar")):
        expect(hidden).to_be_hidden()
    assert (text_of(page).bounding_box() or {"height": 0})["height"] < 60
    text_of(page).click()
    expect(page.get_by_label("Title")).to_be_visible()
    expect(publish).to_be_in_viewport(ratio=1)


def test_the_tools_are_large_and_say_what_they_do(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/write")
    has_scripts(page)
    tools = page.get_by_role("toolbar").get_by_role("button")
    expect(tools).to_have_count(11)
    for tool in tools.all():
        box = tool.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        tool.focus()
        words = tool.evaluate("(tool) => getComputedStyle(tool, '::after').content")
        assert (tool.get_attribute("aria-label") or "?") in words


def test_the_count_below_a_field_speaks_of_one_character(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    for text, said in (("a", "1 word, 1 character"), ("ab", "1 word, 2 characters"), (".", "0 words, 1 character")):
        text_of(page).fill(text)
        expect(page.locator(".field:has(textarea) .count")).to_have_text(said)


def test_code_and_tables_are_typed_in_a_monospaced_face(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    for text, is_mono in (
        ("Only words, with a | in them.", False),
        ("```\na = 1", True),
        ("a | b\n--|--\n1 | 2", True),
        ("Words - and a rule\n\n---\n", False),
        ("| a |\n|---|", True),
    ):
        text_of(page).fill(text)
        face: str = text_of(page).evaluate("(field) => getComputedStyle(field).fontFamily")
        assert face.startswith("ui-monospace") is is_mono, text
    # It is tested with every key, so no row may take long.
    text_of(page).fill("-|" * 5_000 + "x")
    took: float = text_of(page).evaluate(
        """(field) => {
            const begun = performance.now();
            field.dispatchEvent(new Event('input'));
            return performance.now() - begun;
        }"""
    )
    assert took < 500


@pytest.mark.parametrize("path", ["/", "/write"])
def test_on_a_phone_the_first_press_on_publish_publishes(browse: Browse, path: str) -> None:
    page = browse("susan", viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(path)
    has_scripts(page)
    text_of(page).tap()
    page.keyboard.type("Pressed once.")
    # A tap takes the focus from the text before it reaches the button.
    page.get_by_role("button", name="Publish").tap()
    expect(page.get_by_text("Your post is published")).to_be_visible()


def test_on_a_phone_a_text_that_nobody_touched_is_saved_by_the_first_press(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/write")
    text_of(page).fill("Saved as it is.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your post is published")).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    has_scripts(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The post is saved")).to_be_visible()


def test_a_text_that_does_not_arrive_stays_and_is_later_published_once(browse: Browse) -> None:
    page = browse("susan", viewport=PHONE)
    page.goto("/write")
    has_scripts(page)
    page.get_by_label("Title").fill("Against the wind")
    text_of(page).fill("Into the wind.\n" * 60)
    page.route("**/posts", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection just now")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
    page.unroute("**/posts")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your post is published")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Against the wind")


def test_a_comment_is_shown_on_the_page_where_it_was_written(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/@hester")
    page.get_by_role("article").get_by_role("link", name="comments").first.click()
    page.get_by_label("Write a comment").fill("Here it stays.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your comment is published")).to_be_visible()
    comment = page.get_by_role("article").filter(has_text="Here it stays.")
    expect(comment).to_be_in_viewport()
    assert (comment.get_attribute("id") or "?") in page.url
