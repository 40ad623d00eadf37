"""What administrators do for one member at once."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from application.assisting import Assisting
from entrypoints.web.cookies import forget
from entrypoints.web.decorators import signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.viewer import member
from entrypoints.words import N_


def blueprint(assisting: Assisting) -> Blueprint:
    views = Blueprint("assisting", __name__, url_prefix="/admin/users/<username:username>")

    @views.post("/send-confirmation")
    @signed_in("/admin/users/{username}")
    def send_confirmation(username: str) -> Response:
        if assisting.send_confirmation(actor_id=member().id, member=username):
            flash(N_("A new link to confirm the address will be mailed. The older ones no longer work."), "success")
        else:
            flash(N_("Nothing was sent: this member is confirmed already, or disabled."), "info")
        return redirect(f"/admin/users/{username}", 303)

    @views.post("/send-reset")
    @signed_in("/admin/users/{username}")
    def send_reset(username: str) -> Response:
        if assisting.send_reset(actor_id=member().id, member=username):
            flash(N_("A link to choose a new password will be mailed."), "success")
        else:
            flash(N_("Nothing was sent: this member is disabled."), "info")
        return redirect(f"/admin/users/{username}", 303)

    @views.post("/sign-out")
    @signed_in("/admin/users/{username}")
    def sign_out(username: str) -> Response:
        if assisting.sign_out_everywhere(actor_id=member().id, member=username) == member().id:
            flash(N_("You are signed out everywhere."), "success")
            return forget(redirect("/login", 303))
        flash(N_("This member is signed out everywhere, and every API token is revoked."), "success")
        return redirect(f"/admin/users/{username}", 303)

    return views
