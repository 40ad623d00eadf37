"""The fields of a form that was refused, so that an error page can offer them again and no typed text is lost."""

from typing import NamedTuple

from flask import request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from entrypoints.web.csrf import is_our_own_form
from entrypoints.web.decorators import labels_of_view
from entrypoints.words import N_

# A typed field by its name: its label, unless the view has another one, and how the error page shows it.
_LABELS = {
    "title": (N_("Title"), "line"),
    "body": (N_("Text"), "area"),
    "tags": (N_("Tags"), "line"),
    "to": (N_("New name"), "line"),
    "about_me": (N_("About"), "area"),
    "reason": (N_("Reason"), "line"),
    "tagline": (N_("Tagline"), "line"),
    "greeting": (N_("Greeting"), "area"),
    "about": (N_("About"), "area"),
    "rules": (N_("Rules"), "area"),
    "privacy": (N_("Privacy"), "area"),
    "contact": (N_("Contact"), "line"),
    "announcement": (N_("Announcement"), "line"),
    "why": (N_("Why do you want to join?"), "area"),
    "text": (N_("Text"), "area"),
    "email": (N_("Email address"), "line"),
    "username": (N_("Username"), "line"),
    "name": (N_("Display name"), "line"),
    "location": (N_("From"), "line"),
    "alt": (N_("What it shows"), "line"),
    "password": (N_("Password"), "password"),
    "password2": (N_("The same password again"), "password"),
    "old_password": (N_("Current password"), "password"),
}

# More fields than any form of the site has. It limits the size of the error page.
_FIELDS_AT_MOST = 20


class Field(NamedTuple):
    """`kind` is hidden, line, area or password. A password is never sent back."""

    name: str
    label: str
    value: str
    kind: str


def sent_fields(status: int) -> list[Field] | None:
    """The fields that a form of ours sent. None if there is no form, if another site filled it in, or if the body of
    a request refused with `status` is not read."""
    if request.method != "POST" or status in (400, 413) or not is_our_own_form():
        return None
    try:
        form = request.form
    except HTTPException:
        return None
    sent = [(name, value) for name, value in form.items() if name not in ("csrf_token", "kept")][:_FIELDS_AT_MOST]
    return [_field(name, value) for name, value in sent] if form else None


def has_text(fields: list[Field] | None) -> bool:
    """Whether somebody typed a text that would be lost."""
    return any(field.kind in ("line", "area") and field.value.strip() for field in fields or ())


def _field(name: str, value: str) -> Field:
    label, kind = _LABELS.get(name, ("", "hidden"))
    label = labels_of_view().get(name, label)
    return Field(name, gettext(label) if label else "", "" if kind == "password" else value, kind)
