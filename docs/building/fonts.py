"""Cuts Crimson Pro into the files that the stylesheet names: docs/decisions/0013-type.md.

The stylesheet is the one list: each `@font-face` says which letters, which slant and which weight its file has. Needs
fonttools and brotli, in an environment of their own, and the files of the npm package:

    npm pack @fontsource-variable/crimson-pro && tar xzf fontsource-variable-crimson-pro-*.tgz
    python docs/building/fonts.py package/files
"""

import hashlib
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

SHEET = Path(__file__).parents[2] / "entrypoints/web/static/site.css"
PARTS = ("latin", "latin-ext", "vietnamese")
# Ink is darker than a screen's 400.
REGULAR, BOLD = 430, 680
# Units in an em: a grid of half the size saves a tenth of each file, and is finer than any screen shows.
UNITS = 512


def main(sources: Path) -> None:
    sheet = SHEET.read_text(encoding="utf-8")
    taken: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    # Of two faces whose ranges overlap, a browser takes the last (CSS Fonts 4, section 4.5).
    for face in reversed(re.findall(r"@font-face \{(.+?)\}", sheet, re.DOTALL)):
        found = re.search(r'url\("(fonts/.+?)\?v=(.*?)"\)', face)
        if found is None:
            continue
        path = SHEET.parent / found[1]
        slant = "italic" if "font-style: italic" in face else "normal"
        weight = BOLD if "font-weight: 500" in face else REGULAR
        cut(sources, slant, weight, letters(face) - taken[slant, weight], path)
        taken[slant, weight] |= letters(face)
        fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        print(f"{path.stat().st_size:6} {path.name}")  # noqa: T201 - a table for who runs it
        sheet = sheet.replace(f"{found[1]}?v={found[2]}", f"{found[1]}?v={fingerprint}")
    SHEET.write_text(sheet, encoding="utf-8")


def cut(sources: Path, slant: str, weight: int, wanted: set[int], path: Path) -> None:
    left = set(wanted)
    with tempfile.TemporaryDirectory() as folder:
        cuts: list[str] = []
        for part in PARTS:
            font = TTFont(sources / f"crimson-pro-{part}-wght-{slant}.woff2", recalcTimestamp=False)
            here = left & font.getBestCmap().keys()
            if here:
                left -= here
                font.flavor = None
                cuts.append(f"{folder}/{part}.ttf")
                without_the_rest(instantiateVariableFont(font, {"wght": weight}), here).save(cuts[-1])
        whole = Merger().merge(cuts) if len(cuts) > 1 else TTFont(cuts[0])
        whole = without_the_rest(whole, wanted & whole.getBestCmap().keys())
        scale_upem(whole, UNITS)
        # Otherwise the same letters would get another fingerprint each time.
        whole["head"].created = whole["head"].modified = 0
        whole.flavor, whole.recalcTimestamp = "woff2", False
        whole.save(path)


def letters(face: str) -> set[int]:
    ranges = re.search(r"unicode-range:([^;]+);", face)
    assert ranges is not None
    spans = (span.strip().removeprefix("U+").partition("-") for span in ranges[1].split(","))
    return {letter for first, _, last in spans for letter in range(int(first, 16), int(last or first, 16) + 1)}


def without_the_rest(font: TTFont, wanted: set[int]) -> TTFont:
    options = subset.Options(hinting=False, layout_features=["liga"], name_IDs=[], glyph_names=False)
    options.drop_tables += ["STAT", "GDEF", "gasp", "prep"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    return font


if __name__ == "__main__":
    main(Path(sys.argv[1]))
