"""Pictures of the night: the monk at the gate, the kettle, moths at the window."""

import math

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    BROWN,
    CREAM,
    GREEN,
    INK,
    MIST,
    MOSS,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    STONE,
    STRAW,
    Outline,
    Plate,
    aside,
    box,
    curve,
    falling,
    mirrored,
    oval,
    rising,
    rounded,
)


def gate() -> Image.Image:
    """A monk before a gate beneath the moon, and birds in a tree beside a pond."""
    plate = Plate(1280, 960, "#35505c", seed=8)
    plate.hatch(box(0, 0, 1280, 620), INK, gap=9, tone=falling(0, 640, 0.75, 0.12))
    plate.fill(oval(420, 250, 165, 165), "#7e8a78")
    plate.hatch(oval(420, 250, 165, 165), STRAW, gap=7, tone=0.35)
    plate.fill(oval(420, 250, 125, 125), CREAM)
    plate.hatch(oval(420, 250, 125, 125), STONE, gap=8, angle=40, tone=rounded(380, 210, 200, 0.6))
    hills = curve([(0, 610), (150, 520), (290, 566), (430, 500), (600, 580), (760, 540), (900, 520), (1280, 600)])
    plate.fill([*hills, (1280, 660), (0, 660)], "#22323a")
    plate.hatch([*hills, (1280, 660), (0, 660)], MIST, gap=9, angle=24, tone=falling(500, 640, 0.25))
    # The pond with the moon in it.
    plate.fill(box(0, 650, 1280, 960), "#24404a")
    plate.hatch(box(0, 650, 800, 960), MIST, gap=12, tone=falling(640, 900, 0.4, 0.08), sway=3, length=140)
    plate.hatch(oval(420, 740, 110, 70), CREAM, gap=12, tone=0.6, sway=5, length=90)
    bank = curve([(520, 960), (580, 820), (680, 720), (830, 690), (1280, 690)])
    plate.fill([*bank, (1280, 960)], INK)
    plate.hatch([*bank, (1280, 960)], MOSS, gap=11, angle=84, tone=falling(690, 900, 0.4))
    # The wall and the gate.
    plate.fill(box(890, 420, 1280, 780), STONE, edge=5)
    plate.hatch(box(890, 420, 1280, 780), INK, gap=9, angle=90, tone=aside(860, 1300, 0.6, 0.12))
    for row, y in enumerate(range(470, 780, 52)):
        plate.line([(890, y), (1280, y)], 3)
        for x in range(900 + 50 * (row % 2), 1280, 100):
            plate.line([(x, y), (x, y + 52)], 3)
    plate.fill(box(960, 460, 1180, 780), INK)
    plate.fill(box(978, 480, 1162, 780), BROWN)
    plate.hatch(box(978, 480, 1162, 780), INK, gap=13, angle=90, tone=0.3, sway=1)
    plate.line([(1070, 480), (1070, 780)], 6)
    for x in (1046, 1094):
        plate.line(oval(x, 640, 13, 15), 4, OCHRE)
    roof = [
        *curve([(820, 452), (880, 412), (940, 350), (1070, 320), (1200, 350), (1280, 408)]),
        (1280, 466),
        (820, 466),
    ]
    plate.fill(roof, INK)
    plate.hatch(roof, PAPER, gap=17, angle=90, tone=0.22)
    plate.line(curve([(812, 440), (880, 412), (940, 350), (1070, 320), (1200, 350), (1284, 412)]), 9)
    # The monk has his hand raised, and has not decided.
    robe = [*curve([(850, 800), (846, 660), (866, 580), (900, 560), (930, 580), (938, 660), (952, 800)]), (850, 800)]
    plate.fill(robe, OCHRE, edge=5)
    plate.hatch(robe, INK, gap=9, angle=86, tone=aside(840, 960, 0.6))
    plate.fill([(912, 588), (976, 556), (984, 576), (922, 640)], OCHRE, edge=5)
    plate.fill(oval(984, 562, 13, 12), CREAM, edge=4)
    plate.fill(oval(898, 530, 30, 34), CREAM, edge=5)
    plate.fill(oval(892, 510, 30, 22, 150, 380), INK)
    plate.dot(914, 530, 3.5)
    # The tree leans over the pond.
    trunk = curve(
        [
            (30, 960),
            (90, 720),
            (60, 520),
            (130, 330),
            (110, 200),
            (160, 190),
            (190, 340),
            (140, 540),
            (180, 720),
            (190, 960),
        ]
    )
    plate.fill(trunk, INK)
    plate.hatch(trunk, MIST, gap=13, angle=82, tone=0.22, sway=4)
    for branch, thick in (
        ([(150, 300), (230, 250), (310, 262), (400, 228)], 13),
        ([(110, 480), (200, 440), (270, 452)], 10),
        ([(130, 220), (90, 120), (110, 40)], 12),
        ([(150, 210), (220, 110), (330, 80)], 11),
        ([(230, 250), (300, 300), (350, 310)], 7),
    ):
        plate.line(curve(branch), thick)
        for twig_x, twig_y in curve(branch, count=5)[3:]:
            for _ in range(3):
                at_x, at_y = twig_x + plate.chance.uniform(-34, 34), twig_y + plate.chance.uniform(-30, 26)
                plate.fill(
                    oval(at_x, at_y, plate.chance.uniform(13, 24), 6), plate.chance.choice((INK, "#16211f", "#46584a"))
                )
    for x, y in ((312, 240), (352, 230)):
        plate.fill(
            [*curve([(x - 24, y - 4), (x - 4, y - 26), (x + 14, y - 18), (x + 22, y)]), (x + 46, y + 16), (x, y + 14)],
            INK,
        )
        plate.fill([(x - 22, y - 10), (x - 36, y - 4), (x - 22, y - 1)], OCHRE)
        plate.dot(x - 12, y - 9, 3, CREAM)
    return plate.finished()


def kettle() -> Image.Image:
    """On the stove of a boat."""
    plate = Plate(1280, 960, "#d8c7a6", seed=2)
    plate.hatch(plate.whole, BROWN, gap=40, angle=90, tone=0.1)
    plate.hatch(
        plate.whole, INK, gap=10, angle=90, tone=lambda x, y: 0.1 + 0.5 * math.hypot(x - 760, y - 420) / 900, sway=2
    )
    # The porthole, with the moon and the anchor light of another boat.
    plate.fill(oval(330, 300, 210, 210), OCHRE, edge=6)
    plate.hatch(oval(330, 300, 210, 210), INK, gap=7, angle=45, tone=rounded(250, 220, 420, 0.7))
    plate.fill(oval(330, 300, 158, 158), NIGHT, edge=6)
    plate.hatch(oval(330, 300, 155, 155), BLUE, gap=10, tone=rising(150, 460, 0.4))
    plate.fill(oval(386, 240, 34, 34), CREAM)
    plate.hatch(
        oval(330, 300, 155, 155), CREAM, gap=12, tone=lambda x, y: 0.5 if y > 380 and abs(x - 386) < 50 else 0, sway=2
    )
    plate.fill(
        [*curve([(196, 384), (260, 366), (330, 374), (400, 362), (464, 384)]), (430, 420), (230, 420)], "#16212a"
    )
    for angle in range(0, 360, 45):
        x, y = 330 + 184 * math.cos(math.radians(angle)), 300 + 184 * math.sin(math.radians(angle))
        plate.fill(oval(x, y, 11, 11), STRAW, edge=3)
    # The stove.
    plate.fill(box(420, 760, 1180, 960), INK)
    plate.hatch(box(420, 790, 1180, 960), STONE, gap=14, tone=0.2)
    plate.fill(box(380, 738, 1220, 772), "#3a2f29", edge=5)
    plate.line([(400, 690), (400, 740)], 10)
    plate.line([(1200, 690), (1200, 740)], 10)
    plate.line([(396, 690), (1204, 690)], 9, OCHRE)
    for x in range(630, 980, 38):
        flame = curve([(x - 13, 738), (x - 11, 716), (x, 694), (x + 11, 716), (x + 13, 738)])
        plate.fill(flame, BLUE, edge=2.5)
    for x in (560, 760, 960):
        plate.fill(oval(x, 870, 34, 34), OCHRE, edge=5)
        plate.line([(x, 870), (x + 20, 848)], 7)
    # The kettle.
    plate.line(curve([(624, 440), (640, 300), (790, 224), (944, 300), (960, 440)]), 24)
    plate.line(curve([(624, 440), (640, 300), (790, 224), (944, 300), (960, 440)]), 12, BROWN)
    spout = curve(
        [(590, 620), (540, 560), (520, 480), (470, 420), (452, 384), (506, 376), (536, 420), (580, 500), (640, 540)]
    )
    plate.fill(spout, RED, edge=6)
    plate.hatch(spout, INK, gap=8, angle=52, tone=aside(470, 640, 0.7))
    body = curve(
        [(592, 696), (560, 620), (590, 500), (680, 430), (800, 412), (920, 430), (1008, 500), (1030, 620), (1000, 696)]
    )
    plate.fill([*body, (1000, 696), (592, 696)], RED, edge=6)
    plate.hatch([*body, (592, 696)], INK, gap=9, angle=90, tone=aside(720, 1080, 0.85))
    plate.hatch([*body, (592, 696)], INK, gap=9, angle=90, tone=lambda x, _: max(0.0, 0.6 - (x - 560) / 130))
    plate.hatch(oval(700, 530, 40, 76), CREAM, gap=9, angle=72, tone=0.6)
    plate.fill(oval(796, 428, 150, 30), "#8c2f1f", edge=5)
    plate.line(oval(796, 424, 118, 19, 10, 170), 4, CREAM)
    plate.fill(oval(796, 392, 24, 22), INK)
    plate.line([(592, 696), (1000, 696)], 10)
    for begin, side in (((470, 360), -1), ((492, 356), 1), ((452, 372), -2)):
        x, y = begin
        steam = curve(
            [
                (x, y),
                (x - 26 * side, y - 70),
                (x + 20 * side, y - 140),
                (x - 14 * side, y - 210),
                (x + 14 * side, y - 280),
            ]
        )
        plate.line(steam, 13)
        plate.line(steam, 7, CREAM)
    return plate.finished()


_FOREWING = [(0, -60), (90, -190), (240, -250), (360, -226), (330, -120), (250, -36), (120, 6), (0, 0)]
_HINDWING = [(0, -20), (110, 0), (230, 10), (276, 80), (236, 160), (150, 196), (60, 140), (0, 60)]


def _moth(fore: str, hind: str, mark: str, *, seed: int, spots: int, bands: int, feathers: bool) -> Image.Image:
    plate = Plate(1000, 750, PAPER, seed=seed)
    x, y = 500, 390

    def darker_outside(a: float, _: float) -> float:
        return 0.12 + 0.5 * (abs(a - x) / 340) ** 2

    plate.hatch(box(30, 30, 970, 720), STONE, gap=12, tone=0.09)
    plate.line([*box(30, 30, 970, 720), (30, 30), (970, 30)], 3)
    for wing, colour, angle in ((_HINDWING, hind, -24), (_FOREWING, fore, 24)):
        for side in (1, -1):
            outline = _beside(curve(wing, closed=True), x, y, side)
            plate.fill(plate.rough(outline, 1.5), colour, edge=5)
            plate.hatch(outline, INK, gap=7, angle=angle * side, tone=darker_outside)
    for side in (1, -1):
        for band in range(bands):
            begin, end = 120 + 72 * band, 90 + 60 * band
            line = curve([(begin, -214 - 10 * band), (begin + 18, -140), (end, -70), (end + 26, -6)])
            plate.line(_beside(line, x, y, side), 11)
            plate.line(_beside(line, x, y, side), 5, mark)
            low = curve([(40 + 62 * band, 40), (60 + 66 * band, 110), (30 + 60 * band, 170 - 8 * band)])
            plate.line(_beside(low, x, y, side), 5)
        for spot in range(spots):
            for at_x, at_y, size in ((246 - 92 * spot, -152 + 46 * spot, 30), (186 - 60 * spot, 92, 24)):
                (centre,) = _beside([(at_x, at_y)], x, y, side)
                plate.fill(oval(*centre, size, size), mark, edge=5)
                plate.fill(oval(*centre, size * 0.5, size * 0.5), INK)
                plate.dot(centre[0] - 4, centre[1] - 4, size * 0.16, CREAM)
        feeler = _beside(curve([(8, -104), (60, -190), (132, -236)]), x, y, side)
        plate.line(feeler, 5)
        if feathers:
            for at, (a, b) in enumerate(feeler[3:]):
                plate.line([(a - 9 * side, b - 20 + at), (a, b), (a + 17 * side, b + 8 - at * 0.4)], 3)
    body = curve([(0, -84), (34, -60), (40, 0), (30, 90), (0, 178), (-30, 90), (-40, 0), (-34, -60)], closed=True)
    body = [(x + a, y + b) for a, b in body]
    plate.fill(body, BROWN, edge=5)
    plate.hatch(body, INK, gap=13, tone=0.45, sway=2, length=40)
    plate.fill(oval(x, y - 88, 27, 24), INK)
    plate.dot(x - 13, y - 92, 6, CREAM)
    plate.dot(x + 13, y - 92, 6, CREAM)
    return plate.finished()


def _beside(outline: Outline, x: float, y: float, side: int) -> Outline:
    placed = [(x + a, y + b) for a, b in outline]
    return placed if side > 0 else mirrored(placed, x)


def emperor() -> Image.Image:
    return _moth(STONE, OCHRE, CREAM, seed=4, spots=1, bands=2, feathers=True)


def tiger() -> Image.Image:
    return _moth(BROWN, RED, CREAM, seed=5, spots=2, bands=3, feathers=False)


def emerald() -> Image.Image:
    return _moth(GREEN, MOSS, CREAM, seed=6, spots=0, bands=2, feathers=True)
