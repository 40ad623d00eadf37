"""People and what they do, put into a storage in one line each. Its clock moves by a second with every id it makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from application.ports.tallies import Tally, Total
from application.ports.work import UnitOfWork
from domain.accounts import Account
from domain.appeals import Appeal
from domain.bookmarks import Bookmark
from domain.cases import Case, Complaint, Reported, ReportKind
from domain.comments import Comment
from domain.credentials import Link, Purpose
from domain.following import Follow
from domain.identifiers import Email, Username
from domain.ids import make_id
from domain.invitations import LIFETIME, Invitation
from domain.job_kinds import JobKind
from domain.joining import Admission
from domain.liking import Like
from domain.moderation import Act, LogEntry, SubjectKind
from domain.muting import Mute
from domain.outbox import Job
from domain.pictures import Picture
from domain.posts import Post, PostHtml, PostText
from domain.roles import Role
from domain.sanctions import Sanction
from domain.sessions import Session
from domain.watching import Watch
from tests.contracts.storages import Storage

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Community:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.now = BEGINNING
        self._within: UnitOfWork | None = None

    def new_id(self) -> int:
        self.now += timedelta(seconds=1)
        return make_id(self.now, 7)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything inside in one unit of work, which is quicker."""
        with self.storage.unit_of_work() as work:
            self._within = work
            try:
                yield
            finally:
                self._within = None
            work.commit()

    def member(
        self,
        username: str = "ada",
        *,
        role: Role = Role.USER,
        confirmed: bool = True,
        disabled: bool = False,
        email: str = "",
        name: str = "",
        admission: Admission = Admission.ADMITTED,
        why: str = "",
        invitation_id: int = 0,
    ) -> Account:
        account = Account(
            id=self.new_id(),
            username=Username(username),
            email=Email(email or f"{username}@example.com"),
            password_hash="a hash",
            role=role,
            confirmed=confirmed,
            disabled=disabled,
            name=name,
            admission=admission,
            why=why,
            invitation_id=invitation_id,
        )
        with self._work() as work:
            assert work.accounts.add(account)
            work.tallies.add_to_site({Total.MEMBERS: 1}, shard_of=account.id)
        return account

    def invitation(self, owner: Account, *, people: int = 3, taken: int = 0, code: str = "") -> Invitation:
        id = self.new_id()
        until = self.now + LIFETIME
        code = code or f"code {id}"
        invitation = Invitation(id=id, owner_id=owner.id, code=code, people=people, taken=taken, until=until)
        with self._work() as work:
            work.invitations.add(invitation)
        return invitation

    def post(self, author: Account, body: str = "A post.", *, title: str = "", html_version: int = 1) -> Post:
        post = Post(
            id=self.new_id(),
            author_id=author.id,
            text=PostText(title=title, body=body),
            html=PostHtml(
                body_html=f"<p>{body}</p>", excerpt_html=f"<p>{body[:20]}</p>", cut=len(body) > 20, version=html_version
            ),
        )
        with self._work() as work:
            work.posts.add(post)
            work.tallies.add_to_site({Total.POSTS: 1}, shard_of=post.id)
            work.tallies.add({author.id: Tally(posts=1)})
        return post

    def picture(
        self, owner: Account, *shown_by: Post, width: int = 1600, portrait: bool = False, size: int = 100
    ) -> Picture:
        """A picture in the storage. There are no files of it."""
        picture = Picture(
            id=self.new_id(), owner_id=owner.id, alt="", width=width, height=900, size=size, portrait=portrait
        )
        picture.unused_since = None if shown_by or portrait else self.now
        with self._work() as work:
            work.pictures.add(picture)
            for post in shown_by:
                work.pictures.show(post.id, [*work.pictures.shown_by(post.id), picture.id], self.now)
            work.tallies.add({owner.id: Tally(picture_bytes=size)})
        return picture

    def tag(self, post: Post, *names: str) -> None:
        """The post gets these tags, and stands under them."""
        post.text = replace(post.text, tags=names)
        with self._work() as work:
            work.tags.label(post)
            work.tags.attach(post.id, names, self.new_id)

    def comment(
        self,
        author: Account,
        post: Post,
        body: str = "A comment.",
        *,
        html_version: int = 1,
        answers: Comment | None = None,
    ) -> Comment:
        comment = Comment(
            id=self.new_id(),
            post_id=post.id,
            author_id=author.id,
            reply_to=None if answers is None else answers.id,
            body=body,
            body_html=f"<p>{body}</p>",
            html_version=html_version,
        )
        with self._work() as work:
            work.comments.add(comment)
            work.tallies.add_to_site({Total.COMMENTS: 1}, shard_of=comment.id)
            work.tallies.add_comments(post.id, 1)
            work.tallies.add({author.id: Tally(comments=1)})
        return comment

    def follow(self, follower: Account, followed: Account) -> Follow:
        follow = Follow(id=self.new_id(), follower_id=follower.id, followed_id=followed.id)
        with self._work() as work:
            assert work.follows.add(follow)
            work.tallies.add({follower.id: Tally(following=1), followed.id: Tally(followers=1)})
        return follow

    def mute(self, owner: Account, other: Account, *, muted: bool = True, blocked: bool = False) -> Mute:
        mute = Mute(id=self.new_id(), owner_id=owner.id, other_id=other.id, muted=muted, blocked=blocked)
        with self._work() as work:
            work.mutes.save(mute)
        return mute

    def like(self, member: Account, thing: Post | Comment) -> Like:
        like = Like(id=self.new_id(), thing_id=thing.id, account_id=member.id)
        with self._work() as work:
            if isinstance(thing, Post):
                assert work.post_likes.add(like)
                work.tallies.add_likes(thing.id, 1)
            else:
                assert work.comment_likes.add(like)
                work.tallies.add_likes_of_comment(thing.id, 1)
        return like

    def bookmark(self, member: Account, post: Post) -> Bookmark:
        bookmark = Bookmark(id=self.new_id(), account_id=member.id, post_id=post.id)
        with self._work() as work:
            assert work.bookmarks.add(bookmark)
        return bookmark

    def watch(self, member: Account, post: Post) -> Watch:
        watch = Watch(id=self.new_id(), post_id=post.id, account_id=member.id)
        with self._work() as work:
            assert work.watches.add(watch)
        return watch

    def session(self, account: Account, *, remember: bool = False, secret_hash: str = "") -> Session:
        id = self.new_id()
        session = Session(
            id=id,
            account_id=account.id,
            secret_hash=secret_hash or f"hash of {id}",
            remember=remember,
            device="Firefox",
            seen_at=self.now,
        )
        with self._work() as work:
            work.sessions.add(session)
        return session

    def link(self, account: Account, purpose: Purpose = Purpose.CONFIRM, token_id: str = "a token") -> Link:
        link = Link(account.id, purpose, token_id, account.email.text)
        with self._work() as work:
            work.links.put(link)
        return link

    def hide(self, comment: Comment, reason: str = "rude") -> None:
        comment.hidden = True
        comment.hidden_reason = reason
        with self._work() as work:
            work.comments.save(comment)

    def log_entry(self, moderator: Account, comment: Comment, act: Act = Act.HIDE) -> LogEntry:
        entry = LogEntry(
            id=self.new_id(),
            actor_id=moderator.id,
            act=act,
            subject_kind=SubjectKind.COMMENT,
            subject_id=comment.id,
            about_id=comment.author_id,
            post_id=comment.post_id,
            text=comment.body,
            reason="rude",
            rule="7",
        )
        with self._work() as work:
            work.moderation_log.add(entry)
            work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
        return entry

    def sanction(
        self, moderator: Account | None, member: Account, act: Act = Act.SILENCE, *, days: int | None = 7
    ) -> Sanction:
        entry = LogEntry.on_person(
            member.id,
            act,
            id=self.new_id(),
            actor_id=None if moderator is None else moderator.id,
            reason="rude",
            rule="7",
        )
        sanction = Sanction.impose(entry, days=days, at=self.now)
        with self._work() as work:
            work.moderation_log.add(entry)
            work.sanctions.add(sanction)
            work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
        return sanction

    def appeal(self, entry_id: int, member: Account, text: str = "I was not.") -> Appeal:
        appeal = Appeal(id=self.new_id(), entry_id=entry_id, account_id=member.id, text=text)
        with self._work() as work:
            assert work.appeals.add(appeal)
        return appeal

    def case(
        self,
        subject: Post | Comment | Account,
        *reporters: Account | None,
        kind: ReportKind = ReportKind.ABUSE,
    ) -> Case:
        """An open case with a report by each. None is a visitor."""
        case = Case.open(_reported(subject), id=self.new_id())
        complaint = Complaint(kind=kind, text="It is rude.")
        with self._work() as work:
            assert work.cases.add(case)
            for reporter in reporters:
                report = case.take(complaint, id=self.new_id(), reporter_id=None if reporter is None else reporter.id)
                work.reports.put(report)
            work.cases.save(case)
        return case

    def settle(self, case: Case, moderator: Account, act: Act = Act.SETTLE) -> LogEntry:
        entry = LogEntry(
            id=self.new_id(),
            actor_id=moderator.id,
            act=act,
            subject_kind=case.subject_kind,
            subject_id=case.subject_id,
            about_id=case.about_id,
            post_id=case.post_id,
            reason="fine",
        )
        case.settle(entry)
        with self._work() as work:
            work.moderation_log.add(entry)
            work.cases.save(case)
            work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
        return entry

    def job(self, kind: JobKind = JobKind.CONFIRM, address: str = "ada@example.com", **more: int | str) -> Job:
        job = Job(id=self.new_id(), kind=kind, address=address, due_at=self.now, **more)  # type: ignore[arg-type]
        with self._work() as work:
            work.outbox.add(job)
        return job

    def rename(self, account: Account, *usernames: str) -> None:
        """One after another."""
        for username in usernames:
            account.rename(Username(username))
            with self._work() as work:
                work.accounts.save(account)

    def delete(self, account: Account) -> None:
        account.leave()
        with self._work() as work:
            work.accounts.save(account)
            work.tallies.add_to_site({Total.MEMBERS: -1}, shard_of=account.id)

    @contextmanager
    def _work(self) -> Iterator[UnitOfWork]:
        if self._within is not None:
            yield self._within
            return
        with self.storage.unit_of_work() as work:
            yield work
            work.commit()


def _reported(subject: Post | Comment | Account) -> Reported:
    match subject:
        case Post():
            return Reported.post(subject)
        case Comment():
            return Reported.comment(subject)
        case Account():
            return Reported.person(subject)
