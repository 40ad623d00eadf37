"""The files of a picture: what they show, how large they are, and that nothing else is left of what was sent."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters.pictures.making import InlinePictureMaker
from application.ports.pictures.making import MadePicture
from domain.pictures import sizes
from tests.adapters.pictures import (
    ADOBE_RGB,
    BLUE,
    BLUE_INK,
    DISPLAY_P3,
    FORMATS,
    GREEN,
    LINEAR_GREY,
    RED,
    YELLOW,
    decoded,
    encoded,
    is_near,
    photo,
    quarters,
)

maker = InlinePictureMaker()
Transpose = Image.Transpose


def picture(sent: bytes) -> MadePicture:
    return maker.picture(sent, account_id=1)


def portrait(sent: bytes) -> MadePicture:
    return maker.portrait(sent, account_id=1)


def largest(made: MadePicture, extension: str = "webp") -> Image.Image:
    names = [name for name in made.files if name.endswith(extension)]
    return decoded(made.files[max(names, key=lambda name: int(name.partition(".")[0]))])


def shown(image: Image.Image) -> Image.Image:
    """This image after it was sent as PNG, made, and decoded."""
    return largest(picture(encoded(image, "PNG")))


def corners(image: Image.Image) -> list[Any]:
    right, bottom = image.width - 3, image.height - 3
    return [image.getpixel(at) for at in ((2, 2), (right, 2), (2, bottom), (right, bottom))]


def assert_quarters(image: Image.Image) -> None:
    assert all(map(is_near, corners(image), (RED, GREEN, BLUE, YELLOW))), corners(image)


# Formats.


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_of_each_format_becomes_webp_and_jpeg(form: str) -> None:
    made = picture(encoded(quarters(), form))

    assert (made.width, made.height) == (80, 48)
    assert set(made.files) == {"320.webp", "320.jpg"}
    assert (largest(made).format, largest(made, "jpg").format) == ("WEBP", "JPEG")
    assert made.size == len(made.files["320.webp"]) + len(made.files["320.jpg"])
    for extension in ("webp", "jpg"):
        assert_quarters(largest(made, extension).convert("RGB"))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "AVIF"])
def test_of_an_animation_the_first_frame_is_shown(form: str) -> None:
    others = [Image.new("RGB", (80, 48), colour) for colour in ("black", "white")]
    assert_quarters(largest(picture(encoded(quarters(), form, save_all=True, append_images=others))))


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_transparency_is_kept_in_webp_and_white_in_jpeg(form: str) -> None:
    image = quarters()
    image.putalpha(Image.new("L", image.size, 255))
    image.paste((0, 0, 0, 0), (0, 0, 40, 24))

    made = picture(encoded(image, form))

    assert largest(made).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert largest(made).convert("RGBA").getpixel((70, 5))[3] == 255  # type: ignore[index]
    assert is_near(largest(made, "jpg").getpixel((5, 5)), (255, 255, 255))
    assert is_near(largest(made, "jpg").getpixel((70, 40)), YELLOW)


def test_images_of_every_mode_are_shown_as_they_are() -> None:
    grey = Image.new("L", (8, 8), 90)
    deep = Image.new("I;16", (8, 8), 90 * 256)
    line = Image.new("1", (8, 8), 1)
    pair = Image.merge("LA", (grey, Image.new("L", (8, 8), 128)))
    assert shown(grey).getpixel((4, 4)) == (90, 90, 90)
    assert shown(deep).getpixel((4, 4)) == (90, 90, 90)
    assert shown(line).getpixel((4, 4)) == (255, 255, 255)
    assert shown(pair).getpixel((4, 4)) == (90, 90, 90, 128)
    assert shown(quarters().quantize(4)).getpixel((70, 40)) == YELLOW


@pytest.mark.parametrize(
    "image", [quarters().quantize(4), Image.new("L", (8, 8), 0), Image.new("RGB", (8, 8), 0), Image.new("1", (8, 8), 0)]
)
def test_one_colour_may_be_transparent(image: Image.Image) -> None:
    transparent = image.getpixel((4, 4))
    assert largest(picture(encoded(image, "PNG", transparency=transparent))).getpixel((4, 4))[3] == 0  # type: ignore[index]


def test_a_graphic_is_kept_without_loss() -> None:
    image = quarters(200, 100)
    assert shown(image).tobytes() == image.tobytes()


def test_a_photo_in_a_gif_is_not_made_larger_than_it_has_to_be() -> None:
    noisy = photo(600, 400).quantize(200)
    lossless = encoded(noisy.convert("RGB"), "WEBP", lossless=True)
    assert len(picture(encoded(noisy, "GIF")).files["640.webp"]) < len(lossless) / 2


# Upright.

LIES_AS = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", LIES_AS)
def test_a_picture_stands_upright(form: str, orientation: int) -> None:
    how, exif = LIES_AS[orientation], Image.Exif()
    exif[0x0112] = orientation
    lying = quarters() if how is None else quarters().transpose(how)
    sent = encoded(lying, form, exif=exif)

    made = picture(sent)

    assert (made.width, made.height) == (80, 48)
    assert_quarters(largest(made))
    assert_quarters(largest(made, "jpg"))
    assert_quarters(largest(picture(encoded(quarters(), form))))
    assert (portrait(sent).width, portrait(sent).height) == (48, 48)


def test_the_width_of_a_large_lying_photo_is_that_of_the_upright_one() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = picture(encoded(quarters(4_000, 2_700).transpose(Transpose.ROTATE_90), "JPEG", exif=exif))
    assert (made.width, made.height) == (2_560, 1_728)
    assert_quarters(largest(made))


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0"])
def test_broken_metadata_makes_no_picture_unreadable(exif: bytes) -> None:
    assert_quarters(largest(picture(encoded(quarters(), "JPEG", exif=exif))))


# Colours.


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("sent", "profile", "seen"),
    [
        ((234, 51, 35), DISPLAY_P3, (255, 0, 0)),
        ((117, 251, 76), DISPLAY_P3, (0, 255, 0)),
        ((219, 0, 0), ADOBE_RGB, (255, 0, 0)),
        ((234, 51, 35), b"no profile", (234, 51, 35)),
        ((234, 51, 35), DISPLAY_P3[:200], (234, 51, 35)),
        ((234, 51, 35), LINEAR_GREY, (234, 51, 35)),  # a profile for other images
        ((234, 51, 35), BLUE_INK, (234, 51, 35)),
    ],
)
def test_colours_are_converted_to_srgb(form: str, sent: Any, profile: bytes, seen: Any) -> None:
    made = picture(encoded(Image.new("RGB", (32, 32), sent), form, icc_profile=profile, quality=95))
    for extension in ("webp", "jpg"):
        assert is_near(largest(made, extension).getpixel((16, 16)), seen, by=16)


def test_greys_and_inks_are_converted_to_srgb() -> None:
    grey = encoded(Image.new("L", (32, 32), 128), "PNG", icc_profile=LINEAR_GREY)
    assert is_near(largest(picture(grey)).getpixel((16, 16)), (188, 188, 188), by=2)
    ink = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    assert is_near(largest(picture(encoded(ink, "JPEG"))).getpixel((16, 16)), (0, 255, 255), by=4)
    printed = encoded(ink, "JPEG", icc_profile=BLUE_INK)
    assert is_near(largest(picture(printed)).getpixel((16, 16)), (0, 0, 255), by=8)


def test_what_is_transparent_is_converted_too() -> None:
    image = Image.new("RGBA", (32, 32), (234, 51, 35, 100))
    found = largest(picture(encoded(image, "PNG", icc_profile=DISPLAY_P3))).getpixel((16, 16))
    assert found == (255, 0, 0, 100)


# Sizes.


@pytest.mark.parametrize("size", [(1, 1), (320, 7), (321, 500), (900, 600), (1, 3_000), (3_000, 1), (2_561, 40)])
def test_the_files_are_those_of_the_sizes_and_none_is_enlarged(size: tuple[int, int]) -> None:
    assert_sizes(*size)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1_400), st.integers(1, 300))
def test_files_of_any_picture_have_its_sizes(width: int, height: int) -> None:
    assert_sizes(width, height)


def assert_sizes(width: int, height: int) -> None:
    made = picture(encoded(Image.new("RGB", (width, height), RED), "PNG"))

    expected = sizes(width)
    assert list(made.files) == [f"{size.name}.{extension}" for size in expected for extension in ("webp", "jpg")]
    assert made.width == min(width, 2_560)
    assert abs(made.height - max(1, height * made.width / width)) <= 0.5
    for size in expected:
        for extension in ("webp", "jpg"):
            image = decoded(made.files[f"{size.name}.{extension}"])
            assert image.width == size.width
            assert abs(image.height - max(1, made.height * size.width / made.width)) <= 0.5


@pytest.mark.parametrize(
    ("size", "side", "names"), [((900, 500), 320, (96, 320)), ((60, 200), 60, (96,)), ((200, 210), 200, (96, 320))]
)
def test_a_portrait_is_a_square_from_the_middle(size: tuple[int, int], side: int, names: tuple[int, ...]) -> None:
    image = Image.new("RGB", size, BLUE)
    left, top = ((length - min(size)) // 2 for length in size)
    image.paste(GREEN, (left, top, left + min(size), top + min(size)))

    made = portrait(encoded(image, "PNG"))

    assert (made.width, made.height) == (side, side)
    assert list(made.files) == [f"{name}.{extension}" for name in names for extension in ("webp", "jpg")]
    assert all(is_near(corner, GREEN) for corner in corners(largest(made)))
