"""Posts: what members publish, and who may edit and delete it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain.accounts import Account
from domain.errors import Changed, Problems
from domain.roles import Permission, Reader
from domain.texts import one_line, prose, says_something

TITLE_LIMIT = 200
BODY_LIMIT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """What an author wrote. It keeps the rules. `title` is empty when there is none."""

    title: str
    body: str

    @classmethod
    def parse(cls, *, title: str, body: str) -> Self:
        """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
        problems = Problems()
        with problems:
            title = one_line("title", title, limit=TITLE_LIMIT)
        with problems:
            body = prose("body", body, limit=BODY_LIMIT, required=True)
        problems.stop()
        return cls(title=title if says_something(title) else "", body=body)

    def replaced(self, *, title: str | None, body: str | None) -> Self:
        """This text with another title or body. None keeps the present one. Raises Invalid as `parse`."""
        return self.parse(title=self.title if title is None else title, body=self.body if body is None else body)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHtml:
    """The rendered text. `cut` says that the excerpt is shorter than the text. `version` is that of the renderer, or 0
    when the HTML is from before versions were stored."""

    body_html: str
    excerpt_html: str
    cut: bool
    version: int


@dataclass(kw_only=True, slots=True)
class Post:
    """`version` counts the saves. The storage counts the comments beside the post."""

    id: int
    author_id: int
    text: PostText
    html: PostHtml
    edited_at: datetime | None = None
    version: int = 1

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

    def require_version(self, version: int | None) -> None:
        """None accepts any version. Raises Changed."""
        if version not in (None, self.version):
            raise Changed()

    def require_editor(self, actor: Account, *, at: datetime) -> None:
        """Raises Forbidden."""
        actor.require_that(may_edit(actor.reader, author_id=self.author_id), at=at)

    def require_remover(self, actor: Account, *, at: datetime) -> None:
        """Raises Forbidden."""
        allowed = may_delete(actor.reader, author_id=self.author_id)
        actor.require_that(allowed, at=at, takes_voice=False)


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
