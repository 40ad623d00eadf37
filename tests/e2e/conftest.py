"""The whole program as its users meet it: a server process, PostgreSQL, an SMTP server, a browser."""

import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from application.preferences import unsubscribe_token
from domain.roles import Role
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.e2e.demo_site import CHROMIUM, address, environment, serving
from tests.postgres import PostgresServer
from tests.smtp_server import SmtpServer

PASSWORD = "a horse, a battery"
CHEAP = {"PASSWORD_MEMORY_KIB": "8", "PASSWORD_ROUNDS": "1"}
Member = Callable[..., str]
Browse = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Site:
    """A running site; `command` runs the command line against it."""

    environment: dict[str, str]
    folder: Path

    @property
    def url(self) -> str:
        return address(self.environment)

    @property
    def log_file(self) -> Path:
        """What web and mail worker write to stderr."""
        return self.folder / "log"

    def command(self, *words: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "entrypoints.cli", *words],
            env=self.environment,
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout

    def member(self, name: str, role: str = "User", *, confirmed: bool = True) -> None:
        """In this process: a command takes half a second to start."""
        container = Container(settings=load_settings(self.environment, None))
        container.members().create(
            email=f"{name}@example.com", username=name, password=PASSWORD, role=Role(role), confirmed=confirmed
        )
        container.storage().close()


@dataclass(frozen=True, slots=True)
class Talk:
    """The paths of the pages of a conversation."""

    post: str
    answer: str
    likes: str
    unsubscribe: str

    @property
    def pages(self) -> tuple[str, ...]:
        return ("/notifications", "/bookmarks", "/tags", "/tags/soup", self.answer, self.likes, self.unsubscribe)


def talk_with(site: Site, name: str, *others: str) -> Talk:
    """These others answer, mention, like and follow this member, who has written a post and keeps it."""
    container = Container(settings=load_settings(site.environment, None))
    feeds = container.storage().people_feeds
    author_id = feeds.profile(None, name).id
    post_id = container.posts().publish(
        actor_id=author_id, title="On soup", body="Soup is a kind of hope.", tags=["soup"]
    )
    comment_id = container.comments().write(actor_id=author_id, post_id=post_id, body="With leeks?")
    container.bookmarks().add(actor_id=author_id, post_id=post_id)
    for other in others:
        actor_id = feeds.profile(None, other).id
        container.comments().write(actor_id=actor_id, post_id=post_id, body=f"Always, @{name}.", reply_to=comment_id)
        container.comments().write(actor_id=actor_id, post_id=post_id, body=f"@{name} knows it.")
        container.comments().write(actor_id=actor_id, post_id=post_id, body="And salt.")
        container.liking().like_post(actor_id=actor_id, post_id=post_id)
        container.liking().like_comment(actor_id=actor_id, comment_id=comment_id)
        container.following().follow(actor_id=actor_id, username=name)
    with container.storage().unit_of_work(reading=True) as work:
        account = work.accounts.get(author_id)
    token = unsubscribe_token(container.tokens(), account, at=datetime.now(UTC))
    container.storage().close()
    post = f"/posts/{post_id}"
    return Talk(post, f"{post}?reply_to={comment_id}", f"{post}/likes", f"/unsubscribe/{token}")


@pytest.fixture
def site(postgres_server: PostgresServer, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Site]:
    settings = {
        "WORKERS": "1",
        "DATABASE_URL": postgres_server.create_database(),
        "SECRET_KEY": secrets.token_hex(32),
        "MAIL_URL": smtp_server.url,
        "ADMIN_EMAIL": "warden@example.com",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }
    site = Site(environment(**CHEAP, **settings), tmp_path)
    site.command("deploy")
    with serving(
        *("serve", "--worker"),
        until="Chapbook is ready",
        environment=site.environment,
        folder=site.folder,
        log=site.log_file,
    ):
        yield site


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's people and what they wrote, shared by the tests of a file. They all come from one address, so nothing
    is counted."""
    folder = tmp_path_factory.mktemp("community")
    settings = {
        "WORKERS": "1",
        "RATE_LIMITS": "off",
        "DATABASE_URL": f"sqlite:///{folder}/chapbook.db",
        "SECRET_KEY": secrets.token_hex(32),
    }
    site = Site(environment(**CHEAP, **settings), folder)
    with serving("dev", until="Chapbook is ready", environment=site.environment, folder=site.folder):
        yield site


@pytest.fixture(scope="module")
def member(community: Site) -> Member:
    """Somebody of this name, made when first asked for: their address."""
    known: set[str] = set()

    def made(name: str, role: str = "User", *, confirmed: bool = True) -> str:
        if name not in known:
            community.member(name, role, confirmed=confirmed)
            known.add(name)
        return f"{name}@example.com"

    return made


@pytest.fixture(scope="session")
def chrome(chromium: str) -> Iterator[Browser]:
    """It goes back to pages as they were left, as people's browsers do: wait for `commit` there, nothing is loaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Anything the browser complains about fails the test; that a page says no, or that there is no connection, is what
    some tests are about."""
    found: list[str] = []
    yield found
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED")
    assert [line for line in found if not any(words in line for words in expected)] == []


@pytest.fixture
def browse(chrome: Browser, community: Site, member: Member, complaints: list[str]) -> Iterator[Browse]:
    """A page in a browser of its own, with the options of one; signed in as the member of that name, if any."""
    contexts: list[BrowserContext] = []

    def made(name: str = "", role: str = "User", **options: object) -> Page:
        settings = {"base_url": community.url, "reduced_motion": "reduce", "locale": "en"} | options
        contexts.append(chrome.new_context(**settings))  # type: ignore[arg-type]
        watched(contexts[-1], community.url, complaints)
        if name:
            enter(contexts[-1], member(name, role))
        return contexts[-1].new_page()

    yield made
    for context in contexts:
        context.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def reader(chrome: Browser, site: Site, scripted: bool, complaints: list[str]) -> Iterator[Page]:
    """A phone."""
    context = chrome.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, java_script_enabled=scripted
    )
    yield watched(context, site.url, complaints).new_page()
    context.close()


def watched(context: BrowserContext, url: str, complaints: list[str]) -> BrowserContext:
    context.set_default_timeout(10_000)
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: None if request.url.startswith(url) else complaints.append(request.url))
    return context


def enter(context: BrowserContext, email: str) -> None:
    """Signs in without a page, where signing in is not what the test is about."""
    token = re.search('name="csrf_token" value="([^"]*)"', context.request.get("/login").text())
    assert token
    form: dict[str, str | float | bool] = {"csrf_token": unescape(token[1]), "email": email, "password": PASSWORD}
    assert not context.request.post("/login", form=form).url.endswith("/login")


def has_scripts(page: Page) -> None:
    """Until then a form has no draft, and its tools are inert."""
    expect(page.locator(".tools:not([inert])")).to_have_count(1)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """In any language."""
    page.goto("/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.get_by_role("main").get_by_role("button").click()
