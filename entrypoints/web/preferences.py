"""Preferences: of what a member is told, and the link in a mail that ends mails."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.ports.preferences import PreferenceFeeds
from application.ports.sessions import Viewer
from application.preferences import ChangingPreferences
from domain.errors import Invalid, LinkExpired
from domain.notifications import NotificationKind
from domain.preferences import MailTime, kinds_for
from entrypoints.web.decorators import button, open_to_suspended, proved_by_path, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

_KINDS = {
    NotificationKind.REPLY: N_("Answers to your comments"),
    NotificationKind.MENTION: N_("Your name in a post or a comment"),
    NotificationKind.COMMENT: N_("Comments below your posts"),
    NotificationKind.WATCHED: N_("Comments below posts that you watch"),
    NotificationKind.FOLLOW: N_("New followers"),
    NotificationKind.LIKE: N_("Likes"),
    NotificationKind.HIDDEN: N_("A text of yours was hidden"),
    NotificationKind.SANCTION: N_("You were warned, silenced or suspended"),
    NotificationKind.REPORT_SETTLED: N_("What came of your reports"),
    NotificationKind.APPEAL_DECIDED: N_("What came of your appeals"),
    NotificationKind.REPORT: N_("Somebody reports something"),
    NotificationKind.APPEAL: N_("Somebody appeals"),
    NotificationKind.WAITING: N_("Somebody waits to be admitted"),
}
_MAIL_TIMES = (
    (MailTime.OFF.value, N_("Never")),
    (MailTime.SOON.value, N_("Soon")),
    (MailTime.DAILY.value, N_("Daily")),
)


def blueprint(preferences: ChangingPreferences, preference_feeds: PreferenceFeeds) -> Blueprint:
    views = Blueprint("preferences", __name__)

    @views.route("/settings/notifications", methods=["GET", "POST"])
    @signed_in()
    @button(N_("Save"))
    def choose() -> Answer:
        if request.method != "POST":
            return page(Form(_fields(preference_feeds, member())))
        form = Form.sent()
        # A browser sends no box that is not ticked. So the field beside it says that the row was on the page.
        wanted = {
            kind: (form.values[f"{kind}.site"] not in ("", "off"), form.values[f"{kind}.mail"])
            for kind in (name.removesuffix(".mail") for name in request.form if name.endswith(".mail"))
        }
        try:
            preferences.change(actor_id=member().id, wanted=wanted)
        except Invalid as error:
            form.refuse(error)
            return page(form), 422
        flash(N_("Saved."), "success")
        return redirect("/settings/notifications", 303)

    def page(form: Form) -> str:
        kinds = kinds_for(member().role)
        return render_template(
            "preferences/settings.html",
            form=form,
            kinds=[kind for kind in kinds if not kind.is_notice and not kind.is_for_moderators],
            moderating=[kind for kind in kinds if kind.is_for_moderators],
            notices=[kind for kind in kinds if kind.is_notice],
            words=_KINDS,
            mail_times=_MAIL_TIMES,
        )

    @views.route("/unsubscribe/<mailed:token>", methods=["GET", "POST"])
    @open_to_suspended
    @proved_by_path
    def unsubscribe(token: str) -> Answer:
        """A mail program may send the POST without any page before it (RFC 8058). It follows no redirect."""
        is_done = request.method == "POST"
        try:
            username = preferences.unsubscribe(token=token) if is_done else preferences.whose(token=token)
        except LinkExpired:
            return render_template("preferences/link_expired.html"), 404
        return render_template("preferences/unsubscribe.html", username=username, is_done=is_done)

    return views


def _fields(preference_feeds: PreferenceFeeds, reader: Viewer) -> dict[str, str]:
    """The fields of the form, as they are stored."""
    preferences = preference_feeds.of(reader)
    fields = {}
    for kind in kinds_for(reader.role):
        preference = preferences.of(kind)
        fields[f"{kind.value}.site"] = "on" if preference.site else ""
        fields[f"{kind.value}.mail"] = preference.mail.value
    return fields
