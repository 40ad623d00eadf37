"""The site itself: what it is, its rules, what it stores, and the page where administrators write all of it."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.ports.site import SiteFeeds
from application.ports.work import Now
from application.site import ChangingSite
from domain import limits
from domain.errors import Changed, Invalid
from domain.joining import Registration
from domain.site import (
    ANNOUNCEMENT_LIMIT,
    FIELDS,
    GREETING_LIMIT,
    MARKDOWN,
    NAME_LIMIT,
    PAGE_LIMIT,
    TAGLINE_LIMIT,
    Site,
    SiteHtml,
)
from entrypoints.bodies import takes_text
from entrypoints.moderation_words import SITE_FIELDS
from entrypoints.web.current_site import has_rule, note_saved, rules
from entrypoints.web.decorators import button, labels, limited, open_to_suspended, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import own_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

MODERATORS_SHOWN = 100

Answer = str | Response | tuple[str, int]

# The ways to register, as the form and the conflict call them.
REGISTRATIONS = (
    (Registration.OPEN.value, N_("Everybody")),
    (Registration.APPROVAL.value, N_("Everybody whom a moderator admits")),
    (Registration.INVITATION.value, N_("Whom a member invites")),
    (Registration.CLOSED.value, N_("Nobody")),
)


def blueprint(site: ChangingSite, site_feeds: SiteFeeds, now: Now) -> Blueprint:
    views = Blueprint("site", __name__)
    provide(
        views,
        site_rules=rules,
        has_rule=has_rule,
        site_limits={
            "name": NAME_LIMIT,
            "tagline": TAGLINE_LIMIT,
            "greeting": GREETING_LIMIT,
            "page": PAGE_LIMIT,
            "announcement": ANNOUNCEMENT_LIMIT,
        },
    )

    @views.get("/about")
    def about() -> Answer:
        facts = site_feeds.facts(viewer())
        moderators = site_feeds.moderators(viewer(), now(), MODERATORS_SHOWN)
        return render_template("site/about.html", facts=facts, moderators=moderators)

    @views.get("/rules")
    def rules_of_site() -> Answer:
        return render_template("site/rules.html")

    @views.get("/privacy")
    def privacy() -> Answer:
        return render_template("site/privacy.html")

    @views.route("/admin/site", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @limited(limits.edit, preview=limits.preview)
    @button(N_("Save"))
    @labels(SITE_FIELDS)
    def edit() -> Answer:
        if request.method != "POST":
            stored = site.stored(reader=member())
            return edit_form(Form(_fields(stored) | {"version": str(stored.version)}))
        form = Form.sent()
        typed = {name: form.values[name] for name in FIELDS if name in form.values}
        try:
            if form.values["preview"]:
                return edit_form(form, preview=site.preview(reader=member(), typed=typed))
            version = site.change(actor=member(), typed=typed, version=form.version())
        except Invalid as error:
            form.refuse(error)
            return edit_form(form, 422)
        except Changed:
            return conflict(form)
        note_saved(version)
        flash(N_("The site is saved. Within five seconds everybody sees it."), "success")
        return redirect("/admin/site", 303)

    def conflict(form: Form) -> Answer:
        """Shows what is stored now, and the form as it was sent. The administrator has now seen the stored fields and
        may replace them."""
        stored = site.stored(reader=member())
        form.values["version"] = str(stored.version)
        # Browsers send the line breaks of a textarea as CRLF.
        sent = {name: value.replace("\r\n", "\n") for name, value in form.values.items()}
        theirs = {name: value for name, value in _fields(stored).items() if value != sent.get(name, "")}
        return edit_form(form, 409, theirs=theirs)

    def edit_form(
        form: Form, status: int = 200, *, preview: SiteHtml | None = None, theirs: dict[str, str] | None = None
    ) -> Answer:
        previews = None if preview is None else {name: getattr(preview, name) for name in MARKDOWN}
        body = render_template(
            "site/edit.html",
            form=form,
            labels=SITE_FIELDS,
            registrations=REGISTRATIONS,
            previews=previews,
            theirs=theirs,
        )
        return body, status

    @views.post("/announcement/dismiss")
    @signed_in("/")
    @open_to_suspended
    def dismiss() -> Answer:
        site.dismiss(actor_id=member().id, announced=_number_in(request.form.get("announced", "")))
        return redirect(own_path(request.form.get("next")), 303)

    return views


def _fields(site: Site) -> dict[str, str]:
    """The fields of the form, as they are stored."""
    return {name: site.text.value_of(name) for name in FIELDS}


def _number_in(text: str) -> int:
    """0 for what is no number of an announcement."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
