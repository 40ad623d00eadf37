"""The models of members' settings."""

from domain.profiles import ABOUT_ME_LIMIT, LOCATION_LIMIT, NAME_LIMIT
from entrypoints.api.schemas.fields import ANYTHING, NO_LINE_BREAK, In, missing, text


class ProfileChange(In):
    name: str = missing("One's real name.", text(NAME_LIMIT, NO_LINE_BREAK), "Susan Smith")
    location: str = missing("Where one lives.", text(LOCATION_LIMIT, NO_LINE_BREAK), "Lisbon")
    about_me: str = missing("Plain text.", text(ABOUT_ME_LIMIT, ANYTHING), "Reads at night.")
