"""From Markdown to HTML."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitized HTML; `excerpt_html` is its opening, shortened, and `cut` says that more follows."""

    html: str
    excerpt_html: str
    cut: bool


class Renderer(Protocol):
    """The one way from Markdown to HTML. Slow and bounded: call it outside a unit of work."""

    def post(self, body: str) -> Rendered:
        """Raises Invalid("body", "too_complex") for a text that takes too long."""

    def comment(self, body: str) -> str:
        """Sanitized HTML without headings, tables or footnotes. Raises as `post`."""
