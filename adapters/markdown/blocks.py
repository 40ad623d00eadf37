"""What a block is while it is read. `reading.py` says in which order the blocks see a line."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from adapters.markdown.lines import Line
from adapters.markdown.tokens import Token

# What the blocks of a text share, as mistune's state has it.
Env = MutableMapping[str, Any]


class Block:
    """A container holds blocks. Some leaves hold lines."""

    holds_blocks: ClassVar = False
    holds_lines: ClassVar = False
    may_be_interrupted: ClassVar = True
    # Whether a blank line that ends the block makes the list around it loose.
    may_end_blank: ClassVar = True

    def __init__(self) -> None:
        self.children: list[Block] = []
        self.replaces: Block | None = None
        self.ends_blank = False
        self.is_closed = False

    def continues(self, line: Line) -> bool:
        """Whether the line belongs to the block. Reads the marks that say so."""
        return False

    def may_hold(self, block: "Block") -> bool:
        return self.holds_blocks

    def add(self, line: Line) -> None:
        """Takes a line of text."""

    def tokens(self) -> list[Token]:
        """Tokens of the kinds that mistune's own parser makes."""
        return self.inner_tokens()

    def inner_tokens(self) -> list[Token]:
        """Those of the children. Children without any, which were only definitions, are left out from then on."""
        tokens = [(child, child.tokens()) for child in self.children]
        self.children = [child for child, its_tokens in tokens if its_tokens]
        return [token for _, its_tokens in tokens for token in its_tokens]

    def instead_of(self, block: "Block") -> Self:
        self.replaces = block
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block may begin."""

    above: Block
    """The innermost block to which the line belongs."""
    follows_text: bool
    """Whether a paragraph is open, here or deeper. The line may then be its lazy continuation."""
    is_deepest: bool
    """Whether no further container may be nested here."""
    env: Env


# Answers with the block that begins with this line, and reads its marks. Otherwise reads nothing.
Start = Callable[[Line, Place], Block | None]
