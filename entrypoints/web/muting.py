"""Muting and blocking: the buttons, and the list of whom a member mutes and blocks."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.muting import Muting
from application.ports.muting import MuteFeeds
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.redirects import requested_path, wanted_path
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response


def blueprint(muting: Muting, mute_feeds: MuteFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("muting", __name__)

    @views.get("/settings/people")
    @signed_in()
    def people() -> Answer:
        page = mute_feeds.people(member(), window(settings.followers_per_page))
        return render_template("muting/people.html", page=page, here=requested_path())

    @views.post("/@<username:username>/mute")
    @signed_in("/@{username}")
    def mute(username: str) -> Answer:
        muting.mute(actor_id=member().id, username=username)
        flash(N_("You muted %(username)s."), "success", username=f"@{username}")
        return back(username)

    @views.post("/@<username:username>/unmute")
    @signed_in("/@{username}")
    def unmute(username: str) -> Answer:
        muting.unmute(actor_id=member().id, username=username)
        flash(N_("You no longer mute %(username)s."), "success", username=f"@{username}")
        return back(username)

    @views.post("/@<username:username>/block")
    @signed_in("/@{username}")
    def block(username: str) -> Answer:
        muting.block(actor_id=member().id, username=username)
        flash(N_("You blocked %(username)s."), "success", username=f"@{username}")
        return back(username)

    @views.post("/@<username:username>/unblock")
    @signed_in("/@{username}")
    def unblock(username: str) -> Answer:
        muting.unblock(actor_id=member().id, username=username)
        flash(N_("You no longer block %(username)s."), "success", username=f"@{username}")
        return back(username)

    def back(username: str) -> Response:
        """Redirects to the page that the form names, or else to the profile."""
        return redirect(wanted_path() or f"/@{username}", 303)

    return views
