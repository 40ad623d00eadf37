"""Examples of what a text becomes, as data: one TOML file for blocks, one for what stands within a line.

A table is a section of the GitHub Flavored Markdown specification. Each entry has `markdown` and the `html` of a post.
`differs` says why cmark-gfm makes something else of the text. Without it, both must make the same.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
FILES = ("blocks", "inlines")


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    section: str
    number: int
    markdown: str
    html: str
    differs: str = ""

    def __str__(self) -> str:
        return f"{self.section} {self.number}"


def examples(file: str) -> list[Example]:
    """The examples of `blocks` or another file, in the order in which they stand there."""
    sections = tomllib.loads((_HERE / f"{file}.toml").read_text("utf-8"))
    return [
        Example(section=section, number=number, **entry)
        for section, entries in sections.items()
        for number, entry in enumerate(entries, 1)
    ]
