"""What requests and responses share: strict JSON, lists with links, ETags, idempotency keys."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError

from application.ports.paging import Page, Window
from domain.errors import Invalid
from domain.ids import ID_PATTERN, LARGEST
from domain.once import KEY_LIMIT, OnceKey
from entrypoints.api.errors import BadRequest, PreconditionFailed, WrongMediaType
from entrypoints.bodies import FIELDS_AT_MOST

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

_LIMIT_AT_MOST = 100
_DIGITS = re.compile(r"0*([0-9]*)", re.ASCII)
_CURSOR = re.compile(f"([ab])({ID_PATTERN})")
# Shorter than the limit of the storage, because a prefix separates it from the key of a form.
LONGEST_KEY = KEY_LIMIT - 10
KEY_PATTERN = f"[!-~]{{1,{LONGEST_KEY}}}"
_KEY = re.compile(KEY_PATTERN)
# A proxy that compresses may make the tag weak, or add the encoding to it inside or outside of the quotes.
_TAG = re.compile(r'(?:W/)?"([!#-~]*?)(?:-(?:gzip|br|zstd|deflate))?"(?:-[a-z]+)?', re.ASCII)
_VERSION = re.compile(r"([1-9][0-9]{0,17})(?:-.*)?", re.ASCII)


def parsed(model: type[M]) -> M:
    """The body as `model`. Raises WrongMediaType, BadRequest (malformed) or Invalid (unknown fields, rules of
    length)."""
    if request.mimetype != "application/json":
        raise WrongMediaType
    try:
        return model.model_validate(_json())
    except ValidationError as error:
        unknown = [found for found in error.errors() if found["type"] == "extra_forbidden"]
        wrong = [found for found in error.errors() if found["type"] != "extra_forbidden"]
        for found in wrong:
            raise BadRequest(f"{_where(found)}: {found['msg']}") from None
        for found in unknown:
            raise Invalid(_where(found), "unknown_field") from None
        raise


def file_parts(file: str, *fields: str) -> tuple[Any, ...]:
    """The bytes of the file in a multipart body, and its text fields, empty where they are missing. Raises
    WrongMediaType and Invalid (unknown fields)."""
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType("multipart/form-data")
    for name in (*request.form, *request.files):
        if name not in (file, *fields):
            raise Invalid(name[:100], "unknown_field")
    sent = request.files.get(file)
    return (b"" if sent is None else sent.read(), *(request.form.get(name, "") for name in fields))


def answered(
    model: BaseModel, status: int = 200, *, version: int | None = None, location: str | None = None
) -> Response:
    """A JSON response with an ETag of the whole body. The ETag of a post or comment begins with its version. Handles
    conditional GET."""
    response = _tagged(model.model_dump_json(), status, version)
    if location is not None:
        response.headers["Location"] = location
    return response


def json_response(model: BaseModel, status: int = 200) -> Response:
    """A JSON response without an ETag, because no URL leads to it."""
    return Response(model.model_dump_json(), status, content_type="application/json")


def answered_json(value: object) -> Response:
    """A response with a JSON document that is not private."""
    return _tagged(json.dumps(value, ensure_ascii=False), 200, None)


def _tagged(text: str, status: int, version: int | None) -> Response:
    response = Response(text, status, content_type="application/json")
    etag = hashlib.sha256(text.encode()).hexdigest()[:20]
    response.set_etag(etag if version is None else f"{version}-{etag}")
    known = request.headers.get("If-None-Match", "") if request.method in ("GET", "HEAD") else ""
    if known.strip() == "*" or response.get_etag()[0] in _tags(known):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"]
    return response


def listed(
    items: str,
    model: type[BaseModel],
    page: Page[T],
    count: int | None,
    of: Callable[[T], BaseModel],
    *,
    newest_first: bool = True,
    asked: Iterable[str] = (),
) -> Response:
    """A page as an envelope. The header `Link` has the same links (RFC 8288). `asked` are the parameters that the
    links to other pages keep."""
    return _envelope(items, model, page, of, newest_first=newest_first, asked=asked, count=count)


def listed_uncounted(
    items: str,
    model: type[BaseModel],
    page: Page[T],
    of: Callable[[T], BaseModel],
    *,
    newest_first: bool = True,
    asked: Iterable[str] = (),
) -> Response:
    """The same for a list whose length is not known."""
    return _envelope(items, model, page, of, newest_first=newest_first, asked=asked)


def _envelope(
    items: str,
    model: type[BaseModel],
    page: Page[T],
    of: Callable[[T], BaseModel],
    *,
    newest_first: bool = True,
    asked: Iterable[str] = (),
    **more: int | None,
) -> Response:
    further, back = (page.before, page.after) if newest_first else (page.after, page.before)
    forward, backward = ("b", "a") if newest_first else ("a", "b")
    following = _link(forward, further, asked)
    previous = _link(backward, back, asked) if request.args.get("cursor") is not None else None
    objects = [of(item) for item in page.items]
    response = answered(model(**{items: objects, "prev": previous, "next": following, **more}))
    links = [f'<{url}>; rel="{name}"' for name, url in (("prev", previous), ("next", following)) if url]
    if links:
        response.headers["Link"] = ", ".join(links)
    return response


def window(usual: int) -> Window:
    """The window that `?limit=` and `?cursor=` ask for. Raises BadRequest."""
    size = usual
    limit = single("limit")
    if limit is not None:
        digits = _DIGITS.fullmatch(limit)
        if digits is None or not digits[1]:
            raise BadRequest("limit must be a whole number from 1")
        size = min(int(digits[1][:4]), _LIMIT_AT_MOST)
    cursor = single("cursor")
    if cursor is None:
        return Window(size)
    direction, at = _read_cursor(cursor)
    return Window(size, before=at) if direction == "b" else Window(size, after=at)


def single(name: str) -> str | None:
    """The parameter of this name in the query, or None. Raises BadRequest when it is there more than once."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"{name} is given more than once")
    return values[0] if values else None


def wanted_version(present: Callable[[], int]) -> int | None:
    """The version that If-Match asks for. None when it accepts any version. 0, which no row has, when none of its tags
    was issued here. `present` is called only if If-Match names several versions."""
    text = request.headers.get("If-Match", "*")
    if text.strip() == "*":
        return None
    found = {int(version[1]) for version in map(_VERSION.fullmatch, _tags(text)) if version}
    if len(found) < 2:
        return min(found, default=0)
    now = present()
    return now if now in found else 0


def require_match(present: Response) -> None:
    """For resources without a version. If-Match has to name the ETag of the whole response. Raises
    PreconditionFailed."""
    text = request.headers.get("If-Match", "*")
    if text.strip() != "*" and present.get_etag()[0] not in _tags(text):
        raise PreconditionFailed


def once_key(body: BaseModel) -> OnceKey | None:
    """The key in the header Idempotency-Key, with a digest of the request. Raises BadRequest."""
    return once_key_for(body.model_dump_json().encode())


def once_key_for(body: bytes) -> OnceKey | None:
    """As `once_key`, for a body that is no JSON object."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadRequest(f"Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters")
    asked = request.path.rstrip("/").encode() + b"\n" + body
    return OnceKey(key=f"api:{key}", digest=hashlib.sha256(asked).hexdigest())


def _tags(text: str) -> set[str]:
    """The tags without their quotes (RFC 9110 section 8.8.3)."""
    found = (_TAG.fullmatch(tag.strip()) for tag in text.split(","))
    return {tag[1] for tag in found if tag}


def _json() -> Any:
    try:
        # A BOM at the beginning may be ignored (RFC 8259 section 8.1). "utf-8-sig" drops one, json takes no other.
        text = request.get_data(cache=True).decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_Objects(), parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else "it is malformed"
        raise BadRequest(f"The body is no JSON that this takes: {reason}") from None
    if not isinstance(found, dict):
        raise BadRequest("The body must be a JSON object")
    return found


class _Objects:
    """Makes the objects of one JSON text. Raises ValueError for a name that an object has twice, and for more names in
    all than any body of the site has."""

    def __init__(self) -> None:
        self._names_left = FIELDS_AT_MOST

    def __call__(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        self._names_left -= len(pairs)
        if self._names_left < 0 or len({name for name, _ in pairs}) != len(pairs):
            raise ValueError
        return dict(pairs)


def _no_constant(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are not JSON (RFC 8259 section 6)


def _where(found: Any) -> str:
    return ".".join(str(part) for part in found["loc"])[:100]


def _link(direction: str, at: int | None, asked: Iterable[str]) -> str | None:
    if at is None:
        return None
    cursor = base64.urlsafe_b64encode(f"{direction}{at}".encode()).decode().rstrip("=")
    limit = request.args.get("limit")
    query = f"?cursor={cursor}" + (f"&limit={limit}" if limit else "")
    query += "".join(f"&{name}={quote(value)}" for name in asked if (value := request.args.get(name)))
    return f"{current_app.config['BASE_URL']}{quote(request.path, safe='/@')}{query}"


def _read_cursor(cursor: str) -> tuple[str, int]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise BadRequest("cursor is none of ours") from None
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[2]) > LARGEST:
        raise BadRequest("cursor is none of ours")
    return found[1], int(found[2])
