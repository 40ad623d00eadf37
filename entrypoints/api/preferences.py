"""The operations of notification settings."""

from flask import Response

from application.ports.preferences import PreferenceFeeds
from application.preferences import ChangingPreferences
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.preferences import NotificationSettings, NotificationSettingsChange, settings_of
from entrypoints.api.shape import answered, parsed, require_match


def add_to(api: Operations, preferences: ChangingPreferences, preference_feeds: PreferenceFeeds) -> None:
    def present() -> Response:
        return answered(settings_of(preference_feeds.of(reader()), reader().role))

    @api.add("GET", "/me/notification-settings", "Of what I am told", tag="People", gives=NotificationSettings)
    def notification_settings() -> Response:
        return present()

    @api.add(
        "PUT",
        "/me/notification-settings",
        "Choose of what I am told; kinds that are missing stay as they are",
        tag="People",
        takes=NotificationSettingsChange,
        gives=NotificationSettings,
        versioned=True,
    )
    def choose_notification_settings() -> Response:
        chosen = parsed(NotificationSettingsChange).model_dump(exclude_unset=True)
        require_match(present())
        preferences.change(
            actor_id=reader().id, wanted={kind: (each["site"], each["mail"]) for kind, each in chosen.items()}
        )
        return present()
