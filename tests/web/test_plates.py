"""Pictures of posts where only their first one is shown, and where other programs read them."""

import json
from dataclasses import replace
from html import unescape
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from application.ports.comments import Thread
from application.ports.paging import Counted, Page
from application.ports.posts import PostCard, PostDetail
from domain.pictures import Shape, shown_in
from entrypoints.container import Container
from tests.doubles import RENDERER, put_into_storage
from tests.web.conftest import inhabited
from tests.web.site import BASE_URL, Site
from tests.web.test_structured_data import data_of, faults
from tests.web.test_syndication import ATOM

PICTURES = {7: Shape(1600, 1200)}
BODY = '![A boat](picture:7 "At sea")\n\nIt is \\<img src="/pictures/7/1280.jpg" srcset="/pictures/7/320.webp 320w">.'


class Illustrated:
    """The first post of a list, and a post on its page, have pictures."""

    def __init__(self, feeds: Any) -> None:
        self._feeds = feeds

    def latest(self, *given: Any) -> Page[PostCard]:
        page: Page[PostCard] = self._feeds.latest(*given)
        first, *others = page.items
        shown = RENDERER.post(BODY, pictures=PICTURES)
        first = replace(first, excerpt_html=shown.excerpt_html, cut=shown.cut, picture_id=7)
        return replace(page, items=(first, *others))

    def whole_latest(self, *given: Any) -> Counted[PostDetail]:
        found: Counted[PostDetail] = self._feeds.whole_latest(*given)
        return replace(found, page=replace(found.page, items=tuple(map(illustrated, found.page.items))))

    def thread(self, *given: Any) -> Thread:
        thread: Thread = self._feeds.thread(*given)
        return replace(thread, post=illustrated(thread.post))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feeds, name)


def illustrated(post: PostDetail) -> PostDetail:
    html = RENDERER.post(post.body, pictures=PICTURES)
    return replace(post, body_html=html.html, picture_id=next(iter(shown_in(html.html)), None))


def illustrate(container: Container) -> None:
    storage = container.storage()
    feeds = {name: Illustrated(getattr(storage, name)) for name in ("post_feeds", "comment_feeds")}
    put_into_storage(container, **feeds)


@pytest.fixture
def site() -> Site:
    return inhabited(Site(prepare=illustrate))


def test_a_list_shows_the_first_picture_in_the_link_to_its_post(site: Site) -> None:
    site.post("susan", "Only words.", title="Without")
    post_id = site.post("susan", BODY, title="With")

    (plate,) = [image for image in site.browser().get("/").all(".//img") if image.get("class") == "plate"]

    assert plate.attrib == {
        "class": "plate",
        "src": "/pictures/7/320.webp",
        "width": "320",
        "height": "240",
        "alt": "",
        "loading": "lazy",
    }
    links = [link for link in site.browser().get("/").all(".//a") if link.find("img[@class='plate']") is not None]
    assert [link.get("href") for link in links] == [f"/posts/{post_id}"]
    assert "".join(links[0].itertext()).split() == ["Read", "on", "With"]


def test_a_preview_of_a_link_shows_the_first_picture(site: Site) -> None:
    card = "/static/card.png"
    for body, picture in ((BODY, "/pictures/7/1280.jpg"), ("Only words.", card)):
        page = site.browser().get(f"/posts/{site.post('susan', body, title='A title')}")
        told = {tag.get("property"): str(tag.get("content")) for tag in page.all(".//meta[@property]")}
        assert told["og:image"].partition("?")[0] == f"{BASE_URL}{picture}"
        assert ("og:image:width" in told) == (picture == card)


def test_a_search_engine_reads_the_first_picture(site: Site) -> None:
    data = data_of(site.browser().get(f"/posts/{site.post('susan', BODY)}"))
    assert data["image"] == f"{BASE_URL}/pictures/7/1280.jpg"
    assert list(faults(data, ("BlogPosting",))) == []
    assert "image" not in data_of(site.browser().get(f"/posts/{site.post('susan', 'Only words.')}"))


def test_a_feed_has_absolute_addresses_of_pictures(site: Site) -> None:
    site.post("susan", BODY, title="A boat")
    content = fromstring(site.browser().get("/feed.atom").text).find(f"{ATOM}entry/{ATOM}content")
    assert content is not None
    atom = content.text or ""
    (item,) = json.loads(site.browser().get("/feed.json").text)["items"]
    for html in (atom, item["content_html"]):
        folder = f"{BASE_URL}/pictures/7"
        assert f'<a href="{folder}/2560.webp"><img src="{folder}/1280.jpg" srcset="{folder}/320.webp 320w, ' in html
        assert f"{folder}/2560.webp 1600w" in html
        # What only looks like a picture stays as it was typed.
        assert 'It is <img src="/pictures/7/1280.jpg" srcset="/pictures/7/320.webp 320w">.' in unescape(html)


def test_a_post_of_pictures_alone_is_titled_by_their_words(site: Site) -> None:
    for body, title in (
        ('![A boat](picture:7 "At sea")', "At sea"),
        ("![A &lt;b&gt;oat](picture:7)\n\n![Two](picture:7)", "A <b>oat · Two"),
        ("![](picture:7)", "A post by @susan"),
    ):
        site.post("susan", body)
        assert json.loads(site.browser().get("/feed.json").text)["items"][0]["title"] == title


def test_the_word_for_a_post_of_pictures_alone_is_in_the_language_of_its_reader(site: Site) -> None:
    site.post("susan", "![](picture:7)")
    with site.container.storage().unit_of_work() as work:
        (post_id,) = work.posts.some_of(site.members["susan"], 1)
        post = work.posts.get(post_id)
        post.html = replace(post.html, excerpt_html=RENDERER.post("![](picture:7)", pictures=PICTURES).excerpt_html)
        work.posts.save(post)
        work.commit()
    for language, word in (("en", "Picture"), ("zh", "图片")):
        page = site.browser(headers={"Accept-Language": language}).get("/@susan")
        (kind,) = page.classed("kind")
        assert page.text_of(kind) == word
