"""Which browser on which system somebody signed in with, as people call them. A browser may call itself anything: this
is to tell one's own devices apart, and nothing is decided by it."""

from typing import NamedTuple

# Most of them also claim to be those further down.
_BROWSERS = (
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Opera", ("OPR/", "OPT/", "OPiOS/", "Opera")),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/")),
    ("Safari", ("Safari/",)),
)
_SYSTEMS = (
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Android", ("Android",)),
    ("ChromeOS", ("CrOS",)),
    ("Windows", ("Windows",)),
    ("macOS", ("Macintosh",)),
    ("Linux", ("Linux", "X11")),
)
_AT_MOST = 60


class Device(NamedTuple):
    """`browser` is empty where it is none of those we know, `system` as well; `itself` is what it called itself,
    shortened."""

    browser: str
    system: str
    itself: str


def device(user_agent: str) -> Device:
    shortened = user_agent if len(user_agent) <= _AT_MOST else user_agent[:_AT_MOST].rstrip() + "…"
    return Device(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent), shortened)


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], user_agent: str) -> str:
    return next((name for name, signs in known if any(sign in user_agent for sign in signs)), "")
