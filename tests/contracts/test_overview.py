"""The numbers of days, what waits, and the worker, in each storage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from application.ports.paging import COUNTED_AT_MOST
from application.ports.tallies import Total
from domain.ids import make_id
from domain.joining import Admission
from domain.overview import Daily, Series
from tests.contracts.community import BEGINNING, Community
from tests.contracts.storages import Storage

DAY = date(2026, 1, 5)


def count(storage: Storage, *counters: Daily, shard_of: int = 1) -> None:
    with storage.unit_of_work() as work:
        work.tallies.add_to_site(dict.fromkeys(counters, 1), shard_of=shard_of)
        work.commit()


def test_days_are_added_up_whatever_shard_they_are_in(storage: Storage) -> None:
    today, before = Daily(Series.POSTS, DAY), Daily(Series.POSTS, DAY - timedelta(days=1))
    mails, far = Daily(Series.MAILS, DAY), Daily(Series.MAILS, DAY - timedelta(days=40))
    for shard_of in range(20):
        count(storage, today, mails, shard_of=shard_of)
    count(storage, before, today, far)

    feeds = storage.overview_feeds
    assert feeds.days(DAY, DAY) == {today: 21, mails: 20}
    assert feeds.days(DAY - timedelta(days=1), DAY) == {today: 21, mails: 20, before: 1}
    assert feeds.days(DAY + timedelta(days=1), DAY + timedelta(days=9)) == {}
    assert feeds.days(DAY - timedelta(days=40), DAY - timedelta(days=2)) == {far: 1}


def test_the_day_is_counted_beside_the_total_or_not_at_all(storage: Storage) -> None:
    today = Daily(Series.COMMENTS, DAY)
    with storage.unit_of_work() as work:
        work.tallies.add_to_site({Total.COMMENTS: 1, today: 1}, shard_of=7)
        work.commit()
    with storage.unit_of_work() as work:
        work.tallies.add_to_site({Total.COMMENTS: 1, today: 1}, shard_of=7)

    assert storage.overview_feeds.days(DAY, DAY) == {today: 1}
    assert storage.overview_feeds.standing().comments == 1


def test_two_who_count_at_once_both_count(storage: Storage) -> None:
    counters = [Daily(series, DAY) for series in Series]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: count(storage, *counters, shard_of=number % 2), range(24)))

    assert storage.overview_feeds.days(DAY, DAY) == dict.fromkeys(counters, 24)


def test_an_empty_site_has_nothing(storage: Storage) -> None:
    standing = storage.overview_feeds.standing()

    assert (standing.members, standing.posts, standing.comments) == (0, 0, 0)
    for queue in (standing.cases, standing.appeals, standing.people):
        assert (queue.count, queue.since) == (0, None)
    assert standing.worker_seen_at is None


def test_what_waits_is_counted_with_its_oldest(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    case, _ = community.case(post, bob), community.case(ada, bob)
    settled = community.case(bob, ada)
    community.settle(settled, ada)
    sanction = community.sanction(None, bob)
    appeal = community.appeal(sanction.id, bob)
    waiting = [community.member(name, admission=Admission.APPROVAL) for name in ("cyd", "dan", "eve")]

    standing = storage.overview_feeds.standing()

    assert (standing.members, standing.posts) == (5, 1)
    assert (standing.cases.count, standing.cases.oldest_id) == (2, case.id)
    assert (standing.appeals.count, standing.appeals.oldest_id) == (1, appeal.id)
    assert (standing.people.count, standing.people.oldest_id) == (3, waiting[0].id)


def test_what_waits_is_counted_up_to_a_hundred(storage: Storage, community: Community) -> None:
    with community.at_once():
        for number in range(COUNTED_AT_MOST + 3):
            community.member(f"m{number}", admission=Admission.NO_SEAT)

    assert storage.overview_feeds.standing().people.count == COUNTED_AT_MOST


def test_a_worker_was_seen_when_it_said_so_last(storage: Storage) -> None:
    for at in (BEGINNING, BEGINNING + timedelta(minutes=1)):
        with storage.unit_of_work() as work:
            work.heartbeat.beat(at)
            work.commit()
        assert storage.overview_feeds.standing().worker_seen_at == at


def test_the_day_of_a_post_stays_when_the_post_goes(storage: Storage, community: Community) -> None:
    post = community.post(community.member())
    today = Daily.of(Series.POSTS, post.id)
    count(storage, today)
    with storage.unit_of_work() as work:
        work.posts.remove(post.id)
        work.tallies.add_to_site({Total.POSTS: -1}, shard_of=post.id)
        work.commit()

    assert storage.overview_feeds.standing().posts == 0
    assert storage.overview_feeds.days(today.day, today.day) == {today: 1}


def test_days_begin_and_end_at_midnight_in_utc() -> None:
    midnight = BEGINNING.replace(hour=0)

    assert Daily.of(Series.POSTS, make_id(midnight, 0)).day == DAY
    assert Daily.of(Series.POSTS, make_id(midnight, 0) - 1).day == DAY - timedelta(days=1)
