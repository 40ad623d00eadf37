"""Pictures: what members send to show in posts, and of themselves.

Of a picture only files are kept that the site made itself. Each has a name of its width: the largest file of a picture
may be narrower than its name says, because nothing is enlarged.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from domain.accounts import Account
from domain.errors import Invalid, NotFound
from domain.ids import ID_PATTERN, LARGEST, time_of
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
# Since when nothing shows the pictures of a text that is gone for good. It takes them with it.
LONG_AGO = time_of(0)

_ADDRESS = re.compile(rf"(?:picture:|/pictures/)({ID_PATTERN})(?:/[0-9]{{1,4}}\.(?:webp|jpg))?", re.ASCII)
# What a browser copies. Ids are random, so no other site has a picture of this number.
_WITH_HOST = re.compile(r"https?://[^/?#@\s]+(?=/pictures/)", re.IGNORECASE)
# What Markdown might take for more than a character, in the text of a picture.
_MEANT = re.compile(r"[\\\[\]`*_<&~]")
# A renderer escapes the `<` of a text, and writes `src` first.
_IN_HTML = re.compile(rf'<img src="/pictures/({ID_PATTERN})/', re.ASCII)


@dataclass(kw_only=True, slots=True)
class Picture:
    """`width` and `height` are the pixels of the largest file, `size` the bytes of all files. A `portrait` is a square
    that its owner shows of themselves. `unused_since` is None while a text or a profile shows it."""

    id: int
    owner_id: int
    alt: str
    width: int
    height: int
    size: int
    portrait: bool = False
    unused_since: datetime | None = None

    @classmethod
    def upload(
        cls, *, id: int, owner: Account, alt: str, width: int, height: int, size: int, room: int, at: datetime
    ) -> Self:
        """For posts. `room` is how many bytes the owner may store yet. Raises Forbidden, Invalid("file", "no_room")."""
        owner.require(Permission.WRITE, at=at)
        require_room(size, room)
        return cls(id=id, owner_id=owner.id, alt=alt, width=width, height=height, size=size, unused_since=at)

    @classmethod
    def of_oneself(cls, *, id: int, owner: Account, side: int, size: int, room: int, at: datetime) -> Self:
        """The member shows it from now on, in place of another one. Raises as `upload`."""
        require_portrayer(owner.reader_at(at))
        require_room(size, room)
        owner.picture_id = id
        return cls(id=id, owner_id=owner.id, alt="", width=side, height=side, size=size, portrait=True)

    def require_remover(self, actor: Account, *, at: datetime) -> None:
        """Raises NotFound for a member who may not know of it, and Forbidden."""
        reader = actor.reader_at(at)
        if not may_remove_picture(reader, owner_id=self.owner_id):
            reader.require_part()
            raise NotFound()


def alt_text(alt: str) -> str:
    """Raises Invalid: `too_long` (length, limit), `forbidden_character`."""
    return prose("alt", alt, limit=ALT_LIMIT)


def require_room(size: int, room: int) -> None:
    """Raises Invalid("file", "no_room")."""
    if size > room:
        raise Invalid("file", "no_room")


def require_portrayer(reader: Reader) -> None:
    """Raises Forbidden unless this member may show a picture of themselves."""
    reader.require_part()
    reader.require_voice()


def may_remove_picture(reader: Reader | None, *, owner_id: int) -> bool:
    """Its owner, also while they are silenced, and moderators."""
    return reader is not None and reader.takes_part and (reader.id == owner_id or reader.can(Permission.MODERATE))


def may_see_picture(reader: Reader | None, *, owner_id: int, shown: bool) -> bool:
    """`shown` says whether a text that everybody may read shows it, and none that is hidden. Its owner and moderators
    see it always. Each storage says the same in its `PictureFeeds`."""
    return shown or (reader is not None and (reader.id == owner_id or reader.can(Permission.MODERATE)))


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


def file_names(width: int, *, portrait: bool = False) -> tuple[str, ...]:
    """The names of all files of a picture of this width, sorted."""
    return tuple(sorted(f"{size.name}.{kind}" for size in sizes(width, portrait=portrait) for kind in TYPES))


def picture_at(address: str) -> int | None:
    """The id of the picture that this address in Markdown means: `picture:ID`, or a path of this site, with the site
    before it or without."""
    host = _WITH_HOST.match(address)
    found = _ADDRESS.fullmatch(address, host.end() if host else 0)
    return _known(int(found[1])) if found else None


def markdown_of(picture_id: int, alt: str) -> str:
    """What shows a picture in a text."""
    said = _MEANT.sub(r"\\\g<0>", " ".join(alt.split()))
    return f"![{said}](picture:{picture_id})"


def shown_in(html: str) -> tuple[int, ...]:
    """The pictures in rendered HTML, by id, each once, in the order of the text."""
    return tuple(dict.fromkeys(map(int, _IN_HTML.findall(html))))


def possible_pictures(markdown: str) -> tuple[int, ...]:
    """The first `SHOWN_AT_MOST` pictures that this text may show, each once. It may show fewer: the renderer knows what
    is code."""
    found: dict[int, None] = {}
    for possible in _ADDRESS.finditer(markdown):
        if picture_id := _known(int(possible[1])):
            found[picture_id] = None
        if len(found) >= SHOWN_AT_MOST:
            break
    return tuple(found)


def _known(number: int) -> int | None:
    """No id is larger than `LARGEST`."""
    return number if number <= LARGEST else None
