"""The list of what a member is told of."""

from collections.abc import Iterable

from flask import Blueprint, redirect, render_template
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.notifications import ReadingNotifications
from application.ports.notifications import COUNTED_AT_MOST, NotificationCard, NotificationFeeds
from domain.errors import NotFound
from domain.moderation import SubjectKind
from entrypoints.moderation_words import decision_told
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.fragments import fragments
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_


def blueprint(
    notifications: ReadingNotifications, notification_feeds: NotificationFeeds, settings: Settings
) -> Blueprint:
    views = Blueprint("notifications", __name__)
    provide(views, notification_entries=_entries, unread=unread, told_at_most=COUNTED_AT_MOST, decision_told=_decision)

    @views.get("/notifications")
    @signed_in()
    def told() -> str:
        page = notification_feeds.latest(member(), window(settings.followers_per_page))
        return render_template("notifications/list.html", page=page)

    @views.post("/notifications/<id:notification_id>/open")
    @signed_in("/notifications")
    def open_one(notification_id: int) -> Response:
        try:
            card = notification_feeds.notification(member(), notification_id)
        except NotFound:
            # It has grown since this page was shown, or is gone. The list says what there is now.
            return redirect("/notifications", 303)
        notifications.open(actor_id=member().id, notification_id=notification_id)
        return redirect(card.path, 303)

    @views.post("/notifications/read")
    @signed_in("/notifications")
    def read() -> Response:
        notifications.read(actor_id=member().id, until=Form.sent().id("until"))
        flash(N_("All notifications are marked as read."), "success")
        return redirect("/notifications", 303)

    return views


def _entries(cards: Iterable[NotificationCard]) -> Markup:
    return fragments("notifications/_entry.html", ({"card": card} for card in cards))


def unread() -> str:
    """How many are unread, as pages write it: empty for none, and 99+ for a hundred."""
    someone = viewer()
    number = 0 if someone is None else someone.unread
    if not number:
        return ""
    return str(number) if number < COUNTED_AT_MOST else f"{COUNTED_AT_MOST - 1}+"


def _decision(card: NotificationCard) -> str:
    """What a moderator did, in a sentence."""
    if card.act is None:
        return str(gettext("A moderator has decided something about you."))
    return decision_told(card.act, SubjectKind.POST if card.comment_id is None else SubjectKind.COMMENT, gettext)
