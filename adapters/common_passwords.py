"""The 17,000 most common passwords of 8 characters or more. The folder of the list names its source.

The list is read when the first password is checked. It stays in memory and takes about 2 MB.
"""

import functools
import gzip
from importlib.resources import files


class CommonPasswords:
    """`password in CommonPasswords()` ignores case. The list has no password below 8 characters."""

    def __contains__(self, password: object) -> bool:
        return isinstance(password, str) and password.casefold() in _known()


@functools.cache
def _known() -> frozenset[str]:
    packed = files("adapters").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").splitlines())
