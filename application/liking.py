"""Liking: like a post or a comment, and take that back."""

from contextlib import suppress
from dataclasses import dataclass

from application.comments import lock_seen_comment
from application.notifying import Notifying
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import lock_seen
from application.repeating import Repeat
from domain.accounts import Account
from domain.errors import NotFound
from domain.liking import Like
from domain.roles import Permission


@dataclass(frozen=True, kw_only=True, slots=True)
class Liking:
    """All four are idempotent, and raise Forbidden and NotFound."""

    repeat: Repeat
    now: Now
    new_id: NewId
    notifying: Notifying

    def like_post(self, *, actor_id: int, post_id: int) -> None:
        """Raises Invalid("", "like_self") too."""
        self.repeat(self._like_post, actor_id, post_id)

    def _like_post(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = self._member(work, actor_id)
        post = lock_seen(work, member, post_id)
        refused = work.mutes.is_block_between(member.id, post.author_id)
        like = Like.give(id=self.new_id(), member=member, thing=post, refused=refused, at=self.now())
        if work.post_likes.add(like):
            self.notifying.of_like(work, like, post)
            work.tallies.add_likes(post.id, 1)
            work.commit()

    def like_comment(self, *, actor_id: int, comment_id: int) -> None:
        """Raises Invalid("", "like_self") too."""
        self.repeat(self._like_comment, actor_id, comment_id)

    def _like_comment(self, work: UnitOfWork, actor_id: int, comment_id: int) -> None:
        member = self._member(work, actor_id)
        comment = lock_seen_comment(work, member, comment_id)
        is_hidden = work.posts.get(comment.post_id).hidden
        refused = is_hidden or work.mutes.is_block_between(member.id, comment.author_id)
        like = Like.give(id=self.new_id(), member=member, thing=comment, refused=refused, at=self.now())
        if work.comment_likes.add(like):
            self.notifying.of_like(work, like, comment)
            work.tallies.add_likes_of_comment(comment.id, 1)
            work.commit()

    def _member(self, work: UnitOfWork, actor_id: int) -> Account:
        """Forbidden comes before NotFound."""
        member = work.accounts.actor(actor_id)
        member.require(Permission.FOLLOW, at=self.now())
        return member

    def unlike_post(self, *, actor_id: int, post_id: int) -> None:
        """Also for a silenced member, and where nobody can like any more."""
        self.repeat(self._unlike_post, actor_id, post_id)

    def _unlike_post(self, work: UnitOfWork, actor_id: int, post_id: int) -> None:
        member = work.accounts.actor(actor_id)
        member.require_part(at=self.now())
        post = lock_seen(work, member, post_id)
        if work.post_likes.remove(post.id, member.id):
            work.tallies.add_likes(post.id, -1)
            work.commit()

    def unlike_comment(self, *, actor_id: int, comment_id: int) -> None:
        """As `unlike_post`."""
        self.repeat(self._unlike_comment, actor_id, comment_id)

    def _unlike_comment(self, work: UnitOfWork, actor_id: int, comment_id: int) -> None:
        member = work.accounts.actor(actor_id)
        member.require_part(at=self.now())
        comment = lock_seen_comment(work, member, comment_id)
        if work.comment_likes.remove(comment.id, member.id):
            work.tallies.add_likes_of_comment(comment.id, -1)
            work.commit()


def end_some_likes(work: UnitOfWork, account_id: int, limit: int) -> bool:
    """Removes some likes of a former member, and updates the counters. False when there were none."""
    return _end_some_of_posts(work, account_id, limit) or _end_some_of_comments(work, account_id, limit)


def _end_some_of_posts(work: UnitOfWork, account_id: int, limit: int) -> bool:
    found = sorted(like.thing_id for like in work.post_likes.some_of(account_id, limit))
    for post_id in found:
        # It may have been removed for good meanwhile, and its likes with it.
        with suppress(NotFound):
            work.posts.lock(post_id)
    for post_id in found:
        if work.post_likes.remove(post_id, account_id):
            work.tallies.add_likes(post_id, -1)
    return bool(found)


def _end_some_of_comments(work: UnitOfWork, account_id: int, limit: int) -> bool:
    found = sorted(like.thing_id for like in work.comment_likes.some_of(account_id, limit))
    post_ids = set()
    for comment_id in found:
        with suppress(NotFound):
            post_ids.add(work.comments.get(comment_id).post_id)
    # The posts come before the comments, as for whoever likes one.
    for post_id in sorted(post_ids):
        with suppress(NotFound):
            work.posts.lock(post_id)
    for comment_id in found:
        with suppress(NotFound):
            work.comments.lock(comment_id)
    for comment_id in found:
        if work.comment_likes.remove(comment_id, account_id):
            work.tallies.add_likes_of_comment(comment_id, -1)
    return bool(found)
