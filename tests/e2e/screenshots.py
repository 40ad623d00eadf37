"""`make screenshots`: pages and states by 390 and 1280 px, day and night, two languages, into var/screenshots/."""

import itertools
from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.demo_site import ADMINISTRATOR, CHROMIUM, ROOT, demo_site
from tests.e2e.photos import chosen

COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TARGET = ROOT / "var" / "screenshots"
VISITORS = {
    "home": "/",
    "person-visitor": "/@ruud",
    "login": "/login",
    "register": "/register",
    "reset": "/reset",
    "display": "/display",
    "link-expired": "/confirm/expired",
    "report-visitor": "/@ruud/report",
    "about": "/about",
    "rules": "/rules",
    "privacy": "/privacy",
    "404": "/nothing-here",
    "405": "/preview",
    "api": "/api/docs",
}
MEMBERS = {
    "person": "/@ruud",
    "followers": "/@ruud/followers",
    "following": "/following",
    "write": "/write",
    "first-steps": "/welcome",
    "profile": "/settings/profile",
    "own-display": "/settings/display",
    "password": "/settings/password",
    "email": "/settings/email",
    "sessions": "/settings/sessions",
    "notifications": "/notifications",
    "what-is-told": "/settings/notifications",
    "bookmarks": "/bookmarks",
    "tags": "/tags",
    "search": "/search?q=the",
    "account": "/settings/account",
    "pictures": "/pictures",
    "cases": "/moderation",
    "moderation": "/moderation/comments",
    "who-sent-what": "/moderation/pictures",
    "report": "/@ruud/report",
    "record": "/moderation/log",
    "overview": "/admin",
    "members": "/admin/users",
    "no-results": "/admin/users?q=zzzz",
    "member": "/admin/users/ruud",
    "outbox": "/admin/outbox",
    "site": "/admin/site",
    "past-the-end": "/?before=1",
    "guide": "/markdown",
    "style": "/styleguide",
}
PASSWORD = "a horse, a battery"
DRAFT = "The *river* said nothing, **twice**.\n\n> And again.\n\n- one\n- two\n\n```python\nprint('river')\n```\n"
ARABIC = "كان النهر **صامتًا** هذا الصباح، ثم قال `print(1)` كلمة واحدة.\n\n> ولم يسمعه أحد.\n\n- أولاً\n- ثانيًا\n"
POSTS = {
    "one-word": "Rain.",
    "right-to-left": ARABIC,
    "long-word": "Donau" + "dampfschifffahrts" * 12 + " and https://example.com/" + "a-long-address/" * 12,
    "long-post": "A paragraph that goes on for some lines, and then one like it. " * 780,
}
Look = tuple[int, Literal["light", "dark"], str]
LOOKS: list[Look] = list(itertools.product((390, 1280), COLOURS, ("en", "zh-Hans")))


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo_site() as (url, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for look in LOOKS:
            take(visited(browser, url, password, look), look)
        written = prepare(browser, url, password)
        for look in LOOKS:
            take(lived(browser, url, password, written, look), look)
        browser.close()


def prepare(browser: Browser, url: str, password: str) -> dict[str, str]:
    """Newcomers: one writes extreme posts, one reads, one is not confirmed. And a hidden comment. The posts' paths."""
    page = browser.new_page(base_url=url)
    for name in ("writer", "reader", "waiting"):
        page.goto("/register")
        for field, text in {"email": f"{name}@example.com", "username": name, "password": PASSWORD}.items():
            page.fill(f"#{field}", text)
        page.fill("#password2", PASSWORD)
        page.locator("main button.seal").click()
    sign_in(page, ADMINISTRATOR, password)
    for name in ("writer", "reader"):
        page.goto(f"/admin/users/{name}")
        page.check("#confirmed")
        page.locator("main button.seal").first.click()
    page.goto(first_post(page))
    page.locator(".comment summary[data-next]").last.click()
    page.locator(".comment [name=reason]").last.fill("Unkind, and about the person.")
    page.locator(".comment [name=reason]").last.press("Enter")
    page.context.close()
    page = browser.new_page(base_url=url)
    sign_in(page, "writer@example.com", PASSWORD)
    written = {}
    for name, text in POSTS.items():
        page.goto("/")
        page.fill("#body", text)
        page.locator("main button.seal").click()
        page.wait_for_url("**/posts/*")
        written[name] = page.url.removeprefix(url)
    page.context.close()
    return written


def take(shown: Iterator[tuple[str, Page]], look: Look) -> None:
    for name, page in shown:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=TARGET / f"{name}-{'-'.join(map(str, look))}.png", full_page=name != "home")


def visited(browser: Browser, url: str, password: str, look: Look) -> Iterator[tuple[str, Page]]:
    """A page without any input yet."""
    width, colours, language = look
    for page in pages(browser, url, width, colours, language):
        for name, path in VISITORS.items():
            page.goto(path)
            yield name, page
        page.goto("/register")
        page.fill("#username", "no spaces, please")
        page.locator("main button.seal").click()
        yield "register-refused", page
    for page in pages(browser, url, width, colours, language):
        sign_in(page, ADMINISTRATOR, password, language)
        post = first_post(page)
        page.focus("#body")
        yield "writing", page
        for name, path in (MEMBERS | {"post": post, "edit": f"{post}/edit"}).items():
            page.goto(path)
            yield name, page
        page.goto("/write")
        page.fill("#title", "What the river said")
        page.fill("#body", DRAFT)
        if width < 1024:
            page.locator("[role=tab]").last.click()
        page.locator(".preview").wait_for()
        yield "preview", page
        page.context.set_offline(True)
        page.locator("main button.seal").first.click()
        yield "offline", page
        page.context.set_offline(False)
        page.reload()
        page.locator(".back").wait_for()
        yield "draft-back", page
        page.goto("/write")
        page.locator(".enclosed").wait_for(state="attached")
        page.locator(".choose").set_input_files([chosen()])
        page.locator(".shown input").wait_for()
        yield "picture-in-the-editor", page
        page.goto("/settings/profile")
        page.locator("#file").set_input_files([chosen()])
        page.locator(".cropping").wait_for()
        yield "picture-of-oneself", page
        page.goto(f"{post}/edit")
        other = page.context.new_page()
        other.goto(f"{post}/edit")
        other.locator("main button.seal").first.click()
        other.wait_for_url(f"**{post}")
        page.locator("main button.seal").first.click()
        page.locator(".conflict").wait_for()
        yield "changed-meanwhile", page


def lived(browser: Browser, url: str, password: str, written: dict[str, str], look: Look) -> Iterator[tuple[str, Page]]:
    """What becomes of it when people come, go, write too much and are refused."""
    width, colours, language = look
    for page in pages(browser, url, width, colours, language):
        sign_in(page, "reader@example.com", PASSWORD, language)
        own = {"first-timeline": "/following", "403": "/moderation", "hidden": first_post(page)}
        for name, path in (own | written).items():
            page.goto(path)
            yield name, page
        page.goto("/")
        page.fill("#body", "Much too much. " * 80_000)
        page.locator("main button.seal").click()
        yield "413", page
        page.goto("/")
        page.fill("#body", DRAFT)
        other = page.context.new_page()
        other.goto("/settings/sessions")
        other.locator("form[action$='end-all'] button").click()
        page.locator("main button.seal").click()
        yield "signed-out-while-writing", page
        for _ in range(6):
            page.goto("/reset")
            page.fill("#email", "reader@example.com")
            page.locator("main button.seal").click()
        yield "429", page
    for page in pages(browser, url, width, colours, language):
        sign_in(page, "waiting@example.com", PASSWORD, language)
        for name, path in {"unconfirmed": "/", "confirm": "/confirm", "person-unconfirmed": "/@ruud"}.items():
            page.goto(path)
            yield name, page


def pages(browser: Browser, url: str, width: int, colours: Literal["light", "dark"], language: str) -> Iterator[Page]:
    """One page of somebody new, closed afterwards."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": 900}, color_scheme=colours, locale=language
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, email: str, password: str, language: str = "en") -> None:
    page.goto("/login")
    page.fill("#email", email)
    page.fill("#password", password)
    page.locator("main button.seal").click()
    page.goto("/settings/display")
    page.select_option("#language", language)
    page.locator("main button.seal").click()
    page.goto("/")


def first_post(page: Page) -> str:
    page.goto("/")
    return page.locator(".entry:has([href$='#comments']) h2 a").first.get_attribute("href") or "/"


if __name__ == "__main__":
    main()
