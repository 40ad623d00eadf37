"""The opening of a post, for lists: two to four lines of running text. Code, tables, lists and notes stay on the page
of the post, so that a screen holds several openings."""

import re
from itertools import dropwhile
from unicodedata import combining, east_asian_width

from adapters.markdown.pictures import said
from adapters.markdown.tokens import Token, text
from adapters.markdown.tree import direct
from domain.texts import says_something

# In columns: a Chinese character takes two. A line of a list has about 70 of them, and 43 on a phone.
_LINE = 70
_ENOUGH = 100
_AT_MOST = 180
# A post of a few lines is shown whole.
_WHOLE = 4 * _LINE
_BREAK = 35
# One visible character may link to an address of 2,000. Links beyond this, in characters of addresses, become text.
_ADDRESSES_AT_MOST = 1_000

_TEXTS = frozenset(("block_text", "heading", "paragraph", "summary", "table_cell"))
# The list shows the first picture beside the opening.
_PICTURES = ("figure", "picture")
_MARKS = {True: "☑ ", False: "☐ "}
_SENTENCE_END = re.compile(r"[.!?…؟۔।][\"'”’»)\]]*(?=\s)|[。！？][”’」』）]*")
_PAUSE_END = re.compile(r"[.!?…؟۔।。！？:;：；,，、][\"'”’»)\]」』）]*\Z")
_OPEN_END = re.compile(r"[\s,;:(\[，、；：（「『“‘-]+\Z")
_JOINED = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def excerpt(tokens: list[Token]) -> tuple[list[Token], bool]:
    """A paragraph or two, and whether the post has more. Never empty if the post is not. Does not change `tokens`."""
    blocks = _without(("footnote_ref", "footnotes", *_PICTURES), tokens)
    if not _says_something(blocks):
        blocks = _without(("footnote_ref", *_PICTURES), tokens)
    if not _says_something(blocks) and (pictured := said(tokens)) is not None:
        return _of_pictures(pictured), True
    if all(map(_is_running, blocks)) and sum(map(_lines, blocks)) <= _WHOLE:
        opening = blocks
    else:
        opening = _paragraphs(blocks) or _as_running_text(blocks)
    opening = _with_few_addresses(opening)
    return opening, opening != tokens


def _of_pictures(words: list[str]) -> list[Token]:
    """What stands for the pictures of a post that has nothing else: their words, or the kind of the post. Where the
    HTML is shown, the English word gives way to one in the language of the reader."""
    if not words:
        return [{"type": "kind", "raw": "Picture"}]
    return _as_running_text([{"type": "paragraph", "children": [text(each)]} for each in words])


def _paragraphs(blocks: list[Token]) -> list[Token]:
    """The first paragraph, and the next one if the first is short."""
    opening: list[Token] = []
    size = 0.0
    for block in dropwhile(lambda block: not _is_running(block), blocks):
        # What follows a list, say, does not go on from what was before it.
        if size >= _ENOUGH or not _is_running(block):
            break
        words = list(dropwhile(lambda token: token["type"] in ("linebreak", "softbreak"), block["children"]))
        opening.append({**block, "children": _beginning(words, _AT_MOST - size)})
        size += _lines(block)
    return opening


def _without(kinds: tuple[str, ...], tokens: list[Token]) -> list[Token]:
    return [
        {**token, "children": _without(kinds, token["children"])} if "children" in token else token
        for token in tokens
        if token["type"] not in kinds
    ]


def _is_running(block: Token) -> bool:
    """Whether this is a paragraph of words, and not only a picture."""
    if block["type"] != "paragraph":
        return False
    return _says_something([child for child in block["children"] if not child.get("attrs", {}).get("picture")])


def _says_something(tokens: list[Token]) -> bool:
    return says_something(_words(tokens))


def _lines(block: Token) -> float:
    """The columns of a block whose last line counts in full."""
    return -(-_columns(_words(block["children"])) // _LINE) * _LINE


def _columns(words: str) -> float:
    return sum(map(_width, words))


def _width(char: str) -> float:
    if char == "\v":
        return _BREAK
    # A mark takes no column, but a text may be nothing but marks.
    return 0.25 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def _words(tokens: list[Token]) -> str:
    """The visible text, with one character for a line break."""
    return "".join(
        {"linebreak": "\v", "softbreak": " "}.get(token["type"], "")
        or token.get("raw", "") + _words(token.get("children", []))
        for token in tokens
    )


def _as_running_text(blocks: list[Token]) -> list[Token]:
    """One paragraph of the first words of a post that has none. A post of rules alone keeps one."""
    joined: list[Token] = []
    for piece in _pieces(blocks):
        if _columns(_words(joined)) > _AT_MOST:
            break
        if joined:
            joined.append(text(" " if _PAUSE_END.search(_words(joined)) else " · "))
        joined += piece
    if not joined:
        return [block for block in blocks[:1] if block["type"] == "thematic_break"]
    paragraph = {"type": "paragraph", "children": _beginning(joined, _AT_MOST)}
    direct([paragraph])
    return [paragraph]


def _pieces(tokens: list[Token]) -> list[list[Token]]:
    """The texts of these blocks, without those that say nothing: items, cells, the first line of code."""
    pieces = []
    for token in tokens:
        children = token.get("children", [])
        if token["type"] in _TEXTS:
            pieces.append(children)
        elif token["type"] == "details":  # what is folded stays folded
            pieces += _pieces(children[:1])
        elif children:
            found = _pieces(children)
            if token["type"] == "task_list_item" and found:
                found[0] = [text(_MARKS[token["attrs"]["checked"]]), *found[0]]
            pieces += found
        else:
            line = token.get("raw", "").strip().partition("\n")[0]
            pieces.append([{"type": "codespan", "raw": line} if token["type"] == "block_code" else text(line)])
    return [piece for piece in pieces if _says_something(piece)]


def _beginning(tokens: list[Token], room: float) -> list[Token]:
    """The inline tokens up to the end of a sentence, or else of a word."""
    words = _words(tokens)
    end = _fitting(words, room)
    if end == len(words):
        return tokens
    if ends := [found.end() for found in _SENTENCE_END.finditer(words[: end + 1]) if end // 2 < found.end() <= end]:
        return _clipped(tokens, ends[-1])
    space = max(words.rfind(blank, 0, end + 1) for blank in " \n\v")
    if space > end // 2:
        end = space
    else:
        # A text without spaces (Chinese, or one endless word) is cut at any character, but not inside of one.
        while end > 1 and (combining(words[end]) or _JOINED.match(words[end]) or words[end - 1] == "\u200d"):
            end -= 1
    return [*_clipped(tokens, len(_OPEN_END.sub("", words[:end])) or end), text("…")]


def _fitting(words: str, room: float) -> int:
    for place, char in enumerate(words):
        room -= _width(char)
        if room < 0:
            return place
    return len(words)


def _clipped(tokens: list[Token], length: int) -> list[Token]:
    """The first characters of inline tokens."""
    clipped = []
    for token in tokens:
        size = len(_words([token]))
        if length <= 0:
            break
        if size <= length:
            clipped.append(token)
        elif "children" in token:
            clipped.append({**token, "children": _clipped(token["children"], length)})
        else:
            clipped.append({**token, "raw": token["raw"][:length]})
        length -= size
    return clipped


def _with_few_addresses(tokens: list[Token]) -> list[Token]:
    left = _ADDRESSES_AT_MOST

    def kept(token: Token) -> list[Token]:
        nonlocal left
        if "children" not in token:
            return [token]
        children = [new for child in token["children"] for new in kept(child)]
        if token["type"] == "link":
            left -= len(token["attrs"]["url"]) + len(token["attrs"].get("title") or "")
            if left < 0:
                return children
        return [{**token, "children": children}]

    return [new for token in tokens for new in kept(token)]
