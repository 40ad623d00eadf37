"""The weight of pages: bytes sent, compressed, headers included; and that nothing is loaded from other hosts."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from tests.e2e.conftest import Browse, Member, Site, sign_in, talk_with

pytestmark = [pytest.mark.browser, pytest.mark.sql]

FOREVER = "public, max-age=31536000, immutable"
TEXTS = ("text/", "image/svg+xml")
# What members sent is as large as it is, and does not count.
SENT = "/pictures/"
# Smaller ones are not worth compressing.
SMALL = 500
VISITOR, MEMBER = "", "susan"

# Pages are read to their end: a screen as long as the longest one loads every lazy picture.
LONG_SCREEN = {"width": 1280, "height": 20_000}
# In bytes. A page where one writes may load so much more, of styles and scripts together, and so may one of
# administration.
FIRST_VISIT = 60_000
STYLES, SCRIPTS, TO_WRITE, TO_ADMINISTER = 12_000, 9_000, 9_000, 9_000
SCRIPT_REQUESTS = 3
FOR_VISITORS = (
    *("/about", "/rules", "/privacy"),
    *("/", "/?before=1", "/@ruud", "/@ruud/followers", "/login", "/register", "/reset", "/display"),
    *("/confirm/expired", "/nothing-here", "/api/docs", "/markdown", "/styleguide", "/@ruud/report"),
    *("/people", "/@ruud/comments"),
)
FOR_MEMBERS = (
    *("/", "/following", "/@ruud", "/@ruud/followers", "/@susan", "/confirm", "/nothing-here", "/moderation"),
    *("/moderation/comments", "/@ruud/report", "/people", "/@ruud/comments", "/welcome"),
    *("/settings/profile", "/settings/password", "/settings/email", "/settings/sessions", "/settings/account"),
)
FOR_ADMINISTRATORS = (
    *("/moderation", "/moderation/log", "/admin/users", "/admin/users?q=zzzz", "/admin/users/ruud", "/admin/outbox"),
    "/admin",
    "/admin/site",
)


@dataclass(frozen=True, slots=True)
class Visit:
    """The first page, read to its end, without the pictures that members sent. `blocking` are the paths that
    the browser waited for before it showed any."""

    name: str
    page: Page
    size: int
    answers: list[Response]
    blocking: list[str]

    def files(self, *endings: str) -> list[Response]:
        """What is not the page itself."""
        return [answer for answer in self.answers[1:] if path_of(answer).endswith(endings or "")]


@pytest.fixture(scope="module", params=[VISITOR, MEMBER], ids=["visitor", "member"])
def first(request: pytest.FixtureRequest, chrome: Browser, community: Site, member: Member) -> Iterator[Visit]:
    """With nothing in the browser's cache; a member's has the cookie."""
    earlier = chrome.new_context(base_url=community.url)
    if request.param:
        sign_in(earlier.new_page(), member(request.param))
    context = chrome.new_context(base_url=community.url, storage_state=earlier.storage_state())
    yield visit(context, request.param)
    context.close()
    earlier.close()


def visit(context: BrowserContext, name: str = "") -> Visit:
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: dict[str, float] = {}
    sent: set[str] = set()
    answers: list[Response] = []

    def answered(event: dict) -> None:
        if urlsplit(event["response"]["url"]).path.startswith(SENT):
            sent.add(event["requestId"])

    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin, please
    page.goto("/")
    expect(page.get_by_role("article")).to_have_count(20)
    for post in page.get_by_role("article").all():
        post.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    blocking = page.evaluate(
        "performance.getEntriesByType('resource').filter((file) => file.renderBlockingStatus === 'blocking')"
        ".map((file) => new URL(file.name).pathname)"
    )
    size = sum(size for request, size in sizes.items() if request not in sent)
    own = [answer for answer in answers if not path_of(answer).startswith(SENT)]
    return Visit(name, page, round(size), own, blocking)


def path_of(answer: Response) -> str:
    return urlsplit(answer.url).path


def test_a_first_visit_is_small_and_a_later_one_smaller(first: Visit, browse: Browse) -> None:
    # A member has the editor on it.
    assert first.size <= (FIRST_VISIT if first.name == VISITOR else FIRST_VISIT + TO_WRITE)
    assert visit(first.page.context).size < 1_000
    writer = browse("ruth")
    writer.goto("/")
    writer.get_by_label("What is on your mind?").fill(f"One more, for the {first.name or 'visitor'}.")
    writer.get_by_role("button", name="Publish").click()
    expect(writer.get_by_text("Your post is published")).to_be_visible()
    assert visit(first.page.context).size < 12_000
    # The other one is to see the same twenty.
    writer.get_by_text("Delete…").click()
    writer.get_by_role("button", name="Delete this post").click()
    expect(writer.get_by_text("The post is deleted")).to_be_visible()


def test_only_stylesheets_block_rendering(first: Visit) -> None:
    sheets = ["/static/site.css"] if first.name == VISITOR else ["/static/site.css", "/static/writing.css"]
    assert sorted(first.blocking) == sorted(path_of(file) for file in first.files(".css")) == sheets
    assert not any("@import" in file.text() for file in first.files(".css"))
    assert first.page.locator("style, [style], script[src]:not([type=module])").count() == 0


def test_static_files_are_cached_for_good_and_texts_are_compressed(first: Visit) -> None:
    assert {path_of(file).rpartition(".")[2] for file in first.files()} >= {"css", "js", "svg"}
    for file in first.files():
        text = file.headers["content-type"].startswith(TEXTS) and len(file.body()) >= SMALL
        assert file.headers["cache-control"] == FOREVER, file.url
        packed = "br" if path_of(file).startswith("/static/") else "gzip"
        assert file.headers.get("content-encoding") == (packed if text else None), file.url


@dataclass(frozen=True, slots=True)
class Load:
    """The files of one page, each with its bytes on the wire, as often as they were asked for. `whole` is the sum of
    all, with the page itself and its fonts, without the pictures that members sent."""

    whole: int
    scripts: list[tuple[str, int]]
    styles: list[tuple[str, int]]


def loaded(page: Page, go: Callable[[], object]) -> Load:
    """What the browser loads when it goes there with nothing in its cache."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    paths: dict[str, str] = {}
    files: list[tuple[str, int]] = []

    def finished(event: dict) -> None:
        files.append((paths.get(event["requestId"], ""), round(event["encodedDataLength"])))

    network.on("Network.responseReceived", lambda event: paths.update({event["requestId"]: event["response"]["url"]}))
    network.on("Network.loadingFinished", finished)
    go()
    page.evaluate("document.fonts.ready.then(() => undefined)")
    page.wait_for_load_state("networkidle")
    network.detach()
    files = [(path, size) for url, size in files if not (path := urlsplit(url).path).startswith(SENT)]
    scripts, styles = ([file for file in files if file[0].endswith(ending)] for ending in (".js", ".css"))
    return Load(sum(size for _, size in files), scripts, styles)


def faults(page: Page, go: Callable[[], object]) -> list[str]:
    """What is beyond the budget of the page to which this leads."""
    load = loaded(page, go)
    is_public = page.get_by_role("navigation").get_by_role("link", name="Sign in").count() > 0
    path = urlsplit(page.url).path
    writes = page.locator("textarea:not([readonly])").count() > 0
    administers = path.startswith(("/admin/", "/moderation"))
    more = TO_WRITE * writes + TO_ADMINISTER * administers
    assert load.scripts, f"{path} has no script"
    assert load.styles, f"{path} has no style"
    found = {
        "whole": is_public and load.whole > FIRST_VISIT,
        "scripts and styles": beyond(load.scripts, SCRIPTS) + beyond(load.styles, STYLES) > more,
        "requests": len(load.scripts) > SCRIPT_REQUESTS,
        "doubles": len({name for name, _ in load.scripts}) < len(load.scripts),
    }
    return [f"{path}: {name}: {load}" for name, is_found in found.items() if is_found]


def beyond(files: list[tuple[str, int]], budget: int) -> int:
    return max(0, sum(size for _, size in files) - budget)


def faults_of(page: Page, paths: Iterable[str]) -> list[str]:
    return [line for path in paths for line in faults(page, partial(page.goto, path))]


def a_post(page: Page) -> str:
    page.goto("/")
    return path_of_link(page.get_by_role("article").get_by_role("link", name="comments").first)


def path_of_link(link: Locator) -> str:
    return (link.get_attribute("href") or "").partition("#")[0]


def press(page: Page, name: str) -> None:
    """Until the page is there to which it leads."""
    with page.expect_event("load"):
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def test_pages_for_visitors_stay_within_their_budget(browse: Browse) -> None:
    page = browse(viewport=LONG_SCREEN)
    assert faults_of(page, (*FOR_VISITORS, a_post(page))) == []


@pytest.mark.long
def test_a_first_visit_of_any_public_page_is_small(browse: Browse) -> None:
    page = browse(viewport=LONG_SCREEN)
    get = page.context.request.get
    months = locations(get("/sitemap.xml").text())
    pages = {path for month in months for path in locations(get(month).text())}
    people = {name for path in pages for name in re.findall(r'href="(/@[^"/]+)"', get(path).text())}
    pages |= {name + rest for name in people for rest in ("", "/comments", "/followers", "/following")}
    assert len(people) > 10
    assert faults_of(page, sorted(pages)) == []


def locations(sitemap: str) -> list[str]:
    return [urlsplit(address).path for address in re.findall("<loc>(.+?)</loc>", sitemap)]


def test_pages_for_members_stay_within_their_budget(browse: Browse, community: Site, member: Member) -> None:
    page = browse("susan")
    post = a_post(page)
    assert faults_of(page, (*FOR_MEMBERS, post)) == []
    member("nora")
    talk = talk_with(community, "nora", "ruud", "hester", "tomasz")
    assert faults_of(browse("nora"), talk.pages) == []
    assert faults_of(browse(), (talk.post, talk.likes)) == []

    page.goto(post)
    page.get_by_label("Write a comment").fill("One more word.")
    assert faults(page, lambda: press(page, "Publish")) == []
    edit = path_of_link(page.get_by_role("article").get_by_role("link", name="Edit", exact=True).last)
    assert edit.startswith("/comments/")
    assert faults_of(page, [edit]) == []


def test_error_pages_stay_within_their_budget(browse: Browse) -> None:
    page = browse("susan")
    page.goto("/")
    page.get_by_label("What is on your mind?").focus()
    page.get_by_label("Title").fill("Only a title")
    assert faults(page, lambda: press(page, "Publish")) == []
    expect(page.get_by_role("alert")).to_be_visible()

    page.get_by_label("What is on your mind?").fill("It was cold.")
    press(page, "Publish")
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).click()
    assert faults(page, page.reload) == []
    page.locator("[name=version]").evaluate("(version) => { version.value = 0; }")
    assert faults(page, lambda: press(page, "Save")) == []
    expect(page.get_by_role("alert")).to_contain_text("It was changed in the meantime")

    page.locator("main form [name=csrf_token]").first.evaluate("(token) => { token.value = 'of yesterday'; }")
    assert faults(page, lambda: press(page, "Save")) == []
    expect(page.locator("[data-trouble] textarea")).to_have_value("It was cold.")


def test_pages_for_moderators_and_administrators_stay_within_their_budget(browse: Browse) -> None:
    page = browse("warden", "Administrator")
    assert faults_of(page, FOR_ADMINISTRATORS) == []

    page.goto("/moderation/comments")
    page.get_by_role("article").first.get_by_text("Hide…").click()

    def hide_without_a_reason() -> None:
        with page.expect_navigation():
            page.get_by_role("article").first.get_by_label("Why is it hidden?").press("Enter")

    assert faults(page, hide_without_a_reason) == []
    expect(page.get_by_role("heading", level=1)).to_have_text("Hide a comment")


def test_pages_load_nothing_from_other_hosts(first: Visit) -> None:
    assert {urlsplit(answer.url).netloc for answer in first.answers} == {urlsplit(first.page.url).netloc}
