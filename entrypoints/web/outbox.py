"""Administration of the outbox."""

from enum import Enum
from functools import partial

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from application.outbox import Outbox
from application.ports.work import Now
from domain.outbox import Stage
from entrypoints.job_words import about, progress
from entrypoints.settings import Settings
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import choice, filtered, window
from entrypoints.web.redirects import own_path, requested_path
from entrypoints.web.viewer import member
from entrypoints.words import N_


class Kind(Enum):
    MAIL = "mail"
    JOB = "job"


def blueprint(outbox: Outbox, settings: Settings, now: Now) -> Blueprint:
    views = Blueprint("outbox", __name__, url_prefix="/admin/outbox")

    @views.get("")
    @signed_in()
    def listed() -> str | Response:
        stage, kind = choice(Stage, "state"), choice(Kind, "kind")
        filters = {"state": stage, "kind": kind}
        page = outbox.latest(
            reader=member(),
            window=window(settings.followers_per_page),
            stage=stage,
            mails=None if kind is None else kind is Kind.MAIL,
        )
        return render_template(
            "outbox/list.html",
            page=page,
            health=outbox.mail_health(reader=member()),
            filters=filters,
            link=lambda **changes: filtered("/admin/outbox", filters | changes),
            here=requested_path(),
            now=now(),
            about=partial(about, translate=_escaped, named=_linked),
            progress=partial(progress, translate=gettext),
        )

    @views.post("/<id:job_id>/retry")
    @signed_in("/admin/outbox")
    def retry(job_id: int) -> str | Response:
        if outbox.retry(actor_id=member().id, job_id=job_id):
            flash(N_("The worker will try this again now."), "success")
        else:
            flash(N_("There is nothing left to try: this is done."), "info")
        # The page that the form was on, with its filters.
        wanted = own_path(request.form.get("next"))
        return redirect(wanted if wanted.partition("?")[0] == "/admin/outbox" else "/admin/outbox", 303)

    return views


def _escaped(text: str) -> Markup:
    """The translation, to be filled with HTML."""
    return escape(gettext(text))


def _linked(username: str) -> Markup:
    return Markup('<a href="/admin/users/{0}">@{0}</a>').format(username)
