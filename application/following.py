"""Following people, and no longer; and what comes of it for programs to read."""

from dataclasses import dataclass

from application.feeds import CatalogueFeeds, Counted, PeopleFeeds, PostDetail, TokenReader, Window
from application.ports import NewId, OpenWork, Tally
from domain.errors import Forbidden, NotFound
from domain.following import Follow
from domain.roles import Permission


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    unit_of_work: OpenWork
    new_id: NewId
    people: PeopleFeeds
    catalogue: CatalogueFeeds

    def follow(self, *, actor_id: int, username: str) -> None:
        """Idempotent. Raises Forbidden, NotFound, Invalid("", "follow_self")."""
        with self.unit_of_work() as work:
            follower = work.accounts.get(actor_id)
            follower.require(Permission.FOLLOW)
            followed = work.accounts.find_by_username(username.lower())
            if followed is None:
                raise NotFound()
            if work.follows.add(Follow.begin(id=self.new_id(), follower=follower, followed=followed)):
                work.tallies.add({follower.id: Tally(following=1), followed.id: Tally(followers=1)})
                work.commit()

    def unfollow(self, *, actor_id: int, username: str) -> None:
        """Idempotent. Raises Forbidden, NotFound."""
        with self.unit_of_work() as work:
            follower = work.accounts.get(actor_id)
            follower.require(Permission.FOLLOW)
            followed = work.accounts.find_by_username(username.lower())
            if followed is None or followed.deleted:
                raise NotFound()
            if work.follows.remove(follower.id, followed.id):
                work.tallies.add({follower.id: Tally(following=-1), followed.id: Tally(followers=-1)})
                work.commit()

    def timeline(self, *, reader: TokenReader, username: str, window: Window) -> Counted[PostDetail]:
        """One's own, whole and with its length. Raises NotFound, and Forbidden for another's."""
        if username.lower() != reader.username.lower():
            self.people.profile(username, reader)
            raise Forbidden()
        return self.catalogue.timeline(reader.id, window)
