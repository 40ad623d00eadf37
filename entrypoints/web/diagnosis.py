"""What `/healthz` says to `chapbook doctor`: how its request arrived here, and whether a page would
answer it. Whoever has no token of this site's secret
key learns nothing, not even that one is looked for."""

import json
from datetime import datetime
from importlib.metadata import version

from flask import current_app, request
from werkzeug.wrappers import Response

from application.ports.tokens import Tokens
from domain.credentials import Purpose
from domain.errors import LinkExpired
from entrypoints.web.hosts import is_allowed

HEADER = "X-Chapbook-Diagnosis"


def diagnosis(tokens: Tokens, at: datetime) -> Response | None:
    """None unless the request has a token for it."""
    token = request.headers.get(HEADER, "")
    if not token:
        return None
    try:
        tokens.read(token, Purpose.DIAGNOSIS, at=at)
    except LinkExpired:
        return None
    arrived = {
        "address": request.remote_addr or "",
        "scheme": request.scheme,
        "host": request.host,
        "forwarded_for": request.headers.get("X-Forwarded-For", ""),
        "forwarded_proto": request.headers.get("X-Forwarded-Proto", ""),
        "version": version("chapbook"),
        "base_url": current_app.config["BASE_URL"],
        # `/healthz` itself answers to any host.
        "is_refused": not is_allowed(request.host, current_app.config["ALLOWED_HOSTS"]),
    }
    return Response(json.dumps(arrived), mimetype="application/json", headers={"Cache-Control": "no-store"})
