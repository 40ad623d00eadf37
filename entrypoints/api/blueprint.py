"""The API as one blueprint. It authenticates before each request and adds the common headers after it."""

import json
from collections.abc import Iterable
from functools import partial
from types import ModuleType
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from domain.errors import NotFound
from domain.limits import API
from entrypoints.api.auth import authenticator
from entrypoints.api.errors import answer, set_caching
from entrypoints.api.openapi import describe, title_of
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import PREFIX, Urls
from entrypoints.api.shape import answered_json
from entrypoints.container import Container, filled
from entrypoints.former_names import path_ahead_of


def blueprint(container: Container, modules: Iterable[ModuleType]) -> Blueprint:
    """`modules` add the operations of the capabilities, in the order of the description."""
    settings = container.settings()
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    operations = Operations(api)
    for module in modules:
        filled(module.add_to, container, api=operations, urls=Urls(settings.base_url))
    authenticate = filled(authenticator, container)

    path_ahead = filled(path_ahead_of, container)

    @api.errorhandler(NotFound)
    def not_found(error: NotFound) -> Response:
        ahead = path_ahead()
        return answer(error) if ahead is None else Response(status=308, headers={"Location": settings.base_url + ahead})

    @api.before_request
    def find_reader() -> None:
        if request.method != "OPTIONS" and not operations.is_open(request.endpoint):
            authenticate()

    @api.after_request
    def finish(response: AnyResponse) -> AnyResponse:
        set_caching(response)
        if not response.calculate_content_length():
            del response.headers["Content-Type"]
        if "limit_left" in g:
            # draft-ietf-httpapi-ratelimit-headers-10
            response.headers["RateLimit-Policy"] = f'"api";q={API.times};w={API.seconds}'
            response.headers["RateLimit"] = f'"api";r={g.limit_left};t={g.limit_wait}'
        return response

    current_site = container.current_site()
    described = describe(operations, settings, site_name=settings.site_name)

    def description() -> dict[str, Any]:
        """With the present name of the site."""
        return described | {"info": described["info"] | {"title": title_of(current_site.name())}}

    @api.get("/openapi.json")
    @operations.open_to_all
    def openapi() -> Response:
        return answered_json(description())

    def docs() -> str:
        return render_template(
            "api/docs.html", api=description(), pretty=partial(json.dumps, indent=2, ensure_ascii=False)
        )

    api.record_once(lambda state: state.app.add_url_rule("/api/docs", "api_docs", docs))
    return api
