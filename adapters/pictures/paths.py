"""Where the files of a picture lie in a store: `0197c/0197c3a1b2c4d5e6/640.webp`.

An id has 16 hexadecimal digits, so that names sort as ids do. Their first five name a folder above, which covers 4.6
hours, so that no folder grows without an end.
"""

import re

from domain.ids import LARGEST

_NAME = re.compile(r"[0-9]{1,4}\.(?:webp|jpg)", re.ASCII)
_FOLDER = re.compile(r"[0-9a-f]{5}", re.ASCII)
_PICTURE = re.compile(r"[0-9a-f]{16}", re.ASCII)
# By what an id is divided to get the number of its folder.
FOLDER_SPANS = 1 << 44


def stored_path(picture_id: int, name: str) -> str:
    """Of a file, relative to the store. Raises ValueError for what is no id, and for a name that is no number with
    `.webp` or `.jpg`."""
    if not is_file_name(name):
        raise ValueError("no name of a picture's file")
    return f"{picture_folder(picture_id)}/{name}"


def picture_folder(picture_id: int) -> str:
    """Of all files of a picture, relative to the store. Raises ValueError for what is no id."""
    if not 0 <= picture_id <= LARGEST:
        raise ValueError("no id")
    digits = f"{picture_id:016x}"
    return f"{digits[:5]}/{digits}"


def is_file_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def folder_number(folder: str) -> int | None:
    """Of a folder that holds pictures. None for another name."""
    return int(folder, 16) if _FOLDER.fullmatch(folder) else None


def picture_in(folder: str, picture: str) -> int | None:
    """The id of the picture whose files are in this folder of that folder. None for other names."""
    if not _PICTURE.fullmatch(picture) or picture[:5] != folder:
        return None
    picture_id = int(picture, 16)
    return picture_id if picture_id <= LARGEST else None


def picture_file(path: str) -> tuple[int, str] | None:
    """The picture and the name of the file at this path. None for every path that `stored_path` would not make."""
    folder, _, rest = path.partition("/")
    picture, _, name = rest.partition("/")
    picture_id = picture_in(folder, picture)
    return (picture_id, name) if picture_id is not None and is_file_name(name) else None
