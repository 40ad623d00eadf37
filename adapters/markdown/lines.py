"""A line of Markdown and how far it has been read. A tab reaches to the next column that is a multiple of four."""

_STOP = 4


class Line:
    __slots__ = ("_column", "_first", "_first_column", "_is_in_tab", "_offset", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = self._column = 0
        self._is_in_tab = False
        self._find_first()

    @property
    def indent(self) -> int:
        """The columns of blanks before the next word."""
        return self._first_column - self._column

    @property
    def is_indented(self) -> bool:
        """Whether this much indentation means code. No other block begins so."""
        return self.indent >= _STOP

    @property
    def is_blank(self) -> bool:
        return self._first == len(self._text)

    @property
    def words(self) -> str:
        """What has not been read, without the blanks before it."""
        return self._text[self._first :]

    @property
    def rest(self) -> str:
        """What has not been read. A tab that has been read in part counts as the blanks that are left of it."""
        if self._is_in_tab:
            return " " * (_STOP - self._column % _STOP) + self._text[self._offset + 1 :]
        return self._text[self._offset :]

    def skip_blanks(self, columns: int | None = None) -> None:
        """Reads blanks: so many columns if there are so many, or all of them."""
        left = self.indent if columns is None else min(columns, self.indent)
        while left > 0:
            width = _STOP - self._column % _STOP if self._text[self._offset] == "\t" else 1
            self._is_in_tab = width > left
            self._offset += not self._is_in_tab
            self._column += min(width, left)
            left -= width

    def skip(self, characters: int) -> None:
        """Reads the blanks and so many characters after them. None of these is a tab."""
        self._offset = self._first + characters
        self._column = self._first_column + characters
        self._is_in_tab = False
        self._find_first()

    def skip_all(self) -> None:
        self.skip(len(self._text) - self._first)

    def _find_first(self) -> None:
        first, column = self._offset, self._column
        while first < len(self._text) and self._text[first] in " \t":
            column += _STOP - column % _STOP if self._text[first] == "\t" else 1
            first += 1
        self._first, self._first_column = first, column
