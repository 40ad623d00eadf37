"""Muting and blocking: the buttons, and the list of whom a member mutes and blocks."""

from functools import lru_cache
from typing import Protocol

from flask import Blueprint, redirect, render_template
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from application.muting import Muting
from application.ports.muting import MuteFeeds
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.redirects import requested_path, wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response

# They stand for what differs in each page. No text of the site has these characters.
_CSRF, _BACK = "\0csrf\0", "\0back\0"


class Shown(Protocol):
    """What a reader may mute the author of, and whether they do."""

    @property
    def muted(self) -> bool: ...
    @property
    def blocked(self) -> bool: ...


def blueprint(muting: Muting, mute_feeds: MuteFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("muting", __name__)
    provide(views, mute_menu=mute_menu)

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


@pass_context
def mute_menu(
    context: Context, username: str, shown: Shown, back: str, *, noticed: bool = False, reports: bool = False
) -> Markup:
    """The menu that mutes or blocks the author of what is shown. `back` is the path of the thing, to return to.
    `noticed` says that the page begins with a sentence that a mute or a block is there, and with the button that ends
    it. `reports` says that the thing may be reported too."""
    html = _menu(username, shown.muted, shown.blocked, noticed, reports, context["language"])
    html = html.replace(_CSRF, str(escape(context["csrf_token"]))).replace(_BACK, str(escape(back)))
    return Markup(html)  # noqa: S704 - the template has escaped it


# A page has thirty of them, and most of them often.
@lru_cache(maxsize=512)
def _menu(username: str, muted: bool, blocked: bool, noticed: bool, reports: bool, _language: str) -> str:
    return render_template(
        "muting/_menu.html",
        username=username,
        muted=muted,
        blocked=blocked,
        noticed=noticed,
        reports=reports,
        csrf=_CSRF,
        back=_BACK,
    ).strip()
