"""Pictures of the sea: a lighthouse, a boat with a seal."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    CREAM,
    INK,
    MIST,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    STRAW,
    Outline,
    Plate,
    Tone,
    aside,
    box,
    curve,
    falling,
    oval,
    rising,
)


def lighthouse() -> Image.Image:
    plate = Plate(960, 1280, NIGHT, seed=3)
    lamp_x, lamp_y = 430, 320
    plate.hatch(box(0, 0, 960, 1010), INK, gap=9, tone=falling(0, 900, 0.75, 0.1), sway=2)
    for _ in range(46):
        plate.dot(
            plate.chance.uniform(20, 940), plate.chance.uniform(20, 760), plate.chance.choice((1.6, 2.2, 3.2)), CREAM
        )
    for beam in ([(960, 150), (960, 400)], [(0, 250), (0, 385)]):
        rays = [(lamp_x, lamp_y), *beam]
        far = beam[0][0]
        plate.fill(rays, "#5b6a5f")
        plate.hatch(rays, STRAW, gap=7, angle=-3, tone=_beam(lamp_x, far))
    plate.fill(oval(lamp_x, lamp_y, 92, 92), "#8d8a62")
    plate.hatch(oval(lamp_x, lamp_y, 92, 92), STRAW, gap=6, tone=0.7)
    # The sea, and the light on it.
    plate.fill(box(0, 1000, 960, 1280), "#1b2731")
    plate.hatch(box(0, 1004, 960, 1280), MIST, gap=15, tone=falling(1000, 1300, 0.3, 0.08), sway=4, length=130)
    plate.hatch(oval(700, 1075, 260, 60), STRAW, gap=15, tone=0.4, sway=4, length=70)
    tower = [(365, 410), (495, 410), (545, 1060), (315, 1060)]
    plate.fill(tower, CREAM)
    for top, bottom in ((520, 630), (750, 870)):
        plate.fill(_slice(tower, top, bottom), RED)
    plate.hatch(tower, INK, gap=7, angle=1, tone=aside(400, 540, 0.85))
    plate.line([*tower, tower[0]], 5)
    for y in (480, 690, 930):
        plate.fill([*oval(418, y, 13, 15, 180, 360), (431, y + 28), (405, y + 28)], INK)
    # The lantern.
    plate.fill(box(340, 392, 520, 414), INK)
    for x in range(346, 520, 19):
        plate.line([(x, 392), (x, 356)], 3, PAPER)
    plate.line([(340, 356), (520, 356)], 4, PAPER)
    plate.fill(box(383, 272, 477, 392), STRAW, edge=5)
    plate.fill(oval(430, 330, 22, 34), CREAM)
    for x in (407, 430, 453):
        plate.line([(x, 272), (x, 392)], 3)
    plate.fill([(370, 274), *curve([(370, 274), (392, 222), (430, 200), (468, 222), (490, 274)])], RED, edge=5)
    plate.line([(430, 200), (430, 166)], 4, PAPER)
    plate.dot(430, 164, 6, PAPER)
    rock = curve(
        [(60, 1150), (170, 1080), (250, 1088), (300, 1040), (560, 1040), (640, 1090), (730, 1098), (850, 1170)]
    )
    rock = [*rock, (960, 1280), (0, 1280)]
    plate.fill(plate.rough(rock, 3), INK)
    plate.hatch(rock, PAPER, gap=11, angle=62, tone=falling(1040, 1250, 0.34), sway=3)
    plate.fill(box(560, 990, 690, 1062), CREAM, edge=5)
    plate.hatch(box(560, 990, 690, 1062), INK, gap=7, angle=90, tone=aside(560, 700, 0.6))
    plate.fill([(545, 994), (580, 945), (672, 945), (706, 994)], INK)
    plate.fill(box(600, 1012, 622, 1040), OCHRE)
    return plate.finished()


def _beam(lamp: float, far: float) -> Tone:
    """Bright at the lamp, faint far away."""
    return lambda x, _: 0.9 - 0.8 * abs(x - lamp) / abs(far - lamp)


def _slice(tower: Outline, top: float, bottom: float) -> Outline:
    """The part of a tower between two heights."""
    (left_top, high), (right_top, _), (right_low, low), (left_low, _) = tower

    def at(upper: float, lower: float, y: float) -> float:
        return upper + (lower - upper) * (y - high) / (low - high)

    return [
        (at(left_top, left_low, top), top),
        (at(right_top, right_low, top), top),
        (at(right_top, right_low, bottom), bottom),
        (at(left_top, left_low, bottom), bottom),
    ]


def boat() -> Image.Image:
    plate = Plate(1280, 960, seed=5)
    horizon = 560
    plate.hatch(box(0, 0, 1280, horizon), INK, gap=10, tone=falling(0, 560, 0.34, 0.04))
    plate.fill(oval(930, 250, 118, 118), OCHRE)
    plate.hatch(oval(930, 250, 118, 118), PAPER, gap=13, tone=rising(180, 400, 0.7))
    for x, y, size in ((250, 190, 1.0), (1060, 420, 0.7), (420, 420, 0.5)):
        cloud = curve(
            [(-190, 30), (-150, -14), (-80, -22), (-30, -62), (50, -54), (90, -20), (160, -10), (190, 30)], count=6
        )
        cloud = [(x + size * a, y + size * b) for a, b in cloud]
        plate.fill(cloud, CREAM, edge=3)
        plate.hatch(cloud, INK, gap=8, tone=rising(y - 20, y + 40 * size, 0.5))
    plate.fill(box(0, horizon, 1280, 960), MIST)
    plate.hatch(box(0, horizon, 1280, 960), INK, gap=13, tone=rising(560, 1000, 0.6, 0.1), sway=4, length=150)
    plate.hatch(box(0, 700, 1280, 960), CREAM, gap=27, tone=0.16, sway=7, length=210)
    plate.hatch(oval(930, 620, 150, 62), OCHRE, gap=13, tone=0.55, sway=3)
    island = curve([(0, 556), (60, 520), (130, 512), (200, 535), (290, 560)])
    plate.fill([*island, (290, 564), (0, 564)], INK)
    # The sails, with the wind from the left.
    main = [
        *curve([(566, 92), (606, 280), (596, 470), (560, 632)]),
        (306, 628),
        *curve([(306, 628), (430, 420), (566, 92)]),
    ]
    plate.fill(main, CREAM, edge=5)
    plate.hatch(main, INK, gap=8, angle=74, tone=aside(330, 640, 0.5))
    for y in (250, 370, 490):
        plate.line([(566 - (y - 92) * 0.42, y + 20), (598, y)], 2.5)
    plate.fill(box(566, 70, 576, 668), INK)
    jib = [
        (590, 128),
        *curve([(590, 128), (700, 380), (828, 620)]),
        *curve([(828, 620), (720, 612), (606, 634), (648, 420), (590, 128)]),
    ]
    plate.fill(jib, RED, edge=5)
    plate.hatch(jib, INK, gap=8, angle=62, tone=aside(560, 900, 0.05, 0.5))
    plate.line([(300, 636), (582, 640)], 7)
    plate.fill([(571, 70), (640, 86), (571, 102)], RED, edge=3)
    hull = [
        (262, 660),
        *curve([(262, 660), (500, 684), (700, 676), (850, 640)]),
        *curve([(850, 640), (800, 730), (740, 768), (330, 768), (262, 660)]),
    ]
    plate.fill(hull, INK)
    plate.hatch(hull, PAPER, gap=12, angle=3, tone=falling(660, 780, 0.42), sway=2)
    plate.fill(curve([(400, 662), (420, 628), (520, 632), (560, 668)]), PAPER, edge=4)
    plate.fill(box(440, 640, 462, 654), INK)
    plate.fill(box(486, 642, 508, 656), INK)
    wave = curve(
        [(200, 776), (300, 750), (400, 778), (520, 756), (640, 780), (770, 752), (880, 784), (820, 812), (260, 812)],
        closed=True,
    )
    plate.fill(wave, CREAM, edge=3)
    plate.hatch(wave, INK, gap=7, tone=rising(756, 820, 0.5), sway=3, length=60)
    # The seal looks at the boat.
    seal = curve(
        [(976, 866), (986, 820), (950, 806), (940, 780), (968, 756), (1000, 720), (1050, 722), (1086, 768), (1112, 866)]
    )
    plate.fill([*seal, (980, 866)], INK)
    plate.hatch(seal, PAPER, gap=9, angle=80, tone=aside(1010, 1110, 0.4))
    plate.dot(1004, 754, 10, PAPER)
    plate.dot(1001, 754, 6)
    for y in (788, 796, 804):
        plate.line([(966, y), (908, y - 8 + (y - 788) * 2.5)], 2.5)
    for wide in (110, 160, 215):
        plate.line(oval(1040, 872, wide, wide * 0.16, 15, 165), 4, CREAM)
        plate.line(oval(1040, 878, wide, wide * 0.16, 15, 165), 3)
    return plate.finished()
