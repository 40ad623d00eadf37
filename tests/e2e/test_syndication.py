"""Feeds as a browser's own XML parser reads them."""

import pytest
from playwright.sync_api import Browser

from tests.web.conftest import inhabited
from tests.web.site import Site
from tests.web.test_syndication import CLASSES_OF_CHARACTERS, store_as_it_is

pytestmark = pytest.mark.browser

READ = """(texts) => texts.map((text) => {
    const feed = new DOMParser().parseFromString(text, "application/xml");
    return feed.querySelector("parsererror")?.textContent ?? feed.querySelectorAll("entry").length;
})"""


def test_a_browser_reads_feeds_with_every_class_of_characters(chrome: Browser) -> None:
    site = inhabited(Site())
    for text in CLASSES_OF_CHARACTERS.values():
        post_id = store_as_it_is(site, text)
    feeds = [site.browser().get(f"{path}feed.atom").text for path in ("/", "/@susan/", f"/posts/{post_id}/")]

    page = chrome.new_page()
    posts = len(CLASSES_OF_CHARACTERS)
    assert page.evaluate(READ, feeds) == [posts, posts, 1]
    page.close()
