"""Health checks: whether the process lives, and whether the site is ready. No cookie is read or set here."""

import json
from collections.abc import Callable
from pathlib import Path

from flask import Blueprint
from werkzeug.wrappers import Response

from application.ports.tokens import Tokens
from application.ports.work import Now
from application.storage import Pulse
from entrypoints.readiness import checks, worst
from entrypoints.web.decorators import for_any_host, without_viewer
from entrypoints.web.diagnosis import diagnosis

_RETRY_AFTER = 2


def blueprint(ping: Callable[[], Pulse], data_folder: Path, tokens: Tokens, now: Now) -> Blueprint:
    """`ping` raises TryAgain when the storage does not answer."""
    views = Blueprint("health", __name__)

    @views.get("/healthz")
    @for_any_host
    @without_viewer
    def healthz() -> Response:
        return diagnosis(tokens, now()) or Response(
            "ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"}
        )

    @views.get("/readyz")
    @for_any_host
    @without_viewer
    def readyz() -> Response:
        """draft-inadarei-api-health-check. Everybody may read it."""
        found = checks(ping, data_folder, now)
        said = {
            name: [{"status": check.status} | ({"output": check.output} if check.output else {})]
            for name, check in found.items()
        }
        status = worst(found)
        answer = Response(
            json.dumps({"status": status, "checks": said}) + "\n",
            503 if status == "fail" else 200,
            {"Cache-Control": "no-store"},
            mimetype="application/health+json",
        )
        if status == "fail":
            answer.headers["Retry-After"] = str(_RETRY_AFTER)
        return answer

    return views
