"""Markdown from strangers comes out readable and inert, from both sanitizers."""

import json
import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markdown.rendering import InlineRenderer
from adapters.markdown.sanitizers import (
    EXTERNAL_REL,
    TAGS,
    BleachSanitizer,
    Nh3Sanitizer,
    Sanitizer,
    is_allowed,
    is_external,
)
from domain.errors import Invalid

CORPORA = Path(__file__).parent.parent / "corpora"
XSS = [case["payload"] for case in json.loads((CORPORA / "xss.json").read_text("utf-8"))]
NAUGHTY = json.loads((CORPORA / "naughty.json").read_text("utf-8"))
_ALIGNS = ("align-left", "align-center", "align-right")
CLASSES = {
    "a": ("picture", "bare"),
    "ol": ("wide",),
    "blockquote": ("alert-note", "alert-tip", "alert-important", "alert-warning", "alert-caution"),
    "li": ("task",),
    "p": ("kind",),
    "section": ("footnotes",),
    "td": _ALIGNS,
    "th": _ALIGNS,
}
ATTRIBUTES = {"href", "rel", "title", "class", "id", "start", "tabindex", "scope", "role", "dir"}
OF_IMAGES = {"src", "srcset", "sizes", "width", "height", "alt", "loading"}

bleached = InlineRenderer("bleach")
rusted = InlineRenderer("nh3")


def document(html: str) -> list[tuple[str, Any]]:
    """What a browser would make of it: opening tags with their attributes, texts, closing tags."""
    walker = html5lib.getTreeWalker("etree")
    events: list[tuple[str, Any]] = []
    for token in walker(html5lib.parseFragment(html)):
        if token["type"] in ("StartTag", "EmptyTag"):
            attrs = {name: value for (_, name), value in token["data"].items()}
            if re.match(r"https?://[^/?#]*%", attrs.get("href", "")):
                del attrs["href"]  # each library has its own table of the letters a host may have
            events.append((token["name"], attrs))
        elif token["type"] in ("Characters", "SpaceCharacters"):
            if events and events[-1][0] == "text":
                token["data"] = events.pop()[1] + token["data"]
            events.append(("text", token["data"]))
        else:
            events.append((token["type"], token.get("name", token.get("data"))))
    return events


def assert_inert(html: str, *, external_rel: bool = True) -> None:
    for kind, data in document(html):
        if not isinstance(data, dict):
            assert kind in ("text", "EndTag"), (kind, data)
            continue
        assert kind in TAGS, kind
        assert data.keys() <= (OF_IMAGES if kind == "img" else ATTRIBUTES), data
        assert re.fullmatch(r"/pictures/[1-9][0-9]*/[0-9]+\.jpg", data.get("src", "/pictures/1/320.jpg"))
        if kind != "span":
            assert data.get("class") in (None, *CLASSES.get(kind, ())) or data["class"].startswith("language-")
        assert kind != "span" or re.fullmatch("[a-z][a-z0-9]{0,3}", data["class"])
        assert data.get("id", "fn-").startswith(("fn-", "fnref-", "h-"))
        assert data.get("dir", "auto") == "auto"
        if "href" in data:
            assert is_allowed(data["href"])
            if external_rel and is_external(data["href"]):
                assert data["rel"] == EXTERNAL_REL


def both(body: str) -> str:
    """The post as HTML, after seeing that the sanitizers agree on it and that all of it is inert."""
    post, same = bleached.post(body), rusted.post(body)
    for html, other in [
        (post.html, same.html),
        (post.excerpt_html, same.excerpt_html),
        (bleached.comment(body).html, rusted.comment(body).html),
    ]:
        assert document(html) == document(other)
        assert_inert(html)
        assert_inert(other)
    return post.html


def test_hostile_markdown_comes_out_inert():
    for payload in XSS:
        both(payload)


def test_naughty_strings_come_out_inert():
    for text in NAUGHTY:
        both(text)


@pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])
def test_a_sanitizer_alone_makes_hostile_html_inert(sanitizer: Sanitizer):
    for payload in [*XSS, *(f'<a href="{href}" id=x name=x class=x style=x onclick=x>a</a>' for href in NAUGHTY)]:
        assert_inert(sanitizer.clean(payload), external_rel=False)


MARKS = (
    "*,**,_,__,~~,`,```,#,##,>,-,1.,[x],[^1],[^1]:,[a]:,|,|-|:-:|,![,](,),[a](,](<javascript&#58;alert(1)>),<!--,]]>,"
    "<details>,</details>,<summary>,</summary>,<summary>a</summary>,> [!NOTE]\n,"
    "<,>,<b>,</a>,<script>,&,&lt;,&#58;,javascript:,http://a.example,//b,\\,\\\\,\",',=,===,---,\n,\n\n,\t, ,    "
)
SOUP = st.lists(
    st.one_of(st.sampled_from(re.split(",", MARKS)), st.text(st.characters(codec="utf-8"), max_size=4)), max_size=40
).map("".join)


@settings(deadline=None, max_examples=150)
@given(SOUP)
def test_any_input_comes_out_inert(body: str):
    both(body)


def test_a_post_may_use_the_usual_marks():
    html = both(
        "# Title\n\n###### Small\n\n*a* **b** ~~c~~ `d` &copy;\n\n- [ ] open\n- [x] done\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\nx < 1\n```\n"
    )
    assert '<h2 id="h-title"><a href="#h-title">Title</a></h2>' in html
    assert '<h3 id="h-small"><a href="#h-small">Small' in html
    assert "<em>a</em> <strong>b</strong> <del>c</del> <code>d</code> ©" in html
    assert '<li class="task">☐ open</li>\n<li class="task">☑ done</li>' in html
    assert '<td class="align-right">2</td>' in html
    assert '<code class="language-python">x &lt; <span class="mi">1</span>' in html  # what is in colour is marked


@pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])
def test_only_links_have_the_picture_class_and_only_list_items_the_task_class(sanitizer: Sanitizer):
    html = '<a href="/x" class="{0}">a</a><ul><li class="{0}">b</li></ul><p class="{0}">c</p><span class="{0}">d</span>'
    assert "class" not in sanitizer.clean(html.format("picture task"))
    assert sanitizer.clean(html.format("picture")).count("class") == 1
    assert 'class="picture">a' in sanitizer.clean(html.format("picture"))
    assert 'class="task">b' in sanitizer.clean(html.format("task"))


def test_raw_html_is_shown_as_it_was_typed():
    assert both("a <b>bold</b>") == "<p>a &lt;b&gt;bold&lt;/b&gt;</p>"


def test_a_comment_has_no_headings_tables_or_footnotes():
    html = bleached.comment("# Loud\n\n|a|\n|-|\n|b|\n\nx[^1]\n\n[^1]: note").html
    assert "<p><strong>Loud</strong></p>" in html
    assert not {"h1", "h2", "table", "section", "sup"} & {kind for kind, _ in document(html)}


def test_an_image_becomes_a_link_with_its_description_marked_as_a_picture():
    html = both("![a *cat*](https://x.example/cat.png) ![](https://x.example/dog.png)")
    rel = f'rel="{EXTERNAL_REL}"'
    assert f'<a href="https://x.example/cat.png" class="picture" {rel}>a cat</a>' in html
    assert f'<a href="https://x.example/dog.png" class="picture" {rel}>https://x.example/dog.png</a>' in html
    assert "picture" not in both("[a cat](https://x.example/cat.png)")


def test_an_image_inside_a_link_does_not_nest_links():
    assert both("[![cat](https://x.example/cat.png)](/here)") == '<p><a href="/here">cat</a></p>'


def test_only_links_to_other_sites_are_nofollow():
    assert both("[a](/posts/1)") == '<p><a href="/posts/1">a</a></p>'
    assert both("[a](#top)") == '<p><a href="#top">a</a></p>'
    for away in ("https://x.example", "HTTP://x.example", "//x.example/y", "mailto:a@x.example"):
        assert EXTERNAL_REL in both(f"[a]({away})")


@pytest.mark.parametrize(
    "href",
    ["javascript:123", "data:1", "tel:0900", "vbscript:x", "JaVaScRiPt:1", "java\tscript:1", "/\\evil.example", " x",
     "http:evil", "https:///evil.example", "http://", "\x01javascript:1", "ftp://x.example", "foo:bar",
     "https://bank.example@evil.example", "//", "http://1.2.3", "http://a.example:99999", "http://%FF.example",
     "", "x" * 2_001],
)  # fmt: skip
def test_a_forbidden_address_is_not_linked(href: str):
    assert not is_allowed(href)
    assert "<a" not in both(f"[text](<{href}>)") or href in (" x", "\x01javascript:1", "/\\evil.example")


def test_entities_cannot_spell_a_scheme():
    for spelled in ("javascript&#58;alert(1)", "javascript&amp;#58;alert(1)", "&#106;avascript:alert(1)"):
        assert_inert(both(f"[a]({spelled})"))


def test_footnotes_of_two_posts_do_not_share_ids():
    one, two = both("a[^1] again[^1]\n\n[^1]: note"), both("b[^1]\n\n[^1]: note")
    ids = [data["id"] for html in (one, two) for _, data in document(html) if isinstance(data, dict) and "id" in data]
    assert len(ids) == len(set(ids)) == 5


def test_every_footnote_link_has_a_target():
    html = both("a[^x] b[^y] c[^x]\n\n[^x]: see [^y] and [^z]\n\n[^y]: see [^x]\n\n[^z]: never mentioned above")
    data = [data for _, data in document(html) if isinstance(data, dict)]
    targets = {attrs["href"] for attrs in data if attrs.get("href", "").startswith("#")}
    assert targets == {f"#{attrs['id']}" for attrs in data if "id" in attrs}


def test_a_footnote_links_back_to_each_of_its_references():
    html = both("a[^x] b[^y] c[^x]\n\n[^x]: one\n\n[^y]: two")
    notes = re.findall(r'<li id="fn-\w{8}-(\d)">(.*)</li>', html)
    assert [(number, re.findall(r'href="#fnref-\w{8}-(\d)"', note)) for number, note in notes] == [
        ("1", ["1", "3"]),
        ("2", ["2"]),
    ]
    assert re.findall(r"(↩.*?)</a>", html) == ["↩", "↩<sup>2</sup>", "↩"]


def test_a_footnote_with_very_many_references_has_a_bounded_size():
    html = both("word[^x] " * 300 + "\n\n[^x]: one")
    assert html.count("doc-noteref") == 300
    assert html.count("doc-backlink") == html.count(' id="fnref-') == 9


def test_a_footnote_has_a_role_and_no_words_of_its_own():
    html = both("a[^x]\n\n[^x]: one")
    roles = [(kind, data["role"]) for kind, data in document(html) if isinstance(data, dict) and "role" in data]
    assert roles == [("a", "doc-noteref"), ("section", "doc-endnotes"), ("a", "doc-backlink")]


def test_a_footnote_reference_in_a_link_or_a_picture_does_not_nest_links():
    html = both("[a[^x]](/here) ![b[^x]](/cat.png)\n\n[^x]: one")
    assert '<p><a href="/here">a[1]</a> <a href="/cat.png" class="picture">b[1]</a></p>' in html
    assert "doc-backlink" not in html


@pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])
def test_only_footnotes_have_roles(sanitizer: Sanitizer):
    for role in ("button", "alert", "doc-noteref doc-backlink", "presentation", ""):
        assert "role" not in sanitizer.clean(f'<a href="/x" role="{role}">a</a><section role="{role}">b</section>')
    assert "role" not in sanitizer.clean('<p role="doc-noteref">a</p><a role="doc-endnotes">b</a>')
    assert "role" in sanitizer.clean('<a role="doc-noteref">a</a>')
    assert "aria" not in sanitizer.clean('<a href="/x" aria-label="b" aria-hidden="true">a</a>')


def test_a_short_post_is_its_own_excerpt():
    post = bleached.post("One.\n\nTwo.")
    assert post.excerpt_html == post.html
    assert not post.cut


@pytest.mark.parametrize(
    "body",
    ["word & " * 7_000, "x" * 50_000, "字" * 50_000, "# Title\n\n" + "word " * 9_000, "**" + "b " * 20_000 + "**",
     "```\n" + "code\n" * 9_000, "- item\n" * 7_000, "> quoted " * 5_000, "***\n\n" * 9_000,
     "|a|\n|-|\n" + "|b|\n" * 9_000, "|a" * 900 + "|\n" + "|-" * 900 + "|\n" + "|b" * 900 + "|",
     f"|{'head ' * 900}|a|\n|-|-|\n|{'word ' * 900}|b|", "<div>" * 9_000, "# " + "long " * 9_000,
     "# a\n\n" * 1_000, pytest.param("# a\n\n" * 9_000, marks=pytest.mark.long),
     "".join(f"{'  ' * depth}- {'word ' * 20}\n" for depth in range(30)) * 9,
     "\n".join(f"[x{n}](https://x.example/{'y' * 1_900})" for n in range(25))],
)  # fmt: skip
def test_an_excerpt_of_any_post_is_short(body: str):
    post = rusted.post(body)
    assert post.cut
    assert post.excerpt_html
    assert len(post.excerpt_html) < 2_000
    assert sum(len(text) for kind, text in document(post.excerpt_html) if kind == "text") <= 190


def test_an_excerpt_has_no_footnotes_and_is_marked_as_cut():
    post = bleached.post("a[^1]\n\n[^1]: note")
    assert post.excerpt_html == "<p>a</p>"
    assert post.cut


def test_short_markdown_cannot_produce_very_long_html():
    body = f"[x]: https://x.example/{'y' * 1_900}\n\n" + "[x] " * 12_000
    for refused in (rusted.post, rusted.comment):
        with pytest.raises(Invalid):
            refused(body)


def test_a_renderer_serves_many_threads():
    bodies = [f"*{number}* [a](https://x.example/{number})" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert [post.html for post in threads.map(bleached.post, bodies)] == [bleached.post(b).html for b in bodies]


def test_code_in_a_known_language_is_highlighted_and_keeps_its_text():
    code = "def f(x):\n    return '<b>' # &amp;\n"
    html = both(f"```python\n{code}```")
    assert '<span class="k">def</span>' in html
    assert "".join(data for kind, data in document(html) if kind == "text").strip() == code.strip()
    assert "<span" not in both(f"```nosuchlanguage\n{code}```")
    assert "<span" not in both("```python\n" + "(" * 5_000 + "\n```")


def test_headings_have_ids_that_differ_for_equal_headings():
    html = both("# The same\n\n# The same\n\n# 你好")
    assert re.findall(r'id="([^"]+)"', html) == ["h-the-same", "h-the-same-1", "h-你好"]


BLOCKS = {"p", "h2", "li", "ul", "ol", "blockquote", "table", "th", "td"}


def directions(html: str) -> str:
    """How a browser would set each block: HTML, "the dir attribute", around it a page from left to right."""
    found: list[str] = []

    def walk(element: Element, around: str) -> None:
        if element.get("dir"):
            around = next((letter for letter in letters(element, outermost=True)), "ltr")
        if element.tag in BLOCKS:
            found.append(f"{element.tag} {around}")
        for child in element:
            walk(child, around)

    walk(html5lib.parseFragment(html, namespaceHTMLElements=False), "ltr")
    return ", ".join(found)


def letters(element: Element, *, outermost: bool = False) -> Iterator[str]:
    if (not element.get("dir") and element.tag != "bdi") or outermost:
        yield from strong(element.text)
        for child in element:
            yield from letters(child)
            yield from strong(child.tail)


def strong(text: str | None) -> Iterator[str]:
    kinds = {"L": "ltr", "R": "rtl", "AL": "rtl"}
    return (kinds[kind] for kind in map(unicodedata.bidirectional, text or "") if kind in kinds)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("Hello.\n\nשלום.", "p ltr, p rtl"),
        ("مرحبا.\n\nHello.", "p rtl, p ltr"),
        ("```\ncode\n```\n\n# שלום\n\nשלום.", "h2 rtl, p rtl"),
        ("Hello\n\n- שלום\n- 12", "p ltr, ul rtl, li rtl, li rtl"),
        ("- 12\n- שלום\n\n  Hello\n\n  שלום", "ul rtl, li rtl, p rtl, li rtl, p rtl, p ltr, p rtl"),
        ("1. שלום\n   - hello", "ol rtl, li rtl, ul ltr, li ltr"),
        ("> שלום\n>\n> Hello\n>\n> - hello", "blockquote rtl, p rtl, p ltr, ul ltr, li ltr"),
        ("> > - שלום\n\nHello", "blockquote rtl, blockquote rtl, ul rtl, li rtl, p ltr"),
        ("||שם|\n|-|-|\n|12|Name|", "table rtl, th rtl, th rtl, td rtl, td rtl"),
        ("Hello[^1] [^2]\n\n[^1]: שלום\n\n[^2]: Hello",
         "p ltr, ol rtl, li rtl, p rtl, li rtl, p ltr"),
        ("Hello\n\n&#x5d0;", "p ltr, p rtl"),
        ("- [ ] שלום\n\n- [x] Hello\n\n  Hello", "ul rtl, li rtl, p rtl, li rtl, p ltr, p ltr"),
    ],
)  # fmt: skip
def test_each_block_has_the_direction_of_its_own_text(body: str, read: str):
    assert directions(both(body)) == read


def test_comments_and_excerpts_have_directions_too():
    body = "# שלום\n\nHello\n\n- שלום"
    assert directions(bleached.comment(body).html) == "p rtl, p ltr, ul rtl, li rtl"
    assert directions(bleached.post(body).excerpt_html) == "p ltr"
    assert directions(bleached.post("שלום\n\nHello").excerpt_html) == "p rtl, p ltr"
    assert directions(bleached.post("- שלום\n- Hello").excerpt_html) == "p rtl"


def test_a_text_from_left_to_right_has_no_direction_attributes():
    for body in ("# Hello\n\n- you\n\n> there\n\n|a|\n|-|\n|b|", "你好。\n\nHello. Привет. 안녕."):
        assert "dir=" not in both(body)
    assert both("Hello.\n\nשלום.") == '<p dir="auto">Hello.</p>\n<p dir="auto">שלום.</p>'


@pytest.mark.parametrize("sanitizer", [BleachSanitizer(), Nh3Sanitizer()], ids=["bleach", "nh3"])
def test_a_block_may_have_only_the_automatic_direction(sanitizer: Sanitizer):
    assert sanitizer.clean('<p dir="auto">a</p>') == '<p dir="auto">a</p>'
    for html in ('<p dir="rtl">a</p>', '<p dir="AUTO">a</p>', '<a dir="auto">a</a>', '<code dir="auto">a</code>'):
        assert "dir" not in sanitizer.clean(html)


def levels(body: str) -> list[str]:
    return [kind for kind, data in document(both(body)) if isinstance(data, dict) and re.fullmatch(r"h\d", kind)]


@pytest.mark.parametrize(
    ("written", "read"),
    [("# ## ###", "2 3 4"), ("## ##", "2 2"), ("## #### ##", "2 3 2"), ("### ## ###", "2 2 3"),
     ("# ### ## ###", "2 3 3 4"), ("# ## ### #### ##### ######", "2 3 4 5 6 6")],
)  # fmt: skip
def test_heading_levels_follow_the_title_without_a_gap(written: str, read: str):
    assert levels("\n\n".join(f"{marks} a" for marks in written.split())) == [f"h{level}" for level in read.split()]


def test_a_heading_links_to_its_own_address():
    html = both("## The *wild* one")
    assert html == '<h2 id="h-the-wild-one"><a href="#h-the-wild-one">The <em>wild</em> one</a></h2>'


def test_a_heading_that_has_a_link_keeps_its_id():
    assert both("# See [this](/x)") == '<h2 id="h-see-this">See <a href="/x">this</a></h2>'
    assert both("# See[^1]\n\n[^1]: a").count("<h2 id=") == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [("# a #", "a"), ("# a ##  ", "a"), ("# a#", "a#"), ("# a \\#", "a #"), ("# # a", "# a"), ("#\ta\t#\t", "a"),
     ("# a" + " " * 9 + "b", "a         b")],
)  # fmt: skip
def test_a_heading_may_end_with_its_sign(written: str, read: str):
    assert f">{read}</a></h2>" in both(written)


def test_headings_have_ids_that_differ_from_those_with_numbers():
    html = both("# a 2\n\n# a\n\n# a\n\n# a\n\n# a 2")
    assert re.findall(r'id="([^"]+)"', html) == ["h-a-2", "h-a", "h-a-1", "h-a-3", "h-a-2-1"]


@pytest.mark.parametrize(
    ("words", "slug"),
    [("E = mc²", "e--mc"), ("① 安装", "-安装"), ("A_b-c d", "a_b-c-d"), ("हिन्दी", "हिन्दी"), ("C++ & Ⅳ", "c--ⅳ")],
)
def test_a_heading_has_the_slug_that_github_gives_it(words: str, slug: str):
    assert f'<h2 id="h-{slug}">' in both(f"# {words}")


def test_an_empty_heading_is_left_out():
    assert both("#\n\ntext") == both("text")


def test_excerpts_and_comments_have_no_anchors():
    assert "h-title" not in bleached.post("# Title\n\ntext").excerpt_html
    assert "h-title" not in bleached.comment("# Title").html


def test_a_list_with_large_numbers_has_room_for_them():
    assert '<ol start="123456789" class="wide">' in both("123456789. one\n1. two")
    assert "wide" not in both("999. one")
