"""Sanitizes rendered Markdown by an allowlist, with bleach or with nh3. Both give the same document.

A sanitizer only removes. The renderer writes `rel`, `dir`, roles, classes, and the ids of headings and footnotes. The
allowlist only admits them.
"""

import re
import threading
import unicodedata
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Protocol
from urllib.parse import unquote

import bleach
import nh3

from adapters.markdown.pictures import FULL_MEASURE
from domain.ids import ID_PATTERN

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "del", "details", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6"}
    | {"hr", "img", "kbd", "li", "mark", "ol", "p", "pre", "section", "span", "strong", "sub", "summary", "sup"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
EXTERNAL_REL = "nofollow ugc noopener"

_DIRECTED = ("blockquote", "details", "figure", "h2", "h3", "h4", "h5", "h6", "ol", "p", "section", "table", "ul")
# Of pictures of this site only.
_FILE = rf"/pictures/{ID_PATTERN}/[0-9]{{1,4}}"
_CANDIDATE = rf"{_FILE}\.webp [1-9][0-9]{{0,3}}w"

# The allowed values of each attribute. `style` is not allowed, nor a class, id or name that an author could choose.
_ATTRIBUTES = {
    ("a", "rel"): re.compile(EXTERNAL_REL),
    ("a", "role"): re.compile("doc-(noteref|backlink)"),
    ("a", "title"): re.compile(r".{1,500}", re.DOTALL),
    ("a", "class"): re.compile("picture|bare"),
    ("blockquote", "class"): re.compile("alert-(note|tip|important|warning|caution)"),
    ("code", "class"): re.compile(r"language-[A-Za-z0-9_+#.-]{1,30}"),
    ("img", "src"): re.compile(rf"{_FILE}\.jpg"),
    ("img", "srcset"): re.compile(rf"{_CANDIDATE}(, {_CANDIDATE}){{0,3}}"),
    ("img", "sizes"): re.compile(rf"{re.escape(FULL_MEASURE)}|min\([0-9]{{1,3}}px, 90vw\)"),
    ("img", "width"): re.compile("[1-9][0-9]{0,4}"),
    ("img", "height"): re.compile("[1-9][0-9]{0,4}"),
    ("img", "alt"): re.compile(".*", re.DOTALL),
    ("img", "loading"): re.compile("eager|lazy"),
    **{(f"h{level}", "id"): re.compile(r"h-[^\s\"'<>&]{1,120}") for level in range(2, 7)},
    **{(tag, "dir"): re.compile("auto") for tag in _DIRECTED},
    ("li", "class"): re.compile("task"),
    ("li", "id"): re.compile(r"fn-[0-9a-f]{8}-[0-9]{1,5}"),
    ("sup", "id"): re.compile(r"fnref-[0-9a-f]{8}-[0-9]{1,5}"),
    ("ol", "class"): re.compile("wide"),
    ("ol", "start"): re.compile(r"[0-9]{1,9}"),
    ("p", "class"): re.compile("kind"),
    ("pre", "tabindex"): re.compile("0"),
    ("span", "class"): re.compile(r"[a-z][a-z0-9]{0,3}"),
    ("section", "class"): re.compile("footnotes"),
    ("section", "role"): re.compile("doc-endnotes"),
    ("table", "tabindex"): re.compile("0"),
    ("td", "class"): re.compile("align-(left|center|right)"),
    ("th", "class"): re.compile("align-(left|center|right)"),
    ("th", "scope"): re.compile("col"),
}

# Percent-encoded ASCII only. Browsers drop tabs and line breaks in an address, and treat a backslash as a slash.
_PLAIN = re.compile(r"""[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]{1,2000}""")
_SCHEME = re.compile(r"[^/?#]*:")
_MAIL = re.compile(r"mailto:[^/?#]", re.IGNORECASE)
# No user information, because `https://bank.example@evil.example` deceives. The host is as the URL Standard parses it.
_SITE = re.compile(
    r"(?:https?:)?//(?P<host>(?:LABEL\.)*(?P<last>LABEL))\.?(?::(?P<port>[0-9]{1,5}))?(?=[/?#]|\Z)".replace(
        "LABEL", "(?:[a-z0-9_-]|%[89a-f][0-9a-f]){1,200}"
    ),
    re.IGNORECASE,
)
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


class Sanitizer(Protocol):
    def clean(self, html: str) -> str:
        """The HTML without anything that is not on the allowlist. Safe to call from several threads."""


def is_allowed(href: str) -> bool:
    """Whether a link may have this address: http, https, mailto, or a path on this site (RFC 3986 section 4.2)."""
    if not _PLAIN.fullmatch(href):
        return False
    return not is_external(href) or bool(_MAIL.match(href)) or _names_a_site(href)


def is_external(href: str) -> bool:
    """Whether an allowed address is on another site. `//host` is, although it names no scheme."""
    return href.startswith("//") or bool(_SCHEME.match(href))


def _names_a_site(href: str) -> bool:
    site = _SITE.match(href)
    if site is None or int(site["port"] or 0) > 65_535:
        return False
    try:
        host = unquote(site["host"], errors="strict")
        if not all(char.isalnum() or char in ".-_" or unicodedata.category(char).startswith("M") for char in host):
            return False
        host = host.encode("idna").decode("ascii")
        if _NUMBER.fullmatch(site["last"]):
            IPv4Address(host)
    except ValueError:
        return False
    return True


class BleachSanitizer:
    """The default. A `Cleaner` has the state of its parser, so each thread has its own."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def clean(self, html: str) -> str:
        cleaner = getattr(self._of_thread, "cleaner", None)
        if cleaner is None:
            cleaner = self._of_thread.cleaner = bleach.Cleaner(
                tags=TAGS,
                attributes=_may_stay,
                protocols={"http", "https", "mailto"},
                strip=True,
                strip_comments=True,
            )
        cleaned: str = cleaner.clean(html)
        return cleaned


class Nh3Sanitizer:
    """Rust's ammonia. It is many times faster than bleach and takes linear time, which bleach does not."""

    def __init__(self) -> None:
        attributes: dict[str, set[str]] = {"a": {"href"}}
        for tag, name in _ATTRIBUTES:
            attributes.setdefault(tag, set()).add(name)
        self._cleaner = nh3.Cleaner(
            tags=set(TAGS),
            attributes=attributes,
            attribute_filter=lambda tag, name, value: value if _may_stay(tag, name, value) else None,
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
            strip_comments=True,
        )

    def clean(self, html: str) -> str:
        return self._cleaner.clean(html)


def sanitizer_named(name: str) -> Sanitizer:
    """The sanitizer that the settings call `bleach` or `nh3`. Raises KeyError for another name."""
    known: dict[str, Callable[[], Sanitizer]] = {"bleach": BleachSanitizer, "nh3": Nh3Sanitizer}
    return known[name]()


def _may_stay(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        # Addresses are checked here, because the libraries' own check is too weak: bleach admits `javascript:123` and
        # `tel:0900`.
        return is_allowed(value)
    allowed = _ATTRIBUTES.get((tag, name))
    return allowed is not None and bool(allowed.fullmatch(value))
