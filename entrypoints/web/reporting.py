"""Reporting: the form of members, who say what is wrong, and that of visitors, who report what is illegal."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.cases.reporting import Reporting
from domain import limits
from domain.cases import TEXT_LIMIT, Report, Reported, ReportKind, Visitor, may_report
from domain.errors import Invalid
from entrypoints.clients import client_key
from entrypoints.web.decorators import button, for_visitors, labels, limited
from entrypoints.web.display import language
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]
# Finds what is reported, and what the `reader` has reported of it.
Look = Callable[..., tuple[Reported, Report | None]]

# The kinds that a member chooses from, and what each means.
_KINDS = {
    ReportKind.SPAM: (N_("Spam"), N_("Advertising, links that are everywhere, the same text again and again.")),
    ReportKind.ABUSE: (N_("Abuse"), N_("Insults, threats, or somebody who is not left in peace.")),
    ReportKind.ILLEGAL: (N_("Illegal"), N_("The law forbids it. If you can, say below which one, and why.")),
    ReportKind.OTHER: (
        N_("Something else"),
        N_("A rule of this site is broken, or something else is wrong. Say below what it is."),
    ),
}
_LABELS = {
    "text": N_("What do you want to say?"),
    "name": N_("Your name"),
    "email": N_("Your email address"),
}
# The beginning of a text is enough to see that it is the right one.
_BRIEF = 300


def blueprint(reporting: Reporting) -> Blueprint:
    views = Blueprint("reporting", __name__)
    provide(views, may_report=may_report, kinds_in_words=kinds_in_words)

    @views.route("/posts/<id:post_id>/report", methods=["GET", "POST"])
    @limited(limits.report, visitors=limits.report_without_account)
    @for_visitors
    @button(N_("Send the report"))
    @labels(_LABELS)
    def post(post_id: int) -> Answer:
        return answer(
            partial(reporting.of_post, post_id=post_id),
            partial(reporting.report_post, post_id=post_id),
            f"/posts/{post_id}",
        )

    @views.route("/comments/<id:comment_id>/report", methods=["GET", "POST"])
    @limited(limits.report, visitors=limits.report_without_account)
    @for_visitors
    @button(N_("Send the report"))
    @labels(_LABELS)
    def comment(comment_id: int) -> Answer:
        return answer(
            partial(reporting.of_comment, comment_id=comment_id),
            partial(reporting.report_comment, comment_id=comment_id),
            f"/comments/{comment_id}",
        )

    @views.route("/@<username:username>/report", methods=["GET", "POST"])
    @limited(limits.report, visitors=limits.report_without_account)
    @for_visitors
    @button(N_("Send the report"))
    @labels(_LABELS)
    def person(username: str) -> Answer:
        return answer(
            partial(reporting.of_person, username=username),
            partial(reporting.report_person, username=username),
            f"/@{username}",
        )

    return views


def answer(look: Look, send: Callable[..., None], path: str) -> Answer:
    """The form, or what comes of it. `path` is the page of the thing."""
    someone, form = viewer(), Form.sent()
    form.values["next"] = wanted_path()
    if request.method != "POST":
        return form_page(look, form, path)
    try:
        send(
            actor_id=None if someone is None else someone.id,
            kind=form.values["kind"],
            text=form.values["text"],
            visitor=_visitor(form) if someone is None else None,
        )
    except Invalid as error:
        form.refuse(error)
        return form_page(look, form, path), 422
    flash(N_("Thank you. Moderators look at it."), "success")
    return redirect(form.values["next"] or path, 303)


def form_page(look: Look, form: Form, path: str) -> str:
    reported, earlier = look(reader=viewer())
    if earlier is not None and not form.problems:
        form.values |= {"kind": earlier.kind.value, "text": earlier.text}
    return render_template(
        "reporting/form.html",
        reported=reported,
        earlier=earlier,
        form=form,
        path=path,
        kinds=_KINDS,
        brief=_BRIEF,
        text_limit=TEXT_LIMIT,
    )


def kinds_in_words(*kinds: ReportKind) -> str:
    return " · ".join(gettext(_KINDS[kind][0]) for kind in kinds)


def _visitor(form: Form) -> Visitor:
    return Visitor(
        client=client_key(request.remote_addr),
        name=form.trimmed("name"),
        email=form.trimmed("email"),
        language=language(),
    )
