"""Each section of the specification of GitHub Flavored Markdown has examples, and cmark-gfm makes the same of them."""

from collections import Counter

import pytest

from tests.markdown.cmark import by_chapbook, by_cmark
from tests.markdown.examples import FILES, Example, examples
from tests.markdown.test_rendering import both

# Those that have examples in the specification.
SECTIONS = {
    "blocks": (
        "Tabs",
        "Precedence",
        "Thematic breaks",
        "ATX headings",
        "Setext headings",
        "Indented code blocks",
        "Fenced code blocks",
        "HTML blocks",
        "Link reference definitions",
        "Paragraphs",
        "Blank lines",
        "Tables",
        "Block quotes",
        "List items",
        "Task list items",
        "Lists",
    ),
    "inlines": (
        "Backslash escapes",
        "Entity and numeric character references",
        "Code spans",
        "Emphasis and strong emphasis",
        "Strikethrough",
        "Links",
        "Images",
        "Autolinks",
        "Autolinks (extension)",
        "Raw HTML",
        "Disallowed Raw HTML (extension)",
        "Hard line breaks",
        "Soft line breaks",
        "Textual content",
    ),
}
EXAMPLES = [example for file in FILES for example in examples(file)]


@pytest.mark.parametrize("file", FILES)
def test_every_section_has_three_examples(file: str):
    found = Counter(example.section for example in examples(file))
    assert {section for section in SECTIONS[file] if found[section] < 3} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_becomes_the_html_that_stands_beside_it(example: Example):
    # The mark of an address that is its own text is for print only.
    assert both(example.markdown).replace(' class="bare"', "") == example.html.strip("\n")


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_cmark_makes_the_same_of_an_example_or_a_reason_is_given(example: Example):
    same = by_chapbook(example.markdown) == by_cmark(example.markdown)
    assert same != bool(example.differs)
