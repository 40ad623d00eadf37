"""Changing one's address."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from application.addresses import Addresses
from domain import limits
from domain.errors import Invalid, LinkExpired
from entrypoints.web.decorators import limited, signed_in
from entrypoints.web.errors import link_expired
from entrypoints.web.forms import Form
from entrypoints.web.session import flash, member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(addresses: Addresses) -> Blueprint:
    views = Blueprint("addresses", __name__)

    @views.route("/settings/email", methods=["GET", "POST"])
    @signed_in()
    @limited(limits.password_check, limits.address_change)
    def request_change() -> Answer:
        form = Form.sent()
        if request.method != "POST":
            return render_template("settings/email.html", form=form)
        try:
            addresses.request_change(actor_id=member().id, email=form.values["email"], password=form.values["password"])
        except Invalid as error:
            form.refuse(error)
            return render_template("settings/email.html", form=form), 422
        flash(N_("A mail with a link is on its way to the new address. It counts once you open that link."), "success")
        return redirect("/settings/email", 303)

    @views.route("/settings/email/<token>", methods=["GET", "POST"])
    @signed_in()
    def change(token: str) -> Answer:
        try:
            if request.method != "POST":
                address = addresses.pending(actor_id=member().id, token=token)
                return render_template("settings/email_confirm.html", address=address)
            addresses.change(actor_id=member().id, token=token)
        except LinkExpired:
            return link_expired(("/settings/email", gettext("Ask for a new link")))
        flash(N_("Your address is changed."), "success")
        return redirect("/settings/email", 303)

    return views
