"""The models of notifications."""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from application.ports.notifications import COUNTED_AT_MOST, NAMED_AT_MOST, NotificationCard, NotificationProfiles
from domain.ids import LARGEST
from domain.notifications import NotificationKind
from entrypoints.api.schemas.examples import COMMENT_ID, ENTRY_ID, POST_ID, SUSAN
from entrypoints.api.schemas.fields import Answer, Count, Id, In, Instant, Neighbour, Url, Urls
from entrypoints.api.schemas.people import SUSANS_PROFILE, User, user_of

_KINDS: list[JsonValue] = [kind.value for kind in NotificationKind]


def _within_ids(text: str) -> str:
    if int(text) > LARGEST:
        raise ValueError("no id is as large")
    return text


class ReadUntil(In):
    until: Annotated[Id, AfterValidator(_within_ids)] = Field(
        description="The id of the newest notification that was seen. Newer ones stay unread."
    )


class Notification(Answer):
    id: Id = Field(description="A notification that grows gets a new id, and is the newest again.")
    kind: str = Field(json_schema_extra={"enum": _KINDS})
    unread: bool
    created_at: Instant
    actors: list[User] = Field(
        description=f"The last who did it, {NAMED_AT_MOST} at most. Nobody for what moderators decided.",
        max_length=NAMED_AT_MOST,
    )
    actor_count: Count = Field(description=f"How many did it. {COUNTED_AT_MOST} stands for that many or more.")
    post_url: Url | None
    comment_url: Url | None
    web_url: Url = Field(description="The page on which to go on.")

    @classmethod
    def example(cls, urls: Urls) -> "Notification":
        card = NotificationCard(
            id=ENTRY_ID,
            kind=NotificationKind.REPLY,
            unread=True,
            thing_id=COMMENT_ID,
            post_id=POST_ID,
            comment_id=COMMENT_ID,
            actors=(SUSAN,),
            actor_count=1,
        )
        return notification_of(urls, NotificationProfiles(card, (SUSANS_PROFILE,)))


class NotificationList(Answer):
    notifications: list[Notification]
    prev: Neighbour
    next: Neighbour

    @classmethod
    def example(cls, urls: Urls) -> "NotificationList":
        return cls(notifications=[Notification.example(urls)], prev=None, next=None)


def notification_of(urls: Urls, told: NotificationProfiles) -> Notification:
    card = told.card
    return Notification(
        id=str(card.id),
        kind=card.kind.value,
        unread=card.unread,
        created_at=card.created_at,
        actors=[user_of(urls, profile) for profile in told.actors],
        actor_count=card.actor_count,
        post_url=None if card.post_id is None else f"{urls.api}/posts/{card.post_id}",
        comment_url=None if card.comment_id is None else f"{urls.api}/comments/{card.comment_id}",
        web_url=f"{urls.web}{card.path}",
    )
