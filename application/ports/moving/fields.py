"""The fields of records, and what all records share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar

from domain.identifiers import EMAIL_LIMIT, USERNAME_LIMIT
from domain.ids import LARGEST
from domain.moderation import RULE_LIMIT, SITE_ID
from domain.posts import TITLE_LIMIT
from domain.profiles import LOCATION_LIMIT, NAME_LIMIT
from domain.site import ANNOUNCEMENT_LIMIT, CONTACT_LIMIT, TAGLINE_LIMIT
from domain.tags import TAG_LIMIT, TAGS_LIMIT
from domain.time_zones import TIME_ZONE_LIMIT

# The numbers that are allowed, and how many characters. A text without a limit has none in the storage either.
Id = Annotated[int, range(1, LARGEST + 1)]
# There is one.
TheSite = Annotated[int, range(SITE_ID, SITE_ID + 1)]
IdOrNone = Annotated[int, range(LARGEST + 1)]
Number = Annotated[int, range(2**31)]
OldNumber = Annotated[int, range(-(2**63), 2**63)]
UsernameText = Annotated[str, USERNAME_LIMIT]
EmailText = Annotated[str, EMAIL_LIMIT]
NameText = Annotated[str, NAME_LIMIT]
LocationText = Annotated[str, LOCATION_LIMIT]
TimeZoneText = Annotated[str, TIME_ZONE_LIMIT]
TaglineText = Annotated[str, TAGLINE_LIMIT]
ContactText = Annotated[str, CONTACT_LIMIT]
AnnouncementText = Annotated[str, ANNOUNCEMENT_LIMIT]
TitleText = Annotated[str, TITLE_LIMIT]
TagText = Annotated[str, TAG_LIMIT]
TagsText = Annotated[str, TAGS_LIMIT]
RuleText = Annotated[str, RULE_LIMIT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`record` is what its lines are called. Those of one kind are sorted by some fields, and differ in them."""

    record: ClassVar[str]
    sorted_by: ClassVar[tuple[str, ...]]

    @property
    def keys(self) -> Mapping[str, str]:
        """By field: what is stored to find it. It may be longer than the text, and has the same limit."""
        return {}


R = TypeVar("R", bound=Record)
