"""The version of the renderer rises when its HTML changes, also through another version of a library.

`html.digests` has the version, and a digest of what becomes of each text below. This module writes it:
`python -m tests.markdown.test_version`.
"""

import hashlib
from pathlib import Path

from adapters.markdown.rendering import InlineRenderer
from adapters.markdown.version import VERSION
from domain.errors import Invalid

NOTED = Path(__file__).with_name("html.digests")

# One text for each construct.
TEXTS = {
    "paragraphs": "One line\nand another.  \nA break.\n\nA second paragraph with 'quotes' -- and \"dashes\" ...",
    "emphasis": "*one* **two** ***three*** _four_ __five__ ~~six~~ a_b_c 2*3*4 **“quoted”**text",
    "headings": "# One\n\n## Two\n\n#### Four\n\nSetext\n===\n\nOther\n---\n\n# One",
    "links": "[a](https://a.example/x?y=1&z=2 'title') <https://b.example> https://c.example/d_e. [r]\n\n[r]: /there",
    "refused links": "[a](javascript:alert(1)) [b](data:text/html,x) [c](//d.example) <a@b.example>",
    "images": "![words](https://a.example/i.png 'title') ![](/local.png)",
    "lists": "- one\n- two\n  1. three\n  2. four\n\n- loose\n\n3. starts at three\n4) other",
    "tasks": "- [ ] to do\n- [x] done",
    "quotes": "> one\n> > two\n>\n> three",
    "code": "`inline` ``a ` b``\n\n```python\ndef f(x):\n    return 'x'\n```\n\n    indented\n\n~~~\nplain\n~~~",
    "unknown language": "```nonsense\nx < y\n```\n\n```html\n<b>x</b>\n```",
    "tables": "| a | b |\n|:--|--:|\n| *1* | `2` |\n| \\| | |",
    "footnotes": "One[^1], two[^two], one again[^1].\n\n[^1]: A note.\n[^two]: With **words**.\n\n    And a paragraph.",
    "rules": "---\n\n***\n\n* * *",
    "raw HTML": "<b>bold</b> <script>alert(1)</script>\n\n<div>\nblock\n</div>\n\n<!-- comment --> &amp; &copy; &#42;",
    "directions": "שלום\n\nEnglish\n\n- مرحبا\n- hello\n\n> עברית",
    "Chinese": "你好，**世界**。这是一段文字。\n换行",
    "escapes": "\\*not\\* \\# \\[x\\] \\\\ \\<b\\>",
    "long": "\n\n".join(f"Paragraph {number} " + "with some words " * 12 for number in range(8)),
    "one long paragraph": "A sentence with words. " * 60,
    "nested": "> - a\n>   > b\n>   >\n>   > 1. c",
    "hashtags and names": "#tag @susan a@b.example C# #1",
    "empty": "[x]: /there",
}


def test_the_version_rises_when_the_html_of_a_text_changes() -> None:
    noted_version, *noted = NOTED.read_text(encoding="utf-8").splitlines()
    present = digests()

    changed = sorted({line.partition(" ")[2] for line in set(noted) ^ set(present)})
    write = "`python -m tests.markdown.test_version` writes it."
    assert not changed or noted_version != str(VERSION), (
        f"The HTML of {', '.join(changed)} has changed. If a release has version {VERSION}, raise VERSION in"
        f" adapters/markdown/version.py, so that old texts are rendered anew. Then bring {NOTED.name} along: {write}"
    )
    assert (noted_version, noted) == (str(VERSION), present), f"{NOTED.name} is of another version: {write}"


def digests() -> list[str]:
    """A line for each text: the digest of its HTML in posts and comments, with both sanitizers."""
    return [f"{digest(body)} {name}" for name, body in TEXTS.items()]


def digest(body: str) -> str:
    html = []
    for sanitizer in ("bleach", "nh3"):
        renderer = InlineRenderer(sanitizer)
        try:
            post = renderer.post(body)
            html += [post.html, post.excerpt_html, str(post.cut), renderer.comment(body)]
        except Invalid as refused:
            html.append(str(refused))
    return hashlib.sha256("\0".join(html).encode()).hexdigest()[:16]


if __name__ == "__main__":
    NOTED.write_text("\n".join([str(VERSION), *digests(), ""]), encoding="utf-8")
