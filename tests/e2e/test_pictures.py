"""Pictures as members send them: from the editor, on their own page, and of themselves."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

from tests.e2e.conftest import Browse, has_scripts
from tests.e2e.photos import chosen, drawn

pytestmark = [pytest.mark.browser, pytest.mark.sql]

MARKDOWN = r"!\[[^\]]*\]\(picture:\d+\)"
# What the page does when somebody drops or pastes a file that has these bytes.
TRANSFER = """([name, type, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
    return transfer;
}"""


def text_of(page: Page) -> Locator:
    return page.get_by_label("What is on your mind?")


def write(page: Page, text: str, caret: int | None = None) -> None:
    """The caret is at its end, unless it is said to be elsewhere."""
    page.goto("/write")
    has_scripts(page)
    expect(page.locator(".enclosed")).to_have_count(1)
    text_of(page).fill(text)
    at = len(text) if caret is None else caret
    text_of(page).evaluate("(area, at) => area.setSelectionRange(at, at)", at)


def choose(page: Page, *files: FilePayload) -> None:
    page.locator(".choose").set_input_files(list(files))


def shown(page: Page) -> Locator:
    """The fields of the pictures in the text."""
    return page.get_by_role("list", name="Pictures of this post").get_by_role("textbox")


def sending(page: Page) -> Locator:
    return page.get_by_role("list", name="Pictures that are being sent").get_by_role("listitem")


def publish(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Publish").click()


def held(page: Page) -> list[Route]:
    """From now on requests with pictures wait here until the test lets them go."""
    waiting: list[Route] = []
    page.route("**/pictures", lambda route: waiting.append(route))  # noqa: PLW0108 - no builtin, please
    return waiting


def let_go(page: Page, waiting: list[Route], number: int = 1) -> None:
    """The last of so many."""
    while len(waiting) < number:
        page.wait_for_timeout(10)
    waiting[number - 1].continue_()


def sent_by(page: Page) -> list[Request]:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/pictures") else None)
    return sent


def own_pictures(page: Page) -> Locator:
    page.goto("/pictures")
    return page.get_by_role("region", name="What you have sent").get_by_role("listitem")


def test_pictures_that_are_chosen_stand_in_the_text_in_their_order_where_the_caret_was(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Before.\n\nAfter.", caret=7)
    choose(page, chosen("one.jpg", drawn(640, 480)), chosen("two.png", drawn(300, 500, kind="PNG"), "image/png"))
    expect(shown(page)).to_have_count(2)
    expect(text_of(page)).to_have_value(re.compile(rf"^Before\.\n\n{MARKDOWN}\n\n{MARKDOWN}\n\nAfter\.$"))
    first, second = re.findall(r"picture:(\d+)", text_of(page).input_value())
    assert int(first) < int(second)
    text_of(page).press("Control+Z")
    text_of(page).press("Control+Z")
    expect(text_of(page)).to_have_value("Before.\n\nAfter.")
    expect(shown(page)).to_have_count(0)
    text_of(page).press("Control+Shift+Z")
    expect(shown(page)).to_have_count(1)
    expect(text_of(page)).to_have_value(f"Before.\n\n![](picture:{first})\n\nAfter.")


def test_what_a_picture_shows_is_written_into_the_text_and_survives_a_reload(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "A walk.")
    choose(page, chosen())
    shown(page).press_sequentially("A *boat* [1] at sea ")
    expect(shown(page)).to_be_focused()
    markdown = re.compile(r"!\[A \\\*boat\\\* \\\[1\\\] at sea\]\(picture:\d+\)")
    expect(text_of(page)).to_have_value(markdown)
    page.reload()
    expect(text_of(page)).to_have_value(markdown)
    expect(shown(page)).to_have_value("A *boat* [1] at sea")
    publish(page)
    expect(page.get_by_text("Your post is published")).to_be_visible()
    picture = page.get_by_role("figure").get_by_role("img", name="A *boat* [1] at sea")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(shown(page)).to_have_value("A *boat* [1] at sea")


def test_the_editor_asks_once_about_a_picture_without_words(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Look:")
    choose(page, chosen())
    expect(shown(page)).to_have_count(1)
    publish(page)
    expect(page.get_by_role("alert")).to_contain_text("press “Publish” again to go on without")
    expect(shown(page)).to_be_focused()
    publish(page)
    expect(page.get_by_text("Your post is published")).to_be_visible()


def test_what_is_typed_while_a_picture_is_sent_stays_and_the_picture_comes_where_it_was_wanted(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "One. Three.", caret=4)
    waiting = held(page)
    choose(page, chosen("slow.jpg"))
    expect(sending(page).get_by_role("progressbar", name="slow.jpg is being sent")).to_be_visible()
    text_of(page).press("Home")
    text_of(page).press_sequentially("Zero. ")
    text_of(page).press("End")
    text_of(page).press_sequentially(" Four.")
    expect(text_of(page)).to_have_value("Zero. One. Three. Four.")
    let_go(page, waiting)
    expect(text_of(page)).to_have_value(re.compile(rf"^Zero\. One\.\n\n{MARKDOWN}\n\n Three\. Four\.$"))
    expect(text_of(page)).to_be_focused()
    text_of(page).press_sequentially(" Five.")
    expect(text_of(page)).to_have_value(re.compile(r"Four\. Five\.$"))
    expect(page.locator("#status")).to_have_text("slow.jpg is in the text")


def test_a_picture_is_cancelled_and_the_next_one_is_sent(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    waiting = held(page)
    choose(page, chosen("first.jpg"), chosen("second.jpg"))
    expect(sending(page)).to_have_count(2)
    expect(sending(page).nth(1)).to_contain_text("It is sent after the others.")
    sending(page).nth(0).get_by_role("button", name="Cancel").click()
    expect(sending(page)).to_have_count(1)
    expect(sending(page).get_by_role("progressbar")).to_be_visible()
    let_go(page, waiting, number=2)
    expect(shown(page)).to_have_count(1)
    expect(sending(page)).to_have_count(0)


def test_the_editor_says_before_publishing_that_a_picture_is_on_its_way(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    held(page)
    choose(page, chosen())
    publish(page)
    expect(page.get_by_role("alert")).to_contain_text("A picture is still on its way.")
    publish(page)
    expect(page.get_by_text("Your post is published")).to_be_visible()


def test_a_dropped_picture_comes_where_it_was_dropped(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "First line.\nSecond line.")
    transfer = page.evaluate_handle(TRANSFER, ["drop.jpg", "image/jpeg", list(drawn(400, 300))])
    box = text_of(page).bounding_box()
    assert box
    # In the blank behind the words of the first line.
    where = {"clientX": box["x"] + box["width"] - 5, "clientY": box["y"] + 15, "dataTransfer": transfer}
    text_of(page).dispatch_event("dragover", where)
    expect(page.locator("form.takes")).to_have_count(1)
    text_of(page).dispatch_event("drop", where)
    expect(text_of(page)).to_have_value(re.compile(rf"^First line\.\n\n{MARKDOWN}\n\nSecond line\.$"))
    expect(page.locator("form.takes")).to_have_count(0)


def test_a_pasted_picture_comes_where_the_caret_is_and_a_pasted_table_stays_words(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    paste = """(area, transfer) => area.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }))"""
    transfer = page.evaluate_handle(TRANSFER, ["image.png", "image/png", list(drawn(400, 300, kind="PNG"))])
    text_of(page).evaluate(paste, transfer)
    expect(text_of(page)).to_have_value(re.compile(rf"^Here:\n\n{MARKDOWN}\n\n$"))
    page.evaluate("(transfer) => transfer.setData('text/plain', 'a table')", transfer)
    sent = sent_by(page)
    text_of(page).evaluate(paste, transfer)
    expect(sending(page)).to_have_count(0)
    assert sent == []


def test_without_a_connection_a_picture_waits_and_is_sent_when_it_is_back(browse: Browse) -> None:
    page = browse("olga")
    write(page, "From the train:")
    page.context.set_offline(True)
    choose(page, chosen())
    expect(sending(page)).to_contain_text("There is no connection just now. It is sent when the connection is back.")
    text_of(page).press_sequentially(" hills.")
    page.context.set_offline(False)
    expect(shown(page)).to_have_count(1)
    expect(text_of(page)).to_have_value(re.compile(rf"^From the train:\n\n{MARKDOWN}\n\n hills\.$"))
    expect(own_pictures(page)).to_have_count(1)


def test_a_picture_whose_answer_was_lost_is_stored_once(browse: Browse) -> None:
    page = browse("otto")
    write(page, "Again:")
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort("internetdisconnected")

    page.route("**/pictures", lose_first)
    choose(page, chosen())
    sending(page).get_by_role("button", name="Send again").click()
    expect(shown(page)).to_have_count(1)
    page.unroute("**/pictures")
    expect(own_pictures(page)).to_have_count(1)


def test_a_busy_site_is_asked_again_after_the_time_that_it_names(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Soon:")
    refused: list[Route] = []

    def refuse_first(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=429, headers={"Retry-After": "1"}, json={"message": "Too often."})

    page.route("**/pictures", refuse_first)
    choose(page, chosen())
    expect(sending(page)).to_contain_text("It is sent again in 1 seconds.")
    expect(shown(page)).to_have_count(1)


def test_what_is_no_picture_or_too_large_is_refused_before_it_is_sent(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    sent = sent_by(page)
    choose(page, chosen("notes.txt", b"Not a picture.", "text/plain"))
    expect(sending(page).get_by_role("alert")).to_contain_text("This is not a picture that can be shown here.")
    choose(page, chosen("huge.png", bytes(10 * 1024 * 1024 + 1), "image/png"))
    expect(sending(page).nth(1).get_by_role("alert")).to_contain_text("This file has more than 10 MB.")
    assert sent == []
    for _ in range(2):
        sending(page).first.get_by_role("button", name="Cancel").click()
    expect(sending(page)).to_have_count(0)
    expect(text_of(page)).to_be_focused()
    expect(text_of(page)).to_have_value("Here:")


def test_what_the_site_says_of_a_damaged_picture_is_shown(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    choose(page, chosen("broken.png", drawn(400, 300, kind="PNG")[:200], "image/png"))
    expect(sending(page).get_by_role("alert")).to_contain_text("This picture cannot be read")
    expect(sending(page).get_by_role("button", name="Send again")).to_have_count(0)
    # It is not on its way, so nobody is asked to wait for it.
    publish(page)
    expect(page.get_by_text("Your post is published")).to_be_visible()


def test_a_large_photo_is_made_smaller_first_and_what_the_camera_noted_stays_at_home(browse: Browse) -> None:
    page = browse("petra")
    write(page, "Here:")
    noted = Image.Exif()
    noted[0x010E] = "The garden behind my house"
    noted[0x0112] = 6  # the camera was held upright
    photo = drawn(4000, 3000, quality=95, exif=noted)
    assert b"garden" in photo
    bodies: list[bytes] = []

    def look(route: Route) -> None:
        bodies.append(route.request.post_data_buffer or b"")
        route.continue_()

    page.route("**/pictures", look)
    choose(page, chosen("photo.jpg", photo))
    expect(shown(page)).to_have_count(1)
    assert b"garden" not in bodies[0]
    assert len(bodies[0]) < len(photo)
    page.unroute("**/pictures")
    expect(own_pictures(page)).to_contain_text("2560 × 3413")


def test_pictures_are_added_with_the_keyboard_alone(browse: Browse) -> None:
    page = browse("chloe")
    write(page, "Here:")
    toolbar = page.get_by_role("toolbar")
    text_of(page).press("Shift+Tab")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(toolbar.get_by_role("button", name="Add pictures")).to_be_focused()
    # Playwright asks the browser to hand it file choosers when somebody listens, and does not wait for the answer.
    page.on("filechooser", lambda _: None)
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    assert opened.value.is_multiple()
    opened.value.set_files([chosen()])
    expect(shown(page)).to_have_count(1)
    text_of(page).focus()
    for _ in range(20):
        if shown(page).evaluate("(field) => field === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("A quay")
    expect(text_of(page)).to_have_value(re.compile(r"!\[A quay\]\(picture:\d+\)"))


def test_who_presses_before_the_script_has_come_chooses_when_it_has(browse: Browse) -> None:
    page = browse("chloe")
    held: list[Route] = []
    page.route("**/post.js", lambda route: held.append(route))  # noqa: PLW0108 - no builtin, please
    page.goto("/write")
    button = page.get_by_role("button", name="Add pictures")
    with page.expect_file_chooser() as opened:
        button.click()
        for route in held:
            route.continue_()
    opened.value.set_files([chosen()])
    expect(shown(page)).to_have_count(1)
    page.unroute("**/post.js")


def test_comments_take_no_pictures(browse: Browse) -> None:
    page = browse("chloe")
    page.goto("/")
    page.get_by_role("link", name="comments").first.click()
    page.get_by_label("Write a comment").focus()
    has_scripts(page)
    expect(page.get_by_role("button", name="Heading")).to_be_visible()
    expect(page.get_by_role("button", name="Add pictures")).to_have_count(0)


def test_without_scripts_a_picture_is_sent_on_its_own_page_and_its_markdown_copied(browse: Browse) -> None:
    page = browse("nils", java_script_enabled=False)
    page.goto("/write")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Pictures (opens a new page)").click()
    pictures = opened.value
    pictures.get_by_label("Picture", exact=True).set_input_files([chosen()])
    pictures.get_by_label("What it shows").fill("A quay")
    pictures.get_by_role("button", name="Send the picture").click()
    expect(pictures.get_by_text("Your picture is here.")).to_be_visible()
    markdown = pictures.get_by_role("code").first.inner_text()
    text_of(page).fill(f"Here it is:\n\n{markdown}")
    publish(page)
    expect(page.get_by_role("figure").get_by_role("img", name="A quay")).to_be_visible()


def test_the_markdown_of_a_picture_is_copied_by_a_button(browse: Browse) -> None:
    page = browse("carla", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/pictures")
    page.get_by_label("Picture", exact=True).set_input_files([chosen()])
    page.get_by_role("button", name="Send the picture").click()
    page.get_by_role("button", name="Copy the Markdown").click()
    expect(page.locator("#status")).to_have_text("The Markdown is copied.")
    assert re.fullmatch(MARKDOWN, page.evaluate("navigator.clipboard.readText()"))


def portray(page: Page) -> None:
    with page.expect_event("load"):
        page.get_by_role("button", name="Show this picture").click()
    expect(page.get_by_text("Your picture is shown beside what you write.")).to_be_visible()


def shown_portrait(page: Page) -> Image.Image:
    """The largest file of the picture that a member shows of themselves."""
    path = page.locator("#picture .portrait img").get_attribute("src") or ""
    assert path.startswith("/pictures/")
    answer = page.context.request.get(re.sub(r"/\d+\.webp$", "/320.webp", path))
    return Image.open(io.BytesIO(answer.body())).convert("RGB")


def share_of_blue(picture: Image.Image) -> float:
    colours = picture.getcolors(picture.width * picture.height) or []
    blue = sum(count for count, (red, _, blue) in colours if blue > red)  # type: ignore[misc]
    return blue / (picture.width * picture.height)


def test_a_picture_of_oneself_is_cut_where_one_wants(browse: Browse) -> None:
    page = browse("klara")
    page.goto("/settings/profile")
    frame = page.get_by_role("application", name="The part that is shown")
    expect(frame).to_be_hidden()
    page.get_by_label("Picture", exact=True).set_input_files([chosen("me.jpg", drawn(1200, 800))])
    expect(frame).to_be_visible()
    frame.focus()
    page.keyboard.press("+")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Size")).to_have_value("1.1")
    portray(page)
    # All the way to the right, the frame has two thirds of the picture's width.
    assert share_of_blue(shown_portrait(page)) > 0.75
    page.get_by_label("Picture", exact=True).set_input_files([chosen("me.jpg", drawn(1200, 800))])
    page.get_by_label("Size").fill("4")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + 20, steps=5)
    page.mouse.up()
    portray(page)
    assert share_of_blue(shown_portrait(page)) < 0.1
    page.get_by_role("button", name="Show my woodcut again").click()
    expect(page.locator("#picture .portrait img")).to_have_attribute("src", re.compile("^/avatars/"))


def test_without_scripts_a_picture_of_oneself_is_cut_in_the_middle(browse: Browse) -> None:
    page = browse("kaspar", java_script_enabled=False)
    page.goto("/settings/profile")
    page.get_by_label("Picture", exact=True).set_input_files([chosen("me.jpg", drawn(1200, 800))])
    portray(page)
    portrait = shown_portrait(page)
    assert portrait.size == (320, 320)
    assert 0.45 < share_of_blue(portrait) < 0.55


def test_a_wrong_file_for_a_picture_of_oneself_is_refused_at_once(browse: Browse, tmp_path: Path) -> None:
    page = browse("klara")
    page.goto("/settings/profile")
    notes = tmp_path / "notes.txt"
    notes.write_text("Not a picture.")
    page.get_by_label("Picture", exact=True).set_input_files(notes)
    expect(page.get_by_role("alert")).to_contain_text("This is not a picture that can be shown here.")
    expect(page.get_by_role("application", name="The part that is shown")).to_be_hidden()
