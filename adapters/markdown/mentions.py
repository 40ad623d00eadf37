"""Links to the members whom a text mentions."""

from collections.abc import Iterator

from adapters.markdown.tokens import Token, text
from domain.identifiers import username_key
from domain.mentions import mentions


def with_mention_links(words: str, members: frozenset[str]) -> Iterator[Token]:
    """The text, with a link at each mention of one of these members. `members` are keys of usernames."""
    done = 0
    for mention in mentions(words):
        key = username_key(mention[1])
        if key not in members:
            continue
        if mention.start() > done:
            yield text(words[done : mention.start()])
        yield {"type": "link", "children": [text(mention[0])], "attrs": {"url": f"/{mention[0]}"}, "_mention": key}
        done = mention.end()
    if done < len(words):
        yield text(words[done:])


def mentioned(tokens: list[Token]) -> tuple[str, ...]:
    """The members to whom these tokens have links, in the order of the text, each once."""
    return tuple(dict.fromkeys(_keys(tokens)))


def _keys(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if "_mention" in token:
            yield token["_mention"]
        yield from _keys(token.get("children", []))
