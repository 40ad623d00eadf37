"""Removes secrets from what is logged: tokens of mailed links, other tokens, and addresses."""

import re

_LINK = re.compile(r"(/(?:confirm|reset|settings/email|unsubscribe)/|[?&]invitation=)[^/?&\s\"']+")
# The part before the @ may hold apostrophes, slashes and equals signs, and has 64 letters at most (RFC 5321, sections
# 4.1.2 and 4.5.3.1). Without a limit, long texts take time by the square of their length.
_ADDRESS = re.compile(r"[^\s<>\"(),;:@]{1,64}@[\w-]+(?:\.[\w-]+)+")
# A JSON Web Token (RFC 7519), whatever stands before it.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{8,}\.[\w-]{8,}\.[\w-]{16,}")
# What ends a line in some viewer, drives a terminal, or turns the direction of a text (UAX #9); and lone surrogates.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def masked(text: str) -> str:
    """The text with stars for what must not be logged."""
    return _ADDRESS.sub("***", _TOKEN.sub("***", _LINK.sub(r"\1***", text)))


def escaped(text: str) -> str:
    """The text in one line, as a terminal and a log viewer show it whatever is in it."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
