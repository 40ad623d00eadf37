"""The web app manifest: how the site looks on the home screen of a phone (W3C, Web Application Manifest)."""

from flask import Blueprint, Response, json, request
from werkzeug.wrappers import Response as AnyResponse

from entrypoints.web.current_site import site
from entrypoints.web.decorators import without_viewer
from entrypoints.web.static_files import static_url

# Those of a light page. A manifest cannot say others for a dark one.
_PAPER = "#f6efe2"
_ICONS = (
    ("favicon.svg", "image/svg+xml", "any", "any"),
    ("icon-192.png", "image/png", "192x192", "any"),
    ("icon-512.png", "image/png", "512x512", "any"),
    ("icon-maskable.png", "image/png", "512x512", "maskable"),
)


def blueprint() -> Blueprint:
    views = Blueprint("manifest", __name__)

    @views.get("/manifest.webmanifest")
    @without_viewer
    def manifest() -> AnyResponse:
        name, tagline = site().text.name, site().text.tagline
        described = {"description": tagline} if tagline else {}
        members = {
            "id": "/",
            "name": name,
            "short_name": name,
            **described,
            "start_url": "/",
            "scope": "/",
            "display": "minimal-ui",
            "background_color": _PAPER,
            "theme_color": _PAPER,
            "icons": [
                {"src": static_url(file), "type": kind, "sizes": sizes, "purpose": purpose}
                for file, kind, sizes, purpose in _ICONS
            ],
        }
        text = json.dumps(members, ensure_ascii=False)
        answer = Response(text, content_type="application/manifest+json")
        # The name and the tagline may be saved at any time.
        answer.headers["Cache-Control"] = "public, no-cache"
        answer.add_etag()
        return answer.make_conditional(request)

    return views
