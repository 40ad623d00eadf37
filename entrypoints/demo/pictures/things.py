"""Pictures of things: bread, a chart, a chord."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    BROWN,
    CREAM,
    INK,
    MIST,
    OCHRE,
    RED,
    STONE,
    STRAW,
    Plate,
    aside,
    box,
    curve,
    oval,
    rising,
    rounded,
    turned,
)


def bread() -> Image.Image:
    plate = Plate(1280, 960, "#cdb78f", seed=41)
    plate.hatch(box(0, 0, 1280, 560), INK, gap=10, tone=lambda x, _: 0.12 + 0.5 * abs(x - 560) / 800)
    plate.fill(box(0, 540, 1280, 960), BROWN)
    for y in (540, 640, 750, 870):
        plate.line([(0, y), (1280, y)], 5)
    plate.hatch(box(0, 545, 1280, 960), INK, gap=12, tone=0.3, sway=3, length=310)
    # The cloth hangs over the edge.
    cloth = curve(
        [(60, 620), (380, 560), (940, 566), (1230, 640), (1160, 760), (1010, 742), (640, 800), (300, 760), (150, 800)],
        closed=True,
    )
    plate.fill(cloth, CREAM, edge=5)
    plate.hatch(cloth, BLUE, gap=42, angle=6, tone=0.22)
    plate.hatch(cloth, BLUE, gap=42, angle=98, tone=0.22)
    plate.hatch(
        cloth,
        INK,
        gap=8,
        angle=50,
        tone=lambda x, y: max(0.0, 0.7 - ((x - 640) ** 2 / 4 + (y - 690) ** 2) ** 0.5 / 300),
    )
    loaf = curve(
        [
            (250, 600),
            (262, 470),
            (360, 350),
            (520, 282),
            (660, 270),
            (820, 296),
            (960, 370),
            (1040, 490),
            (1036, 610),
            (930, 690),
            (640, 724),
            (360, 690),
        ],
        closed=True,
    )
    plate.fill(plate.rough(loaf, 2), "#b8763a", edge=7)
    plate.hatch(loaf, INK, gap=9, angle=-16, tone=rounded(560, 400, 470, 0.95), sway=3, length=200)
    plate.hatch(
        curve([(300, 560), (340, 440), (440, 360), (520, 340), (450, 430), (380, 520)], closed=True),
        STRAW,
        gap=9,
        angle=-16,
        tone=0.4,
        sway=3,
    )
    for begin, bend, end in (
        ((390, 610), (450, 430), (590, 318)),
        ((540, 668), (610, 470), (760, 322)),
        ((710, 678), (790, 510), (910, 384)),
    ):
        near = curve([begin, bend, end])
        far = curve([end, (bend[0] + 66, bend[1] + 20), begin])
        cut = [*near, *far]
        plate.fill(cut, "#efd6a2", edge=6)
        plate.hatch(cut, BROWN, gap=9, angle=64, tone=aside(bend[0] - 30, bend[0] + 90, 0.75), sway=2, length=60)
    for _ in range(170):  # flour
        plate.dot(plate.chance.gauss(640, 170), plate.chance.gauss(430, 70), plate.chance.choice((1.6, 2.2, 3)), CREAM)
    # Ears of wheat, and the knife.
    for stem in ([(60, 900), (220, 860), (380, 830)], [(70, 930), (240, 900), (400, 880)]):
        way = curve(stem)
        plate.line(way, 5)
        plate.line(way, 2.5, STRAW)
        for at_x, at_y in way[7:]:
            for lean in (-30, 30):
                plate.fill(turned(oval(at_x + 8, at_y, 19, 7), lean - 8, at_x, at_y), STRAW, edge=2.5)
                plate.line(turned([(at_x + 24, at_y), (at_x + 52, at_y)], lean * 0.7 - 8, at_x, at_y), 2)
    blade = curve([(700, 880), (860, 842), (1010, 836), (1010, 872), (860, 884)], closed=True)
    plate.fill(blade, MIST, edge=5)
    plate.hatch(blade, INK, gap=7, angle=-4, tone=rising(850, 900, 0.6))
    plate.fill(curve([(1008, 832), (1120, 838), (1200, 852), (1206, 880), (1100, 880), (1008, 876)], closed=True), INK)
    for x in (1050, 1100, 1150):
        plate.dot(x, 857, 6, OCHRE)
    return plate.finished()


def chart() -> Image.Image:
    """How much hotter salted water boils. Four points with their errors, on squared paper."""
    plate = Plate(1280, 860, CREAM, seed=61)
    plate.hatch(plate.whole, BLUE, gap=40, tone=0.07)
    plate.hatch(plate.whole, BLUE, gap=40, angle=90, tone=0.07)
    left, bottom, wide, high = 170.0, 720.0, 940.0, 560.0

    def at(salt: float, degrees: float) -> tuple[float, float]:
        return left + salt / 110 * wide, bottom - (degrees - 99) / 2.5 * high

    under = [at(0, 99.3), at(105, 101.2), (at(105, 0)[0], bottom), (left, bottom)]
    plate.hatch(under, OCHRE, gap=10, angle=45, tone=0.4)
    plate.line(plate.rough([at(share, 99.3 + share * 0.018) for share in range(0, 110, 5)], 0.8), 6, RED)
    for salt, degrees in ((0, 99.3), (10, 99.5), (35, 99.9), (100, 101.1)):
        x, y = at(salt, degrees)
        _, above = at(salt, degrees + 0.1)
        _, below = at(salt, degrees - 0.1)
        for points in (
            [(x, above), (x, below)],
            [(x - 13, above), (x + 13, above)],
            [(x - 13, below), (x + 13, below)],
        ):
            plate.line(points, 4)
        plate.dot(x, y, 12)
        plate.dot(x, y, 6, CREAM)
    for end in ((left + wide + 40, bottom), (left, bottom - high - 50)):
        plate.line(plate.rough([(left, bottom), ((left + end[0]) / 2, (bottom + end[1]) / 2), end], 1.5), 7)
    x, y = left + wide + 46, bottom
    plate.fill([(x + 10, y), (x - 22, y - 14), (x - 22, y + 14)], INK)
    x, y = left, bottom - high - 56
    plate.fill([(x, y - 10), (x - 14, y + 22), (x + 14, y + 22)], INK)
    for salt in range(20, 110, 20):
        x, _ = at(salt, 99)
        plate.line([(x, bottom - 9), (x, bottom + 13)], 5)
    for half in range(1, 5):
        _, y = at(0, 99 + half * 0.5)
        plate.line([(left - 13, y), (left + 9, y)], 5)
    # In place of words: the thermometer, and the salt.
    plate.fill([*oval(84, 250, 17, 17, 180, 360), *oval(84, 560, 34, 34, -58, 238)], CREAM, edge=5)
    plate.fill(oval(84, 560, 23, 23), RED)
    plate.line([(84, 560), (84, 330)], 14, RED)
    for y in range(280, 500, 26):
        plate.line([(101, y), (118, y)], 3.5)
    jar = [(1006, 806), (1016, 760), (1074, 760), (1084, 806)]
    plate.fill(jar, MIST, edge=5)
    plate.hatch(jar, INK, gap=6, angle=90, tone=aside(1030, 1100, 0.6))
    plate.fill([*oval(1045, 760, 30, 22, 180, 360)], STONE, edge=5)
    for x in (1032, 1045, 1058):
        plate.dot(x, 750, 3)
    for x, y in ((1112, 800), (1130, 790), (1124, 808), (1146, 804), (1160, 796)):
        plate.dot(x, y, 3.5)
    pot = [(330, 210), (338, 320), (500, 320), (508, 210)]
    plate.fill(pot, STONE, edge=6)
    plate.hatch(pot, INK, gap=8, angle=90, tone=aside(400, 530, 0.8))
    plate.line([(316, 208), (522, 208)], 9)
    for x in (318, 520):
        plate.line(oval(x, 246, 17, 12), 6)
    for x, rise in ((376, 0), (420, -14), (464, 0)):
        plate.line(curve([(x, 186 + rise), (x - 12, 164 + rise), (x + 10, 138 + rise), (x - 6, 112 + rise)]), 5)
    return plate.finished()


def chord() -> Image.Image:
    """The note in the middle is red."""
    plate = Plate(1280, 400, CREAM, seed=71)
    lines = [110.0 + 44 * line for line in range(5)]
    for y in lines:
        plate.line(plate.rough([(30, y), (320, y), (640, y), (960, y), (1250, y)], 0.8), 4.5)
    for x, wide in ((34, 5), (430, 4), (850, 4), (1228, 4), (1246, 10)):
        plate.line([(x, lines[0]), (x, lines[-1])], wide)
    clef = curve(
        [
            (150, 250),
            (112, 240),
            (112, 196),
            (160, 184),
            (196, 220),
            (170, 276),
            (100, 268),
            (76, 206),
            (130, 120),
            (168, 64),
            (150, 24),
            (126, 60),
            (140, 160),
            (166, 300),
            (160, 356),
            (122, 368),
            (108, 340),
        ]
    )
    plate.line(clef, 11)
    plate.dot(120, 342, 15)
    for x, heights in (
        (290, (264, 198, 132)),
        (520, (286, 198, 110)),
        (700, (264, 198, 88)),
        (980, (242, 198, 132)),
        (1130, (286, 198, 110)),
    ):
        plate.line([(x + 32, max(heights)), (x + 32, min(heights) - 70)], 6)
        for y in heights:
            is_ours = y == 198
            note = turned(oval(x, y, 35, 24), -20, x, y)
            plate.fill(note, RED if is_ours else INK, edge=4)
            if is_ours:
                plate.hatch(note, CREAM, gap=8, angle=-20, tone=0.18)
    return plate.finished()
