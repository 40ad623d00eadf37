"""Reads blocks line by line, as the appendix of the CommonMark specification describes it ("A parsing strategy").

mistune's own parser takes the text of a quote or list item out and parses it again. So it cannot tell a line that
continues a paragraph inside from one that begins a block outside. Here each line goes through the open blocks, from the
outermost to the innermost, and each block says whether the line belongs to it.
"""

from collections.abc import Iterable

import mistune
from mistune.core import BlockState

from adapters.markdown.blocks import Block, Env, Place, Start
from adapters.markdown.containers import Document, Item, List
from adapters.markdown.leaves import Paragraph
from adapters.markdown.lines import Line


class LineParser(mistune.BlockParser):
    """Takes the place of mistune's parser. Tries the given starts in their order, and has no other rules."""

    def __init__(self, starts: Iterable[Start]) -> None:
        super().__init__()
        self._starts = tuple(starts)

    def parse(self, state: BlockState, rules: list[str] | None = None) -> None:
        reading = _Reading(self._starts, self.max_nested_level, state.env)
        for text in state.src.removesuffix("\n").split("\n"):
            reading.read(Line(text))
        state.tokens = reading.document.tokens()


class _Reading:
    def __init__(self, starts: tuple[Start, ...], depth_at_most: int, env: Env) -> None:
        self.document = Document()
        self._starts, self._depth_at_most, self._env = starts, depth_at_most, env
        self._open: list[Block] = [self.document]

    def read(self, line: Line) -> None:
        matched = self._matched(line)
        tip = self._open[-1]
        if tip.is_closed:
            self._open.pop()
            return
        unmatched = self._open[matched:]
        del self._open[matched:]
        is_blank = line.is_blank
        if self._begin(line, follows_text=isinstance(tip, Paragraph)):
            unmatched = []
        self._mark(is_blank)
        if unmatched and not is_blank and isinstance(tip, Paragraph):
            self._open += unmatched  # a lazy continuation line
        elif not line.is_blank and not self._open[-1].holds_lines:
            self._append(Paragraph(self._env))
        self._open[-1].add(line)
        if self._open[-1].is_closed:
            self._open.pop()

    def _matched(self, line: Line) -> int:
        """To how many of the open blocks the line belongs."""
        matched = 1
        while matched < len(self._open) and self._open[matched].continues(line):
            matched += 1
        return matched

    def _begin(self, line: Line, *, follows_text: bool) -> bool:
        """Opens the blocks that begin with the line. Whether there is one."""
        begun = False
        while not line.is_blank and self._open[-1].may_be_interrupted:
            is_deepest = sum(block.holds_blocks for block in self._open) > self._depth_at_most
            place = Place(self._open[-1], follows_text and not begun, is_deepest, self._env)
            block = next(filter(None, (start(line, place) for start in self._starts)), None)
            if block is None:
                break
            self._append(block)
            begun = True
            if block.holds_lines:
                break
        return begun

    def _append(self, block: Block) -> None:
        while not self._open[-1].may_hold(block):
            self._open.pop()
        if isinstance(block, Item) and not isinstance(self._open[-1], List):
            self._append(List(block))
        parent = self._open[-1]
        if block.replaces:
            parent.children.pop()
        parent.children.append(block)
        self._open.append(block)

    def _mark(self, is_blank: bool) -> None:
        """Marks what ends with a blank line."""
        *around, above = self._open
        if is_blank and above.children:
            above.children[-1].ends_blank = True
        above.ends_blank = is_blank and above.may_end_blank
        for block in around:
            block.ends_blank = False
