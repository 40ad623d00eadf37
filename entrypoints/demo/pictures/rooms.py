"""Pictures of rooms: a cat among books, a book that lies open."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    BROWN,
    CREAM,
    GREEN,
    INK,
    MOSS,
    OCHRE,
    PAPER,
    RED,
    STONE,
    STRAW,
    Plate,
    aside,
    box,
    curve,
    moved,
    oval,
    rising,
)

_BINDINGS = (RED, OCHRE, GREEN, BLUE, STONE, BROWN, "#5d3b4a", "#3f5560", PAPER, MOSS)


def cat() -> Image.Image:
    """A shelf with a gap, and who sleeps in it."""
    plate = Plate(960, 1280, "#3a2a20", seed=52)
    plate.hatch(plate.whole, INK, gap=9, angle=90, tone=0.5)
    boards = (330, 640, 950, 1260)
    for shelf, y in enumerate(boards):
        x = 66.0
        while x < 890:
            if shelf == 1 and 300 < x < 700:
                x = 706.0
            wide = plate.chance.uniform(26, 62)
            if shelf == 1 and x < 300 < x + wide:
                wide = 300 - x
            wide = min(wide, 894 - x)
            if wide > 14:
                _book(plate, x, y, wide, plate.chance.uniform(180, 262))
            x += wide + 1
        plate.fill(box(40, y, 920, y + 26), OCHRE, edge=5)
        plate.hatch(box(40, y, 920, y + 26), INK, gap=6, tone=rising(y, y + 30, 0.7), sway=1)
    for left, right in ((0, 56), (904, 960)):
        plate.fill(box(left, -10, right, 1290), BROWN, edge=5)
        plate.hatch(box(left, -10, right, 1290), INK, gap=9, angle=90, tone=0.4, sway=2, length=260)
    # The lamp shines into the gap.
    plate.hatch(
        box(304, 360, 702, 640),
        STRAW,
        gap=9,
        angle=90,
        tone=lambda x, y: max(0.0, 0.75 - ((x - 500) ** 2 + (y - 540) ** 2) ** 0.5 / 230),
    )
    body = curve([(330, 640), (322, 560), (372, 492), (470, 470), (570, 486), (640, 530), (672, 600), (668, 640)])
    plate.fill([*body, (330, 640)], INK)
    plate.hatch(
        [*body, (330, 640)],
        "#d9803a",
        gap=13,
        angle=96,
        tone=lambda x, _: 0.55 - 0.35 * abs(x - 520) / 190,
        sway=3,
        length=70,
    )
    tail = curve(
        [
            (640, 600),
            (690, 640),
            (706, 730),
            (676, 800),
            (640, 812),
            (634, 790),
            (662, 770),
            (672, 716),
            (640, 660),
            (600, 636),
        ]
    )
    plate.fill(tail, INK)
    for y in (690, 720, 750, 778):
        plate.line([(656, y), (704, y - 6)], 6, "#d9803a")
    head = curve(
        [
            (320, 590),
            (326, 530),
            (322, 470),
            (360, 500),
            (410, 500),
            (448, 470),
            (446, 530),
            (452, 590),
            (430, 628),
            (386, 642),
            (340, 628),
        ],
        closed=True,
    )
    plate.fill(head, "#d9803a", edge=6)
    plate.hatch(head, INK, gap=8, angle=90, tone=lambda _, y: 0.45 if y < 548 else 0.0)
    for side in (-1, 1):
        x = 386 + 30 * side
        plate.line(oval(x, 562, 16, 10, 20, 160), 5)
        for rise in (-5, 3, 11):
            plate.line([(386 + 22 * side, 600 + rise / 2), (386 + 84 * side, 592 + rise * 2)], 2.5, CREAM)
    plate.fill(oval(386, 610, 34, 22), CREAM)
    plate.fill([(374, 592), (398, 592), (386, 606)], RED, edge=3)
    plate.line(curve([(366, 616), (378, 622), (386, 608), (394, 622), (406, 616)]), 3.5)
    paw = curve([(400, 640), (410, 612), (470, 606), (520, 616), (526, 640)])
    plate.fill([*paw, (400, 640)], CREAM, edge=5)
    for x in (424, 440):
        plate.line([(x, 640), (x + 2, 626)], 3)
    return plate.finished()


def _book(plate: Plate, x: float, bottom: float, wide: float, high: float) -> None:
    top = bottom - high
    spine = box(x, top, x + wide, bottom)
    colour = plate.chance.choice(_BINDINGS)
    plate.fill(spine, colour, edge=4)
    plate.hatch(spine, INK, gap=6, angle=90, tone=aside(x + wide * 0.3, x + wide * 1.1, 0.7))
    light = INK if colour in (PAPER, OCHRE, MOSS, STONE) else STRAW
    for share in plate.chance.choice(((0.14, 0.2, 0.84), (0.1, 0.3, 0.7, 0.9), (0.2, 0.78), (0.12, 0.88, 0.92))):
        plate.line([(x + 4, top + high * share), (x + wide - 4, top + high * share)], 4, light)
    if wide > 38:
        plate.fill(box(x + 9, top + high * 0.36, x + wide - 9, top + high * 0.58), light)
        plate.line([(x + 14, top + high * 0.44), (x + wide - 14, top + high * 0.44)], 2.5, colour)
        plate.line([(x + 14, top + high * 0.5), (x + wide - 18, top + high * 0.5)], 2.5, colour)


def table() -> Image.Image:
    """A book that everybody wrote a page in."""
    plate = Plate(1280, 860, "#40525a", seed=81)
    plate.hatch(
        box(0, 0, 1280, 470),
        INK,
        gap=9,
        angle=90,
        tone=lambda x, y: min(0.75, 0.1 + ((x - 930) ** 2 + (y - 240) ** 2) ** 0.5 / 1100),
    )
    plate.fill(oval(930, 330, 260, 200), "#6b7263")
    plate.hatch(
        oval(930, 330, 260, 200),
        STRAW,
        gap=8,
        tone=lambda x, y: max(0.0, 0.8 - ((x - 930) ** 2 + (y - 300) ** 2) ** 0.5 / 270),
    )
    plate.fill([(0, 560), (1280, 470), (1280, 860), (0, 860)], BROWN)
    plate.hatch(
        [(0, 560), (1280, 470), (1280, 860), (0, 860)],
        INK,
        gap=12,
        angle=-4,
        tone=lambda x, _: min(0.6, 0.1 + abs(x - 900) / 1500),
        sway=3,
        length=330,
    )
    # The lamp.
    plate.fill(oval(930, 600, 92, 22), OCHRE, edge=5)
    plate.line([(930, 600), (930, 280)], 16)
    plate.line([(930, 596), (930, 290)], 7, OCHRE)
    shade = [*curve([(800, 300), (830, 200), (880, 158), (980, 158), (1030, 200), (1060, 300)]), (800, 300)]
    plate.fill(shade, GREEN, edge=6)
    plate.hatch(shade, INK, gap=9, angle=90, tone=aside(900, 1090, 0.7))
    plate.fill(oval(930, 302, 130, 17), STRAW, edge=4)
    # The book.
    for side in (-1, 1):
        cover = moved([(0, 0), (side * 330, -58), (side * 368, 150), (0, 226)], 430, 520)
        plate.fill(cover, RED, edge=6)
        for depth in (22, 14, 6):
            page = [
                (0, 0),
                *curve([(0, 0), (side * 90, -52), (side * 210, -58), (side * 316, -62)]),
                (side * 346, 132),
                *curve([(side * 346, 132), (side * 230, 138), (side * 100, 150), (0, 206)]),
            ]
            plate.fill(moved(page, 430, 500 + depth), CREAM, edge=3.5)
        for row in range(9):
            shorter = 0.55 if row in (3, 8) else 1 - 0.1 * plate.chance.random()
            begin, end = (34, 34 + 276 * shorter) if side > 0 else (-310, -310 + 276 * shorter)
            writing = [
                (
                    x,
                    -24
                    + row * 19
                    + (24 - abs(x) * 0.2 if abs(x) < 120 else 0)
                    - abs(x) * 0.022
                    + plate.chance.uniform(-2.5, 2.5),
                )
                for x in _steps(begin, end)
            ]
            plate.line(moved(writing, 430, 508), 3)
        shadow = moved([(0, 0), (side * 60, -44), (side * 66, 150), (0, 206)], 430, 506)
        plate.hatch(shadow, INK, gap=7, angle=90, tone=lambda x, _: max(0.0, 0.55 - abs(x - 430) / 90))
    plate.fill([(424, 700), (440, 700), (452, 800), (438, 786), (426, 806)], OCHRE, edge=4)
    # Cup, pencil, spectacles.
    plate.line(oval(1152, 640, 36, 30), 10)
    cup = [(1030, 596), (1148, 596), (1136, 690), (1044, 690)]
    plate.fill(cup, CREAM, edge=6)
    plate.hatch(cup, INK, gap=7, angle=90, tone=aside(1080, 1170, 0.8))
    plate.fill(oval(1089, 596, 59, 15), BROWN, edge=5)
    for side in (-1, 1):
        x = 1089 + 16 * side
        plate.line(curve([(x, 566), (x - 12, 540), (x + 10, 512), (x - 4, 484)]), 5, CREAM)
    plate.line([(800, 800), (1010, 744)], 17)
    plate.line([(806, 798), (1004, 746)], 9, OCHRE)
    plate.fill([(1004, 736), (1040, 736), (1012, 756)], STRAW, edge=4)
    return plate.finished()


def _steps(begin: float, end: float) -> list[float]:
    count = 30
    return [begin + (end - begin) * at / count for at in range(count + 1)]
