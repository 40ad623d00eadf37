"""Two members talk: on the page, in the list of what they are told, and in the mail about it."""

import http.client
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import update

from adapters.sql.engine import Database
from adapters.sql.tables import notifications
from application.jobs import Jobs
from entrypoints.container import Container
from entrypoints.settings import load_settings
from tests.doubles import Clock, wired
from tests.e2e.conftest import Site, enter, has_scripts, watched
from tests.smtp_server import Received, SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.sql]

PHONE = {"width": 390, "height": 844}
WIDER_THAN_THE_SCREEN = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# How much lighter the text of an element is than what is behind it, from 1 to 21 (WCAG 2.2).
CONTRAST = """(element) => {
    const light = (colour) => {
        const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number).map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [text, behind] = [light(getComputedStyle(element).color), light(ground(element))];
    function ground(one) {
        const colour = getComputedStyle(one).backgroundColor;
        return colour === 'rgba(0, 0, 0, 0)' ? ground(one.parentElement) : colour;
    }
    return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
}"""
Open = Callable[..., Page]


@pytest.fixture
def page_of(chrome: Browser, site: Site, complaints: list[str]) -> Iterator[Open]:
    """A page in a browser of this member's own."""
    contexts: list[BrowserContext] = []

    def made(name: str, **options: object) -> Page:
        settings = {"base_url": site.url, "reduced_motion": "reduce", "locale": "en"} | options
        contexts.append(chrome.new_context(**settings))  # type: ignore[arg-type]
        watched(contexts[-1], site.url, complaints)
        enter(contexts[-1], f"{name}@example.com")
        return contexts[-1].new_page()

    yield made
    for context in contexts:
        context.close()


class LaterWorker:
    """A worker whose clock a test moves ahead. What it writes for later, the worker of the site leaves alone."""

    def __init__(self, site: Site) -> None:
        self.clock = Clock(datetime.now(UTC))
        self.container: Container = wired(load_settings(site.environment, None), now=self.clock)
        self.jobs: Jobs = self.container.jobs()

    def look(self, **time: float) -> None:
        """Asks to gather what is due after this time."""
        self.clock.move(timedelta(**time))
        self.container.bundling().look()

    def let_ten_minutes_pass(self) -> None:
        """For what has been told until now. Then the worker of the site sends the mail."""
        database = Database(self.container.settings().database_url)
        with database.writing() as connection:
            connection.execute(update(notifications).values(mail_at=self.clock()))
            connection.commit()
        database.close()
        self.look()

    def work(self) -> None:
        while self.jobs.run_next():
            pass

    def close(self) -> None:
        self.container.storage().close()


@pytest.fixture
def worker(site: Site) -> Iterator[LaterWorker]:
    found = LaterWorker(site)
    yield found
    found.close()


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


def publish(page: Page, title: str, body: str) -> str:
    """The path of the post."""
    page.goto("/write")
    page.get_by_label("Title").fill(title)
    page.get_by_label("What is on your mind?").fill(body)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your post is published")).to_be_visible()
    return urlsplit(page.url).path


def comment(page: Page, body: str) -> None:
    has_scripts(page)
    page.get_by_label("Write a comment").fill(body)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your comment is published")).to_be_visible()


def comment_of(page: Page, words: str) -> Locator:
    return page.get_by_role("article").filter(has_text=words).last


def answer_in_place(page: Page, words: str, body: str) -> None:
    """The form comes to the comment; the page stays."""
    has_scripts(page)
    page.evaluate("window.here = true")
    comment_of(page, words).get_by_role("link", name="Answer", exact=True).click()
    says(page, "You answer @")
    assert page.evaluate("window.here === true")
    expect(page.get_by_label("Write a comment")).to_be_focused()
    comment(page, body)


def test_two_members_answer_and_like_each_other_and_read_that_they_did(site: Site, page_of: Open) -> None:
    for name in ("susan", "ruth"):
        site.member(name)
    susan, ruth = page_of("susan"), page_of("ruth", viewport=PHONE)
    post = publish(susan, "On soup", "Soup is a kind of hope.")
    ruth.goto(post)
    comment(ruth, "With leeks?")
    susan.goto(post)
    answer_in_place(susan, "With leeks?", "Always with leeks.")
    expect(comment_of(susan, "Always with leeks.")).to_contain_text("Answers @ruth")

    # A comment is liked in place. The button keeps the focus, and it is said aloud.
    susan.evaluate("window.here = true")
    like = comment_of(susan, "With leeks?").get_by_role("button", name="Like")
    like.click()
    says(susan, "You like this comment.")
    expect(like).to_be_focused()
    expect(like).to_have_attribute("aria-pressed", "true")
    assert susan.evaluate("window.here === true")

    ruth.goto("/")
    expect(ruth).to_have_title(re.compile(r"^\(2\) "))
    bell = ruth.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("unread: 2"))
    expect(bell).to_be_in_viewport(ratio=1)
    bell.click()
    rows = ruth.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("@susan likes your comment below On soup")
    expect(rows.nth(1)).to_contain_text("@susan answered your comment below On soup")
    expect(rows.nth(1)).to_contain_text("Always with leeks.")
    rows.nth(1).get_by_role("button").click()
    expect(comment_of(ruth, "Always with leeks.")).to_be_in_viewport()
    assert re.search(rf"{post}#comment-\d+$", ruth.url)
    expect(ruth).to_have_title(re.compile(r"^\(1\) "))

    # She answers the answer, and likes it.
    answer_in_place(ruth, "Always with leeks.", "And salt.")
    comment_of(ruth, "Always with leeks.").get_by_role("button", name="Like").click()
    says(ruth, "You like this comment.")
    ruth.goto("/notifications")
    ruth.get_by_role("button", name="Mark all as read").click()
    expect(ruth.get_by_text("All notifications are marked as read.")).to_be_visible()
    expect(ruth).to_have_title("Notifications · Chapbook")

    susan.goto("/notifications")
    told = susan.get_by_role("main").get_by_role("listitem")
    expect(told).to_have_count(3)
    expect(told.nth(0)).to_contain_text("@ruth likes your comment below On soup")
    expect(told.nth(1)).to_contain_text("@ruth answered your comment below On soup")
    expect(told.nth(2)).to_contain_text("@ruth commented on your post On soup")


def test_an_answer_can_be_begun_and_left_by_keyboard(site: Site, page_of: Open) -> None:
    for name in ("susan", "ruth"):
        site.member(name)
    susan = page_of("susan")
    post = publish(susan, "On soup", "Soup is a kind of hope.")
    ruth = page_of("ruth")
    ruth.goto(post)
    comment(ruth, "With leeks?")
    susan.goto(post)
    has_scripts(susan)
    link = comment_of(susan, "With leeks?").get_by_role("link", name="Answer", exact=True)
    link.focus()
    susan.keyboard.press("Enter")
    expect(susan.get_by_label("Write a comment")).to_be_focused()
    note = susan.locator(".answering")
    expect(note).to_contain_text("You answer @ruth.")
    susan.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(note).to_be_hidden()


def talk(site: Site, page_of: Open) -> tuple[Page, str]:
    """ruth has answered susan, at length. She goes on on this page, below this post."""
    for name in ("susan", "ruth"):
        site.member(name)
    susan, ruth = page_of("susan"), page_of("ruth")
    post = publish(susan, "W" * 120, "Soup is a kind of hope.")
    ruth.goto(post)
    comment(ruth, f"@susan, see https://example.org/{'long' * 40}\n\nThen tell me <b>more</b>.")
    return ruth, post


def test_a_mail_of_what_is_unread_can_be_read_on_a_phone(
    site: Site, page_of: Open, smtp_server: SmtpServer, worker: LaterWorker, chrome: Browser
) -> None:
    talk(site, page_of)
    worker.let_ten_minutes_pass()

    mail = smtp_server.wait_for(to="susan@example.com", subject="mentioned you")

    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]
    assert all(len(line) <= 998 for line in mail.content.split(b"\r\n"))
    (link,) = re.findall(r"http\S+/comments/\d+(?=\s)", mail.text)
    for colours in ("light", "dark"):
        page = mail_in_browser(chrome, mail, colours)
        assert not page.evaluate(WIDER_THAN_THE_SCREEN), colours
        first = page.get_by_role("link", name=re.compile("@ruth mentioned you"))
        expect(first).to_have_attribute("href", link)
        expect(page.get_by_text("see https://example.org/long")).to_be_visible()
        for element in page.locator("p, a, .foot").all():
            assert element.evaluate(CONTRAST) >= 4.5, (colours, element.text_content())
        page.context.close()


def mail_in_browser(chrome: Browser, mail: Received, colours: str) -> Page:
    """Its HTML on a phone, without scripts, and with nothing of any other host."""
    context = chrome.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme=colours,  # type: ignore[arg-type]
        java_script_enabled=False,
        locale="en",
    )
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=mail.html, content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    page = context.new_page()
    page.goto("http://mail.example/")
    assert asked == ["http://mail.example/"]
    return page


def one_click(link: str) -> int:
    """As a mail program does it: with no cookie and no page before."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", parts.path, "List-Unsubscribe=One-Click", form)
    response = connection.getresponse()
    assert "Set-Cookie" not in response.headers
    connection.close()
    return response.status


def test_after_one_click_in_a_mail_program_no_mail_comes_also_none_that_waited(
    site: Site, page_of: Open, smtp_server: SmtpServer, worker: LaterWorker
) -> None:
    ruth, post = talk(site, page_of)
    worker.let_ten_minutes_pass()
    mail = smtp_server.wait_for(to="susan@example.com", subject="mentioned you")
    link = re.fullmatch("<(http[^>]+)>", mail.message["List-Unsubscribe"])
    assert link
    assert link[1] in mail.text
    ruth.goto(post)
    comment(ruth, "And another thing, @susan.")
    worker.look(hours=2)
    assert worker.jobs.run_next()  # the mail waits in the outbox now
    sent = len(smtp_server.messages)

    assert one_click(link[1]) == 200
    assert one_click(link[1]) == 200
    worker.work()
    ruth.goto(post)
    comment(ruth, "Are you there, @susan?")
    worker.look(days=2)
    worker.work()

    assert len(smtp_server.messages) == sent
    # On the site she is told as before.
    susan = page_of("susan")
    susan.goto("/notifications")
    expect(susan.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    assert link[1].rpartition("/")[2] not in site.log_file.read_text("utf-8")
