"""Made-up blocks have the structure that cmark-gfm gives them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.markdown.rendering import InlineRenderer
from tests.markdown.cmark import by_chapbook, by_cmark
from tests.markdown.test_rendering import both

rusted = InlineRenderer("nh3")

# No `<`, because raw HTML is text here. No `[`, because notes and definitions have strategies of their own. No tables,
# because cmark-gfm takes the end of a delimiter row for a blank line in a list.
WORDS = ("", "a", "b c", "1.", "2)", "-", "+", "*", "# h", "---", "===", "- - -", "|", "\\", '"', "é")
MARKS = ("", " ", "  ", "   ", "    ", "> ", ">", "- ", "+ ", "1. ", "2. ", "10) ", "* ", "# ")


def lines_of(marks: tuple[str, ...], words: tuple[str, ...]) -> st.SearchStrategy[str]:
    line = st.builds("{}{}".format, st.lists(st.sampled_from(marks), max_size=4).map("".join), st.sampled_from(words))
    return st.lists(line, min_size=1, max_size=9).map("\n".join)


# No tab before a fence, because cmark-gfm counts the tab as one column there.
FENCES = lines_of(MARKS, (*WORDS, "```", "~~~", "````", "``` é", "```py"))
TABS = lines_of((*MARKS, "\t"), WORDS)
# No quotes, because cmark-gfm finds no tasks in them. Each has words, because cmark-gfm begins no paragraph without.
TASKS = st.lists(
    st.tuples(
        st.sampled_from(("", "  ", "    ")),
        st.sampled_from(("- ", "1. ", "-  ")),
        st.sampled_from(("[x]", "[ ]", "[X]", "[y]", "[]", "\\[x]")),
        st.sampled_from(("", " a", "a", "\ta", "\n", "\n  a", "\n\n  a")),
    ).map("".join),
    min_size=1,
    max_size=6,
).map("\n".join)
# Each stands by itself, because cmark-gfm reads no definition above a table, and takes `---` below one for text.
DEFINITIONS = st.lists(
    st.sampled_from(
        (
            *("[a]: /u", "[B c]: </v w> 't'", "[a]:\n/x\n'y\nz'", "[a]: /b c", "[d]: ", "> [d]: /d"),
            *("- [d]: /d\n[e]: /e", "[a]", "[b C] d", "[ a ]", "[d] [e]", "a\n[e]: /f"),
        )
    ),
    min_size=1,
    max_size=8,
).map("\n\n".join)
ROWS = st.lists(
    st.sampled_from(re.split(",", r"|,|,-|,-|-,-,:,:-:,|---,a,b, ,\|,> ,    ") + ["\n"] * 3),
    min_size=3,
    max_size=30,
).map("".join)
TABLES = ROWS | ROWS.map(lambda rows: "> " + rows.replace("\n", "\n> "))


@st.composite
def notes(draw: st.DrawFn) -> str:
    """Each note is defined once and referred to, because cmark-gfm drops others. It is not empty and no line in it has
    only blanks, because cmark-gfm takes either for its end."""
    text, count = "", 0
    for part in draw(st.lists(st.sampled_from(NOTES), max_size=20)):
        if part == "[^]:":
            count += 1
            text += f"{draw(st.sampled_from(('', ' ', '> ', '- ')))}[^{LABELS[count]}]:{draw(st.sampled_from(FIRST))}"
        elif part == "[^]":
            text += f"[^{LABELS[draw(st.integers(1, 5))].swapcase()}]"
        else:
            text += part
    text += "".join(f"\n\nz [^{label}]" for label in LABELS[1 : count + 1])
    return re.sub("(?m)^[ ]+$", "", text)


NOTES = (
    "[^]:",
    "[^]:",
    "[^]",
    "\n",
    "\n\n",
    "\n    ",
    "\n\n    ",
    "\n\n        ",
    "\n  ",
    "x",
    "y",
    "!",
    "# ",
    "|",
    "1. ",
    "- ",
)
FIRST = ("w", " w", "   w", "  > w", " - w", " # w")
LABELS = [f"{'nNéA'[number % 4]}{number}" for number in range(21)]


@settings(deadline=None, max_examples=600, derandomize=True)
@given(FENCES | TABS | TASKS | DEFINITIONS | TABLES | notes())
def test_made_up_blocks_become_what_cmark_makes_of_them(markdown: str):
    # A text of which nothing can be seen is empty, so there is a word.
    assert by_chapbook(f"a\n\n{markdown}") == by_cmark(f"a\n\n{markdown}")


@pytest.mark.parametrize(
    "markdown",
    [
        "before\n\n" + "- *a*\n  - b\n" * 120 + "\nafter",
        "7. a\n\n   b\n" * 120,
        "> a\n>\n> - b\n>\n" * 120,
        "|a|b|\n|:-|-:|\n" + "|*c*|d|\n" * 120,
    ],
)
def test_a_long_list_quote_or_table_stays_one(markdown: str):
    html = both(markdown)
    assert by_chapbook(markdown) == by_cmark(markdown)
    assert max(html.count(f"<{tag}") for tag in ("ol", "blockquote", "table")) <= 1
