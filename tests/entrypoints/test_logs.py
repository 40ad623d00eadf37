"""The lines of the log: one an event, whoever logs and whatever is in it."""

import json
import logging
import re

import pytest

from entrypoints.logs import ONCE_A_MINUTE
from entrypoints.observing import observed
from tests.log_lines import logged

log = logging.getLogger("entrypoints.somewhere")
HOSTILE = "a\nb\r\x1b[31mc\u2028d\x85e\u202ef\ud800g\x00"
PRODUCTION = {"password_memory_kib": "19456", "password_rounds": "2"}


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_event_is_one_line_whatever_is_in_it(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    with logged(monkeypatch, log_format=form, **PRODUCTION) as lines:
        log.warning("said %s", HOSTILE, extra={"fields": {"name": HOSTILE}})

    assert len(lines.all) == 1
    assert lines.all[0].isprintable()
    lines.all[0].encode()


def test_a_line_as_text_has_time_level_logger_message_and_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        logged(monkeypatch, log_format="text", **PRODUCTION) as lines,
        observed(method="GET", given_id="an-id") as request,
    ):
        request.account_id = 12
        log.warning("it %s", "broke", extra={"fields": {"ms": 3, "statement": 'SELECT "a"', "rows": None}})

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING entrypoints\.somewhere\[\d+\]: it broke ms=3 "
        r'statement="SELECT \\"a\\"" request_id=an-id account_id=12',
        lines.all[0],
    )


def test_a_line_as_json_is_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, **PRODUCTION) as lines, observed(method="GET", given_id="an-id") as request:
        request.account_id = 1 << 62
        log.info("it %s", "works", extra={"fields": {"ms": 3}})

    (event,) = lines.events
    assert event.pop("time").endswith("Z")
    assert event.pop("process") > 0
    assert event == {
        "level": "info",
        "logger": "entrypoints.somewhere",
        "message": "it works",
        "ms": 3,
        "request_id": "an-id",
        "account_id": str(1 << 62),
    }


def test_an_error_has_its_fingerprint_and_place_and_no_value(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    with logged(monkeypatch, log_format=form, **PRODUCTION) as lines:
        try:
            int("susan@example.com")
        except ValueError:
            log.exception("it failed")

    (line,) = lines.all
    assert "susan" not in line
    assert "ValueError" in line
    assert re.search(r'fingerprint("?: ?"|=)[0-9a-f]{12}', line)


def test_in_development_the_traceback_stands_below(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, log_format="text", env="development") as lines:
        try:
            int("a number")
        except ValueError:
            log.exception("it failed")

    assert lines.all[1] == "Traceback (most recent call last):"
    assert lines.all[-1] == "ValueError: invalid literal for int() with base 10: 'a number'"


@pytest.mark.parametrize(
    "secret",
    [
        "susan@example.com",
        "O'Neil.+tag@mail.example.co.uk",
        "sales/east=O'Neil@example.com",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r",
        "https://blog.example.com/confirm/abcdefgh",
        "/settings/email/abc?x=y",
        "smtp://postman:password@mail.example.com:587",
    ],
)
def test_what_looks_like_an_address_a_token_or_a_link_is_masked(
    monkeypatch: pytest.MonkeyPatch, form: str, secret: str
) -> None:
    with logged(monkeypatch, log_format=form, **PRODUCTION) as lines:
        log.warning("550 no such user: %s", secret)
        log.warning("said", extra={"fields": {"words": secret}})
        try:
            raise TypeError(f"it takes no {secret}")
        except TypeError:
            log.exception("failed")

    assert [line.count("***") > 0 for line in lines.all] == [True, True, True]
    for part in ("susan", "O'", "Neil", "sales", "eyJ", "abc", "password"):
        assert part not in lines.text


def test_a_sentence_is_said_once_in_its_time_and_then_how_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    with logged(monkeypatch, **PRODUCTION) as lines:
        for _ in range(1_000):
            log.warning("the disk is full", extra=ONCE_A_MINUTE)
        log.warning("another disk is full", extra=ONCE_A_MINUTE)
        now += 60
        log.warning("the disk is full", extra=ONCE_A_MINUTE)

    assert [(event["message"], event.get("repeated")) for event in lines.events] == [
        ("the disk is full", None),
        ("another disk is full", None),
        ("the disk is full", 999),
    ]


def test_sentences_that_differ_may_count_as_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, **PRODUCTION) as lines:
        for number in range(60):
            log.warning("host %s is refused", number, extra=ONCE_A_MINUTE | {"once_as": "hosts"})

    assert [event["message"] for event in lines.events] == ["host 0 is refused"]


def test_an_error_of_another_kind_is_another_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: Exception) -> None:
        try:
            raise error
        except Exception:
            log.exception("it failed", extra=ONCE_A_MINUTE)

    with logged(monkeypatch, **PRODUCTION) as lines:
        for _ in range(3):
            fail(ValueError())
            fail(KeyError())

    assert [event["error"].partition(" ")[0] for event in lines.events] == ["ValueError", "KeyError"]


def test_many_different_sentences_take_no_endless_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, **PRODUCTION) as lines:
        for number in range(3_000):
            log.warning("disk %s is full", number, extra=ONCE_A_MINUTE)

    assert len(lines.all) == 3_000


def test_the_level_is_ours_and_libraries_only_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, log_level="debug", **PRODUCTION) as lines:
        for name in ("application.jobs", "sqlalchemy.engine", "markdown"):
            for level in (logging.DEBUG, logging.INFO, logging.WARNING):
                logging.getLogger(name).log(level, "said")

    assert [(event["logger"], event["level"]) for event in lines.events] == [
        *(("application.jobs", level) for level in ("debug", "info", "warning")),
        ("sqlalchemy.engine", "warning"),
        ("markdown", "warning"),
    ]


def test_a_level_leaves_out_what_is_below(monkeypatch: pytest.MonkeyPatch) -> None:
    with logged(monkeypatch, log_level="error", **PRODUCTION) as lines:
        log.warning("a warning")
        log.error("an error")

    assert [json.loads(line)["message"] for line in lines.all] == ["an error"]
