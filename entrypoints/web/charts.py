"""Bars of a chart as the path of an SVG. It has no colours and no words, which are the page's."""

from collections.abc import Sequence

# In the units of the drawing. A browser stretches it to the width of the page.
STEP = 10
BAR = 8
HEIGHT = 60
# A day without anything is a line at the foot, and a day with little is higher than that.
_LINE = 1
_LEAST = 4


def width_of(numbers: Sequence[int]) -> int:
    return STEP * len(numbers)


def bars(numbers: Sequence[int]) -> str:
    """One bar for each number, from the left. The largest takes the whole height."""
    most = max(numbers, default=0)
    return "".join(
        f"M{STEP * at + 1} {HEIGHT}v-{_height(number, most)}h{BAR}V{HEIGHT}z" for at, number in enumerate(numbers)
    )


def _height(number: int, most: int) -> int:
    return max(_LEAST, round(HEIGHT * number / most)) if number > 0 else _LINE
