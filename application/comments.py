"""Comments: write, edit, delete, preview."""

from dataclasses import dataclass

from application.closing import close_case_about
from application.counting import counted
from application.notifying import Notifying
from application.once import MakeOnce
from application.ports.limits import Limits
from application.ports.posts import PostFeeds
from application.ports.sessions import SessionFeeds
from application.ports.tallies import Tally, Total
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import lock_seen
from application.recording import record
from application.rendering import RenderedComment, Rendering
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.comments import Comment, comment_text, not_answerable
from domain.errors import NotFound
from domain.moderation import SubjectKind, reason_text
from domain.once import OnceKey
from domain.overview import Daily, Series
from domain.posts import require_comments
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Comments:
    repeat: Repeat
    make_once: MakeOnce
    now: Now
    new_id: NewId
    rendering: Rendering
    notifying: Notifying
    limits: Limits
    session_feeds: SessionFeeds
    post_feeds: PostFeeds

    def write(
        self,
        *,
        actor_id: int,
        post_id: int,
        body: str,
        reply_to: int | None = None,
        once: OnceKey | None = None,
        reader: Reader | None = None,
    ) -> int:
        """The id of the comment. `reply_to` is the comment that it answers. A second request with the same `once` gets
        the same id. `reader` is the actor, where the caller has just read them. Raises NotFound, Forbidden, Invalid,
        TooOften."""
        # Before anything is rendered. Past it, the account is read again under its lock.
        reader = reader or self.session_feeds.reader(actor_id, self.now())
        reader.require(Permission.COMMENT)
        post = self.post_feeds.post(reader, post_id)
        require_comments(post, blocked=post.refuses)
        body = comment_text(body)
        if reply_to is not None:
            self.repeat.reading(_require_answerable, actor_id, post_id, reply_to)
        return self.make_once(
            actor_id=actor_id,
            limit=limits.comment(actor_id),
            once=once,
            prepare=lambda: self.rendering.comment(body, author_id=actor_id, account_id=actor_id),
            make=lambda work, new, rendered: self._write(
                work, id=new, author_id=actor_id, post_id=post_id, reply_to=reply_to, body=body, rendered=rendered
            ),
        )

    def _write(
        self,
        work: UnitOfWork,
        *,
        id: int,
        author_id: int,
        post_id: int,
        reply_to: int | None,
        body: str,
        rendered: RenderedComment,
    ) -> None:
        author = work.accounts.actor(author_id)
        # Nobody hides, deletes or closes the post meanwhile, nor hides or deletes the answered comment below it.
        post = lock_seen(work, author, post_id)
        require_comments(post, blocked=work.mutes.is_block_between(author_id, post.author_id))
        answered = None if reply_to is None else _require_answerable(work, author_id, post_id, reply_to)
        comment = Comment.write(
            id=id,
            author=author,
            post_id=post_id,
            reply_to=reply_to,
            body=body,
            body_html=rendered.body_html,
            html_version=rendered.html_version,
            at=self.now(),
        )
        work.comments.add(comment)
        self.notifying.of_comment(work, comment, post, answered=answered, mentioned=rendered.mentioned)
        work.tallies.add_comments(post_id, 1)
        work.tallies.add({author_id: Tally(comments=1)})
        work.tallies.add_to_site({Total.COMMENTS: 1, Daily.of(Series.COMMENTS, id): 1}, shard_of=id)

    def edit(self, *, actor_id: int, comment_id: int, body: str, version: int | None = None) -> None:
        """`version` is the one that the author saw. None overwrites any version. Raises NotFound, Forbidden,
        Invalid, Changed, TooOften."""
        self.editable(actor_id=actor_id, comment_id=comment_id)
        body = comment_text(body)
        with counted(self.limits, limits.edit(actor_id), self.now()):
            # Only the author edits a comment.
            rendered = self.rendering.comment(body, author_id=actor_id, account_id=actor_id)
            self.repeat(
                self._edit, editor_id=actor_id, comment_id=comment_id, body=body, rendered=rendered, version=version
            )

    def _edit(
        self,
        work: UnitOfWork,
        *,
        editor_id: int,
        comment_id: int,
        body: str,
        rendered: RenderedComment,
        version: int | None,
    ) -> None:
        editor = work.accounts.actor(editor_id)
        comment = lock_seen_comment(work, editor, comment_id)
        comment.edit(
            editor,
            body=body,
            body_html=rendered.body_html,
            html_version=rendered.html_version,
            version=version,
            at=self.now(),
        )
        work.comments.save(comment)
        self.notifying.of_mentions(work, comment, rendered.mentioned)
        work.commit()

    def delete(self, *, actor_id: int, comment_id: int, version: int | None = None, reason: str = "") -> int:
        """The id of its post. Only the author can bring it back; if somebody else deletes it, only an administrator
        can. `reason` is for an administrator. Raises NotFound, Forbidden, Invalid, and Changed when the version is
        another one."""
        return self.repeat(self._delete, actor_id, comment_id, version, reason)

    def _delete(self, work: UnitOfWork, actor_id: int, comment_id: int, version: int | None, reason: str) -> int:
        actor = work.accounts.actor(actor_id)
        actor.require_part(at=self.now())
        comment = lock_seen_comment(work, actor, comment_id)
        comment.require_remover(actor, at=self.now())
        comment.require_version(version)
        reason = reason_text(reason, required=False)
        entry = comment.delete(actor, id=self.new_id(), reason=reason, at=self.now())
        work.comments.save(comment)
        recount(work, comment, -1)
        if entry is not None:
            record(work, entry)
            close_case_about(work, entry, job_id=self.new_id())
        work.commit()
        return comment.post_id

    def editable(self, *, actor_id: int, comment_id: int) -> Comment:
        """The comment, for a member who may edit it. Raises NotFound, Forbidden."""
        return self.repeat.reading(self._editable, actor_id, comment_id)

    def _editable(self, work: UnitOfWork, actor_id: int, comment_id: int) -> Comment:
        editor = work.accounts.get(actor_id)
        editor.require(Permission.COMMENT, at=self.now())
        comment = work.comments.get(comment_id)
        comment.require_there()
        work.posts.get(comment.post_id).require_seen_by(editor.reader)
        comment.require_editor(editor, at=self.now())
        return comment

    def preview(self, *, reader: Reader, body: str) -> str:
        """The HTML of this body. Raises Forbidden, Invalid, TooOften."""
        reader.require(Permission.COMMENT)
        body = comment_text(body)
        with counted(self.limits, limits.preview(reader.id), self.now()):
            return self.rendering.comment(body, author_id=reader.id, account_id=reader.id).body_html


def _require_answerable(work: UnitOfWork, author_id: int, post_id: int, reply_to: int) -> Comment:
    """The comment that is answered. Raises Invalid, Forbidden."""
    try:
        answered = work.comments.get(reply_to)
    except NotFound:
        raise not_answerable() from None
    answered.require_answerable(post_id, blocked=work.mutes.is_block_between(author_id, answered.author_id))
    return answered


def lock_seen_comment(work: UnitOfWork, actor: Account, comment_id: int) -> Comment:
    """The locked comment, below its locked post. Raises NotFound when this account may not see one of them."""
    comment = work.comments.get(comment_id)
    # The post is locked first. Deleting a post does the same, so the two cannot deadlock.
    lock_seen(work, actor, comment.post_id)
    comment = work.comments.lock(comment_id)
    comment.require_there()
    return comment


def remove_comment(work: UnitOfWork, comment_id: int) -> bool:
    """Removes a comment for good, and what members were told of it. False when there is no such comment."""
    work.notifications.remove_about(SubjectKind.COMMENT, comment_id)
    return work.comments.remove(comment_id)


def recount(work: UnitOfWork, comment: Comment, by: int) -> None:
    """A comment below a locked post has just been deleted or brought back."""
    work.tallies.add_comments(comment.post_id, by)
    if work.posts.get(comment.post_id).listed:
        work.tallies.add({comment.author_id: Tally(comments=by)})
        work.tallies.add_to_site({Total.COMMENTS: by}, shard_of=comment.id)
