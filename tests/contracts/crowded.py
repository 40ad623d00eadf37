"""A store with so many of everything that a list can show, and every read of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from adapters.sql.engine import Database
from application.ports.flasky import Brought
from application.ports.paging import Window
from domain.accounts import Account
from domain.comments import Comment
from domain.flasky import Kind
from domain.ids import LARGEST
from domain.joining import Admission
from domain.members import MemberState, names_pattern, search_pattern
from domain.moderation import SubjectKind
from domain.notifications import Notification, NotificationKind
from domain.outbox import Stage
from domain.posts import Post
from domain.roles import Reader, Role
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage, sql_storage

Read = Callable[[Window], object]


# What is searched for among members: a beginning, and any part.
TYPED = ("m", "m1", "ample", "nobody has this")


class Crowded:
    """A member, a popular post, and so many of everything that a list could show."""

    def __init__(self, database: Database, rows: int) -> None:
        self.storage = sql_storage(database)
        community = Community(self.storage)
        with community.at_once():
            self.ada = community.member("augusta", role=Role.MODERATOR)
            community.rename(self.ada, "ada")
            self.weary = community.member("weary")
            community.mute(self.weary, self.ada)
            crowd = [community.member(f"m{number}") for number in range(rows)]
            for member in crowd:
                community.follow(member, self.ada)
                community.follow(self.ada, member)
                community.mute(self.ada, member, blocked=True)
                community.mute(self.weary, member, muted=False, blocked=True)
                community.follow(self.weary, member)
            self.invitation = community.invitation(self.ada)
            for number in range(rows):
                invitation_id = community.invitation(self.ada).id
                community.member(f"w{number}", admission=Admission.APPROVAL, invitation_id=invitation_id)
            posts = [community.post(self.ada) for _ in range(rows)]
            self.post = posts[rows // 2]
            comments = [community.comment(self.ada, self.post) for _ in range(rows)]
            for comment in comments[: rows // 2]:
                community.comment(self.weary, self.post, answers=comment)
                community.comment(self.weary, self.post, answers=comments[-1])
            self.comment = comments[rows // 2]
            for member in crowd:
                community.like(member, self.post)
                community.like(member, self.comment)
                community.watch(member, self.post)
            for post in posts:
                community.tag(post, "soup", f"t{post.id}")
                community.bookmark(self.ada, post)
                community.bookmark(self.weary, post)
                community.like(self.ada, post)
                community.watch(self.ada, post)
            for comment in comments:
                community.log_entry(self.ada, comment)
                self.sanction = community.sanction(None, self.ada)
                community.appeal(self.sanction.id, self.ada)
                community.job()
                community.session(self.ada)
                community.settle(community.case(comment, self.weary), self.weary)
            self.case = [community.case(post, self.weary) for post in posts][rows // 2]
            self.reported = community.case(self.ada, *crowd)
            told = [tell(community, self.ada, kind, self.post, self.comment) for kind in NotificationKind]
            told += [tell(community, self.ada, NotificationKind.REPLY, self.post, each) for each in comments]
            self.told = told[0]
        with self.storage.unit_of_work() as work:
            work.notifications.add(told)
            for each in told[::2]:
                each.put_into_mail(77)
            work.notifications.save(told)
            work.commit()
        with self.storage.unit_of_work() as work:
            people = [Brought(Kind.USER, number, member.id, name=f"M{number}") for number, member in enumerate(crowd)]
            work.flasky.add(people)
            work.flasky.add([Brought(Kind.POST, number, post.id) for number, post in enumerate(posts)])
            work.commit()
        self.now = community.now


def tell(community: Community, member: Account, kind: NotificationKind, post: Post, comment: Comment) -> Notification:
    """Of all that there is, and so of many."""
    return replace(
        Notification.of(kind, member.id, id=community.new_id(), event_id=1, at=community.now),
        thing_id=comment.id if kind is NotificationKind.REPLY else post.id,
        post_id=post.id,
        comment_id=comment.id if kind in (NotificationKind.REPLY, NotificationKind.MENTION) else None,
        last_id=LARGEST,
    )


def lists(stored: Storage, crowded: Crowded) -> dict[str, Read]:
    ada, post, reader = crowded.ada, crowded.post, crowded.ada.reader
    # One who mutes.
    weary = stored.session_feeds.reader(crowded.weary.id, BEGINNING)
    return {
        "posts.latest (weary)": lambda window: stored.post_feeds.latest(weary, window),
        "posts.timeline (weary)": lambda window: stored.post_feeds.timeline(weary, window),
        "posts.whole_latest (weary)": lambda window: stored.post_feeds.whole_latest(weary, window),
        "posts.whole_timeline (weary)": lambda window: stored.post_feeds.whole_timeline(weary, window),
        "comments.thread (weary)": lambda window: stored.comment_feeds.thread(weary, post.id, window),
        "comments.latest (weary)": lambda window: stored.comment_feeds.latest(weary, window),
        "people.page (weary)": lambda window: stored.people_feeds.page(weary, "ada", window),
        "people.comments (weary)": lambda window: stored.people_feeds.comments(weary, "ada", window),
        **{
            f"people.people {typed!r} (weary)": partial(people, stored, weary, names_pattern(typed) or "", crowded.now)
            for typed in ("", *TYPED)
        },
        "following.followers (weary)": lambda window: stored.follow_feeds.followers(weary, ada.id, window),
        "following.following (weary)": lambda window: stored.follow_feeds.following(weary, ada.id, window),
        "following.follower_profiles (weary)": lambda window: stored.follow_feeds.follower_profiles(
            weary, "ada", window
        ),
        "posts.latest": lambda window: stored.post_feeds.latest(reader, window),
        "posts.timeline": lambda window: stored.post_feeds.timeline(reader, window),
        "posts.whole_latest": lambda window: stored.post_feeds.whole_latest(reader, window),
        "posts.whole_timeline": lambda window: stored.post_feeds.whole_timeline(reader, window),
        "posts.whole_by": lambda window: stored.post_feeds.whole_by(reader, "ada", window),
        "comments.thread": lambda window: stored.comment_feeds.thread(reader, post.id, window),
        "comments.latest": lambda window: stored.comment_feeds.latest(reader, window),
        "people.page": lambda window: stored.people_feeds.page(reader, "ada", window),
        "people.comments": lambda window: stored.people_feeds.comments(reader, "ada", window),
        **{
            f"people.people {typed!r}": partial(people, stored, reader, names_pattern(typed) or "", crowded.now)
            for typed in ("", *TYPED)
        },
        "following.followers": lambda window: stored.follow_feeds.followers(reader, ada.id, window),
        "following.following": lambda window: stored.follow_feeds.following(reader, ada.id, window),
        "following.follower_profiles": lambda window: stored.follow_feeds.follower_profiles(reader, "ada", window),
        "following.following_profiles": lambda window: stored.follow_feeds.following_profiles(reader, "ada", window),
        "muting.people": lambda window: stored.mute_feeds.people(reader, window),
        "muting.muted_profiles": lambda window: stored.mute_feeds.muted_profiles(reader, window),
        "muting.blocked_profiles": lambda window: stored.mute_feeds.blocked_profiles(reader, window),
        "notifications.latest": lambda window: stored.notification_feeds.latest(reader, window),
        "notifications.latest (weary)": lambda window: stored.notification_feeds.latest(weary, window),
        "notifications.latest_profiles": lambda window: stored.notification_feeds.latest_profiles(reader, window),
        "liking.of_post": lambda window: stored.like_feeds.of_post(reader, post.id, window),
        "liking.of_post (a visitor)": lambda window: stored.like_feeds.of_post(None, post.id, window),
        "liking.of_post (weary)": lambda window: stored.like_feeds.of_post(weary, post.id, window),
        "bookmarks.posts": lambda window: stored.bookmark_feeds.posts(reader, window),
        "bookmarks.posts (weary)": lambda window: stored.bookmark_feeds.posts(weary, window),
        "bookmarks.whole_posts": lambda window: stored.bookmark_feeds.whole_posts(reader, window),
        "tags.posts": lambda window: stored.tag_feeds.posts(reader, "soup", window),
        "tags.posts (weary)": lambda window: stored.tag_feeds.posts(weary, "soup", window),
        "tags.posts (a visitor)": lambda window: stored.tag_feeds.posts(None, "soup", window),
        "tags.whole_posts": lambda window: stored.tag_feeds.whole_posts(reader, "soup", window),
        "deleting.own": lambda window: stored.deleted_feeds.own(reader, BEGINNING, window),
        "admitting.waiting": lambda window: stored.admitting_feeds.waiting(reader, window),
        "moderation.comments": lambda window: stored.moderation_feeds.comments(reader, window),
        "moderation.log": lambda window: stored.moderation_feeds.log(reader, window),
        "moderation.log_by": lambda window: stored.moderation_feeds.log_by(reader, "ada", window),
        "moderation.log_by a former name": lambda window: stored.moderation_feeds.log_by(reader, "augusta", window),
        "sanctions.of_person": lambda window: stored.sanction_feeds.of_person(reader, ada.id, window),
        "sanctions.about_person": lambda window: stored.sanction_feeds.about_person(reader, ada.id, window),
        "appeals.record": lambda window: stored.appeal_feeds.record(reader, window),
        "appeals.hidden_comments": lambda window: stored.appeal_feeds.hidden_comments(
            reader, crowded.sanction.id, window
        ),
        "appeals.hidden_comments (weary)": lambda window: stored.appeal_feeds.hidden_comments(
            weary, crowded.sanction.id, window
        ),
        "appeals.waiting": lambda window: stored.appeal_feeds.waiting(reader, window),
        "cases.waiting": lambda window: stored.case_feeds.waiting(reader, window),
        "cases.waiting with reports": lambda window: stored.case_feeds.waiting(reader, window, shown=10),
        "cases.waiting about": lambda window: stored.case_feeds.waiting(reader, window, about_id=ada.id),
        "cases.settled": lambda window: stored.case_feeds.settled(reader, window),
        "cases.settled with reports": lambda window: stored.case_feeds.settled(reader, window, shown=10),
        "cases.settled about": lambda window: stored.case_feeds.settled(reader, window, about_id=ada.id),
        "members.search": lambda window: stored.member_feeds.search(reader, "", window),
        **{
            f"members.search {typed!r} {role} {state}": partial(
                stored.member_feeds.search, reader, search_pattern(typed) or "", role=role, state=state
            )
            for typed in TYPED
            for role in (None, Role.USER, Role.MODERATOR)
            for state in (None, *MemberState)
        },
        **{
            f"members.search {role} {state}": partial(stored.member_feeds.search, reader, "", role=role, state=state)
            for role in (None, Role.USER, Role.MODERATOR)
            for state in (None, *MemberState)
            if role or state
        },
        **{
            f"outbox.latest {stage} {mails}": partial(stored.outbox_feeds.latest, stage=stage, mails=mails)
            for stage in (None, *Stage)
            for mails in (None, True, False)
            if stage or mails is not None
        },
        "outbox.latest": stored.outbox_feeds.latest,
    }


def people(stored: Storage, reader: Reader, pattern: str, at: datetime, window: Window) -> object:
    return stored.people_feeds.people(reader, pattern, window, at)


def single_reads(stored: Storage, crowded: Crowded) -> dict[str, Read]:
    ada, post, comment, reader = crowded.ada, crowded.post, crowded.comment, crowded.ada.reader
    weary = stored.session_feeds.reader(crowded.weary.id, BEGINNING)
    return {
        "posts.post (weary)": lambda _: stored.post_feeds.post(weary, post.id),
        "comments.comment (weary)": lambda _: stored.comment_feeds.comment(weary, comment.id),
        "following.suggestions (weary)": lambda _: stored.follow_feeds.suggestions(weary, 5, crowded.now),
        "posts.post": lambda _: stored.post_feeds.post(reader, post.id),
        "tags.used": lambda _: stored.tag_feeds.used(reader),
        "posts.sitemap": lambda _: stored.post_feeds.sitemap(reader, 1, post.id, 50),
        "comments.comment": lambda _: stored.comment_feeds.comment(reader, comment.id),
        "comments.place": lambda _: stored.comment_feeds.position(reader, comment.id),
        "mentions.mentionable": lambda _: stored.mention_feeds.mentionable(ada.id, ["weary", "m0", "nobody"]),
        "notifications.notification": lambda _: stored.notification_feeds.notification(reader, crowded.told.id),
        "notifications.of_mail": lambda _: stored.notification_feeds.of_mail(reader, 77, 20),
        "people.profile": lambda _: stored.people_feeds.profile(reader, "ada"),
        "people.present_username": lambda _: stored.people_feeds.present_username(reader, "augusta"),
        "following.suggestions": lambda _: stored.follow_feeds.suggestions(reader, 5, crowded.now),
        "invitations.of_member": lambda _: stored.invitation_feeds.of_member(reader, 20),
        "invitations.inviter": lambda _: stored.invitation_feeds.inviter(reader, "w0"),
        "sessions.viewer": lambda _: stored.session_feeds.viewer("a hash", crowded.now),
        "sessions.reader": lambda _: stored.session_feeds.reader(ada.id, crowded.now),
        "sessions.of_account": lambda _: stored.session_feeds.of_account(ada.id, crowded.now),
        "credentials.token_reader": lambda _: stored.credential_feeds.token_reader(ada.id, crowded.now),
        "sanctions.sanction": lambda _: stored.sanction_feeds.sanction(reader, crowded.sanction.id),
        "persons.standing": lambda _: stored.person_feeds.standing(reader, ada.id, crowded.now, 20),
        "persons.background": lambda _: stored.person_feeds.background(reader, ada.id, 1, limit=5, counted=50),
        "cases.case": lambda _: stored.case_feeds.case(reader, crowded.reported.id, shown=20),
        "cases.case with earlier reports": lambda _: stored.case_feeds.case(
            reader, crowded.reported.id, shown=20, up_to=30
        ),
        "cases.next_waiting": lambda _: stored.case_feeds.next_waiting(reader, crowded.case.place),
        "cases.around": lambda _: stored.case_feeds.around(reader, comment.id, crowded.post.id, before=4, after=3),
        "cases.own": lambda _: stored.case_feeds.own(reader, SubjectKind.PERSON, ada.id),
        "appeals.entry": lambda _: stored.appeal_feeds.entry(reader, crowded.sanction.id),
        "members.member": lambda _: stored.member_feeds.member(reader, "ada"),
        "members.counts": lambda _: stored.member_feeds.counts(),
        "outbox.mail_health": lambda _: stored.outbox_feeds.mail_health(),
        "outbox.backlog": lambda _: stored.outbox_feeds.backlog(),
        "ping": lambda _: stored.ping(),
        "overview.standing": lambda _: stored.overview_feeds.standing(),
        "overview.days": lambda _: stored.overview_feeds.days(
            crowded.now.date() - timedelta(days=60), crowded.now.date()
        ),
        "flasky.username": lambda _: stored.flasky_feeds.username(reader, "M0"),
        "flasky.username in another case": lambda _: stored.flasky_feeds.username(reader, "m0"),
        "flasky.post_id": lambda _: stored.flasky_feeds.post_id(reader, 0),
    }


def windows(crowded: Crowded) -> list[Window]:
    return [Window(20), Window(20, before=crowded.comment.id), Window(20, after=crowded.post.id)]
