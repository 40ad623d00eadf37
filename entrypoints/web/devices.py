"""Names of the browser and the system of a session. They help members to tell their sessions apart. A browser may send
any User-Agent, so nothing else depends on it."""

from typing import NamedTuple

# Most User-Agents also contain the names further down.
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
    """`browser` and `system` are empty when they are unknown. `itself` is the User-Agent, shortened."""

    browser: str
    system: str
    itself: str


def device(user_agent: str) -> Device:
    shortened = user_agent if len(user_agent) <= _AT_MOST else user_agent[:_AT_MOST].rstrip() + "…"
    return Device(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent), shortened)


def _first(known: tuple[tuple[str, tuple[str, ...]], ...], user_agent: str) -> str:
    return next((name for name, signs in known if any(sign in user_agent for sign in signs)), "")
