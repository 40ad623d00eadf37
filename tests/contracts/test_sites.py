"""A newcomer's first hour on each storage: no use case may wait for itself by opening the storage a second time."""

from datetime import timedelta

from application.ports.paging import Window
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

PASSWORD = "a horse, a battery"


def test_a_newcomer_joins_writes_and_leaves(storage: Storage) -> None:
    clock = Clock()
    site = Site(storage, clock)
    site.joining.register(client="1.2.3.4", email="ada@example.com", username="ada", password=PASSWORD)
    ada = storage.member_feeds.member(None, "ada").id
    assert site.joining.resend(actor_id=ada)
    while site.jobs.run_next():
        clock.move(timedelta(seconds=1))
    site.joining.confirm(token=site.postbox.letters[-1].text)
    assert not site.joining.resend(actor_id=ada)
    site.sessions.sign_in(client="1.2.3.4", email="ada@example.com", password=PASSWORD)

    post = site.posts.publish(actor_id=ada, title="", body="Hello.")
    site.comments.write(actor_id=ada, post_id=post, body="Myself.")
    assert storage.comment_feeds.latest(storage.session_feeds.reader(ada, clock()), Window(5)).count == 1

    site.leaving.leave(actor_id=ada, password=PASSWORD, posts="delete")
    while site.jobs.run_next():
        clock.move(timedelta(seconds=1))
    assert (
        storage.post_feeds.latest(None, Window(5)).items,
        storage.post_feeds.whole_latest(None, Window(5)).count,
    ) == ((), 0)
