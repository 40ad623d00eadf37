"""The moderation log: who hid or restored whose comment, when and why, with a copy of the text."""

from dataclasses import dataclass
from enum import Enum

REASON_LIMIT = 500


class Action(Enum):
    HIDE = "hide"
    RESTORE = "restore"


@dataclass(kw_only=True, slots=True)
class LogEntry:
    """One act. It stays when the comment and its post are deleted. `body` is the text at that time."""

    id: int
    moderator_id: int
    author_id: int
    action: Action
    comment_id: int
    post_id: int
    body: str
    reason: str
