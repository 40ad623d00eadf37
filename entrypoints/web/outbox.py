"""Administration of the outbox."""

from functools import partial

from flask import Blueprint, redirect, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.outbox import Outbox
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import window
from entrypoints.web.viewer import member
from entrypoints.words import N_, about, progress


def blueprint(outbox: Outbox, settings: Settings) -> Blueprint:
    views = Blueprint("outbox", __name__, url_prefix="/admin/outbox")

    @views.get("")
    @signed_in()
    def listed() -> str | Response:
        page = outbox.latest(reader=member(), window=window(settings.followers_per_page))
        return render_template(
            "outbox/list.html",
            page=page,
            about=partial(about, translate=gettext),
            progress=partial(progress, translate=gettext),
        )

    @views.post("/<id:job_id>/retry")
    @signed_in("/admin/outbox")
    def retry(job_id: int) -> str | Response:
        if outbox.retry(actor_id=member().id, job_id=job_id):
            flash(N_("The worker will try this again now."), "success")
        else:
            flash(N_("There is nothing left to try: this is done."), "info")
        return redirect("/admin/outbox", 303)

    return views
