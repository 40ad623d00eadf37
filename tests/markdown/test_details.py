"""`<details>` with a `<summary>`, as typed."""

import pytest

from adapters.markdown.rendering import InlineRenderer
from tests.markdown.test_rendering import both, directions

bleached = InlineRenderer("bleach")
rusted = InlineRenderer("nh3")

CLOSED = "<details>\n<summary>A</summary>\n<p>b</p>\n</details>"


@pytest.mark.parametrize(
    "written",
    [
        "<details>\n<summary>A</summary>\n\nb\n\n</details>",
        "<details>\n<summary>A</summary>\nb\n</details>",
        "<details><summary>A</summary>\n\nb\n</details>",
        "<details><summary>A</summary>b</details>",
        "<details> <summary> A </summary> b\n</details>",
        "<details>\n<summary>A</summary> b\n\n</details>",
        "<details>\n\n<summary>\nA\n</summary>\n\nb\n\n</details>",
        "<details>\n<summary>\n\nA\n\n</summary>\nb\n</details>",
        "<DETAILS>\n<Summary>A</sUmmary>\nb\n</Details>",
        "  <details>\n   <summary>A</summary>\nb\n </details>  ",
        "<details>\n<summary>\n\n### A\n\n</summary>\nb\n</details>",
    ],
)
def test_details_need_no_blank_lines_and_no_lines_of_their_own(written: str):
    assert both(written) == bleached.comment(written).html == CLOSED


def test_what_is_inside_is_markdown():
    html = both(
        "<details>\n<summary>*A* `b`</summary>\n\n# C\n\n- d\n\n| e |\n|---|\n\n```\n</details>\n```\n</details>\n\nf"
    )
    assert html.startswith("<details>\n<summary><em>A</em> <code>b</code></summary>\n<h2 ")
    assert "<li>d</li>" in html
    assert "&lt;/details&gt;\n</code>" in html
    assert html.endswith("</details>\n<p>f</p>")


def test_details_may_stand_in_each_other_in_lists_and_in_quotes():
    inner = "<details>\n<summary>A</summary>\nb\n</details>"
    html = both(f"<details>\n<summary>C</summary>\n\n{inner}\n\n{inner}\n</details>")
    assert html == f"<details>\n<summary>C</summary>\n{CLOSED}\n{CLOSED}\n</details>"
    assert CLOSED in both("- " + inner.replace("\n", "\n  "))
    assert CLOSED in both("> " + inner.replace("\n", "\n> "))


def test_a_paragraph_before_and_after_needs_no_blank_line():
    assert both("a\n<details>\n<summary>A</summary>\nb\n</details>\nc") == f"<p>a</p>\n{CLOSED}\n<p>c</p>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<details>", "<p>&lt;details&gt;</p>"),
        ("<details>\n<summary>A</summary>\n\n*b*",
         "<p>&lt;details&gt;\n&lt;summary&gt;A&lt;/summary&gt;</p>\n<p><em>b</em></p>"),
        ("<details>\nb\n</details>", "<p>&lt;details&gt;</p>\n<p>b</p>\n<p>&lt;/details&gt;</p>"),
        ("<details>\nb\n<summary>A</summary>\n</details>",
         "<p>&lt;details&gt;</p>\n<p>b</p>\n<p>&lt;summary&gt;A&lt;/summary&gt;\n&lt;/details&gt;</p>"),
        ("<summary>A</summary>", "<p>&lt;summary&gt;A&lt;/summary&gt;</p>"),
        ("</details>", "<p>&lt;/details&gt;</p>"),
        ("<details><summary></summary>\n</details>",
         "<p>&lt;details&gt;&lt;summary&gt;&lt;/summary&gt;\n&lt;/details&gt;</p>"),
        ("> <details><summary>A</summary>\n\n</details>",
         "<blockquote>\n<p>&lt;details&gt;&lt;summary&gt;A&lt;/summary&gt;</p>\n</blockquote>\n<p>&lt;/details&gt;</p>"),
        ("<details open>\n<summary>A</summary>\n*b*\n</details>",
         "<p>&lt;details open&gt;\n&lt;summary&gt;A&lt;/summary&gt;\n*b*\n&lt;/details&gt;</p>"),
        ("a <details><summary>A</summary>b</details>",
         "<p>a &lt;details&gt;&lt;summary&gt;A&lt;/summary&gt;b&lt;/details&gt;</p>"),
        ("    <details>", '<pre tabindex="0"><code>&lt;details&gt;\n</code></pre>'),
        ("<details><summary>A</summary>\n<summary>B</summary>\n</details>",
         "<details>\n<summary>A</summary>\n<p>&lt;summary&gt;B&lt;/summary&gt;</p>\n</details>"),
    ],
)  # fmt: skip
def test_tags_without_their_counterpart_stay_text(written: str, read: str):
    assert both(written) == bleached.comment(written).html == read


def test_tags_with_attributes_keep_their_counterparts():
    written = "<details><summary>A</summary>\n\n<details open>\n\nb\n\n</details>\n\nc\n\n</details>"
    html = both(written)
    assert html.count("<details>") == 1
    assert html.endswith("<p>&lt;/details&gt;</p>\n<p>c</p>\n</details>")


def test_very_deep_details_become_text():
    html = rusted.post("<details><summary>a</summary>\n\n" * 500 + "</details>\n" * 500).html
    assert html.count("<details>") == html.count("</details>") == 10
    for open_ in ("> <details><summary>a</summary>\n", "- <details><summary>a</summary>\n  "):
        html = rusted.post(open_ * 900).html
        assert html.count("<details>") == html.count("</details>") <= 10


def test_details_have_the_direction_of_their_summary():
    assert directions(both("<details><summary>שלום</summary>\n\nHello\n\n12\n</details>")) == "p ltr, p rtl"


def test_details_end_after_raw_html_too():
    folded = "<details>\n<summary>A</summary>\n<p>&lt;p&gt;</p>\n<p>b</p>\n<p>&lt;/p&gt;</p>\n</details>"
    assert both("<details><summary>A</summary>\n<p>\n\nb\n\n</p>\n</details>") == folded
