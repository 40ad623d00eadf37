"""Signed tokens in mailed links: JWT with HS256 through python-jose (RFC 7519, RFC 8725).

jose only checks the signature. It accepts malformed tokens (an expiry that is a string, a claim twice, `token=`). This
module refuses them, so it accepts a token only byte for byte as it was issued.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from jose import jws
from jose.exceptions import JOSEError

from application.ports.tokens import Claims
from domain.credentials import Purpose
from domain.errors import LinkExpired

_ALGORITHM = "HS256"
_HEADER = {"alg": _ALGORITHM, "typ": "JWT"}
_CLAIMS = frozenset(("iss", "aud", "sub", "jti", "iat", "exp"))
_LONGEST = 2_048
# In seconds: the clock of the host that issued a token may be ahead of this one. A token expires without any delay.
_CLOCKS_DIFFER_BY = 10
_HIGHEST_ID = 2**63 - 1


class JoseTokens:
    """The port `Tokens`."""

    def __init__(
        self, secret_key: str | bytes, fallbacks: Iterable[str | bytes] = (), issuer: str = "chapbook"
    ) -> None:
        """`fallbacks` are former keys. A token that one of them signed is valid until it expires. Raises ValueError for
        a key of less than 32 bytes (RFC 7518 section 3.2)."""
        self._keys = [_key(secret) for secret in (secret_key, *fallbacks)]
        self._issuer = issuer

    def new_id(self) -> str:
        return secrets.token_urlsafe(16)

    def issue(self, claims: Claims, *, at: datetime) -> str:
        issued_at = int(at.timestamp())
        token: str = jws.sign(
            {
                "iss": self._issuer,
                "aud": claims.purpose.value,
                "sub": str(claims.subject),
                "jti": claims.token_id,
                "iat": issued_at,
                "exp": issued_at + int(claims.purpose.lifetime.total_seconds()),
            },
            self._keys[0],
            algorithm=_ALGORITHM,
        )
        return token

    def read(self, token: str, purpose: Purpose, *, at: datetime) -> Claims:
        claims = self._signed_claims(token, purpose)
        _require(claims["iat"] - _CLOCKS_DIFFER_BY <= at.timestamp() < claims["exp"])
        return Claims(subject=_account_id(claims["sub"]), purpose=purpose, token_id=claims["jti"])

    def subject_of(self, token: str, purpose: Purpose) -> int:
        return _account_id(self._signed_claims(token, purpose)["sub"])

    def _signed_claims(self, token: str, purpose: Purpose) -> dict[str, Any]:
        """All claims that do not depend on the time are checked."""
        _require(len(token) <= _LONGEST and token.isascii())
        segments = token.split(".")
        _require(len(segments) == 3)
        header, payload, signature = (_decoded(segment) for segment in segments)
        _require(_object(header) == _HEADER)
        _require(len(signature) == 32 and any(_is_signed_with(key, token) for key in self._keys))
        claims = _object(payload)
        _require(claims.keys() == _CLAIMS)
        _require(claims["iss"] == self._issuer and claims["aud"] == purpose.value)
        issued_at, expires_at = claims["iat"], claims["exp"]
        _require(type(issued_at) is int and type(expires_at) is int)
        _require(expires_at - issued_at == int(purpose.lifetime.total_seconds()))
        _require(isinstance(claims["jti"], str) and bool(claims["jti"]))
        return claims


def _key(secret: str | bytes) -> bytes:
    key = secret.encode("utf-8") if isinstance(secret, str) else secret
    if len(key) < 32:
        raise ValueError("a key that signs tokens needs at least 32 bytes")
    return key


def _require(condition: bool) -> None:
    """Raises the same error for every defect, so that a forger learns nothing."""
    if not condition:
        raise LinkExpired


def _decoded(segment: str) -> bytes:
    """Decodes base64url without padding (RFC 7515 section 2). Accepts only the canonical encoding."""
    try:
        data = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise LinkExpired from None
    _require(base64.urlsafe_b64encode(data).rstrip(b"=") == segment.encode("ascii"))
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        # A duplicate name is refused, because two programs could read different claims.
        read = json.loads(data, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise LinkExpired from None
    _require(isinstance(read, dict))
    found: dict[str, Any] = read
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _require(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def _no_constant(_: str) -> Any:
    raise LinkExpired  # NaN and Infinity are not JSON


def _is_signed_with(key: bytes, token: str) -> bool:
    try:
        jws.verify(token, key, algorithms=[_ALGORITHM])
    except (JOSEError, RecursionError):
        return False
    return True


def _account_id(subject: object) -> int:
    if not isinstance(subject, str) or not subject.isascii() or not subject.isdigit() or len(subject) > 19:
        raise LinkExpired
    number = int(subject)
    _require(1 <= number <= _HIGHEST_ID and str(number) == subject)
    return number
