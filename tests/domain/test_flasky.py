"""What becomes of what Flasky allowed and Chapbook does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.flasky import (
    KEPT_AT_MOST,
    Kind,
    Outcome,
    about_me_of,
    address_of,
    dated,
    id_of,
    id_of_follow,
    is_old_username,
    location_of,
    name_of,
    no_address,
    role_of,
    text_of,
    username_of,
)
from domain.identifiers import Username
from domain.ids import time_of
from domain.profiles import PublicProfile
from domain.roles import Role

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
THEN = datetime(2014, 1, 1, 10, tzinfo=UTC)


def test_the_id_of_a_thing_has_its_time_and_is_always_the_same() -> None:
    assert time_of(id_of(Kind.POST, 7, THEN)) == THEN
    assert id_of(Kind.POST, 7, THEN) == id_of(Kind.POST, 7, THEN)


@given(st.integers(-5, 2**62), st.integers(1, 250_000))
def test_things_of_one_millisecond_keep_their_order_and_kinds_never_meet(number: int, apart: int) -> None:
    ids = {id_of(kind, number, THEN) for kind in Kind} | {id_of(kind, number + apart, THEN) for kind in Kind}
    assert len(ids) == 2 * len(Kind)
    if number % 262_144 + apart < 262_144:
        assert id_of(Kind.POST, number, THEN) < id_of(Kind.POST, number + apart, THEN)


def test_the_follows_of_one_member_have_different_ids() -> None:
    assert len({id_of_follow(5, followed, THEN) for followed in range(1_000)}) == 1_000
    assert len({id_of_follow(follower, 5, THEN) for follower in range(1_000)}) == 1_000


def test_a_date_that_cannot_be_is_replaced() -> None:
    previous = THEN - timedelta(days=1)
    assert dated(THEN, previous=previous, now=NOW) == (THEN, "")
    assert dated(None, previous=previous, now=NOW) == (previous, "no_date")
    assert dated(NOW + timedelta(days=1), previous=previous, now=NOW) == (NOW, "in_future")
    early, code = dated(datetime(1969, 12, 31, tzinfo=UTC), previous=previous, now=NOW)
    assert (early.year, code) == (1970, "too_early")
    assert id_of(Kind.USER, 0, early) > 0


@pytest.mark.parametrize(
    ("permissions", "name", "role", "code"),
    [
        (7, "User", Role.USER, ""),
        (15, "Moderator", Role.MODERATOR, ""),
        (31, "Administrator", Role.ADMINISTRATOR, ""),
        (0xFF, "Administrator", Role.ADMINISTRATOR, ""),
        (None, "moderator", Role.MODERATOR, ""),
        (None, "", Role.USER, "no_role"),
        (None, "Banned", None, "custom_role"),
        (0, "Banned", None, "custom_role"),
        (3, "Reader", None, "custom_role"),
        (23, "Half an administrator", Role.USER, "custom_role"),
        (47, "More than a moderator", Role.MODERATOR, "custom_role"),
    ],
)
def test_nobody_may_do_more_than_before(permissions: int | None, name: str, role: Role | None, code: str) -> None:
    assert role_of(permissions, name) == (role, code)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("susan", "susan", ""),
        ("Admin", "Admin_2", "reserved"),
        ("dot.", "dot", "username_form"),
        ("José", "Jose", "username_form"),
        ("张三", "user_7", "username_form"),
        ("9lives", "user_9lives", "username_form"),
        ("a b", "a_b", "username_form"),
        ("", "user_7", "required"),
        ("x" * 80, "x" * 64, "too_long"),
        ("name\n", "name_", "username_form"),
    ],
)
def test_a_username_that_breaks_a_rule_is_mended(before: str, after: str, code: str) -> None:
    username, why = username_of(before, 7, is_free=lambda _: True)
    assert (username.text, why) == (after, code)


def test_a_username_that_is_taken_gets_a_number() -> None:
    taken = {"john", "john_2", *(f"john_{few}" for few in range(2, 10)), "john_7_1"}
    assert username_of("John", 7, is_free=lambda text: text.lower() != "john")[0].text == "John_2"
    assert username_of("John", 7, is_free=lambda text: text.lower() not in taken)[0].text == "John_7_2"
    long, code = username_of("x" * 64, 7, is_free=lambda text: text != "x" * 64)
    assert (long.text, code) == ("x" * 62 + "_2", "taken")


@given(st.text(max_size=90), st.integers(-(2**63), 2**63 - 1), st.integers(0, 15))
def test_every_user_gets_a_username_that_keeps_the_rules(before: str, number: int, refused: int) -> None:
    asked: list[str] = []

    def is_free(text: str) -> bool:
        asked.append(text)
        return len(asked) > refused

    username, code = username_of(before, number, is_free=is_free)

    assert Username.parse(username.text) == username
    assert (code == "") == (username.text == before)


@given(st.text(max_size=90))
def test_a_profile_keeps_the_rules(text: str) -> None:
    PublicProfile.parse(name=name_of(text), location=location_of(text), about_me="")


def test_a_profile_that_kept_the_rules_stays() -> None:
    assert name_of("Zoë 🦉") == "Zoë 🦉"
    assert location_of("Delft, NL") == "Delft, NL"
    assert name_of("@mary") == "mary"
    assert name_of("Administrator") == ""
    assert location_of("a\nb\0c") == "a bc"


def test_an_address_is_taken_where_mail_can_reach_it() -> None:
    address = address_of(" Ada@Example.com ")
    assert address is not None
    assert address.text == "Ada@Example.com"
    for other in ("", "ada", "a@b", f"{'x' * 65}@example.com", "a\0@example.com"):
        assert address_of(other) is None
    assert no_address(3, is_free=lambda _: True).text == "user-3@flasky.invalid"
    assert no_address(3, is_free=lambda key: "-1" in key).text == "user-3-1@flasky.invalid"


def test_texts_are_kept_also_when_they_break_a_rule_of_today() -> None:
    assert text_of("a\r\nb", limit=10) == ("a\nb", None, "")
    assert text_of("x" * 11, limit=10) == ("x" * 11, Outcome.KEPT, "over_limit")
    assert text_of("a\0\ud800b", limit=10) == ("a\ufffdb", Outcome.CUT, "characters")
    assert text_of("", limit=10) == ("", Outcome.KEPT, "empty")
    assert text_of("x" * (KEPT_AT_MOST + 1), limit=10) == ("x" * KEPT_AT_MOST, Outcome.CUT, "too_long")
    assert about_me_of("") == ("", None, "empty")
    assert about_me_of("a\0") == ("a", Outcome.CUT, "characters")


def test_only_what_was_a_username_is_looked_for() -> None:
    assert is_old_username("Jose.")
    for other in ("", "x" * 65, "a\0b", "a\ud800b"):
        assert not is_old_username(other)
