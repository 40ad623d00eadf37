"""Making the files of a picture from what a member sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MadePicture:
    """`width` and `height` are the pixels of the largest file. `files` are the contents by name, such as `640.webp` and
    `640.jpg`: two for each of `domain.pictures.sizes`."""

    width: int
    height: int
    files: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(map(len, self.files.values()))


class PictureMaker(Protocol):
    """Reads JPEG, PNG, WebP, GIF and AVIF, of an animation the first frame. Turns it upright, converts its colours to
    sRGB, drops all metadata, and writes WebP and JPEG. Slow, with a limit of time and of memory: call it outside of a
    unit of work. One picture at a time, and a short queue, in which accounts take turns.

    Both methods raise Invalid("file", ...): `required`, `picture_too_large` (limit, in bytes), `not_a_picture`,
    `too_many_pixels` (limit), `picture_too_long` (limit, the pixels of a side), `picture_damaged`, `heic`. They raise
    Overloaded when pictures of this account have enough of the queue, or when it is full or too slow."""

    def picture(self, sent: bytes, *, account_id: int) -> MadePicture:
        """The whole picture, in widths of `domain.pictures.WIDTHS`. `account_id` is the member who waits."""

    def portrait(self, sent: bytes, *, account_id: int) -> MadePicture:
        """A square from the middle, in sides of `domain.pictures.SIDES`."""
