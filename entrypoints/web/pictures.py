"""Pictures: send them, one's own list of them, one of oneself, and who sent what."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.pictures.pictures import Pictures
from application.ports.people import PeopleFeeds
from application.ports.pictures.storing import PictureCard, PictureFeeds
from domain import limits
from domain.errors import Invalid
from domain.pictures import ALT_LIMIT, BYTES_AT_MOST, KEPT_UNUSED, PIXELS_AT_MOST, markdown_of, sizes
from entrypoints.bodies import takes_picture
from entrypoints.picture_paths import picture_path
from entrypoints.settings import Settings
from entrypoints.web.decorators import answers_scripts, asks_for_json, button, leads_on, limited, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, filtered, window
from entrypoints.web.people import profile_form
from entrypoints.web.redirects import wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str | Mapping[str, object], int]

_PROFILE = "/settings/profile"
_MODERATION = "/moderation/pictures"


def blueprint(
    *, pictures: Pictures, picture_feeds: PictureFeeds, people_feeds: PeopleFeeds, settings: Settings
) -> Blueprint:
    views = Blueprint("pictures", __name__)
    provide(
        views,
        picture_path=picture_path,
        picture_markdown=markdown_of,
        picture_bytes_at_most=BYTES_AT_MOST,
        picture_megabytes=BYTES_AT_MOST // 1024**2,
        picture_megapixels=PIXELS_AT_MOST // 1_000_000,
        picture_alt_limit=ALT_LIMIT,
        picture_days=KEPT_UNUSED.days,
        pictures_a_day=next(iter(limits.picture(0).values())).times,
    )

    @views.get("/pictures")
    @signed_in()
    def own() -> Answer:
        return own_page(Form({"next": wanted_path()}))

    def own_page(form: Form, status: int = 200) -> Answer:
        page = picture_feeds.own(member(), window(settings.posts_per_page))
        return render_template("pictures/own.html", page=page, form=form), status

    @views.post("/pictures")
    @takes_picture
    @answers_scripts
    @signed_in("/pictures")
    @limited(limits.picture)
    @button(N_("Send the picture"))
    def send() -> Answer:
        """A script in an editor asks for JSON, and stays on the page of the text."""
        form, in_place, sent = Form.sent(), asks_for_json(), _file()
        try:
            picture_id = pictures.send(
                actor_id=member().id, sent=sent, alt=form.values["alt"], once=form.once_for(sent)
            )
        except Invalid as error:
            form.refuse(error)
            if in_place:
                return {"message": " ".join(sentence for _, sentence in form.problems)}, 422
            return own_page(form, 422)
        if in_place:
            return _sent(picture_feeds.picture(viewer(), picture_id)), 201
        flash(N_("Your picture is here. Copy its Markdown into your post."), "success")
        return redirect(wanted_path() or "/pictures", 303)

    @views.get("/pictures/<id:picture_id>")
    @leads_on
    def picture(picture_id: int) -> Answer:
        card = picture_feeds.picture(viewer(), picture_id)
        largest = sizes(card.width, portrait=card.portrait)[-1].name
        return redirect(picture_path(picture_id, largest), 303)

    @views.post("/pictures/<id:picture_id>/delete")
    @signed_in("/pictures")
    def delete(picture_id: int) -> Answer:
        form = Form.sent()
        try:
            pictures.remove(actor_id=member().id, picture_id=picture_id, reason=form.values["reason"])
        except Invalid as error:
            form.refuse(error)
            return moderators_page(form, picture_id, 422)
        flash(N_("The picture is removed."), "success")
        return redirect(wanted_path() or "/pictures", 303)

    @views.post("/settings/picture")
    @takes_picture
    @signed_in(_PROFILE)
    @limited(limits.picture)
    @button(N_("Show this picture"))
    def portray() -> Answer:
        try:
            pictures.portray(actor_id=member().id, sent=_file())
        except Invalid as error:
            return profile_form(people_feeds, {}, error.problems), 422
        flash(N_("Your picture is shown beside what you write."), "success")
        return redirect(_PROFILE, 303)

    @views.post("/settings/picture/remove")
    @signed_in(_PROFILE)
    def remove_portrait() -> Answer:
        pictures.remove_portrait(actor_id=member().id)
        flash(N_("Your woodcut is shown again."), "success")
        return redirect(_PROFILE, 303)

    @views.get(_MODERATION)
    @signed_in()
    def latest() -> Answer:
        return moderators_page(Form())

    def moderators_page(form: Form, picture_id: int | None = None, status: int = 200) -> Answer:
        """`picture_id` is the one that the form is about."""
        username = request.args.get("user", "").strip()
        page = pictures.latest(reader=member(), window=window(settings.posts_per_page), username=username)
        here = filtered(_MODERATION, {"user": username})
        body = render_template(
            "pictures/moderation.html", page=page, form=form, about=picture_id, username=username, here=here
        )
        return body, status

    return views


def _file() -> bytes:
    sent = request.files.get("file")
    return b"" if sent is None else sent.read()


def _sent(card: PictureCard) -> dict[str, object]:
    """What the script in an editor needs. It sends a picture without alternative text, and asks for that beside the
    Markdown."""
    return {
        "id": str(card.id),
        "markdown": markdown_of(card.id, card.alt),
        "preview": picture_path(card.id, 320),
        "width": card.width,
        "height": card.height,
    }
