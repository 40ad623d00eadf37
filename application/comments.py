"""Comments: writing, editing and deleting one's own."""

from dataclasses import dataclass

from application.feeds import PostFeeds, SessionFeeds
from application.once import admit, made_before, remember
from application.ports import Limits, NewId, Now, OpenWork, Renderer, Tally, Total
from domain import limits
from domain.comments import Comment, comment_text
from domain.errors import Changed, TryAgain
from domain.once import OnceKey
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Comments:
    unit_of_work: OpenWork
    now: Now
    new_id: NewId
    renderer: Renderer
    limits: Limits
    readers: SessionFeeds
    posts: PostFeeds

    def write(self, *, actor_id: int, post_id: int, body: str, once: OnceKey | None = None) -> int:
        """The comment's id; the same `once` again makes nothing new. Raises NotFound, Forbidden, Invalid, TooOften."""
        self.readers.reader(actor_id).require(Permission.COMMENT)
        self.posts.post(post_id)
        body = comment_text(body)
        limit, at = limits.comment(actor_id), self.now()
        made = admit(self.limits, limit, open_work=self.unit_of_work, owner_id=actor_id, once=once, at=at)
        if made is not None:
            return made
        body_html = self.renderer.comment(body)
        with self.unit_of_work() as work:
            made = made_before(work, actor_id, once, at)
            if made is None:
                author = work.accounts.get(actor_id)
                comment = Comment.write(
                    id=self.new_id(), author=author, post_id=post_id, body=body, body_html=body_html
                )
                work.comments.add(comment)
                remember(work, actor_id, once, comment.id, at)
                work.tallies.add_to_site({Total.COMMENTS: 1}, shard_of=comment.id)
                work.tallies.add_comments(post_id, 1)
                work.tallies.add({actor_id: Tally(comments=1)})
                work.commit()
                return comment.id
        self.limits.give_back(limit, at)
        return made

    def edit(self, *, actor_id: int, comment_id: int, body: str, version: int | None = None) -> None:
        """`version` is the one that was edited; None overwrites whatever is there. Raises NotFound, Forbidden,
        Invalid, Changed."""
        self.editable(actor_id=actor_id, comment_id=comment_id)
        body = comment_text(body)
        body_html = self.renderer.comment(body)
        with self.unit_of_work() as work:
            editor = work.accounts.get(actor_id)
            comment = work.comments.get(comment_id)
            comment.edit(editor, body=body, body_html=body_html, version=version, at=self.now())
            try:
                work.comments.save(comment)
            except Changed:
                # Whoever named no version overwrites also what was saved a moment ago.
                raise (TryAgain() if version is None else Changed()) from None
            work.commit()

    def delete(self, *, actor_id: int, comment_id: int, version: int | None = None) -> int:
        """The id of the post it stood below. Raises NotFound, Forbidden, and Changed if it is another version."""
        with self.unit_of_work() as work:
            actor = work.accounts.get(actor_id)
            actor.require(Permission.COMMENT)
            comment = work.comments.get(comment_id)
            comment.require_remover(actor)
            comment.require_version(version)
            # First the post, as deleting it does: so the two cannot wait for each other.
            work.posts.lock(comment.post_id)
            if work.comments.remove(comment_id):
                work.tallies.add_to_site({Total.COMMENTS: -1}, shard_of=comment.id)
                work.tallies.add_comments(comment.post_id, -1)
                work.tallies.add({comment.author_id: Tally(comments=-1)})
                work.commit()
        return comment.post_id

    def editable(self, *, actor_id: int, comment_id: int) -> Comment:
        """The comment, for whoever may edit it. Raises NotFound, Forbidden."""
        with self.unit_of_work() as work:
            editor = work.accounts.get(actor_id)
            editor.require(Permission.COMMENT)
            comment = work.comments.get(comment_id)
            comment.require_editor(editor)
        return comment

    def preview(self, *, reader: Reader, body: str) -> str:
        """The HTML that this body would have. Raises Forbidden, Invalid, TooOften."""
        reader.require(Permission.COMMENT)
        body = comment_text(body)
        self.limits.take(limits.preview(reader.id), self.now())
        return self.renderer.comment(body)
