"""Rendering Markdown to HTML."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitized HTML. `html` is empty if a reader would see nothing. `excerpt_html` is its beginning. `cut` says that
    the excerpt is shorter."""

    html: str
    excerpt_html: str
    cut: bool


class Renderer(Protocol):
    """Renders all Markdown. Slow, with a time limit: call it outside of a unit of work. One text at a time for each
    account, and a short queue for all of them."""

    @property
    def version(self) -> int:
        """Rises with every change of the HTML of any text. It is stored with the HTML."""

    def post(self, body: str, *, account_id: int) -> Rendered:
        """`account_id` is the member who waits. Raises Invalid("body", "too_complex") for a text that takes too long,
        and Overloaded when another text of this account is in work, or when the queue is full or too slow."""

    def comment(self, body: str, *, account_id: int) -> str:
        """Sanitized HTML without headings, tables or footnotes. It is empty if a reader would see nothing. Raises as
        `post`."""
