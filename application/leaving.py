"""Leaving: export one's data, and delete one's account."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from application.comments import remove_comment
from application.credentials.checking import Credentials, lock_checked
from application.credentials.links import end_links
from application.following import end_follows
from application.jobs import Handlers, Outcome
from application.liking import end_some_likes
from application.members import require_another_administrator
from application.pictures.removing import remove_some_unshown_of
from application.ports.appeals import AppealFeeds, RecordCard
from application.ports.cases import OwnReport
from application.ports.comments import ANSWERS_IN_THREAD, CommentCard
from application.ports.leaving import ArchiveFeeds, OwnPicture
from application.ports.liking import OwnLike
from application.ports.limits import Limits
from application.ports.muting import MuteCard
from application.ports.paging import Window
from application.ports.people import PeopleFeeds
from application.ports.pictures.files import PictureFiles
from application.ports.posts import PostDetail
from application.ports.preferences import PreferenceFeeds
from application.ports.sessions import Viewer
from application.ports.tallies import Tally, Total
from application.ports.work import NewId, Now, UnitOfWork
from application.posts import remove_post
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.bookmarks import Bookmark
from domain.errors import NotFound, Problems
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.pictures import sizes
from domain.posts import Post
from domain.preferences import Preferences, kinds_for
from domain.roles import known_end
from domain.watching import Watch

BATCH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    repeat: Repeat
    credentials: Credentials
    now: Now
    new_id: NewId
    limits: Limits
    archive_feeds: ArchiveFeeds
    people_feeds: PeopleFeeds
    appeal_feeds: AppealFeeds
    preference_feeds: PreferenceFeeds
    picture_files: PictureFiles

    def export(self, *, reader: Viewer) -> Iterator[tuple[str, Iterable[bytes]]]:
        """All that a member wrote and sent, as files. Each is a path and its content in parts. Read one file before the
        next. Raises TooOften, and while they are read TryAgain, when the store of pictures does not answer."""
        self.limits.take(limits.export(reader.id), self.now())
        return self._files(reader)

    def _files(self, reader: Viewer) -> Iterator[tuple[str, Iterable[bytes]]]:
        profile = self.people_feeds.profile(None, reader.username)
        yield "profile.json", [_json(asdict(profile) | {"email": reader.email, "time_zone": reader.time_zone})]
        for post in self.archive_feeds.posts(reader):
            yield f"posts/{post.created_at:%Y-%m-%d}-{post.id}.md", [_markdown(post).encode()]
        yield "comments.jsonl", _lines(map(_own_comment, self.archive_feeds.comments(reader)))
        yield "record.jsonl", _lines(map(_decision, self._record(reader)))
        yield "following.jsonl", _lines(asdict(row.member) for row in self.archive_feeds.following(reader))
        yield "notification-settings.json", [_json(_settings(self.preference_feeds.of(reader), reader))]
        yield "mutes.jsonl", _lines(map(_mute, self.archive_feeds.mutes(reader)))
        yield "likes.jsonl", _lines(map(_like, self.archive_feeds.likes(reader)))
        yield "bookmarks.jsonl", _lines(map(_kept, self.archive_feeds.bookmarks(reader)))
        yield "watches.jsonl", _lines(map(_kept, self.archive_feeds.watches(reader)))
        yield "reports.jsonl", _lines(map(_report, self.archive_feeds.reports(reader)))
        yield "pictures.jsonl", _lines(map(_picture, self.archive_feeds.pictures(reader)))
        for picture in self.archive_feeds.pictures(reader):
            # One that is removed meanwhile has none.
            with suppress(NotFound):
                name = f"{sizes(picture.width, portrait=picture.portrait)[-1].name}.webp"
                yield f"pictures/{picture.id}.webp", [self.picture_files.get(picture.id, name)]

    def _record(self, reader: Viewer) -> Iterator[RecordCard]:
        """All that was decided about the member, newest first, read in pages."""
        window: Window | None = Window(BATCH)
        while window is not None:
            page = self.appeal_feeds.record(reader, window)
            yield from page.items
            window = None if page.before is None else Window(BATCH, before=page.before)

    def leave(self, *, actor_id: int, password: str, posts: str) -> None:
        """Deletes the account in one commit. The worker removes the rest. `posts` is `keep` (posts and comments stay,
        without a name) or `delete`. Raises Invalid, TooOften."""
        account = self.repeat.reading(lambda work: work.accounts.get(actor_id))
        problems = Problems()
        if posts not in ("keep", "delete"):
            problems.add("posts", "choice")
        with problems:
            self.credentials.check_again(account, password, field="password")
        problems.stop()
        kind = JobKind.ERASE_ALL if posts == "delete" else JobKind.UNFOLLOW_ALL
        self.repeat(self._leave, account, kind)

    def _leave(self, work: UnitOfWork, checked: Account, kind: JobKind) -> None:
        administrators = work.accounts.lock_administrators()
        account = lock_checked(work, checked, field="password")
        if account.administers:
            require_another_administrator(account, administrators, field="")
        account.leave()
        work.accounts.save(account)
        work.appeals.empty(account.id)
        work.preferences.save(account.id, Preferences())
        work.sessions.remove_all_of(account.id)
        end_links(work, account.id, at=self.now())
        work.outbox.add(Job(id=self.new_id(), kind=kind, account_id=account.id, due_at=self.now()))
        work.tallies.add_to_site({Total.MEMBERS: -1}, shard_of=account.id)
        work.commit()

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.UNFOLLOW_ALL: self._remove_some, JobKind.ERASE_ALL: self._remove_some}

    def _remove_some(self, job: Job) -> Outcome:
        """One batch of what a former member leaves behind. What is left is found anew, so no progress is stored."""
        assert job.account_id is not None
        found = self.repeat(self._remove_batch, job.account_id, job.kind)
        return Outcome.MORE if found else Outcome.DONE

    def _remove_batch(self, work: UnitOfWork, account_id: int, kind: JobKind) -> bool:
        """Commits one batch, and the counters of all members. False when nothing was left."""
        found = self._remove_what_is_there(work, account_id, kind)
        if not found:
            # Whoever still writes for this member holds the row. Look again when nobody does.
            work.accounts.lock(account_id)
            found = self._remove_what_is_there(work, account_id, kind)
        work.commit()
        return found

    def _remove_what_is_there(self, work: UnitOfWork, account_id: int, kind: JobKind) -> bool:
        found = _remove_what_is_there(work, account_id, kind)
        return found or remove_some_unshown_of(work, account_id, new_id=self.new_id, at=self.now())


def _remove_what_is_there(work: UnitOfWork, account_id: int, kind: JobKind) -> bool:
    published = kind is JobKind.ERASE_ALL
    found = _unfollow_some(work, account_id) or bool(work.mutes.remove_some_of(account_id, BATCH))
    found = found or end_some_likes(work, account_id, BATCH)
    found = found or bool(work.bookmarks.remove_some_of(account_id, BATCH))
    found = found or bool(work.watches.remove_some_of(account_id, BATCH))
    found = found or bool(work.notifications.remove_some_of(account_id, BATCH))
    if not found and published:
        found = _erase_posts(work, account_id) or _erase_comments(work, account_id)
    found = found or _forget(work, account_id, published=published)
    return found or work.reported_texts.forget_some_of(account_id, BATCH, published=published)


def _unfollow_some(work: UnitOfWork, account_id: int) -> bool:
    follows = work.follows.some_of(account_id, BATCH)
    end_follows(work, [(follow.follower_id, follow.followed_id) for follow in follows])
    return bool(follows)


def _erase_posts(work: UnitOfWork, account_id: int) -> bool:
    """One post at a time, because each may have many comments."""
    posts = work.posts.some_of(account_id, 1)
    for post_id in posts:
        # It may have been removed for good meanwhile.
        with suppress(NotFound):
            remove_post(work, work.posts.lock(post_id))
    return bool(posts)


def _erase_comments(work: UnitOfWork, account_id: int) -> bool:
    found = work.comments.some_of(account_id, BATCH)
    posts: dict[int, Post] = {}
    for post_id in sorted({comment.post_id for comment in found}):
        # It may have been removed for good meanwhile, and its comments with it.
        with suppress(NotFound):
            posts[post_id] = work.posts.lock(post_id)
    # Read again: below a locked post nobody deletes a comment or brings one back.
    comments = [each for each in work.comments.some_of(account_id, BATCH) if each.post_id in posts]
    # A comment that was deleted left the counters then, and one below a hidden or deleted post left all but the post's.
    counted = [each for each in comments if remove_comment(work, each.id) and each.deleted_at is None]
    for post_id in posts:
        work.tallies.add_comments(post_id, -sum(comment.post_id == post_id for comment in counted))
    listed = sum(posts[comment.post_id].listed for comment in counted)
    work.tallies.add({account_id: Tally(comments=-listed)})
    work.tallies.add_to_site({Total.COMMENTS: -listed}, shard_of=account_id)
    return bool(found)


def _decision(card: RecordCard) -> dict[str, Any]:
    """Without who acted."""
    entry, appeal = card.entry, card.appeal
    return {
        "id": card.id,
        "act": entry.act,
        "subject_kind": entry.subject_kind,
        "subject_id": entry.subject_id,
        "text": entry.text,
        "reason": entry.reason,
        "rule": entry.rule,
        "created_at": entry.created_at,
        "until": known_end(card.until),
        "lifted_at": card.lifted_at,
        "reversed": card.reversed,
        "appeal": None if appeal is None else asdict(appeal),
    }


def _forget(work: UnitOfWork, account_id: int, *, published: bool) -> bool:
    """The notes about this member in the moderation log, and the copies of what they published."""
    entries = work.moderation_log.texts_of(account_id, BATCH, published=published)
    work.moderation_log.forget_texts(entries)
    return bool(entries)


def _settings(preferences: Preferences, reader: Viewer) -> dict[str, Any]:
    return {kind.value: asdict(preferences.of(kind)) for kind in kinds_for(reader.role)}


def _mute(card: MuteCard) -> dict[str, Any]:
    return asdict(card.member) | {"muted": card.muted, "blocked": card.blocked}


def _like(like: OwnLike) -> dict[str, Any]:
    return {"post_id": like.post_id, "comment_id": like.comment_id, "created_at": time_of(like.id)}


def _kept(row: Bookmark | Watch) -> dict[str, Any]:
    return {"post_id": row.post_id, "created_at": time_of(row.id)}


def _picture(picture: OwnPicture) -> dict[str, Any]:
    return asdict(picture) | {"created_at": time_of(picture.id)}


def _report(report: OwnReport) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "text": report.text,
        "subject_kind": report.subject_kind,
        "subject_id": report.subject_id,
        "created_at": report.created_at,
        "settled": report.settled,
    }


def _markdown(post: PostDetail) -> str:
    title = f"# {post.title}\n\n" if post.title else ""
    tags = f"\n\nTags: {', '.join(post.tags)}" if post.tags else ""
    return f"{title}{post.body}{tags}\n"


def _own_comment(card: CommentCard) -> dict[str, Any]:
    """Without what only a thread says."""
    return {name: value for name, value in asdict(card).items() if name not in ANSWERS_IN_THREAD}


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """JSON Lines (jsonlines.org)."""
    return (_json(row) + b"\n" for row in rows)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, Enum)
    return str(value.value)
