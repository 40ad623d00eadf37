"""Flash messages: one page leaves a message, the next page shows it. The visitor's cookie carries them."""

from typing import Any

from flask import get_flashed_messages, session
from flask_babel import gettext

_FLASHES_AT_MOST = 5


def flash(text: str, category: str, **values: str) -> None:
    """Leaves a message for the next page, which translates it: `text` is a msgid. A cookie is small, so a repeated
    message is kept once, and of many messages only the newest are kept."""
    message = [category, [text, values]]
    waiting = [list(earlier) for earlier in session.get("_flashes", [])]
    if message not in waiting:
        session["_flashes"] = [*waiting, message][-_FLASHES_AT_MOST:]


def flashes() -> list[tuple[str, str]]:
    """The messages for this page: category and text."""
    waiting: Any = get_flashed_messages(with_categories=True)
    return [(category, gettext(text, **values)) for category, (text, values) in waiting]
