"""Posts: what members publish, and who may edit and delete it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from domain.accounts import Account
from domain.deleting import is_deletion, require_restorer
from domain.errors import Changed, Forbidden, NotFound, Problems
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Permission, Reader
from domain.tags import renamed, tags_named
from domain.texts import one_line, prose, says_something

TITLE_LIMIT = 200
BODY_LIMIT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """What an author wrote. It keeps the rules. `title` is empty when there is none. `tags` are in the order in which
    they were typed."""

    title: str
    body: str
    tags: tuple[str, ...] = ()

    @classmethod
    def parse(cls, *, title: str, body: str, tags: Iterable[str] = ()) -> Self:
        """`tags` are words, as they were typed. Raises Invalid: `required`, `too_long` (length, limit),
        `forbidden_character`, and what `tags_named` raises."""
        problems = Problems()
        with problems:
            title = one_line("title", title, limit=TITLE_LIMIT)
        with problems:
            body = prose("body", body, limit=BODY_LIMIT, required=True)
        named: tuple[str, ...] = ()
        with problems:
            named = tags_named(tags)
        problems.stop()
        return cls(title=title if says_something(title) else "", body=body, tags=named)

    @property
    def whole(self) -> str:
        """The title, if there is one, above the body."""
        return "\n\n".join(filter(None, (self.title, self.body)))

    def replaced(self, *, title: str | None, body: str | None, tags: Iterable[str] | None = None) -> Self:
        """This text with another title, body or tags. None keeps the present ones. Raises Invalid as `parse`."""
        return self.parse(
            title=self.title if title is None else title,
            body=self.body if body is None else body,
            tags=self.tags if tags is None else tags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHtml:
    """The rendered text. `cut` says that the excerpt is shorter than the text. `version` is that of the renderer, or 0
    when the HTML is from before versions were stored. `picture_id` is the first picture."""

    body_html: str
    excerpt_html: str
    cut: bool
    version: int
    picture_id: int | None = None


@dataclass(kw_only=True, slots=True)
class Post:
    """`version` counts the saves. The storage counts the comments beside the post. `hidden_by` is the log entry of the
    act that hid it, and `deleted_by` the account that deleted it. `closed` says that nobody may comment."""

    id: int
    author_id: int
    text: PostText
    html: PostHtml
    edited_at: datetime | None = None
    version: int = 1
    hidden_by: int | None = None
    hidden_reason: str = ""
    closed: bool = False
    deleted_at: datetime | None = None
    deleted_by: int | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        return self.text.tags

    @property
    def hidden(self) -> bool:
        return self.hidden_by is not None

    @property
    def listed(self) -> bool:
        """Whether it is in lists and counts, and the comments below it with it."""
        return self.hidden_by is None and self.deleted_at is None

    @classmethod
    def publish(cls, *, id: int, author: Account, text: PostText, html: PostHtml, at: datetime) -> Self:
        """Raises Forbidden."""
        author.require(Permission.WRITE, at=at)
        return cls(id=id, author_id=author.id, text=text, html=html)

    def edit(self, editor: Account, *, text: PostText, html: PostHtml, version: int | None, at: datetime) -> None:
        """`version` is the one that the author saw. None overwrites any version. Raises Forbidden, Changed."""
        self.require_editor(editor, at=at)
        self.require_version(version)
        self.text = text
        self.html = html
        self.edited_at = at

    def render_anew(self, html: PostHtml) -> None:
        """The same text by another renderer. That is no edit."""
        self.html = html

    def keep_html(self, *, html_version: int) -> None:
        """The renderer of this version refuses the text. The HTML of an older one stays."""
        self.html = replace(self.html, version=html_version)

    def rename_tags(self, right: Mapping[str, str]) -> bool:
        """The names that its tags have now, by those that they had. That is no edit. False when nothing changes."""
        tags = renamed(self.tags, right)
        if tags == self.tags:
            return False
        self.text = replace(self.text, tags=tags)
        return True

    def require_version(self, version: int | None) -> None:
        """None accepts any version. Raises Changed."""
        if version not in (None, self.version):
            raise Changed()

    def require_seen_by(self, reader: Reader | None) -> None:
        """Raises NotFound."""
        if self.deleted_at is not None or not may_see(reader, author_id=self.author_id, hidden=self.hidden):
            raise NotFound()

    def require_editor(self, actor: Account, *, at: datetime) -> None:
        """Raises Forbidden unless this account may edit the post. The code says whether that is because it is
        hidden."""
        actor.require_that(may_edit(actor.reader, author_id=self.author_id), at=at)
        if self.hidden:
            raise Forbidden("hidden")

    def require_remover(self, actor: Account, *, at: datetime) -> None:
        """Raises Forbidden."""
        allowed = may_delete(actor.reader, author_id=self.author_id)
        actor.require_that(allowed, at=at, takes_voice=False)

    def hide(self, moderator: Account, *, id: int, reason: str, rule: str = "", at: datetime) -> LogEntry:
        """A hidden post gets the new reason. `id` is that of the log entry. Raises Forbidden."""
        moderator.require(Permission.MODERATE, at=at)
        self.hidden_by, self.hidden_reason = id, reason
        return self._entry(id, moderator, Act.HIDE, reason, rule)

    def hide_with_all(self, entry: LogEntry) -> bool:
        """A part of hiding all that the author published. False when it is hidden already."""
        if self.hidden:
            return False
        self.hidden_by, self.hidden_reason = entry.id, entry.reason
        return True

    def restore(self, moderator: Account, *, id: int, reason: str, at: datetime) -> LogEntry | None:
        """Answers None and does nothing when the post is visible. Raises Forbidden."""
        moderator.require(Permission.MODERATE, at=at)
        if not self.hidden:
            return None
        self.hidden_by, self.hidden_reason = None, ""
        return self._entry(id, moderator, Act.RESTORE, reason)

    def undo(self, entry: LogEntry) -> bool:
        """Undoes what this act did. False when it did not hide or delete this post, or another act did so since."""
        if entry.act in (Act.HIDE, Act.HIDE_ALL) and self.hidden_by == entry.id:
            self.hidden_by, self.hidden_reason = None, ""
        elif is_deletion(entry, deleted_by=self.deleted_by, deleted_at=self.deleted_at):
            self.deleted_at = self.deleted_by = None
        else:
            return False
        return True

    def close(self, actor: Account, *, id: int, closed: bool, at: datetime) -> LogEntry | None:
        """Closes or reopens the comments. Answers None when nothing changes, and for the author, because that is no act
        of moderation. Raises Forbidden."""
        actor.require_that(may_close(actor.reader, author_id=self.author_id), at=at)
        if self.closed == closed:
            return None
        self.closed = closed
        if actor.id == self.author_id:
            return None
        return self._entry(id, actor, Act.CLOSE if closed else Act.REOPEN, "")

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

    def _entry(self, id: int, actor: Account, act: Act, reason: str, rule: str = "") -> LogEntry:
        return LogEntry(
            id=id,
            actor_id=actor.id,
            act=act,
            subject_kind=SubjectKind.POST,
            subject_id=self.id,
            about_id=self.author_id,
            post_id=self.id,
            text=self.text.whole,
            reason=reason,
            rule=rule,
        )


class TakesComments(Protocol):
    """A post, as an entity or as a reader sees it."""

    @property
    def closed(self) -> bool: ...
    @property
    def hidden(self) -> bool: ...


def takes_comments(post: TakesComments) -> bool:
    """Nobody comments below a hidden post, or where the comments are closed."""
    return not (post.closed or post.hidden)


def require_comments(post: TakesComments, *, blocked: bool = False) -> None:
    """`blocked` says whether its author and who would comment block each other. Raises Forbidden, whose code is one for
    all of it."""
    if blocked or not takes_comments(post):
        raise Forbidden("no_comments")


def may_edit(reader: Reader | None, *, author_id: int) -> bool:
    """The author may edit a post while they may write. Administrators may edit any."""
    if reader is None or not reader.can(Permission.WRITE):
        return False
    return may_delete(reader, author_id=author_id)


def may_delete(reader: Reader | None, *, author_id: int) -> bool:
    """The author may delete a post, also while they are silenced. Administrators may delete any."""
    if reader is None or not reader.takes_part:
        return False
    return reader.id == author_id or reader.can(Permission.ADMINISTER)


def may_hide(reader: Reader | None) -> bool:
    """Moderators may hide and restore any post."""
    return reader is not None and reader.can(Permission.MODERATE)


def may_close(reader: Reader | None, *, author_id: int) -> bool:
    """The author and moderators may close the comments and reopen them."""
    return reader is not None and (
        (reader.id == author_id and reader.can(Permission.WRITE)) or reader.can(Permission.MODERATE)
    )


def may_see(reader: Reader | None, *, author_id: int, hidden: bool) -> bool:
    """Its author and moderators read a hidden post. Each storage says the same in its `visible_posts`."""
    return not hidden or (reader is not None and (reader.id == author_id or reader.can(Permission.MODERATE)))
