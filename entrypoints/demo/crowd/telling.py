"""What the members of a crowd were told of. Each read it once, some time before the last visit: what came later is
unread. Nothing waits to be mailed."""

from array import array
from collections.abc import Mapping, Sequence

from application.ports.filling import FollowRows, ToldRows
from domain.ids import RANDOM_BITS
from domain.notifications import NotificationKind
from entrypoints.demo.crowd.members import Members

_NAMES = ("id", "account_id", "thing_id", "part", "post_id", "comment_id", "first_id", "last_id", "unread")


class Telling:
    def __init__(self, members: Members) -> None:
        self._members = members
        self._rows = {
            kind: [array("q") for _ in _NAMES]
            for kind in (
                NotificationKind.REPLY,
                NotificationKind.COMMENT,
                NotificationKind.LIKE,
                NotificationKind.FOLLOW,
            )
        }

    def once(self, kind: NotificationKind, member: int, comment_id: int, post_id: int) -> None:
        """For a kind that does not merge."""
        about = (comment_id, post_id, comment_id)
        self._add(kind, member, about, [comment_id], is_unread=self._is_unread(member, comment_id))

    def merged(
        self,
        kind: NotificationKind,
        member: int,
        events: Sequence[int],
        *,
        thing_id: int = 0,
        post_id: int = 0,
        comment_id: int = 0,
    ) -> None:
        """`events` are ids. Those that were read are one notification, and those that came later are another."""
        for is_unread in (False, True):
            some = [id for id in events if self._is_unread(member, id) is is_unread]
            if some:
                self._add(kind, member, (thing_id, post_id, comment_id), some, is_unread=is_unread)

    def of_follows(self, follows: FollowRows) -> None:
        events: dict[int, list[int]] = {}
        for id, followed_id in zip(follows.id, follows.followed_id, strict=True):
            events.setdefault(followed_id, []).append(id)
        for member, id in enumerate(self._members.id):
            self.merged(NotificationKind.FOLLOW, member, events.get(id, ()))

    def rows(self) -> Mapping[NotificationKind, ToldRows]:
        return {
            kind: ToldRows(**dict(zip(_NAMES, columns, strict=True)))
            for kind, columns in self._rows.items()
            if columns[0]
        }

    def _is_unread(self, member: int, event: int) -> bool:
        return event >> RANDOM_BITS > self._members.read[member]

    def _add(
        self,
        kind: NotificationKind,
        member: int,
        about: tuple[int, int, int],
        events: Sequence[int],
        *,
        is_unread: bool,
    ) -> None:
        thing_id, post_id, comment_id = about
        first_id, last_id = min(events), max(events)
        # Told right after the last event. No two events have one id.
        id = last_id + 1
        part = id if kind.merges and not is_unread else 0
        values = (id, self._members.id[member], thing_id, part, post_id, comment_id, first_id, last_id, is_unread)
        for column, value in zip(self._rows[kind], values, strict=True):
            column.append(value)
