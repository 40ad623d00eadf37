"""The operations of mutes and blocks."""

from flask import Response

from application.muting import Muting
from application.ports.muting import MutedProfile, MuteFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.muting import MutedList
from entrypoints.api.schemas.people import User, user_of
from entrypoints.api.shape import listed, window
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, muting: Muting, mute_feeds: MuteFeeds, settings: Settings) -> None:
    def user(row: MutedProfile) -> User:
        return user_of(urls, row.profile)

    @api.add("GET", "/me/mutes/", "Whom I mute, the newest first", tag="People", gives=MutedList, listed=True)
    def my_mutes() -> Response:
        found = mute_feeds.muted_profiles(reader(), window(settings.followers_per_page))
        return listed("users", MutedList, found.page, found.count, user)

    @api.add("GET", "/me/blocks/", "Whom I block, the newest first", tag="People", gives=MutedList, listed=True)
    def my_blocks() -> Response:
        found = mute_feeds.blocked_profiles(reader(), window(settings.followers_per_page))
        return listed("users", MutedList, found.page, found.count, user)

    @api.add(
        "PUT",
        "/users/<username:username>/mute",
        "Mute a person: what they write is in no list of mine; idempotent",
        tag="People",
        status=204,
        refuses=(404, 422),
    )
    def mute(username: str) -> Response:
        muting.mute(actor_id=reader().id, username=username)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/users/<username:username>/mute",
        "Mute a person no longer; idempotent",
        tag="People",
        status=204,
        refuses=(404,),
    )
    def unmute(username: str) -> Response:
        muting.unmute(actor_id=reader().id, username=username)
        return Response(status=204)

    @api.add(
        "PUT",
        "/users/<username:username>/block",
        "Block a person: as a mute, and neither follows, likes or comments on the posts of the other; idempotent",
        tag="People",
        status=204,
        refuses=(404, 422),
    )
    def block(username: str) -> Response:
        muting.block(actor_id=reader().id, username=username)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/users/<username:username>/block",
        "Block a person no longer; idempotent",
        tag="People",
        status=204,
        refuses=(404,),
    )
    def unblock(username: str) -> Response:
        muting.unblock(actor_id=reader().id, username=username)
        return Response(status=204)
