"""Every address of the web, as three tables: what it can change, what takes a permission to see, and what is open to
all. Tests of many kinds walk through them."""

from dataclasses import dataclass, field

from application.ports.paging import Window
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.roles import Role
from tests.web.site import PASSWORD, Site

NEW_PASSWORD = "seven quiet herons"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What there is to act upon. `own_session_id` and the like, and the link to a new address,
    are the actor's."""

    post_id: int
    comment_id: int
    hidden_id: int
    entry_id: int
    appealed_id: int
    case_id: int
    hidden_post_id: int
    closed_post_id: int
    erik_post_id: int
    erik_comment_id: int
    liked_post_id: int
    liked_comment_id: int
    deleted_post_id: int
    deleted_comment_id: int
    removed_post_id: int
    picture_id: int
    mail_id: int
    own_session_id: int
    their_session_id: int
    own_notification_id: int
    own_invitation_id: int
    their_invitation_id: int
    confirm_link: str
    reset_link: str
    email_link: str
    unsubscribe_link: str


def set_scene(site: Site, actor: str | None = None) -> Scene:
    """susan has written posts and comments. Some are hidden, closed or deleted, one of them by an administrator.
    david's session is another's. erik is followed by everybody who may, and anna administers too, so that ada may
    go. Everybody mutes and blocks nora. Everybody who may likes and keeps what otto wrote, and nobody what erik wrote.
    wilma waits for a moderator."""
    site.join("erik")
    site.join("anna", Role.ADMINISTRATOR)
    post_id = site.post("susan", "Soup is a kind of hope.", "On soup", tags=["soup"])
    comment_id = site.comment("susan", post_id, "With leeks.")
    hidden_id = site.comment("susan", post_id, "Buy my soup!")
    site.hide("mary", hidden_id)
    site.join("otto")
    erik_post_id, liked_post_id = site.post("erik"), site.post("otto")
    erik_comment_id, liked_comment_id = site.comment("erik", erik_post_id), site.comment("otto", liked_post_id)
    entry_id, appealed_id = _decisions(site)
    site.join("nora")
    case_id = _case(site, comment_id)
    hidden_post_id, closed_post_id, deleted_post_id, removed_post_id = (site.post("susan") for _ in range(4))
    deleted_comment_id = site.comment("susan", post_id)
    site.container.site().change(actor=None, typed={"announcement": "Soup on Friday."})
    susan, posts = site.members["susan"], site.container.posts()
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=hidden_post_id, reason="Rude.")
    posts.close(actor_id=susan, post_id=closed_post_id)
    posts.delete(actor_id=susan, post_id=deleted_post_id)
    posts.delete(actor_id=site.members["anna"], post_id=removed_post_id, reason="Spam.")
    site.container.comments().delete(actor_id=susan, comment_id=deleted_comment_id)
    for name, _ in list(site.members.items()):
        if name not in ("erik", "ulla", "anna", "nora"):
            site.follow(name, "anna")
        if name not in ("erik", "ulla", "otto", "nora"):
            site.like(name, liked_post_id)
            site.like_comment(name, liked_comment_id)
            site.bookmark(name, liked_post_id)
            site.watch(name, liked_post_id)
        if name != "nora":
            site.mute(name, "nora")
            site.block(name, "nora")
    site.join("wilma")
    site.let_wait("wilma")
    site.container.joining().resend(actor_id=site.members["ulla"])
    confirm_link = site.link_to("ulla@example.com")
    reset_link = _reset_link(site, "susan@example.com")
    email_link, own_session_id, own_invitation_id = "/settings/email/none", 1, 1
    if actor is not None:
        if actor != "ulla":
            own_invitation_id = site.invite(actor)
        own_session_id = _session(site, actor)
        addresses = site.container.addresses()
        addresses.request_change(actor_id=site.members[actor], email="new@example.com", password=PASSWORD)
        email_link = site.link_to("new@example.com")
        site.follow("otto", actor)
        if actor not in ("ulla", "wanda"):
            site.portray(actor)
    return Scene(
        post_id=post_id,
        comment_id=comment_id,
        hidden_id=hidden_id,
        entry_id=entry_id,
        appealed_id=appealed_id,
        case_id=case_id,
        hidden_post_id=hidden_post_id,
        closed_post_id=closed_post_id,
        erik_post_id=erik_post_id,
        erik_comment_id=erik_comment_id,
        liked_post_id=liked_post_id,
        liked_comment_id=liked_comment_id,
        deleted_post_id=deleted_post_id,
        deleted_comment_id=deleted_comment_id,
        removed_post_id=removed_post_id,
        picture_id=site.picture("susan"),
        mail_id=_mail_that_waits(site),
        own_session_id=own_session_id,
        their_session_id=_session(site, "anna"),
        own_notification_id=1 if actor is None else _notification(site, actor),
        own_invitation_id=own_invitation_id,
        their_invitation_id=site.invite("anna"),
        confirm_link=confirm_link,
        reset_link=reset_link,
        email_link=email_link,
        unsubscribe_link=site.unsubscribe_link_of("susan"),
    )


def _decisions(site: Site) -> tuple[int, int]:
    """mary has warned susan twice, and susan has appealed against the second time. erik is silenced, all of
    david's is hidden, and iris is a moderator."""
    site.join("iris", Role.MODERATOR)
    sanctions = site.container.sanctions()
    warned = [
        sanctions.sanction(actor_id=site.members["mary"], username="susan", act="warn", reason="Rude.") for _ in "12"
    ]
    sanctions.sanction(actor_id=site.members["mary"], username="erik", act="silence", days="7", reason="Rude.")
    site.container.hiding_all().hide_all(actor_id=site.members["mary"], username="david", reason="Spam.")
    site.container.appeals().appeal(actor_id=site.members["susan"], entry_id=warned[1], text="I was not.")
    return warned[0], warned[1]


def _case(site: Site, comment_id: int) -> int:
    """nora has reported a comment of susan's."""
    container, ids = site.container, site.members
    container.reporting().report_comment(actor_id=ids["nora"], comment_id=comment_id, kind="abuse", text="Rude.")
    mary = container.storage().session_feeds.reader(ids["mary"], site.time)
    found: int = container.cases().waiting(reader=mary, window=Window(1)).items[0].id
    return found


def _reset_link(site: Site, address: str) -> str:
    site.container.passwords().request_reset(client="198.51.100.1", email=address)
    return site.link_to(address)


def _notification(site: Site, name: str) -> int:
    storage = site.container.storage()
    reader = storage.session_feeds.reader(site.members[name], site.time)
    found: int = storage.notification_feeds.latest(reader, Window(1)).items[0].id
    return found


def _session(site: Site, name: str) -> int:
    site.pass_time(seconds=1)
    site.container.sessions().sign_in(client="198.51.100.2", email=f"{name}@example.com", password=PASSWORD)
    found: int = site.container.storage().session_feeds.of_account(site.members[name], site.time)[0].id
    return found


def _mail_that_waits(site: Site) -> int:
    site.container.passwords().request_reset(client="198.51.100.1", email="david@example.com")
    site.postbox.away = True
    site.deliver()
    site.postbox.away = False
    found: int = site.container.storage().outbox_feeds.latest(Window(1)).items[0].id
    return found


@dataclass(frozen=True, kw_only=True)
class Change:
    """`path` names fields of the scene in braces. `who` may do it; None is a visitor. `shown` is the field that is
    shown again when the form cannot be taken. `stores` is False where even success leaves nothing behind. What is
    `proved_by_path` needs no token of a session."""

    endpoint: str
    path: str
    who: str | None
    data: dict[str, str] = field(default_factory=dict)
    shown: str = ""
    stores: bool = True
    proved_by_path: bool = False

    def where(self, scene: Scene) -> str:
        return self.path.format(**{name: getattr(scene, name) for name in Scene.__dataclass_fields__})


ADMINISTERED = {
    "email": "erik@example.org",
    "username": "erik",
    "confirmed": "1",
    "role": "Moderator",
    "disabled": "",
    "name": "Erik",
    "location": "",
    "about_me": "",
}
JOINING = {"email": "nils@example.com", "username": "nils", "password": PASSWORD, "password2": PASSWORD}
RENEWING = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}

CHANGES = {
    "publish a post": Change(
        endpoint="posts.publish", path="/posts", who="susan", data={"title": "T", "body": "\nB"}, shown="body"
    ),
    "preview a text": Change(endpoint="posts.preview", path="/preview", who="susan", data={"body": "B"}, stores=False),
    "edit a post": Change(
        endpoint="posts.edit", path="/posts/{post_id}/edit", who="susan", data={"title": "U", "body": "C"}, shown="body"
    ),
    "send a picture": Change(
        endpoint="pictures.send",
        path="/pictures",
        who="susan",
        data={"file": "640x480", "alt": "A boat"},
        shown="alt",
    ),
    "remove a picture": Change(
        endpoint="pictures.delete",
        path="/pictures/{picture_id}/delete",
        who="mary",
        data={"reason": "Rude."},
        shown="reason",
    ),
    "show a picture of oneself": Change(
        endpoint="pictures.portray", path="/settings/picture", who="susan", data={"file": "640x480"}
    ),
    "show one's woodcut again": Change(
        endpoint="pictures.remove_portrait", path="/settings/picture/remove", who="susan"
    ),
    "rename a tag": Change(endpoint="tags.rename", path="/tags/soup/rename", who="ada", data={"to": "broth"}),
    "delete a post": Change(endpoint="posts.delete", path="/posts/{post_id}/delete", who="susan"),
    "comment": Change(
        endpoint="comments.write", path="/posts/{post_id}/comments", who="david", data={"body": "D"}, shown="body"
    ),
    "edit a comment": Change(
        endpoint="comments.edit", path="/comments/{comment_id}/edit", who="susan", data={"body": "E"}, shown="body"
    ),
    "delete a comment": Change(endpoint="comments.delete", path="/comments/{comment_id}/delete", who="susan"),
    "hide a comment": Change(
        endpoint="moderation.hide",
        path="/comments/{comment_id}/hide",
        who="mary",
        data={"reason": "Rude."},
        shown="reason",
    ),
    "restore a comment": Change(
        endpoint="moderation.restore",
        path="/comments/{hidden_id}/restore",
        who="mary",
        data={"reason": "A mistake."},
        shown="reason",
    ),
    "sanction a user": Change(
        endpoint="sanctions.sanction",
        path="/moderation/people/erik/sanction",
        who="mary",
        data={"act": "silence", "days": "7", "reason": "Rude."},
        shown="reason",
    ),
    "lift the sanctions of a user": Change(
        endpoint="sanctions.lift",
        path="/moderation/people/erik/lift",
        who="mary",
        data={"reason": "A mistake."},
        shown="reason",
    ),
    "hide all of a user": Change(
        endpoint="hiding_all.hide_all",
        path="/moderation/people/erik/hide-all",
        who="mary",
        data={"reason": "Spam."},
        shown="reason",
    ),
    "restore all of a user": Change(
        endpoint="hiding_all.restore_all",
        path="/moderation/people/david/restore-all",
        who="mary",
        data={"reason": "A mistake."},
        shown="reason",
    ),
    "note about a user": Change(
        endpoint="persons.note", path="/moderation/people/erik/note", who="mary", data={"text": "Kind."}, shown="text"
    ),
    "hide a post": Change(
        endpoint="moderation.hide_post",
        path="/posts/{post_id}/hide",
        who="mary",
        data={"reason": "Rude."},
        shown="reason",
    ),
    "restore a post": Change(
        endpoint="moderation.restore_post",
        path="/posts/{hidden_post_id}/restore",
        who="mary",
        data={"reason": "A mistake."},
        shown="reason",
    ),
    "close the comments": Change(endpoint="comments.close", path="/posts/{post_id}/close", who="susan"),
    "appeal": Change(
        endpoint="appeals.appeal", path="/appeals/{entry_id}", who="susan", data={"text": "I was not."}, shown="text"
    ),
    "decide an appeal": Change(
        endpoint="appeals.decide",
        path="/appeals/{appealed_id}/decide",
        who="ada",
        data={"outcome": "reversed", "reason": "Fair."},
        shown="reason",
    ),
    "report a post": Change(
        endpoint="reporting.post",
        path="/posts/{post_id}/report",
        who="david",
        data={"kind": "illegal", "text": "It is rude."},
        shown="text",
    ),
    "report a comment": Change(
        endpoint="reporting.comment",
        path="/comments/{comment_id}/report",
        who="david",
        data={"kind": "illegal", "text": "It is rude."},
        shown="text",
    ),
    "report a person": Change(
        endpoint="reporting.person",
        path="/@susan/report",
        who="david",
        data={"kind": "illegal", "text": "It is rude."},
        shown="text",
    ),
    "settle a case": Change(
        endpoint="cases.settle",
        path="/moderation/cases/{case_id}/settle",
        who="mary",
        data={"act": "warn", "reason": "Rude."},
        shown="reason",
    ),
    "bring back a post": Change(
        endpoint="deleting.undelete_post", path="/posts/{deleted_post_id}/undelete", who="susan"
    ),
    "bring back a comment": Change(
        endpoint="deleting.undelete_comment", path="/comments/{deleted_comment_id}/undelete", who="susan"
    ),
    "follow": Change(endpoint="following.follow", path="/@erik/follow", who="david"),
    "unfollow": Change(endpoint="following.unfollow", path="/@anna/unfollow", who="david"),
    "like a post": Change(endpoint="liking.like_post", path="/posts/{erik_post_id}/like", who="david"),
    "unlike a post": Change(endpoint="liking.unlike_post", path="/posts/{liked_post_id}/unlike", who="david"),
    "like a comment": Change(endpoint="liking.like_comment", path="/comments/{erik_comment_id}/like", who="david"),
    "unlike a comment": Change(
        endpoint="liking.unlike_comment", path="/comments/{liked_comment_id}/unlike", who="david"
    ),
    "bookmark a post": Change(endpoint="bookmarks.add", path="/posts/{erik_post_id}/bookmark", who="david"),
    "end a bookmark": Change(endpoint="bookmarks.remove", path="/posts/{liked_post_id}/unbookmark", who="david"),
    "watch a post": Change(endpoint="watching.watch", path="/posts/{erik_post_id}/watch", who="david"),
    "stop watching": Change(endpoint="watching.unwatch", path="/posts/{liked_post_id}/unwatch", who="david"),
    "open one's notification": Change(
        endpoint="notifications.open_one", path="/notifications/{own_notification_id}/open", who="david"
    ),
    "mark notifications as read": Change(
        endpoint="notifications.read", path="/notifications/read", who="david", data={"until": str(LARGEST)}
    ),
    "register": Change(endpoint="joining.register", path="/register", who=None, data=JOINING, shown="username"),
    "mute": Change(endpoint="muting.mute", path="/@erik/mute", who="david"),
    "end a mute": Change(endpoint="muting.unmute", path="/@nora/unmute", who="david"),
    "block": Change(endpoint="muting.block", path="/@erik/block", who="david"),
    "end a block": Change(endpoint="muting.unblock", path="/@nora/unblock", who="david"),
    "confirm an address": Change(endpoint="joining.confirm", path="{confirm_link}", who=None),
    "ask for a confirmation link": Change(endpoint="joining.unconfirmed", path="/confirm", who="ulla"),
    "choose a display": Change(
        endpoint="display.chosen",
        path="/display",
        who=None,
        data={"language": "en", "theme": "dark"},
        stores=False,
    ),
    "sign in": Change(
        endpoint="sessions.login",
        path="/login",
        who=None,
        data={"email": "susan@example.com", "password": PASSWORD},
        shown="email",
    ),
    "sign out": Change(endpoint="sessions.logout", path="/logout", who="susan"),
    "ask for a new password": Change(
        endpoint="credentials.request_reset",
        path="/reset",
        who=None,
        data={"email": "susan@example.com"},
        shown="email",
    ),
    "set a new password": Change(endpoint="credentials.reset_password", path="{reset_link}", who=None, data=RENEWING),
    "edit one's profile": Change(
        endpoint="people.edit_own",
        path="/settings/profile",
        who="susan",
        data={"name": "Susan", "location": "Delft", "about_me": "I cook."},
        shown="about_me",
    ),
    "choose one's display": Change(
        endpoint="display.own",
        path="/settings/display",
        who="susan",
        data={"language": "zh-Hans", "theme": "dark"},
    ),
    "choose of what one is told": Change(
        endpoint="preferences.choose",
        path="/settings/notifications",
        who="susan",
        data={"like.site": "on", "like.mail": "daily"},
    ),
    "end mails": Change(endpoint="preferences.unsubscribe", path="{unsubscribe_link}", who=None, proved_by_path=True),
    "change one's password": Change(
        endpoint="credentials.change_password",
        path="/settings/password",
        who="susan",
        data={"old_password": PASSWORD} | RENEWING,
    ),
    "ask for another address": Change(
        endpoint="credentials.request_address",
        path="/settings/email",
        who="susan",
        data={"email": "other@example.com", "password": PASSWORD},
        shown="email",
    ),
    "take the new address": Change(endpoint="credentials.change_address", path="{email_link}", who="susan"),
    "end one's session": Change(endpoint="sessions.end", path="/settings/sessions/{own_session_id}/end", who="susan"),
    "sign out everywhere": Change(endpoint="sessions.end_all", path="/settings/sessions/end-all", who="susan"),
    "delete one's account": Change(
        endpoint="leaving.leave",
        path="/settings/account/delete",
        who="susan",
        data={"posts": "keep", "password": PASSWORD},
    ),
    "change a member": Change(
        endpoint="members.edit", path="/admin/users/erik", who="ada", data=ADMINISTERED, shown="about_me"
    ),
    "send a member the confirmation": Change(
        endpoint="assisting.send_confirmation", path="/admin/users/ulla/send-confirmation", who="ada"
    ),
    "send a member a reset": Change(endpoint="assisting.send_reset", path="/admin/users/david/send-reset", who="ada"),
    "sign a member out": Change(endpoint="assisting.sign_out", path="/admin/users/erik/sign-out", who="ada"),
    "admit somebody": Change(endpoint="admitting.admit", path="/moderation/people/wilma/admit", who="mary"),
    "decline somebody": Change(
        endpoint="admitting.decline", path="/moderation/people/wilma/decline", who="mary", data={"reason": "Spam."}
    ),
    "make an invitation": Change(
        endpoint="invitations.listed", path="/settings/invitations", who="susan", data={"people": "3"}
    ),
    "end one's invitation": Change(
        endpoint="invitations.end", path="/settings/invitations/{own_invitation_id}/end", who="susan"
    ),
    "change the site": Change(
        endpoint="site.edit", path="/admin/site", who="ada", data={"name": "Soup", "about": "We cook."}, shown="about"
    ),
    "dismiss an announcement": Change(
        endpoint="site.dismiss", path="/announcement/dismiss", who="susan", data={"announced": "1"}
    ),
    "say who one is": Change(
        endpoint="welcoming.first_steps",
        path="/welcome",
        who="susan",
        data={"name": "Su", "about_me": "I cook."},
        shown="about_me",
    ),
    "put off a first step": Change(
        endpoint="welcoming.put_off", path="/welcome/later", who="susan", data={"step": "all"}
    ),
    "try a mail again": Change(endpoint="outbox.retry", path="/admin/outbox/{mail_id}/retry", who="ada"),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A page that takes a permission to see."""

    endpoint: str
    path: str


LOOKS = {
    "open the page to write on": Look(endpoint="posts.write", path="/write"),
    "open a post for editing": Look(endpoint="posts.edit", path="/posts/{post_id}/edit"),
    "open a comment for editing": Look(endpoint="comments.edit", path="/comments/{comment_id}/edit"),
    "see one's pictures": Look(endpoint="pictures.own", path="/pictures"),
    "see who sent which pictures": Look(endpoint="pictures.latest", path="/moderation/pictures"),
    "see whom one mutes": Look(endpoint="muting.people", path="/settings/people"),
    "see one's bookmarks": Look(endpoint="bookmarks.own", path="/bookmarks"),
    "see one's notifications": Look(endpoint="notifications.told", path="/notifications"),
    "read one's timeline": Look(endpoint="following.timeline", path="/following"),
    "moderate": Look(endpoint="moderation.comments", path="/moderation/comments"),
    "read the moderation log": Look(endpoint="moderation.log", path="/moderation/log"),
    "see who waits": Look(endpoint="admitting.waiting", path="/moderation/waiting"),
    "see one's invitations": Look(endpoint="invitations.listed", path="/settings/invitations"),
    "look at a person to moderate": Look(endpoint="persons.person", path="/moderation/people/erik"),
    "read the appeals that wait": Look(endpoint="appeals.waiting", path="/moderation/appeals"),
    "look at an appeal": Look(endpoint="appeals.appeal", path="/appeals/{appealed_id}"),
    "open the form about a post": Look(endpoint="reporting.post", path="/posts/{post_id}/report"),
    "open the form about a comment": Look(endpoint="reporting.comment", path="/comments/{comment_id}/report"),
    "open the form about a person": Look(endpoint="reporting.person", path="/@susan/report"),
    "read the cases": Look(endpoint="cases.queue", path="/moderation"),
    "look at a case": Look(endpoint="cases.case", path="/moderation/cases/{case_id}"),
    "see one's record": Look(endpoint="appeals.record", path="/settings/record"),
    "search members": Look(endpoint="members.search", path="/admin/users?q=s"),
    "look at a member": Look(endpoint="members.edit", path="/admin/users/susan"),
    "open the form about the site": Look(endpoint="site.edit", path="/admin/site"),
    "read the overview": Look(endpoint="overview.overview", path="/admin"),
    "read the outbox": Look(endpoint="outbox.listed", path="/admin/outbox"),
    "see the first steps": Look(endpoint="welcoming.first_steps", path="/welcome"),
    "see one's profile": Look(endpoint="people.edit_own", path="/settings/profile"),
    "see of what one is told": Look(endpoint="preferences.choose", path="/settings/notifications"),
    "see one's display": Look(endpoint="display.own", path="/settings/display"),
    "open the password form": Look(endpoint="credentials.change_password", path="/settings/password"),
    "open the address form": Look(endpoint="credentials.request_address", path="/settings/email"),
    "open the link to an address": Look(endpoint="credentials.change_address", path="{email_link}"),
    "see what one deleted": Look(endpoint="deleting.listed", path="/settings/deleted"),
    "see one's sessions": Look(endpoint="sessions.listed", path="/settings/sessions"),
    "see one's account": Look(endpoint="leaving.account", path="/settings/account"),
    "take one's data home": Look(endpoint="leaving.data", path="/settings/account/data.zip"),
    "open the confirmation page": Look(endpoint="joining.unconfirmed", path="/confirm"),
}

# Public addresses, with the method. Signing out needs no permission, nor does any mailed link but one.
PUBLIC = {
    "GET posts.home",
    "GET posts.all_posts",
    "GET posts.post",
    *(
        "GET tags.used",
        "GET tags.posts",
        "GET syndication.tag_atom",
        "GET syndication.tag_json",
        "GET syndication.tag_feed",
    ),
    "GET comments.comment",
    "GET manifest.manifest",
    "GET people.profile",
    "GET people.comments",
    "GET people.people",
    "GET searching.results",
    "GET following.follows",
    "GET liking.likes",
    "GET joining.register",
    "POST joining.register",
    "GET joining.confirm",
    "POST joining.confirm",
    "GET sessions.login",
    "POST sessions.login",
    "POST sessions.logout",
    "GET credentials.request_reset",
    "POST credentials.request_reset",
    "GET credentials.reset_password",
    "POST credentials.reset_password",
    *("GET preferences.unsubscribe", "POST preferences.unsubscribe"),
    "GET display.choose",
    "POST display.chosen",
    "GET display.styleguide",
    "GET guide.markdown",
    *("GET site.about", "GET site.rules_of_site", "GET site.privacy"),
    "GET syndication.site_atom",
    "GET syndication.site_json",
    "GET syndication.person_atom",
    "GET syndication.person_json",
    "GET syndication.comments_atom",
    "GET syndication.comments_json",
    *("GET syndication.site_feed", "GET syndication.person_feed", "GET syndication.comments_feed"),
    "GET sitemaps.robots",
    "GET sitemaps.sitemap",
    "GET sitemaps.sitemap_of",
    "GET health.healthz",
    "GET health.readyz",
    "GET metrics.metrics",
    "GET well_known.security",
    "GET well_known.change_password",
    "GET static_files.static",
    "GET static_files.script",
    "GET static_files.icon",
    "GET avatars.avatar_of",
    *("GET pictures.picture", "GET picture_files.file"),
    *("GET flasky.user", "GET flasky.post", "GET flasky.followers", "GET flasky.followed_by"),
}


def exists(site: Site, username: str) -> bool:
    try:
        site.container.storage().people_feeds.profile(None, username)
    except NotFound:
        return False
    return True
