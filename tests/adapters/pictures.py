"""Files that a member may send: pictures in all formats, colour profiles, and what only looks like a picture."""

import functools
import random
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from PIL import Image

# Each format in which pictures come.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
Colour = tuple[int, int, int]
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 220, 20)
# What must be in no file that is made.
SECRET = b"SECRET-7391"


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def decoded(file: bytes) -> Image.Image:
    image = Image.open(BytesIO(file))
    image.load()
    return image


def quarters(width: int = 80, height: int = 48) -> Image.Image:
    """Red and green above blue and yellow."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(YELLOW, (width // 2, height // 2, width, height))
    return image


def photo(width: int, height: int) -> Image.Image:
    """Gradients with the noise of a sensor: more colours than a graphic has."""
    noise = Image.effect_noise((max(2, width // 4), max(2, height // 4)), 60).resize((width, height))
    ramp = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (Image.blend(noise, ramp, 0.5), ramp, Image.blend(ramp, noise, 0.3)))


def is_near(found: Any, expected: Colour, by: int = 24) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found[:3], expected, strict=True))


# PNG, chunk by chunk.


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, pixels: bytes | None = None) -> bytes:
    """Eight bits of grey a pixel. `pixels` are the scan lines; without them there are none."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = b"" if pixels is None else chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + data + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """A zlib stream of so many million zeros, made a million at a time."""
    stream = zlib.compressobj(9)
    return b"".join(stream.compress(bytes(1_000_000)) for _ in range(count)) + stream.flush()


# JPEG, segment by segment.


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Puts them after the start of the image."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def segments_of(jpeg: bytes) -> Iterator[int]:
    """The markers before the pixels, such as 0xE1 for Exif."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


def slow_jpeg(side: int = 3_000, scans: int = 20_000) -> bytes:
    """A progressive JPEG that says the same thing again and again. Each time the decoder walks through the whole
    picture, so it takes minutes."""
    flat = encoded(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last = flat.rindex(b"\xff\xda")
    return flat[:last] + flat[last:-2] * scans + b"\xff\xd9"


# WebP.


def chunks_of(webp: bytes) -> Iterator[bytes]:
    at = 12
    while at < len(webp):
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        yield webp[at : at + 4]
        at += 8 + size + size % 2


def huge_webp(width: int, height: int) -> bytes:
    """A canvas without a frame."""
    canvas = b"\x12\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas + b"ANIM\x06\0\0\0\0\0\0\0\0\0"
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ISO base media files.


def ftyp(major: bytes, *compatible: bytes, rest: bytes = bytes(64)) -> bytes:
    brands = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + rest


# Colour profiles (ICC.1:2010), by the tags that they need.


def _profile(device: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    at, table, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", at + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, device, space, connection)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", *map(_fixed, (0.9642, 1.0, 0.8249)))
    return head + bytes(128 - len(head)) + table + data


def _fixed(value: float) -> int:
    return round(value * 65536)


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">iii", *map(_fixed, values))


def _gamma(value: float) -> bytes:
    return b"para\0\0\0\0\0\0\0\0" + struct.pack(">i", _fixed(value))


_SRGB_CURVE = b"para\0\0\0\0\0\3\0\0" + struct.pack(
    ">iiiii", *map(_fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
)
_WHITE = {b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
DISPLAY_P3 = _profile(
    b"mntr", b"RGB ", b"XYZ ",
    {
        **_WHITE,
        b"rXYZ": _xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": _xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": _xyz(0.15710, 0.06657, 0.78407),
        b"rTRC": _SRGB_CURVE, b"gTRC": _SRGB_CURVE, b"bTRC": _SRGB_CURVE,
    },
)  # fmt: skip
ADOBE_RGB = _profile(
    b"mntr", b"RGB ", b"XYZ ",
    {
        **_WHITE,
        b"rXYZ": _xyz(0.60974, 0.31111, 0.01947),
        b"gXYZ": _xyz(0.20528, 0.62567, 0.06087),
        b"bXYZ": _xyz(0.14919, 0.06322, 0.74457),
        b"rTRC": _gamma(2.2), b"gTRC": _gamma(2.2), b"bTRC": _gamma(2.2),
    },
)  # fmt: skip
# Grey levels that are proportional to the light.
LINEAR_GREY = _profile(b"mntr", b"GRAY", b"XYZ ", {**_WHITE, b"kTRC": _gamma(1.0)})


def _inks() -> bytes:
    """A table with two levels of each ink: paper is white, the first ink is the blue of sRGB, all others are black."""
    same = bytes(range(256))
    colours = {0b0000: (255, 128, 128), 0b1000: (75, 196, 16)}
    table = b"".join(bytes(colours.get(inks, (0, 128, 128))) for inks in range(16))
    matrix = struct.pack(">9i", *map(_fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    return b"mft1\0\0\0\0\4\3\2\0" + matrix + same * 4 + table + same * 3


BLUE_INK = _profile(b"prtr", b"CMYK", b"Lab ", {**_WHITE, b"A2B0": _inks()})


@functools.cache
def samples() -> dict[str, bytes]:
    """A small valid picture of each format, some with metadata, transparency and further frames."""
    small, other = photo(48, 36), photo(48, 36).transpose(Image.Transpose.ROTATE_180)
    clear = small.copy()
    clear.putalpha(Image.linear_gradient("L").resize(small.size))
    exif = Image.Exif()
    exif[0x0112] = 6
    frames: dict[str, Any] = {"save_all": True, "append_images": [other]}
    return {
        "jpeg": encoded(small, "JPEG", exif=exif, icc_profile=DISPLAY_P3),
        "progressive": encoded(small, "JPEG", progressive=True),
        "cmyk": encoded(small.convert("CMYK"), "JPEG", icc_profile=BLUE_INK),
        "png": encoded(clear, "PNG", exif=exif, icc_profile=ADOBE_RGB),
        "palette": encoded(small.quantize(32), "PNG", transparency=3),
        "apng": encoded(small, "PNG", **frames),
        "webp": encoded(clear, "WEBP", exif=exif),
        "lossless": encoded(small, "WEBP", lossless=True),
        "animated": encoded(small, "WEBP", **frames),
        "gif": encoded(small, "GIF", **frames),
        "avif": encoded(clear, "AVIF", exif=exif, speed=10),
    }


def broken(chance: random.Random) -> bytes:
    """A valid picture with flipped bits, a gap, a repetition, or a part of another one."""
    valid = list(samples().values())
    sent = bytearray(chance.choice(valid))
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(sent)), chance.randint(1, 64)
        match chance.randrange(5):
            case 0:
                for _ in range(chance.randint(1, 12)):
                    sent[chance.randrange(len(sent))] ^= 1 << chance.randrange(8)
            case 1:
                sent[at : at + size] = chance.randbytes(size)
            case 2:
                del sent[at : at + size]
            case 3:
                sent[at:at] = sent[at : at + size] * chance.randint(1, 50)
            case _:
                other = chance.choice(valid)
                sent[at:] = other[chance.randrange(len(other)) :]
        sent = sent or bytearray(1)
    return bytes(sent)
