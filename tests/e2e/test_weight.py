"""How much the first page weighs, in bytes on the wire, headers included; and that it asks nobody else for anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.e2e.conftest import Browse, Member, Site, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.sql]

FOREVER = "public, max-age=31536000, immutable"
TEXTS = ("text/", "image/svg+xml")
# Smaller ones are not worth compressing.
SMALL = 500
VISITOR, MEMBER = "", "susan"


@dataclass(frozen=True, slots=True)
class Visit:
    """The first page, read to its end. `blocking` are the paths that the browser waited for before it showed any."""

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
    sizes: list[float] = []
    answers: list[Response] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
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
    return Visit(name, page, round(sum(sizes)), answers, blocking)


def path_of(answer: Response) -> str:
    return urlsplit(answer.url).path


def test_a_first_visit_is_small_and_a_later_one_smaller(first: Visit, browse: Browse) -> None:
    assert first.size < 60_000
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


def test_only_the_one_stylesheet_is_waited_for(first: Visit) -> None:
    assert first.blocking == [path_of(file) for file in first.files(".css")] == ["/static/site.css"]
    assert "@import" not in first.files(".css")[0].text()
    assert first.page.locator("style, [style], script[src]:not([type=module])").count() == 0


def test_files_are_kept_for_good_and_texts_are_compressed(first: Visit) -> None:
    assert {path_of(file).rpartition(".")[2] for file in first.files()} >= {"css", "js", "svg"}
    for file in first.files():
        text = file.headers["content-type"].startswith(TEXTS) and len(file.body()) >= SMALL
        assert file.headers["cache-control"] == FOREVER, file.url
        packed = "br" if path_of(file).startswith("/static/") else "gzip"
        assert file.headers.get("content-encoding") == (packed if text else None), file.url


def test_scripts_and_the_stylesheet_are_small_even_unpacked(first: Visit) -> None:
    assert sum(len(file.body()) for file in first.files(".js")) < 15_000
    assert sum(len(file.body()) for file in first.files(".css")) < 30_000


def test_nobody_else_is_asked_for_anything(first: Visit) -> None:
    assert {urlsplit(answer.url).netloc for answer in first.answers} == {urlsplit(first.page.url).netloc}
