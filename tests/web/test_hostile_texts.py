"""Scripts in texts come out as texts, wherever a text is shown; and no text keeps the site busy for long."""

import json
import re
import time
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import pytest

from adapters.render_process import ProcessRenderer
from tests.doubles import SLOW_TEXT, put_in
from tests.web.addresses import ADMINISTERED
from tests.web.browser import Page
from tests.web.conftest import MakeSite, inhabited
from tests.web.site import Site

CORPORA = Path(__file__).parent.parent / "corpora"
XSS: list[str] = [case["payload"] for case in json.loads((CORPORA / "xss.json").read_text("utf-8"))]
TEMPLATES = [
    "{{7*7}}",
    "{% for x in y %}",
    "{{config}}",
    "{{ ''.__class__ }}",
    "${7*7}",
    "{user.password}",
    "<%= 7*7 %>",
]

# What Markdown may become. Everything around it is ours.
IN_PROSE = {
    "a", "p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h2", "h3", "h4", "h5",
    "h6", "table", "thead", "tbody", "tr", "th", "td", "sup", "section", "div", "span",
}  # fmt: skip
ATTRIBUTES = {
    "href", "title", "rel", "class", "id", "tabindex", "scope", "start", "dir", "lang", "role",
}  # fmt: skip
AROUND = IN_PROSE | {
    "html", "head", "meta", "title", "link", "script", "body", "header", "footer", "main", "nav", "details", "summary",
    "article", "h1", "img", "span", "time", "bdi", "q", "cite", "b", "form", "input", "button", "textarea", "label",
    "select", "option", "fieldset", "legend", "search", "caption",
    *(f"{{http://www.w3.org/2000/svg}}{tag}" for tag in ("svg", "path", "circle")),
}  # fmt: skip


def assert_inert(page: Page) -> None:
    """Only our own script, no handler, no style, no link that is more than a way to somewhere."""
    for script in page.all(".//script"):
        # Ours, or words for ours, which run no code.
        ours = script.get("src", "").startswith("/static/") and not "".join(script.itertext()).strip()
        assert ours or script.get("type") in ("application/json", "application/ld+json"), "".join(script.itertext())
    for element in page.tree.iter():
        assert element.tag in AROUND, element.tag
        for name, value in element.items():
            assert not name.startswith("on"), (element.tag, name)
            assert name not in ("style", "srcdoc", "xlink:href", "background"), (element.tag, name)
            if name in ("href", "src", "action", "formaction"):
                assert is_a_plain_way(value), (element.tag, value)
                if as_browsers_read(value).startswith("//"):
                    assert element.get("rel") == "nofollow ugc noopener", value
    for prose in page.all(".//div"):
        if "prose" in prose.get("class", "").split():
            assert_prose(prose)


def is_a_plain_way(address: str) -> bool:
    """To a page here, or openly to one elsewhere; as a browser reads it, which skips controls and turns backslashes."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", as_browsers_read(address))
    return scheme is None or scheme[1] in ("http", "https", "mailto")


def as_browsers_read(address: str) -> str:
    return re.sub(r"[\x00-\x20]", "", address).replace("\\", "/").lower()


def assert_prose(prose: Element) -> None:
    for element in prose.iter():
        assert element.tag in IN_PROSE, element.tag
        assert set(element.keys()) <= ATTRIBUTES, (element.tag, element.keys())
        if re.match(r"https?:|//", as_browsers_read(element.get("href", ""))):
            assert element.get("rel") == "nofollow ugc noopener", element.get("href")
        if element is not prose:
            # Each begins in a way that no script and no style of ours asks for.
            assert re.fullmatch(r"(?:fn|fnref)-[0-9a-f]{8}-\d+|h-[a-z0-9-]+|", element.get("id", "")), element.get("id")
            kind = element.get("class", "")
            assert re.fullmatch(r"language-[\w-]+|align-\w+|footnotes|picture|task|[a-z][a-z0-9]{0,3}|", kind), kind


@pytest.fixture
def wide_site(make_site: MakeSite) -> Site:
    """A hundred of everything a page."""
    return inhabited(make_site(rate_limits="off", posts_per_page="100", comments_per_page="100"))


def every_page(site: Site, path: str, name: str | None = None) -> list[Page]:
    browser = site.browser(name)
    pages = [browser.get(path)]
    while further := [link for link in pages[-1].all(".//nav[@class='pager']/a") if link.get("rel") == "next"]:
        pages.append(browser.get(urljoin(path, further[0].get("href", ""))))
    assert all(page.status == 200 for page in pages)
    return pages


def test_v1_2_1_scripts_in_posts_and_comments_are_shown_as_text(wide_site: Site) -> None:
    site = wide_site
    susan = site.browser("susan")
    post_id = site.post("susan")
    for number, payload in enumerate(XSS):
        body = f"> {payload}\n\n- {payload}\n\n`{payload}`" if number % 4 == 0 else payload
        assert susan.post("/posts", {"title": payload[:200], "body": body}).status in (303, 422)
        if number % 2:
            assert susan.post(f"/posts/{post_id}/comments", {"body": payload}).status in (303, 422)

    for path in ("/", f"/posts/{post_id}"):
        for page in every_page(site, path):
            assert_inert(page)
    for page in every_page(site, "/moderation/comments", "mary"):
        assert_inert(page)


def test_v1_2_1_scripts_in_a_reason_are_shown_as_text(wide_site: Site) -> None:
    site = wide_site
    post_id = site.post("susan")
    mary = site.browser("mary")
    for payload in XSS[::3]:
        comment_id = site.comment("susan", post_id, payload.replace("\0", ""))
        assert mary.post(f"/comments/{comment_id}/hide", {"reason": payload}).status in (303, 422)

    for path in ("/moderation", "/moderation/log", f"/posts/{post_id}"):
        for page in every_page(site, path, "mary"):
            assert_inert(page)
    assert every_page(site, "/moderation/log", "mary")[0].all(".//article")


def test_v1_2_1_scripts_in_a_profile_are_shown_as_text(wide_site: Site) -> None:
    site = wide_site
    ada, susan = site.browser("ada"), site.browser("susan")
    site.post("susan")
    for payload in [*XSS[::8], *TEMPLATES]:
        typed = {"name": payload[:64], "location": payload[:64], "about_me": payload}
        if susan.post("/settings/profile", typed).status != 303:
            continue
        page = site.browser().get("/@susan")
        assert_inert(page)
        (about,) = page.classed("about")
        assert payload.split("\n")[0].strip() in next(about.itertext())
    for path in ("/", "/admin/users", "/admin/users/susan", "/@susan/followers"):
        assert_inert(ada.get(path))


def test_v1_2_1_scripts_in_what_a_member_is_told_are_shown_as_text(wide_site: Site) -> None:
    site = wide_site
    susan, david = site.browser("susan"), site.browser("david")
    for payload in [*XSS[::4], *TEMPLATES]:
        david.post("/settings/profile", {"name": payload[:64]})
        page = susan.post("/posts", {"title": payload[:200], "body": "Soup."})
        if page.status == 422:
            page = susan.post("/posts", {"body": f"`{payload}`"})
        post_id = page.location.rpartition("/")[2]
        assert david.post(f"/posts/{post_id}/comments", {"body": f"@susan\n\n{payload}"}).status in (303, 422)
        assert david.post(f"/posts/{post_id}/like").status == 303

        page = susan.get("/notifications")
        assert page.status == 200
        assert_inert(page)
    pages = every_page(site, "/notifications", "susan")
    for page in pages:
        assert_inert(page)
    titles = [title for page in pages for title in page.texts(".//cite")]
    assert " ".join(TEMPLATES[0].split()) in titles


def test_scripts_in_forms_shown_again_are_shown_as_text(wide_site: Site) -> None:
    site = wide_site
    susan, ada, visitor = site.browser("susan"), site.browser("ada"), site.browser()
    for payload in XSS[::25]:
        for page in (
            susan.post("/posts", {"title": payload + "\n", "body": payload * 1_000}),
            susan.post("/posts", {"title": payload, "body": payload}, token="x"),
            susan.post("/posts", {"title": payload, "body": payload, "preview": "1"}),
            visitor.post("/register", {"email": payload, "username": payload}),
            visitor.get("/login", query_string={"next": payload}),
            visitor.get(f"/{payload.replace('?', '')}"),
            ada.get("/admin/users", query_string={"q": payload}),
            ada.post("/admin/users/susan", ADMINISTERED | {"username": payload, "role": payload, "name": payload}),
        ):
            assert page.status in (200, 403, 404, 422)
            assert_inert(page)


def test_v1_3_7_template_syntax_in_a_text_is_not_evaluated(site: Site) -> None:
    susan = site.browser("susan")
    susan.post("/settings/profile", {"name": "{{7*7}}", "location": "{{7*7}}", "about_me": "{{7*7}}"})

    page = susan.follow(susan.post("/posts", {"title": "{{7*7}}", "body": "{{7*7}} {% raw %}"}))

    assert page.heading == "{{7*7}}"
    assert "{{7*7}} {% raw %}" in page.words
    assert susan.get("/@susan").heading == "{{7*7}} @susan"
    assert "49" not in susan.get("/").words.replace("1 March 2026, 12:00 UTC", "")


def test_w7_a_text_that_takes_too_long_is_refused_and_kept() -> None:
    renderer = ProcessRenderer(seconds=0.5)
    site = Site(prepare=lambda container: put_in(container, renderer=renderer))
    site.join("susan")
    susan = site.browser("susan")
    try:
        assert susan.post("/posts", {"body": "*quick*"}).status == 303  # the child is there
        began = time.monotonic()
        page = susan.post("/posts", {"body": SLOW_TEXT})
        assert time.monotonic() - began < 5
        assert page.status == 422
        assert "Please simplify it" in page.errors["body"]
        assert page.form("/posts")["body"] == SLOW_TEXT
        for deep in (">" * 3_000, "- " * 300 + "x", "<div>" * 1_000, "`" * 4_000):
            assert susan.post("/preview", {"body": deep}).status in (200, 422)
    finally:
        renderer.close()
