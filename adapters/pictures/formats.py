"""Which format a file has, by its first bytes. Its name and what its sender says of it count for nothing.

Nothing is decoded here, so this may run in a process that serves pages.
"""

from enum import Enum, auto

from domain.errors import Invalid
from domain.pictures import BYTES_AT_MOST

_PNG = b"\x89PNG\r\n\x1a\n"
# ISO/IEC 23008-12 (HEIF), and AV1 Image File Format.
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_AVIF = frozenset((b"avif", b"avis"))


class Format(Enum):
    JPEG = auto()
    PNG = auto()
    WEBP = auto()
    GIF = auto()
    AVIF = auto()


def format_of(sent: bytes) -> Format:
    """Raises Invalid("file", ...): `required`, `picture_too_large`, `heic`, `not_a_picture`."""
    if not sent:
        raise Invalid("file", "required")
    if len(sent) > BYTES_AT_MOST:
        raise Invalid("file", "picture_too_large", limit=BYTES_AT_MOST)
    if sent.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if sent.startswith(_PNG):
        return Format.PNG
    if sent.startswith((b"GIF87a", b"GIF89a")):
        return Format.GIF
    if sent.startswith(b"RIFF") and sent[8:12] == b"WEBP":
        return Format.WEBP
    brands = _brands(sent)
    if not brands.isdisjoint(_AVIF):
        return Format.AVIF
    raise Invalid("file", "not_a_picture" if brands.isdisjoint(_HEIC) else "heic")


def _brands(sent: bytes) -> frozenset[bytes]:
    """The brands of an ISO base media file: the major one, and those that it is compatible with."""
    if sent[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(sent[:4], "big"), 1024)
    return frozenset(sent[at : at + 4] for at in (8, *range(16, end - 3, 4)))


def webp_canvas(sent: bytes) -> tuple[int, int] | None:
    """The pixels that a WebP file has by its header. libwebp allocates them before it looks at anything else."""
    chunk, data = sent[12:16], sent[20:30]
    if len(data) < 10:
        return None
    if chunk == b"VP8X":
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return None
