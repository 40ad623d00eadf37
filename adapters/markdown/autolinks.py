"""Links without brackets: GitHub Flavored Markdown, "Autolinks (extension)".

Beyond it, the punctuation of other scripts and of typography ends an address, and an address may follow it.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

import mistune
from mistune.core import InlineState
from mistune.helpers import unescape_char

from adapters.markdown.sanitizers import is_allowed
from adapters.markdown.tokens import Token, text

# White space, and punctuation that no address contains unless it is percent-encoded: of typography, Chinese, Japanese
# and Korean, Arabic, Armenian, Ethiopic, Indic, Khmer and Burmese. Middle dots and the marks within Hebrew and Tibetan
# words are not among them, because names have them.
_TYPOGRAPHIC = (
    r"\xab\xbb\u2010-\u2026\u2030-\u205e\u3001-\u3003\u3008-\u3011\u3014-\u301f\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40"
    r"\uff5b-\uff64\ufe10-\ufe1f\ufe30-\ufe6f\u060c\u061b\u061f\u06d4\u0589\u055b-\u055e\u1361-\u1368\u0964\u0965\u17d4-\u17da"
    r"\u104a\u104b"
)
_SPACE = r"\s\x00-\x20\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
# Longer addresses are not linked.
_AT_MOST = 2_000
_ADDRESS = re.compile(rf"[^<{_SPACE}{_TYPOGRAPHIC}]{{1,{_AT_MOST + 1}}}")
# Particles of Korean and Japanese follow an address without a space, and so do letters after emphasis around it.
_PARTICLE = r"[\u3041-\u309f\uac00-\ud7a3]"
_CJK = r"[\u1100-\u11ff\u2e80-\u2fff\u3005-\u3007\u3041-\u30ff\u3105-\u318f\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]"
_GLUED = re.compile(rf"(?<=[A-Za-z0-9]){_PARTICLE}|(?:(?<=\*)|(?<=~~)){_CJK}")
# No top-level domain begins with Latin letters and goes on with these.
_AFTER_TOP_LEVEL = re.compile(rf"(?<=[A-Za-z]){_CJK}[^.]*\Z")
# The beginning is found at its last, rare character; the letters before it are in the token before.
_BEGINNING = r"(?<=[Hh][Tt][Tt][Pp])://|(?<=[Hh][Tt][Tt][Pp][Ss])://|(?<=www)\."
_SCHEME = re.compile(r"(?<![A-Za-z])https?\Z", re.IGNORECASE)
_WWW = re.compile(rf"(?:\A|(?<=[\s*_~({_TYPOGRAPHIC}\u2e80-\U0003ffff]))www\Z")
_DOMAIN = re.compile(r"[^\x00-/:-@\[-^`{-\x7f][^\x00-,/:-@\[-^`{-\x7f]*")
# User information, with which an address deceives.
_USER = re.compile(r"[^/?#@]*@")
_AFTER_DOMAIN = re.compile(r":[0-9]|[/?#]|\Z")
_TRAILING = frozenset("?!.,:*_~'\"")
_ENTITY = re.compile(r"&[A-Za-z0-9]+;\Z")
_ENTITY_AT_MOST = 40

_AT = re.compile("@")
_LOCAL_PART = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-_")
_MAIL_DOMAIN = re.compile(r"@[A-Za-z0-9_-]+(?:\.(?=[A-Za-z0-9])[A-Za-z0-9_-]+)+")
_PREFIX = re.compile(r"(?<![A-Za-z0-9])(?:mailto|xmpp):\Z")


def link_bare_addresses(inline: mistune.InlineParser) -> None:
    inline.register("bare_link", _BEGINNING, _parse_bare_link, start_chars=(":", "."))


def _parse_bare_link(inline: mistune.InlineParser, match: re.Match[str], state: InlineState) -> int | None:
    before = state.tokens[-1] if state.tokens else None
    if before is None or before["type"] != "text" or state.depth >= inline.max_nested_level:
        return None
    begun = (_WWW if match[0] == "." else _SCHEME).search(state.src, max(match.start() - 5, 0), match.start())
    if begun is None or before.get("_emphasis") is False or not before["raw"].endswith(begun[0]):
        return None
    prefix, start = "http://" if match[0] == "." else "", begun.start()
    address = _address_at(state.src, start, match.end(), in_brackets=bool(state.brackets))
    url = _quoted(prefix + address)
    if not address or not is_allowed(url):
        return None
    before["raw"] = before["raw"][: -len(begun[0])]
    # In the text of a link it is only text, which may have escapes.
    as_text = unescape_char(address)
    state.append_token({"type": "link", "children": [text(address)], "attrs": {"url": url}, "_autolink": as_text})
    return start + len(address)


def _address_at(src: str, start: int, domain_start: int, *, in_brackets: bool) -> str:
    """The address from `start` on, empty when it is too long or has no valid domain."""
    found = _ADDRESS.match(src, start)
    assert found is not None  # it has begun
    address = found[0].partition("]")[0] if in_brackets else found[0]
    if glued := _GLUED.search(address):
        address = address[: glued.start()]
    address = "" if len(address) > _AT_MOST else _without_trailing(address)
    domain = _DOMAIN.match(address, domain_start - start)
    if domain is None or _USER.match(address, domain_start - start) or "_" in "".join(domain[0].split(".")[-2:]):
        return ""
    # Nothing but a port, a path, a query or a fragment belongs to an address after its domain.
    end = domain.end()
    if after := _AFTER_TOP_LEVEL.search(address, domain.start(), end):
        return address[: after.start()]
    return address if _AFTER_DOMAIN.match(address, end) else address[:end]


def _without_trailing(address: str) -> str:
    """Punctuation at the end belongs to the sentence, and so does a bracket that the address does not open."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while end:
        last = address[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last == ";":
            entity = _ENTITY.search(address, max(0, end - _ENTITY_AT_MOST), end)
            end -= len(entity[0]) - 1 if entity else 0
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]


def _quoted(url: str) -> str:
    """Percent-encodes what may not be in an address. Unlike mistune's function it resolves no entities."""
    return quote(url, safe=":/?#@!$&()*+,;=%~", errors="replace")


def with_mail_links(words: str) -> Iterator[Token]:
    """The text, with its e-mail addresses as links."""
    done = 0
    for at in _AT.finditer(words):
        domain = _MAIL_DOMAIN.match(words, at.start())
        if domain is None or not domain[0][-1].isalpha() or words.startswith("@", domain.end()):
            continue
        start = at.start()
        while start > done and words[start - 1] in _LOCAL_PART:
            start -= 1
        if start == at.start():
            continue
        prefix = _PREFIX.search(words, max(done, start - 8), start)
        if prefix and prefix[0] == "xmpp:":  # a link that may not be
            continue
        url = f"mailto:{words[start : domain.end()]}"
        if not is_allowed(url):  # it is too long
            continue
        start = prefix.start() if prefix else start
        if start > done:
            yield text(words[done:start])
        yield {"type": "link", "children": [text(words[start : domain.end()])], "attrs": {"url": url}}
        done = domain.end()
    if done < len(words):
        yield text(words[done:])
