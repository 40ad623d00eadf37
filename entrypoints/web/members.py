"""Members, in administration."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.members import Members
from application.ports.members import MemberCard
from domain.errors import Changed, Invalid
from domain.members import MemberState
from domain.profiles import ABOUT_ME_LIMIT
from domain.roles import Role
from entrypoints.bodies import takes_text
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, choice, filtered, window
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(members: Members, settings: Settings) -> Blueprint:
    views = Blueprint("members", __name__)
    provide(views, about_me_limit=ABOUT_ME_LIMIT)

    @views.get("/admin/users")
    @signed_in()
    def search() -> Answer:
        typed, role, state = request.args.get("q", ""), choice(Role, "role"), choice(MemberState, "state")
        filters = {"q": typed, "role": role, "state": state}
        page = members.search(
            reader=member(), typed=typed, role=role, state=state, window=window(settings.followers_per_page)
        )
        return render_template(
            "members/list.html",
            filters=filters,
            page=page,
            # A list that is searched has no count.
            counts=None if typed else members.counts(reader=member()),
            link=lambda **changes: filtered("/admin/users", filters | changes),
        )

    @views.route("/admin/users/<username:username>", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @button(N_("Save"))
    def edit(username: str) -> Answer:
        card = members.member(reader=member(), username=username)
        if request.method != "POST":
            if card.username != username:
                return redirect(f"/admin/users/{card.username}", 308)
            form = Form(_fields(card) | {"shown": card.fingerprint})
            return render_template("members/edit.html", member=card, form=form)
        form = Form.sent()
        try:
            renamed = members.administer(
                actor_id=member().id,
                member=username,
                email=form.values["email"],
                username=form.values["username"],
                confirmed=bool(form.values["confirmed"]),
                role=form.values["role"],
                disabled=bool(form.values["disabled"]),
                name=form.values["name"],
                location=form.values["location"],
                about_me=form.values["about_me"],
                shown=form.values["shown"] or None,
            )
        except Invalid as error:
            form.refuse(error)
            return render_template("members/edit.html", member=card, form=form), 422
        except Changed:
            return conflict(username, form)
        flash(N_("The member is saved."), "success")
        return redirect(f"/admin/users/{renamed}", 303)

    def conflict(username: str, form: Form) -> Answer:
        """Shows what is stored now, and the form as it was sent. The administrator has now seen the stored fields and
        may replace them."""
        card = members.member(reader=member(), username=username)
        form.values["shown"] = card.fingerprint
        # Browsers send the line breaks of a textarea as CRLF.
        sent = {name: value.replace("\r\n", "\n") for name, value in form.values.items()}
        theirs = {name: value for name, value in _fields(card).items() if value != sent.get(name, "")}
        return render_template("members/edit.html", member=card, form=form, theirs=theirs), 409

    return views


def _fields(card: MemberCard) -> dict[str, str]:
    """The fields of the form, as they are stored."""
    return {
        "email": card.email,
        "username": card.username,
        "role": card.role.value,
        "confirmed": "1" if card.confirmed else "",
        "disabled": "1" if card.disabled else "",
        "name": card.name,
        "location": card.location,
        "about_me": card.about_me,
    }
