"""Makes docs/joining/markdown.md and docs/joining/markdown.zh.md, and the HTML of the examples on the page /markdown.

`make guide` runs it.
"""

import json
from pathlib import Path

from babel.support import Translations

from adapters.markdown.rendering import InlineRenderer
from entrypoints.web.guide import HTML, LESSONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = {"en": ROOT / "docs" / "joining" / "markdown.md", "zh": ROOT / "docs" / "joining" / "markdown.zh.md"}
_CATALOGUES = ROOT / "entrypoints" / "translations"
_NOTICE = "<!-- `make guide` makes this file from the examples of entrypoints/web/guide.py. -->"


def example_html() -> dict[str, str]:
    """What the renderer makes of each example."""
    renderer = InlineRenderer()
    return {example: renderer.post(example).html for lesson in LESSONS for example in lesson.examples}


def document(language: str) -> str:
    catalogue = Translations.load(_CATALOGUES, ["zh_Hans"]) if language == "zh" else Translations()
    _, html = catalogue.gettext, example_html()
    parts = [
        f"# {_('Writing with Markdown')}",
        _NOTICE,
        _("A few signs give a text its shape. What is typed stands first, what readers see below it."),
    ]
    for lesson in LESSONS:
        parts += [f"## {_(lesson.title)}", _(lesson.words)]
        for example in lesson.examples:
            parts += [_fenced(example, "markdown"), _fenced(html[example], "html")]
    return "\n\n".join(parts) + "\n"


def _fenced(text: str, language: str) -> str:
    return f"````{language}\n{text}\n````"


def main() -> None:
    HTML.write_text(json.dumps(example_html(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    for language, path in DOCUMENTS.items():
        path.write_text(document(language), "utf-8")


if __name__ == "__main__":
    main()
