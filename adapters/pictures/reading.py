"""Reading a picture with Pillow: its first frame, upright, in sRGB, not larger than its largest file.

This is for the child process: the libraries below Pillow are written in C, and read what anybody sends.
"""

import contextlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from adapters.pictures.formats import Format, webp_canvas
from domain.errors import Invalid
from domain.pictures import PIXELS_AT_MOST, SIDE_AT_MOST, sizes

# Each format has one decoder. `Image.open` would try others, and so reach those of the dozens of formats besides.
_DECODERS: dict[Format, type[ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.WEBP: WebPImageFile,
    Format.GIF: GifImageFile,
    Format.AVIF: AvifImageFile,
}
# What stands an image upright, by its orientation in EXIF (tag 0x0112).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = frozenset((5, 6, 7, 8))
_GREY_LEVELS = 256
_COLOURS_OF_GRAPHICS = 256
# libjpeg may leave out pixels while it decodes, as long as this many times the wanted side remains.
_ROOM = 1.5

# Pillow checks as well, where a frame is larger than the header says.
Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST
# Each thread takes address space, which is limited.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the mode RGB or, if something shows through, RGBA, which has nothing but pixels. `has_few_colours`
    says that what was sent is a graphic rather than a photo."""

    image: Image.Image
    has_few_colours: bool


def read(sent: bytes, form: Format, *, portrait: bool = False) -> Picture:
    """A portrait is a square from the middle. Raises Invalid("file", ...): `too_many_pixels`, `picture_too_long`,
    `picture_damaged`; and MemoryError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in a file nobody has to know
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _read(sent, form, portrait)
    except (Invalid, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("file", "too_many_pixels", limit=PIXELS_AT_MOST) from None
    except Exception as error:  # a decoder may raise anything
        raise Invalid("file", "picture_damaged") from error


def _read(sent: bytes, form: Format, portrait: bool) -> Picture:
    if form is Format.WEBP and (canvas := webp_canvas(sent)):
        _require_bounds(canvas)
    opened = _DECODERS[form](BytesIO(sent))
    _require_bounds(opened.size)
    profile = opened.info.get("icc_profile")
    orientation = _orientation(opened)
    wanted = _wanted(opened.size, portrait, is_lying=orientation in _LYING)
    if isinstance(opened, JpegImageFile):
        opened.draft(None, _with_room(wanted, opened.size))
    opened.load()
    _require_bounds(opened.size)
    image = _square(opened) if portrait else opened
    image = _in_plain_mode(image)
    has_few_colours = form is not Format.JPEG and image.getcolors(_COLOURS_OF_GRAPHICS) is not None
    if image.size != wanted:
        image = image.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return Picture(_pixels_alone(_in_srgb(image, profile)), has_few_colours)


def _require_bounds(size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXELS_AT_MOST:
        raise Invalid("file", "too_many_pixels", limit=PIXELS_AT_MOST)
    if max(size) > SIDE_AT_MOST:
        raise Invalid("file", "picture_too_long", limit=SIDE_AT_MOST)


def _orientation(opened: ImageFile) -> int:
    try:
        return int(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - metadata that is broken makes no picture unreadable
        return 1


def _wanted(size: tuple[int, int], portrait: bool, *, is_lying: bool) -> tuple[int, int]:
    """The pixels of the largest file, as the image lies now."""
    if portrait:
        side = sizes(min(size), portrait=True)[-1].width
        return side, side
    width, height = reversed(size) if is_lying else size
    largest = sizes(width)[-1].width
    upright = (largest, max(1, round(height * largest / width)))
    return (upright[1], upright[0]) if is_lying else upright


def _with_room(wanted: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    return min(size[0], round(wanted[0] * _ROOM)), min(size[1], round(wanted[1] * _ROOM))


def _square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """As L, RGB, CMYK, LA or RGBA, eight bits a channel, which can all be resized."""
    if image.mode.startswith("I;16"):
        # Pillow would cut off what is brighter than 255.
        return image.point(lambda level: level / _GREY_LEVELS).convert("L")
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK", "LA", "RGBA") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """As RGB or RGBA. Without a profile that fits, the colours are those of sRGB already."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image if alpha is None else image.convert(image.mode[:-1])
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            colours = _converted(colours, profile)
    colours = colours.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _converted(colours: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    converted = ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert converted is not None
    return converted


def _pixels_alone(image: Image.Image) -> Image.Image:
    """Pillow hands metadata on from image to image, and some of its encoders write it."""
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh
