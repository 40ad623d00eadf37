"""Pictures that two members show of themselves."""

from PIL import Image

from entrypoints.demo.pictures.engraving import (
    BLUE,
    CREAM,
    INK,
    MIST,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    STONE,
    STRAW,
    Plate,
    aside,
    box,
    curve,
    oval,
    rounded,
)

_SKIN = "#e9c39a"


def binder() -> Image.Image:
    """With a bun and round spectacles."""
    plate = Plate(430, 430, "#c98d52", seed=91)
    plate.hatch(plate.whole, INK, gap=9, angle=45, tone=rounded(180, 170, 420, 0.5))
    plate.fill(oval(222, 66, 52, 44), STONE, edge=6)
    plate.hatch(oval(222, 66, 52, 44), INK, gap=8, angle=30, tone=0.4, sway=2, length=40)
    coat = [*curve([(40, 440), (70, 360), (150, 326), (280, 326), (360, 360), (396, 440)]), (40, 440)]
    plate.fill(coat, NIGHT, edge=6)
    plate.hatch(coat, BLUE, gap=9, angle=80, tone=0.35)
    plate.fill([(176, 300), (254, 300), (250, 360), (214, 384), (178, 360)], _SKIN, edge=5)
    face = curve(
        [
            (128, 190),
            (140, 120),
            (214, 96),
            (290, 120),
            (302, 190),
            (292, 262),
            (252, 316),
            (214, 326),
            (176, 316),
            (138, 262),
        ],
        closed=True,
    )
    plate.fill(face, _SKIN, edge=6)
    plate.hatch(face, INK, gap=8, angle=70, tone=aside(200, 330, 0.65))
    hair = curve(
        [
            (116, 216),
            (112, 140),
            (150, 90),
            (214, 76),
            (280, 90),
            (318, 140),
            (314, 216),
            (296, 168),
            (256, 128),
            (214, 136),
            (172, 128),
            (134, 168),
        ],
        closed=True,
    )
    plate.fill(hair, CREAM, edge=6)
    plate.hatch(hair, INK, gap=8, angle=-28, tone=0.35, sway=3, length=60)
    for x in (168, 262):
        plate.fill(oval(x, 204, 40, 38), CREAM, edge=7)
        plate.dot(x + 2, 206, 10)
        plate.dot(x - 1, 202, 3.5, CREAM)
        plate.line(oval(x, 168, 32, 16, 205, 335), 6)
    plate.line(oval(215, 200, 10, 8, 190, 350), 6)
    plate.line([(128, 200), (112, 192)], 6)
    plate.line([(302, 200), (316, 192)], 6)
    plate.line(curve([(214, 214), (222, 246), (206, 252)]), 5)
    plate.line(curve([(176, 276), (214, 292), (254, 274)]), 6)
    plate.fill(
        curve([(140, 350), (214, 396), (290, 350), (276, 396), (214, 424), (152, 396)], closed=True), RED, edge=5
    )
    return plate.finished()


def sailor() -> Image.Image:
    """With a beard and a woollen cap, before the sea."""
    plate = Plate(430, 430, MIST, seed=92)
    plate.hatch(box(0, 0, 430, 250), INK, gap=10, tone=0.1)
    plate.fill(box(0, 250, 430, 430), BLUE)
    plate.hatch(box(0, 250, 430, 430), INK, gap=10, tone=0.4, sway=3, length=60)
    jacket = [*curve([(20, 440), (60, 360), (140, 330), (290, 330), (370, 360), (412, 440)]), (20, 440)]
    plate.fill(jacket, OCHRE, edge=6)
    plate.hatch(jacket, INK, gap=9, angle=78, tone=aside(180, 430, 0.6))
    face = curve([(122, 180), (214, 130), (308, 180), (304, 270), (214, 330), (126, 270)], closed=True)
    plate.fill(face, _SKIN, edge=6)
    plate.hatch(face, INK, gap=8, angle=70, tone=aside(210, 340, 0.6))
    beard = curve(
        [
            (108, 214),
            (136, 236),
            (170, 250),
            (214, 244),
            (260, 250),
            (292, 236),
            (322, 214),
            (326, 300),
            (280, 374),
            (214, 404),
            (148, 374),
            (104, 300),
        ],
        closed=True,
    )
    plate.fill(beard, "#a9552c", edge=6)
    plate.hatch(beard, INK, gap=9, angle=84, tone=0.38, sway=5, length=80)
    plate.fill(oval(214, 284, 34, 13), RED, edge=5)
    plate.line([(182, 282), (246, 282)], 4, CREAM)
    plate.line(curve([(140, 250), (180, 258), (214, 244), (248, 258), (290, 250)]), 8)
    for x in (172, 256):
        plate.fill(oval(x, 196, 19, 13), CREAM, edge=4.5)
        plate.dot(x + 2, 196, 8)
        plate.line(oval(x, 178, 27, 12, 200, 340), 9, "#7d3d20")
    plate.line(curve([(212, 196), (228, 232), (206, 240)]), 5)
    cap = [*curve([(106, 168), (112, 90), (160, 44), (214, 34), (270, 44), (318, 90), (324, 168)]), (106, 168)]
    plate.fill(cap, NIGHT, edge=6)
    plate.hatch(cap, BLUE, gap=12, angle=90, tone=0.4, sway=2, length=24)
    band = [
        (98, 136),
        *curve([(98, 136), (214, 112), (332, 136)]),
        (336, 184),
        *curve([(336, 184), (214, 156), (94, 184)]),
    ]
    plate.fill(band, RED, edge=6)
    plate.hatch(band, INK, gap=11, angle=90, tone=0.28)
    plate.dot(214, 32, 20, STRAW)
    plate.line(oval(214, 32, 20, 20), 5)
    plate.line([(40, 214), (66, 204), (86, 214), (66, 210), (40, 214)], 3, PAPER)
    return plate.finished()
