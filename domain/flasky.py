"""A community that moves here from Flasky, the blog of *Flask Web Development*: what becomes of what was allowed there.

All functions are deterministic, so that a second run decides as the first one did.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import chain, count

from domain.errors import DomainError, Invalid
from domain.identifiers import USERNAME_LIMIT, Email, Username
from domain.ids import make_id
from domain.profiles import ABOUT_ME_LIMIT, LOCATION_LIMIT, NAME_LIMIT, PublicProfile
from domain.roles import Role
from domain.texts import folded, one_line, says_something

# Texts longer than ours may be are kept up to this length. Only longer ones are cut.
KEPT_AT_MOST = 200_000
HIDDEN_REASON = "A moderator of the old site had disabled this comment."
# No mail leads there (RFC 2606).
NO_ADDRESS = "flasky.invalid"
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=1)


class Kind(Enum):
    """What was there. The values are stored."""

    USER = "user"
    POST = "post"
    COMMENT = "comment"
    FOLLOW = "follow"


class Outcome(Enum):
    """What the report tells of one thing, beside how many came."""

    LEFT_OUT = "left_out"
    RENAMED = "renamed"
    READDRESSED = "readdressed"  # the account has an address that no mail reaches
    JOINED = "joined"  # an account that was here before is the same person's
    ROLE = "role"
    ADMINISTRATOR = "administrator"
    PASSWORD = "password"  # it has to be set anew
    CUT = "cut"
    KEPT = "kept"  # though it breaks a rule for new texts
    PLAIN = "plain"  # the renderer refuses the text
    DATED = "dated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of the report. `code` says why. `before` and `after` are what was there and what is here instead.
    `followed` is for follows, whose `number` is that of the follower."""

    kind: Kind
    number: int
    outcome: Outcome
    code: str
    before: str = ""
    after: str = ""
    followed: int = 0


class AnotherSite(DomainError):
    """Another community of Flasky was brought here before. Its numbers mean other things."""


_ORDER = (Kind.USER, Kind.POST, Kind.COMMENT, Kind.FOLLOW)
# From one id of a kind to the next one.
ID_STEP = len(_ORDER)


def id_of(kind: Kind, number: int, at: datetime) -> int:
    """Things of one kind and one millisecond stay in the order of their numbers, unless these are very far apart.
    Things of two kinds never get the same id."""
    return make_id(at, number * ID_STEP + _ORDER.index(kind))


def id_of_follow(follower: int, followed: int, at: datetime) -> int:
    """The ids in the list of one follower, or of one author, all differ."""
    return id_of(Kind.FOLLOW, follower + followed, at)


def dated(at: datetime | None, *, previous: datetime, now: datetime) -> tuple[datetime, str]:
    """When the thing was made, and a code if that is not what was stored. Without a date it is that of the `previous`
    thing."""
    if at is None:
        return max(previous, _EARLIEST), "no_date"
    if at < _EARLIEST:
        return _EARLIEST, "too_early"
    return (now, "in_future") if at > now else (at, "")


# The permissions of the roles of both editions of the book.
_BITS = {7: Role.USER, 15: Role.MODERATOR, 31: Role.ADMINISTRATOR, 0xFF: Role.ADMINISTRATOR}
_LEAST = {Role.ADMINISTRATOR: 31, Role.MODERATOR: 15, Role.USER: 7}


def role_of(permissions: int | None, name: str) -> tuple[Role | None, str]:
    """The role here, and a code if it is another one. Nobody may do more than before: the role is the highest one whose
    permissions the member had, and None when there is no such role. Without a role, of a member from before
    there were roles, it is that of all."""
    if permissions is None:
        named = next((role for role in Role if role.value.lower() == name.strip().lower()), None)
        if named or not name:
            return (named, "") if named else (Role.USER, "no_role")
        permissions = 0
    if permissions in _BITS:
        return _BITS[permissions], ""
    return next((role for role, bits in _LEAST.items() if permissions & bits == bits), None), "custom_role"


def username_of(text: str, number: int, *, is_free: Callable[[str], bool]) -> tuple[Username, str]:
    """The username here, and a code if it is another one: `taken`, or that of the rule that `text` breaks. `is_free` is
    asked with usernames that keep the rules."""
    try:
        wanted = Username.parse(text)
        code = "taken"
        if is_free(wanted.text):
            return wanted, ""
    except Invalid as error:
        code = error.problems[0].code
    attempts = _attempts(_letters_of(text) or f"user_{abs(number)}", number)
    return next(found for found in attempts if found.text != text and is_free(found.text)), code


def _attempts(base: str, number: int) -> Iterator[Username]:
    """Without an end, so that one of them is free."""
    with suppress(Invalid):
        yield Username.parse(base)
    suffixes = chain((f"_{few}" for few in range(2, 10)), (f"_{abs(number)}_{more}" for more in count(1)))
    yield from (Username(base[: USERNAME_LIMIT - len(suffix)] + suffix) for suffix in suffixes)


def _letters_of(text: str) -> str:
    """What a username may have of this text."""
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(
        char if char.isascii() and (char.isalnum() or char in "._") else "_"
        for char in plain
        if not unicodedata.combining(char)
    )
    if not any(char.isalnum() for char in kept):
        return ""
    if not kept[0].isalpha():
        kept = f"user_{kept.lstrip('._')}"
    return kept[:USERNAME_LIMIT].rstrip(".")


def address_of(text: str) -> Email | None:
    """None for what is no address that mail can reach."""
    try:
        return Email.parse(text.strip())
    except Invalid:
        return None


def no_address(number: int, *, is_free: Callable[[str], bool]) -> Email:
    """An address in the place of one that cannot be used. `is_free` is asked with keys."""
    count = 0
    while True:
        address = Email(f"user-{abs(number)}{f'-{count}' if count else ''}@{NO_ADDRESS}")
        if is_free(address.key):
            return address
        count += 1


def name_of(text: str) -> str:
    """A display name that keeps the rules. Empty when nothing else does."""
    name = _in_one_line("".join(char for char in text if "@" not in folded(char)), NAME_LIMIT)
    try:
        return PublicProfile.parse(name=name, location="", about_me="").name
    except Invalid:
        return ""


def location_of(text: str) -> str:
    return _in_one_line(text, LOCATION_LIMIT)


def _in_one_line(text: str, limit: int) -> str:
    text = characters_of(text)
    try:
        return one_line("", text, limit=limit)
    except Invalid:
        fitting = "".join(char if _fits(char) else " " for char in text)
        return fitting[:limit]


def _fits(char: str) -> bool:
    try:
        one_line("", char, limit=1)
    except Invalid:
        return False
    return True


def characters_of(text: str) -> str:
    """Without the characters that no storage takes."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def text_of(text: str, *, limit: int) -> tuple[str, Outcome | None, str]:
    """The text here; and if that is not what was there, or longer than `limit`, an outcome and a code."""
    kept = characters_of(text)
    if len(kept) > KEPT_AT_MOST:
        return kept[:KEPT_AT_MOST], Outcome.CUT, "too_long"
    if kept != text.replace("\r\n", "\n"):
        return kept, Outcome.CUT, "characters"
    if len(kept) > limit:
        return kept, Outcome.KEPT, "over_limit"
    if not says_something(kept):
        return kept, Outcome.KEPT, "empty"
    return kept, None, ""


def about_me_of(text: str) -> tuple[str, Outcome | None, str]:
    kept, outcome, code = text_of(text, limit=ABOUT_ME_LIMIT)
    return kept, None if code == "empty" else outcome, code


def is_old_username(text: str) -> bool:
    """Whether the address of a profile there may have had this name."""
    return 0 < len(text) <= USERNAME_LIMIT and characters_of(text) == text
