"""What is no picture, what is a broken one, and what would take too much: refused in words, or made harmless."""

import random
import struct
import zlib
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from adapters.pictures.making import InlinePictureMaker
from application.ports.pictures.making import MadePicture
from domain.errors import Invalid, Problem
from domain.pictures import BYTES_AT_MOST, PIXELS_AT_MOST, SIDE_AT_MOST
from entrypoints.words import sentence
from tests.adapters.pictures import (
    FORMATS,
    broken,
    chunk,
    decoded,
    encoded,
    ftyp,
    huge_webp,
    photo,
    png,
    quarters,
    segment,
    with_segments,
    zeros,
)

maker = InlinePictureMaker()


def picture(sent: bytes) -> MadePicture:
    return maker.picture(sent, account_id=1)


def refusal(sent: bytes) -> Problem:
    with pytest.raises(Invalid) as refused:
        picture(sent)
    (problem,) = refused.value.problems
    assert problem.field == "file"
    assert sentence(problem)
    return problem


def assert_whole(made: MadePicture) -> None:
    assert {decoded(file).format for file in made.files.values()} == {"WEBP", "JPEG"}


# What is no picture.

TIFF, BMP, ICO, PPM, EPS, PDF, JPEG2000 = (
    encoded(quarters(), form) for form in ("TIFF", "BMP", "ICO", "PPM", "EPS", "PDF", "JPEG2000")
)
NO_PICTURES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "html after blanks": b"\n\n <html>",
    "text": b"Dear diary",
    "script": b"#!/bin/sh\necho",
    "zip": b"PK\3\4" + bytes(99),
    "one byte": b"\xff",
    "beginning of png": b"\x89PNG\r\n",
    "riff": b"RIFF\x10\0\0\0WAVEfmt ",
    "film": ftyp(b"mp42", b"isom", b"mp41"),
    "jpeg xl": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(99),
    "eps": EPS, "pdf": PDF, "tiff": TIFF, "bmp": BMP, "ico": ICO, "ppm": PPM, "jpeg 2000": JPEG2000,
}  # fmt: skip


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_is_refused_by_its_content(what: str) -> None:
    assert refusal(NO_PICTURES[what]) == Problem("file", "not_a_picture")


@pytest.mark.parametrize(
    "sent", [ftyp(b"heic", b"mif1", b"heic"), ftyp(b"mif1", b"mif1", b"heix"), ftyp(b"msf1", b"hevc")]
)
def test_a_photo_of_an_iphone_is_recognized(sent: bytes) -> None:
    assert refusal(sent) == Problem("file", "heic")
    assert "HEIC" in sentence(refusal(sent))


def test_a_file_that_is_missing_or_too_large_is_refused() -> None:
    assert refusal(b"") == Problem("file", "required")
    assert refusal(b"\xff\xd8\xff" + bytes(BYTES_AT_MOST)) == Problem(
        "file", "picture_too_large", {"limit": BYTES_AT_MOST}
    )


def test_a_file_of_just_the_largest_size_is_taken() -> None:
    jpeg = encoded(quarters(), "JPEG")
    assert_whole(picture(jpeg + bytes(BYTES_AT_MOST - len(jpeg))))


def test_the_sentences_name_the_limits() -> None:
    assert f"{BYTES_AT_MOST >> 20} MB" in sentence(Problem("file", "picture_too_large"))
    assert f"{PIXELS_AT_MOST // 1_000_000} megapixels" in sentence(Problem("file", "too_many_pixels"))
    assert "16,383" in sentence(Problem("file", "picture_too_long", {"limit": SIDE_AT_MOST}))


# What would take too much.


def gif(width: int, height: int) -> bytes:
    """A screen of this size, with a frame of one pixel."""
    screen, frame = struct.pack("<HH", width, height), struct.pack("<HHHH", 0, 0, 1, 1)
    return b"GIF89a" + screen + b"\0\0\0," + frame + b"\0\2\1\0\0;"


def jpeg(width: int, height: int) -> bytes:
    sent = encoded(quarters(), "JPEG")
    at = sent.index(b"\xff\xc0") + 5
    return sent[:at] + struct.pack(">HH", height, width) + sent[at + 4 :]


TOO_MANY_PIXELS = {
    "png": png(50_000, 50_000),
    "png by a pixel": png(10_000, 5_001, pixels=b"\0"),
    "jpeg": jpeg(65_000, 65_000),
    "webp": huge_webp(16_384, 16_384),
    "largest webp": huge_webp(1 << 24, 256),
    "gif": gif(65_535, 65_535),
    "frame of a gif": b"GIF89a\1\0\1\0\0\0\0," + struct.pack("<HHHH", 0, 0, 65_535, 65_535) + b"\0\2\1\0\0;",
}


@pytest.mark.parametrize("what", TOO_MANY_PIXELS)
def test_too_many_pixels_are_refused_by_the_header(what: str) -> None:
    assert refusal(TOO_MANY_PIXELS[what]) == Problem("file", "too_many_pixels", {"limit": PIXELS_AT_MOST})


@pytest.mark.parametrize(
    "sent", [png(1, 50_000_000), png(16_384, 1), jpeg(40, 20_000), gif(65_535, 1), huge_webp(20_000, 1)]
)
def test_a_side_that_is_too_long_is_refused_by_the_header(sent: bytes) -> None:
    assert refusal(sent) == Problem("file", "picture_too_long", {"limit": SIDE_AT_MOST})


def test_the_longest_side_is_taken() -> None:
    made = picture(png(SIDE_AT_MOST, 2, pixels=bytes((SIDE_AT_MOST + 1) * 2)))
    assert (made.width, made.height) == (2_560, 1)
    tall = picture(png(2, SIDE_AT_MOST, pixels=bytes(3 * SIDE_AT_MOST)))
    assert (tall.width, tall.height) == (2, SIDE_AT_MOST)


BOMBS: dict[str, Callable[[], bytes]] = {
    "pixels beyond the picture": lambda: png(30, 30, chunk(b"IDAT", zeros(300))),
    "profile": lambda: png(30, 30, chunk(b"iCCP", b"p\0\0" + zeros(300)), pixels=bytes(31 * 30)),
    "text": lambda: png(30, 30, *[chunk(b"zTXt", b"Comment\0\0" + zeros(20))] * 90, pixels=bytes(31 * 30)),
    "language": lambda: png(30, 30, *[chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(20))] * 90, pixels=bytes(31 * 30)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_compressed_data_beyond_measure_is_refused_or_ignored(what: str) -> None:
    try:
        assert_whole(picture(BOMBS[what]()))
    except Invalid as refused:
        assert refused.problems[0].code == "picture_damaged"


def animation(frames: int, frame: bytes) -> bytes:
    """A PNG of 900 by 900 pixels, with so many frames, all of them the same."""
    control = struct.pack(">IIIIHHBB", 900, 900, 0, 0, 1, 10, 0, 0)
    parts = [chunk(b"acTL", struct.pack(">II", frames + 1, 0)), chunk(b"fcTL", struct.pack(">I", 0) + control)]
    later = b"".join(
        chunk(b"fcTL", struct.pack(">I", 2 * number - 1) + control)
        + chunk(b"fdAT", struct.pack(">I", 2 * number) + frame)
        for number in range(1, frames + 1)
    )
    end = chunk(b"IEND", b"")
    return png(900, 900, *parts, pixels=bytes(901 * 900)).removesuffix(end) + later + end


@pytest.mark.parametrize("frame", [zlib.compress(bytes(901 * 900), 9), b"no pixels at all"])
def test_of_a_png_with_a_thousand_frames_one_is_decoded(frame: bytes) -> None:
    made = picture(animation(1_000, frame))
    assert (made.width, made.height) == (900, 900)


def test_of_a_webp_with_many_frames_one_is_decoded() -> None:
    frames = [photo(64, 64).rotate(number) for number in range(300)]
    sent = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    # The pixels of the second frame are broken.
    second = sent.index(b"ANMF", sent.index(b"ANMF") + 4)
    sent[second + 60 : second + 200] = bytes(140)
    assert_whole(picture(bytes(sent)))


def test_of_a_gif_the_first_frame_is_enough() -> None:
    sent = encoded(photo(60, 40), "GIF", save_all=True, append_images=[photo(60, 40).rotate(180)])
    assert_whole(picture(sent[:-200]))


# What is a picture, and something else as well.


def test_of_a_polyglot_the_pixels_are_left() -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("virus.exe", b"MZ virus")
    script = b"*/=1;alert(document.cookie)//<script>alert(1)</script>"
    polyglots = [
        encoded(quarters(), "JPEG") + archive.getvalue(),
        with_segments(encoded(quarters(), "JPEG"), segment(0xFE, script)),
        encoded(quarters(), "PNG") + archive.getvalue(),
        encoded(quarters(), "GIF", comment=script) + script,
        encoded(quarters(), "WEBP") + archive.getvalue(),
        encoded(Image.new("P", (0x2A2F, 4)), "GIF", comment=script),  # it begins with GIF89a/*
    ]
    assert polyglots[-1].startswith((b"GIF87a/*", b"GIF89a/*"))
    for sent in polyglots:
        for file in picture(sent).files.values():
            assert not any(part in file for part in (b"virus", b"PK\3\4", b"alert", b"script", b"GIF8"))
    assert refusal(b"GIF89a/*" + script) in (
        Problem("file", "picture_damaged"),
        Problem("file", "too_many_pixels", {"limit": PIXELS_AT_MOST}),
        Problem("file", "picture_too_long", {"limit": SIDE_AT_MOST}),
    )


# What is broken.


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("options", [{}, {"progressive": True, "lossless": True}])
def test_a_picture_that_is_cut_off_is_refused(form: str, options: dict[str, Any]) -> None:
    sent = encoded(photo(200, 150), form, **options)
    assert refusal(b"").code == "required"
    for tenth in range(1, 10):
        assert refusal(sent[: len(sent) * tenth // 10]).code in ("picture_damaged", "not_a_picture")


@pytest.mark.parametrize("sent", [ftyp(b"avif", b"mif1"), ftyp(b"mif1", b"avif"), b"GIF89a", b"\xff\xd8\xff\xe0"])
def test_a_beginning_without_a_picture_is_damaged(sent: bytes) -> None:
    assert refusal(sent) == Problem("file", "picture_damaged")


def test_a_thousand_broken_files_become_files_or_a_refusal() -> None:
    chance = random.Random(20_260_301)
    codes: Counter[str] = Counter()
    for number in range(1_000):
        make = maker.portrait if number % 4 == 0 else maker.picture
        try:
            made = make(broken(chance), account_id=1)
        except Invalid as refused:
            codes[refused.problems[0].code] += 1
        else:
            codes["made"] += 1
            assert made.files
            if number % 10 == 0:
                assert_whole(made)
    assert codes["made"] > 50
    assert codes["picture_damaged"] > 300
    assert codes.keys() <= {"made", "picture_damaged", "not_a_picture", "too_many_pixels", "picture_too_long"}
