"""What the body of a request may be: its bytes, its fields, its coding. All is checked before anything is parsed."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

View = TypeVar("View", bound=Callable[..., Any])

# The largest form is a post of 50,000 characters. With four bytes each and percent-encoding it has 600 kB.
TEXT_BYTES_AT_MOST = 1_000_000
OTHER_BYTES_AT_MOST = 65_536
PICTURE_BYTES_AT_MOST = 15_000_000
# More than any form or JSON object of the site has.
FIELDS_AT_MOST = 100


def takes_text(view: View) -> View:
    """The body may be as large as a text that a member writes."""
    view.takes_text = True  # type: ignore[attr-defined]
    return view


def takes_picture(view: View) -> View:
    """The body may be a form with a picture. A file that is somewhat too large gets a sentence in its form."""
    view.takes_picture = True  # type: ignore[attr-defined]
    return view


def require_size() -> None:
    """Raises RequestEntityTooLarge. For a path that leads nowhere, the larger limit holds."""
    request.max_content_length = limit = _bytes_at_most()
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def require_plain_form() -> None:
    """Raises RequestEntityTooLarge for too many fields, and UnsupportedMediaType for a body with a content coding
    (RFC 9110, section 8.4). MAX_FORM_PARTS counts the fields of multipart forms."""
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType
    if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") >= FIELDS_AT_MOST:
        raise RequestEntityTooLarge


def is_for_picture() -> bool:
    """Whether the view of this request takes a picture."""
    return getattr(_view(), "takes_picture", False)


def _bytes_at_most() -> int:
    if is_for_picture():
        return PICTURE_BYTES_AT_MOST
    view = _view()
    is_large = view is None or getattr(view, "takes_text", False)
    return TEXT_BYTES_AT_MOST if is_large else OTHER_BYTES_AT_MOST


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")
