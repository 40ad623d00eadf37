"""The commands of a guide: its blocks in a fence of `sh`, in their order, by heading."""

import re
from collections.abc import Iterator
from pathlib import Path

_PART = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(guide: Path) -> Iterator[tuple[str, str]]:
    """Pairs of a heading and the commands below it."""
    heading, found = "", False
    for part in _PART.finditer(guide.read_text(encoding="utf-8")):
        if part["heading"]:
            heading = part["heading"]
        else:
            found = True
            yield heading, part["commands"]
    assert found
