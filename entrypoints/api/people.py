"""People, what they write, and who follows whom."""

from flask import Response

from application.feeds import CatalogueFeeds, PeopleFeeds
from application.following import Following
from entrypoints.api import schemas
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.shape import answered, listed, window


def add_to(
    api: Operations,
    objects: schemas.Objects,
    *,
    following: Following,
    people: PeopleFeeds,
    catalogue: CatalogueFeeds,
    per_page: int,
    followers_per_page: int,
) -> None:
    @api.add("GET", "/users/<username:username>", "A person", tag="People", gives=schemas.User, refuses=(404,))
    def user(username: str) -> Response:
        return answered(objects.user(people.profile(username, reader())))

    @api.add(
        "GET",
        "/users/<username:username>/posts/",
        "A person's posts, newest first",
        tag="People",
        gives=schemas.PostList,
        refuses=(404,),
        listed=True,
    )
    def user_posts(username: str) -> Response:
        found = catalogue.posts_of(username, window(per_page))
        return listed("posts", schemas.PostList, found.page, found.count, objects.post)

    @api.add(
        "GET",
        "/users/<username:username>/timeline/",
        "My timeline: posts of the people I follow, and my own, newest first",
        tag="People",
        gives=schemas.PostList,
        refuses=(403, 404),
        listed=True,
    )
    def timeline(username: str) -> Response:
        found = following.timeline(reader=reader(), username=username, window=window(per_page))
        return listed("posts", schemas.PostList, found.page, found.count, objects.post)

    @api.add(
        "GET",
        "/users/<username:username>/followers/",
        "Who follows a person, newest follow first",
        tag="People",
        gives=schemas.UserList,
        refuses=(404,),
        listed=True,
    )
    def followers(username: str) -> Response:
        found = catalogue.followers(username, window(followers_per_page), reader())
        return listed("users", schemas.UserList, found.page, found.count, lambda row: objects.user(row.profile))

    @api.add(
        "GET",
        "/users/<username:username>/following/",
        "Whom a person follows, newest follow first",
        tag="People",
        gives=schemas.UserList,
        refuses=(404,),
        listed=True,
    )
    def followed(username: str) -> Response:
        found = catalogue.following(username, window(followers_per_page), reader())
        return listed("users", schemas.UserList, found.page, found.count, lambda row: objects.user(row.profile))

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
