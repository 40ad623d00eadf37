"""The error pages: their headings and sentences by status, and the form that a page offers to send again."""

from flask import make_response, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.errors import Problem
from domain.posts import BODY_LIMIT
from entrypoints.bodies import is_for_picture
from entrypoints.observing import request_id
from entrypoints.web.decorators import asks_for_json, button_of_view
from entrypoints.web.redirects import page_path, requested_path
from entrypoints.web.resubmission import has_text, sent_fields
from entrypoints.words import N_, sentence

_PAGES = {
    400: (N_("Bad request"), N_("Your browser sent something that makes no sense here.")),
    403: (N_("Forbidden"), N_("This is not for you to do.")),
    404: (N_("Page not found"), N_("There is nothing here, or not any more.")),
    405: (N_("Wrong way in"), N_("This page only answers to its form.")),
    409: (N_("It was changed"), N_("Another version was saved in the meantime.")),
    413: (
        N_("Too large"),
        N_("Go back in your browser: your text is still in the form. A post takes at most %(limit)s characters."),
    ),
    421: (
        N_("One setting is missing"),
        N_(
            "This site is for https only. The proxy in front of it says that you came by https, but the site does not "
            "trust it. If you run this site: set CHAPBOOK_TRUSTED_PROXIES to the number of proxies in front, which is "
            "mostly 1, and restart it. “chapbook doctor” looks at the rest."
        ),
    ),
    422: (N_("This cannot be done"), N_("Something about it is not right.")),
    429: (N_("Too often"), N_("You have done this many times just now.")),
    500: (N_("Something broke"), N_("That is our fault. It has been written down; please try again in a while.")),
    503: (N_("Busy"), N_("The site cannot do this right now. Please try again in a moment.")),
    507: (N_("No room"), N_("This site has no room for pictures at the moment. Please tell whoever runs it.")),
}


def page(
    status: int,
    *,
    heading: str = "",
    text: str = "",
    action: tuple[str, str] | None = None,
    way_out: tuple[str, str] | None = None,
    again: bool = False,
) -> Response:
    """The page of an error. It shows what was typed: in a form, if the request may succeed when it is sent `again`,
    else as text to copy. `action` is a link to what the viewer has to do first, and `way_out` one to another way: a
    path and words."""
    usual_heading, usual_words = _PAGES.get(status, _PAGES[400])
    usual_text = gettext(usual_words, limit=f"{BODY_LIMIT:,}")
    if status == 413 and is_for_picture():
        usual_text = sentence(Problem("file", "picture_too_large"), gettext)
    if asks_for_json():
        return make_response({"message": text or usual_text}, status)
    # Whoever runs the site finds it in the log.
    number = request_id() if status >= 500 else ""
    fields = sent_fields(status)
    typed = has_text(fields)
    # The page with the form is refused or gone like what was sent, unless the same form may be sent again.
    leads_back = fields is not None and action is None and (again or status not in (403, 404))
    back = requested_path() if leads_back and page_path() == request.path else ""
    # After too many attempts the page offers no further one, unless a text would be lost.
    if fields is not None and (typed or (again and status != 429)):
        gone = N_("This is gone now, deleted perhaps while you were writing.")
        body = render_template(
            "errors/keep.html",
            heading=heading or (gettext("Not sent yet") if again else gettext("Not sent")),
            text=text or (gettext(gone) if status == 404 else usual_text),
            action=action,
            way_out=way_out,
            back=back,
            fields=fields,
            with_picture=is_for_picture(),
            typed=typed,
            target=requested_path(),
            press=gettext(button_of_view()) if again else "",
            number=number,
        )
    else:
        body = render_template(
            "errors/error.html",
            status=status,
            heading=heading or gettext(usual_heading),
            text=text or usual_text,
            action=action,
            way_out=way_out,
            back=back,
            number=number,
        )
    return make_response(body, status)


def link_expired(action: tuple[str, str] | None = None) -> Response:
    """The page of a link in a mail that is spent or too old."""
    return make_response(render_template("credentials/link_expired.html", action=action), 404)
