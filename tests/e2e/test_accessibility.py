"""axe finds nothing (WCAG 2.2 A and AA) on any page. Pages take turns at colours and language; those that people see
most are looked at in each colour and each language. `make test-long` looks at everything in all combinations of the
two, with what pages become in use."""

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Member, Site, Talk, has_scripts, sign_in, talk_with
from tests.e2e.photos import chosen

pytestmark = [pytest.mark.browser, pytest.mark.sql]

Colours = Literal["light", "dark"]
Open = Callable[..., Page]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Only what is wrong: all that is right would take longer to hand over than to find.
VIOLATIONS = "(options) => axe.run(document, options).then((found) => found.violations)"
# What floats covers whatever the page is scrolled to. A button is too small only if it is so in the middle too.
STAYS_TOO_SMALL = """async ([target]) => {
    document.querySelector(target).scrollIntoView({ block: "center", behavior: "instant" });
    const found = await axe.run(target, { runOnly: ["target-size"] });
    return found.violations.length > 0;
}"""
LOOKS: list[tuple[Colours, str]] = [("light", "en"), ("dark", "zh-Hans"), ("light", "zh-Hans"), ("dark", "en")]
IN_ALL_LOOKS = pytest.mark.parametrize(("colours", "language"), LOOKS, ids=["-".join(look) for look in LOOKS])
# The first two have both colours and both languages.
IN_TWO_LOOKS = pytest.mark.parametrize(
    ("colours", "language"),
    [*LOOKS[:2], *(pytest.param(*look, marks=pytest.mark.long) for look in LOOKS[2:])],
    ids=["-".join(look) for look in LOOKS],
)
VISITORS = (
    *("/", "/login", "/register", "/reset", "/display", "/nothing-here", "/api/docs", "/confirm/expired"),
    *("/@ruud/report", "/people", "/people?q=zzzz", "/@ruud/comments", "/search?q=the"),
    *("/about", "/rules", "/privacy"),
)
MEMBERS = (
    "/",
    "/following",
    "/?before=1",
    "/write",
    "/settings/profile",
    "/settings/display",
    "/settings/password",
    "/settings/email",
    "/settings/sessions",
    "/settings/notifications",
    "/unsubscribe/nothing",
    "/settings/account",
    "/pictures",
    "/confirm",
    "/moderation",
    "/moderation/comments",
    "/moderation/log",
    "/moderation/pictures",
    "/admin",
    "/admin/users",
    "/admin/users?q=zzzz",
    "/admin/users/ruud",
    "/admin/outbox",
    "/admin/site",
    "/about",
    "/rules",
    "/@ruud",
    "/@ruud/followers",
    "/@ruud/comments",
    "/people",
    "/welcome",
    "/@ruud/report",
    "/styleguide",
    "/markdown",
    "/search",
    "/search?q=the",
    "/search?q=-the",
    "/search?q=the&in=comments",
)
# What they may see of it: role, and whether their address is confirmed.
MAY = {"newcomer": ("User", False), "reader": ("User", True), "warden": ("Administrator", True)}


@pytest.fixture(scope="module")
def page_of(chrome: Browser, community: Site, member: Member) -> Iterator[Open]:
    """The page of somebody who looks in this way, the same one each time: a visitor, or one of those above, of whom the
    warden follows one person and the others nobody."""
    contexts: list[BrowserContext] = []

    @cache
    def made(colours: Colours, language: str, who: str = "", width: int = 390) -> Page:
        context = chrome.new_context(
            base_url=community.url,
            color_scheme=colours,
            locale=language,
            viewport={"width": width, "height": 844},
            reduced_motion="reduce",
        )
        # Half a megabyte that the browser keeps, where `Axe().run` would send it for each page.
        context.add_init_script(Axe().axe_script)
        contexts.append(context)
        page = context.new_page()
        if who:
            # A language is a member's own, in whatever browser.
            name = f"{who}.{language[:2]}"
            role, confirmed = MAY[who]
            sign_in(page, member(name, role, confirmed=confirmed))
            page.goto("/settings/display")
            page.locator("#language").select_option(language)
            page.get_by_role("main").get_by_role("button").click()
            expect(page.locator("html")).to_have_attribute("lang", language)
        if who == "warden":
            page.goto("/@ruud")
            for follow in page.locator("form[action='/@ruud/follow'] button").all():
                follow.click()
            expect(page.locator("form[action='/@ruud/unfollow']")).to_be_visible()
        return page

    yield made
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def talk_of(community: Site, member: Member) -> Callable[[str], Talk]:
    """What the warden of this language was told and keeps."""

    @cache
    def made(language: str) -> Talk:
        name = f"warden.{language[:2]}"
        member(name, "Administrator")
        return talk_with(community, name, "ruud", "hester", "tomasz")

    return made


def complaints(page: Page, path: str) -> list[str]:
    page.goto(path)
    return faults(page, path)


def faults(page: Page, where: str) -> list[str]:
    # A menu and the acts below a post are looked at open.
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return [
        f"{where}: {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in page.evaluate(VIOLATIONS, {**RULES, "resultTypes": ["violations"]})
        for node in violation["nodes"]
        if violation["id"] != "target-size" or page.evaluate(STAYS_TOO_SMALL, node["target"])
    ]


def a_case(page: Page) -> str:
    """The one that waits first."""
    page.goto("/moderation")
    return page.locator("article a[href^='/moderation/cases/']").first.get_attribute("href") or ""


def a_post(page: Page) -> str:
    """With comments, one of them hidden."""
    page.goto("/moderation/log")
    page.goto(page.locator("main a[href^='/comments/']").first.get_attribute("href") or "")
    return page.url.partition("#")[0]


def write(page: Page) -> None:
    """The form is as it is while somebody writes."""
    page.locator("#body").focus()
    has_scripts(page)


def test_axe_finds_nothing_on_any_page(page_of: Open, talk_of: Callable[[str], Talk]) -> None:
    looks = itertools.cycle(LOOKS)
    found = [line for path in VISITORS for line in complaints(page_of(*next(looks)), path)]
    for look in LOOKS[:2]:
        warden = page_of(*look, "warden", 390 if look[0] == "dark" else 1280)
        half = MEMBERS[LOOKS.index(look) :: 2]
        found += [line for path in half for line in complaints(warden, path)]
        found += complaints(warden, a_post(warden) + "/edit")
        found += complaints(warden, a_case(warden))
        found += [line for path in talk_of(look[1]).pages for line in complaints(warden, path)]
    assert found == []


@IN_TWO_LOOKS
def test_axe_finds_nothing_about_pictures(page_of: Open, colours: Colours, language: str) -> None:
    page = page_of(colours, language, "warden", 390 if colours == "dark" else 1280)
    page.goto("/write")
    expect(page.locator(".enclosed")).to_have_count(1)
    page.locator(".choose").set_input_files([chosen(), chosen("notes.txt", b"No picture.", "text/plain")])
    expect(page.locator(".shown input")).to_have_count(1)
    expect(page.locator(".sending .wrong")).to_be_visible()
    found = faults(page, "pictures in the editor")
    page.locator(".sending button").click()
    page.locator("#body").press("Control+Enter")
    expect(page.locator(".enclosed > .wrong")).to_be_visible()
    found += faults(page, "a picture without words")
    page.locator("#body").press("Control+Enter")
    page.wait_for_url("**/posts/*")
    found += faults(page, "a post with a picture")
    page.goto("/settings/profile")
    page.locator("#file").set_input_files([chosen()])
    expect(page.locator(".cropping")).to_be_visible()
    found += faults(page, "a picture of oneself")
    for path in ("/pictures", "/moderation/pictures"):
        found += complaints(page, path)
    assert found == []


@IN_TWO_LOOKS
def test_axe_finds_nothing_on_the_most_visited_pages(page_of: Open, colours: Colours, language: str) -> None:
    page = page_of(colours, language, "warden", 1280)
    found = complaints(page, "/@ruud") + complaints(page, "/settings/profile")
    for path in ("/", a_post(page)):
        page.goto(path)
        write(page)
        found += faults(page, path)
    assert found + complaints(page_of(colours, language), "/login") == []


@pytest.mark.long
@IN_ALL_LOOKS
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_anywhere(
    page_of: Open, talk_of: Callable[[str], Talk], width: int, colours: Colours, language: str
) -> None:
    visitor, newcomer, reader, warden = (page_of(colours, language, who, width) for who in ("", *MAY))
    post = a_post(warden)
    found = []
    for page, paths in (
        (visitor, (*VISITORS, post, "/@ruud", "/@ruud/following")),
        (newcomer, ("/", "/following", "/moderation", post, f"{post}/edit")),
        (reader, ("/", "/following", "/moderation", post, "/@ruud")),
        (warden, (*MEMBERS, post, f"{post}/edit", a_case(warden), *talk_of(language).pages)),
    ):
        found += [line for path in paths for line in complaints(page, path)]
    found += [line for state in states_of_a_member(warden, post) for line in faults(warden, state)]
    found += [line for state in states_of_a_visitor(visitor) for line in faults(visitor, state)]
    assert found == []


def states_of_a_member(page: Page, post: str) -> Iterator[str]:
    """What pages become in use; one is there to be looked at when its name is told."""
    page.goto("/write")
    page.locator("#title").fill("Only a title")
    page.locator("#body").press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a refused post"
    page.locator("#body").fill("With *some* text\n\n## and a heading\n\n- and a list")
    tab = page.locator(".sides [value=preview]")  # on a wide screen the preview stands beside the text
    if tab.is_visible():
        tab.click()
    expect(page.locator(".pane h2, .pane h3").first).to_be_visible()
    yield "a previewed post"
    page.goto("/")
    expect(page.locator("#body")).not_to_have_value("")
    yield "a draft that is back"
    page.goto(post)
    page.locator("#body").fill("A comment.")
    page.locator("#body").press("Control+Enter")
    expect(page.locator("[data-flash]")).to_be_visible()
    yield "a published comment"
    page.locator("a[href^='/comments/'][href$='/edit']").last.click()
    write(page)
    yield "a comment, to be edited"
    save_another_version(page)
    page.locator("#body").fill("What somebody else does not know of.")
    page.locator("#body").press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "two versions of a comment"
    page.goto(f"{post}/edit")
    save_another_version(page)
    page.locator("#body").fill("What somebody else does not know of.")
    page.locator("#body").press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "two versions of a post"
    page.goto("/moderation/comments")
    page.locator("main details:has(input[required]) summary").first.click()
    page.locator("main input[name=reason]").first.fill(" ")
    page.locator("main input[name=reason]").first.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "no reason for hiding"


def save_another_version(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#body").press("End")
    other.locator("#body").type(".")
    other.locator("#body").press("Control+Enter")
    expect(other.locator("[data-flash]")).to_be_visible()
    other.close()


def states_of_a_visitor(page: Page) -> Iterator[str]:
    page.goto("/register")
    page.locator("#username").fill("1")
    page.locator("#password2").fill("another one")
    page.locator("#password2").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a refused registration"
    page.locator("input[name=csrf_token]").evaluate("(field) => { field.value = 'from another session'; }")
    page.locator("#password2").press("Enter")
    expect(page.locator("#password2")).to_have_value("")
    yield "a form that has grown old"
    page.goto("/reset")
    page.locator("#email").fill("somebody@example.com")
    page.locator("#email").press("Enter")
    expect(page.locator("[data-flash]")).to_be_visible()
    yield "a mail is on its way"
    page.goto("/login")
    page.locator("#email").fill("somebody@example.com")
    page.locator("#password").fill("a wrong one")
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a wrong password"


def test_axe_finds_a_planted_fault(page_of: Open) -> None:
    page = page_of("light", "en")
    page.goto("/login")
    page.evaluate("document.querySelector('label').remove()")
    assert any("label" in fault for fault in faults(page, "/login"))


def test_axe_finds_planted_buttons_that_are_too_small(page_of: Open) -> None:
    page = page_of("light", "en", "warden")
    page.goto("/settings/password")
    page.evaluate(
        """() => {
            for (const name of ["one", "another"]) {
                const button = document.createElement("button");
                button.style = "float: left; inline-size: 12px; block-size: 12px; padding: 0; min-block-size: 0;";
                button.ariaLabel = name;
                document.querySelector("main").append(button);
            }
        }"""
    )
    assert any("target-size" in fault for fault in faults(page, "two buttons"))


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2)])
def test_nothing_scrolls_sideways_on_a_narrow_screen(
    page_of: Open, talk_of: Callable[[str], Talk], width: int, zoom: int
) -> None:
    """200 % zoom on 640 pixels is a window of 320 (WCAG 1.4.10)."""
    page = page_of("light", "en", "warden", width // zoom)
    for path in (
        "/",
        "/following",
        "/@ruud",
        "/@ruud/comments",
        "/people",
        "/settings/account",
        "/moderation",
        "/moderation/pictures",
        "/pictures",
        "/settings/profile",
        "/write",
        "/admin",
        "/admin/users",
        "/admin/outbox",
        "/admin/site",
        "/about",
        "/rules",
        "/privacy",
        "/api/docs",
        "/@ruud/report",
        a_case(page),
        *talk_of("en").pages,
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
