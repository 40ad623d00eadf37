"""Profiles in memory."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.comments import listed_card_of
from adapters.memory.members import account_named
from adapters.memory.muted import is_block_between, mute_by
from adapters.memory.paging import cut, cut_bounded
from adapters.memory.posts import card_of
from adapters.memory.store import AccountRow, Store
from adapters.memory.visibility import comments_of_one, listed_people, posts_of_one
from application.ports.paging import Page, Window
from application.ports.people import Profile, ProfileComments, ProfilePage
from domain.errors import NotFound
from domain.identifiers import username_key
from domain.members import names_text
from domain.roles import Reader


class MemoryPeopleFeeds:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, reader: Reader | None, username: str, window: Window) -> ProfilePage:
        with self._store.lock:
            profile = self.profile(reader, username)
            theirs = (row for row in posts_of_one(self._store, reader).values() if row.post.author_id == profile.id)
            page = cut(theirs, window, lambda row: row.post.id, lambda row: card_of(self._store, row, reader))
            return ProfilePage(profile, page)

    def people(self, reader: Reader | None, pattern: str, window: Window, at: datetime) -> Page[Profile]:
        def contains(row: AccountRow) -> bool:
            return pattern in names_text(row.account)

        def record(row: AccountRow) -> Profile:
            return replace(profile_of(self._store, row, reader), refuses=refuses(self._store, row, reader))

        with self._store.lock:
            found = filter(contains, listed_people(self._store, reader, at))
            listed = (row for row in self._store.accounts.committed.values() if row.account.listed)
            walked = (row.account.id for row in filter(contains, listed))
            return cut_bounded(found, window, lambda row: row.account.id, record, walked)

    def comments(self, reader: Reader | None, username: str, window: Window) -> ProfileComments:
        with self._store.lock:
            profile = self.profile(reader, username)
            theirs = (pair for pair in comments_of_one(self._store, reader) if pair[0].author_id == profile.id)
            page = cut(theirs, window, lambda pair: pair[0].id, lambda pair: listed_card_of(self._store, *pair, reader))
            return ProfileComments(profile, page)

    def profile(self, reader: Reader | None, username: str) -> Profile:
        with self._store.lock:
            row = account_named(self._store, username)
            mute = mute_by(self._store, reader, row.account.id)
            return replace(
                profile_of(self._store, row, reader),
                muted=mute is not None,
                blocked=mute is not None and mute.blocked,
                refuses=refuses(self._store, row, reader),
            )

    def present_username(self, reader: Reader | None, former: str) -> str:
        key = username_key(former)
        with self._store.lock:
            owner = self._store.names.committed.get(key)
            account = None if owner is None else self._store.accounts.committed[owner].account
            if account is None or account.deleted or account.username.key == key:
                raise NotFound()
            return account.username.text


def refuses(store: Store, row: AccountRow, reader: Reader | None) -> bool:
    """Whether this reader cannot follow the account. The caller holds the store's lock."""
    return reader is not None and (row.account.disabled or is_block_between(store, reader, row.account.id))


def profile_of(store: Store, row: AccountRow, reader: Reader | None) -> Profile:
    """The caller holds the store's lock."""
    account, follows = row.account, store.follows.committed
    reader_id = None if reader is None else reader.id
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
        picture_id=account.picture_id,
    )
