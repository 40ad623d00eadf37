"""The operations of posts."""

from functools import partial

from flask import Response, g

from application.ports.posts import PostFeeds
from application.posts import Posts
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.posts import NewPost, Post, PostChange, PostList, post_of
from entrypoints.api.shape import answered, listed, once_key, parsed, wanted_version, window
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, posts: Posts, post_feeds: PostFeeds, settings: Settings) -> None:
    api.describe("Posts", "What members publish.")

    @api.add("GET", "/posts/", "All posts, newest first", tag="Posts", gives=PostList, listed=True)
    def post_list() -> Response:
        found = post_feeds.whole_latest(reader(), window(settings.posts_per_page))
        return listed("posts", PostList, found.page, found.count, partial(post_of, urls))

    @api.add(
        "GET",
        "/users/<username:username>/posts/",
        "A person's posts, newest first",
        tag="People",
        gives=PostList,
        refuses=(404,),
        listed=True,
    )
    def user_posts(username: str) -> Response:
        found = post_feeds.whole_by(reader(), username, window(settings.posts_per_page))
        return listed("posts", PostList, found.page, found.count, partial(post_of, urls))

    @api.add(
        "POST",
        "/posts/",
        "Publish a post",
        tag="Posts",
        takes=NewPost,
        gives=Post,
        status=201,
        refuses=(403,),
        once=True,
    )
    @takes_text
    def publish() -> Response:
        g.kind = "post"
        wanted = parsed(NewPost)
        post_id = posts.publish(
            actor_id=reader().id,
            title=wanted.title or "",
            body=wanted.body,
            tags=wanted.tags,
            once=once_key(wanted),
            reader=reader(),
        )
        return one(post_id, 201)

    @api.add("GET", "/posts/<id:post_id>", "A post", tag="Posts", gives=Post, refuses=(404,))
    def post(post_id: int) -> Response:
        return one(post_id)

    @api.add(
        "PUT",
        "/posts/<id:post_id>",
        "Replace a post's body and title, and its tags if they are named",
        tag="Posts",
        takes=NewPost,
        gives=Post,
        refuses=(403, 404),
        versioned=True,
    )
    @takes_text
    def replace(post_id: int) -> Response:
        wanted = parsed(NewPost)
        tags = wanted.tags if "tags" in wanted.model_fields_set else None
        return change(post_id, title=wanted.title or "", body=wanted.body, tags=tags)

    @api.add(
        "PATCH",
        "/posts/<id:post_id>",
        "Change what is named of a post",
        tag="Posts",
        takes=PostChange,
        gives=Post,
        refuses=(403, 404),
        versioned=True,
    )
    @takes_text
    def revise(post_id: int) -> Response:
        wanted = parsed(PostChange)
        named = wanted.model_fields_set
        return change(
            post_id,
            title=(wanted.title or "") if "title" in named else None,
            body=wanted.body if "body" in named else None,
            tags=wanted.tags if "tags" in named else None,
        )

    @api.add(
        "DELETE",
        "/posts/<id:post_id>",
        "Delete a post with its comments",
        tag="Posts",
        status=204,
        refuses=(403, 404),
        versioned=True,
    )
    def delete(post_id: int) -> Response:
        posts.delete(actor_id=reader().id, post_id=post_id, version=wanted_version(lambda: present(post_id)))
        return Response(status=204)

    def change(post_id: int, *, title: str | None, body: str | None, tags: list[str] | None) -> Response:
        g.kind = "post"
        version = wanted_version(lambda: present(post_id))
        posts.edit(actor_id=reader().id, post_id=post_id, title=title, body=body, tags=tags, version=version)
        return one(post_id)

    def present(post_id: int) -> int:
        return post_feeds.post(reader(), post_id).version

    def one(post_id: int, status: int = 200) -> Response:
        made = post_of(urls, post_feeds.post(reader(), post_id))
        return answered(made, status, version=made.version, location=made.url if status == 201 else None)
