"""Hashes that Werkzeug makes: `pbkdf2:sha256:260000$salt$hex` and `scrypt:32768:8:1$salt$hex`. Members who came from
another site have them until they sign in.

Forms that Werkzeug 3 does not verify (`sha1$...`, `md5$...`, `plain$...`, pbkdf2 without its number of rounds) are not
recognised, and neither is a digest that was cut off.
"""

import hashlib
import re
from dataclasses import dataclass

from werkzeug.security import check_password_hash

# One verification takes at most some 1.5 seconds of a core, and 128 MiB. Werkzeug's own defaults are a fourth of that.
_COST_AT_MOST = 4_000_000
_MEMORY_AT_MOST = 1 << 27
_SCRYPT_DIGEST = 64
_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_FORM = re.compile(
    r"(?P<method>pbkdf2:(?P<digest>[a-z0-9]+):(?P<rounds>[1-9][0-9]{0,7})"
    r"|scrypt:(?P<n>[1-9][0-9]{0,7}):(?P<r>[1-9][0-9]{0,3}):(?P<p>[1-9][0-9]{0,3}))"
    r"\$[!-#%-~]{1,64}\$(?P<hex>[0-9a-f]+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Method:
    """`cost` compares methods. It is about the same for methods that take the same time."""

    name: str
    cost: int


def method_of(hashed: str) -> Method | None:
    """The method of a hash that can be verified. None for any other text."""
    found = _FORM.fullmatch(hashed)
    if found is None:
        return None
    if found["digest"]:
        cost, size = int(found["rounds"]), 0
        if found["digest"] in _DIGESTS:
            size = hashlib.new(found["digest"], usedforsecurity=False).digest_size
    else:
        n, r, p = int(found["n"]), int(found["r"]), int(found["p"])
        if n < 2 or n & (n - 1) or 128 * n * r > _MEMORY_AT_MOST:
            return None
        cost, size = n * r * p, _SCRYPT_DIGEST
    if cost > _COST_AT_MOST or len(found["hex"]) != 2 * size:
        return None
    return Method(found["method"], cost)


def matches(password: str, hashed: str) -> bool:
    """`hashed` has a method."""
    return check_password_hash(hashed, password)


def spend(method: Method) -> None:
    """Takes as long as `matches` with a hash of this method."""
    check_password_hash(f"{method.name}$salt$00", "any password")
