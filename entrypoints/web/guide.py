"""What members may write: a page of examples in Markdown, each with what comes out.

The HTML of the examples is stored beside this file, so that the page renders nothing. A test keeps it up to date.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, render_template

from entrypoints.words import N_

HTML = Path(__file__).with_name("guide.json")


@dataclass(frozen=True, slots=True)
class Lesson:
    """`title` and `words` are to be translated. The examples are Markdown."""

    title: str
    words: str
    examples: tuple[str, ...]


LESSONS = (
    Lesson(
        N_("Paragraphs"),
        N_("An empty line begins a paragraph. A line that ends with a backslash or two spaces is a line of its own."),
        ("The fog came in.\n\nAt noon it\nwas gone.", "Roses are red,\\\nviolets are blue."),
    ),
    Lesson(
        N_("Emphasis"),
        N_("Stars or underscores around words. Two make bold, and tildes strike words out."),
        ("*Quietly*, then **loudly**, then ***both***.", "The shop closes at ~~six~~ seven.", "这是**「重要」**的。"),
    ),
    Lesson(
        N_("Headings"),
        N_(
            "One to six number signs. A link to the sign and the words of a heading, in small letters and with hyphens "
            "for spaces, leads to it."
        ),
        ("[To the recipe](#the-recipe)\n\n## The recipe\n\nTake six eggs.",),
    ),
    Lesson(
        N_("Links"),
        N_(
            "The words in square brackets, the address in round ones. An address alone is a link too, and so is a "
            "member's @username, which also tells them."
        ),
        (
            'Ask [the harbour office](https://harbour.example/ "Open until noon").',
            "See www.harbour.example/tides, or write to office@harbour.example.",
            "请看https://harbour.example/潮汐，谢谢。",
            "[One address][tides] in [two places][tides].\n\n[tides]: https://harbour.example/tides",
        ),
    ),
    Lesson(
        N_("Pictures"),
        N_(
            'The editor uploads a picture and writes ![description](picture:number "caption") for it. On a line of its '
            "own it is as wide as the text, with its caption below. Among words it is small. The description is for "
            "who does not see it, and the caption may be left out. Comments have no pictures. A picture on another "
            "site is shown as a link with its description, so that no other site learns who reads."
        ),
        ("![The boat at low tide](https://harbour.example/boat.jpg)",),
    ),
    Lesson(
        N_("Lists"),
        N_("A hyphen or a number, and a space. Indented lines belong to the item above. Square brackets make a task."),
        (
            "- bread\n- cheese\n  - the soft one\n  - the old one",
            "1. Boil the water.\n2. Wait.\n\n   Really wait.\n3. Pour.",
            "- [x] tent\n- [ ] stove",
        ),
    ),
    Lesson(
        N_("Quotations and notes"),
        N_(
            "A greater-than sign quotes. A first line of NOTE, TIP, IMPORTANT, WARNING or CAUTION makes a note of that "
            "kind."
        ),
        ("> Whoever saves one book\n> saves a library.", "> [!TIP]\n> Salt the water first."),
    ),
    Lesson(
        N_("Code"),
        N_("Backticks within a line, and three of them around lines. The name of the language gives them colours."),
        (
            "Type `make run`, and ``a ` b`` for a backtick.",
            '```python\ndef greet(name):\n    return f"Hello, {name}"\n```',
            "```c++\nint main() { return 0; }\n```",
        ),
    ),
    Lesson(
        N_("Tables"),
        N_("Bars between cells, and a line of hyphens below the head. Colons align. Comments have no tables."),
        (
            "| Moth | Seen |\n|------|-----:|\n| silver y | 87 |\n| `a\\|b` | 3 |",
            "Month | Rain\n--- | :-:\nMay | little",
        ),
    ),
    Lesson(
        N_("Footnotes"),
        N_("A mark in the text, and the note anywhere. Comments have no footnotes."),
        ("It rained for a week![^rain]\n\n[^rain]: Eight days, to be exact.\n\n    - Monday was dry.",),
    ),
    Lesson(
        N_("What opens and closes"),
        N_("Details with a summary are closed until a reader opens them."),
        ("<details>\n<summary>How it ends</summary>\n\nThe *gardener* did it.\n\n</details>",),
    ),
    Lesson(
        N_("Keys and small letters"),
        N_("These tags may be typed, without attributes. All other HTML is shown as it was typed."),
        (
            "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>.",
            "H<sub>2</sub>O, x<sup>2</sup>, <mark>marked</mark>, one<br>two",
            "<b>This</b> stays as it is.",
        ),
    ),
    Lesson(
        N_("Lines and signs"),
        N_("Three stars draw a line. A backslash takes the meaning from the sign after it."),
        ("Before.\n\n***\n\nAfter.", "\\*Not emphasized\\*, and 2 \\* 3."),
    ),
)


def blueprint() -> Blueprint:
    views = Blueprint("guide", __name__)

    @views.get("/markdown")
    def markdown() -> str:
        return render_template("guide.html", lessons=LESSONS, html=example_html())

    return views


@cache
def example_html() -> dict[str, str]:
    """The HTML of each example."""
    html: dict[str, str] = json.loads(HTML.read_text("utf-8"))
    return html
