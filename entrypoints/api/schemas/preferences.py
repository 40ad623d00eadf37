"""The models of notification settings."""

from typing import Any

from pydantic import Field, JsonValue, create_model
from pydantic.json_schema import SkipJsonSchema

from domain.notifications import NotificationKind
from domain.preferences import MailTime, Preferences, kinds_for
from domain.roles import Role
from entrypoints.api.schemas.fields import Answer, In, Out, Urls

_MAIL_TIMES: list[JsonValue] = [each.value for each in MailTime]


class NotificationSetting(Out):
    site: bool = Field(description="Whether the site tells of it.")
    mail: str = Field(description="When a mail tells of it.", json_schema_extra={"enum": _MAIL_TIMES})


class NotificationChoice(In):
    site: bool
    mail: str = Field(json_schema_extra={"enum": _MAIL_TIMES})


class NoticeChoice(In):
    """The core says that nothing else can be chosen."""

    site: bool = Field(json_schema_extra={"enum": [True]})
    mail: str = Field(json_schema_extra={"enum": [MailTime.SOON.value]})


def _for_moderators() -> Any:
    return Field(
        default_factory=lambda: None,
        exclude_if=lambda value: value is None,
        description="Only moderators and administrators have it.",
    )


class NotificationSettings(Answer):
    reply: NotificationSetting
    mention: NotificationSetting
    comment: NotificationSetting
    watched: NotificationSetting
    follow: NotificationSetting
    like: NotificationSetting
    hidden: NotificationSetting
    sanction: NotificationSetting
    report_settled: NotificationSetting
    appeal_decided: NotificationSetting
    report: NotificationSetting | SkipJsonSchema[None] = _for_moderators()
    appeal: NotificationSetting | SkipJsonSchema[None] = _for_moderators()
    waiting: NotificationSetting | SkipJsonSchema[None] = _for_moderators()

    @classmethod
    def example(cls, _urls: Urls) -> "NotificationSettings":
        return settings_of(Preferences(), Role.USER)


def settings_of(preferences: Preferences, role: Role) -> NotificationSettings:
    chosen = {kind: preferences.of(kind) for kind in kinds_for(role)}
    return NotificationSettings(
        **{kind.value: NotificationSetting(site=each.site, mail=each.mail.value) for kind, each in chosen.items()}
    )


def _choice_about(kind: NotificationKind) -> Any:
    """A field that may be missing."""
    examples = [{"site": True, "mail": "daily"}] if kind is NotificationKind.LIKE else []
    choice = NoticeChoice if kind.is_notice else NotificationChoice
    return choice, Field(default_factory=lambda: None, examples=examples)


# By kind. What is missing stays as it is.
NotificationSettingsChange: type[In] = create_model(
    "NotificationSettingsChange", __base__=In, **{kind.value: _choice_about(kind) for kind in NotificationKind}
)
