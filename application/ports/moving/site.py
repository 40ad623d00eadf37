"""What moves of the site itself."""

from dataclasses import dataclass
from typing import ClassVar

from application.ports.moving.fields import (
    AnnouncementText,
    ContactText,
    NameText,
    Number,
    Record,
    TaglineText,
    TheSite,
)
from domain.joining import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord(Record):
    """What the site says about itself, once it has been saved. The HTML moves, as that of a post does."""

    record: ClassVar = "site"
    sorted_by: ClassVar = ("id",)

    id: TheSite
    name: NameText
    tagline: TaglineText
    greeting: str
    greeting_html: str
    about: str
    about_html: str
    rules: str
    rules_html: str
    privacy: str
    privacy_html: str
    contact: ContactText
    announcement: AnnouncementText
    registration: Registration
    html_version: Number
    version: Number
    announced: Number
