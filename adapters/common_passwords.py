"""The passwords that guessing starts with, 17,000 of them; where they come from stands beside the list.

Read when the first password is checked, and kept: about 2 MB.
"""

import functools
import gzip
from importlib.resources import files


class CommonPasswords:
    """`password in CommonPasswords()`, without regard to case. Knows only those of 8 characters or more."""

    def __contains__(self, password: object) -> bool:
        return isinstance(password, str) and password.casefold() in _known()


@functools.cache
def _known() -> frozenset[str]:
    packed = files("adapters").joinpath("common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").splitlines())
