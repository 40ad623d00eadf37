"""The API as one blueprint: who asks is found before each request, what all answers share is added after."""

import json
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from domain.limits import API
from entrypoints.api import access, comments, people, posts, schemas
from entrypoints.api.auth import authenticator
from entrypoints.api.errors import set_caching
from entrypoints.api.openapi import describe
from entrypoints.api.operations import Operations
from entrypoints.api.shape import answered_json
from entrypoints.container import Container

PREFIX = "/api/v1"


def blueprint(container: Container) -> Blueprint:
    settings = container.settings()
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    operations = Operations(api)
    objects = schemas.Objects(settings.base_url)
    catalogue, people_feeds = container.catalogue_feeds(), container.people_feeds()
    access.add_to(
        operations,
        objects,
        access=container.access(),
        joining=container.joining(),
        profiles=container.profiles(),
        people=people_feeds,
    )
    people.add_to(
        operations,
        objects,
        following=container.following(),
        people=people_feeds,
        catalogue=catalogue,
        per_page=settings.posts_per_page,
        followers_per_page=settings.followers_per_page,
    )
    posts.add_to(
        operations,
        objects,
        posts=container.posts(),
        feeds=container.post_feeds(),
        catalogue=catalogue,
        per_page=settings.posts_per_page,
    )
    comments.add_to(
        operations,
        objects,
        comments=container.comments(),
        moderation=container.moderation(),
        feeds=container.comment_feeds(),
        posts=container.post_feeds(),
        catalogue=catalogue,
        per_page=settings.comments_per_page,
    )
    authenticate = authenticator(container.access(), container.limits(), container.clock())

    @api.before_request
    def find_reader() -> None:
        if request.method == "OPTIONS" or request.endpoint == "api.openapi" or operations.is_open(request.endpoint):
            return
        authenticate()

    @api.after_request
    def finish(response: AnyResponse) -> AnyResponse:
        set_caching(response)
        if response.status_code == HTTPStatus.NO_CONTENT:
            del response.headers["Content-Type"]
        if "limit_left" in g:
            # draft-ietf-httpapi-ratelimit-headers-10
            response.headers["RateLimit-Policy"] = f'"api";q={API.times};w={API.seconds}'
            response.headers["RateLimit"] = f'"api";r={g.limit_left};t={g.limit_wait}'
        return response

    described = describe(operations.all, settings)

    @api.get("/openapi.json")
    def openapi() -> Response:
        return answered_json(described)

    def docs() -> str:
        return render_template("api/docs.html", api=described, pretty=partial(json.dumps, indent=2, ensure_ascii=False))

    api.record_once(lambda state: state.app.add_url_rule("/api/docs", "api_docs", docs))
    return api
