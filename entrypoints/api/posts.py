"""Posts."""

from flask import Response, g

from application.feeds import CatalogueFeeds, PostFeeds
from application.posts import Posts
from entrypoints.api import schemas
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.shape import answered, listed, once_key, parsed, wanted_version, window


def add_to(
    api: Operations,
    objects: schemas.Objects,
    *,
    posts: Posts,
    feeds: PostFeeds,
    catalogue: CatalogueFeeds,
    per_page: int,
) -> None:
    @api.add("GET", "/posts/", "All posts, newest first", tag="Posts", gives=schemas.PostList, listed=True)
    def post_list() -> Response:
        found = catalogue.posts(window(per_page))
        return listed("posts", schemas.PostList, found.page, found.count, objects.post)

    @api.add(
        "POST",
        "/posts/",
        "Publish a post",
        tag="Posts",
        takes=schemas.NewPost,
        gives=schemas.Post,
        status=201,
        refuses=(403,),
        once=True,
    )
    def publish() -> Response:
        g.kind = "post"
        wanted = parsed(schemas.NewPost)
        post_id = posts.publish(actor_id=reader().id, title=wanted.title or "", body=wanted.body, once=once_key(wanted))
        return one(post_id, 201)

    @api.add("GET", "/posts/<id:post_id>", "A post", tag="Posts", gives=schemas.Post, refuses=(404,))
    def post(post_id: int) -> Response:
        return one(post_id)

    @api.add(
        "PUT",
        "/posts/<id:post_id>",
        "Replace a post's body and title",
        tag="Posts",
        takes=schemas.NewPost,
        gives=schemas.Post,
        refuses=(403, 404),
        versioned=True,
    )
    def replace(post_id: int) -> Response:
        wanted = parsed(schemas.NewPost)
        return change(post_id, title=wanted.title or "", body=wanted.body)

    @api.add(
        "PATCH",
        "/posts/<id:post_id>",
        "Change what is named of a post",
        tag="Posts",
        takes=schemas.PostChange,
        gives=schemas.Post,
        refuses=(403, 404),
        versioned=True,
    )
    def revise(post_id: int) -> Response:
        wanted = parsed(schemas.PostChange)
        named = wanted.model_fields_set
        return change(
            post_id,
            title=(wanted.title or "") if "title" in named else None,
            body=wanted.body if "body" in named else None,
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

    def change(post_id: int, *, title: str | None, body: str | None) -> Response:
        g.kind = "post"
        version = wanted_version(lambda: present(post_id))
        posts.edit(actor_id=reader().id, post_id=post_id, title=title, body=body, version=version)
        return one(post_id)

    def present(post_id: int) -> int:
        return feeds.post(post_id).version

    def one(post_id: int, status: int = 200) -> Response:
        made = objects.post(feeds.post(post_id))
        return answered(made, status, version=made.version, location=made.url if status == 201 else None)
