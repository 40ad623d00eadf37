"""The pictures of the demo, which are drawn by code. So they are free of anybody's rights."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO

from PIL import Image

from adapters.pictures.making import InlinePictureMaker
from application.ports.pictures.making import MadePicture
from entrypoints.demo.pictures import faces, night, outside, rooms, sea, things

# By name. Texts of the demo show the first, and members show the others of themselves.
SCENES: Mapping[str, Callable[[], Image.Image]] = {
    "lighthouse": sea.lighthouse,
    "boat": sea.boat,
    "gate": night.gate,
    "kettle": night.kettle,
    "emperor": night.emperor,
    "tiger": night.tiger,
    "emerald": night.emerald,
    "wall": outside.wall,
    "snow": outside.snow,
    "shutters": outside.shutters,
    "bread": things.bread,
    "cat": rooms.cat,
    "chart": things.chart,
    "chord": things.chord,
    "table": rooms.table,
}
FACES: Mapping[str, Callable[[], Image.Image]] = {"binder": faces.binder, "sailor": faces.sailor}
# Of the JPEG that is sent. One sees no loss, and it is written fast.
_QUALITY = 95
# Pillow writes files without Python's lock.
_AT_ONCE = 2


@cache
def made() -> Mapping[str, MadePicture]:
    """All of them by name, put through the maker of the site. The first call takes some seconds."""
    names = [*SCENES, *FACES]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(names, pool.map(_made, names), strict=True))


def _made(name: str) -> MadePicture:
    maker, sent = InlinePictureMaker(), BytesIO()
    draw = SCENES.get(name) or FACES[name]
    draw().save(sent, "JPEG", quality=_QUALITY, subsampling=0)
    send = maker.portrait if name in FACES else maker.picture
    return send(sent.getvalue(), account_id=0)
