"""Everything by keyboard alone; and wherever Tab leads, one sees where one is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Browse, Member, Site, has_scripts, sign_in, talk_with

pytestmark = [pytest.mark.browser, pytest.mark.sql]

# What is wrong with the place where the focus is. It is seen (WCAG 2.4.7, 2.4.11), and is a target of 24 pixels, with
# its label, but for a link within a sentence (2.5.8).
STOP = """() => {
    const stop = document.activeElement;
    const parts = [stop, ...(stop.labels ?? [])];
    const boxes = parts.map((part) => part.getBoundingClientRect());
    const [box, line] = [boxes[0], stop.getClientRects()[0] ?? boxes[0]];
    const outlined = parts.map((part) => getComputedStyle(part))
        .some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0);
    // Browsers show the line to write in, not all of the room below it.
    const bottom = stop.matches('textarea') ? box.top + 24 : box.bottom;
    const within = box.top > -1 && box.left > -1 && bottom < innerHeight + 1 && box.right < innerWidth + 1;
    const uncovered = [1, 3, 5].some((x) => [1, 3, 5].some((y) => stop.contains(
        document.elementFromPoint(line.left + line.width * x / 6, line.top + line.height * y / 6))));
    const size = (from, to) => Math.max(...boxes.map((one) => one[to])) - Math.min(...boxes.map((one) => one[from]));
    const [width, height] = [size('left', 'right'), size('top', 'bottom')];
    const block = stop.closest('p, li, td, dd, blockquote');
    const inSentence = stop.matches('a') && getComputedStyle(stop).display === 'inline'
        && block !== null && block.textContent.trim() !== stop.textContent.trim();
    const name = parts.map((part) => part.textContent.trim()).join(' ').slice(0, 40);
    const lost = [!outlined && 'has no outline', !within && 'is out of sight', !uncovered && 'is behind something'];
    const small = !inSentence && (width < 24 || height < 24) && `is ${width.toFixed(1)} by ${height.toFixed(1)}`;
    const told = (faults) => faults.filter(Boolean).map((fault) => `${stop.localName} "${name}" ${fault}`);
    return { lost: told(lost), small: told([small]) };
}"""
# From one stop to the next one goes down, or to the right: along the line, or up into the next column.
STEP = """() => {
    const [from, to] = [window.stopBefore, document.activeElement];
    window.stopBefore = to;
    if (!from) return [];
    const [before, now] = [from, to].map((one) => one.getBoundingClientRect());
    // The bar of a phone stands still while the page moves below it.
    const bar = document.querySelector('.places');
    if (getComputedStyle(bar).position === 'fixed' && [from, to].some((one) => bar.contains(one))) return [];
    const up = now.bottom <= before.top + 1 && now.left < before.right - 1;
    const sameLine = Math.abs((now.top + now.bottom) - (before.top + before.bottom)) < 8;
    const back = sameLine && now.left < before.left - 1;
    const inOrder = from.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_FOLLOWING;
    return up || back || !inOrder ? [`"${from.textContent.trim()}" comes before "${to.textContent.trim()}"`] : [];
}"""
# Past the last stop comes the browser itself, or at once the first stop again.
IS_OUT = """() => {
    const stop = document.activeElement;
    const isOut = stop === document.body || stop === window.firstStop;
    window.firstStop ??= stop;
    return isOut;
}"""
Walk = dict[str, list[str]]


def tab(page: Page, key: str = "Tab") -> None:
    page.keyboard.press(key)
    assert page.evaluate(STOP)["lost"] == []


def tab_to(target: Locator, key: str = "Tab") -> None:
    for _ in range(300):
        tab(target.page, key)
        if has_focus(target):
            return
    raise AssertionError(f"{key} does not lead to {target}")


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate_all("(all) => all.includes(document.activeElement)"))


@pytest.fixture(scope="module", params=[390, pytest.param(1280, marks=pytest.mark.long)])
def walk(request: pytest.FixtureRequest, chrome: Browser, community: Site, member: Member) -> Iterator[Walk]:
    """What is found on a way through all stops of some pages: `lost`, `small` and `disorder`."""
    context = chrome.new_context(base_url=community.url, viewport={"width": request.param, "height": 800})
    page = context.new_page()
    found: Walk = {"lost": [], "small": [], "disorder": []}
    visit(page, "/login", found)
    sign_in(page, member("susan"))
    page.goto("/@tomasz")
    post = page.get_by_role("link", name="Does the salt make the pasta water boil hotter?", exact=True)
    talk = talk_with(community, "susan", "tomasz", "hester")
    for path in ("/@tomasz", post.get_attribute("href") or "", "/", *talk.pages):
        visit(page, path, found)
    yield found
    context.close()


def visit(page: Page, path: str, found: Walk) -> None:
    page.goto(path)
    if page.locator("#body").count():
        has_scripts(page)
    go_through(page, path, found)


def go_through(page: Page, path: str, found: Walk) -> None:
    for _ in range(500):
        page.keyboard.press("Tab")
        if page.evaluate(IS_OUT):
            return
        for kind, words in (page.evaluate(STOP) | {"disorder": page.evaluate(STEP)}).items():
            found[kind] += [f"{path}: {one}" for one in words]
    raise AssertionError(f"Tab does not lead out of {path}")


def test_the_focus_is_always_visible(walk: Walk) -> None:
    assert walk["lost"] == []


def test_every_focusable_element_is_large_enough(walk: Walk) -> None:
    assert walk["small"] == []


def test_the_focus_order_follows_the_reading_order(walk: Walk) -> None:
    assert walk["disorder"] == []


def test_planted_faults_of_focus_are_found(browse: Browse) -> None:
    page = browse()
    page.goto("/login")
    button = page.get_by_role("main").get_by_role("button")
    button.evaluate(
        "(it) => Object.assign(it.style, { outline: 'none', padding: 0, inlineSize: '20px', minInlineSize: 0 })"
    )
    page.get_by_label("Password").evaluate("(it) => { it.tabIndex = 1; }")
    page.get_by_role("link", name="I have forgotten").evaluate(
        "(it) => { it.style.position = 'fixed'; it.style.top = 0; }"
    )
    found: Walk = {"lost": [], "small": [], "disorder": []}
    go_through(page, "", found)
    assert ': button "Sign in" has no outline' in found["lost"]
    assert any(words.startswith(': button "Sign in" is 20.0 by') for words in found["small"])
    assert len(found["disorder"]) >= 2


def test_the_first_focusable_link_skips_to_the_content(browse: Browse) -> None:
    page = browse()
    page.goto("/")
    tab(page)
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab(page)
    assert has_focus(page.get_by_role("main").get_by_role("link"))


def test_the_keyboard_reaches_sign_in_and_the_menu(browse: Browse, member: Member) -> None:
    email = member("susan")
    page = browse()
    page.goto("/")
    tab_to(page.get_by_role("banner").get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    tab_to(page.get_by_label("Email address"))
    page.keyboard.type(email)
    tab_to(page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    tab_to(page.get_by_label("Keep me signed in"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    # The first time, or a later one.
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("First steps|Hello, susan."))
    menu = page.get_by_role("banner").locator("summary")
    settings = page.get_by_role("link", name="Settings")
    tab_to(menu)
    page.keyboard.press("Enter")
    expect(settings).to_be_visible()
    tab_to(settings)
    page.keyboard.press("Escape")
    expect(settings).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("button", name="Sign out"))
    tab_to(page.get_by_label("What is on your mind?"))
    expect(settings).to_be_hidden()


def test_an_author_writes_previews_publishes_and_deletes_by_keyboard(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/write")
    has_scripts(page)
    tools = page.get_by_role("toolbar").get_by_role("button")
    text = page.get_by_label("What is on your mind?")
    tab_to(page.get_by_label("Title"))
    page.keyboard.type("Without a mouse")
    tab(page)
    expect(tools.first).to_be_focused()
    tab(page, "ArrowRight")
    expect(tools.nth(1)).to_be_focused()
    tab(page, "ArrowLeft")
    tab(page, "ArrowLeft")
    expect(tools.last).to_be_focused()
    tab(page)
    expect(text).to_be_focused()
    tab(page, "Shift+Tab")
    expect(tools.last).to_be_focused()
    tab(page)
    page.keyboard.type("very cold")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+B")
    expect(text).to_have_value("very **cold**")
    expect(page.get_by_role("region", name="Preview").get_by_text("cold")).to_have_css("font-weight", "600")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Without a mouse")
    tab_to(page.get_by_text("Delete…"))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("button", name="Delete this post"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The post is deleted")).to_be_visible()


def test_a_member_comments_by_keyboard(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    tab_to(page.get_by_role("link", name="comments"))
    page.keyboard.press("Enter")
    has_scripts(page)
    tab_to(page.get_by_label("Write a comment"))
    page.keyboard.type("I had none either.")
    tab_to(page.get_by_role("button", name="Publish"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your comment is published")).to_be_visible()
    expect(page.get_by_role("article").last).to_contain_text("I had none either.")


def test_the_error_of_a_comment_takes_the_focus(browse: Browse, scripted: bool) -> None:
    page = browse("susan", java_script_enabled=scripted)
    page.goto("/")
    page.get_by_role("link", name="comments").first.click()
    page.get_by_label("Write a comment").fill("x" * 5_001)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    if scripted:
        expect(page.get_by_label("Write a comment")).to_be_focused()


def test_a_member_follows_and_unfollows_by_keyboard(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/@hester")
    for act, undo, said in (
        ("Follow @hester", "Unfollow @hester", "You now follow @hester."),
        ("Unfollow @hester", "Follow @hester", "You no longer follow @hester."),
    ):
        if not has_focus(page.get_by_role("button", name=act, exact=True)):
            tab_to(page.get_by_role("button", name=act, exact=True))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text=said)).to_have_count(1)
        expect(page.get_by_role("button", name=undo, exact=True)).to_be_focused()
        assert page.evaluate(STOP)["lost"] == []


def test_the_focus_moves_to_the_first_older_post(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    posts = page.get_by_role("article")
    tab_to(page.get_by_role("link", name="Older posts"))
    page.keyboard.press("Enter")
    expect(posts).to_have_count(40)
    expect(posts.nth(20).get_by_role("heading").first).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="20 more posts")).to_have_count(1)
    tab(page)
    assert has_focus(posts.nth(20).locator("a"))
