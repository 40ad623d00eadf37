"""URL converters: what `<id:...>`, `<username:...>` and `<mailed:...>` match in a path."""

from werkzeug.routing import BaseConverter, IntegerConverter

from domain.identifiers import USERNAME_PATTERN
from domain.ids import LARGEST
from entrypoints.mailed_links import token_in


def _up_to(largest: int) -> str:
    """A regular expression of the numbers from 1 to `largest`, without leading zeros."""
    digits = str(largest)
    shorter = rf"[1-9][0-9]{{0,{len(digits) - 2}}}"
    as_long = [
        rf"{digits[:place]}[{int(place == 0)}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if int(digit) > int(place == 0)
    ]
    return "|".join((*as_long, digits, shorter))


class IdConverter(IntegerConverter):
    """ASCII digits below 2^63, without leading zeros. A path with anything else is not found.

    The expression is exact. Werkzeug compares methods before it converts: a number that fits the expression and is
    refused later is answered with 405 instead of 404.
    """

    regex = _up_to(LARGEST)

    def to_python(self, value: str) -> int:
        return int(value)


class UsernameConverter(BaseConverter):
    """Anything in the shape of a username, whether a member has it or not."""

    regex = USERNAME_PATTERN
    part_isolating = True


class MailedConverter(BaseConverter):
    """The token of a mailed link. The page is shown at the address as it was copied, because a redirect would write the
    token into one more line of a log."""

    def to_python(self, value: str) -> str:
        return token_in(value)
