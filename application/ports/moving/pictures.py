"""What moves of pictures: what is known of them, which texts show them, and their files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from application.ports.moving.fields import Id, Number, Record

# The most characters of the name of a file, such as `1280.webp`.
_NAME = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRecord(Record):
    record: ClassVar = "pictures"
    sorted_by: ClassVar = ("id",)

    id: Id
    owner_id: Id
    alt: str
    width: Number
    height: Number
    size: Number
    portrait: bool
    unused_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureUseRecord(Record):
    """The text is a post, or the site itself."""

    record: ClassVar = "picture_uses"
    sorted_by: ClassVar = ("text_id", "picture_id")

    text_id: Id
    picture_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFileRecord(Record):
    """A part of a file, in Base64 (RFC 4648, section 4). Parts count from 0. It is in no table: the store of pictures
    has it."""

    record: ClassVar = "picture_files"
    sorted_by: ClassVar = ("picture_id", "name", "part")

    picture_id: Id
    name: Annotated[str, _NAME]
    part: Number
    content: str
