"""Leaving: taking one's things home, and ending one's account while the site stays whole."""

from dataclasses import dataclass

from application.members import require_another_administrator
from application.passwords import require_password
from application.ports import Limits, NewId, Now, PasswordHasher, Tally, Total, UnitOfWork
from application.posts import remove_post
from application.repeating import Repeat
from domain.errors import Problems
from domain.outbox import Kind, Mail

BATCH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    repeat: Repeat
    now: Now
    new_id: NewId
    passwords: PasswordHasher
    limits: Limits

    def leave(self, *, actor_id: int, password: str, posts: str) -> None:
        """Ends the account in one commit; the worker cleans up. `posts` is `keep` (posts and comments stay, without a
        name) or `delete`. Raises Invalid, TooOften."""
        account = self.repeat(lambda work: work.accounts.get(actor_id))
        problems = Problems()
        if posts not in ("keep", "delete"):
            problems.add("posts", "choice")
        with problems:
            require_password(self.limits, self.passwords, self.now, account, password, field="password")
        problems.stop()
        kind = Kind.ERASE_ALL if posts == "delete" else Kind.UNFOLLOW_ALL
        self.repeat(lambda work: self._leave(work, actor_id, kind))

    def _leave(self, work: UnitOfWork, actor_id: int, kind: Kind) -> None:
        account = work.accounts.get(actor_id)
        if account.administers:
            require_another_administrator(work, account, field="")
        account.leave()
        work.accounts.save(account)
        work.sessions.remove_all_of(actor_id)
        work.links.remove_all_of(actor_id)
        work.outbox.add(Mail.queue(id=self.new_id(), kind=kind, address="", account_id=actor_id, at=self.now()))
        work.commit()


def erase_some(work: UnitOfWork, account_id: int, kind: Kind) -> bool:
    """One batch of what a member who left leaves behind, with everybody's counters. False when nothing was left."""
    if _unfollow_some(work, account_id):
        return True
    if kind is Kind.UNFOLLOW_ALL:
        return False
    return _erase_posts(work, account_id) or _erase_comments(work, account_id)


def _unfollow_some(work: UnitOfWork, account_id: int) -> bool:
    follows = work.follows.some_of(account_id, BATCH)
    changes: dict[int, Tally] = {}
    for follow in follows:
        if work.follows.remove(follow.follower_id, follow.followed_id):
            changes[follow.follower_id] = changes.get(follow.follower_id, Tally()) + Tally(following=-1)
            changes[follow.followed_id] = changes.get(follow.followed_id, Tally()) + Tally(followers=-1)
    work.tallies.add(changes)
    return bool(follows)


def _erase_posts(work: UnitOfWork, account_id: int) -> bool:
    """One at a time: each may carry many comments."""
    posts = work.posts.some_of(account_id, 1)
    for post_id in posts:
        remove_post(work, work.posts.lock(post_id))
    return bool(posts)


def _erase_comments(work: UnitOfWork, account_id: int) -> bool:
    comments = work.comments.some_of(account_id, BATCH)
    removed = [comment for comment in comments if work.comments.remove(comment.id)]
    work.tallies.add_to_site({Total.COMMENTS: -len(removed)}, shard_of=account_id)
    for post_id in sorted({comment.post_id for comment in removed}):
        work.tallies.add_comments(post_id, -sum(comment.post_id == post_id for comment in removed))
    work.tallies.add({account_id: Tally(comments=-len(removed))})
    return bool(comments)
