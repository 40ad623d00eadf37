"""The operations of follows, and the timeline."""

from functools import partial

from flask import Response

from application.following import Following
from application.ports.following import FollowFeeds, FollowProfile
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.people import User, UserList, user_of
from entrypoints.api.schemas.posts import PostList, post_of
from entrypoints.api.shape import listed, window
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, following: Following, follow_feeds: FollowFeeds, settings: Settings) -> None:
    def user(row: FollowProfile) -> User:
        return user_of(urls, row.profile)

    @api.add(
        "GET",
        "/users/<username:username>/timeline/",
        "My timeline: posts of the people I follow, and my own, newest first",
        tag="People",
        gives=PostList,
        refuses=(403, 404),
        listed=True,
    )
    def timeline(username: str) -> Response:
        found = following.timeline(reader=reader(), username=username, window=window(settings.posts_per_page))
        return listed("posts", PostList, found.page, found.count, partial(post_of, urls))

    @api.add(
        "GET",
        "/users/<username:username>/followers/",
        "Who follows a person, newest follow first",
        tag="People",
        gives=UserList,
        refuses=(404,),
        listed=True,
    )
    def followers(username: str) -> Response:
        found = follow_feeds.follower_profiles(reader(), username, window(settings.followers_per_page))
        return listed("users", UserList, found.page, found.count, user)

    @api.add(
        "GET",
        "/users/<username:username>/following/",
        "Whom a person follows, newest follow first",
        tag="People",
        gives=UserList,
        refuses=(404,),
        listed=True,
    )
    def followed(username: str) -> Response:
        found = follow_feeds.following_profiles(reader(), username, window(settings.followers_per_page))
        return listed("users", UserList, found.page, found.count, user)

    @api.add(
        "PUT",
        "/users/<username:username>/follow",
        "Follow a person; idempotent",
        tag="People",
        status=204,
        refuses=(403, 404, 422),
    )
    def follow(username: str) -> Response:
        following.follow(actor_id=reader().id, username=username)
        return Response(status=204)

    @api.add(
        "DELETE",
        "/users/<username:username>/follow",
        "Follow a person no longer; idempotent",
        tag="People",
        status=204,
        refuses=(403, 404),
    )
    def unfollow(username: str) -> Response:
        following.unfollow(actor_id=reader().id, username=username)
        return Response(status=204)
