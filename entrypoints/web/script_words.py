"""The sentences that scripts show, in the language of the page. A name in braces stands for a number. A sentence that
depends on a number has a form for each of CLDR's plural categories that our languages have. A pair is a sentence and
the text of the button beside it."""

from collections.abc import Callable

from flask_babel import gettext, ngettext

Words = dict[str, str | tuple[str, str] | dict[str, str]]


def script_words() -> Words:
    return {
        "length": _forms(lambda n: ngettext("{n} word, {length} characters", "{n} words, {length} characters", n)),
        "length_of_one": _forms(lambda n: ngettext("{n} word, {length} character", "{n} words, {length} character", n)),
        "too_long": _forms(lambda n: ngettext("{n} character too many", "{n} characters too many", n)),
        "more_posts": _forms(lambda n: ngettext("{n} more post", "{n} more posts", n)),
        "just_now": gettext("just now"),
        "working": gettext("One moment …"),
        "no_answer": gettext("There is no answer yet. Nothing is lost: wait a little, or press again."),
        "column": gettext("Column"),
        "no_preview": gettext("No preview just now. What you wrote is still here."),
        "preview_is_shown": gettext("Preview, not saved yet"),
        "answering": gettext("You answer {name}."),
        "answering_elsewhere": gettext("You answer a comment on another page."),
        "offline": gettext("There is no connection just now. Nothing is lost: try again when it is back."),
        "draft_is_back": (gettext("Your unpublished draft is back."), gettext("Throw it away")),
        "draft_is_thrown_away": (gettext("Your draft is thrown away."), gettext("Bring it back")),
    }


def picture_words() -> Words:
    """Those of an editor with pictures."""
    return {
        "sending": gettext("{name} is being sent"),
        "percent": gettext("Sent so far: {number} %"),
        "sent": gettext("{name} is in the text"),
        "waits": gettext("It is sent after the others."),
        "offline": gettext("There is no connection just now. It is sent when the connection is back."),
        "busy": gettext("The site is busy. It is sent again in {seconds} seconds."),
        "failed": gettext("It could not be sent."),
        "again": gettext("Send again"),
        "cancel": gettext("Cancel"),
        "picture": gettext("Picture"),
        "pictures": gettext("Pictures of this post"),
        "on_the_way": gettext("Pictures that are being sent"),
        "what": gettext("What does it show?"),
        "for_whom": gettext("For people who cannot see it."),
        "mute": gettext(
            "A picture has no words for people who cannot see it. Say what it shows, or press “{button}” again to go "
            "on without."
        ),
        "on_its_way": gettext(
            "A picture is still on its way. Wait until it is in the text, or press “{button}” again to go on without."
        ),
    }


def _forms(say: Callable[[int], str]) -> dict[str, str]:
    return {"one": say(1), "other": say(2)}
