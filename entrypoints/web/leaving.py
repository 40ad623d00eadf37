"""Taking one's things home, and leaving."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import IO, Any

from flask import Blueprint, redirect, render_template, send_file
from werkzeug.wrappers import Response

from application.feeds import ArchiveFeeds, PeopleFeeds, PostDetail
from application.leaving import Leaving
from domain import limits
from domain.errors import Invalid
from entrypoints.web.decorators import limited, signed_in
from entrypoints.web.forms import Form
from entrypoints.web.session import flash, forget, member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(leaving: Leaving, archive: ArchiveFeeds, people: PeopleFeeds) -> Blueprint:
    views = Blueprint("leaving", __name__)

    @views.get("/settings/account")
    @signed_in()
    def account() -> Answer:
        return render_template("settings/account.html", form=Form({"posts": "keep"}))

    @views.get("/settings/account/data.zip")
    @signed_in()
    def data() -> Answer:
        name = member().username
        profile = asdict(people.profile(name, None)) | {"email": member().email}
        # Past a megabyte it goes to disk: what a member wrote may be large.
        packed = tempfile.SpooledTemporaryFile(max_size=1_000_000)  # noqa: SIM115 - closed with the answer
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
            files.writestr("profile.json", _json(profile))
            for post in archive.posts(member().id):
                files.writestr(f"posts/{post.created_at:%Y-%m-%d}-{post.id}.md", _markdown(post))
            _write_lines(files, "comments.jsonl", map(asdict, archive.comments(member().id)))
            _write_lines(files, "following.jsonl", (asdict(row.face) for row in archive.following(member().id)))
        packed.seek(0)
        answer = send_file(packed, "application/zip", as_attachment=True, download_name=f"{name}.zip")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @views.post("/settings/account/delete")
    @signed_in("/settings/account")
    @limited(limits.password_check)
    def leave() -> Answer:
        form = Form.sent()
        try:
            leaving.leave(actor_id=member().id, password=form.values["password"], posts=form.values["posts"])
        except Invalid as error:
            form.refuse(error)
            return render_template("settings/account.html", form=form), 422
        flash(N_("Your account is deleted. Farewell, and thank you for what you wrote."), "success")
        return forget(redirect("/", 303), drafts=True)

    return views


def _markdown(post: PostDetail) -> str:
    title = f"# {post.title}\n\n" if post.title else ""
    return f"{title}{post.body}\n"


def _write_lines(files: zipfile.ZipFile, name: str, rows: Iterator[dict[str, Any]]) -> None:
    lines: IO[bytes]
    with files.open(name, "w") as lines:
        for row in rows:
            lines.write(_json(row).encode() + b"\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, Enum)
    return str(value.value)
