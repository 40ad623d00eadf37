"""The hosts that the site answers to, and what the log says of the others."""

import pytest

from entrypoints.web.hosts import is_allowed
from tests.log_lines import logged
from tests.web.conftest import MakeSite
from tests.web.site import Site

ALLOWED = ("blog.example.com", ".two.example", "[::1]", "127.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "blog.example.com",
        "blog.example.com:8443",
        "BLOG.Example.com",
        "blog.example.com.",
        "Blog.example.com.:80",
        "two.example",
        "a.two.example",
        "a.b.two.example.",
        "[::1]",
        "[::1]:8113",
        "127.0.0.1:8000",
    ],
)
def test_a_name_compares_without_case_port_and_final_dot(host: str) -> None:
    assert is_allowed(host, ALLOWED)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "example.com",
        "blog.example.com..",
        "xtwo.example",
        "[::2]",
        "::1",
        "[::1",
        "blog.example.com.evil.example",
    ],
)
def test_another_name_is_refused(host: str) -> None:
    assert not is_allowed(host, ALLOWED)


@pytest.mark.parametrize("base_url", ["http://[::1]:8113", "https://blog.example.com"])
def test_a_site_answers_to_the_host_of_its_base_url(make_site: MakeSite, base_url: str) -> None:
    site = make_site(base_url=base_url)
    host = base_url.partition("//")[2]

    for spelled in (host, host.upper()):
        assert site.browser().get("/", headers={"Host": spelled}).status == 200


def test_health_checks_answer_whatever_the_host_is(site: Site) -> None:
    for host in ("10.0.0.7:8000", "evil.example", "", "a b"):
        assert site.browser().get("/healthz", headers={"Host": host}).status == 200
        assert site.browser().get("/readyz", headers={"Host": host}).status == 200
        assert site.browser().get("/", headers={"Host": host}).status == 400


def test_the_log_names_a_refused_host_once_and_the_setting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, password_memory_kib="19456", password_rounds="2") as lines:
        for name in ("www.chapbook.example", "www.chapbook.example", "bot7.example"):
            site.browser().get("/", headers={"Host": name})

    (said,) = [event["message"] for event in lines.of("entrypoints.web.hosts")]
    assert "www.chapbook.example" in said
    assert "CHAPBOOK_ALLOWED_HOSTS" in said
