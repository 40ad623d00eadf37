"""Removes secrets from logged paths: the token of a mailed link."""

import re

_LINK = re.compile(r"(/(?:confirm|reset|settings/email)/)[^/?]+")


def masked(path: str) -> str:
    """The path with stars for tokens, and without line breaks or control characters."""
    return _LINK.sub(r"\1***", path).encode("unicode_escape").decode("ascii")
