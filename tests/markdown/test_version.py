"""The version of the renderer rises when its HTML changes, also through another version of a library.

`html.digests` has the version, and a digest of what becomes of each example, of each text of the guide, and of those
below. This module writes it:
`python -m tests.markdown.test_version`.
"""

import hashlib
from pathlib import Path

from adapters.markdown.rendering import InlineRenderer
from adapters.markdown.version import VERSION
from domain.errors import Invalid
from domain.pictures import Shape
from entrypoints.web.guide import LESSONS
from tests.markdown.examples import FILES, examples

NOTED = Path(__file__).with_name("html.digests")

# Besides the examples: what has no section of its own there.
MORE = {
    "refused links": "[a](javascript:alert(1)) [b](data:text/html,x) [c](//d.example) [d](tel:1)",
    "links within a text": "[a](#a) [b](#中文) [c](#a-1)\n\n# A\n\n## 中文\n\n# A",
    "directions": "שלום\n\nEnglish\n\n- مرحبا\n- hello\n\n> עברית",
    "Chinese": "你好，**世界**。这是一段文字。\n换行",
    "an opening of two paragraphs": "\n\n".join(f"Paragraph {number} " + "with words " * 5 for number in range(8)),
    "an opening of one paragraph": "A sentence with words. " * 60,
    "an opening of a list": "- one\n- two\n\n| a |\n|---|\n| b |",
    "mentions": "@susan, `@susan`, [@susan](/there), susan@susan.example and @nobody",
    "empty": "[x]: /there",
    "pictures": '![a *boat*](picture:1 "At sea")\n\nSmall ![](picture:2), [![](picture:1)](/x) and ![x](picture:3).',
    "a picture alone": "![](picture:2)",
}
MEMBERS = frozenset({"susan"})
PICTURES = {1: Shape(3000, 2000), 2: Shape(900, 1200, "as the owner says")}


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
    texts = [(str(example), example.markdown) for file in FILES for example in examples(file)]
    texts += [(lesson.title, body) for lesson in LESSONS for body in lesson.examples]
    return [f"{digest(body)} {name}" for name, body in [*texts, *MORE.items()]]


def digest(body: str) -> str:
    html = []
    for sanitizer in ("bleach", "nh3"):
        renderer = InlineRenderer(sanitizer)
        try:
            post = renderer.post(body, members=MEMBERS, pictures=PICTURES)
            html += [post.html, post.excerpt_html, str(post.cut), renderer.comment(body, members=MEMBERS).html]
        except Invalid as refused:
            html.append(str(refused))
    return hashlib.sha256("\0".join(html).encode()).hexdigest()[:16]


if __name__ == "__main__":
    NOTED.write_text("\n".join([str(VERSION), *digests(), ""]), encoding="utf-8")
