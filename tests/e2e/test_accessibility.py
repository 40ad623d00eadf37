"""axe finds nothing (WCAG 2.2 A and AA) on any page; pages take turns at colours and language."""

import itertools
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.demo_site import ADMINISTRATOR, demo_site

pytestmark = [pytest.mark.browser, pytest.mark.sql]

Colours = Literal["light", "dark"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: list[tuple[Colours, str]] = [("light", "en"), ("dark", "zh-Hans"), ("light", "zh-Hans"), ("dark", "en")]
VISITORS = ("/", "/login", "/register", "/reset", "/display", "/nothing-here", "/api/docs", "/confirm/expired")
MEMBERS = (
    "/",
    "/following",
    "/?before=1",
    "/settings/profile",
    "/settings/password",
    "/settings/email",
    "/settings/sessions",
    "/settings/account",
    "/confirm",
    "/moderation",
    "/moderation/log",
    "/admin/users",
    "/admin/users/ruud",
    "/admin/outbox",
    "/@ruud",
    "/@ruud/followers",
    "/styleguide",
)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[str, str]]:
    with demo_site() as site:
        yield site


@pytest.fixture
def page_of(chrome: Browser, demo: tuple[str, str]) -> Iterator[Open]:
    """A page in these colours and this language; signed in as the demo's administrator if asked."""
    url, password = demo
    contexts = []

    def made(colours: Colours, language: str, *, signed_in: bool, width: int = 390) -> Page:
        context = chrome.new_context(
            base_url=url, color_scheme=colours, locale=language, viewport={"width": width, "height": 844}
        )
        contexts.append(context)
        page = context.new_page()
        if signed_in:
            page.goto("/login")
            page.fill("#email", ADMINISTRATOR)
            page.fill("#password", password)
            page.locator("main button.seal").click()
            page.goto("/settings/profile")
            page.select_option("#language", language)
            page.locator("main button.seal").click()
        return page

    yield made
    for context in contexts:
        context.close()


def complaints(page: Page, path: str) -> list[str]:
    page.goto(path)
    # A menu and the acts below a post are looked at open.
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page, options={**RULES, "resultTypes": ["violations"]})
    return [
        f"{path}: {violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_on_any_page(page_of: Open) -> None:
    looks = itertools.cycle(LOOKS)
    visitors = {look: page_of(*look, signed_in=False) for look in LOOKS}
    found = [line for path in VISITORS for line in complaints(visitors[next(looks)], path)]
    for look in LOOKS[:2]:
        member = page_of(*look, signed_in=True, width=390 if look[0] == "dark" else 1280)
        half = MEMBERS[LOOKS.index(look) :: 2]
        found += [line for path in half for line in complaints(member, path)]
        member.goto("/")
        post = member.locator(".entry a[href$='#comments']").first.get_attribute("href") or ""
        found += complaints(member, post.partition("#")[0])
        found += complaints(member, post.partition("#")[0] + "/edit")
    assert found == []


def test_axe_finds_a_planted_fault(page_of: Open) -> None:
    page = page_of("light", "en", signed_in=False)
    page.goto("/login")
    page.evaluate("document.querySelector('label').remove()")
    found = Axe().run(page, options=RULES)
    assert {violation["id"] for violation in found.response["violations"]} >= {"label"}


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2)])
def test_nothing_scrolls_sideways_on_a_narrow_screen(page_of: Open, width: int, zoom: int) -> None:
    """200 % zoom on 640 pixels is a window of 320 (WCAG 1.4.10)."""
    page = page_of("light", "en", signed_in=True, width=width // zoom)
    for path in (
        "/",
        "/following",
        "/@ruud",
        "/settings/account",
        "/moderation",
        "/admin/users",
        "/admin/outbox",
        "/api/docs",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
