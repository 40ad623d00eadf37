"""What no log may hold: the token in the path of a mailed link."""

import re

_LINK = re.compile(r"(/(?:confirm|reset|settings/email)/)[^/?]+")


def masked(path: str) -> str:
    """The path with tokens as stars, and without anything that could begin a line of its own."""
    return _LINK.sub(r"\1***", path).encode("unicode_escape").decode("ascii")
