"""Members in administration: what a search looks in, and what it looks for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts import Account
from domain.identifiers import Email, Username
from domain.members import MemberState, search_pattern, search_text


def account(name: str = "", **more: Any) -> Account:
    return Account(
        id=1, username=Username("Ada_L"), email=Email("Lovelace@Example.com"), password_hash=None, name=name, **more
    )


def is_found(someone: Account, typed: str) -> bool:
    pattern = search_pattern(typed)
    return pattern is not None and pattern in search_text(someone)


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "AD ", "ada", "a_l", "love", "lace@ex", "le.com", "countess", "\uff23ount", "c", "of lov"]
)
def test_any_part_finds_a_member_and_a_short_one_is_a_beginning(typed: str) -> None:
    assert is_found(account(" Countess of Lovelace"), typed)


@pytest.mark.parametrize(
    "typed", ["d", "da", "of", "a\nb", "b\n\nada", "l\nlove", "ada lovelace", "\0", "\ud800", "x" * 255]
)
def test_what_no_value_holds_finds_nobody(typed: str) -> None:
    assert not is_found(account("Countess of Lovelace"), typed)


@given(name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=64))
def test_a_whole_name_finds_its_member(name: str) -> None:
    if search_pattern(name) is not None:
        assert is_found(account(name), name)


def test_nobody_finds_a_member_who_has_left() -> None:
    assert search_text(account("Ada", deleted=True)) == ""


def test_a_state_is_of_those_who_are_in_it() -> None:
    assert MemberState.UNCONFIRMED.is_of(account())
    assert not MemberState.UNCONFIRMED.is_of(account(confirmed=True))
    assert MemberState.DISABLED.is_of(account(disabled=True))
    assert not MemberState.DISABLED.is_of(account())
