"""The parts of the OpenAPI document that operations share: parameters, headers, error responses, security schemes."""

from typing import Any

from domain.identifiers import USERNAME_PATTERN
from domain.ids import ID_PATTERN
from domain.limits import API
from domain.searching.queries import QUERY_LIMIT
from entrypoints.api.errors import CHALLENGES, details
from entrypoints.api.schemas.examples import COMMENT_ID, ENTRY_ID, POST_ID
from entrypoints.api.shape import KEY_PATTERN

Json = dict[str, Any]

ID: Json = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
_USERNAME: Json = {"type": "string", "pattern": f"^{USERNAME_PATTERN}$"}
_ETAG = '"1-0a1b2c3d4e5f6a7b8c9d"'
_LINK = "</api/v1/posts/?cursor=YjE4NTg0NTE0MzMwNjI0MDAwMDM>"


def _path(name: str, schema: Json, example: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _optional(name: str, place: str, description: str, schema: Json, example: object) -> Json:
    return {"name": name, "in": place, "description": description, "schema": schema, "example": example}


PARAMETERS: dict[str, Json] = {
    "post_id": _path("post_id", ID, str(POST_ID)),
    "picture_id": _path("picture_id", ID, str(POST_ID)),
    "comment_id": _path("comment_id", ID, str(COMMENT_ID)),
    "sanction_id": _path("sanction_id", ID, str(ENTRY_ID)),
    "case_id": _path("case_id", ID, str(ENTRY_ID)),
    "username": _path("username", _USERNAME, "susan")
    | {"description": "In any case. A former one leads to the present one."},
    "tag": _path("tag", {"type": "string"}, "snow") | {"description": "In any spelling that is folded to it."},
    "limit": _optional(
        "limit", "query", "How many at most; above 100 counts as 100.", {"type": "integer", "minimum": 1}, 20
    ),
    "cursor": _optional(
        "cursor",
        "query",
        "From `prev` or `next` of another page; opaque.",
        {"type": "string", "format": "cursor"},
        "YjE4NTg0NTE0MzMwNjI0MDAwMDM",
    ),
    "state": _optional(
        "state",
        "query",
        "What waits, or what is settled.",
        {"type": "string", "enum": ["open", "settled"], "default": "open"},
        "open",
    ),
    "name_part": _optional("q", "query", "What is searched for in the names.", {"type": "string"}, "sus"),
    "about": _optional("about", "query", "The present username of whom it concerns.", _USERNAME, "susan"),
    "q": _optional(
        "q",
        "query",
        'What to look for, such as `soup "with leeks" -salt from:susan after:2026-01-31`.',
        {"type": "string", "maxLength": QUERY_LIMIT},
        "soup",
    )
    | {"required": True},
    "in": _optional(
        "in",
        "query",
        "What is searched.",
        {"type": "string", "enum": ["posts", "comments"], "default": "posts"},
        "posts",
    ),
    "by": _optional("by", "query", "A present or former username of who did it.", _USERNAME, "mary"),
    "if_match": _optional(
        "If-Match", "header", "The ETag of what is to be changed; 412 when it has changed.", {"type": "string"}, "*"
    ),
    "if_none_match": _optional(
        "If-None-Match", "header", "An ETag that is known; 304 when nothing has changed.", {"type": "string"}, _ETAG
    ),
    "once": _optional(
        "Idempotency-Key",
        "header",
        "The same key and body make one thing, for 24 hours, and are answered with that thing as it is then.",
        {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
        "0b1a5b0e-6b0f-4d0c-9a55-1f6a2c3d4e5f",
    ),
}


def _header(description: str, example: object, *, always: bool, **schema: object) -> Json:
    return {"description": description, "required": always, "schema": schema, "example": example}


HEADERS: dict[str, Json] = {
    "Cache-Control": _header(
        "What one reader is shown is nobody else's; tokens are not kept at all.",
        "private, no-cache",
        always=True,
        type="string",
        enum=["private, no-cache", "no-store"],
    ),
    "Vary": _header("What else the answer depends on.", "Authorization", always=True, type="string"),
    "ETag": _header(
        "Opaque; that of a post or comment begins with its version. Weak where the answer is compressed.",
        _ETAG,
        always=True,
        type="string",
        pattern='^(W/)?"[!#-~]+"$',
    ),
    "Location": _header(
        "Where the new object is, or the present address of a member.",
        f"http://127.0.0.1:8000/api/v1/posts/{POST_ID}",
        always=True,
        type="string",
        format="uri",
    ),
    "Link": _header("The links of `prev` and `next` (RFC 8288).", f'{_LINK}; rel="next"', always=False, type="string"),
    "RateLimit": _header(
        "What is left, and for how many seconds that counts; where it is known who asks.",
        f'"api";r=299;t={API.seconds}',
        always=False,
        type="string",
        pattern='^"api";r=[0-9]+;t=[0-9]+$',
    ),
    "RateLimit-Policy": _header(
        "How many requests in how many seconds; where it is known who asks.",
        f'"api";q={API.times};w={API.seconds}',
        always=False,
        type="string",
        pattern='^"api";q=[0-9]+;w=[0-9]+$',
    ),
    "Retry-After": _header("Seconds to wait.", 5, always=True, type="integer", minimum=1),
    "X-Request-ID": _header(
        "The id of this request in the log of the site: the one that it came with, or a new one.",
        "5c435ea7c8b455ad",
        always=True,
        type="string",
    ),
    "WWW-Authenticate": _header("Both challenges.", ", ".join(CHALLENGES), always=True, type="string"),
}
# The headers of every response.
COMMON = ("Cache-Control", "Vary", "RateLimit", "RateLimit-Policy", "X-Request-ID")

# A description for the document, and an example of the message.
_REFUSALS = {
    400: ("The shape is wrong", "limit must be a whole number from 1"),
    401: ("No proof of who asks, or a wrong one", "Invalid credentials"),
    403: (
        "Not confirmed, not admitted yet, not allowed, or under a sanction: `type` says which",
        "Insufficient permissions",
    ),
    404: ("There is no such resource", "There is no such resource"),
    409: ("Its state does not allow this", "Somebody has settled this case already: the text is hidden."),
    412: ("It has changed since", "The resource has changed"),
    413: ("The body is too large", "The body is larger than anything this takes"),
    415: ("The body is not JSON, or has a content coding", "The body must be application/json"),
    422: ("A rule is broken", "There is no such field."),
    429: ("Too many requests", "Too many requests"),
    500: ("Something broke", "Something broke; it has been written down"),
    503: ("Busy", "Please try again in a moment"),
    507: ("No room", "The site has no room for pictures at the moment"),
}
_MORE_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def schema(model: type) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def refusals(problem: type) -> dict[str, Json]:
    """The error responses by status. Each has the schema of `problem`."""
    return {
        str(status): {
            "description": words,
            "headers": {name: header(name) for name in (*COMMON, *_MORE_HEADERS.get(status, ()))},
            "content": {
                "application/problem+json": {"schema": schema(problem), "example": _example(status, message)},
            },
        }
        for status, (words, message) in _REFUSALS.items()
    }


def _example(status: int, message: str) -> Json:
    errors = {"errors": [{"field": "titel", "message": message}]} if status == 422 else {}
    return details(status, message) | errors


SECURITY = {
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "Address and password, or a token as the name and no password.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A token; it lives an hour."},
}
