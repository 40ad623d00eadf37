"""Rendering Markdown to HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.pictures import Shape

NO_PICTURES: Mapping[int, Shape] = {}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Sanitized HTML. `html` is empty if a reader would see nothing. `excerpt_html` is its beginning. `cut` says that
    the excerpt is shorter. A comment has no excerpt. `mentions` are the members whom the text mentions, by
    `Username.key`, and `pictures` those that it shows, by id, both in the order of the text, each once. Those to which
    it only links come last."""

    html: str
    excerpt_html: str = ""
    cut: bool = False
    mentions: tuple[str, ...] = ()
    pictures: tuple[int, ...] = ()


class Renderer(Protocol):
    """Renders all Markdown. Slow, with a time limit: call it outside of a unit of work. One text at a time for each
    account, and a short queue for all of them."""

    @property
    def version(self) -> int:
        """Rises with every change of the HTML of any text. It is stored with the HTML."""

    def post(
        self,
        body: str,
        *,
        account_id: int,
        members: frozenset[str] = frozenset(),
        pictures: Mapping[int, Shape] = NO_PICTURES,
    ) -> Rendered:
        """`account_id` is the member who waits. `members` are the usernames that become links where the text mentions
        them, by `Username.key`. `pictures` are those that the text may show, by id. Raises Invalid("body",
        "too_complex") for a text that takes too long, and Overloaded when another text of this account is in work, or
        when the queue is full or too slow."""

    def comment(self, body: str, *, account_id: int, members: frozenset[str] = frozenset()) -> Rendered:
        """As `post`, without headings, tables, footnotes and pictures."""
