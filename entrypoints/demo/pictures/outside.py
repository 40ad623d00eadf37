"""Pictures of what is outside: a wall in the hills, a street in the snow, a window with its shutters open."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    BROWN,
    CREAM,
    GREEN,
    INK,
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
    moved,
    oval,
    rising,
    rounded,
)


def wall() -> Image.Image:
    plate = Plate(1280, 960, "#e6e3d0", seed=12)
    plate.hatch(box(0, 0, 1280, 480), INK, gap=11, tone=falling(0, 420, 0.3, 0.03))
    for ridge, colour, angle in (
        ([(0, 360), (170, 250), (330, 300), (520, 170), (700, 270), (900, 210), (1100, 300), (1280, 240)], BLUE, 30),
        ([(0, 430), (200, 400), (400, 330), (640, 400), (860, 330), (1060, 390), (1280, 340)], GREEN, -24),
        ([(0, 470), (260, 500), (520, 440), (800, 490), (1040, 440), (1280, 480)], MOSS, 18),
    ):
        hill = [*curve(ridge), (1280, 960), (0, 960)]
        plate.fill(hill, colour, edge=4)
        top = min(y for _, y in ridge)
        plate.hatch(hill, INK, gap=9, angle=angle, tone=falling(top, top + 260, 0.55, 0.06), sway=2, length=160)
    # A far wall goes up the hill.
    plate.line(curve([(700, 480), (760, 440), (800, 400), (880, 360), (930, 336)]), 7)
    for x, y, size in ((260, 470, 1.0), (420, 446, 0.8), (1030, 440, 0.9)):
        _sheep(plate, x, y, size)
    field = [*curve([(0, 600), (300, 570), (700, 590), (1000, 560), (1280, 580)]), (1280, 960), (0, 960)]
    plate.fill(field, MOSS)
    plate.hatch(field, INK, gap=10, angle=86, tone=rising(560, 980, 0.5, 0.1))
    # The wall, from the ground up: large stones below, and upright ones on top.
    plate.fill([(0, 610), (1280, 520), (1280, 860), (0, 900)], INK)
    for row in range(5):
        begins = -40.0 - 35 * (row % 2)
        while begins < 1300:
            wide = plate.chance.uniform(80, 150) - 9 * (5 - row)
            high = 630 - begins * 0.07 + row * (54 - begins * 0.003)
            _stone(plate, begins, high, wide - 7, 46 + plate.chance.uniform(-3, 2))
            begins += wide
    begins = -20.0
    while begins < 1290:
        wide = plate.chance.uniform(24, 44)
        high = 560 - begins * 0.07 + plate.chance.uniform(-10, 8)
        around = [(0, high + 74), (2, high + 10), (wide * 0.5, high), (wide - 4, high + 12), (wide - 2, high + 72)]
        upright = moved(curve(around), begins, 0)
        plate.fill(upright, plate.chance.choice((STONE, "#b8ad9b", "#968b7c")), edge=4)
        plate.hatch([*upright, upright[0]], INK, gap=7, angle=84, tone=aside(begins, begins + wide * 1.2, 0.7))
        begins += wide + 2
    for _ in range(60):
        root = plate.chance.uniform(0, 1280)
        for lean in (-9, -2, 6):
            blade = [(root, 960.0), (root + lean * 2, 872 + plate.chance.uniform(0, 46))]
            plate.line(blade, 4, plate.chance.choice((INK, GREEN)))
    return plate.finished()


def _stone(plate: Plate, x: float, top: float, wide: float, high: float) -> None:
    around = [(x + 4, top + 8), (x + wide * 0.5, top), (x + wide - 4, top + 6), (x + wide, top + high * 0.5)]
    around += [
        (x + wide - 6, top + high - 4),
        (x + wide * 0.5, top + high),
        (x + 6, top + high - 5),
        (x, top + high / 2),
    ]
    outline = curve(plate.rough(around, 4), closed=True, count=4)
    plate.fill(outline, plate.chance.choice((STONE, "#b8ad9b", "#968b7c", "#c4b9a4")))
    plate.hatch(outline, INK, gap=8, angle=plate.chance.uniform(-30, 30), tone=rising(top, top + high * 1.2, 0.6))


def _sheep(plate: Plate, x: float, y: float, size: float) -> None:
    for leg in (-26, -14, 14, 26):
        plate.line([(x + leg * size, y + 10), (x + leg * size, y + 46 * size)], 6 * size)
    for a, b in ((-30, 0), (-16, -16), (6, -18), (26, -10), (32, 6), (10, 12), (-14, 12)):
        plate.fill(oval(x + a * size, y + b * size, 20 * size, 18 * size), CREAM, edge=3)
    plate.fill(oval(x, y - 2, 36 * size, 22 * size), CREAM)
    plate.hatch(
        oval(x, y, 44 * size, 26 * size), INK, gap=8, angle=20, tone=rising(y - 20, y + 40, 0.5), sway=3, length=20
    )
    plate.fill(oval(x - 50 * size, y - 8 * size, 17 * size, 14 * size), INK)
    plate.fill(oval(x - 38 * size, y - 20 * size, 11 * size, 6 * size), INK)


def snow() -> Image.Image:
    """A heap that was a motor scooter, with two twigs for arms and the cap of a driver."""
    plate = Plate(1280, 960, NIGHT, seed=21)
    plate.hatch(box(0, 0, 1280, 600), INK, gap=9, tone=falling(0, 620, 0.7, 0.2))
    for left, top, right, floors in ((-20, 120, 250, 5), (270, 230, 500, 4), (770, 170, 1010, 5), (1030, 80, 1300, 6)):
        plate.fill(box(left, top, right, 640), "#1a252e", edge=4)
        plate.hatch(box(left, top, right, 640), BLUE, gap=10, angle=90, tone=aside(left, right, 0.05, 0.22))
        plate.fill(curve([(left - 8, top + 4), ((left + right) / 2, top - 22), (right + 8, top + 4)]), CREAM)
        for floor in range(floors):
            for x in range(left + 40, right - 40, 62):
                is_lit = plate.chance.random() < 0.4
                y = top + 40 + floor * 86
                plate.fill(box(x, y, x + 34, y + 46), OCHRE if is_lit else INK, edge=3)
                if is_lit:
                    plate.line([(x + 17, y), (x + 17, y + 46)], 3)
                plate.line([(x - 4, y + 50), (x + 38, y + 50)], 7, CREAM)
    # The lamp.
    plate.fill(oval(640, 250, 150, 150), "#5a5b4d")
    plate.hatch(
        oval(640, 250, 150, 150),
        STRAW,
        gap=7,
        tone=lambda x, y: max(0.0, 0.9 - ((x - 640) ** 2 + (y - 250) ** 2) ** 0.5 / 150),
    )
    plate.line([(640, 240), (640, 700)], 12)
    plate.fill([(596, 236), (684, 236), (664, 190), (616, 190)], INK)
    plate.fill(oval(640, 252, 34, 22), STRAW, edge=4)
    plate.fill(curve([(606, 192), (640, 166), (674, 192)]), CREAM)
    ground = [*curve([(0, 640), (220, 610), (480, 640), (760, 606), (1020, 640), (1280, 612)]), (1280, 960), (0, 960)]
    plate.fill(ground, CREAM)
    plate.hatch(ground, BLUE, gap=13, tone=rising(620, 980, 0.5, 0.06), sway=5, length=240)
    heap = curve(
        [
            (250, 866),
            (300, 760),
            (330, 640),
            (420, 590),
            (500, 600),
            (560, 560),
            (640, 500),
            (730, 486),
            (810, 520),
            (850, 600),
            (900, 700),
            (980, 780),
            (1030, 866),
        ]
    )
    heap = [*heap, (1030, 880), (250, 880)]
    plate.fill(heap, "#ffffff", edge=6)
    plate.hatch(heap, BLUE, gap=10, angle=28, tone=rounded(600, 540, 520, 0.75), sway=3, length=120)
    plate.hatch(
        heap, INK, gap=10, angle=28, tone=lambda x, y: max(0.0, (x - 800) / 420) if y > 600 else 0, sway=3, length=120
    )
    # What is left to see of the scooter.
    plate.fill(oval(400, 872, 72, 26, 180, 360), INK)
    plate.fill(oval(890, 872, 72, 26, 180, 360), INK)
    plate.line(curve([(560, 590), (520, 560), (486, 566)]), 9)
    for colour, wider in (("#ffffff", 7), (BROWN, 0)):
        for twig, wide in (
            (curve([(636, 520), (560, 430), (500, 400), (452, 338)]), 10),
            ([(520, 410), (500, 350)], 7),
            (curve([(850, 590), (930, 510), (990, 490), (1050, 430)]), 10),
            ([(984, 492), (1010, 430)], 7),
        ):
            plate.line(twig, wide + wider, colour)
    for x in (688, 764):
        plate.dot(x, 566, 11)
    plate.fill([(716, 588), (650, 606), (722, 614)], OCHRE, edge=4)
    plate.line(oval(728, 622, 50, 26, 20, 150), 6)
    # The cap.
    crown = curve([(612, 470), (604, 424), (660, 392), (740, 380), (820, 396), (868, 430), (846, 474)])
    plate.fill([*crown, (846, 474), (612, 470)], NIGHT, edge=6)
    plate.hatch([*crown, (612, 470)], BLUE, gap=9, angle=70, tone=aside(700, 900, 0.05, 0.4))
    plate.fill([(632, 470), (836, 474), (830, 512), (640, 506)], INK)
    plate.line([(636, 488), (832, 493)], 7, OCHRE)
    plate.fill(curve([(628, 506), (640, 548), (730, 556), (780, 530), (836, 512)]), INK)
    plate.fill(oval(724, 440, 24, 24), OCHRE, edge=4)
    for _ in range(190):
        plate.dot(
            plate.chance.uniform(0, 1280), plate.chance.uniform(0, 960), plate.chance.choice((3, 4, 6)), "#ffffff"
        )
    return plate.finished()


def shutters() -> Image.Image:
    """The first window of the day."""
    plate = Plate(1280, 960, "#e3c9a4", seed=31)
    for row, y in enumerate(range(-10, 960, 46)):
        x = -60.0 - 45 * (row % 2)
        while x < 1280:
            wide = plate.chance.uniform(84, 100)
            brick = box(x + 3, y + 3, x + wide - 3, y + 43)
            plate.fill(brick, plate.chance.choice(("#dcbd94", "#d2ab80", "#e0c49d", "#cfa67c")))
            if plate.chance.random() < 0.45:
                plate.hatch(brick, INK, gap=8, angle=plate.chance.choice((0, 30)), tone=0.16)
            x += wide
    window = box(440, 150, 840, 730)
    plate.fill(box(410, 120, 870, 760), PAPER, edge=6)
    plate.hatch(box(410, 120, 870, 760), INK, gap=8, angle=90, tone=aside(400, 900, 0.4))
    plate.fill(window, "#4a3527", edge=6)
    plate.hatch(window, INK, gap=9, angle=90, tone=falling(150, 720, 0.7, 0.1))
    # The room: a lamp, shelves with books.
    plate.hatch(
        oval(640, 330, 180, 170),
        STRAW,
        gap=8,
        tone=lambda x, y: max(0.0, 0.9 - ((x - 640) ** 2 + (y - 330) ** 2) ** 0.5 / 190),
    )
    plate.line([(640, 150), (640, 270)], 5, PAPER)
    plate.fill([(590, 322), (690, 322), (664, 264), (616, 264)], OCHRE, edge=5)
    plate.fill(oval(640, 330, 24, 14), CREAM)
    for shelf in (470, 600):
        x = 452.0
        while x < 812:
            wide, high = plate.chance.uniform(15, 30), plate.chance.uniform(64, 100)
            if plate.chance.random() < 0.85:
                book = box(x, shelf - high, x + wide, shelf)
                plate.fill(book, plate.chance.choice((RED, OCHRE, GREEN, BLUE, STONE, PAPER)), edge=3)
                plate.line([(x + 4, shelf - high + 15), (x + wide - 4, shelf - high + 15)], 3)
            x += wide
        plate.fill(box(446, shelf, 834, shelf + 12), OCHRE, edge=3)
    # The frame.
    for line in ([(640, 344), (640, 726)], [(444, 400), (836, 400)]):
        plate.line(line, 15)
        plate.line(line, 8, PAPER)
    for left, right in ((120, 404), (876, 1160)):
        plate.fill(box(left, 130, right, 750), GREEN, edge=6)
        plate.hatch(box(left, 130, right, 750), INK, gap=8, angle=90, tone=aside(left, right, 0.3, 0.05))
        for top, bottom in ((166, 420), (460, 714)):
            plate.fill(box(left + 34, top, right - 34, bottom), "#4c5834", edge=4)
            for y in range(top + 8, bottom - 8, 21):
                plate.fill(
                    [(left + 38, y), (right - 38, y), (right - 38, y + 13), (left + 38, y + 13)], GREEN, edge=2.5
                )
                plate.line([(left + 42, y + 3), (right - 42, y + 3)], 2.5, MOSS)
    # The sill, with what grows on it.
    plate.fill(box(380, 752, 900, 790), PAPER, edge=6)
    plate.hatch(box(380, 770, 900, 790), INK, gap=6, tone=0.5)
    for x in (500, 640, 780):
        _pot(plate, x, 752)
    plate.hatch([(380, 790), (900, 790), (960, 960), (440, 960)], INK, gap=11, angle=60, tone=0.24)
    return plate.finished()


def _pot(plate: Plate, x: float, y: float) -> None:
    for _ in range(26):
        at_x, at_y = x + plate.chance.uniform(-56, 56), y - 60 - plate.chance.uniform(8, 78)
        plate.line([(x, y - 58), (at_x, at_y)], 3.5, "#3f4a2a")
        leaf: Outline = oval(at_x, at_y, 12, 7)
        plate.fill(leaf, plate.chance.choice((GREEN, MOSS)), edge=2.5)
    for _ in range(7):
        at_x, at_y = x + plate.chance.uniform(-50, 50), y - 80 - plate.chance.uniform(0, 66)
        plate.fill(oval(at_x, at_y, 11, 11), RED, edge=2.5)
        plate.dot(at_x, at_y, 3.5, STRAW)
    pot = [(x - 40, y - 62), (x + 40, y - 62), (x + 29, y), (x - 29, y)]
    plate.fill(pot, "#c0714a", edge=5)
    plate.hatch(pot, INK, gap=7, angle=90, tone=aside(x - 10, x + 50, 0.7))
    plate.fill(box(x - 46, y - 72, x + 46, y - 54), "#c0714a", edge=5)
