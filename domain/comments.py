"""Comments below a post: who may edit, delete and hide one, and who sees a hidden one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.accounts import Account
from domain.deleting import is_deletion, require_restorer
from domain.errors import Changed, Forbidden, Invalid, NotFound
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Permission, Reader
from domain.texts import prose

BODY_LIMIT = 5_000


def comment_text(body: str) -> str:
    """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    return prose("body", body, limit=BODY_LIMIT, required=True)


def not_answerable() -> Invalid:
    return Invalid("reply_to", "not_answerable")


@dataclass(kw_only=True, slots=True)
class Comment:
    """`hidden_reason` says why a hidden comment is hidden, and is empty otherwise. `hidden_by` is the log entry of that
    act, or None for one from before that was stored. `reply_to` is the comment that this one answers, which may be
    gone. `deleted_by` is the account that deleted it. `html_version` is the version of the renderer, or 0 when the HTML
    is from before versions were stored."""

    id: int
    post_id: int
    author_id: int
    body: str
    body_html: str
    html_version: int
    reply_to: int | None = None
    edited_at: datetime | None = None
    version: int = 1
    hidden: bool = False
    hidden_reason: str = ""
    hidden_by: int | None = None
    deleted_at: datetime | None = None
    deleted_by: int | None = None

    @classmethod
    def write(
        cls,
        *,
        id: int,
        author: Account,
        post_id: int,
        reply_to: int | None,
        body: str,
        body_html: str,
        html_version: int,
        at: datetime,
    ) -> Self:
        """Raises Forbidden."""
        author.require(Permission.COMMENT, at=at)
        return cls(
            id=id,
            post_id=post_id,
            author_id=author.id,
            reply_to=reply_to,
            body=body,
            body_html=body_html,
            html_version=html_version,
        )

    def require_answerable(self, post_id: int, *, blocked: bool) -> None:
        """For whoever would answer it below this post. `blocked` says whether they and its author block each other.
        Raises Invalid(`not_answerable`), Forbidden."""
        if self.post_id != post_id or self.deleted_at is not None or self.hidden:
            raise not_answerable()
        if blocked:
            raise Forbidden("no_comments")

    def require_editor(self, editor: Account, *, at: datetime) -> None:
        """Raises Forbidden, which says whether it may not be edited only because it is hidden."""
        editor.require_that(may_edit(editor.reader, author_id=self.author_id, hidden=False), at=at)
        if not may_edit(editor.reader, author_id=self.author_id, hidden=self.hidden):
            raise Forbidden("hidden")

    def edit(
        self,
        editor: Account,
        *,
        body: str,
        body_html: str,
        html_version: int,
        version: int | None,
        at: datetime,
    ) -> None:
        """`version` is the one that the author saw. None overwrites any version. Raises Forbidden, Changed."""
        self.require_editor(editor, at=at)
        self.require_version(version)
        self.body = body
        self.body_html = body_html
        self.html_version = html_version
        self.edited_at = at

    def render_anew(self, body_html: str, *, html_version: int) -> None:
        """The same text by another renderer. That is no edit."""
        self.body_html = body_html
        self.html_version = html_version

    def keep_html(self, *, html_version: int) -> None:
        """The renderer of this version refuses the text. The HTML of an older one stays."""
        self.html_version = html_version

    def require_version(self, version: int | None) -> None:
        """None accepts any version. Raises Changed."""
        if version not in (None, self.version):
            raise Changed()

    def require_there(self) -> None:
        """Raises NotFound."""
        if self.deleted_at is not None:
            raise NotFound()

    def require_remover(self, actor: Account, *, at: datetime) -> None:
        """Raises Forbidden."""
        allowed = may_delete(actor.reader, author_id=self.author_id)
        actor.require_that(allowed, at=at, takes_voice=False)

    def delete(self, actor: Account, *, id: int, reason: str, at: datetime) -> LogEntry | None:
        """Answers None for the author, because that is no act of moderation. Raises Forbidden."""
        self.require_remover(actor, at=at)
        self.deleted_at, self.deleted_by = at, actor.id
        return None if actor.id == self.author_id else self._entry(id, actor, Act.DELETE, reason)

    def undelete(self, actor: Account, *, id: int, at: datetime) -> LogEntry | None:
        """It is as it was, hidden if it was hidden. Answers None for the author. Raises Forbidden, NotFound."""
        assert self.deleted_at is not None and self.deleted_by is not None
        require_restorer(actor, author_id=self.author_id, deleted_by=self.deleted_by, deleted_at=self.deleted_at, at=at)
        self.deleted_at = self.deleted_by = None
        return None if actor.id == self.author_id else self._entry(id, actor, Act.UNDELETE, "")

    def hide(self, moderator: Account, *, id: int, reason: str, rule: str = "", at: datetime) -> LogEntry:
        """A hidden comment gets the new reason. `id` is that of the log entry. Raises Forbidden."""
        moderator.require_that(may_hide(moderator.reader), at=at)
        self.hidden, self.hidden_by, self.hidden_reason = True, id, reason
        return self._entry(id, moderator, Act.HIDE, reason, rule)

    def hide_with_all(self, entry: LogEntry) -> bool:
        """A part of hiding all that the author published. False when it is hidden already."""
        if self.hidden:
            return False
        self.hidden, self.hidden_by, self.hidden_reason = True, entry.id, entry.reason
        return True

    def restore(self, moderator: Account, *, id: int, reason: str, at: datetime) -> LogEntry | None:
        """Answers None and does nothing when the comment is visible. Raises Forbidden."""
        moderator.require_that(may_hide(moderator.reader), at=at)
        if not self.hidden:
            return None
        self.hidden, self.hidden_by, self.hidden_reason = False, None, ""
        return self._entry(id, moderator, Act.RESTORE, reason)

    def undo(self, entry: LogEntry) -> bool:
        """Undoes what this act did. False when it did not hide or delete this comment, or another act did so since."""
        if entry.act in (Act.HIDE, Act.HIDE_ALL) and self.hidden_by == entry.id:
            self.hidden, self.hidden_by, self.hidden_reason = False, None, ""
        elif is_deletion(entry, deleted_by=self.deleted_by, deleted_at=self.deleted_at):
            self.deleted_at = self.deleted_by = None
        else:
            return False
        return True

    def _entry(self, id: int, actor: Account, act: Act, reason: str, rule: str = "") -> LogEntry:
        return LogEntry(
            id=id,
            actor_id=actor.id,
            act=act,
            subject_kind=SubjectKind.COMMENT,
            subject_id=self.id,
            about_id=self.author_id,
            post_id=self.post_id,
            text=self.body,
            reason=reason,
            rule=rule,
        )


def may_edit(reader: Reader | None, *, author_id: int, hidden: bool) -> bool:
    """Only the author may edit a comment, while they may comment and it is visible."""
    return reader is not None and reader.can(Permission.COMMENT) and reader.id == author_id and not hidden


def may_delete(reader: Reader | None, *, author_id: int) -> bool:
    """The author may delete a comment, also a hidden one, and while they are silenced. Administrators may delete
    any."""
    if reader is None or not reader.takes_part:
        return False
    return reader.id == author_id or reader.can(Permission.ADMINISTER)


def may_hide(reader: Reader | None) -> bool:
    """Moderators may hide and restore any comment."""
    return reader is not None and reader.can(Permission.MODERATE)


def is_offered_restoring(reader: Reader | None, *, author_id: int) -> bool:
    """Moderators restore any text. Pages offer it for those of others only, because somebody else decides about one's
    own."""
    return reader is not None and may_hide(reader) and reader.id != author_id


def may_see_text(reader: Reader | None, *, hidden: bool) -> bool:
    """Only moderators read a hidden text below its post. Its author reads it where they appeal."""
    return not hidden or may_hide(reader)


def may_see_reason(reader: Reader | None, *, author_id: int) -> bool:
    """The author and the moderators read why a comment is hidden."""
    return reader is not None and (reader.id == author_id or may_hide(reader))
