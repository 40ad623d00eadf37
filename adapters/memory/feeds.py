"""What readers see, computed from what is committed. Each method is one consistent look at the store."""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import nlargest

from adapters.memory.records import Records, cut
from adapters.memory.store import AccountRow, Store
from application.feeds import (
    LATELY,
    CommentCard,
    FollowCard,
    LogCard,
    MailCard,
    MemberCard,
    Page,
    Place,
    PostCard,
    PostDetail,
    Profile,
    ProfilePage,
    SessionCard,
    Thread,
    TokenReader,
    Viewer,
    Window,
)
from domain.errors import NotFound
from domain.following import Follow
from domain.moderation import LogEntry
from domain.outbox import Mail
from domain.roles import Reader
from domain.sessions import is_over


class MemoryFeed:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._records = Records(store)


class MemoryPostFeeds(MemoryFeed):
    def latest(self, window: Window) -> Page[PostCard]:
        with self._store.lock:
            return self._cards(window, lambda _author_id: True)

    def timeline(self, reader_id: int, window: Window) -> Page[PostCard]:
        with self._store.lock:
            follows = self._store.follows.committed
            authors = {followed for follower, followed in follows if follower == reader_id} | {reader_id}
            return self._cards(window, lambda author_id: author_id in authors)

    def thread(self, post_id: int, window: Window, reader: Reader | None) -> Thread:
        with self._store.lock:
            detail = self.post(post_id)
            comments = (row for row in self._store.comments.committed.values() if row.post_id == post_id)
            page = cut(
                comments, window, lambda row: row.id, lambda row: self._records.comment(row, reader), newest_first=False
            )
            return Thread(detail, page)

    def post(self, post_id: int) -> PostDetail:
        with self._store.lock:
            row = self._store.posts.committed.get(post_id)
            if row is None:
                raise NotFound()
            return self._records.detail(row)

    def _cards(self, window: Window, wanted: Callable[[int], bool]) -> Page[PostCard]:
        rows = (row for row in self._store.posts.committed.values() if wanted(row.post.author_id))
        return cut(rows, window, lambda row: row.post.id, self._records.card)


class MemoryCommentFeeds(MemoryFeed):
    def comment(self, comment_id: int, reader: Reader | None) -> CommentCard:
        with self._store.lock:
            return self._records.comment(self._records.stored_comment(comment_id), reader)

    def place(self, comment_id: int) -> Place:
        with self._store.lock:
            comment = self._records.stored_comment(comment_id)
            return Place(comment_id, comment.post_id, self._store.posts.committed[comment.post_id].comment_count)


class MemoryPeopleFeeds(MemoryFeed):
    def page(self, username: str, window: Window, reader: Reader | None) -> ProfilePage:
        with self._store.lock:
            profile = self.profile(username, reader)
            theirs = (row for row in self._store.posts.committed.values() if row.post.author_id == profile.id)
            return ProfilePage(profile, cut(theirs, window, lambda row: row.post.id, self._records.card))

    def profile(self, username: str, reader: Reader | None) -> Profile:
        with self._store.lock:
            row = self._store.accounts.committed[self._records.account(username).id]
            return self._profile(row, None if reader is None else reader.id)

    def followers(self, account_id: int, window: Window) -> Page[FollowCard]:
        return self._follows(window, lambda follow: follow.followed_id == account_id, lambda follow: follow.follower_id)

    def following(self, account_id: int, window: Window) -> Page[FollowCard]:
        return self._follows(window, lambda follow: follow.follower_id == account_id, lambda follow: follow.followed_id)

    def suggestions(self, reader_id: int, limit: int) -> tuple[Profile, ...]:
        with self._store.lock:
            posts, follows = self._store.posts.committed, self._store.follows.committed
            authors = {posts[id].post.author_id for id in nlargest(LATELY, posts)} - {reader_id}
            rows = (self._store.accounts.committed[id] for id in authors if (reader_id, id) not in follows)
            active = (row for row in rows if row.account.active)
            first = nlargest(limit, active, key=lambda row: (row.tally.followers, row.account.id))
            return tuple(self._profile(row, reader_id) for row in first)

    def _profile(self, row: AccountRow, reader_id: int | None) -> Profile:
        account, follows = row.account, self._store.follows.committed
        return Profile(
            id=account.id,
            username=account.username.text,
            name=account.name,
            location=account.location,
            about_me=account.about_me,
            role=account.role,
            last_seen_at=row.last_seen_at,
            post_count=row.tally.posts,
            comment_count=row.tally.comments,
            follower_count=row.tally.followers,
            following_count=row.tally.following,
            followed=(reader_id, account.id) in follows,
            follows_you=(account.id, reader_id) in follows,
        )

    def _follows(
        self, window: Window, wanted: Callable[[Follow], bool], shown: Callable[[Follow], int]
    ) -> Page[FollowCard]:
        with self._store.lock:
            rows = (
                follow
                for follow in self._store.follows.committed.values()
                if wanted(follow) and self._records.face(shown(follow)) is not None
            )
            return cut(rows, window, lambda row: row.id, lambda row: self._follow_card(row, shown(row)))

    def _follow_card(self, follow: Follow, shown_id: int) -> FollowCard:
        face = self._records.face(shown_id)
        assert face is not None
        return FollowCard(follow.id, face)


class MemorySessionFeeds(MemoryFeed):
    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        with self._store.lock:
            for session in self._store.sessions.committed.values():
                if session.secret_hash == secret_hash:
                    account = self._store.accounts.committed[session.account_id].account
                    over = is_over(id=session.id, remember=session.remember, seen_at=session.seen_at, at=at)
                    if over or not account.active:
                        return None
                    return Viewer(
                        id=account.id,
                        role=account.role,
                        confirmed=account.confirmed,
                        username=account.username.text,
                        name=account.name,
                        email=account.email.text,
                        language=account.language,
                        theme=account.theme,
                        session_id=session.id,
                        seen_at=session.seen_at,
                    )
            return None

    def reader(self, account_id: int) -> Reader:
        with self._store.lock:
            row = self._store.accounts.committed.get(account_id)
            if row is None or not row.account.active:
                raise NotFound()
            return row.account.reader

    def token_reader(self, account_id: int) -> TokenReader:
        with self._store.lock:
            row = self._store.accounts.committed.get(account_id)
            if row is None or not row.account.active:
                raise NotFound()
            return TokenReader(
                id=row.account.id,
                role=row.account.role,
                confirmed=row.account.confirmed,
                username=row.account.username.text,
                token_generation=row.account.token_generation,
            )

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        with self._store.lock:
            return tuple(
                SessionCard(id=row.id, device=row.device, remember=row.remember, seen_at=row.seen_at)
                for row in sorted(self._store.sessions.committed.values(), key=lambda row: -row.id)
                if row.account_id == account_id
                and not is_over(id=row.id, remember=row.remember, seen_at=row.seen_at, at=at)
            )


class MemoryModerationFeeds(MemoryFeed):
    def comments(self, window: Window, reader: Reader) -> Page[CommentCard]:
        with self._store.lock:
            rows = self._store.comments.committed.values()
            return cut(rows, window, lambda row: row.id, lambda row: self._records.comment(row, reader))

    def log(self, window: Window) -> Page[LogCard]:
        with self._store.lock:
            return cut(self._store.log.committed.values(), window, lambda row: row.id, self._entry)

    def _entry(self, entry: LogEntry) -> LogCard:
        return LogCard(
            id=entry.id,
            moderator=self._records.face(entry.moderator_id),
            author=self._records.face(entry.author_id),
            action=entry.action,
            comment_id=entry.comment_id,
            post_id=entry.post_id,
            body=entry.body,
            reason=entry.reason,
        )


class MemoryMemberFeeds(MemoryFeed):
    def search(self, prefix: str, window: Window) -> Page[MemberCard]:
        start = prefix.casefold()
        with self._store.lock:
            found = (
                row.account
                for row in self._store.accounts.committed.values()
                if not row.account.deleted
                and (row.account.username.key.startswith(start) or row.account.email.key.startswith(start))
            )
            return cut(found, window, lambda account: account.id, self._records.member)

    def member(self, username: str) -> MemberCard:
        with self._store.lock:
            return self._records.member(self._records.account(username))

    def is_empty(self) -> bool:
        return not self._store.accounts.committed


class MemoryOutboxFeeds(MemoryFeed):
    def latest(self, window: Window) -> Page[MailCard]:
        with self._store.lock:
            return cut(self._store.outbox.committed.values(), window, lambda row: row.id, self._mail)

    def _mail(self, mail: Mail) -> MailCard:
        return MailCard(
            id=mail.id,
            kind=mail.kind,
            address=mail.address,
            state=mail.state,
            attempts=mail.attempts,
            due_at=mail.due_at,
            last_error=mail.last_error,
        )


class MemoryArchiveFeeds(MemoryFeed):
    def posts(self, account_id: int) -> Iterator[PostDetail]:
        with self._store.lock:
            rows = [row for row in self._store.posts.committed.values() if row.post.author_id == account_id]
            return iter([self._records.detail(row) for row in sorted(rows, key=lambda row: row.post.id)])

    def comments(self, account_id: int) -> Iterator[CommentCard]:
        with self._store.lock:
            rows = [row for row in self._store.comments.committed.values() if row.author_id == account_id]
            return iter([self._records.comment(row, None) for row in sorted(rows, key=lambda row: row.id)])

    def following(self, account_id: int) -> Iterator[FollowCard]:
        return reversed(MemoryPeopleFeeds(self._store).following(account_id, Window(size=1_000_000)).items)
