"""Leaving: export one's data, and delete one's account."""

import tempfile
import zipfile
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, send_file
from werkzeug.wrappers import Response

from application.leaving import Leaving
from domain import limits
from domain.errors import Invalid
from entrypoints.web.cookies import forget
from entrypoints.web.decorators import limited, open_to_suspended, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(leaving: Leaving) -> Blueprint:
    views = Blueprint("leaving", __name__)

    @views.get("/settings/account")
    @open_to_suspended
    @signed_in()
    def account() -> Answer:
        return render_template("leaving/account.html", form=Form({"posts": "keep"}))

    @views.get("/settings/account/data.zip")
    @open_to_suspended
    @signed_in()
    def data() -> Answer:
        name, exported = member().username, leaving.export(reader=member())
        # An export may be large. Above one megabyte it is kept on disk.
        packed = tempfile.SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115 - closed with the answer
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
            for path, parts in exported:
                entry = zipfile.ZipInfo(path, datetime.now(UTC).timetuple()[:6])
                entry.compress_type = zipfile.ZIP_STORED if path.endswith(".webp") else zipfile.ZIP_DEFLATED
                with files.open(entry, "w") as file:
                    file.writelines(parts)
        packed.seek(0)
        answer = send_file(packed, "application/zip", as_attachment=True, download_name=f"{name}.zip")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @views.post("/settings/account/delete")
    @signed_in("/settings/account")
    @limited(limits.password_check)
    @open_to_suspended
    def leave() -> Answer:
        form = Form.sent()
        try:
            leaving.leave(actor_id=member().id, password=form.values["password"], posts=form.values["posts"])
        except Invalid as error:
            form.refuse(error)
            return render_template("leaving/account.html", form=form), 422
        flash(N_("Your account is deleted. Farewell, and thank you for what you wrote."), "success")
        return forget(redirect("/", 303), for_good=True)

    return views
