"""Pictures: what members send to show in posts, and of themselves.

Of a picture only files are kept that the site made itself. Each has a name of its width: the largest file of a picture
may be narrower than its name says, because nothing is enlarged.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.accounts import Account
from domain.errors import Forbidden, Invalid, NotFound
from domain.ids import ID_PATTERN
from domain.roles import Permission, Reader
from domain.texts import prose

WIDTHS = (320, 640, 1280, 2560)
# A picture that a member shows of themselves is a square of these sides.
SIDES = (96, 320)
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
ALT_LIMIT = 500
BYTES_AT_MOST = 10 * 1024 * 1024
PIXELS_AT_MOST = 50_000_000
# The longest side that WebP has.
SIDE_AT_MOST = 16_383
# One text shows no more than this.
SHOWN_AT_MOST = 100
# So long is a picture kept that nothing shows.
KEPT_UNUSED = timedelta(days=7)

_ADDRESS = re.compile(rf"(?:picture:|/pictures/)({ID_PATTERN})(?:/[0-9]{{1,4}}\.(?:webp|jpg))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a renderer needs to know of a picture: the pixels of its largest file, and the text for who does not see
    it."""

    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """One width of a picture: the number in the name of its files, and the pixels that they are wide."""

    name: int
    width: int


def sizes(width: int, *, portrait: bool = False) -> tuple[Size, ...]:
    """The sizes in which a picture of this width is kept, from small to large. The last one is the whole picture."""
    names = SIDES if portrait else WIDTHS
    smaller = [Size(name, name) for name in names if name < width]
    largest = next((name for name in names if name >= width), None)
    return tuple(smaller) if largest is None else (*smaller, Size(largest, width))


def picture_at(address: str) -> int | None:
    """The id of the picture that this address in Markdown means: `picture:ID`, or a path of this site."""
    found = _ADDRESS.fullmatch(address)
    return int(found[1]) if found else None


def possible_pictures(markdown: str) -> tuple[int, ...]:
    """The first `SHOWN_AT_MOST` pictures that this text may show, each once. It may show fewer: the renderer knows what
    is code."""
    found: dict[int, None] = {}
    for possible in _ADDRESS.finditer(markdown):
        found[int(possible[1])] = None
        if len(found) >= SHOWN_AT_MOST:
            break
    return tuple(found)
