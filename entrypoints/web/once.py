"""The idempotency keys of forms."""

import secrets

from flask import g


def new_once_key() -> str:
    """A key for one form. The ETag of a page leaves it out, see caching.py."""
    key = secrets.token_urlsafe(16)
    g.setdefault("once_keys", []).append(key)
    return key
