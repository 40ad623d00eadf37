"""The texts of the demo, read from `content/`: `people.toml`, and one folder of posts for each member.

The file of a post has a head (`Title:`, `Edited: yes`, `After: author/number`, `Tags:`, all optional), the text, and
the comments. Each comment follows a line `=== @username`, or `=== @username to @another`, which answers the last
comment of the other above it. That line may end with brackets: `edited`, `later`, `today`, `hidden by @username:
reason`.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.display import Language
from domain.roles import Role

_CONTENT = Path(__file__).parent / "content"
_HEAD = re.compile(r"(?:(?:Title|Edited|After|Tags): .*\n)+\n")
_REMARK = re.compile(
    r"^=== @(?P<author>\S+)(?: to @(?P<answered>\S+))?"
    r"(?: \((?:(?P<note>edited|later|today)|hidden by @(?P<moderator>\S+): (?P<reason>.+))\))?$",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """`picture` names the one that they show of themselves, if they do."""

    username: str
    name: str = ""
    location: str = ""
    about_me: str = ""
    time_zone: str = ""
    role: Role = Role.USER
    confirmed: bool = True
    language: Language = Language.ENGLISH
    picture: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A comment. `answered` is the username of whom it answers, or empty. `later` means that it was written days after
    the one before, and `today` in the last hours. `moderator` hid it, and is empty if the comment is not hidden."""

    author: str
    answered: str
    body: str
    edited: bool
    later: bool
    today: bool
    moderator: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """A post and its comments, in order. `key` is `author/number`. `after` names earlier posts that it refers to."""

    key: str
    after: frozenset[str]
    author: str
    title: str
    body: str
    tags: tuple[str, ...]
    edited: bool
    remarks: tuple[Remark, ...]


def people() -> list[Person]:
    """All members, the administrator first."""
    return [_person(entry) for entry in tomllib.loads(_read(_CONTENT / "people.toml"))["people"]]


def conversations() -> list[Conversation]:
    """The posts, member by member, each in the order of writing. The first is the first post of the site."""
    return [
        conversation
        for person in people()
        for conversation in _written_by(person.username, sorted((_CONTENT / "posts" / person.username).glob("*.md")))
    ]


def _person(entry: dict[str, Any]) -> Person:
    parsed = {
        "about_me": entry.get("about_me", "").strip(),
        "role": Role(entry.get("role", "User")),
        "language": Language(entry.get("language", "en")),
    }
    return Person(**entry | parsed)


def _written_by(author: str, paths: Iterable[Path]) -> list[Conversation]:
    written: list[Conversation] = []
    for path in paths:
        key = f"{author}/{path.name.partition('-')[0]}"
        written.append(_conversation(key, author, _read(path), {before.key for before in written[-1:]}))
    return written


def _conversation(key: str, author: str, text: str, after: set[str]) -> Conversation:
    head = _HEAD.match(text)
    fields = dict(line.split(": ", 1) for line in head.group().splitlines() if line) if head else {}
    remarks = list(_REMARK.finditer(text))
    ends = [remark.start() for remark in remarks] + [len(text)]
    return Conversation(
        key=key,
        after=frozenset(after | set(fields.get("After", "").split())),
        author=author,
        title=fields.get("Title", ""),
        body=text[head.end() if head else 0 : ends[0]].strip(),
        tags=tuple(fields.get("Tags", "").split()),
        edited="Edited" in fields,
        remarks=tuple(_remark(remark, text[remark.end() : end]) for remark, end in zip(remarks, ends[1:], strict=True)),
    )


def _remark(found: re.Match[str], body: str) -> Remark:
    return Remark(
        author=found["author"],
        answered=found["answered"] or "",
        body=body.strip(),
        edited=found["note"] == "edited",
        later=found["note"] == "later",
        today=found["note"] == "today",
        moderator=found["moderator"] or "",
        reason=found["reason"] or "",
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
