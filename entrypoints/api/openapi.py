"""The OpenAPI 3.1 document. It is made from the operations and from the models of their requests and responses."""

import re
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from entrypoints.api import components
from entrypoints.api.operations import Operation, Operations
from entrypoints.api.schemas import examples
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.problems import ProblemDetails
from entrypoints.settings import Settings

Json = dict[str, Any]

_ABOUT = """Everything the site can do, for programs. Follow the URLs that objects carry, and take ids and cursors for \
opaque strings.

Every resource answers with and without its final slash, never by a redirect, and to HEAD wherever it answers to GET. \
A username that a member had before leads to the present one: 308. \
A method it does not take is 405, with Allow; an address that is none is 404. Both are problem details too.

Besides the headers described here every answer carries those of the whole site: Content-Security-Policy, \
X-Content-Type-Options, Referrer-Policy, Cross-Origin-Opener-Policy, Cross-Origin-Resource-Policy, Permissions-Policy \
and, by https, Strict-Transport-Security."""


def describe(operations: Operations, settings: Settings, *, site_name: str) -> Json:
    urls = Urls(settings.base_url)
    paths: dict[str, Json] = {}
    for operation in operations.all:
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, urls)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title_of(site_name),
            "version": version("chapbook"),
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": urls.api}],
        "security": [{"basic": []}, {"bearer": []}],
        "tags": [{"name": name, "description": words} for name, words in operations.tags.items()],
        "paths": paths,
        "components": {
            "securitySchemes": components.SECURITY,
            "parameters": components.PARAMETERS,
            "headers": components.HEADERS,
            "responses": components.refusals(ProblemDetails),
            "schemas": _schemas(operations.all),
        },
    }


def title_of(site_name: str) -> str:
    return f"{site_name}: REST API"


def _operation(operation: Operation, urls: Urls) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {str(operation.status): _success(operation, urls)} | _refusals(operation),
    }
    names = re.findall(r"<\w+:(\w+)>", operation.path)
    names += ["limit", "cursor"] if operation.listed else []
    names += operation.asks
    names += ["if_match"] if operation.versioned else []
    names += ["if_none_match"] if operation.method == "GET" else []
    names += ["once"] if operation.once else []
    if names:
        described["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    if "username" in names:
        moved = {name: components.header(name) for name in (*components.COMMON, "Location")}
        described["responses"]["308"] = {"description": "The member has another username now", "headers": moved}
    if operation.takes is not None:
        content = {"schema": components.schema(operation.takes), "example": examples.request(operation.takes)}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    if operation.form is not None:
        content = {"schema": operation.form, "example": examples.of_form(operation.form)}
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": content}}
    if operation.open:
        described["security"] = []
    if operation.by_password:
        described["security"] = [{"basic": []}]
    return described


def _success(operation: Operation, urls: Urls) -> Json:
    names = [*components.COMMON]
    names += ["ETag"] if operation.tagged else []
    names += ["Location"] if operation.status == 201 else []
    names += ["Link"] if operation.listed else []
    answer: Json = {"description": "Done", "headers": {name: components.header(name) for name in names}}
    if operation.gives is not None:
        example = operation.gives.example(urls).model_dump(mode="json")
        answer["content"] = {"application/json": {"schema": components.schema(operation.gives), "example": example}}
    return answer


def _refusals(operation: Operation) -> Json:
    statuses = {400, 413, 429, 500, 503, *operation.refuses}
    statuses |= set() if operation.open else {401, 403}
    statuses |= {422} if operation.takes or operation.form else set()
    statuses |= {415} if operation.method != "GET" else set()
    statuses |= {412} if operation.versioned else set()
    statuses |= {404} if operation.once else set()
    refusals: Json = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    if operation.method == "GET":
        names = [*components.COMMON, "ETag", *(["Link"] if operation.listed else [])]
        headers = {name: components.header(name) for name in names}
        refusals["304"] = {"description": "Nothing has changed", "headers": headers}
    return refusals


def _schemas(operations: list[Operation]) -> Json:
    taken = {operation.takes for operation in operations if operation.takes}
    given = {operation.gives for operation in operations if operation.gives} | {ProblemDetails}
    wanted = [(model, "validation") for model in sorted(taken, key=_name)]
    wanted += [(model, "serialization") for model in sorted(given, key=_name)]
    _, made = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    found: Json = made["$defs"]
    return found


def _name(model: type) -> str:
    return model.__name__
