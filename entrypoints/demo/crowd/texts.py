"""The texts of a crowd: some 2,000 posts and as many comments, put together from sentences of the small demo."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from adapters.markdown.rendering import InlineRenderer
from application.ports.filling import CommentText
from application.rendering import post_html
from domain.comments import comment_text
from domain.posts import PostHtml, PostText
from domain.texts import shown
from entrypoints.demo.texts import conversations

TEXTS = 2_000
# In characters.
_SHORTEST, _LONGEST = 300, 1_500
_TITLE_AT_MOST = 60
_COMMENT_AT_MOST = 400
# Sentences that mean the same wherever they stand in Markdown.
_SENTENCE = re.compile(r"(?<![\w'])[A-Z][^*_`\[\]#<>|@!?.\\~&\n\"“”]{20,200}[.?](?=\s|$)")
_TAGS = (
    *(
        "garden",
        "bread",
        "boats",
        "weather",
        "books",
        "binding",
        "letters",
        "night",
        "trains",
        "snow",
        "music",
        "walks",
    ),
    *("tools", "repair", "birds", "kitchen", "tea", "coffee", "maps", "harbour", "library", "printing", "paper", "ink"),
    *("language", "translation", "memory", "childhood", "school", "work", "radio", "film", "photography", "drawing"),
    *("poetry", "history", "science", "stars", "mountains", "rivers", "cycling", "running", "chess", "games", "cats"),
    *("dogs", "bees", "mushrooms", "winter", "spring", "summer", "autumn", "city", "village", "neighbours", "family"),
    *("walks", "questions", "advice", "news", "site"),
)
# One of so many posts has each of these.
_HEADING, _LIST, _CODE, _QUOTE, _EMPHASIS = 8, 4, 12, 8, 3
_TITLED, _TAGGED = 0.85, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    posts: Sequence[tuple[PostText, PostHtml]]
    comments: Sequence[CommentText]
    sentences: Sequence[str]


def texts_of(chance: random.Random, renderer: InlineRenderer, *, posts: int, comments: int) -> Texts:
    """At most this many of each, all different, each rendered once."""
    writing = _Writing(chance)
    written = _different(writing.post, min(TEXTS, posts))
    said = _different(writing.comment, min(TEXTS, comments))
    return Texts(
        posts=[(text, post_html(renderer.post(text.body), renderer.version)) for text in written],
        comments=[
            CommentText(body=body, body_html=shown("body", renderer.comment(body).html), html_version=renderer.version)
            for body in said
        ],
        sentences=writing.sentences,
    )


T = TypeVar("T")


def _different(write: Callable[[], T], number: int) -> list[T]:
    made: dict[T, None] = {}
    while len(made) < number:
        made[write()] = None
    return list(made)


class _Writing:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        written = conversations()
        bodies = [each.body for each in written] + [remark.body for each in written for remark in each.remarks]
        found = (sentence.strip() for body in bodies for sentence in _SENTENCE.findall(body))
        self.sentences: list[str] = list(dict.fromkeys(found))
        # Few tags have most of the posts.
        self._weights = list(accumulate(1 / (place + 1) for place in range(len(_TAGS))))

    def post(self) -> PostText:
        chance = self._chance
        title = self._title() if chance.random() < _TITLED else ""
        # Most are short.
        body = self._body(_SHORTEST + int((_LONGEST - _SHORTEST) * chance.random() ** 2))
        return PostText.parse(title=title, body=body, tags=self._tags())

    def _title(self) -> str:
        """As many words of a sentence as fit."""
        words = f"{self._one().rstrip('.?')} "
        return words[: words.rfind(" ", 0, _TITLE_AT_MOST)]

    def comment(self) -> str:
        """One to four sentences."""
        said = " ".join(self._one() for _ in range(1 + int(4 * self._chance.random() ** 2)))
        return comment_text(said[:_COMMENT_AT_MOST])

    def _one(self) -> str:
        return self._chance.choice(self.sentences)

    def _tags(self) -> list[str]:
        if self._chance.random() > _TAGGED:
            return []
        number = self._chance.randint(1, 3)
        return list(dict.fromkeys(self._chance.choices(_TAGS, cum_weights=self._weights, k=number)))

    def _body(self, length: int) -> str:
        blocks = [self._block(is_first=True)]
        while len("\n\n".join(blocks)) < length:
            blocks.append(self._block(is_first=False))
        while len("\n\n".join(blocks)) > _LONGEST:
            blocks.pop()
        while len("\n\n".join(blocks)) < _SHORTEST:
            blocks.append(self._one())
        return "\n\n".join(blocks)

    def _block(self, *, is_first: bool) -> str:
        one_in = self._one_in
        if not is_first and one_in(_HEADING):
            return f"## {self._one().rstrip('.?')}"
        if not is_first and one_in(_LIST):
            return "\n".join(f"- {self._one()}" for _ in range(self._chance.randint(2, 4)))
        if not is_first and one_in(_CODE):
            return "```python\nfor leaf in book:\n    print(leaf.number, leaf.verso)\n```"
        paragraph = " ".join(self._one() for _ in range(self._chance.randint(2, 4)))
        if one_in(_EMPHASIS):
            first, _, rest = paragraph.partition(" ")
            paragraph = f"*{first}* {rest}"
        return f"> {paragraph}" if not is_first and one_in(_QUOTE) else paragraph

    def _one_in(self, number: int) -> bool:
        return self._chance.random() * number < 1
