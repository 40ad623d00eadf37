"""What the demo's people say, read from `content/`: `people.toml`, and a folder of posts for each of them.

A post's file has a head of `Title:` and `Edited:`, its text, and its comments, each below `=== @username`; behind
that, in brackets, `(edited)` or `(hidden by @username: reason)`.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.roles import Role

_CONTENT = Path(__file__).parent / "content"
_COMMENT = re.compile(
    r"^=== @(?P<author>\S+)(?: \((?:(?P<edited>edited)|hidden by @(?P<moderator>\S+): (?P<reason>.+))\))?$",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    username: str
    name: str = ""
    location: str = ""
    about_me: str = ""
    role: Role = Role.USER
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A comment; `moderator` is who hid it, and empty where nobody did."""

    author: str
    body: str
    edited: bool
    moderator: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """A post and what was said below it, in order."""

    author: str
    title: str
    body: str
    edited: bool
    remarks: tuple[Remark, ...]


def people() -> list[Person]:
    """The administrator first."""
    return [_person(entry) for entry in tomllib.loads(_read(_CONTENT / "people.toml"))["people"]]


def conversations() -> list[Conversation]:
    """Each author's in the order in which they wrote them."""
    return [_conversation(path.parent.name, _read(path)) for path in sorted(_CONTENT.glob("posts/*/*.md"))]


def _person(entry: dict[str, Any]) -> Person:
    return Person(**entry | {"role": Role(entry.get("role", "User")), "about_me": entry.get("about_me", "").strip()})


def _conversation(author: str, text: str) -> Conversation:
    post, *rest = _COMMENT.split(text)
    head, _, body = post.partition("\n\n")
    said = {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}
    if not said.keys() <= {"Title", "Edited"}:  # a text without a head
        said, body = {}, post
    groups = _COMMENT.groups + 1
    return Conversation(
        author=author,
        title=said.get("Title", ""),
        body=body.strip(),
        edited="Edited" in said,
        remarks=tuple(_remark(*rest[at : at + groups]) for at in range(0, len(rest), groups)),
    )


def _remark(author: str, edited: str | None, moderator: str | None, reason: str | None, body: str) -> Remark:
    return Remark(
        author=author, body=body.strip(), edited=edited is not None, moderator=moderator or "", reason=reason or ""
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
