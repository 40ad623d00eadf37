"""Tools to draw pictures that look like wood engravings: few colours, firm outlines, and tones made of lines.

Units are such that most pictures are 1,280 wide. A picture is drawn larger than it is kept, and made
smaller at its end, which smooths its edges.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

Point = tuple[float, float]
Outline = Sequence[Point]
# How dark a place is, from 0 to 1: the share of it that lines cover.
Tone = Callable[[float, float], float]

PAPER, CREAM, INK = "#f3e8d2", "#fbf5e6", "#261d18"
RED, OCHRE, STRAW = "#b5432c", "#d39b3f", "#e8cd8f"
GREEN, MOSS, BLUE, MIST = "#75834f", "#a9ae7c", "#6f93a3", "#bccdcb"
NIGHT, STONE, BROWN = "#243340", "#a79c8b", "#8a5a3a"

# Pixels for each unit: while a picture is drawn, and of the finished one. More of them would take seconds in all.
_LARGER, _KEPT = 1.5, 0.75
# Units between two points of a line.
_STEP = 16
# Half of the thinnest line.
_THINNEST = 0.25


@dataclass(frozen=True, slots=True)
class _Hatching:
    """The arguments of `Plate.hatch`, with the angle in radians."""

    gap: float
    angle: float
    tone: float | Tone
    sway: float
    length: float

    def strokes(self, bounds: tuple[float, float, float, float], chance: random.Random) -> Iterator[Outline]:
        """The outlines of all lines that cross a box."""
        left, top, right, bottom = bounds
        middle = ((left + right) / 2, (top + bottom) / 2)
        wide, high = (right - left) / 2, (bottom - top) / 2
        cos, sin = abs(math.cos(self.angle)), abs(math.sin(self.angle))
        far, reach = wide * sin + high * cos + self.gap, wide * cos + high * sin + self.gap
        across = -far
        while across < far:
            begins = chance.uniform(0, self.length)
            yield from self._stroke(middle, across, reach, begins)
            across += self.gap

    def _stroke(self, middle: Point, across: float, reach: float, begins: float) -> Iterator[Outline]:
        """One line, in pieces where the tone is so light that nothing is left of it."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        tone = self.tone if callable(self.tone) else None
        is_straight = tone is None and not self.sway
        half = 0.0 if callable(self.tone) else self.gap / 2 * self.tone
        step = 2 * reach if is_straight else _STEP
        above: list[Point] = []
        below: list[Point] = []
        along = -reach
        while along <= reach:
            aside = across + (self.sway * math.sin((along + begins) * math.tau / self.length) if self.sway else 0)
            x, y = middle[0] + along * cos - aside * sin, middle[1] + along * sin + aside * cos
            if tone is not None:
                half = self.gap / 2 * min(1.0, tone(x, y))
            if half < _THINNEST:
                if len(above) > 1:
                    yield [*above, *reversed(below)]
                above, below = [], []
            else:
                above.append((x + half * sin, y - half * cos))
                below.append((x - half * sin, y + half * cos))
            along += step
        if len(above) > 1:
            yield [*above, *reversed(below)]


class Plate:
    """A picture that is being cut."""

    def __init__(self, width: int, height: int, ground: str = PAPER, *, seed: int = 1) -> None:
        self.width, self.height = width, height
        self.chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, not a secret
        self._image = Image.new("RGB", (round(width * _LARGER), round(height * _LARGER)), ground)
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        return self._image.resize((round(self.width * _KEPT), round(self.height * _KEPT)), Image.Resampling.BOX)

    @property
    def whole(self) -> Outline:
        return box(0, 0, self.width, self.height)

    def fill(self, outline: Outline, colour: str, *, edge: float = 0, edge_colour: str = INK) -> None:
        """An area of one colour, with a line of this width around it."""
        self._draw.polygon(_scaled(outline), fill=colour)
        if edge:
            self.line([*outline, outline[0], outline[1]], edge, edge_colour)

    def line(self, points: Outline, width: float, colour: str = INK) -> None:
        self._draw.line(_scaled(points), fill=colour, width=max(1, round(width * _LARGER)), joint="curve")

    def dot(self, x: float, y: float, radius: float, colour: str = INK) -> None:
        self._draw.ellipse(_scaled([(x - radius, y - radius), (x + radius, y + radius)]), fill=colour)

    def hatch(
        self,
        outline: Outline,
        colour: str = INK,
        *,
        gap: float = 8,
        angle: float = 0,
        tone: float | Tone = 0.35,
        sway: float = 0,
        length: float = 90,
    ) -> None:
        """Lines across an area, `gap` apart, turned by `angle` degrees. They are as thick as `tone` says, and `sway` to
        both sides in waves of this `length`."""
        left, top, right, bottom = _bounds(outline, self.width, self.height)
        size = (math.ceil((right - left) * _LARGER), math.ceil((bottom - top) * _LARGER))
        if min(size) < 1:
            return
        mask, lines = Image.new("L", size), Image.new("L", size)
        ImageDraw.Draw(mask).polygon(_scaled(outline, left, top), fill=255)
        draw = ImageDraw.Draw(lines)
        hatching = _Hatching(gap, math.radians(angle), tone, sway, length)
        for stroke in hatching.strokes((left, top, right, bottom), self.chance):
            draw.polygon(_scaled(stroke, left, top), fill=255)
        corner = (round(left * _LARGER), round(top * _LARGER))
        self._image.paste(colour, (*corner, corner[0] + size[0], corner[1] + size[1]), ImageChops.multiply(mask, lines))

    def rough(self, outline: Outline, by: float) -> Outline:
        """As a hand cuts it."""
        return [(x + self.chance.uniform(-by, by), y + self.chance.uniform(-by, by)) for x, y in outline]


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def oval(x: float, y: float, wide: float, high: float, *span: float) -> Outline:
    """`wide` and `high` are radii. `span` are two angles between which it is drawn, in degrees, clockwise from the
    right."""
    begin, end = span or (0, 360)
    count = 48
    angles = [math.radians(begin + (end - begin) * at / count) for at in range(count + 1)]
    return [(x + wide * math.cos(angle), y + high * math.sin(angle)) for angle in angles]


def curve(points: Outline, *, closed: bool = False, count: int = 8) -> Outline:
    """A smooth line through these points (Catmull and Rom)."""
    ends = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    found: list[Point] = []
    for before, one, other, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for at in range(count):
            share = at / count
            found.append(
                (
                    _between(before[0], one[0], other[0], after[0], share),
                    _between(before[1], one[1], other[1], after[1], share),
                )
            )
    return found if closed else [*found, points[-1]]


def mirrored(outline: Outline, x: float) -> Outline:
    return [(2 * x - each_x, y) for each_x, y in outline]


def moved(outline: Outline, x: float, y: float, scale: float = 1) -> Outline:
    return [(each_x * scale + x, each_y * scale + y) for each_x, each_y in outline]


def turned(outline: Outline, angle: float, x: float = 0, y: float = 0) -> Outline:
    """By an angle in degrees, around this point."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [
        (x + (each_x - x) * cos - (each_y - y) * sin, y + (each_x - x) * sin + (each_y - y) * cos)
        for each_x, each_y in outline
    ]


def falling(top: float, bottom: float, darkest: float, lightest: float = 0) -> Tone:
    """Dark above, light below."""
    return lambda _, y: lightest + (darkest - lightest) * min(1.0, max(0.0, (bottom - y) / (bottom - top)))


def rising(top: float, bottom: float, darkest: float, lightest: float = 0) -> Tone:
    """Light above, dark below."""
    return lambda _, y: lightest + (darkest - lightest) * min(1.0, max(0.0, (y - top) / (bottom - top)))


def rounded(light_x: float, light_y: float, radius: float, darkest: float = 0.8) -> Tone:
    """As on a ball: light around this point, dark at this distance."""
    return lambda x, y: darkest * min(1.0, math.hypot(x - light_x, y - light_y) / radius) ** 1.6


def aside(left: float, right: float, darkest: float, lightest: float = 0) -> Tone:
    """As on a pillar that has its light from the left."""
    return lambda x, _: lightest + (darkest - lightest) * min(1.0, max(0.0, (x - left) / (right - left))) ** 1.4


def _between(before: float, one: float, other: float, after: float, share: float) -> float:
    return 0.5 * (
        2 * one
        + (other - before) * share
        + (2 * before - 5 * one + 4 * other - after) * share**2
        + (3 * one - before - 3 * other + after) * share**3
    )


def _bounds(outline: Outline, width: int, height: int) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return max(0, math.floor(min(xs))), max(0, math.floor(min(ys))), min(width, max(xs)), min(height, max(ys))


def _scaled(points: Iterable[Point], left: float = 0, top: float = 0) -> list[Point]:
    return [((x - left) * _LARGER, (y - top) * _LARGER) for x, y in points]
