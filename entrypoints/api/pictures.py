"""The operations of pictures."""

from functools import partial

from flask import Response

from application.pictures.pictures import Pictures
from application.ports.pictures.storing import PictureFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.pictures import PICTURE_FORM, PORTRAIT_FORM, Picture, PictureList, picture_of
from entrypoints.api.shape import answered, file_parts, json_response, listed_uncounted, once_key_for, window
from entrypoints.bodies import takes_picture
from entrypoints.settings import Settings


def add_to(api: Operations, urls: Urls, pictures: Pictures, picture_feeds: PictureFeeds, settings: Settings) -> None:
    api.describe("Pictures", "What members show in posts, and of themselves.")

    @api.add("GET", "/pictures/", "My pictures for posts, newest first", tag="Pictures", gives=PictureList, listed=True)
    def own_pictures() -> Response:
        page = picture_feeds.own(reader(), window(settings.posts_per_page))
        return listed_uncounted("pictures", PictureList, page, partial(picture_of, urls))

    @api.add(
        "POST",
        "/pictures/",
        "Send a picture for posts",
        tag="Pictures",
        form=PICTURE_FORM,
        gives=Picture,
        status=201,
        refuses=(403, 507),
        once=True,
    )
    @takes_picture
    def send_picture() -> Response:
        sent, alt = file_parts("file", "alt")
        picture_id = pictures.send(
            actor_id=reader().id, sent=sent, alt=alt, once=once_key_for(sent + b"\0" + alt.encode())
        )
        return one(picture_id, 201)

    @api.add("GET", "/pictures/<id:picture_id>", "A picture", tag="Pictures", gives=Picture, refuses=(404,))
    def picture(picture_id: int) -> Response:
        return one(picture_id)

    @api.add(
        "DELETE",
        "/pictures/<id:picture_id>",
        "Remove a picture of mine, from posts that show it too",
        tag="Pictures",
        status=204,
        refuses=(403, 404),
    )
    def remove_picture(picture_id: int) -> Response:
        pictures.remove_own(actor_id=reader().id, picture_id=picture_id)
        return Response(status=204)

    @api.add(
        "PUT",
        "/me/picture",
        "Show a picture of myself, cut to a square",
        tag="Pictures",
        form=PORTRAIT_FORM,
        gives=Picture,
        refuses=(403, 507),
    )
    @takes_picture
    def portray() -> Response:
        (sent,) = file_parts("file")
        picture_id = pictures.portray(actor_id=reader().id, sent=sent)
        return json_response(picture_of(urls, picture_feeds.picture(reader(), picture_id)))

    @api.add("DELETE", "/me/picture", "Show my woodcut again; idempotent", tag="Pictures", status=204, refuses=(403,))
    def remove_portrait() -> Response:
        pictures.remove_portrait(actor_id=reader().id)
        return Response(status=204)

    def one(picture_id: int, status: int = 200) -> Response:
        made = picture_of(urls, picture_feeds.picture(reader(), picture_id))
        return answered(made, status, location=made.url if status == 201 else None)
