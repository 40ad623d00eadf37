"""Mailed links, and guesses at a password that come at once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from domain.credentials import Purpose
from domain.errors import BadCredentials, DomainError, LinkExpired, TooOften
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock, PlainHasher

PASSWORD = "a horse, a battery"


def test_only_the_newest_link_of_a_purpose_is_stored(storage: Storage, community: Community) -> None:
    ada = community.member()
    old = community.link(ada, token_id="old")
    other = community.link(ada, Purpose.RESET_PASSWORD, token_id="other")
    new = community.link(ada, token_id="new")

    with storage.unit_of_work() as work:
        assert work.links.find(ada.id, Purpose.CONFIRM) == new
        assert work.links.find(ada.id, Purpose.RESET_PASSWORD) == other
        assert work.links.find(ada.id, Purpose.CHANGE_EMAIL) is None
        assert work.links.find(1, Purpose.CONFIRM) is None
        with pytest.raises(LinkExpired):
            work.links.spend(old)


def test_a_link_is_spent_once(storage: Storage, community: Community) -> None:
    ada = community.member()
    link = community.link(ada)
    other = community.link(ada, Purpose.CHANGE_EMAIL)

    with storage.unit_of_work() as work:
        work.links.spend(link)
        with pytest.raises(LinkExpired):
            work.links.spend(link)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.links.find(ada.id, link.purpose) is None
        assert work.links.find(ada.id, other.purpose) == other


def test_links_are_removed_by_purpose_or_all_at_once(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    kept = community.link(bob)
    for purpose in Purpose:
        community.link(ada, purpose)

    with storage.unit_of_work() as work:
        work.links.remove_all_of(ada.id, Purpose.CONFIRM)
        assert work.links.find(ada.id, Purpose.CONFIRM) is None
        assert work.links.find(ada.id, Purpose.CHANGE_EMAIL) is not None
        work.links.remove_all_of(ada.id)
        assert not any(work.links.find(ada.id, purpose) for purpose in Purpose)
        assert work.links.find(bob.id, kept.purpose) == kept


class AllAtOnce(PlainHasher):
    """Answers when so many ask at once, so that all have passed the check of the limit before one is counted."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size, timeout=30)
        self._salts = count(1)
        self.outdated = False

    def hash(self, password: str) -> str:
        """With a salt, because a sign-in that finds another hash of the password leaves it."""
        return f"{super().hash(password)}, salt {next(self._salts)}"

    def verify(self, password: str, hashed: str | None) -> bool:
        self._barrier.wait()
        return hashed is not None and hashed.startswith(f"{super().hash(password)}, salt ")

    def is_outdated(self, hashed: str) -> bool:
        return self.outdated


def guessed_at_once(storage: Storage, passwords: list[str]) -> Counter[str]:
    site = Site(storage, Clock(), hasher=AllAtOnce(len(passwords)))
    site.members.create(email="susan@example.com", username="susan", password=PASSWORD, confirmed=True)

    def guess(numbered: tuple[int, str]) -> str:
        number, password = numbered
        try:
            site.credentials.check(client=f"192.0.2.{number}", email="susan@example.com", password=password)
        except DomainError as error:
            return type(error).__name__
        return "let in"

    with ThreadPoolExecutor(len(passwords)) as crowd:
        return Counter(crowd.map(guess, enumerate(passwords)))


@pytest.mark.parametrize("size", [16])
def test_any_number_of_right_passwords_may_come_at_once(storage: Storage, size: int) -> None:
    assert guessed_at_once(storage, [PASSWORD] * size) == {"let in": size}


@pytest.mark.parametrize("size", [16])
def test_of_many_wrong_passwords_at_once_ten_are_answered(storage: Storage, size: int) -> None:
    assert guessed_at_once(storage, ["a wrong guess"] * size) == {"BadCredentials": 10, "TooOften": size - 10}


def test_a_right_password_is_not_let_in_when_ten_wrong_ones_came_before_its_answer(storage: Storage) -> None:
    clock = Clock()
    hasher = SlowForOne()
    site = Site(storage, clock, hasher=hasher)
    site.members.create(email="susan@example.com", username="susan", password=PASSWORD, confirmed=True)

    def guess(password: str) -> object:
        return site.credentials.check(client=password, email="susan@example.com", password=password)

    with ThreadPoolExecutor(1) as other:
        right = other.submit(guess, PASSWORD)
        assert hasher.asked.wait(30)
        for number in range(10):
            with pytest.raises(BadCredentials):
                guess(f"wrong guess {number}")
        hasher.answer.set()
        with pytest.raises(TooOften) as refused:
            right.result(30)
    assert refused.value.retry_after == 300


class SlowForOne(PlainHasher):
    """The right password waits for its answer."""

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()

    def verify(self, password: str, hashed: str | None) -> bool:
        if password == PASSWORD:
            self.asked.set()
            assert self.answer.wait(30)
        return super().verify(password, hashed)


def test_sign_ins_that_all_store_a_better_hash_succeed(storage: Storage) -> None:
    size = 6
    hasher = AllAtOnce(size)
    site = Site(storage, Clock(), hasher=hasher)
    site.members.create(email="susan@example.com", username="susan", password=PASSWORD, confirmed=True)
    hasher.outdated = True

    def sign_in(number: int) -> str:
        client = f"192.0.2.{number}"
        secret: str = site.sessions.sign_in(client=client, email="susan@example.com", password=PASSWORD).secret
        return secret

    with ThreadPoolExecutor(size) as crowd:
        assert len(set(crowd.map(sign_in, range(size)))) == size
