"""Stores the members and texts of the demo, through the entities of the domain and the ports."""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from adapters.markdown.rendering import InlineRenderer
from application.ports.rendering import Rendered
from application.ports.tallies import Tally, Total
from application.ports.work import UnitOfWork
from application.rendering import post_html
from application.tags import attach
from domain.accounts import Account
from domain.comments import Comment, comment_text
from domain.credentials import normal
from domain.errors import AlreadyTaken
from domain.following import Follow
from domain.identifiers import Email, Username, username_key
from domain.ids import RANDOM_BITS, make_id, time_of
from domain.moderation import SITE_ID, reason_text
from domain.overview import Daily, Series
from domain.posts import Post, PostText
from domain.profiles import PublicProfile
from domain.roles import Role
from domain.sessions import Session
from domain.site import MARKDOWN
from domain.time_zones import time_zone_named
from domain.welcoming import Step
from entrypoints.container import Container
from entrypoints.demo.conversing import Conversing
from entrypoints.demo.illustrating import Illustrating
from entrypoints.demo.introducing import introduced
from entrypoints.demo.moderating import Moderating
from entrypoints.demo.password import ADMIN_EMAIL
from entrypoints.demo.texts import Person, Remark, conversations, people
from entrypoints.demo.year import Said, Thread, year_of

# The administrator wrote the words of the site so long after joining.
_SETTLES_IN = timedelta(hours=1)


def load(container: Container, *, seed: int, administrator_password: str) -> None:
    """Fills an empty storage in one commit. The same seed and time make the same community. Raises AlreadyTaken when
    the storage is not empty."""
    loading = _Loading(container, seed)
    password_hash = container.hasher().hash(normal(administrator_password))
    files = container.picture_files()
    try:
        with container.storage().unit_of_work() as work:
            loading.store(work, password_hash)
            loading.illustrating.put(files)
            work.commit()
    except BaseException:
        loading.illustrating.take_back(files)
        raise


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
        self.illustrating = Illustrating(self._id)
        self._rendered_posts = [self._rendered(renderer, thread, members) for thread in self._year.threads]
        self._rendered_comments = [
            [renderer.comment(said.remark.body, members=members) for said in thread.said]
            for thread in self._year.threads
        ]
        self._introduced_at = self._year.joined_at[self._people[0].username] + _SETTLES_IN
        self._site = introduced(
            container.first_site(),
            renderer,
            members,
            lambda body: self.illustrating.illustrated(body, self._introduced_at),
        )
        self._accounts: dict[str, Account] = {}
        self._tallies: defaultdict[int, Tally] = defaultdict(Tally)
        # By the key of the conversation.
        self._posts: dict[str, Post] = {}
        self._comments: defaultdict[str, list[Comment]] = defaultdict(list)
        # Who got a mail on which day: the first one, and one for what others say to them.
        self._mailed: set[tuple[int, Daily]] = set()
        self._conversing = Conversing(now=self._now, new_id=self._id)

    def store(self, work: UnitOfWork, password_hash: str) -> None:
        for person in self._people:
            self._join(work, person, password_hash)
        # What an operator has said already stays.
        if work.site.find() is None:
            work.site.save(self._site)
            founder = next(iter(self._accounts.values()))
            said = "".join(getattr(self._site.html, name) for name in MARKDOWN)
            self._tallies[founder.id] += self.illustrating.show(work, SITE_ID, said, founder, self._introduced_at)
        joined = (account.id for account in self._accounts.values() if account.confirmed)
        signed_up = Counter[Total | Daily](Daily.of(Series.SIGN_UPS, id) for id in joined)
        work.tallies.add_to_site({Total.MEMBERS: len(self._people), **signed_up}, shard_of=0)
        rendered = zip(self._year.threads, self._rendered_posts, self._rendered_comments, strict=True)
        for thread, (text, html), comments in rendered:
            self._publish(work, thread, text, html, comments)
        for followed in self._year.follows:
            follower, author = self._accounts[followed.follower], self._accounts[followed.followed]
            self._follow(work, follower, author, followed.at)
            self._tallies[follower.id] += Tally(following=1)
            self._tallies[author.id] += Tally(followers=1)
        work.tallies.add(self._tallies)
        work.tallies.add_to_site(Counter[Total | Daily](day for _, day in self._mailed), shard_of=0)
        for liked in self._year.likes:
            thing = self._posts[liked.post] if liked.comment is None else self._comments[liked.post][liked.comment]
            self._conversing.liked(self._accounts[liked.member], thing, liked.at)
        self._conversing.keep_and_watch(self._accounts, self._posts)
        Moderating(
            accounts=self._accounts,
            posts={key: post.id for key, post in self._posts.items()},
            comments={key: [comment.id for comment in comments] for key, comments in self._comments.items()},
            conversing=self._conversing,
            now=self._now,
            new_id=self._id,
        ).store(work)
        administrator, *others = self._accounts.values()
        self._conversing.store(work, administrator, others)

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
        account.take(Step.ALL)  # they have been here for long
        account.choose_time_zone(time_zone_named(person.time_zone))
        portrayed = self.illustrating.portray(person.picture, account, time_of(account.id)) if person.picture else None
        if not work.accounts.add(account):
            raise AlreadyTaken("email")
        if portrayed is not None:
            self._tallies[account.id] += portrayed(work)
        self._accounts[person.username] = account
        self._mailed.add((account.id, Daily.of(Series.MAILS, account.id)))
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

    def _follow(self, work: UnitOfWork, follower: Account, author: Account, at: datetime) -> None:
        follow = Follow.begin(id=self._id(at), follower=follower, followed=author, at=at)
        work.follows.add(follow)
        self._conversing.happened(at, lambda work, notifying: notifying.of_follow(work, follow))

    def _publish(
        self, work: UnitOfWork, thread: Thread, text: PostText, rendered: Rendered, comments: list[Rendered]
    ) -> None:
        author = self._accounts[thread.conversation.author]
        html = post_html(rendered, self._html_version)
        post = Post.publish(id=self._id(thread.at), author=author, text=text, html=html, at=thread.at)
        work.posts.add(post)
        attach(work, post, lambda: self._id(thread.at))
        self._tallies[author.id] += self.illustrating.show(work, post.id, html.body_html, author, thread.at)
        self._posts[thread.conversation.key] = post
        mentioned = self._mentioned(rendered)
        self._conversing.happened(thread.at, lambda work, notifying: notifying.of_mentions(work, post, mentioned))
        if thread.conversation.edited:
            post.edit(author, text=text, html=html, version=None, at=thread.edited_at)
            work.posts.save(post)
        said_before = self._comments[thread.conversation.key]
        for said, body in zip(thread.said, comments, strict=True):
            said_before.append(self._comment(work, post, said_before, said, body))
        self._tallies[author.id] += Tally(posts=1)
        written = Counter[Total | Daily](Daily.at(Series.COMMENTS, said.at) for said in thread.said)
        work.tallies.add_to_site(
            {Total.POSTS: 1, Total.COMMENTS: len(thread.said), Daily.at(Series.POSTS, thread.at): 1, **written},
            shard_of=post.id,
        )
        work.tallies.add_comments(post.id, len(thread.said))

    def _comment(
        self, work: UnitOfWork, post: Post, said_before: list[Comment], said: Said, rendered: Rendered
    ) -> Comment:
        remark = said.remark
        author = self._accounts[remark.author]
        answered = self._answered(said_before, remark)
        comment = Comment.write(
            id=self._id(said.at),
            author=author,
            post_id=post.id,
            reply_to=None if answered is None else answered.id,
            body=comment_text(remark.body),
            body_html=rendered.html,
            html_version=self._html_version,
            at=said.at,
        )
        work.comments.add(comment)
        mentioned = self._mentioned(rendered)
        self._conversing.happened(
            said.at,
            lambda work, notifying: notifying.of_comment(work, comment, post, answered=answered, mentioned=mentioned),
        )
        self._tallies[author.id] += Tally(comments=1)
        told = post.author_id if answered is None else answered.author_id
        if told != author.id:
            self._mailed.add((told, Daily.of(Series.MAILS, comment.id)))
        if remark.edited:
            comment.edit(
                author,
                body=comment.body,
                body_html=rendered.html,
                html_version=self._html_version,
                version=None,
                at=said.changed_at,
            )
            work.comments.save(comment)
        if remark.moderator:
            self._hide(work, comment, said)
        return comment

    def _answered(self, said_before: list[Comment], remark: Remark) -> Comment | None:
        if not remark.answered:
            return None
        author_id = self._accounts[remark.answered].id
        return next(comment for comment in reversed(said_before) if comment.author_id == author_id)

    def _mentioned(self, rendered: Rendered) -> list[int]:
        by_key = {account.username.key: account.id for account in self._accounts.values()}
        return [by_key[key] for key in rendered.mentions]

    def _hide(self, work: UnitOfWork, comment: Comment, said: Said) -> None:
        reason = reason_text(said.remark.reason, required=True)
        moderator, at = self._accounts[said.remark.moderator], said.changed_at
        entry = comment.hide(moderator, id=self._id(at), reason=reason, at=at)
        work.comments.save(comment)
        work.moderation_log.add(entry)
        work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
        self._conversing.decided(entry)

    def _id(self, at: datetime) -> int:
        return make_id(at, self._random.getrandbits(RANDOM_BITS))

    def _rendered(self, renderer: InlineRenderer, thread: Thread, members: frozenset[str]) -> tuple[PostText, Rendered]:
        written = thread.conversation
        body, pictures = self.illustrating.illustrated(written.body, thread.at)
        text = PostText.parse(title=written.title, body=body, tags=written.tags)
        return text, renderer.post(text.body, members=members, pictures=pictures)
