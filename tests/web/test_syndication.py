"""Feeds, sitemap and robots: the site for programs that only read."""

import json
import re
from html import escape
from xml.etree.ElementTree import Element, fromstring

import feedparser
import html5lib
import pytest

from adapters.markdown.rendering import InlineRenderer
from domain.posts import PostHtml, PostText
from entrypoints.web import sitemaps
from tests.doubles import put_in
from tests.web.browser import Browser, Page
from tests.web.conftest import inhabited
from tests.web.site import BASE_URL, PASSWORD, Site

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def written(site: Site) -> int:
    """Susan's post, with a comment that stays and one that a moderator hides."""
    post = site.post("susan", "It was *cold*. See [the other](/posts/1) and [below](#x).", "A walk & a talk")
    site.comment("david", post, "How **cold**?")
    site.hide("mary", site.comment("david", post, "Rude words."))
    return post


@pytest.mark.parametrize("path", ["/feed.atom", "/@susan/feed.atom"])
def test_a_feed_has_whole_posts(site: Site, written: int, path: str) -> None:
    answer = site.browser().get(path)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.text)
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == "A walk & a talk"
    assert entry.link == f"{BASE_URL}/posts/{written}"
    assert entry.author == "@susan"
    html = entry.content[0].value
    assert "<em>cold</em>" in html
    assert f'href="{BASE_URL}/posts/1"' in html
    assert f'href="{BASE_URL}/posts/{written}#x"' in html


def test_another_spelling_of_a_username_redirects_to_its_feed(site: Site, written: int) -> None:
    for file in ("feed.atom", "feed.json"):
        answer = site.browser().get(f"/@SUSAN/{file}")
        assert (answer.status, answer.location) == (308, f"/@susan/{file}")


@pytest.mark.parametrize("sanitizer", ["bleach", "nh3"])
def test_links_in_a_feed_have_the_same_targets_as_in_the_post(sanitizer: str) -> None:
    renderer = InlineRenderer(sanitizer)
    site = inhabited(Site(prepare=lambda container: put_in(container, renderer=renderer)))
    targets = "/a?b=1&c=2 #x ?a=1 foo/bar ../x //host.example/x https://far.example/ mailto:a@b.c"
    links = " ".join(f'[it]({target} "a title")' for target in targets.split())
    code = '`<a href="/x">` and <a href="#y">\n\n    <a href="/z">'
    post = f"{BASE_URL}/posts/{site.post('susan', f'{links} {code}')}"

    (item,) = json.loads(site.browser().get("/feed.json").text)["items"]

    found = html5lib.parse(item["content_html"], namespaceHTMLElements=False)
    assert [link.get("href") for link in found.iter("a")] == [
        f"{BASE_URL}/a?b=1&c=2",
        f"{post}#x",
        f"{post}?a=1",
        f"{BASE_URL}/posts/foo/bar",
        f"{BASE_URL}/posts/../x",
        "http://host.example/x",
        "https://far.example/",
        "mailto:a@b.c",
    ]
    shown = "".join(found.itertext())
    for text in ('<a href="/x">', '<a href="#y">', '<a href="/z">'):
        assert text in shown


def test_the_feed_of_comments_leaves_out_hidden_ones(site: Site, written: int) -> None:
    for path in (f"/posts/{written}/feed.atom", f"/posts/{written}/feed.json"):
        text = site.browser().get(path).text
        assert "cold" in text
        assert "Rude" not in text


def test_the_json_feed_has_the_same_content(site: Site, written: int) -> None:
    feed = json.loads(site.browser().get("/feed.json").text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert (item["title"], item["url"]) == ("A walk & a talk", f"{BASE_URL}/posts/{written}")
    susan = site.members["susan"]
    assert item["authors"] == [
        {"name": "@susan", "url": f"{BASE_URL}/@susan", "avatar": f"{BASE_URL}/avatars/{susan}.svg"}
    ]


def test_an_unchanged_feed_is_not_sent_again(site: Site, written: int) -> None:
    visitor = site.browser()
    first = visitor.get("/feed.atom")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    assert visitor.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]}).status == 304
    site.post("susan", "More.")
    again = visitor.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 200


def test_a_feed_is_sent_again_after_an_entry_is_removed(site: Site, written: int) -> None:
    path = f"/posts/{written}/feed.atom"
    rude = site.comment("david", written, "More rude words.")
    later = {"If-Modified-Since": "Tue, 01 Jan 2030 00:00:00 GMT"}
    assert "More rude" in site.browser().get(path, headers=later).text

    site.hide("mary", rude)

    again = site.browser().get(path, headers=later)
    assert again.status == 200
    assert "Last-Modified" not in again.headers
    assert "More rude" not in again.text


def test_a_feed_without_entries_has_the_date_of_its_subject(site: Site) -> None:
    def dated(path: str) -> str:
        return str(feedparser.parse(site.browser().get(path).text).feed.updated)

    assert dated("/feed.atom") == "1970-01-01T00:00:00+00:00"
    assert dated("/@david/feed.atom") == "2026-03-01T12:00:00+00:00"
    assert dated(f"/posts/{site.post('susan')}/feed.atom") == "2026-03-01T12:01:00+00:00"


def test_the_feed_of_an_unknown_member_or_post_is_not_found(site: Site) -> None:
    for path in ("/@nobody/feed.atom", "/posts/7/feed.json", "/posts/0/feed.atom", "/sitemap-2026-13.xml"):
        assert site.browser().get(path).status == 404


def test_an_empty_site_has_an_empty_feed(site: Site) -> None:
    feed = feedparser.parse(site.browser().get("/feed.atom").text)
    assert not feed.bozo
    assert feed.entries == []


def test_pages_link_to_their_feeds_with_title_and_type(site: Site, written: int) -> None:
    for path, feed in (("/", "/feed.atom"), ("/@susan", "/@susan/feed.atom"), (f"/posts/{written}",) * 2):
        page = site.browser().get(path)
        text = page.text
        assert f'href="{feed if feed.endswith(".atom") else feed + "/feed.atom"}"' in text
        assert f'<link rel="canonical" href="{BASE_URL}{path}">' in text
        assert '<meta property="og:title"' in text
    assert '<meta property="og:title" content="A walk &amp; a talk">' in text
    assert "h-entry" in text


def test_a_post_has_metadata(site: Site) -> None:
    post_id = site.post("susan", "It was *cold*[^1] outside: 10<sup>2</sup>.\n\n[^1]: Very.", "A walk")
    path = f"/posts/{post_id}"
    page = site.browser().get(path)

    def told(name: str, of: Page = page) -> list[str | None]:
        named = [meta for meta in of.all("./head/meta") if name in (meta.get("property"), meta.get("name"))]
        return [meta.get("content") for meta in named]

    assert told("description") == told("og:description") == ["It was cold outside: 102."]
    assert told("article:published_time") == ["2026-03-01T12:01:00Z"]
    assert told("article:modified_time") == []
    (picture,) = told("og:image")
    assert str(picture).startswith(f"{BASE_URL}/static/card.png?v=")
    answer = site.browser().get(str(picture).removeprefix(BASE_URL))
    assert (answer.headers["Content-Type"], int.from_bytes(answer.data[16:20])) == ("image/png", 1200)
    assert told("og:locale") == ["en_GB"]
    assert told("og:locale", site.browser(headers={"Accept-Language": "zh"}).get(path)) == ["zh_CN"]
    assert [link.get("href") for link in page.classed("u-url")] == [path]
    assert [link.get("title") for link in page.all("./head/link") if link.get("href", "").startswith(path)] == [
        "Comments on A walk"
    ] * 2
    site.pass_time(minutes=5)
    susan = site.browser("susan")
    susan.submit(susan.get(f"{path}/edit"), f"{path}/edit", body="Warmer now.")
    assert told("article:modified_time", susan.get(path)) == ["2026-03-01T12:06:00Z"]
    assert told("article:published_time", susan.get("/")) == []


def test_what_is_folded_stays_out_of_a_title_and_its_summary_is_in_it(site: Site) -> None:
    inner = "<details>\n<summary>Within</summary>\n\nhidden too\n\n</details>"
    body = f"Before.\n\n<details>\n<summary>A fold</summary>\n\nhidden\n\n{inner}\n\n</details>\n\nAfter."
    post_id = site.post("susan", body)

    page = site.browser().get(f"/posts/{post_id}")

    (description,) = [meta.get("content") for meta in page.all("./head/meta") if meta.get("name") == "description"]
    assert description == "Before. A fold After."


def test_a_post_of_a_former_member_has_no_author_in_the_feed(site: Site) -> None:
    site.post("susan", "Goodbye.")
    site.container.leaving().leave(actor_id=site.members["susan"], password=PASSWORD, posts="keep")

    (entry,) = json.loads(site.browser().get("/feed.json").text)["items"]

    assert entry["authors"] == [{"name": "deleted member"}]


@pytest.mark.parametrize("html", ["", '<pre tabindex="0"><code></code></pre>', "<p>\N{NO-BREAK SPACE}</p>"])
def test_an_old_post_without_words_is_titled_by_its_author(site: Site, html: str) -> None:
    """A text that shows nothing is refused, but was not always."""
    path = f"/posts/{store_as_it_is(site, html=html)}"
    page = site.browser().get(path)

    named = {meta.get("property") or meta.get("name"): meta.get("content") for meta in page.all("./head/meta")}
    assert page.title == "A post by @susan · Chapbook"
    assert {named[name] for name in ("og:title", "og:description", "description")} == {"A post by @susan"}
    assert "Comments on A post by @susan" in [link.get("title") for link in page.all("./head/link")]
    for list_path in ("/", "/@susan"):
        assert [link for link in site.browser().get(list_path).links if link == path]
    assert json.loads(site.browser().get("/feed.json").text)["items"][0]["title"] == "A post by @susan"
    comments = feedparser.parse(site.browser().get(f"{path}/feed.atom").text)
    assert comments.feed.title == "Comments on A post by @susan · Chapbook"
    assert [entry.title for entry in comments.entries] == ["By @susan"]


def test_a_post_with_only_a_footnote_is_titled_by_its_author(site: Site) -> None:
    post_id = site.post("susan", "[^a]\n\n[^a]: Only a note.")
    assert site.browser().get(f"/posts/{post_id}").title == "A post by @susan · Chapbook"


# Characters that XML does not take. Rows that were stored under older rules may have them.

CLASSES_OF_CHARACTERS = {
    "controls": "".join(map(chr, range(0x01, 0x20))),
    "DEL and C1": "".join(map(chr, range(0x7F, 0xA0))),
    "noncharacters": "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0001ffff\U0010fffe\U0010ffff",
    "markup": "<>&\"' ]]> <![CDATA[ <!-- --> <?x ?> &amp; &#1; &#xfffe;",
    "edges": "\ud7ff\ue000\ufffd\U00010000 \u2028\u2029\u202e\ufeff\u200b",
    "letters": "é你م🙂\U000e0041",
}


def store_as_it_is(site: Site, text: str = "", html: str | None = None) -> int:
    """A post, a comment and a name in the storage, as no use case takes them. The HTML is of the text, or another."""
    post_id = site.post("susan", "A post.", "A title")
    comment_id = site.comment("susan", post_id, "A comment.")
    html = f"<p>{escape(text)}</p>" if html is None else html
    with site.container.storage().unit_of_work() as work:
        susan, post, comment = (
            work.accounts.lock(site.members["susan"]),
            work.posts.lock(post_id),
            work.comments.lock(comment_id),
        )
        susan.name, susan.location, susan.about_me = text, text, text
        post.text = PostText(title=text, body=text)
        post.html = PostHtml(body_html=html, excerpt_html=html, cut=False, version=0)
        comment.body, comment.body_html = text, html
        work.accounts.save(susan)
        work.posts.save(post)
        work.comments.save(comment)
        work.commit()
    return post_id


def named(author: str, name: str) -> bool:
    """Whether name and username stand there, each in its own place whichever way its letters run."""
    return author in (f"{name} (@susan)", f"\u2068{name}\u2069 (\u2068@susan\u2069)")


@pytest.mark.parametrize("kind", CLASSES_OF_CHARACTERS)
def test_no_stored_character_breaks_a_feed(any_site: Site, kind: str) -> None:
    text = CLASSES_OF_CHARACTERS[kind]
    post_id = store_as_it_is(any_site, text)
    readable = "".join(char if is_in_xml(char) else "\ufffd" for char in text)
    visitor = any_site.browser()

    for path in ("/", "/@susan/", f"/posts/{post_id}/"):
        answer = visitor.get(f"{path}feed.atom")
        document, feed = fromstring(answer.data), feedparser.parse(answer.data)
        assert not feed.bozo, path
        (entry,) = feed.entries
        (written,) = document.iter(f"{ATOM}entry")
        # A parser makes one kind of line break of all.
        assert named(str(written.findtext(f"{ATOM}author/{ATOM}name")), one_kind(readable))
        assert written.findtext(f"{ATOM}content") == one_kind(f"<p>{escape(readable)}</p>")
        assert entry.content
        item = json.loads(visitor.get(f"{path}feed.json").data)["items"][0]
        assert named(item["authors"][0]["name"], text)
        assert item["content_html"] == f"<p>{escape(text)}</p>"
    (written,) = fromstring(visitor.get("/feed.atom").data).iter(f"{ATOM}entry")
    assert written.findtext(f"{ATOM}title") == one_kind(readable)
    for path in ("/sitemap.xml", "/sitemap-2026-03.xml"):
        assert fromstring(visitor.get(path).data).tag.endswith(("urlset", "sitemapindex"))


@pytest.mark.parametrize("kind", CLASSES_OF_CHARACTERS)
def test_a_post_with_an_old_character_is_shown_and_edited(site: Site, kind: str) -> None:
    text = CLASSES_OF_CHARACTERS[kind]
    post = f"/posts/{store_as_it_is(site, text)}"
    for path in ("/", post, "/@susan"):
        assert site.browser().get(path).status == 200
    susan = site.browser("susan")
    form = susan.get(f"{post}/edit")
    assert form.status == 200

    if kind not in ("markup", "letters"):
        refused = susan.submit(form, f"{post}/edit", body="Another text.")
        assert refused.status == 422
        assert "hidden control character" in refused.text
        assert "Another text." in refused.text
    assert susan.submit(form, f"{post}/edit", title="A new title", body="Another text.").status == 303


def is_in_xml(char: str) -> bool:
    """XML 1.0, section 2.2."""
    code = ord(char)
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def one_kind(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What search engines may keep, and by which address.


def told_to_robots(page: Page) -> tuple[list[str | None], list[str | None]]:
    """What a page says of itself: for robots, and as its address."""
    robots = [meta.get("content") for meta in page.all("./head/meta") if meta.get("name") == "robots"]
    return robots, [link.get("href") for link in page.all("./head/link") if link.get("rel") == "canonical"]


def test_search_engines_may_index_only_posts_profiles_and_entry_pages(site: Site, written: int) -> None:
    for path in ("/", "/@susan", f"/posts/{written}", "/login", "/register", "/about", "/rules", "/privacy"):
        assert told_to_robots(site.browser().get(path)) == ([], [BASE_URL + path]), path
    assert told_to_robots(site.browser().get("/login?next=/@susan")) == ([], [f"{BASE_URL}/login"])
    asked = {
        site.browser(): "/display /reset /reset/x /confirm/x /nowhere /posts/7 /styleguide /api/docs"
        " /@susan/followers /@susan/following /@susan/followers?before=5",
        site.browser("ulla"): "/confirm",
        site.browser("ada"): f"/following /posts/{written}/edit /settings/profile /settings/account /admin/users"
        " /admin/outbox /admin/site /moderation /moderation/comments /moderation/log",
    }
    for browser, paths in asked.items():
        for path in paths.split():
            assert told_to_robots(browser.get(path)) == (["noindex"], []), path


def test_each_page_of_a_list_has_an_address_and_none_is_past_the_end(site: Site, written: int) -> None:
    largest = 2**63 - 1
    for path, part, past in (
        ("/", f"before={largest}", "before=5"),
        ("/@susan", f"before={largest}", f"after={largest}"),
        (f"/posts/{written}", f"after={written}", f"after={largest}"),
    ):
        page = site.browser().get(f"{path}?{part}&more=x")
        address = f"{BASE_URL}{path}?{part}"
        assert told_to_robots(page) == ([], [address])
        assert page.only("./head/meta[@property='og:url']").get("content") == address
        assert told_to_robots(site.browser().get(f"{path}?{past}")) == (["noindex"], [])


# Microformats (microformats.org/wiki/microformats2).


def test_entries_of_a_list_have_microformats_with_their_author(site: Site, written: int) -> None:
    site.follow("david", "susan")
    for browser, path in ((site.browser(), "/"), (site.browser("david"), "/following")):
        (feed,) = browser.get(path).classed("h-feed")
        (entry,) = within(feed, "h-entry")
        (author,) = within(entry, "p-author")
        # Its name, address and photo are implied; a class for one of them would take away the others.
        assert (author.tag, author.get("href"), [child.tag for child in author]) == ("a", "/@susan", ["img", "span"])
        assert {"h-card", "p-author"} <= set(author.get("class", "").split())
        assert [Page.text_of(found) for found in within(entry, "p-summary")] == [
            "It was cold. See the other and below."
        ]


def test_a_profile_has_a_card_and_is_the_author_of_its_posts(site: Site, written: int) -> None:
    susan = site.browser("susan")
    profile = {"name": "Susan Q", "location": "Hamburg", "about_me": "I cook."}
    susan.submit(susan.get("/settings/profile"), "/settings/profile", **profile)

    page = site.browser().get("/@susan")

    (card, author), (feed,) = page.classed("h-card"), page.classed("h-feed")
    for name, text in (("p-name", "Susan Q"), ("p-locality", "Hamburg"), ("p-note", "I cook.")):
        assert [Page.text_of(found) for found in within(card, name)] == [text]
    assert [found.get("href") for found in within(card, "u-url")] == ["/@susan"]
    assert [found.get("src") for found in within(card, "u-photo")] == [f"/avatars/{site.members['susan']}.svg"]
    assert within(feed, "p-author") == [author]
    assert (author.get("href"), Page.text_of(author)) == ("/@susan", "Susan Q @susan")
    assert [Page.text_of(found) for found in within(author, "p-name")] == ["Susan Q"]
    assert len(within(feed, "h-entry")) == 1


def within(root: Element, name: str) -> list[Element]:
    """Elements of this class inside of another."""
    return [element for element in root.iter() if name in element.get("class", "").split()]


def test_posts_in_a_list_have_one_address_each_titled_or_not(site: Site) -> None:
    first, second = site.post("susan", title="On soup"), site.post("susan")

    page = site.browser().get("/")

    assert [link.get("href") for link in page.classed("u-url")] == [f"/posts/{second}", f"/posts/{first}"]


def test_feeds_of_comments_have_titles_of_comments(site: Site, written: int) -> None:
    feed = feedparser.parse(site.browser().get(f"/posts/{written}/feed.atom").text)

    assert feed.feed.title == "Comments on A walk & a talk · Chapbook"


def test_the_sitemap_has_every_post_in_monthly_files(site: Site, written: int) -> None:
    index = site.browser().get("/sitemap.xml").text
    month = f"{site.time:%Y-%m}"
    assert f"<loc>{BASE_URL}/sitemap-{month}.xml</loc>" in index
    assert f"<loc>{BASE_URL}/posts/{written}</loc>" in site.browser().get(f"/sitemap-{month}.xml").text


@pytest.mark.parametrize(
    ("in_a_file", "name"),
    [
        (600, r"\d{4}-\d\d"),
        (3, r"\d{4}-\d\d-\d\d"),
        (1, r"\d{4}-\d\d-\d\d-from-(?:00|06|12|18)"),
        (0, r"\d{4}-\d\d-\d\d-\d\d"),
    ],
)
def test_where_much_is_written_the_files_of_the_sitemap_are_of_less_time(
    free_site: Site, monkeypatch: pytest.MonkeyPatch, in_a_file: int, name: str
) -> None:
    monkeypatch.setattr(sitemaps, "IN_A_FILE", in_a_file)
    written = []
    for _ in range(8):
        written.append(f"{BASE_URL}/posts/{free_site.post('susan')}")
        free_site.pass_time(hours=9)
    visitor = free_site.browser()

    files = addresses(visitor, "/sitemap.xml")

    assert all(re.fullmatch(rf"{re.escape(BASE_URL)}/sitemap-{name}\.xml", file) for file in files)
    named = [each for file in files for each in addresses(visitor, file.removeprefix(BASE_URL)) if "/posts/" in each]
    assert named == written


def test_a_file_of_the_sitemap_has_one_name(site: Site) -> None:
    for name in ("2026-3", "2026-02-30", "2026-03-01-24", "2026-03-01-from-05", "1969-12", "2201-01", "all"):
        assert site.browser().get(f"/sitemap-{name}.xml").status == 404, name


def test_every_file_of_the_sitemap_names_the_first_page_even_where_there_are_no_posts(site: Site) -> None:
    assert site.browser().get("/sitemap.xml").text.count("<sitemap>") == 1
    site.post("susan")
    site.pass_time(days=70)
    site.post("susan")

    index = addresses(site.browser(), "/sitemap.xml")

    assert len(index) == 3
    found = [addresses(site.browser(), address.removeprefix(BASE_URL)) for address in index]
    assert [len(listed) for listed in found] == [5, 4, 5]
    of_the_site = [f"{BASE_URL}{path}" for path in ("/", "/about", "/rules", "/privacy")]
    assert all(listed[:4] == of_the_site for listed in found)


def addresses(browser: Browser, path: str) -> list[str]:
    return [element.text or "" for element in fromstring(browser.get(path).text).iter() if element.tag.endswith("}loc")]


def test_robots_txt_names_the_sitemap_and_disallows_the_api(site: Site) -> None:
    text = site.browser().get("/robots.txt").text
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in text
    assert "Disallow: /api/" in text


def test_robots_txt_does_not_block_pages_marked_noindex(site: Site) -> None:
    """Where they may not look they cannot read it, and a search engine may still name the address."""
    text = site.browser().get("/robots.txt").text
    for path in ("/login", "/display", "/reset", "/confirm", "/settings", "/admin", "/moderation"):
        assert f"Disallow: {path}" not in text


@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png"])
def test_a_client_that_reads_no_page_finds_the_icon(site: Site, path: str) -> None:
    answer = site.browser().get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.data == site.browser().get("/static/touch-icon.png").data
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize("tried", ["feed", "rss", "rss.xml", "atom.xml", "feed.xml", "atom", "feed/"])
def test_addresses_that_people_try_lead_to_the_feed_of_the_same_place(site: Site, written: int, tried: str) -> None:
    browser = site.browser()
    for place, right in (("/", "/"), ("/@SuSaN/", "/@susan/"), (f"/posts/{written}/", f"/posts/{written}/")):
        for method in ("GET", "HEAD"):
            answer = browser.open(method, place + tried)
            assert (answer.status, answer.location) == (308, f"{right}feed.atom"), place
            assert "Set-Cookie" not in answer.headers
        assert browser.post(place + tried).status == 405
        assert "Go to the page with the form" not in browser.post(place + tried).text
        assert browser.follow(browser.get(place + tried)).status == 200
    for place in ("/@nobody/", "/posts/7/", "/posts/0/", "/posts/x/"):
        assert browser.get(place + tried).status == 404, place


def test_lists_end_with_a_link_to_their_feed(site: Site, written: int) -> None:
    words = {
        "en": ("All posts as a feed", "Posts by @susan as a feed", "These comments as a feed"),
        "zh": ("用订阅源阅读全部帖子", "用订阅源阅读@susan的帖子", "用订阅源阅读这些评论"),
    }
    for language, expected in words.items():
        for browser in (site.browser(headers={"Accept-Language": language}), site.browser("david")):
            shown = expected if browser.cookie("session") is None else words["en"]
            for place, text in zip(("", "/@susan", f"/posts/{written}"), shown, strict=True):
                # A post leads on to its author, whose feed comes after that of the comments.
                link, *further = browser.get(place or "/").all(".//main//a[@rel='alternate']")
                assert [each.get("href") for each in further] == ["/@susan/feed.atom"] * place.startswith("/posts/")
                assert link.get("href") == f"{place}/feed.atom"
                assert link.get("type") == "application/atom+xml"
                assert Page.text_of(link) == text
