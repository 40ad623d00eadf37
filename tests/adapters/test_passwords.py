"""Hashing that never raises at a sign-in, and the passwords that guessing starts with."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import pytest
from passlib.hash import argon2

from adapters.common_passwords import CommonPasswords
from adapters.passwords import Argon2Hasher

hasher = Argon2Hasher(memory_kib=8, time=1)
HASHED = hasher.hash("correct horse")


def test_only_the_right_password_is_accepted():
    assert hasher.verify("correct horse", HASHED)
    for wrong in ("correct hors", "correct horse ", "Correct horse", ""):
        assert not hasher.verify(wrong, HASHED)


def test_the_same_password_is_hashed_differently_each_time():
    assert hasher.hash("correct horse") != HASHED


def test_every_character_of_a_long_password_counts():
    hashed = hasher.hash("x" * 127 + "a")
    assert hasher.verify("x" * 127 + "a", hashed)
    assert not hasher.verify("x" * 127 + "b", hashed)


def test_the_parameters_are_those_that_owasp_recommends():
    assert Argon2Hasher().hash("correct horse").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_with_weaker_parameters_is_outdated_and_still_verifies():
    stronger = Argon2Hasher(memory_kib=16, time=1)
    assert stronger.verify("correct horse", HASHED)
    assert stronger.is_outdated(HASHED)
    assert not hasher.is_outdated(HASHED)


@pytest.mark.parametrize("garbage", ["", "garbage", "\ud800", "$argon2id$", "$2b$12$" + "a" * 53, HASHED[:-3], "\0"])
def test_an_invalid_hash_matches_no_password_and_is_outdated(garbage: str):
    assert not hasher.verify("correct horse", garbage)
    assert hasher.is_outdated(garbage)


def test_a_hash_that_would_take_all_memory_is_not_computed():
    assert not hasher.verify("correct horse", HASHED.replace("m=8,", "m=1073741824,"))
    assert not hasher.verify("correct horse", HASHED.replace("t=1,", "t=1000000,"))


@pytest.mark.parametrize("odd", ["\ud800", "a\0b", "x" * 100_000, "", None, b"correct horse"])
def test_an_invalid_password_is_refused(odd: str):
    assert not hasher.verify(odd, HASHED)
    assert not hasher.verify(odd, None)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passlib really computed to verify against, since time itself is no matter for a test."""
    found: list[str] = []

    def verify(handler: Any, password: str, hashed: str) -> bool:
        answer: bool = super(argon2, handler).verify(password, hashed)
        found.append(hashed)
        return answer

    monkeypatch.setattr(argon2, "verify", classmethod(verify))
    return found


@pytest.mark.parametrize(
    ("password", "hashed"),
    [("correct horse", HASHED), ("wrong", HASHED), ("wrong", None), ("wrong", "garbage"), ("wrong", ""),
     ("wrong", "$argon2id$v=19$m=8,t=1,p=1$YWE$YWFhYQ"), ("a\0", HASHED), ("x" * 100_000, HASHED), ("", HASHED)],
)  # fmt: skip
def test_every_answer_costs_exactly_one_hash(password: str, hashed: str | None, computed: list[str]):
    hasher.verify(password, hashed)
    assert len(computed) == 1


def test_the_dummy_hash_matches_no_password(computed: list[str]):
    hasher.verify("whatever", None)
    (nobodys,) = computed
    for password in ("nobody's password", "correct horse"):
        assert not hasher.verify(password, nobodys)
    assert computed == [nobodys] * 3


def test_many_threads_share_one_hasher():
    one_at_a_time = Argon2Hasher(memory_kib=8, time=1, at_once=1)
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(one_at_a_time.verify, ["correct horse"] * 50, [HASHED] * 50))


def test_common_passwords_are_recognised_in_any_case():
    common = CommonPasswords()
    for password in ("password", "Password1", "12345678", "QWERTYUIOP", "baseball", "trustno1", "iloveyou"):
        assert password in common
    for other in ("correct horse battery", "Zażółć gęślą jaźń", "", None, 12345678):
        assert other not in common


def test_the_list_of_common_passwords_matches_its_description():
    packed = files("adapters").joinpath("common-passwords.txt.gz").read_bytes()
    passwords = gzip.decompress(packed).decode("utf-8").splitlines()
    assert len(set(passwords)) == len(passwords) == 17_282
    assert all(8 <= len(password) <= 128 and password == password.casefold() for password in passwords)
