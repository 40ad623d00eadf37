"""Tables row by row. tests/markdown/blocks.toml has examples that cmark-gfm is compared with."""

import re

import pytest

from adapters.markdown.rendering import InlineRenderer
from tests.markdown.test_rendering import both

rusted = InlineRenderer("nh3")


def rows(markdown: str) -> list[list[str]]:
    html = both(markdown)
    return [re.findall(r"<t[hd][^>]*>(.*)</t[hd]>", row) for row in re.findall(r"(?s)<tr>(.*?)</tr>", html)]


@pytest.mark.parametrize(
    ("written", "read"),
    [("c", ["c", ""]), ("c|", ["c", ""]), ("|c", ["c", ""]), ("|c|d", ["c", "d"]), ("c|d|", ["c", "d"]),
     ("|c|d|e|f|", ["c", "d"]), ("||d", ["", "d"]), ("||", ["", ""]), ("c\\|d|e", ["c|d", "e"]),
     ("`c\\|d`|e", ["<code>c|d</code>", "e"]), ("`c|d`|e", ["`c", "d`"]), ("  | c | d |  ", ["c", "d"]),
     ("*c|d*", ["*c", "d*"]), ("**c** [d](/e)", ['<strong>c</strong> <a href="/e">d</a>', ""])],
)  # fmt: skip
def test_a_row_has_as_many_cells_as_the_head(written: str, read: list[str]):
    assert rows(f"a|b\n-|-\n{written}\n1|2") == [["a", "b"], read, ["1", "2"]]
    assert rows(f"- a|b\n  -|-\n  {written}") == [["a", "b"], read]
    assert rows(f"> |a|b\n> |-|-\n> {written}") == [["a", "b"], read]


@pytest.mark.parametrize("head", ["a|b\n-|-", "|a|b|\n|-|-|", "| a|b\n-|-|", "a|b\n:-: | --:", "|a|b|\n | - | - |"])
def test_outer_pipes_of_the_head_may_be_left_out(head: str):
    assert rows(f"{head}\n1|2") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize("delimiters", ["|-|", "-|-|-", "- -|-", "-|=", "|", ": | -", "-|:", "a|-", "-||-", "-\\|-"])
def test_another_delimiter_row_makes_no_table(delimiters: str):
    assert "<table" not in both(f"|a|b|\n{delimiters}\n|c|d|")


def test_the_last_line_of_a_paragraph_is_the_head():
    assert both("above\na|b\n-|-\nc|d").startswith("<p>above</p>\n<table")


@pytest.mark.parametrize("after", ["\nb", "> b", "# b", "- b", "```\nb\n```", "***", "    b", "2. b", "<div>b"])
def test_a_blank_line_or_another_block_ends_a_table(after: str):
    assert rows(f"a|b\n-|-\nc|d\n{after}") == [["a", "b"], ["c", "d"]]


def test_a_table_has_a_body_only_with_rows():
    assert "<tbody>" not in both("|a|\n|-|")
    assert "<tbody>\n<tr>\n<td>b</td>" in both("|a|\n|-|\n|b|")


def test_missing_cells_have_a_limit():
    head, long = "|a" * 100 + "\n" + "|-" * 100 + "\n", "\n\n" + "word " * 9_000
    assert rusted.post(head + "b\n" * 9 + long).html.count("<td></td>") == 9 * 99
    html = rusted.post(head + "b\n" * 900 + long).html
    assert html.count("<td></td>") == 101 * 99
    assert html.count("<td>b</td>") + html.count("\nb") + html.count("<p>b") == 900


def test_in_a_comment_a_table_stays_as_it_was_typed_line_by_line():
    for sanitizer in ("bleach", "nh3"):
        comment = InlineRenderer(sanitizer).comment
        assert comment("|a|`b`|\n|-|-|\n|c|d|  \ne").html == "<p>|a|<code>b</code>|<br>\n|-|-|<br>\n|c|d|<br>\ne</p>"
        assert comment("above\na|b\n-|-\n> c").html == (
            "<p>above</p>\n<p>a|b<br>\n-|-</p>\n<blockquote>\n<p>c</p>\n</blockquote>"
        )
        assert "<br" not in comment("a|b\n-|-|-").html
