"""A member as moderators see them, in memory."""

from datetime import datetime

from adapters.memory.appeals import record_card_of
from adapters.memory.members import member_name_of
from adapters.memory.moderation import standing_hiding_all
from adapters.memory.store import Store
from adapters.memory.visibility import visible_comments, visible_posts
from application.ports.members import MemberName
from application.ports.persons import PersonBackground, PersonStanding, Writing
from domain.moderation import Act, SubjectKind
from domain.roles import Reader

_OPENING = 300


class MemoryPersonFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, reader: Reader | None, account_id: int, at: datetime, limit: int) -> PersonStanding:
        with self._store.lock:
            log = self._store.log.committed.values()
            about = sorted((entry for entry in log if entry.about_id == account_id), key=lambda entry: -entry.id)
            cards = [record_card_of(self._store, entry, reader) for entry in about]
            hiding = standing_hiding_all(about, account_id)
            return PersonStanding(
                tuple(card for card in cards if card.holds(at))[:limit],
                tuple(card for card in cards if card.entry.act is Act.NOTE)[:limit],
                None if hiding is None else record_card_of(self._store, hiding, reader),
            )

    def background(
        self, reader: Reader | None, account_id: int, entry_id: int, *, limit: int, counted: int
    ) -> PersonBackground:
        with self._store.lock:
            posts = [
                Writing(
                    id=row.post.id,
                    kind=SubjectKind.POST,
                    title=row.post.text.title,
                    opening=row.post.text.body[:_OPENING],
                    hidden=row.post.hidden,
                )
                for row in visible_posts(self._store, reader).values()
                if row.post.author_id == account_id
            ]
            comments = [
                Writing(
                    id=comment.id,
                    kind=SubjectKind.COMMENT,
                    title=above.post.text.title,
                    opening=comment.body[:_OPENING],
                    hidden=comment.hidden,
                )
                for comment, above in visible_comments(self._store, reader)
                if comment.author_id == account_id
            ]
            newest = [w for found in (posts, comments) for w in sorted(found, key=lambda w: -w.id)[:limit]]
            hiders = (
                [row.post.hidden_by for row in self._store.posts.committed.values()],
                [comment.hidden_by for comment in self._store.comments.committed.values()],
            )
            hidden_count = sum(min(each.count(entry_id), counted + 1) for each in hiders)
            return PersonBackground(self._inviter(account_id), tuple(sorted(newest, key=lambda w: -w.id)), hidden_count)

    def _inviter(self, account_id: int) -> MemberName | None:
        row = self._store.accounts.committed.get(account_id)
        invitation = None if row is None else self._store.invitations.committed.get(row.account.invitation_id)
        return None if invitation is None else member_name_of(self._store, invitation.owner_id)
