"""Compression: gzip for pages, Brotli for files. Brotli is smaller and slower."""

import secrets
import struct
import zlib
from functools import lru_cache

import brotli
from flask import g, request
from werkzeug.wrappers import Response

from entrypoints.web.headers import vary_by

_TEXTS = frozenset(
    {
        "application/json",
        "text/html",
        "text/css",
        "text/javascript",
        "text/plain",
        "image/svg+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/xml",
    }
)
# In bytes. An answer of the API is asked for by programs, often over connections that are near.
_WORTH_IT, _WORTH_IT_IN_JSON = 500, 1_000
_NAME_AT_MOST = 100


def compress(response: Response) -> Response:
    """Compresses the body. The ETag becomes weak, because a strong one stands for the same bytes (RFC 9110, section
    8.8.3.3)."""
    if response.mimetype not in _TEXTS or response.status_code != 200 or "Content-Encoding" in response.headers:
        return response
    vary_by(response, "Accept-Encoding")
    encoding = "br" if g.get("is_file") and request.accept_encodings["br"] else "gzip"
    if not request.accept_encodings[encoding]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < (_WORTH_IT_IN_JSON if response.mimetype == "application/json" else _WORTH_IT):
        return response
    response.set_data(_brotli(body) if encoding == "br" else _gzip(body, padded=response.mimetype == "text/html"))
    response.headers["Content-Encoding"] = encoding
    etag, is_weak = response.get_etag()
    if etag and not is_weak:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=32)
def _brotli(body: bytes) -> bytes:
    """Brotli (RFC 7932) at the highest quality. A stylesheet takes 50 ms, so the result is cached for each process."""
    packed: bytes = brotli.compress(body, quality=11)
    return packed


def _gzip(body: bytes, *, padded: bool) -> bytes:
    """gzip (RFC 1952). If `padded`, the header has a file name of random length, so that the size reveals less about a
    private page (Heal the Breach, IEEE Access 2022)."""
    name = b"x" * secrets.randbelow(_NAME_AT_MOST) + b"\0" if padded else b""
    head = struct.pack("<4sLBB", b"\x1f\x8b\x08\x08" if padded else b"\x1f\x8b\x08\x00", 0, 0, 255)
    deflated = _deflated_of_kept(body) if g.get("is_kept") else _deflated(body)
    return b"".join([head, name, deflated, struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)])


def _deflated(body: bytes) -> bytes:
    """Raw deflate (RFC 1951)."""
    return zlib.compress(body, level=6, wbits=-zlib.MAX_WBITS)


# A page for visitors is the same bytes for many.
_deflated_of_kept = lru_cache(maxsize=64)(_deflated)
