"""URL converters: what `<id:...>` and `<username:...>` match in a path."""

from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from domain.accounts import USERNAME_PATTERN
from domain.ids import ID_PATTERN, LARGEST


class IdConverter(IntegerConverter):
    """ASCII digits below 2^63, without leading zeros. A path with anything else is not found."""

    regex = ID_PATTERN

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST:
            raise ValidationError
        return number


class UsernameConverter(BaseConverter):
    """Anything in the shape of a username, whether a member has it or not."""

    regex = USERNAME_PATTERN
    part_isolating = True
