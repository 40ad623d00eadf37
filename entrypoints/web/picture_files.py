"""The files of pictures. No cookie is read unless a picture is not for everybody."""

from collections.abc import Callable

from flask import Blueprint, Response, request

from application.ports.pictures.files import PictureFiles
from application.ports.pictures.storing import PictureFeeds, ServedPicture
from application.ports.sessions import SessionFeeds, SessionSecrets
from application.ports.work import Now
from application.sessions import Sessions
from domain.errors import NotFound
from domain.pictures import SIDES, TYPES, WIDTHS, sizes
from entrypoints.web.decorators import without_viewer
from entrypoints.web.viewer import viewer, viewer_finder

_NAMES = frozenset((*WIDTHS, *SIDES))
# A file never changes. But a shared cache asks each time, because a picture that a moderator hides is hidden at once.
_FOR_EVERYBODY = "public, max-age=31536000, s-maxage=0, immutable"
_FOR_SOME = "private, no-store"
# It is an image and nothing else, whatever a browser takes it for.
_HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}


def blueprint(
    *,
    picture_feeds: PictureFeeds,
    picture_files: PictureFiles,
    stored_path: Callable[[int, str], str],
    picture_accel: str,
    sessions: Sessions,
    session_feeds: SessionFeeds,
    session_secrets: SessionSecrets,
    now: Now,
) -> Blueprint:
    """`stored_path` says where a file is in the store, for a proxy that sends it itself."""
    views = Blueprint("picture_files", __name__)
    find_viewer = viewer_finder(sessions, session_feeds, session_secrets, now)

    @views.get("/pictures/<id:picture_id>/<int:width>.<any(webp, jpg):kind>")
    @without_viewer
    def file(picture_id: int, width: int, kind: str) -> Response:
        if width not in _NAMES:
            raise NotFound()
        served = found(picture_id)
        name = f"{_name_of(served, width)}.{kind}"
        answer = Response(content_type=TYPES[kind], headers=_HEADERS)
        answer.headers["Cache-Control"] = _FOR_EVERYBODY if served.shown else _FOR_SOME
        if served.shown:
            # Feed readers and previews of links show it on their own pages.
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        answer.set_etag(f"{picture_id}-{name}")
        if "If-None-Match" in request.headers and answer.make_conditional(request).status_code == 304:
            return answer
        if picture_accel:
            # The proxy would say with its 404 what it was told to say with the file: to keep it for a year.
            if not picture_files.has(picture_id, name):
                raise NotFound()
            answer.headers["X-Accel-Redirect"] = picture_accel + stored_path(picture_id, name)
        else:
            answer.set_data(picture_files.get(picture_id, name))
        return answer

    def found(picture_id: int) -> ServedPicture:
        try:
            return picture_feeds.served(None, picture_id)
        except NotFound:
            find_viewer()
            if viewer() is None:
                raise
            return picture_feeds.served(viewer(), picture_id)

    return views


def _name_of(served: ServedPicture, width: int) -> int:
    """The smallest file that is as wide, or else the largest."""
    names = [size.name for size in sizes(served.width, portrait=served.portrait)]
    return next((name for name in names if name >= width), names[-1])
