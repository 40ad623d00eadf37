"""Pictures of what is on a table or on a shelf: bread, a cat among books, a chart, a chord, a book that lies open."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    BROWN,
    CREAM,
    GREEN,
    INK,
    MIST,
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
    falling,
    moved,
    oval,
    rising,
    rounded,
    turned,
)


def bread() -> Image.Image:
    plate = Plate(1280, 960, "#cdb78f", seed=41)
    plate.hatch(box(0, 0, 1280, 560), INK, gap=10, tone=lambda x, y: 0.12 + 0.5 * abs(x - 560) / 800)
    plate.fill(box(0, 540, 1280, 960), BROWN)
    for y in (540, 640, 750, 870):
        plate.line([(0, y), (1280, y)], 5)
    plate.hatch(box(0, 545, 1280, 960), INK, gap=12, tone=0.3, sway=3, length=310)
    # The cloth hangs over the edge.
    cloth = curve([(60, 620), (380, 560), (940, 566), (1230, 640), (1160, 760), (1010, 742), (640, 800), (300, 760), (150, 800)], closed=True)
    plate.fill(cloth, CREAM, edge=5)
    plate.hatch(cloth, BLUE, gap=42, angle=6, tone=0.22)
    plate.hatch(cloth, BLUE, gap=42, angle=98, tone=0.22)
    plate.hatch(cloth, INK, gap=8, angle=50, tone=lambda x, y: max(0.0, 0.7 - ((x - 640) ** 2 / 4 + (y - 690) ** 2) ** 0.5 / 300))
    loaf = curve([(250, 600), (262, 470), (360, 350), (520, 282), (660, 270), (820, 296), (960, 370), (1040, 490), (1036, 610), (930, 690), (640, 724), (360, 690)], closed=True)
    plate.fill(plate.rough(loaf, 2), "#b8763a", edge=7)
    plate.hatch(loaf, INK, gap=9, angle=-16, tone=rounded(560, 400, 470, 0.95), sway=3, length=200)
    plate.hatch(curve([(300, 560), (340, 440), (440, 360), (520, 340), (450, 430), (380, 520)], closed=True), STRAW, gap=9, angle=-16, tone=0.4, sway=3)
    for begin, bend, end in (((390, 610), (450, 430), (590, 318)), ((540, 668), (610, 470), (760, 322)), ((710, 678), (790, 510), (910, 384))):
        near = curve([begin, bend, end])
        far = curve([end, (bend[0] + 66, bend[1] + 20), begin])
        cut = [*near, *far]
        plate.fill(cut, "#efd6a2", edge=6)
        plate.hatch(cut, BROWN, gap=9, angle=64, tone=aside(bend[0] - 30, bend[0] + 90, 0.75), sway=2, length=60)
    for _ in range(170):
        x, y = plate.chance.gauss(640, 170), plate.chance.gauss(430, 70)
        plate.dot(x, y, plate.chance.choice((1.6, 2.2, 3)), CREAM)
    # Ears of wheat, and the knife.
    for stem in ([(60, 900), (220, 860), (380, 830)], [(70, 930), (240, 900), (400, 880)]):
        way = curve(stem)
        plate.line(way, 5)
        plate.line(way, 2.5, STRAW)
        for x, y in way[7:]:
            for lean in (-30, 30):
                plate.fill(turned(oval(x + 8, y, 19, 7), lean - 8, x, y), STRAW, edge=2.5)
                plate.line(turned([(x + 24, y), (x + 52, y)], lean * 0.7 - 8, x, y), 2)
    blade = curve([(700, 880), (860, 842), (1010, 836), (1010, 872), (860, 884)], closed=True)
    plate.fill(blade, MIST, edge=5)
    plate.hatch(blade, INK, gap=7, angle=-4, tone=rising(850, 900, 0.6))
    plate.fill(curve([(1008, 832), (1120, 838), (1200, 852), (1206, 880), (1100, 880), (1008, 876)], closed=True), INK)
    for x in (1050, 1100, 1150):
        plate.dot(x, 857, 6, OCHRE)
    return plate.finished()


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
    plate.hatch(box(304, 360, 702, 640), STRAW, gap=9, angle=90, tone=lambda x, y: max(0.0, 0.75 - ((x - 500) ** 2 + (y - 540) ** 2) ** 0.5 / 230))
    body = curve([(330, 640), (322, 560), (372, 492), (470, 470), (570, 486), (640, 530), (672, 600), (668, 640)])
    plate.fill([*body, (330, 640)], INK)
    plate.hatch([*body, (330, 640)], "#d9803a", gap=13, angle=96, tone=lambda x, y: 0.55 - 0.35 * abs(x - 520) / 190, sway=3, length=70)
    tail = curve([(640, 600), (690, 640), (706, 730), (676, 800), (640, 812), (634, 790), (662, 770), (672, 716), (640, 660), (600, 636)])
    plate.fill(tail, INK)
    for y in (690, 720, 750, 778):
        plate.line([(656, y), (704, y - 6)], 6, "#d9803a")
    head = curve([(320, 590), (326, 530), (322, 470), (360, 500), (410, 500), (448, 470), (446, 530), (452, 590), (430, 628), (386, 642), (340, 628)], closed=True)
    plate.fill(head, "#d9803a", edge=6)
    plate.hatch(head, INK, gap=8, angle=90, tone=lambda x, y: 0.45 if y < 548 else 0.0)
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
        for points in ([(x, above), (x, below)], [(x - 13, above), (x + 13, above)], [(x - 13, below), (x + 13, below)]):
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
    clef = curve([(150, 250), (112, 240), (112, 196), (160, 184), (196, 220), (170, 276), (100, 268), (76, 206), (130, 120), (168, 64), (150, 24), (126, 60), (140, 160), (166, 300), (160, 356), (122, 368), (108, 340)])
    plate.line(clef, 11)
    plate.dot(120, 342, 15)
    for x, heights in ((290, (264, 198, 132)), (520, (286, 198, 110)), (700, (264, 198, 88)), (980, (242, 198, 132)), (1130, (286, 198, 110))):
        plate.line([(x + 32, max(heights)), (x + 32, min(heights) - 70)], 6)
        for y in heights:
            is_ours = y == 198
            note = turned(oval(x, y, 35, 24), -20, x, y)
            plate.fill(note, RED if is_ours else INK, edge=4)
            if is_ours:
                plate.hatch(note, CREAM, gap=8, angle=-20, tone=0.18)
    return plate.finished()


def table() -> Image.Image:
    """A book that everybody wrote a page in."""
    plate = Plate(1280, 860, "#40525a", seed=81)
    plate.hatch(box(0, 0, 1280, 470), INK, gap=9, angle=90, tone=lambda x, y: min(0.75, 0.1 + ((x - 930) ** 2 + (y - 240) ** 2) ** 0.5 / 1100))
    plate.fill(oval(930, 330, 260, 200), "#6b7263")
    plate.hatch(oval(930, 330, 260, 200), STRAW, gap=8, tone=lambda x, y: max(0.0, 0.8 - ((x - 930) ** 2 + (y - 300) ** 2) ** 0.5 / 270))
    plate.fill([(0, 560), (1280, 470), (1280, 860), (0, 860)], BROWN)
    plate.hatch([(0, 560), (1280, 470), (1280, 860), (0, 860)], INK, gap=12, angle=-4, tone=lambda x, y: min(0.6, 0.1 + abs(x - 900) / 1500), sway=3, length=330)
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
            page = [(0, 0), *curve([(0, 0), (side * 90, -52), (side * 210, -58), (side * 316, -62)]), (side * 346, 132), *curve([(side * 346, 132), (side * 230, 138), (side * 100, 150), (0, 206)])]
            plate.fill(moved(page, 430, 500 + depth), CREAM, edge=3.5)
        for row in range(9):
            shorter = 0.55 if row in (3, 8) else 1 - 0.1 * plate.chance.random()
            begin, end = (34, 34 + 276 * shorter) if side > 0 else (-310, -310 + 276 * shorter)
            writing = [(x, -24 + row * 19 + (24 - abs(x) * 0.2 if abs(x) < 120 else 0) - abs(x) * 0.022 + plate.chance.uniform(-2.5, 2.5)) for x in _steps(begin, end)]
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
