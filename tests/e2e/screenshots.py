"""`make screenshots`: pages by 390 and 1280 px, day and night, two languages, into var/screenshots/, to look at."""

import itertools
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests.e2e.demo_site import ADMINISTRATOR, ROOT, demo_site

COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TARGET = ROOT / "var" / "screenshots"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
VISITORS = {"home": "/", "login": "/login", "register": "/register", "missing": "/nothing-here", "api": "/api/docs"}
MEMBERS = {
    "writing": "/",
    "following": "/following",
    "person": "/@ruud",
    "profile": "/settings/profile",
    "sessions": "/settings/sessions",
    "account": "/settings/account",
    "moderation": "/moderation",
    "log": "/moderation/log",
    "members": "/admin/users",
    "outbox": "/admin/outbox",
    "style": "/styleguide",
}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo_site() as (url, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for width, colours, language in itertools.product((390, 1280), COLOURS, ("en", "zh-Hans")):
            context = browser.new_context(
                base_url=url, viewport={"width": width, "height": 900}, color_scheme=colours, locale=language
            )
            take(context.new_page(), password, language, f"{width}-{colours}-{language}")
            context.close()
        browser.close()


def take(page: Page, password: str, language: str, look: str) -> None:
    for name, path in VISITORS.items():
        shoot(page, path, f"{name}-{look}")
    page.goto("/login")
    page.fill("#email", ADMINISTRATOR)
    page.fill("#password", password)
    page.locator("main button.seal").click()
    page.goto("/settings/profile")
    page.select_option("#language", language)
    page.locator("main button.seal").click()
    page.goto("/")
    post = page.locator(".entry h2 a").first.get_attribute("href") or "/"
    for name, path in (MEMBERS | {"post": post, "edit": f"{post}/edit"}).items():
        shoot(page, path, f"{name}-{look}")


def shoot(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{name}.png", full_page=path != "/")


if __name__ == "__main__":
    main()
