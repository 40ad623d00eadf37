"""The opening of a post is two to four lines of running text, and always says something, from both sanitizers."""

import re
from html import unescape
from unicodedata import combining, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.markdown.rendering import InlineRenderer
from domain.errors import Invalid

FOX = "The quick brown fox jumps over the lazy dog. "
BLOCKS = [
    "```python\nx = 1\n```",
    "    indented",
    "|a|b|\n|-|-|\n|1|2|",
    "- one\n- two",
    "1. one\n2. two",
    "- [ ] one\n- [x] two",
    "> quoted",
    "***",
    "# A heading",
    "![a picture](/cat.png)",
]

bleached = InlineRenderer("bleach")
rusted = InlineRenderer("nh3")


def opening(body: str) -> str:
    """The excerpt of a post that is longer than it, the same from both sanitizers."""
    post, same = bleached.post(body), rusted.post(body)
    assert post.excerpt_html == same.excerpt_html
    assert post.cut
    assert same.cut
    return post.excerpt_html


def words(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html))


def columns(html: str) -> int:
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in words(html))


@pytest.mark.parametrize("block", BLOCKS)
def test_only_paragraphs_are_in_an_opening(block: str) -> None:
    expected = f"<p>{FOX.strip()}</p>"
    assert opening(f"{block}\n\n{FOX}\n\n{block}\n\nMore of it.") == expected
    assert opening(f"{block}\n\n{block}\n\n***\n\n{FOX}") == expected


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("- one\n- *two*\n- three", "<p>one · <em>two</em> · three</p>"),
        ("- One.\n- Two?\n  - Three", "<p>One. Two? Three</p>"),
        ("- [ ] sow\n- [x] reap", "<p>☐ sow · ☑ reap</p>"),
        ("> Quoted, *all* of it.\n>\n> Twice.", "<p>Quoted, <em>all</em> of it. Twice.</p>"),
        ("```python\n\nimport csv\nimport json\n```", "<p><code>import csv</code></p>"),
        ("|a|b|\n|-|-|\n|1|[2](/x)|", '<p>a · b · 1 · <a href="/x">2</a></p>'),
        ("<details><summary>How *it* ends</summary>\n\nSo.\n\n</details>", "<p>How <em>it</em> ends</p>"),
        ("# Only a heading", "<p>Only a heading</p>"),
        ("# Count\n\n```\nx\n```", "<p>Count · <code>x</code></p>"),
        ("![a cat](/cat.png)\n\n***", '<p><a href="/cat.png" class="picture">a cat</a></p>'),
        ("- a[^1]\n- b\n\n[^1]: A note.", "<p>a · b</p>"),
        ("[^1]\n\n[^1]: Only a note.", "<p>Only a note.</p>"),
    ],
)
def test_a_post_without_paragraphs_opens_with_the_words_that_it_has(body: str, html: str) -> None:
    assert opening(body) == html


def test_the_beginning_of_a_long_list_or_quote_is_short() -> None:
    assert columns(opening("".join(f"- item number {number}\n" for number in range(40)))) <= 181
    assert opening("> " + FOX * 20).endswith("lazy dog.</p>")
    assert opening("```\n" + "x" * 5_000 + "\n```").endswith("x</code>…</p>")


@pytest.mark.parametrize(
    "body",
    [
        FOX,
        f"{FOX}{FOX}[Over](/there) \\& *out*: `x`.",
        "Rain.\n\nMore rain.\n\nAnd then it stopped.",
        "Roses are red,\\\nviolets are blue.",
        "雨。" * 20,
        "***",
    ],
)
def test_a_short_plain_post_is_shown_whole(body: str) -> None:
    for renderer in (bleached, rusted):
        post = renderer.post(body)
        assert (post.excerpt_html, post.cut) == (post.html, False)


def test_a_short_first_paragraph_is_followed_by_the_next() -> None:
    assert opening(f"Hello.\n\n{FOX * 20}").startswith("<p>Hello.</p>\n<p>The quick")
    assert columns(opening(f"Hello.\n\n{FOX * 20}")) <= 180
    assert opening(f"{FOX * 3}\n\n{FOX * 20}").count("<p>") == 1


def test_an_opening_has_no_gap_between_its_paragraphs() -> None:
    assert opening(f"For the cake:\n\n- eggs\n\n{FOX}") == "<p>For the cake:</p>"


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    assert opening(FOX * 20).endswith("lazy dog.</p>")
    assert opening("# Fox\n\n" + (FOX + "\n") * 20).endswith("lazy dog.</p>")
    assert opening("这是一个句子，很长，很长，很长。" * 50).endswith("很长。</p>")
    assert opening("“" + FOX.replace(". ", ".” “") * 20).endswith("lazy dog.”</p>")
    assert opening("ماذا قال النهر؟ " * 40).endswith("النهر؟</p>")


def test_a_paragraph_without_sentences_is_cut_after_a_word() -> None:
    for body in ("The *quick* brown fox\n" * 40, "First. " + "and then the fox " * 60, "Version 3.14 is next " * 40):
        assert re.search(r"\b(quick|brown|fox|and|then|the|The|Version|3\.14|is|next)(</em>)?…</p>", opening(body))
    assert opening("one, " * 80).endswith("one…</p>")


def test_a_text_without_spaces_is_cut_inside_no_character() -> None:
    assert re.fullmatch("<p>(没有句号){20,22}没?有?句?…</p>", opening("没有句号" * 80))
    assert re.fullmatch("<p>(e\u0301)+…</p>", opening("e\u0301" * 400))
    assert re.fullmatch("<p>(👨\u200d👩\u200d👧)+…</p>", opening("👨\u200d👩\u200d👧" * 100))
    assert re.fullmatch("<p>(x&amp;)+x?…</p>", opening("x&amp;" * 200))


def test_chinese_characters_take_two_columns() -> None:
    latin, chinese = opening(FOX * 20), opening("雨下了一整天，没有停过。" * 40)
    assert len(words(chinese)) < 0.6 * len(words(latin))
    assert columns(chinese) <= 180


def test_a_poem_has_few_lines() -> None:
    html = opening("a line\\\n" * 30 + "the end")
    assert html.count("<br>") <= 4
    assert re.search(r"line…</p>", html)


def test_marks_around_a_cut_are_closed() -> None:
    assert opening(f"**{FOX.strip()} {FOX * 20}fox**").endswith("lazy dog.</strong></p>")


def test_an_opening_keeps_the_direction_of_its_text() -> None:
    assert opening("كان النهر صامتا. " * 40).startswith('<p dir="auto">')
    assert opening("- واحد\n- اثنان") == '<p dir="auto">واحد · اثنان</p>'


def test_links_with_very_long_addresses_become_text() -> None:
    far = "https://x.example/" + "y" * 600
    html = opening(f"[one]({far}) [two]({far}) [three](/short)")
    assert html.count("<a ") == 1
    assert words(html) == "one two three"


# Tags that may be typed.
TYPED = ("kbd", "mark", "sub", "sup")
PIECES = st.sampled_from(
    [*BLOCKS, FOX, FOX * 9, "雨" * 99, "x" * 300, "a\\\nb", "[^1]", "[^1]: note", "&amp;" * 90, "<kbd>A</kbd>"]
)
BODIES = st.lists(PIECES | st.text(st.characters(codec="utf-8"), max_size=30), max_size=6).map("\n\n".join)


@given(BODIES)
def test_the_opening_of_any_post_is_a_few_lines_of_text(body: str) -> None:
    try:
        post = rusted.post(body)
    except Invalid:
        return
    assert bool(post.excerpt_html) == bool(post.html)
    assert set(re.findall("<([a-z0-9]+)", post.excerpt_html)) <= {
        "p",
        "a",
        "em",
        "strong",
        "del",
        "code",
        "br",
        "hr",
        *TYPED,
    }
    assert columns(post.excerpt_html) <= (190 if post.cut else 290)
