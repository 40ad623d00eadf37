"""The operations of notifications."""

from functools import partial

from flask import Response

from application.notifications import ReadingNotifications
from application.ports.notifications import NotificationFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.notifications import NotificationList, ReadUntil, notification_of
from entrypoints.api.shape import listed_uncounted, parsed, window
from entrypoints.settings import Settings


def add_to(
    api: Operations,
    urls: Urls,
    notifications: ReadingNotifications,
    notification_feeds: NotificationFeeds,
    settings: Settings,
) -> None:
    api.describe("Notifications", "What I am told: who answered me, mentioned me, or likes what I wrote.")

    @api.add(
        "GET",
        "/notifications/",
        "What I am told, newest first",
        tag="Notifications",
        gives=NotificationList,
        listed=True,
    )
    def my_notifications() -> Response:
        page = notification_feeds.latest_profiles(reader(), window(settings.followers_per_page))
        return listed_uncounted("notifications", NotificationList, page, partial(notification_of, urls))

    @api.add(
        "PUT",
        "/notifications/read",
        "Mark notifications as read, up to one of them; idempotent",
        tag="Notifications",
        takes=ReadUntil,
        status=204,
    )
    def read_notifications() -> Response:
        notifications.read(actor_id=reader().id, until=int(parsed(ReadUntil).until))
        return Response(status=204)
