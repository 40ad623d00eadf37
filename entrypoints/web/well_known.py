"""Addresses below /.well-known (RFC 8615) that programs look for."""

from datetime import timedelta

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from application.ports.work import Now
from domain.display import Language
from domain.errors import NotFound
from entrypoints.settings import Settings
from entrypoints.web.decorators import leads_on, without_viewer

# RFC 9116 recommends less than a year ahead.
_HOLDS = timedelta(days=180)


def blueprint(settings: Settings, now: Now) -> Blueprint:
    views = Blueprint("well_known", __name__)

    @views.get("/.well-known/security.txt")
    @without_viewer
    def security() -> Response:
        """RFC 9116."""
        if not settings.security_contact:
            raise NotFound
        expires = (now() + _HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
        fields = {
            "Contact": settings.security_contact,
            "Expires": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Preferred-Languages": ", ".join(language.value for language in Language),
            "Canonical": f"{settings.base_url}/.well-known/security.txt",
        }
        text = "".join(f"{name}: {value}\n" for name, value in fields.items())
        return Response(text, mimetype="text/plain", headers={"Cache-Control": "public, max-age=86400"})

    @views.get("/.well-known/change-password")
    @without_viewer
    @leads_on
    def change_password() -> AnyResponse:
        """A Well-Known URL for Changing Passwords (W3C). The page asks visitors to sign in. No browser remembers this
        answer, because the page may move."""
        answer = redirect("/settings/password", 303)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return views
