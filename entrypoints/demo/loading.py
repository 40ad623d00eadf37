"""Stores the members and texts of the demo, through the entities of the domain and the ports."""

import random
from collections import defaultdict
from datetime import datetime

from adapters.markdown.rendering import InlineRenderer
from application.ports.tallies import Tally, Total
from application.ports.work import UnitOfWork
from application.rendering import post_html
from domain.accounts import Account
from domain.comments import Comment, comment_text
from domain.credentials import normal
from domain.errors import AlreadyTaken
from domain.following import Follow
from domain.identifiers import Email, Username, username_key
from domain.ids import RANDOM_BITS, make_id
from domain.moderation import reason_text
from domain.posts import Post, PostHtml, PostText
from domain.profiles import PublicProfile
from domain.roles import Role
from domain.sessions import Session
from domain.time_zones import time_zone_named
from entrypoints.container import Container
from entrypoints.demo.moderating import Moderating
from entrypoints.demo.password import ADMIN_EMAIL
from entrypoints.demo.texts import Conversation, Person, conversations, people
from entrypoints.demo.year import Said, Thread, year_of


def load(container: Container, *, seed: int, administrator_password: str) -> None:
    """Fills an empty storage in one commit. The same seed and time make the same community. Raises AlreadyTaken when
    the storage is not empty."""
    loading = _Loading(container, seed)
    password_hash = container.hasher().hash(normal(administrator_password))
    with container.storage().unit_of_work() as work:
        loading.store(work, password_hash)
        work.commit()


class _Loading:
    """Renders and dates everything before the unit of work opens, because rendering takes most of the time."""

    def __init__(self, container: Container, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, not a secret
        self._secrets = container.session_secrets()
        self._people = people()
        self._now = container.now()()
        self._year = year_of(self._people, conversations(), seed=seed, now=self._now)
        renderer = InlineRenderer(container.settings().sanitizer)
        self._html_version = renderer.version
        members = frozenset(username_key(person.username) for person in self._people)
        self._posts = [_rendered(renderer, thread.conversation, members) for thread in self._year.threads]
        self._comments = [
            [renderer.comment(said.remark.body, members=members).html for said in thread.said]
            for thread in self._year.threads
        ]
        self._accounts: dict[str, Account] = {}
        self._tallies: defaultdict[int, Tally] = defaultdict(Tally)
        # By the key of the conversation.
        self._post_ids: dict[str, int] = {}
        self._comment_ids: defaultdict[str, list[int]] = defaultdict(list)

    def store(self, work: UnitOfWork, password_hash: str) -> None:
        for person in self._people:
            self._join(work, person, password_hash)
        work.tallies.add_to_site({Total.MEMBERS: len(self._people)}, shard_of=0)
        for thread, (text, html), comments in zip(self._year.threads, self._posts, self._comments, strict=True):
            self._publish(work, thread, text, html, comments)
        for followed in self._year.follows:
            follower, author = self._accounts[followed.follower], self._accounts[followed.followed]
            work.follows.add(Follow.begin(id=self._id(followed.at), follower=follower, followed=author, at=followed.at))
            self._tallies[follower.id] += Tally(following=1)
            self._tallies[author.id] += Tally(followers=1)
        work.tallies.add(self._tallies)
        Moderating(
            accounts=self._accounts, posts=self._post_ids, comments=self._comment_ids, now=self._now, new_id=self._id
        ).store(work)

    def _join(self, work: UnitOfWork, person: Person, password_hash: str) -> None:
        administers = person.role is Role.ADMINISTRATOR
        account = Account.register(
            id=self._id(self._year.joined_at[person.username]),
            email=Email.parse(ADMIN_EMAIL if administers else f"{person.username}@example.com"),
            username=Username.parse(person.username),
            password_hash=password_hash,
            language=person.language,
        )
        if not administers:
            # Nobody can sign in to these accounts, because a published password protects nothing.
            account.password_hash = None
        if person.confirmed:
            account.confirm(administrator=None)
            account.admit()
        account.role = person.role
        account.describe(PublicProfile.parse(name=person.name, location=person.location, about_me=person.about_me))
        account.choose_time_zone(time_zone_named(person.time_zone))
        if not work.accounts.add(account):
            raise AlreadyTaken("email")
        self._accounts[person.username] = account
        self._visit(work, account, self._year.seen_at[person.username])

    def _visit(self, work: UnitOfWork, account: Account, at: datetime) -> None:
        """The member's last visit, as a session that is over. So the storage has the time of the visit."""
        session = Session.begin(
            id=self._id(at),
            account_id=account.id,
            secret_hash=self._secrets.hash(self._secrets.new()),
            remember=False,
            device="",
            at=at,
        )
        work.sessions.add(session)
        work.sessions.note_visit(session.id, at)
        work.sessions.remove(session.id)

    def _publish(self, work: UnitOfWork, thread: Thread, text: PostText, html: PostHtml, comments: list[str]) -> None:
        author = self._accounts[thread.conversation.author]
        post = Post.publish(id=self._id(thread.at), author=author, text=text, html=html, at=thread.at)
        work.posts.add(post)
        self._post_ids[thread.conversation.key] = post.id
        if thread.conversation.edited:
            post.edit(author, text=text, html=html, version=None, at=thread.edited_at)
            work.posts.save(post)
        for said, body_html in zip(thread.said, comments, strict=True):
            self._comment_ids[thread.conversation.key].append(self._comment(work, post.id, said, body_html))
        self._tallies[author.id] += Tally(posts=1)
        work.tallies.add_to_site({Total.POSTS: 1, Total.COMMENTS: len(thread.said)}, shard_of=post.id)
        work.tallies.add_comments(post.id, len(thread.said))

    def _comment(self, work: UnitOfWork, post_id: int, said: Said, body_html: str) -> int:
        remark = said.remark
        author = self._accounts[remark.author]
        comment = Comment.write(
            id=self._id(said.at),
            author=author,
            post_id=post_id,
            reply_to=None,
            body=comment_text(remark.body),
            body_html=body_html,
            html_version=self._html_version,
            at=said.at,
        )
        work.comments.add(comment)
        self._tallies[author.id] += Tally(comments=1)
        if remark.edited:
            comment.edit(
                author,
                body=comment.body,
                body_html=body_html,
                html_version=self._html_version,
                version=None,
                at=said.changed_at,
            )
            work.comments.save(comment)
        if remark.moderator:
            self._hide(work, comment, said)
        return comment.id

    def _hide(self, work: UnitOfWork, comment: Comment, said: Said) -> None:
        reason = reason_text(said.remark.reason, required=True)
        moderator, at = self._accounts[said.remark.moderator], said.changed_at
        entry = comment.hide(moderator, id=self._id(at), reason=reason, at=at)
        work.comments.save(comment)
        work.moderation_log.add(entry)
        work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)

    def _id(self, at: datetime) -> int:
        return make_id(at, self._random.getrandbits(RANDOM_BITS))


def _rendered(
    renderer: InlineRenderer, conversation: Conversation, members: frozenset[str]
) -> tuple[PostText, PostHtml]:
    text = PostText.parse(title=conversation.title, body=conversation.body)
    return text, post_html(renderer.post(text.body, members=members), renderer.version)
