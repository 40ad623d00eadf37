"""Rendering Markdown to HTML."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitized HTML. `excerpt_html` is its beginning. `cut` says that the excerpt is shorter."""

    html: str
    excerpt_html: str
    cut: bool


class Renderer(Protocol):
    """Renders all Markdown. Slow, with a time limit: call it outside of a unit of work."""

    def post(self, body: str) -> Rendered:
        """Raises Invalid("body", "too_complex") for a text that takes too long."""

    def comment(self, body: str) -> str:
        """Sanitized HTML without headings, tables or footnotes. Raises as `post`."""
