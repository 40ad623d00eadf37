"""Writing the files of a picture with Pillow. Nothing of what was sent is in them but what its pixels show."""

from io import BytesIO

from PIL import Image

from adapters.pictures.formats import Format, format_of
from adapters.pictures.reading import read
from application.ports.pictures.making import MadePicture
from domain.errors import Invalid
from domain.pictures import sizes

_WEBP_QUALITY = 82
_JPEG_QUALITY = 85
# Images with more pixels are written in a faster way. The careful one would take ten seconds for the longest of them.
_LARGE = 8_000_000


class InlinePictureMaker:
    """The port `PictureMaker` in this process: without a limit of time and memory, and without a queue. For tests, and
    for pictures that the program drew itself."""

    def picture(self, sent: bytes, *, account_id: int) -> MadePicture:
        return self._made(sent, portrait=False)

    def portrait(self, sent: bytes, *, account_id: int) -> MadePicture:
        return self._made(sent, portrait=True)

    def _made(self, sent: bytes, *, portrait: bool) -> MadePicture:
        try:
            return make(sent, format_of(sent), portrait=portrait)
        except MemoryError:
            raise Invalid("file", "picture_damaged") from None


def make(sent: bytes, form: Format, *, portrait: bool = False) -> MadePicture:
    """Raises what `read` raises."""
    picture = read(sent, form, portrait=portrait)
    whole = picture.image
    files: dict[str, bytes] = {}
    for size in sizes(whole.width, portrait=portrait):
        image = _narrowed(whole, size.width)
        files[f"{size.name}.webp"] = _webp(image, has_few_colours=picture.has_few_colours)
        files[f"{size.name}.jpg"] = _jpeg(image)
    return MadePicture(whole.width, whole.height, files)


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(image: Image.Image, *, has_few_colours: bool) -> bytes:
    is_large = image.width * image.height > _LARGE
    lossy = _saved(image, "WEBP", quality=_WEBP_QUALITY, method=2 if is_large else 4)
    if not has_few_colours or is_large:
        return lossy
    # A drawing is sharper and smaller without loss. A photo in a GIF has few colours too, and becomes larger.
    return min(_saved(image, "WEBP", lossless=True, quality=50, method=4), lossy, key=len)


def _jpeg(image: Image.Image) -> bytes:
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    return _saved(image, "JPEG", quality=_JPEG_QUALITY, progressive=True, optimize=True)


def _saved(image: Image.Image, form: str, **options: int) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
