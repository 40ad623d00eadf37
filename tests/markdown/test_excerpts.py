"""The opening of a post ends where something ends, and always says something, from both sanitizers."""

import re

from adapters.markdown.rendering import InlineRenderer

FOX = "The quick brown fox jumps over the lazy dog. "

bleached = InlineRenderer("bleach")
rusted = InlineRenderer("nh3")


def opening(body: str) -> str:
    """The excerpt of a post that is longer than it, the same from both sanitizers."""
    post, same = bleached.post(body), rusted.post(body)
    assert post.excerpt_html == same.excerpt_html
    assert post.cut
    assert same.cut
    return post.excerpt_html


def test_a_list_is_cut_between_items():
    html = opening("".join(f"- item number {number}\n" for number in range(40)))
    items = re.findall("<li>(.*)</li>", html)
    assert items == [f"item number {number}" for number in range(len(items))]
    assert 3 < len(items) < 20
    assert "…" not in html


def test_a_list_inside_a_short_item_is_cut_too():
    html = opening("- Fruit\n" + "".join(f"  - number {number}\n" for number in range(40)))
    assert "number 3</li>" in html
    assert "…" not in html


def test_a_single_item_that_is_too_long_is_cut_after_a_sentence():
    assert opening(f"- {FOX * 20}\n- more").endswith("lazy dog.</li>\n</ul>")


def test_code_is_cut_between_lines_and_marked_as_cut():
    html = opening("```\n" + "".join(f"x{number} = {number}\n" for number in range(40)) + "```")
    code = html.removeprefix('<pre tabindex="0"><code>').removesuffix("</code></pre>")
    *lines, last, empty = code.split("\n")
    assert lines == [f"x{number} = {number}" for number in range(len(lines))]
    assert 3 < len(lines) < 20
    assert (last, empty) == ("…", "")


def test_a_very_long_line_of_code_is_cut_inside_the_line():
    assert opening("```\n" + "x" * 5_000 + "\n```").endswith("x\n…\n</code></pre>")


def test_a_table_is_cut_between_rows():
    html = opening("|a|b|\n|-|-|\n" + "".join(f"|{number}|{'word ' * 8}|\n" for number in range(40)))
    assert re.findall(r"<td>(\d+)</td>", html) == [str(number) for number in range(html.count("<td>") // 2)]
    assert html.count("word") == 8 * (html.count("<td>") // 2) > 8


def test_a_table_without_a_fitting_row_shows_its_first_row():
    html = opening(f"|a|b|\n|-|-|\n|{'word ' * 100}|last|\n|c|{'word ' * 100}|")
    assert html.count("word") == 100
    assert html.count("<td>") == 2
    assert "last" in html


def test_the_cells_of_a_very_long_row_are_cut_to_equal_lengths():
    html = opening(f"|a|b|\n|-|-|\n|{FOX * 20}|{FOX * 20}|")
    assert html.count("lazy dog.</td>") == 2


def test_a_long_first_paragraph_is_cut_after_a_sentence():
    assert opening(FOX * 20).endswith("lazy dog.</p>")
    assert opening("# Fox\n\n" + (FOX + "\n") * 20).endswith("lazy dog.</p>")
    assert opening("这是一个句子，很长，很长，很长。" * 50).endswith("很长。</p>")
    assert opening("“" + FOX.replace(". ", ".” “") * 20).endswith("lazy dog.”</p>")


def test_a_paragraph_without_sentences_is_cut_after_a_word():
    for body in ("The *quick* brown fox\n" * 40, "First. " + "and then the fox " * 60, "Version 3.14 is next " * 40):
        assert re.search(r"\b(quick|brown|fox|and|then|the|The|Version|3\.14|is|next)(</em>)?…</p>", opening(body))


def test_marks_around_a_cut_are_closed():
    assert opening(f"**{FOX.strip()} {FOX * 20}fox**").endswith("lazy dog.</strong></p>")


def test_an_excerpt_is_never_only_a_heading():
    for heading in ("# Fox", "# " + "fox " * 40, "# " + "fox " * 400, "# Fox\n\n" * 20, "***\n\n# Fox"):
        assert "lazy dog.</p>" in opening(f"{heading}\n\n{FOX * 20}")
        assert "over the lazy dog.</p>" in opening(f"{heading}\n\n{FOX}\n\n{FOX * 20}")


def test_an_excerpt_has_no_gap_between_its_parts():
    html = opening("- short\n- " + FOX * 20 + "\n\nafter")
    assert "after" not in html
