"""Pictures in a post: their place in the tree, and the HTML of one.

A picture alone in its paragraph becomes a figure of the full measure. One in the middle of words is as high as a few
lines.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from mistune.util import unescape

from adapters.markdown.tokens import Token, of_type, text, visible
from domain.pictures import Shape, sizes
from domain.texts import says_something

CAPTION_LIMIT = 500
# The widths that the column of a post has, from the values of `--measure`, `--edge` and the font size of the root in
# site.css. `rem` is the reader's own font size here.
FULL_MEASURE = "(min-width: 40em) min(32.55rem + 8.75vw, 41.56rem), 90vw"
# In CSS pixels. The column is never wider. A higher figure would fill a screen, and a higher picture some lines.
_COLUMN = 665
_PLATE_HIGH = 720
_INLINE_HIGH, _INLINE_WIDE = 96, 320
_BREAKS = frozenset(("linebreak", "softbreak"))


class Pictures:
    """The pictures that one text may show, by id."""

    def __init__(self, known: Mapping[int, Shape], at_most: int) -> None:
        """The text shows one of them `at_most` so many times in all."""
        self._known = known
        self._left = at_most

    def picture(self, image: Token, alt: str, picture_id: int) -> Token | None:
        """`image` as a picture, with this alternative text or its own."""
        shape = self._known.get(picture_id)
        if shape is None or not self._left:
            return None
        self._left -= 1
        words = next((" ".join(words.split()) for words in (alt, shape.alt) if says_something(words)), "")
        caption = " ".join(unescape(image["attrs"].get("title") or "").split())[:CAPTION_LIMIT]
        attrs = {"picture_id": picture_id, "shape": shape, "alt": words, "is_linked": True}
        return {"type": "picture", "attrs": attrs, "_caption": caption if says_something(caption) else ""}


def lead_elsewhere(tokens: list[Token], address: str) -> None:
    """Pictures in the text of a link lead where the link leads. If neither words nor a picture say what that is, the
    address does. Changes `tokens`."""
    shown = of_type("picture", tokens)
    for picture in shown:
        picture["attrs"]["is_linked"] = False
    if shown and not visible(tokens).strip() and not any(picture["attrs"]["alt"] for picture in shown):
        shown[0]["attrs"]["alt"] = address


def with_figures(paragraph: Token) -> list[Token]:
    """The paragraph, with a figure for each picture that stands on a line of nothing but pictures. A picture may be all
    that a link has."""
    if not of_type("picture", paragraph["children"]):
        return [paragraph]
    blocks: list[Token] = []
    words: list[Token] = []
    for line, line_break in _lines(paragraph["children"]):
        shown = _figures(line)
        if shown:
            blocks += [*_paragraph(paragraph, words), *shown]
            words = []
        else:
            words += [*line, *line_break]
    return [*blocks, *_paragraph(paragraph, words)] if blocks else [paragraph]


def spoken(tokens: list[Token]) -> str:
    """The visible text, with the alternative texts of pictures."""
    return "".join(
        token["attrs"]["alt"]
        if token["type"] == "picture"
        else spoken(token["children"])
        if "children" in token
        else visible([token])
        for token in tokens
    )


def load_first_at_once(tokens: list[Token]) -> int:
    """A browser loads the other pictures when a reader comes near them. How many there are. Changes `tokens`."""
    shown = of_type("picture", tokens)
    for picture in shown[:1]:
        picture["attrs"]["is_first"] = True
    return len(shown)


def said(tokens: list[Token]) -> list[str] | None:
    """What stands below the pictures in these tokens, or else for them. None if there is no picture."""
    shown = of_type("picture", tokens)
    if not shown:
        return None
    return [words for picture in shown if (words := picture["_caption"] or picture["attrs"]["alt"])]


def picture_html(
    picture_id: int, shape: Shape, *, alt: str, is_linked: bool, is_plate: bool = False, is_first: bool = False
) -> str:
    """An image, in a link to the largest file if `is_linked`. `alt` is HTML."""
    folder = f"/pictures/{picture_id}"
    width, height = _box(shape, is_plate=is_plate)
    kept = sizes(shape.width)
    # A screen has at most three pixels for one of CSS.
    useful = [kept[0], *(size for smaller, size in pairwise(kept) if smaller.width < 3 * min(width, _COLUMN))]
    candidates = ", ".join(f"{folder}/{size.name}.webp {size.width}w" for size in useful)
    # Feed readers, mail programs and old browsers show this file.
    plain = min(kept[-1].name, 1280 if is_plate else 320)
    takes = FULL_MEASURE if width >= _COLUMN else f"min({width}px, 90vw)"
    image = (
        f'<img src="{folder}/{plain}.jpg" srcset="{candidates}" sizes="{takes}" width="{width}" height="{height}"'
        f' alt="{alt}" loading="{"eager" if is_first else "lazy"}">'
    )
    if not is_linked:
        return image
    # A link needs a name. The pixels of the file are one in any language.
    named = "" if alt else f' title="{shape.width} × {shape.height}"'
    return f'<a href="{folder}/{kept[-1].name}.webp"{named}>{image}</a>'


def _lines(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """The tokens of each line, and the break after it."""
    line: list[Token] = []
    for token in tokens:
        if token["type"] in _BREAKS:
            yield line, [token]
            line = []
        else:
            line.append(token)
    yield line, []


def _figures(line: list[Token]) -> list[Token]:
    """One for each picture. Empty if the line has anything else."""
    shown = []
    for token in line:
        if token["type"] == "text" and not token["raw"].strip():
            continue
        picture = _only_picture(token)
        if picture is None:
            return []
        picture["attrs"]["is_plate"] = True
        caption = picture["_caption"]
        below = [{"type": "figcaption", "children": [text(caption)]}] if caption else []
        shown.append({"type": "figure", "children": [token, *below]})
    return shown


def _paragraph(whole: Token, words: list[Token]) -> list[Token]:
    while words and words[-1]["type"] in _BREAKS:
        words.pop()
    return [{**whole, "children": words}] if words else []


def _only_picture(token: Token) -> Token | None:
    if token["type"] != "link":
        return token if token["type"] == "picture" else None
    within = token["children"]
    return within[0] if len(within) == 1 and within[0]["type"] == "picture" else None


def _box(shape: Shape, *, is_plate: bool) -> tuple[int, int]:
    """The width and height of the image, in CSS pixels: those of the whole picture, and in its proportions less for
    what would be too high. A style sheet alone cannot say that, because it does not know the proportions before the
    file is there, and what follows would move."""
    width, height = shape.width, shape.height
    if not is_plate:
        scale = min(1.0, _INLINE_WIDE / width, _INLINE_HIGH / height)
    elif height * _COLUMN <= width * _PLATE_HIGH:  # the column makes it low enough
        scale = 1.0
    else:
        scale = min(1.0, _PLATE_HIGH / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
