"""The moderation log: who did what to whom, when and why."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from domain.errors import Invalid
from domain.texts import prose

REASON_LIMIT = 500
# The log keeps the copy of a text for so long. It keeps the act.
KEEP_TEXT = timedelta(days=183)
# The longest is `law`, or the number of a rule of the site.
RULE_LIMIT = 4
# In Python's and in ECMAScript's dialect.
RULE_PATTERN = "^(?:[1-9][0-9]{0,2}|law)?$"


class Act(Enum):
    """What was done."""

    HIDE = "hide"
    RESTORE = "restore"
    CLOSE = "close"
    REOPEN = "reopen"
    DELETE = "delete"
    UNDELETE = "undelete"
    # By an administrator, on the account of a member.
    ROLE = "role"  # the text is the new role
    CONFIRM = "confirm"
    UNCONFIRM = "unconfirm"
    DISABLE = "disable"
    ENABLE = "enable"
    # On somebody who waits. `actor_id` is also None where the site has left the mode in which they had to.
    ADMIT = "admit"
    DECLINE = "decline"  # the text is the username
    # By a moderator, on a member.
    WARN = "warn"
    SILENCE = "silence"  # the text is the end in RFC 3339, or empty until it is lifted
    SUSPEND = "suspend"  # the same
    HIDE_ALL = "hide_all"  # everything that the member had published by then; a job hides it
    RESTORE_ALL = "restore_all"  # the text is the id of the entry that hid it
    REMOVE_PICTURE = "remove_picture"  # for good
    LIFT = "lift"  # the text names the acts that are lifted
    # About an appeal of a member. The text is the id of the entry that it is about.
    UPHOLD = "uphold"
    REVERSE = "reverse"
    # By a moderator, for other moderators.
    NOTE = "note"  # the text is the note
    SETTLE = "settle"  # a case is settled, and everything stays as it is
    # By an administrator, on the site itself.
    RENAME_TAG = "rename_tag"  # the text is the old name and the new one
    SITE = "site"  # the text names the fields that were changed

    @property
    def is_told(self) -> bool:
        """Whether the member whom it concerns gets a mail about it."""
        return _TELLING[self] in (_Telling.TOLD, _Telling.APPEALABLE)

    @property
    def is_for_moderators(self) -> bool:
        """Whether the member whom it concerns never learns of it."""
        return _TELLING[self] is _Telling.FOR_MODERATORS

    @property
    def may_be_appealed(self) -> bool:
        return _TELLING[self] is _Telling.APPEALABLE


class _Telling(Enum):
    """What the member whom an act concerns learns of it. It stands in their record, unless it is for moderators."""

    APPEALABLE = "appealable"  # a mail that says how to appeal
    TOLD = "told"
    NO_MAIL = "no mail"
    FOR_MODERATORS = "for moderators"


# Every act is here.
_TELLING = {
    Act.HIDE: _Telling.APPEALABLE,
    Act.RESTORE: _Telling.TOLD,
    Act.CLOSE: _Telling.TOLD,
    Act.REOPEN: _Telling.TOLD,
    Act.DELETE: _Telling.APPEALABLE,
    Act.UNDELETE: _Telling.TOLD,
    Act.ROLE: _Telling.TOLD,
    # These are about an address that may be somebody else's.
    Act.CONFIRM: _Telling.NO_MAIL,
    Act.UNCONFIRM: _Telling.NO_MAIL,
    Act.DISABLE: _Telling.TOLD,
    Act.ENABLE: _Telling.TOLD,
    # These have mails of their own.
    Act.ADMIT: _Telling.NO_MAIL,
    Act.DECLINE: _Telling.NO_MAIL,
    Act.WARN: _Telling.APPEALABLE,
    Act.SILENCE: _Telling.APPEALABLE,
    Act.SUSPEND: _Telling.APPEALABLE,
    Act.HIDE_ALL: _Telling.APPEALABLE,
    Act.RESTORE_ALL: _Telling.TOLD,
    # Its files are gone, so no appeal could bring it back.
    Act.REMOVE_PICTURE: _Telling.TOLD,
    Act.LIFT: _Telling.TOLD,
    Act.UPHOLD: _Telling.TOLD,
    Act.REVERSE: _Telling.TOLD,
    Act.NOTE: _Telling.FOR_MODERATORS,
    Act.SETTLE: _Telling.FOR_MODERATORS,
    Act.RENAME_TAG: _Telling.FOR_MODERATORS,
    Act.SITE: _Telling.FOR_MODERATORS,
}
# The record shows these beside the act that the appeal was about.
VERDICTS = (Act.UPHOLD, Act.REVERSE)
# Their text is the id of the entry that they undo.
UNDOING = (Act.RESTORE_ALL, Act.REVERSE)
NOTE_LIMIT = 1_000
# The one site there is, as a subject and as a row.
SITE_ID = 1


class SubjectKind(Enum):
    """What an act is about. The subject of an act on a person is the account."""

    POST = "post"
    COMMENT = "comment"
    PERSON = "person"
    SITE = "site"  # the site itself


# What somebody may report, and what a member's record is about.
REPORTABLE = (SubjectKind.POST, SubjectKind.COMMENT, SubjectKind.PERSON)


@dataclass(kw_only=True, slots=True)
class LogEntry:
    """One act. It stays when its subject is deleted. `actor_id` is None for the command line. `about_id` is the member
    whom it concerns, and 0 where that is nobody. `post_id` is the post of a comment, or the post itself. `text` is the
    text of the subject at that time; it is emptied after half a year. `rule` is a number, `law`, or empty."""

    id: int
    actor_id: int | None
    act: Act
    subject_kind: SubjectKind
    subject_id: int
    about_id: int
    post_id: int | None = None
    text: str = ""
    reason: str = ""
    rule: str = ""

    @classmethod
    def on_person(
        cls,
        account_id: int,
        act: Act,
        *,
        id: int,
        actor_id: int | None,
        text: str = "",
        reason: str = "",
        rule: str = "",
    ) -> "LogEntry":
        """An act on a member."""
        return cls(
            id=id,
            actor_id=actor_id,
            act=act,
            subject_kind=SubjectKind.PERSON,
            subject_id=account_id,
            about_id=account_id,
            text=text,
            reason=reason,
            rule=rule,
        )

    @classmethod
    def on_site(cls, act: Act, *, id: int, actor_id: int | None, text: str) -> "LogEntry":
        """An act on the site itself. It concerns nobody."""
        kind = SubjectKind.SITE
        return cls(id=id, actor_id=actor_id, act=act, subject_kind=kind, subject_id=SITE_ID, about_id=0, text=text)


def reason_text(reason: str, *, required: bool) -> str:
    """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    return prose("reason", reason, limit=REASON_LIMIT, required=required)


def note_text(text: str) -> str:
    """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    return prose("text", text, limit=NOTE_LIMIT, required=True)


def rule_named(rule: str) -> str:
    """The rule that an act names: its number, `law`, or nothing. Raises Invalid("rule", "rule_form")."""
    rule = rule.strip()
    if not re.fullmatch(RULE_PATTERN, rule):
        raise Invalid("rule", "rule_form")
    return rule
