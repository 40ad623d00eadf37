"""What the log says when the proxies in front and CHAPBOOK_TRUSTED_PROXIES do not fit. Said once, not for each
request."""

import pytest

from tests.log_lines import logged
from tests.web.site import Site

PRODUCTION = {"password_memory_kib": "19456", "password_rounds": "2"}
HTTPS = "https://chapbook.example"
FOR = {"X-Forwarded-For": "192.0.2.7"}
PROTO = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "base_url", "sent", "said"),
    [
        ("0", HTTPS, FOR | PROTO, "Set CHAPBOOK_TRUSTED_PROXIES to how many proxies stand in front"),
        ("0", "http://chapbook.example", FOR, "If a proxy of yours stands in front, set CHAPBOOK_TRUSTED_PROXIES"),
        ("2", HTTPS, FOR | PROTO, "CHAPBOOK_TRUSTED_PROXIES is 2, but a request came with 1 addresses"),
        ("1", HTTPS, {}, "CHAPBOOK_TRUSTED_PROXIES is 1, but a request came with 0 addresses"),
        ("1", HTTPS, FOR, "The proxy in front does not say X-Forwarded-Proto"),
        ("1", HTTPS, FOR | PROTO, ""),
        ("2", HTTPS, {"X-Forwarded-For": "198.51.100.1, 192.0.2.7", "X-Forwarded-Proto": "https"}, ""),
        ("0", "http://chapbook.example", {}, ""),
    ],
)
def test_what_does_not_fit_is_said_once_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, proxies: str, base_url: str, sent: dict[str, str], said: str
) -> None:
    site = Site(trusted_proxies=proxies, base_url=base_url)
    with logged(monkeypatch, **PRODUCTION) as lines:
        for _ in range(5):
            site.browser(base_url="http://chapbook.example").get("/", headers=sent)

    found = [event["message"] for event in lines.of("entrypoints.web.proxies")]
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_health_checks_need_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(trusted_proxies="1", base_url=HTTPS)
    with logged(monkeypatch, **PRODUCTION) as lines:
        assert site.browser(base_url="http://10.0.0.7").get("/healthz").status == 200

    assert lines.of("entrypoints.web.proxies") == []


@pytest.mark.parametrize(("proxies", "scheme"), [("0", "https"), ("0", "HTTPS"), ("2", "https"), ("0", "https, http")])
def test_https_from_a_proxy_that_is_not_trusted_leads_to_a_page_that_names_the_setting(
    proxies: str, scheme: str
) -> None:
    """It would be redirected to itself without an end."""
    browser = Site(trusted_proxies=proxies, base_url=HTTPS).browser(base_url="http://chapbook.example")
    sent = FOR | {"X-Forwarded-Proto": scheme}

    page = browser.get("/following?before=5", headers=sent)
    assert page.status == 421
    assert "set CHAPBOOK_TRUSTED_PROXIES to the number of proxies in front" in page.text
    assert "Set-Cookie" not in page.headers
    assert browser.open("HEAD", "/", headers=sent).status == 421
    problem = browser.get("/api/v1/posts/", headers=sent)
    assert problem.status == 421
    assert "CHAPBOOK_TRUSTED_PROXIES" in problem.text


def test_http_is_redirected_whatever_a_proxy_says_of_it() -> None:
    browser = Site(base_url=HTTPS).browser(base_url="http://chapbook.example")

    for sent in ({}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "ftp, http"}):
        assert browser.get("/", headers=sent).location == f"{HTTPS}/"


def test_the_monitors_of_a_host_ask_past_the_proxy() -> None:
    browser = Site(base_url=HTTPS).browser(base_url="http://10.0.0.7")

    for path in ("/healthz", "/readyz"):
        assert browser.get(path, headers=PROTO).status == 200
