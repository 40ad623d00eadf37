"""What people call the browsers they signed in with."""

import pytest

from entrypoints.web.devices import device
from tests.web.site import Site

BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT}"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {WEBKIT}"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
EDGE = f"{WINDOWS} {BLINK} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.56"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {BLINK} Chrome/126.0.0.0 Safari/537.36", "Chrome", "Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {BLINK} Chrome/126.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {BLINK} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Linux"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "Firefox", "Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Windows"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"),
        (f"{IPAD} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iPad"),
        (f"{MAC} {WEBKIT} Version/17.5 Safari/605.1.15", "Safari", "macOS"),
        (f"{MAC} {BLINK} Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0", "Opera", "macOS"),
        (EDGE, "Edge", "Windows"),
        (
            f"Mozilla/5.0 (Linux; Android 14) {BLINK} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Samsung Internet",
            "Android",
        ),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_browsers_and_systems_are_recognised(user_agent: str, browser: str, system: str) -> None:
    assert device(user_agent)[:2] == (browser, system)


def test_an_unknown_user_agent_is_shortened() -> None:
    assert device("curl/8.5.0").itself == "curl/8.5.0"
    assert device("x" * 60).itself == "x" * 60
    assert device("x" * 500).itself == "x" * 60 + "…"


def test_devices_are_listed_by_common_names_with_their_user_agent_on_demand(site: Site) -> None:
    for user_agent in ("Konqueror <b>4</b>", "Firefox/127.0", ""):
        site.browser("susan", headers={"User-Agent": user_agent})
        site.pass_time(minutes=1)

    page = site.browser("susan", headers={"User-Agent": EDGE}).get("/settings/sessions")

    shown = page.all(".//p[@class='device']")
    assert [page.text_of(one) for one in shown] == [
        "Edge on Windows",
        "A browser that gave no name",
        "Firefox",
        "Konqueror <b>4</b>",
    ]
    assert [one.get("title") for one in shown] == [EDGE, None, "Firefox/127.0", "Konqueror <b>4</b>"]
