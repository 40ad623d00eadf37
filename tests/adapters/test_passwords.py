"""Hashing that never raises at a sign-in, and the passwords that guessing starts with."""

import gzip
import os
import subprocess
import sys
import threading
import time as clock
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from passlib.hash import argon2
from werkzeug.security import check_password_hash, generate_password_hash

import adapters.passwords
from adapters.common_passwords import CommonPasswords
from adapters.passwords import Argon2Hasher
from adapters.werkzeug_hashes import cost_of
from domain.errors import Overloaded
from tests.adapters.test_turns import until
from tests.doubles import NotedMeter

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


@pytest.fixture
def standing_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No hash is computed before this event."""
    go_on = threading.Event()
    verify = argon2.verify

    def wait(_handler: Any, password: str, hashed: str) -> bool:
        assert go_on.wait(20)
        answer: bool = verify(password, hashed)
        return answer

    monkeypatch.setattr(argon2, "verify", classmethod(wait))
    yield go_on
    go_on.set()


def test_callers_beyond_the_places_are_refused_at_once(standing_still: threading.Event):
    small = Argon2Hasher(memory_kib=8, time=1, at_once=1, places=2)
    with ThreadPoolExecutor(2) as callers:
        answers = [callers.submit(small.verify, "correct horse", HASHED) for _ in range(2)]
        until(lambda: small.turns.taken == 2)

        with pytest.raises(Overloaded):
            small.verify("correct horse", HASHED)
        with pytest.raises(Overloaded):
            small.verify("correct horse", None)
        with pytest.raises(Overloaded):
            small.hash("correct horse")

        assert not any(answer.done() for answer in answers)
        standing_still.set()
        assert all(answer.result(timeout=20) for answer in answers)
    assert small.verify("correct horse", HASHED)


def test_hashes_are_computed_in_few_threads_that_let_pages_go_first(monkeypatch: pytest.MonkeyPatch):
    seen: set[tuple[str, int]] = set()
    verify = argon2.verify

    def note(_handler: Any, password: str, hashed: str) -> bool:
        priority = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        seen.add((threading.current_thread().name, priority))
        answer: bool = verify(password, hashed)
        return answer

    monkeypatch.setattr(argon2, "verify", classmethod(note))
    two_at_once = Argon2Hasher(memory_kib=8, time=1, at_once=2)
    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(two_at_once.verify, ["correct horse"] * 50, [HASHED] * 50))

    assert 1 <= len(seen) <= 2
    assert {name.partition("_")[0] for name, _ in seen} == {"hashing"}
    if sys.platform == "linux":
        assert {priority for _, priority in seen} == {10}
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 10


def test_a_fork_hashes_in_threads_of_its_own():
    program = """
import os, sys
from adapters.passwords import Argon2Hasher
from adapters.werkzeug_hashes import cost_of
from tests.doubles import NotedMeter
hasher = Argon2Hasher(memory_kib=8, time=1)
hashed = hasher.hash("correct horse")
if os.fork() == 0:
    assert hasher.verify("correct horse", hashed)
    sys.exit(0)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0 and hasher.verify("correct horse", hashed)
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=False,
        cwd=Path(__file__).parent.parent.parent,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


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


def test_every_hash_is_measured_also_one_for_no_account() -> None:
    meter = NotedMeter()
    measured = Argon2Hasher(memory_kib=8, time=1, meter=meter)

    hashed = measured.hash("correct horse")
    measured.verify("correct horse", hashed)
    measured.verify("correct horse", None)

    assert len(meter.values["password_hash_seconds",]) == 3


METHODS = ("pbkdf2:sha1:1000", "pbkdf2:sha256:50000", "pbkdf2:sha256:260000", "pbkdf2:sha512:1000", "scrypt:32768:8:1")


@pytest.mark.parametrize("method", METHODS)
def test_a_hash_from_werkzeug_is_verified_and_outdated(method: str):
    hashed = generate_password_hash("c", method)

    assert hasher.recognizes(hashed)
    assert hasher.verify("c", hashed)
    assert not hasher.verify("d", hashed)
    assert not hasher.verify("\0", hashed)
    assert hasher.is_outdated(hashed)
    assert hasher.verify("c", hasher.hash("c"))


GOOD = generate_password_hash("c", "pbkdf2:sha256:1000")
SCRYPT = generate_password_hash("c", "scrypt:1024:8:1")


@pytest.mark.parametrize(
    "other",
    [
        GOOD.replace(":1000", ""), GOOD.replace(":1000", ":99999999"), GOOD.replace(":1000", ":0"), GOOD[:-1],
        GOOD + "\n", GOOD.replace("sha256", "sha3"), GOOD.replace("sha256", "shake_128"), GOOD + "00",
        "pbkdf2:sha256:1000$$" + "0" * 64, "pbkdf2:sha256:1000$a$" + "Z" * 64,
        SCRYPT.replace("1024", "1000"), SCRYPT.replace("1024", "1"), SCRYPT.replace("1024:8", "1048576:9999"),
        SCRYPT.replace(":1$", ":9999$"), SCRYPT.replace(":1$", "$"), SCRYPT[:128],
        "sha1$salt$" + "0" * 40, "md5$salt$" + "0" * 32, "sha256$salt$" + "0" * 64, "plain$$c", "c",
    ],
)  # fmt: skip
def test_what_werkzeug_does_not_verify_within_bounds_is_not_recognised(other: str):
    started = clock.monotonic()
    assert not hasher.recognizes(other)
    assert not hasher.verify("c", other)
    assert clock.monotonic() - started < 5


def test_an_argon2_hash_is_not_recognised_because_no_old_site_made_it():
    assert not hasher.recognizes(argon2.using(rounds=64).hash("c"))


def test_once_a_hash_from_werkzeug_is_met_every_answer_costs_the_same(monkeypatch: pytest.MonkeyPatch):
    computed: list[int] = []
    hashes = [generate_password_hash("c", method) for method in ("pbkdf2:sha256:1000", "scrypt:1024:8:1")]
    scrypt_cost = cost_of(hashes[1]) or 0

    def verify(handler: Any, password: str, hashed: str) -> bool:
        answer: bool = super(argon2, handler).verify(password, hashed)
        computed.append(-1)
        return answer

    def matches(password: str, hashed: str) -> bool:
        computed.append(cost_of(hashed) or 0)
        return check_password_hash(hashed, password)

    monkeypatch.setattr(argon2, "verify", classmethod(verify))
    monkeypatch.setattr(adapters.passwords, "matches", matches)
    monkeypatch.setattr(adapters.passwords, "spend", computed.append)
    one = Argon2Hasher(memory_kib=8, time=1)

    def work_of(password: str, hashed: str | None) -> list[int]:
        computed.clear()
        one.verify(password, hashed)
        return computed

    assert work_of("wrong", None) == [-1]
    assert work_of("wrong", hashes[0]) == [-1, 1000]
    assert work_of("wrong", None) == [-1, 1000]
    for password in ("wrong", "c", "correct horse", "\0"):
        for hashed in (hashes[1], hashes[0], None, HASHED, "garbage"):
            assert sum(work_of(password, hashed)) == scrypt_cost - 1
            assert computed.count(-1) == 1


def test_a_hash_costs_as_many_rounds_as_take_as_long():
    assert cost_of(generate_password_hash("c", "pbkdf2:sha256:1000")) == 1000
    # Werkzeug's own methods, the largest first.
    assert (cost_of("pbkdf2:sha256:1000000$salt$" + "0" * 64) or 0) > (cost_of(generate_password_hash("c")) or 0) > 0
