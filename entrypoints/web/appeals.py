"""Appeals: one's own record, an appeal and its decision, and the appeals that wait."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.appeals import Appeals
from application.ports.appeals import AppealFeeds, RecordCard
from application.ports.work import Now
from domain.appeals import TEXT_LIMIT, is_in_time
from domain.errors import Invalid, NotFound
from domain.moderation import Act
from entrypoints import moderation_words as words
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, open_to_suspended, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(appeals: Appeals, appeal_feeds: AppealFeeds, settings: Settings, now: Now) -> Blueprint:
    views = Blueprint("appeals", __name__)

    def may_appeal(card: RecordCard) -> bool:
        """Whether the page offers it to whom it concerns."""
        return card.appeal is None and card.entry.act.may_be_appealed and is_in_time(card.id, at=now())

    provide(views, may_appeal=may_appeal, holds_now=lambda card: card.holds(now()), decision_in_words=_decision)

    @views.get("/settings/record")
    @open_to_suspended
    @signed_in()
    def record() -> Answer:
        return render_template(
            "appeals/record.html", page=appeal_feeds.record(member(), window(settings.comments_per_page))
        )

    @views.get("/moderation/appeals")
    @signed_in()
    def waiting() -> Answer:
        page = appeals.waiting(reader=member(), window=window(settings.comments_per_page))
        return render_template("appeals/waiting.html", page=page)

    @views.route("/appeals/<id:entry_id>", methods=["GET", "POST"])
    @open_to_suspended
    @signed_in()
    @button(N_("Send the appeal"))
    def appeal(entry_id: int) -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return page(entry_id, form)
        try:
            appeals.appeal(actor_id=member().id, entry_id=entry_id, text=form.values["text"])
        except Invalid as error:
            form.refuse(error)
            return page(entry_id, form), 422
        flash(N_("Your appeal is sent. A mail tells you what comes of it."), "success")
        return redirect(f"/appeals/{entry_id}", 303)

    @views.post("/appeals/<id:entry_id>/decide")
    @signed_in("/appeals/{entry_id}")
    @button(N_("Decide"))
    def decide(entry_id: int) -> Answer:
        form = Form.sent()
        try:
            appeals.decide(
                actor_id=member().id,
                entry_id=entry_id,
                outcome=form.values["outcome"],
                reason=form.values["reason"],
            )
        except Invalid as error:
            form.refuse(error)
            return page(entry_id, form), 422
        flash(N_("It is decided, and a mail tells them."), "success")
        return redirect(f"/appeals/{entry_id}", 303)

    def page(entry_id: int, form: Form) -> str:
        case = appeals.look(reader=member(), entry_id=entry_id)
        is_own = case.card.about_id == member().id
        if not is_own and case.card.appeal is None:
            raise NotFound
        hidden = None
        # Of a single comment, the entry has the text.
        if case.card.entry.act is Act.HIDE_ALL:
            hidden = appeal_feeds.hidden_comments(member(), entry_id, window(settings.comments_per_page))
        return render_template(
            "appeals/appeal.html", case=case, hidden=hidden, form=form, is_own=is_own, text_limit=TEXT_LIMIT
        )

    return views


def _decision(card: RecordCard) -> str:
    return words.decision(card.entry, gettext)
