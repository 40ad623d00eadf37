"""Posts: publishing, editing, deleting, and a look before any of it.

Markdown is rendered before the unit of work opens, since it is slow; whoever may not write is turned away before that.
"""

from dataclasses import dataclass

from application.feeds import SessionFeeds
from application.once import admit, made_before, remember
from application.ports import Limits, NewId, Now, OpenWork, Renderer, Tally, Total, UnitOfWork
from domain import limits
from domain.errors import TryAgain
from domain.once import OnceKey
from domain.posts import Post, PostHtml, PostText
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Posts:
    unit_of_work: OpenWork
    now: Now
    new_id: NewId
    renderer: Renderer
    limits: Limits
    readers: SessionFeeds

    def publish(self, *, actor_id: int, title: str, body: str, once: OnceKey | None = None) -> int:
        """The post's id; the same `once` again makes nothing new. Raises Forbidden, Invalid, TooOften."""
        self.readers.reader(actor_id).require(Permission.WRITE)
        text = PostText.parse(title=title, body=body)
        limit, at = limits.publish(actor_id), self.now()
        made = admit(self.limits, limit, open_work=self.unit_of_work, owner_id=actor_id, once=once, at=at)
        if made is not None:
            return made
        html = self._render(text.body)
        with self.unit_of_work() as work:
            made = made_before(work, actor_id, once, at)
            if made is None:
                author = work.accounts.get(actor_id)
                post = Post.publish(id=self.new_id(), author=author, text=text, html=html)
                work.posts.add(post)
                remember(work, actor_id, once, post.id, at)
                work.tallies.add_to_site({Total.POSTS: 1}, shard_of=post.id)
                work.tallies.add({actor_id: Tally(posts=1)})
                work.commit()
                return post.id
        self.limits.give_back(limit, at)
        return made

    def edit(
        self,
        *,
        actor_id: int,
        post_id: int,
        title: str | None = None,
        body: str | None = None,
        version: int | None = None,
    ) -> None:
        """What is None stays as it is. `version` is the one that was edited; None overwrites whatever is there.
        Raises NotFound, Forbidden, Invalid, Changed."""
        stored = self._require_owner(actor_id, post_id)
        if title is None and body is None:
            stored.require_version(version)
            return
        text = PostText.parse(
            title=stored.text.title if title is None else title, body=stored.text.body if body is None else body
        )
        html = self._render(text.body)
        with self.unit_of_work() as work:
            editor = work.accounts.get(actor_id)
            post = work.posts.lock(post_id)
            if None in (title, body) and version is None and post.version != stored.version:
                raise TryAgain  # what was to stay as it is has changed
            post.edit(editor, text=text, html=html, version=version, at=self.now())
            work.posts.save(post)
            work.commit()

    def delete(self, *, actor_id: int, post_id: int, version: int | None = None) -> None:
        """With its comments; the moderation log keeps its own copy. Raises NotFound, Forbidden, and Changed if it is
        not `version` any more."""
        with self.unit_of_work() as work:
            actor = work.accounts.get(actor_id)
            actor.require(Permission.WRITE)
            post = work.posts.lock(post_id)
            post.require_owner(actor)
            post.require_version(version)
            remove_post(work, post)
            work.commit()

    def editable(self, *, actor_id: int, post_id: int) -> Post:
        """The post, for whoever may edit it. Raises NotFound, Forbidden."""
        return self._require_owner(actor_id, post_id)

    def preview(self, *, reader: Reader, body: str) -> str:
        """The HTML that this body would have. Raises Forbidden, Invalid, TooOften."""
        reader.require(Permission.WRITE)
        text = PostText.parse(title="", body=body)
        self.limits.take(limits.preview(reader.id), self.now())
        return self.renderer.post(text.body).html

    def _require_owner(self, actor_id: int, post_id: int) -> Post:
        with self.unit_of_work() as work:
            actor = work.accounts.get(actor_id)
            # Who may do nothing yet hears that, whether the post is there or not.
            actor.require(Permission.WRITE)
            post = work.posts.get(post_id)
            post.require_owner(actor)
        return post

    def _render(self, body: str) -> PostHtml:
        rendered = self.renderer.post(body)
        return PostHtml(body_html=rendered.html, excerpt_html=rendered.excerpt_html, cut=rendered.cut)


def remove_post(work: UnitOfWork, post: Post) -> None:
    """A locked post with its comments, and everybody's counters."""
    changes = {author_id: Tally(comments=-count) for author_id, count in work.comments.count_by_author(post.id).items()}
    changes[post.author_id] = changes.get(post.author_id, Tally()) + Tally(posts=-1)
    work.posts.remove(post.id)
    comments = sum(change.comments for change in changes.values())
    work.tallies.add_to_site({Total.POSTS: -1, Total.COMMENTS: comments}, shard_of=post.id)
    work.tallies.add(changes)
