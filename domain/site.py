"""The site: what it says about itself, who may register, and the one line above every page.

Until it has been saved once, the settings of the program say its name and who may register.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Self

from domain.accounts import Account
from domain.errors import Changed, Invalid, Problems
from domain.identifiers import EMAIL_LIMIT, Email
from domain.joining import Registration
from domain.moderation import SITE_ID, Act, LogEntry
from domain.roles import Permission
from domain.texts import one_line, prose

NAME_LIMIT = 64
TAGLINE_LIMIT = 120
GREETING_LIMIT = 2_000
PAGE_LIMIT = 20_000
CONTACT_LIMIT = EMAIL_LIMIT
ANNOUNCEMENT_LIMIT = 500

# The fields in Markdown, each with the number of its characters.
MARKDOWN = {"greeting": GREETING_LIMIT, "about": PAGE_LIMIT, "rules": PAGE_LIMIT, "privacy": PAGE_LIMIT}

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@\\<>\"']+(?:[/?#][^\s\\<>\"']*)?", re.IGNORECASE)
_MAILTO = "mailto:"
# People copy them along.
_BLANKS = " \t\u00a0\u3000"


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteText:
    """What administrators write. `greeting`, `about`, `rules` and `privacy` are Markdown. `contact` is an email address
    or the address of a page."""

    name: str
    tagline: str = ""
    greeting: str = ""
    about: str = ""
    rules: str = ""
    privacy: str = ""
    contact: str = ""
    announcement: str = ""
    registration: Registration = Registration.OPEN

    def replaced(self, typed: Mapping[str, str]) -> Self:
        """`typed` by field. Other fields stay. Raises Invalid, for all fields at once."""
        problems, parsed = Problems(), dict[str, object]()
        for name, value in typed.items():
            with problems:
                parsed[name] = _parsed(name, value)
        problems.stop()
        return replace(self, **parsed)  # type: ignore[arg-type]

    def differing(self, other: Self) -> tuple[str, ...]:
        """The names of the fields that differ."""
        return tuple(name for name in FIELDS if getattr(self, name) != getattr(other, name))

    def value_of(self, name: str) -> str:
        """A field as it is typed."""
        value = getattr(self, name)
        return value.value if isinstance(value, Registration) else str(value)

    @property
    def contact_url(self) -> str:
        """Where `contact` leads. Empty without one."""
        return f"{_MAILTO}{self.contact}" if "@" in self.contact and not _is_url(self.contact) else self.contact


# By the names of forms and of the command line, in their order.
FIELDS = tuple(each.name for each in fields(SiteText))


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteHtml:
    """The HTML of the Markdown, and the version of the renderer that made it."""

    greeting: str = ""
    about: str = ""
    rules: str = ""
    privacy: str = ""
    version: int = 0

    @property
    def whole(self) -> str:
        return f"{self.greeting}{self.about}{self.rules}{self.privacy}"


@dataclass(kw_only=True, slots=True)
class Site:
    """`version` counts saves, and is 0 before the first. `announced` counts announcements, so that a member dismisses
    the one that they saw."""

    text: SiteText
    html: SiteHtml = SiteHtml()
    version: int = 0
    announced: int = 0

    @property
    def id(self) -> int:
        return SITE_ID

    def edit(
        self, actor: Account | None, *, id: int, text: SiteText, html: SiteHtml, version: int | None, at: datetime
    ) -> LogEntry | None:
        """`actor` is None for the command line. `version` is the one that the actor saw. None overwrites any version.
        Answers None when nothing changes. Raises Forbidden, Changed."""
        if actor is not None:
            actor.require(Permission.ADMINISTER, at=at)
        # A form that is sent twice is no conflict, because its values are stored already.
        changed = text.differing(self.text)
        if not changed:
            return None
        self.require_version(version)
        if text.announcement != self.text.announcement:
            self.announced += 1
        self.text, self.html = text, html
        actor_id = None if actor is None else actor.id
        return LogEntry.on_site(Act.SITE, id=id, actor_id=actor_id, text=" ".join(changed))

    def require_version(self, version: int | None) -> None:
        """None accepts any version. Raises Changed."""
        if version not in (None, self.version):
            raise Changed()

    def render_anew(self, html: SiteHtml) -> None:
        """The same text by another renderer. That is no edit."""
        self.html = html

    def keep_html(self, *, html_version: int) -> None:
        """The renderer of this version refuses the text. The HTML of an older one stays."""
        self.html = replace(self.html, version=html_version)

    def announces_to(self, dismissed: int) -> bool:
        """Whether the announcement is shown to who has dismissed those up to this number."""
        return bool(self.text.announcement) and self.announced > dismissed


def _parsed(name: str, value: str) -> object:
    match name:
        case "name":
            return _name(value)
        case "tagline":
            return one_line(name, value.strip(_BLANKS), limit=TAGLINE_LIMIT)
        case "contact":
            return _contact(value.strip(_BLANKS))
        case "announcement":
            return one_line(name, value.strip(_BLANKS), limit=ANNOUNCEMENT_LIMIT)
        case "registration":
            return _registration(value)
        case _ if name in MARKDOWN:
            return prose(name, value, limit=MARKDOWN[name])
    raise Invalid(name, "unknown_field")


def _name(value: str) -> str:
    name = one_line("name", value.strip(_BLANKS), limit=NAME_LIMIT, required=True)
    # The name is a part of mail headers.
    if "\t" in name:
        raise Invalid("name", "forbidden_character")
    return name


def _contact(value: str) -> str:
    contact = one_line("contact", value, limit=CONTACT_LIMIT)
    if not contact or _is_url(contact):
        return contact
    try:
        return Email.parse(contact, field="contact").text
    except Invalid:
        raise Invalid("contact", "contact_form") from None


def _is_url(contact: str) -> bool:
    if contact.lower().startswith(_MAILTO):
        try:
            return bool(Email.parse(contact[len(_MAILTO) :]))
        except Invalid:
            return False
    return _WEB_ADDRESS.fullmatch(contact) is not None


def _registration(value: str) -> Registration:
    try:
        return Registration(value)
    except ValueError:
        raise Invalid("registration", "choice") from None
