"""The OpenAPI 3.1 document, made from the models that parse and answer and from the operations themselves."""

import re
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from entrypoints.api import schemas
from entrypoints.api.operations import Operation
from entrypoints.settings import Settings

Json = dict[str, Any]

_PARAMETERS: dict[str, Json] = {
    "post_id": {"name": "post_id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Id"}},
    "comment_id": {"name": "comment_id", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Id"}},
    "username": {
        "name": "username",
        "in": "path",
        "required": True,
        "description": "In any case.",
        "schema": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.]{0,63}$"},
        "example": "susan",
    },
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many at most; above 100 counts as 100.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100},
        "example": 20,
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "From `prev` or `next` of another page; opaque.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{3,30}$"},
    },
    "if_match": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what is to be changed; 412 when it has changed since.",
        "schema": {"type": "string"},
        "example": '"1-0a1b2c3d4e5f6a7b8c9d"',
    },
    "if_none_match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "An ETag that is known; 304 when nothing has changed.",
        "schema": {"type": "string"},
        "example": '"1-0a1b2c3d4e5f6a7b8c9d"',
    },
    "once": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key and body make one thing, for 24 hours.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,190}$"},
        "example": "0b1a5b0e-6b0f-4d0c-9a55-1f6a2c3d4e5f",
    },
}

_HEADERS: dict[str, Json] = {
    "ETag": {"description": "Opaque; of a post or comment it begins with the version.", "schema": {"type": "string"}},
    "Location": {"description": "Where the new object is.", "schema": {"type": "string", "format": "uri"}},
    "Link": {"description": "`prev` and `next` (RFC 8288).", "schema": {"type": "string"}},
    "RateLimit": {"description": "What is left of the policy.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "Requests and seconds.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "Basic and Bearer.", "schema": {"type": "string"}},
}

_REFUSALS = {
    400: "The shape is wrong",
    401: "No proof of who asks, or a wrong one",
    403: "Not confirmed, or not allowed",
    404: "There is no such resource",
    412: "It has changed since",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "A rule is broken",
    429: "Too many requests",
    503: "Busy; try again",
}


def describe(operations: list[Operation], settings: Settings) -> Json:
    paths: dict[str, Json] = {}
    for operation in operations:
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.site_name}: REST API",
            "version": version("chapbook"),
            "description": "Everything the site can do, for programs. Follow the URLs that objects carry, and take ids "
            "for opaque strings.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": f"{settings.base_url}/api/v1"}],
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in operations)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Address and password, or a token as the name and no password.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "description": "A token; it lives an hour."},
            },
            "parameters": _PARAMETERS,
            "headers": _HEADERS,
            "responses": {str(status): _refusal(status, words) for status, words in _REFUSALS.items()},
            "schemas": _schemas(operations),
        },
    }


def _operation(operation: Operation) -> Json:
    names = re.findall(r"<\w+:(\w+)>", operation.path)
    if operation.listed:
        names += ["limit", "cursor"]
    if operation.versioned:
        names.append("if_match")
    if operation.method == "GET":
        names.append("if_none_match")
    if operation.once:
        names.append("once")
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {str(operation.status): _success(operation)} | _refusals(operation),
    }
    if names:
        described["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    if operation.takes is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.takes)}},
        }
    if operation.open:
        described["security"] = []
    return described


def _success(operation: Operation) -> Json:
    names = [] if operation.open else ["RateLimit", "RateLimit-Policy"]
    names += ["ETag"] if operation.gives else []
    names += ["Location"] if operation.status == 201 else []
    names += ["Link"] if operation.listed else []
    answer: Json = {"description": "Done", "headers": {name: _header(name) for name in names}}
    if operation.gives is not None:
        answer["content"] = {"application/json": {"schema": _ref(operation.gives)}}
    return answer


def _refusals(operation: Operation) -> Json:
    statuses = {400, 413, 429, 503, *operation.refuses}
    if not operation.open:
        statuses |= {401, 403}
    if operation.takes is not None:
        statuses |= {415, 422}
    if operation.versioned:
        statuses.add(412)
    refusals: Json = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    if operation.method == "GET":
        refusals["304"] = {"description": "Nothing has changed", "headers": {"ETag": _header("ETag")}}
    return refusals


def _refusal(status: int, words: str) -> Json:
    names = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
    example = {
        "type": "about:blank",
        "title": words,
        "status": status,
        "detail": words,
        "error": words,
        "message": words,
    }
    return {
        "description": words,
        "headers": {name: _header(name) for name in names},
        "content": {"application/problem+json": {"schema": _ref(schemas.ProblemDetails), "example": example}},
    }


def _schemas(operations: list[Operation]) -> Json:
    taken = {operation.takes for operation in operations if operation.takes}
    given = {operation.gives for operation in operations if operation.gives} | {schemas.ProblemDetails}
    wanted = [(model, "validation") for model in sorted(taken, key=_name)]
    wanted += [(model, "serialization") for model in sorted(given, key=_name)]
    _, made = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    identifier = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$", "example": "1882546744605111848"}
    return {"Id": identifier, **made["$defs"]}


def _name(model: type) -> str:
    return model.__name__


def _ref(model: type) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}
