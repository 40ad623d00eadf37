"""Hashes that Werkzeug makes: `pbkdf2:sha256:260000$salt$hex` and `scrypt:32768:8:1$salt$hex`. Members who came from
another site have them until they sign in.

Forms that Werkzeug 3 does not verify (`sha1$...`, `md5$...`, `plain$...`, pbkdf2 without its number of rounds) are not
recognised, and neither is a digest that was cut off.
"""

import hashlib
import re

from werkzeug.security import check_password_hash

# One verification takes at most some 0.4 seconds of a core, and 128 MiB. Werkzeug's own defaults take at most half of
# that.
COST_AT_MOST = 2_000_000
_MEMORY_AT_MOST = 1 << 27
_SCRYPT_DIGEST = 64
_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_FORM = re.compile(
    r"(?:pbkdf2:(?P<digest>[a-z0-9]+):(?P<rounds>[1-9][0-9]{0,7})"
    r"|scrypt:(?P<n>[1-9][0-9]{0,7}):(?P<r>[1-9][0-9]{0,3}):(?P<p>[1-9][0-9]{0,3}))"
    r"\$[!-#%-~]{1,64}\$(?P<hex>[0-9a-f]+)",
    re.ASCII,
)


def cost_of(hashed: str) -> int | None:
    """What it costs to verify this hash: the number of rounds of pbkdf2:sha256 that take about as long. None for a text
    that cannot be verified."""
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
        cost, size = n * r * p * 3 // 2, _SCRYPT_DIGEST
    return None if cost > COST_AT_MOST or len(found["hex"]) != 2 * size else cost


def matches(password: str, hashed: str) -> bool:
    """`hashed` has a cost."""
    return check_password_hash(hashed, password)


def spend(cost: int) -> None:
    """Takes about as long as `matches` with a hash of this cost."""
    hashlib.pbkdf2_hmac("sha256", b"any password", b"salt", cost)
