"""Incidents: what one line says of an error, and when a mail about it is due."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.incidents import MAIL_EVERY, WHAT_AT_MOST, Incident

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def incident(what: str = "KeyError at domain/posts.py:3 write") -> Incident:
    new = Incident.new("0123456789ab", at=NOON)
    new.note(what=what, times=1, last_at=NOON)
    return new


PLACE = "domain/posts.py:3 write"


@pytest.mark.parametrize(
    ("what", "kind", "place"),
    [
        (f"KeyError at {PLACE} < entrypoints/web/posts.py:9 edit", "KeyError", PLACE),
        (f"TypeError: no more at all at {PLACE}", "TypeError", PLACE),
        (f"json.decoder.JSONDecodeError in json/decoder.py:355 raw at {PLACE}", "json.decoder.JSONDecodeError", PLACE),
        (f"KeyError; because of ValueError at {PLACE}", "KeyError", ""),
        ("KeyError in json/decoder.py:355 raw", "KeyError", ""),
        ("", "", ""),
    ],
)
def test_a_line_names_the_class_and_the_innermost_place(what: str, kind: str, place: str) -> None:
    assert (incident(what).kind, incident(what).place) == (kind, place)


def test_a_line_is_taken_apart_into_what_led_to_the_error() -> None:
    what = "A: a at x.py:1 f < x.py:2 g; because of B at y.py:1 h; while handling C"

    assert incident(what).chain == [
        ("A: a", ["x.py:1 f", "x.py:2 g"]),
        ("because of B", ["y.py:1 h"]),
        ("while handling C", []),
    ]


def test_it_counts_and_keeps_the_newest_line_and_request() -> None:
    seen = incident("old")
    seen.note(what="new" * WHAT_AT_MOST, times=3, last_at=NOON + timedelta(hours=1), request_id="a" * 200)
    seen.note(what="newest", times=1, last_at=NOON + timedelta(hours=2))

    assert (seen.count, seen.unmailed, seen.what) == (5, 5, "newest")
    assert (seen.first_at, seen.last_at) == (NOON, NOON + timedelta(hours=2))
    assert seen.request_id == "a" * 128


def test_the_first_mail_is_due_at_once_and_the_next_one_after_ten_minutes() -> None:
    seen = incident()
    assert seen.mail_due_at(at=NOON) == NOON

    seen.begin_mail(at=NOON)
    seen.was_mailed(1)

    assert seen.unmailed == 0
    assert seen.mail_due_at(at=NOON + timedelta(minutes=3)) == NOON + MAIL_EVERY
    assert seen.mail_due_at(at=NOON + timedelta(minutes=30)) == NOON + timedelta(minutes=30)


def test_a_last_mail_in_the_future_delays_the_next_one_by_ten_minutes_and_no_more() -> None:
    seen = incident()
    seen.begin_mail(at=NOON + timedelta(days=365))

    assert seen.mail_due_at(at=NOON) == NOON + MAIL_EVERY
    assert seen.mail_due_at(at=NOON + MAIL_EVERY) == NOON + MAIL_EVERY


def test_a_mail_that_was_not_sent_does_not_count_unless_another_one_has_begun() -> None:
    seen = incident()
    seen.begin_mail(at=NOON)
    seen.mail_failed(began_at=NOON, before=None)
    assert seen.mailed_at is None

    seen.begin_mail(at=NOON + MAIL_EVERY)
    seen.mail_failed(began_at=NOON, before=None)
    assert seen.mailed_at == NOON + MAIL_EVERY
