"""What scripts say, in the language of the page. {n} and the like stand for texts and numbers; what depends on a number
has a form for each of CLDR's plural categories that our languages know."""

from collections.abc import Callable

from flask_babel import gettext, ngettext

Words = dict[str, str | tuple[str, str] | dict[str, str]]


def script_words() -> Words:
    return {
        "words": _forms(lambda n: ngettext("{n} word, {length} characters", "{n} words, {length} characters", n)),
        "over": _forms(lambda n: ngettext("{n} character too many", "{n} characters too many", n)),
        "more": _forms(lambda n: ngettext("{n} more post", "{n} more posts", n)),
        "now": gettext("just now"),
        "no_preview": gettext("No preview just now. What you wrote is still here."),
        "preview": gettext("Preview, not published yet"),
        "offline": gettext("There is no connection just now. Nothing is lost: try again when it is back."),
        "draft": (gettext("Your unpublished draft is back."), gettext("Throw it away")),
        "dropped": (gettext("Your draft is thrown away."), gettext("Bring it back")),
    }


def _forms(say: Callable[[int], str]) -> dict[str, str]:
    return {"one": say(1), "other": say(2)}
