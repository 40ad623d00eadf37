"""Following: follow and unfollow, and the timeline for the API."""

from collections.abc import Iterable
from dataclasses import dataclass

from application.finding import find_present_member
from application.notifying import Notifying
from application.ports.credentials import TokenReader
from application.ports.paging import Counted, Window
from application.ports.people import PeopleFeeds
from application.ports.posts import PostDetail, PostFeeds
from application.ports.tallies import Tally
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.accounts import Account
from domain.errors import Forbidden, NotFound
from domain.following import Follow
from domain.identifiers import username_key
from domain.roles import Permission
from domain.welcoming import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    repeat: Repeat
    now: Now
    new_id: NewId
    notifying: Notifying
    people_feeds: PeopleFeeds
    post_feeds: PostFeeds

    def follow(self, *, actor_id: int, username: str) -> None:
        """Idempotent. Raises Forbidden, NotFound, Invalid("", "follow_self")."""
        self.repeat(self._follow, actor_id, username)

    def _follow(self, work: UnitOfWork, follower_id: int, username: str) -> None:
        # Forbidden comes before NotFound.
        work.accounts.get(follower_id).require(Permission.FOLLOW, at=self.now())
        follower, followed = _pair(work, follower_id, username)
        blocked = work.mutes.is_block_between(follower.id, followed.id)
        follow = Follow.begin(id=self.new_id(), follower=follower, followed=followed, blocked=blocked, at=self.now())
        if work.follows.add(follow):
            self.notifying.of_follow(work, follow)
            if follower.take(Step.FOLLOW):
                work.accounts.save(follower)
            work.tallies.add({follower.id: Tally(following=1), followed.id: Tally(followers=1)})
            work.commit()

    def unfollow(self, *, actor_id: int, username: str) -> None:
        """Idempotent, also for a silenced member. Raises Forbidden, NotFound."""
        self.repeat(self._unfollow, actor_id, username)

    def _unfollow(self, work: UnitOfWork, follower_id: int, username: str) -> None:
        work.accounts.get(follower_id).require_part(at=self.now())
        follower, followed = _pair(work, follower_id, username)
        follower.require_part(at=self.now())
        end_follows(work, [(follower.id, followed.id)])
        work.commit()

    def timeline(self, *, reader: TokenReader, username: str, window: Window) -> Counted[PostDetail]:
        """The timeline of the reader, with whole posts and a count. Raises NotFound, and Forbidden for another
        member's."""
        if username_key(username) != username_key(reader.username):
            self.people_feeds.profile(reader, username)
            raise Forbidden()
        return self.post_feeds.whole_timeline(reader, window)


def _pair(work: UnitOfWork, follower_id: int, username: str) -> tuple[Account, Account]:
    """Both accounts, the smaller id before the greater one. Raises NotFound."""
    followed_id = find_present_member(work, username).id
    accounts = {id: work.accounts.actor(id) for id in sorted((follower_id, followed_id))}
    follower, followed = accounts[follower_id], accounts[followed_id]
    if followed.deleted:
        raise NotFound()
    return follower, followed


def end_follows(work: UnitOfWork, pairs: Iterable[tuple[int, int]]) -> None:
    """Removes the follows of these pairs of follower and author, and updates the counters."""
    changes: dict[int, Tally] = {}
    for follower_id, followed_id in pairs:
        if work.follows.remove(follower_id, followed_id):
            changes[follower_id] = changes.get(follower_id, Tally()) + Tally(following=-1)
            changes[followed_id] = changes.get(followed_id, Tally()) + Tally(followers=-1)
    if changes:
        work.tallies.add(changes)
