"""What stands within a line: made-up lines beside cmark-gfm, and what goes beyond GitHub Flavored Markdown."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markdown.cmark import by_chapbook, by_cmark
from tests.markdown.test_rendering import both

# An address has its parentheses in pairs (CommonMark section 6.3). For cmark-gfm white space ends one without. And one
# tilde is left of two when the first is escaped.
ON_PURPOSE = re.compile(r"\]\(\s*\S*\(\S*\s|\\~")


def lines_of(*parts: str, at_most: int = 14) -> st.SearchStrategy[str]:
    """Each line begins with a letter, so that no block begins there."""
    joined = st.lists(st.sampled_from(parts), max_size=at_most).map("".join)
    begun = joined.map(lambda text: "a" + text.replace("\n", "\na"))
    return begun.filter(lambda text: not ON_PURPOSE.search(text))


# No `<`, because raw HTML is text here. One tilde only around words, because within them it stands for itself. No
# Chinese letters, because emphasis beside them differs on purpose. No `|`, because it makes tables.
MARKS = lines_of(
    *[
        "a",
        "b c",
        "*",
        "**",
        "***",
        "_",
        "__",
        "`",
        "``",
        "[",
        "](/u)",
        "](/u 'a')",
        "]",
        "![",
        "\\",
        "&amp;",
        "&",
        ".",
    ],
    *[" ", "  ", "(", ")", ">", "é", "#", "-", "+", "1.", ":", "(~a~)", " ~b~ ", "~~", "\n", "  \n"],
)
# Each address has a path, because Chapbook ends an address without one after its domain. No `[`, because Chapbook
# links what stands in square brackets too.
ADDRESSES = lines_of(
    *["https://a.example/x", "http://b.example/", "www.c.example/y", "HTTPS://d.example/(z)", "/x", "?q=1", "&amp;"],
    *["&lt;", "(", ")", ".", ",", "!", "?", ":", ";", "*", "**", "_", "~~", "'", '"', "a", "é", "`", " ", "\n"],
    at_most=8,
)
# One `@` a word, because cmark-gfm carries a dot over from one to the next.
MAILS = lines_of(
    *[" me@b.example ", " c.d+e@f.example ", " g_h@i.j.example. ", "(k@l.example) ", " m@n ", " o@p_ ", " q@r.1 "],
    *[" mailto:s@t.example ", " u@v.example-", " ", ".", "-", "_", "*", "**", "~~", ",", "`", "1", "](/u)"],
    at_most=8,
)


# The same texts each time: cmark-gfm has rare faults of its own (`_**a*a*a*`).
@settings(deadline=None, max_examples=300, derandomize=True)
@given(MARKS | ADDRESSES | MAILS)
def test_made_up_lines_become_what_cmark_makes_of_them(markdown: str):
    assert by_chapbook(markdown) == by_cmark(markdown)


def addresses(markdown: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', both(markdown))


@pytest.mark.parametrize("mark", "，。、；：？！）」』】》〉…—～“”‘’«»„،؛؟。।։។၊「（　")
def test_punctuation_of_any_script_ends_an_address(mark: str):
    assert addresses(f"https://a.example/b{mark}c www.a.example/b{mark}c") == [
        "https://a.example/b",
        "http://www.a.example/b",
    ]


@pytest.mark.parametrize("mark", "，。、；：？！（「『【《〈…—～“‘«„،؛؟।中あ한")
def test_an_address_may_follow_it(mark: str):
    assert addresses(f"{mark}https://a.example/b {mark}www.a.example/b {mark}me@a.example") == [
        "https://a.example/b",
        "http://www.a.example/b",
        "mailto:me@a.example",
    ]


@pytest.mark.parametrize(
    "name", ["约翰·史密斯", "ジョン・スミス", "תל־אביב", "中文", "é", "L'art", "a-b_c~d", "%E4%B8%AD"]
)
def test_names_within_an_address_belong_to_it(name: str):
    assert len(addresses(f"https://a.example/{name}/x")) == 1
    assert f">https://a.example/{name}/x</a>" in both(f"https://a.example/{name}/x")


@pytest.mark.parametrize("address", ["http://me:secret@a.example/b", "https://a.example@b.example", "www.a@b.example"])
def test_an_address_with_user_information_is_text(address: str):
    assert f"//{address}" not in addresses(address)
    assert not any(href.startswith("http") for href in addresses(address))


def test_a_mail_address_that_is_too_long_is_text():
    assert addresses("x" * 1_900 + "@a.example") != []
    assert both("x" * 2_000 + "@a.example") == f"<p>{'x' * 2_000}@a.example</p>"


def test_an_address_that_is_too_long_is_text():
    address = "https://a.example/" + "x" * 2_000
    assert both(address) == f"<p>{address}</p>"
    assert len(addresses(address[:2_000])) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**真，**她", "<strong>真，</strong>她"),
        ("她说**“真。”**他", "她说<strong>“真。”</strong>他"),
        ("这是**「重要」**的", "这是<strong>「重要」</strong>的"),
        ("看*（这）*里", "看<em>（这）</em>里"),
        ("~~「旧」~~的", "<del>「旧」</del>的"),
        ("これは**「重要」**です。", "これは<strong>「重要」</strong>です。"),
        ("**(강조)**는", "<strong>(강조)</strong>는"),
        ("**`code`**的", "<strong><code>code</code></strong>的"),
        ("**[中](/x)**的", '<strong><a href="/x">中</a></strong>的'),
        ("**हिन्दी**में", "<strong>हिन्दी</strong>में"),
        ("中**文**中 _中_文", "中<strong>文</strong>中 _中_文"),
        ("**真，** 她", "<strong>真，</strong> 她"),
        ("a**，**b", "a<strong>，</strong>b"),
    ],
)
def test_emphasis_beside_letters_without_spaces(written: str, read: str):
    assert both(written) == f"<p>{read}</p>"


@pytest.mark.parametrize("depth", [3, 19, 21, 300])
def test_emphasis_that_is_nested_too_deep_keeps_its_marks(depth: int):
    html = both("*a **b " * depth + "c" + "** d*" * depth)
    assert html.count("<em>") == html.count("</em>") <= 10
    assert re.sub("</?(em|strong|p)>|[* ]", "", html) == "ab" * depth + "c" + "d" * depth


def test_bold_within_bold_is_bold():
    assert both("*" * 400 + "a" + "*" * 400) == "<p><strong>a</strong></p>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<kbd>a</kbd>", "<kbd>a</kbd>"),
        ("<KBD >a</kbd >", "<kbd>a</kbd>"),
        ("<mark>*a* `b` [c](/d)</mark>", '<mark><em>a</em> <code>b</code> <a href="/d">c</a></mark>'),
        ("**<sub>a</sub>**<sup>b</sup>", "<strong><sub>a</sub></strong><sup>b</sup>"),
        ("<sub>a <sup>b</sup></sub>", "<sub>a <sup>b</sup></sub>"),
        ("[<kbd>a</kbd>](/b)", '<a href="/b"><kbd>a</kbd></a>'),
        ("<kbd>", "&lt;kbd&gt;"),
        ("<kbd></kbd> <sub> </sub>", "&lt;kbd&gt;&lt;/kbd&gt; &lt;sub&gt; &lt;/sub&gt;"),
        ("</kbd><kbd>", "&lt;/kbd&gt;&lt;kbd&gt;"),
        ("<kbd/>a</kbd>", "&lt;kbd/&gt;a&lt;/kbd&gt;"),
        ("<kbd id=a>b</kbd>", "&lt;kbd id=a&gt;b&lt;/kbd&gt;"),
        ("a<br>b<BR />c<br id=d>", "a<br>\nb<br>\nc&lt;br id=d&gt;"),
        ("`<kbd>a</kbd>` \\<kbd>a\\</kbd>", "<code>&lt;kbd&gt;a&lt;/kbd&gt;</code> &lt;kbd&gt;a&lt;/kbd&gt;"),
    ],
)
def test_typed_tags(written: str, read: str):
    assert both(f"x {written}") == f"<p>x {read}</p>"


@pytest.mark.parametrize(
    "address",
    [
        "tel:+1-555",
        "magnet:?xt=urn:中文&dn=a",
        "ftp://a.example/x",
        "foo:bar",
        "data:text/html,x",
    ],
)
def test_a_link_that_cannot_be_one_shows_its_address(address: str):
    assert both(f"[name](<{address}>)") == f"<p>name ({address.replace('&', '&amp;')})</p>"
    assert both(f"![name](<{address}>)") == f"<p>name ({address.replace('&', '&amp;')})</p>"
    assert both(f"[{address}](<{address}>)") == f"<p>{address.replace('&', '&amp;')}</p>"


def test_an_address_that_is_too_long_for_a_link_is_shown():
    address = "https://a.example/" + "x" * 2_000
    assert both(f"[name]({address})") == f"<p>name ({address})</p>"


@pytest.mark.parametrize("name", ["c++", "C++", "C#", "c#", "f#", "F#", "objective-c", "Objective-C", "vb.net"])
def test_code_in_a_language_with_a_sign_in_its_name_is_in_colour(name: str):
    html = both(f'```{name}\nint x = 1; "a" /* b */\n```')
    assert f'<code class="language-{name}">' in html
    assert "<span" in html


def test_white_space_control_characters_and_a_byte_order_mark():
    assert both("\ufeff# a") == both("# a")
    assert both("\ufeff\ufeffa").count("\ufeff") == 1
    assert both("a\x0bb\x0cc\x85d") == "<p>a b c d</p>"
    assert both("a\x08b\x1bc\x7fd\x9be&#8;f") == "<p>abcdef</p>"
    assert addresses("[a](java\x08script:alert)") == []
    assert both("\x0c# a\n\x85- b") == both(" # a\n - b")


def test_a_link_that_shows_its_own_address_is_marked_for_print():
    for bare in (
        "https://a.example/b?c=1&d=2",
        "<https://a.example>",
        "www.a.example",
        "[https://a.example](https://a.example)",
    ):
        assert ' class="bare"' in both(bare), bare
    for named in ("[a.example of something](https://a.example)", "[b](https://a.example)"):
        assert "bare" not in both(named), named
