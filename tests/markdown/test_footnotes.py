"""Nothing of a footnote gets lost, wherever it was written."""

import re

import pytest

from adapters.markdown.rendering import InlineRenderer
from tests.markdown.test_rendering import both


def notes(markdown: str) -> list[str]:
    """The HTML of each note, without its links back."""
    html = re.sub(r' <a [^>]*role="doc-backlink">.*?</a>', "", both(markdown))
    return [
        note.strip() for note in re.findall(r'(?s)<li id="fn-\w{8}-\d+">(.*?)</li>(?=\n<li id|\n</ol>\n</sec)', html)
    ]


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[^1]: one\ntwo", "<p>one\ntwo</p>"),
        ("[^1]: one\n  two", "<p>one\ntwo</p>"),
        ("[^1]: one\n          two", "<p>one\ntwo</p>"),
        ("[^1]: one\n\n    two", "<p>one</p>\n<p>two</p>"),
        ("[^1]: one\n\n\ttwo", "<p>one</p>\n<p>two</p>"),
        ("[^1]:\n    one", "<p>one</p>"),
        ("[^1]:one", "<p>one</p>"),
        ("[^1]: > one\n    > two", "<blockquote>\n<p>one\ntwo</p>\n</blockquote>"),
        ("[^1]: - one\n    - two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("[^1]: ```\n    one\n    ```", '<pre tabindex="0"><code>one\n</code></pre>'),
        ("[^1]:\n\n        one", '<pre tabindex="0"><code>one\n</code></pre>'),
        ("[^1]: a|b\n    -|-\n    c|d", None),
        ("- [^1]: one", "<p>one</p>"),
        ("> [^1]: one\n> two", "<p>one\ntwo</p>"),
        ("> 1. [^1]: one\n>\n>        two", "<p>one</p>\n<p>two</p>"),
        ("text\n[^1]: one", "<p>one</p>"),
        ("   [^1]: one", "<p>one</p>"),
    ],
)
def test_a_note_may_hold_any_blocks_and_stand_in_any(written: str, read: str | None):
    found = notes(f"word[^1]\n\n{written}")
    assert len(found) == 1
    assert read is None or found == [read]


def test_what_is_indented_less_after_a_blank_line_follows_the_note():
    html = both("word[^1]\n\n[^1]: one\n\n  two")
    assert html.index("<p>two</p>") < html.index("<section")


def test_a_reference_may_follow_an_exclamation_mark():
    assert re.match(r'<p>wow!<sup id="fnref-\w{8}-1"><a href="#fn-\w{8}-1"', both("wow![^1]\n\n[^1]: one"))
    assert notes("wow![^1]\n\n[^1]: one") == ["<p>one</p>"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[^1]: alone", "[^1]: alone"),
        ("[^1]: > alone", "[^1]: alone"),
        ("[^1]:", "[^1]:"),
        ("a[^1]\n\n[^1]: one\n\n[^1]: two", "a 1 [^1]: two one ↩"),
        ("a[^1]\n\n[^1]: one[^2]\n\n[^2]: two", "a 1 one 2 ↩ two ↩"),
        ("a[^1]\n\n[^1]: see [^1]", "a 1 see 1 ↩ ↩ 2"),
        ("[^1]: a\n\n    [^2]: b", "[^1]: a [^2]: b"),
        ("c[^2]\n\n[^1]: a\n\n    [^2]: b", "c 1 [^1]: a b ↩"),
        ("a[^none]", "a[^none]"),
        ("a[^x y]\n\n[^x y]: /b", "a ^x y"),
        ("- a[^1]\n\n  [^1]: one\n- b", "a 1 b one ↩"),
        ("[^&copy;]: a", "[^&amp;copy;]: a"),
        ("# [^1]\n\n[^1]: one", "1 one ↩"),
    ],
)
def test_what_nothing_refers_to_stays_where_it_was_written(written: str, read: str):
    assert words(both(written)) == read


@pytest.mark.parametrize(
    ("label", "reference"), [("a", "A"), ("É", "é"), ("ß", "ẞ"), ("中文", "中文"), ("a-b.c", "A-B.c"), ("*a*", "*a*")]
)
def test_labels_do_not_differ_by_case(label: str, reference: str):
    assert notes(f"a[^{reference}]\n\n[^{label}]: one") == ["<p>one</p>"]


@pytest.mark.parametrize("written", ["[^1](/a)", "[b[^1]](/a)", "[^1]: no\n\n\\[^1]", "`[^1]`"])
def test_other_brackets_are_no_references(written: str):
    assert "<sup" not in both(f"{written}\n\n[^1]: one")


def test_a_footnote_in_a_comment_stays_as_it_was_typed():
    for sanitizer in ("bleach", "nh3"):
        html = InlineRenderer(sanitizer).comment("x[^1] y![^1] [^1]\n\n[^1]: n\n[^2]: /m\n\n> [^3]: o\n\n[^3]").html
        assert words(html) == "x[^1] y![^1] [^1] [^1]: n [^2]: /m [^3]: o [^3]"
        assert "<a" not in html
