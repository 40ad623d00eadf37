"""The avatars of members, drawn from their ids. No cookie is read or set here."""

from collections.abc import Callable

from flask import Blueprint, Response, abort

from entrypoints.web.decorators import without_viewer

# An avatar depends on the id alone, so it never changes.
_FOREVER = "public, max-age=31536000, immutable"


def blueprint(avatar: Callable[[int | None], str]) -> Blueprint:
    """`avatar` draws an SVG for an id, or for a deleted member without one (the path says 0)."""
    views = Blueprint("avatars", __name__)

    @views.get("/avatars/<int:account_id>.svg")
    @without_viewer
    def avatar_of(account_id: int) -> Response:
        if account_id >= 2**63:
            abort(404)
        return Response(avatar(account_id or None), content_type="image/svg+xml", headers={"Cache-Control": _FOREVER})

    return views
