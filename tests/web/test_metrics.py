"""/metrics: what it says, and to whom."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from application.storage import Pulse, Schema
from domain.mailing import Failure
from entrypoints.incidents import watch
from entrypoints.settings import BadSettings
from entrypoints.web.metrics import is_within
from tests.doubles import Away, Broken, Moody, OftenBroken, put_in, put_into_storage, settings_with
from tests.web.browser import Browser, Page
from tests.web.conftest import MakeSite, inhabited
from tests.web.site import Site


def from_here(site: Site, **options: Any) -> Browser:
    return site.browser(address="127.0.0.1", **options)


def values(page: Page) -> dict[tuple[str, ...], float]:
    """By the name without prefix, and the values of the labels."""
    assert page.status == 200
    return {
        (sample.name.removeprefix("chapbook_"), *sample.labels.values()): sample.value
        for family in parse(page.text)
        for sample in family.samples
    }


def test_it_says_what_happened_and_how_things_stand() -> None:
    site = Site()
    inhabited(site)
    site.browser("susan")

    told = values(from_here(site).get("/metrics"))

    assert told["members",] == 5
    assert told["sessions_opened_total",] == 1
    assert told["mail_fails",] == 0
    assert {told["check_passes", check] for check in ("database", "migrations", "outbox", "disk")} == {1}
    assert told["outbox_jobs_waiting", "welcome"] == 0
    site.close()


def test_the_outbox_is_told_by_kind_on_every_storage(any_site: Site) -> None:
    site = any_site
    site.container.passwords().request_reset(client="198.51.100.1", email="david@example.com")
    site.pass_time(minutes=11)
    told = values(from_here(site).get("/metrics"))
    assert told["outbox_jobs_waiting", "reset_password"] == 1
    assert told["outbox_oldest_due_seconds", "reset_password"] == 660
    assert told["outbox_oldest_due_seconds", "welcome"] == 0
    assert told["check_passes", "outbox"] == 0

    site.postbox.away = True
    site.container.jobs().run_next()

    told = values(from_here(site).get("/metrics"))
    assert Failure.SERVER.stops_all_mail
    assert (told["mail_fails",], told["mails_failing",]) == (1, 1)


@pytest.mark.sql
def test_a_scrape_takes_four_statements_whatever_there_is(sqlite_site: Site) -> None:
    with sqlite_site.counting_statements() as statements:
        assert from_here(sqlite_site).get("/metrics").status == 200

    assert len(statements) == 4


def test_it_answers_also_while_the_database_does_not() -> None:
    def away(*_: object) -> None:
        raise Away.error

    site = Site(lambda container: put_into_storage(container, ping=away, outbox_feeds=Away()))

    told = values(from_here(site).get("/metrics"))

    assert told["check_passes", "database"] == 0
    assert ("members",) not in told
    assert told["sessions_opened_total",] == 0


def test_a_database_that_goes_away_in_the_middle_of_a_scrape_is_told() -> None:
    site = Site(lambda container: put_into_storage(container, outbox_feeds=Away()))

    told = values(from_here(site).get("/metrics"))

    assert told["check_passes", "database"] == 0


def test_a_schema_of_another_version_is_told_and_nothing_is_asked_of_it() -> None:
    site = Site(lambda container: put_into_storage(container, ping=lambda: Pulse(Schema.OTHER), member_feeds=Broken()))

    told = values(from_here(site).get("/metrics"))

    assert (told["check_passes", "database"], told["check_passes", "migrations"]) == (1, 0)
    assert ("members",) not in told


def test_faults_of_the_program_are_counted_by_class_at_both_edges_and_refusals_are_not() -> None:
    site = inhabited(Site(lambda container: put_in(container, renderer=OftenBroken())))
    susan = site.browser("susan")
    end_watching = watch(site.container)

    assert susan.post("/posts", {"body": "it breaks"}).status == 500
    assert susan.post("/posts", {"body": ""}).status == 422
    assert susan.get("/nowhere").status == 404
    api = {"Authorization": "Basic c3VzYW5AZXhhbXBsZS5jb206d3Jvbmc="}
    assert site.browser().get("/api/v1/posts/", headers=api).status == 401
    end_watching()

    told = values(from_here(site).get("/metrics"))
    assert {labels: value for labels, value in told.items() if labels[0] == "errors_total"} == {
        ("errors_total", "RuntimeError"): 1
    }


def test_the_answer_is_for_no_cache_and_has_no_cookie(site: Site) -> None:
    for host in ("chapbook.example", "10.0.0.7:8000", ""):
        page = from_here(site).get("/metrics", headers={"Host": host})
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert page.cookies == {}
        assert page.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    asked = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
    page = from_here(site).get("/metrics", headers=asked)
    assert page.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert page.text.endswith("# EOF\n")
    head = from_here(site).open("HEAD", "/metrics")
    assert (head.status, head.data) == (200, b"")
    for method in ("POST", "PUT", "DELETE"):
        assert from_here(site).open(method, "/metrics").status == 405


def test_no_label_holds_what_a_member_wrote_or_who_a_member_is(site: Site) -> None:
    susan = site.browser("susan")
    post_id = site.post("susan", "A secret recipe.")
    susan.get(f"/posts/{post_id}")

    text = from_here(site).get("/metrics").text

    for secret in ("susan", "example.com", "recipe", str(post_id), "198.51.100"):
        assert secret not in text


@pytest.mark.parametrize("name", [None, "susan"])
@pytest.mark.parametrize("host", ["chapbook.example", "evil.example"])
def test_for_everybody_else_there_is_no_such_page(site: Site, name: str | None, host: str) -> None:
    browser = site.browser(name)
    sent = {"Host": host, "X-Request-ID": "an-id"}

    hidden, missing = browser.get("/metrics", headers=sent), browser.get("/nowhere", headers=sent)

    assert hidden.status == missing.status == (404 if host == "chapbook.example" else 400)
    assert hidden.text.replace("/metrics", "/nowhere") == missing.text
    assert dict(hidden.headers) == dict(missing.headers)


@pytest.mark.parametrize(
    ("address", "networks", "may"),
    [
        ("127.0.0.1", None, True),
        ("127.8.9.10", None, True),
        ("::1", None, True),
        ("::ffff:127.0.0.1", None, True),
        ("192.0.2.1", None, False),
        ("::ffff:192.0.2.1", None, False),
        ("::2", None, False),
        ("", None, False),
        ("127.0.0.1", "10.0.0.0/8", False),
        ("10.1.2.3", "10.0.0.0/8,192.0.2.7", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", True),
        ("192.0.2.7", "10.0.0.0/8,192.0.2.7", True),
        ("192.0.2.8", "10.0.0.0/8,192.0.2.7", False),
        ("fd00::7", "fd00::/8", True),
    ],
)
def test_only_named_networks_may_read_it(make_site: MakeSite, address: str, networks: str | None, may: bool) -> None:
    site = make_site(**({} if networks is None else {"metrics_from": networks}))

    assert site.browser(address=address).get("/metrics").status == (200 if may else 404)
    assert is_within(address, site.settings.metrics_from) == may


@pytest.mark.parametrize("networks", ["everywhere", "10.0.0.0/33", "10.0.0.0/8,::x"])
def test_what_is_no_network_is_refused_at_the_start(networks: str) -> None:
    with pytest.raises(BadSettings, match="CHAPBOOK_METRICS_FROM to networks"):
        settings_with(metrics_from=networks)


@pytest.mark.parametrize(
    ("trusted", "headers", "status"),
    [
        ("0", {}, 200),
        # A proxy on this machine that is not trusted: the address is the proxy's.
        ("0", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("0", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("0", {"Forwarded": "for=192.0.2.1"}, 404),
        ("0", {"X-Real-IP": "192.0.2.1"}, 404),
        ("0", {"Via": "1.1 proxy"}, 404),
        ("1", {}, 200),
        # A proxy that is counted, and does not say for whom.
        ("1", {"X-Forwarded-Proto": "https"}, 404),
        ("1", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}, 200),
        ("1", {"X-Forwarded-For": "192.0.2.1"}, 404),
        ("1", {"X-Forwarded-For": "127.0.0.1"}, 200),
        # One proxy more than are trusted.
        ("1", {"X-Forwarded-For": "192.0.2.1, 127.0.0.1"}, 404),
        ("1", {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=192.0.2.1"}, 404),
        ("2", {"X-Forwarded-For": "192.0.2.1, 127.0.0.1"}, 404),
    ],
)
def test_a_reader_behind_a_proxy_is_not_taken_for_the_proxy(
    make_site: MakeSite, trusted: str, headers: dict[str, str], status: int
) -> None:
    site = make_site(trusted_proxies=trusted)

    assert from_here(site).get("/metrics", headers=headers).status == status


def test_over_https_it_is_read_by_http_too(make_site: MakeSite) -> None:
    site = make_site(base_url="https://chapbook.example")

    assert from_here(site, base_url="http://127.0.0.1:8000").get("/metrics").status == 200


def test_a_storage_that_is_away_for_writers_does_not_hide_it() -> None:
    storage = Moody()
    site = Site(storage.install)
    storage.away = True

    assert from_here(site).get("/metrics").status == 200
