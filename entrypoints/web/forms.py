"""Forms, their values and their errors. Also the parameters of paging, filters and idempotency."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode

from flask import abort, request
from flask_babel import gettext

from application.ports.paging import Window
from domain.comments import not_answerable
from domain.errors import Invalid, Problem
from domain.ids import ID_PATTERN, LARGEST
from domain.once import OnceKey
from entrypoints.words import sentence

E = TypeVar("E", bound=Enum)

_ID = re.compile(ID_PATTERN)
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_ONCE = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


class Form:
    """`values` by name, '' when absent. `errors` are sentences by name ('' for the whole form). `problems` are all of
    them, in order."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values: dict[str, str] = defaultdict(str, values or {})
        self.errors: dict[str, list[str]] = defaultdict(list)
        self.problems: list[tuple[str, str]] = []

    @classmethod
    def sent(cls) -> "Form":
        """The form that the request carries."""
        return cls(request.form.to_dict())

    @property
    def is_blank(self) -> bool:
        return not self.problems and not any(self.values.values())

    def trimmed(self, name: str) -> str:
        """A value of one line without the blanks around it, which people copy along."""
        return trimmed(self.values[name])

    def refuse(self, error: Invalid) -> None:
        for problem in error.problems:
            self.add(problem)

    def add(self, problem: Problem) -> None:
        if problem.field == "once":
            # The key was used for another text. The text is kept, and the form gets a new key.
            self.values["once"] = ""
            problem = Problem("", problem.code)
        if problem.field == "reply_to":
            # The text is kept, and no longer answers anything.
            self.values["reply_to"] = ""
            problem = Problem("", problem.code)
        text = sentence(problem, gettext)
        self.errors[problem.field].append(text)
        self.problems.append((problem.field, text))

    def in_order(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """The problems in the order of the fields on the page. Problems of no field come first."""
        places = {name: place for place, name in enumerate(names, start=1)}
        return sorted(self.problems, key=lambda problem: places.get(problem[0], 0))

    def version(self) -> int | None:
        """The version that was edited. None when the form has none."""
        text = self.values["version"]
        if not text:
            return None
        if not _DIGITS.fullmatch(text):
            raise Invalid("", "version")
        return int(text)

    def id(self, name: str) -> int:
        """An id in a hidden field. What is none is not from a form of this site. Raises Invalid("", "version")."""
        text = self.values[name]
        if not _is_id(text):
            raise Invalid("", "version")
        return int(text)

    def reply_to(self) -> int | None:
        """The comment that the text answers. Raises Invalid."""
        text = self.values["reply_to"]
        if text and not _is_id(text):
            raise not_answerable()
        return int(text) if text else None

    def once(self) -> OnceKey | None:
        """The idempotency key of the form, with a digest of the text. None if the key is missing or malformed."""
        # Tags are last, so that a form of an older version, which has none, keeps its digest.
        parts = (self.values["title"], self.values["body"], self.values["reply_to"], self.values["tags"])
        typed = "\0".join(parts if parts[-1] else parts[:-1])
        return self.once_for(typed.encode(errors="replace"))

    def once_for(self, sent: bytes) -> OnceKey | None:
        """As `once`, for what else the form carries."""
        if not _ONCE.fullmatch(self.values["once"]):
            return None
        return OnceKey(key=f"web:{self.values['once']}", digest=hashlib.sha256(sent).hexdigest())


def trimmed(text: str) -> str:
    """Without blanks around it. Line breaks stay, because no field of one line has any."""
    return text.strip(" \t\u00a0\u3000")


def window(size: int) -> Window:
    """The page that the URL asks for: `?before=ID` or `?after=ID`. A value that is no id is no page: 404."""
    return Window(size, before=id_in_url("before"), after=id_in_url("after"))


def id_in_url(name: str) -> int | None:
    """The id that the URL gives to this name. A value that is no id is no page: 404."""
    text = request.args.get(name)
    if text is None:
        return None
    if not _is_id(text):
        abort(404)
    return int(text)


def choice(kind: type[E], name: str) -> E | None:
    """What the URL filters a list by. None when it names nothing. As with a cursor, what is none of them is no page:
    404."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        abort(404)


def number(name: str) -> int | None:
    """A number from 1 on that the URL names. As with a cursor, what is none is no page: 404."""
    text = request.args.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        abort(404)
    return int(text)


def filtered(path: str, filters: Mapping[str, str | Enum | None]) -> str:
    """The path with a query that names the filters that are set."""
    given = {name: each.value if isinstance(each, Enum) else each for name, each in filters.items() if each}
    return f"{path}?{urlencode(given, errors='replace')}" if given else path


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None and int(text) <= LARGEST
