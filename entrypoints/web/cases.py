"""Cases: the queue of moderators, one case, and settling it."""

import re
from collections.abc import Callable
from enum import Enum

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from application.cases.judging import Cases, Sight
from application.ports.cases import Settlement
from application.ports.paging import Window
from application.ports.pictures.storing import PictureFeeds
from domain.cases import KEEP_TEXT, settling_acts
from domain.errors import Conflict, Invalid
from domain.identifiers import USERNAME_PATTERN
from domain.moderation import Act, SubjectKind
from domain.pictures import Shape, possible_pictures
from domain.sanctions import SANCTIONS, may_sanction
from entrypoints import words
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, choice, filtered, number, window
from entrypoints.web.sanctions import SANCTION_ACTS
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

QUEUE = "/moderation"
_USERNAME = re.compile(USERNAME_PATTERN, re.ASCII)
# The acts that settle a case, and what each means.
_ACTS = {
    "none": (N_("Leave it as it is"), N_("Nothing is wrong, or nothing has to be done. Whom it concerns is not told.")),
    "hide": (N_("Hide the text"), N_("Only its author and the moderators can still find it.")),
    **SANCTION_ACTS,
}


# What settled a case, which may also be an act on the page of the text.
_SETTLEMENTS = {
    Act.SETTLE: N_("{who} left everything as it is."),
    Act.HIDE: N_("{who} hid the text."),
    Act.DELETE: N_("{who} deleted the text."),
    Act.HIDE_ALL: N_("{who} hid all that the member had published."),
    Act.WARN: N_("{who} warned the member."),
    Act.SILENCE: N_("{who} silenced the member."),
    Act.SUSPEND: N_("{who} suspended the account."),
}


class State(Enum):
    """Which cases the queue shows."""

    OPEN = "open"
    SETTLED = "settled"


def blueprint(cases: Cases, picture_feeds: PictureFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("cases", __name__)
    provide(
        views,
        settlement_in_words=_settlement_in_words,
        days_kept=KEEP_TEXT.days,
    )

    @views.get(QUEUE)
    @signed_in()
    def queue() -> Answer:
        state, about = choice(State, "state") or State.OPEN, request.args.get("about", "")
        if about and not _USERNAME.fullmatch(about):
            abort(404)
        listed = cases.settled if state is State.SETTLED else cases.waiting
        page = listed(reader=member(), window=window(settings.comments_per_page), about=about)
        return render_template("cases/queue.html", page=page, state=state, about=about, link=_link(state, about))

    @views.get("/moderation/cases/<id:case_id>")
    @signed_in()
    def case(case_id: int) -> Answer:
        return case_page(case_id, Form({"act": "none"}))

    @views.post("/moderation/cases/<id:case_id>/settle")
    @signed_in("/moderation/cases/{case_id}")
    @button(N_("Settle the case"))
    def settle(case_id: int) -> Answer:
        form = Form.sent()
        act = form.values["act"]
        try:
            following = cases.settle(
                actor_id=member().id,
                case_id=case_id,
                act=act,
                days=form.values["days"],
                rule=form.values["rule"],
                reason=form.values["reason"],
            )
        except Invalid as error:
            form.refuse(error)
            return case_page(case_id, form), 422
        except Conflict as error:
            return case_page(case_id, form, conflict=words.conflict(error, gettext)), 409
        _say_done(act)
        if following is None:
            flash(N_("Nothing waits any more."), "info")
            return redirect(QUEUE, 303)
        return redirect(f"/moderation/cases/{following}", 303)

    def case_page(case_id: int, form: Form, *, conflict: str = "") -> str:
        """`conflict` says why it could not be settled as this moderator wanted."""
        cut, up_to = window(settings.comments_per_page), number("reports")
        sight = cases.look(reader=member(), case_id=case_id, window=cut, up_to=up_to)
        return render_template(
            "cases/case.html",
            sight=sight,
            form=form,
            conflict=conflict,
            acts=_acts_offered(sight),
            chosen=_ACTS.get(form.values["act"]),
            now=_state_of(sight),
            pictures=_pictures_of(sight, picture_feeds),
            up_to=up_to,
            reports_link=_reports_link(case_id, cut),
        )

    return views


def _say_done(act: str) -> None:
    match act:
        case "hide":
            flash(N_("Settled: the text is hidden. Whoever it concerns is told by mail."), "success")
        case "warn":
            flash(N_("Settled: the member is warned. Whoever it concerns is told by mail."), "success")
        case "silence":
            flash(N_("Settled: the member is silenced. Whoever it concerns is told by mail."), "success")
        case "suspend":
            flash(N_("Settled: the account is suspended. Whoever it concerns is told by mail."), "success")
        case _:
            flash(N_("Settled: everything stays as it is. Reporters with an address are told by mail."), "success")


def _link(state: State, about: str) -> Callable[..., str]:
    """The address of the queue with another filter."""

    def link(**changed: str | Enum | None) -> str:
        # What waits needs no filter.
        filters: dict[str, str | Enum | None] = {"state": None if state is State.OPEN else state, "about": about}
        return filtered(QUEUE, filters | changed)

    return link


def _reports_link(case_id: int, cut: Window) -> Callable[..., str]:
    """The address of the case with other reports, and with the same page of the record."""

    def link(up_to: int | None = None) -> str:
        asked = {"before": cut.before, "after": cut.after, "reports": up_to}
        return filtered(f"/moderation/cases/{case_id}", {name: str(each) for name, each in asked.items() if each})

    return link


def _acts_offered(sight: Sight) -> dict[str, tuple[str, str]]:
    """The acts that this moderator may settle the case with, by name."""
    case = sight.case
    sanctions = case.about is not None and may_sanction(member(), account_id=case.about_id, role=case.about_role)
    return {
        name: _ACTS[name] for name, act in settling_acts(case.subject_kind).items() if sanctions or act not in SANCTIONS
    }


def _state_of(sight: Sight) -> str:
    """How the thing is now beside how it was reported: `gone`, `unknown`, `same` or `edited`."""
    if sight.text is None:
        return "gone"
    if not sight.case.kept:
        return "unknown"
    return "same" if sight.text == sight.case.text else "edited"


def _pictures_of(sight: Sight, picture_feeds: PictureFeeds) -> dict[int, Shape]:
    """Those that a reported post showed or shows, by id, as far as they are still there."""
    case = sight.case
    possible = possible_pictures(f"{case.text}\n{sight.text or ''}") if case.subject_kind is SubjectKind.POST else ()
    if not possible or case.about is None:
        return {}
    shapes = picture_feeds.shapes(possible, owner_id=case.about_id, text_id=case.subject_id)
    return {picture_id: shapes[picture_id] for picture_id in possible if picture_id in shapes}


def _settlement_in_words(settlement: Settlement, who: Markup) -> Markup:
    """What was done, with a link to whoever did it."""
    pattern = Markup(gettext(_SETTLEMENTS[settlement.act]))  # noqa: S704 - one of our own sentences
    return pattern.format(who=who)
