"""Posts: publish, edit, close the comments, delete, preview.

Rendering is slow, so it happens before the unit of work opens, and after a cheap check of the permission.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from application.closing import close_case_about
from application.counting import counted
from application.notifying import Notifying
from application.once import MakeOnce
from application.ports.limits import Limits
from application.ports.sessions import SessionFeeds
from application.ports.tallies import Tally, Total
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.rendering import RenderedPost, Rendering
from application.repeating import Repeat
from application.tags import attach, attach_again, detach, exchange
from domain import limits
from domain.accounts import Account
from domain.moderation import SubjectKind, reason_text
from domain.once import OnceKey
from domain.overview import Daily, Series
from domain.pictures import LONG_AGO, shown_in
from domain.posts import Post, PostText
from domain.roles import Permission, Reader
from domain.welcoming import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Posts:
    repeat: Repeat
    make_once: MakeOnce
    now: Now
    new_id: NewId
    rendering: Rendering
    notifying: Notifying
    limits: Limits
    session_feeds: SessionFeeds

    def publish(
        self,
        *,
        actor_id: int,
        title: str,
        body: str,
        tags: Sequence[str] = (),
        once: OnceKey | None = None,
        reader: Reader | None = None,
    ) -> int:
        """The id of the post. `tags` are words, as they were typed. A second request with the same `once` gets the
        same id. `reader` is the actor, where the caller has just read them. Raises Forbidden, Invalid, TooOften."""
        # Before anything is rendered. Past it, the account is read again under its lock.
        (reader or self.session_feeds.reader(actor_id, self.now())).require(Permission.WRITE)
        text = PostText.parse(title=title, body=body, tags=tags)
        return self.make_once(
            actor_id=actor_id,
            limit=limits.publish(actor_id),
            once=once,
            prepare=lambda: self.rendering.post(text.body, author_id=actor_id, account_id=actor_id),
            make=lambda work, new, rendered: self._publish(
                work, id=new, author_id=actor_id, text=text, rendered=rendered
            ),
        )

    def _publish(self, work: UnitOfWork, *, id: int, author_id: int, text: PostText, rendered: RenderedPost) -> None:
        author = work.accounts.actor(author_id)
        post = Post.publish(id=id, author=author, text=text, html=rendered.html, at=self.now())
        work.posts.add(post)
        self.notifying.of_mentions(work, post, rendered.mentioned)
        attach(work, post, self.new_id)
        if pictures := shown_in(post.html.body_html):
            work.pictures.show(post.id, pictures, self.now())
        if author.take(Step.WRITE):
            work.accounts.save(author)
        work.tallies.add({author_id: Tally(posts=1)})
        work.tallies.add_to_site({Total.POSTS: 1, Daily.of(Series.POSTS, id): 1}, shard_of=id)

    def edit(
        self,
        *,
        actor_id: int,
        post_id: int,
        title: str | None = None,
        body: str | None = None,
        tags: Sequence[str] | None = None,
        version: int | None = None,
    ) -> None:
        """None keeps the present title, body or tags. `version` is the one that the author saw. None overwrites any
        version. Raises NotFound, Forbidden, Invalid, Changed, TooOften."""
        base = self.editable(actor_id=actor_id, post_id=post_id)
        if title is None and body is None and tags is None:
            base.require_version(version)
            return
        text = base.text.replaced(title=title, body=body, tags=tags)
        with counted(self.limits, limits.edit(actor_id), self.now()):
            rendered = None
            if body is not None:
                rendered = self.rendering.post(
                    text.body,
                    author_id=base.author_id,
                    account_id=actor_id,
                    text_id=post_id,
                    before=base.text.body,
                )
            self.repeat(
                self._edit,
                editor_id=actor_id,
                post_id=post_id,
                title=title,
                body=body,
                tags=tags,
                rendered=rendered,
                version=version,
            )

    def _edit(
        self,
        work: UnitOfWork,
        *,
        editor_id: int,
        post_id: int,
        title: str | None,
        body: str | None,
        tags: Sequence[str] | None,
        rendered: RenderedPost | None,
        version: int | None,
    ) -> None:
        """`rendered` is the new body. A title and tags change nothing in it, so a body that is kept keeps its own."""
        editor = work.accounts.actor(editor_id)
        post = lock_seen(work, editor, post_id)
        text = post.text.replaced(title=title, body=body, tags=tags)
        html = post.html if rendered is None else rendered.html
        had = post.tags
        post.edit(editor, text=text, html=html, version=version, at=self.now())
        if post.tags != had:
            exchange(work, post, self.new_id)
        work.posts.save(post)
        if rendered is not None:
            work.pictures.show(post.id, shown_in(post.html.body_html), self.now())
        if rendered is not None and editor.id == post.author_id:
            self.notifying.of_mentions(work, post, rendered.mentioned)
        work.commit()

    def close(self, *, actor_id: int, post_id: int, closed: bool = True) -> None:
        """Closes the comments, or reopens them. Idempotent. Raises NotFound, Forbidden."""
        self.repeat(self._close, actor_id, post_id, closed)

    def _close(self, work: UnitOfWork, actor_id: int, post_id: int, closed: bool) -> None:
        actor = work.accounts.actor(actor_id)
        actor.require(Permission.WRITE, at=self.now())
        post = lock_seen(work, actor, post_id)
        was = post.closed
        entry = post.close(actor, id=self.new_id(), closed=closed, at=self.now())
        if post.closed == was:
            return
        work.posts.save(post)
        if entry is not None:
            record(work, entry)
        work.commit()

    def delete(self, *, actor_id: int, post_id: int, version: int | None = None, reason: str = "") -> None:
        """Nobody sees the post and its comments any more, and nobody but its author can bring them back; if somebody
        else deletes it, only an administrator can. `reason` is for an administrator. Raises NotFound, Forbidden,
        Invalid, and Changed when `version` is not the stored one."""
        self.repeat(self._delete, actor_id, post_id, version, reason)

    def _delete(self, work: UnitOfWork, actor_id: int, post_id: int, version: int | None, reason: str) -> None:
        actor = work.accounts.actor(actor_id)
        actor.require_part(at=self.now())
        post = lock_seen(work, actor, post_id)
        post.require_remover(actor, at=self.now())
        post.require_version(version)
        was_listed = post.listed
        reason = reason_text(reason, required=False)
        entry = post.delete(actor, id=self.new_id(), reason=reason, at=self.now())
        store_post(work, post, was_listed)
        if entry is not None:
            record(work, entry)
            close_case_about(work, entry, job_id=self.new_id())
        work.commit()

    def editable(self, *, actor_id: int, post_id: int) -> Post:
        """The post, for a member who may edit it. Raises NotFound, Forbidden."""
        return self.repeat.reading(self._editable, actor_id, post_id)

    def _editable(self, work: UnitOfWork, actor_id: int, post_id: int) -> Post:
        actor = work.accounts.get(actor_id)
        # Forbidden comes before NotFound, so that the answer does not reveal whether the post exists.
        actor.require(Permission.WRITE, at=self.now())
        post = work.posts.get(post_id)
        post.require_seen_by(actor.reader)
        post.require_editor(actor, at=self.now())
        return post

    def preview(self, *, reader: Reader, body: str, title: str = "", post_id: int | None = None) -> str:
        """The HTML of this body, of a new post or of one that is edited. Raises NotFound, Forbidden, Invalid, also for
        a title that cannot be published, and TooOften."""
        reader.require(Permission.WRITE)
        base = None if post_id is None else self.editable(actor_id=reader.id, post_id=post_id)
        text = PostText.parse(title=title, body=body)
        with counted(self.limits, limits.preview(reader.id), self.now()):
            rendered = self.rendering.post(
                text.body,
                author_id=reader.id if base is None else base.author_id,
                account_id=reader.id,
                text_id=post_id,
                before="" if base is None else base.text.body,
            )
            return rendered.html.body_html


def lock_seen(work: UnitOfWork, actor: Account, post_id: int) -> Post:
    """The locked post. Raises NotFound when this account may not see it."""
    post = work.posts.lock(post_id)
    post.require_seen_by(actor.reader)
    return post


def store_post(work: UnitOfWork, post: Post, was_listed: bool) -> None:
    """A locked post that may have left the lists, or come back. Then so do the comments below it, and the counters."""
    if post.listed and not was_listed:
        attach_again(work, post)
    work.posts.save(post)
    if post.listed != was_listed:
        work.comments.relist(post.id, listed=post.listed)
        if was_listed:
            detach(work, post)
        _tally(work, post, 1 if post.listed else -1)


def remove_post(work: UnitOfWork, post: Post) -> None:
    """Removes a locked post and its comments for good, and what members were told of them."""
    if post.listed:
        detach(work, post)
        _tally(work, post, -1)
    work.notifications.remove_about(SubjectKind.POST, post.id)
    work.pictures.show(post.id, (), LONG_AGO)
    work.posts.remove(post.id)


def _tally(work: UnitOfWork, post: Post, sign: int) -> None:
    """Adds the post and the comments below it to the counters of their authors and of the site, or takes them away."""
    changes = {id: Tally(comments=sign * count) for id, count in work.comments.count_by_author(post.id).items()}
    comments = sum(change.comments for change in changes.values())
    changes[post.author_id] = changes.get(post.author_id, Tally()) + Tally(posts=sign)
    work.tallies.add(changes)
    work.tallies.add_to_site({Total.POSTS: sign, Total.COMMENTS: comments}, shard_of=post.id)
