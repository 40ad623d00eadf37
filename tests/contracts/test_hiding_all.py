"""What one act hides, and that all storages find it and restore exactly that."""

import threading
from collections.abc import Callable

from application.ports.paging import Window
from domain.accounts import Account
from domain.comments import Comment
from domain.errors import DomainError
from domain.job_kinds import JobKind
from domain.moderation import Act, LogEntry
from domain.outbox import Job
from domain.posts import Post
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

PATIENCE = 20
ALL = Window(50)


def hide(storage: Storage, thing: Post | Comment, entry_id: int) -> None:
    entry = LogEntry.on_person(thing.author_id, Act.HIDE_ALL, id=entry_id, actor_id=None, reason="Spam.")
    assert thing.hide_with_all(entry)
    with storage.unit_of_work() as work:
        if isinstance(thing, Post):
            work.posts.save(thing)
            work.comments.relist(thing.id, listed=False)
        else:
            work.comments.save(thing)
        work.commit()


def test_what_is_not_hidden_is_found_newest_first_below_an_id(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    posts = [community.post(ada) for _ in range(4)]
    of_bob = community.post(bob)
    comments = [community.comment(ada, of_bob) for _ in range(4)]
    community.comment(bob, of_bob)
    entry_id = community.new_id()
    hide(storage, posts[1], entry_id)
    hide(storage, comments[1], entry_id)

    with storage.unit_of_work() as work:
        for repository, things in ((work.posts, posts), (work.comments, comments)):
            ids = [thing.id for thing in things]
            assert repository.unhidden_of(ada.id, entry_id, 9) == [ids[3], ids[2], ids[0]]
            assert repository.unhidden_of(ada.id, ids[3], 1) == [ids[2]]
            assert repository.unhidden_of(ada.id, ids[0], 9) == []
            assert repository.hidden_by(entry_id, 9) == [ids[1]]
            assert repository.hidden_by(entry_id, 0) == repository.hidden_by(entry_id + 1, 9) == []


def test_the_last_act_that_is_not_undone_is_found(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")

    def add(act: Act, text: str = "", about: int = ada.id) -> LogEntry:
        entry = LogEntry.on_person(about, act, id=community.new_id(), actor_id=None, text=text)
        with storage.unit_of_work() as work:
            work.moderation_log.add(entry)
            work.commit()
        return entry

    def standing() -> LogEntry | None:
        with storage.unit_of_work() as work:
            found = work.moderation_log.find_hiding_all(ada.id)
            assert found is None or not work.moderation_log.is_undone(found)
            return found

    assert standing() is None
    first, second = add(Act.HIDE_ALL), add(Act.HIDE_ALL)
    add(Act.HIDE_ALL, about=bob.id)
    assert standing() == second
    # These name the act and do not undo it.
    add(Act.UPHOLD, str(second.id))
    add(Act.NOTE, str(second.id))
    assert standing() == second
    add(Act.RESTORE_ALL, str(second.id))
    assert standing() == first
    add(Act.REVERSE, str(first.id))
    assert standing() is None
    with storage.unit_of_work() as work:
        assert work.moderation_log.is_undone(first)
        assert work.moderation_log.is_undone(second)


def test_who_has_an_act_against_them_reads_the_comments_that_it_hides(storage: Storage, community: Community) -> None:
    ada, bob, mod = community.member("ada"), community.member("bob"), community.member("mod", role=Role.MODERATOR)
    post, gone = community.post(bob), community.post(bob)
    comments = [community.comment(ada, post, f"Soup {number}.") for number in range(4)]
    below_gone = community.comment(ada, gone)
    community.comment(ada, post, "Not hidden.")
    by_act, by_other = (_log(storage, community, ada, Act.HIDE_ALL) for _ in range(2))
    for comment in (*comments, below_gone):
        hide(storage, comment, by_act)
    hide(storage, community.comment(ada, post), by_other)
    with storage.unit_of_work() as work:
        comments[3].delete(ada, id=community.new_id(), reason="", at=community.now)
        work.comments.save(comments[3])
        gone.delete(bob, id=community.new_id(), reason="", at=community.now)
        work.posts.save(gone)
        work.comments.relist(gone.id, listed=False)
        work.commit()

    def read(reader: Reader, entry_id: int = by_act, window: Window = ALL) -> list[str]:
        return [comment.body for comment in storage.appeal_feeds.hidden_comments(reader, entry_id, window).items]

    assert read(ada.reader) == ["A comment.", "Soup 2.", "Soup 1.", "Soup 0."]
    assert read(mod.reader) == ["Soup 2.", "Soup 1.", "Soup 0."]
    assert read(bob.reader) == read(bob.reader, by_other) == []
    assert read(ada.reader, by_act + 1) == read(mod.reader, by_act + 1) == []
    first = storage.appeal_feeds.hidden_comments(ada.reader, by_act, Window(2))
    assert (first.before, first.after) == (comments[2].id, None)
    assert read(ada.reader, window=Window(2, before=first.before)) == ["Soup 1.", "Soup 0."]
    assert read(ada.reader, window=Window(2, after=comments[0].id)) == ["Soup 2.", "Soup 1."]


def test_an_act_of_their_own_shows_a_member_nothing(storage: Storage, community: Community) -> None:
    ada = community.member("ada")
    comment = community.comment(ada, community.post(ada))
    entry_id = _log(storage, community, ada, Act.HIDE_ALL, actor_id=ada.id)
    hide(storage, comment, entry_id)

    assert storage.appeal_feeds.hidden_comments(ada.reader, entry_id, ALL).items == ()


def test_a_whole_site_hides_and_restores_everything(storage: Storage) -> None:
    site = Site(storage, Clock())
    susan, mod, john = (_join(site, name, role) for name, role in _PEOPLE)
    posts = [site.posts.publish(actor_id=susan, title="", body="Words.") for _ in range(3)]
    other = site.posts.publish(actor_id=john, title="", body="Bread.")
    site.comments.write(actor_id=john, post_id=posts[0], body="Well said.")
    commented = site.comments.write(actor_id=susan, post_id=other, body="Soup.")
    site.moderation.hide_post(actor_id=mod, post_id=posts[1], reason="Rude.")
    _work_off(site)

    site.hiding_all.hide_all(actor_id=mod, username="susan", reason="Spam.")
    _work_off(site)

    assert _listed(site) == {other}
    assert storage.comment_feeds.comment(None, commented).hidden
    assert storage.people_feeds.profile(None, "susan").post_count == 0
    assert _drifts(site) == []

    site.hiding_all.restore_all(actor_id=mod, username="susan", reason="A mistake.")
    _work_off(site)

    assert _listed(site) == {other, posts[0], posts[2]}
    assert not storage.comment_feeds.comment(None, commented).hidden
    assert _drifts(site) == []


def test_what_is_being_published_meanwhile_is_hidden_or_comes_after_the_act(storage: Storage) -> None:
    """A member publishes while a moderator hides everything. What was there before is hidden, and nothing that was made
    after the act."""
    clock = Clock()
    site = Site(storage, clock)
    susan, mod, _ = (_join(site, name, role) for name, role in _PEOPLE)
    first = site.posts.publish(actor_id=susan, title="", body="The first.")
    begin, failures = threading.Barrier(2, timeout=PATIENCE), list[Exception]()
    acts: list[int] = []

    def publish() -> None:
        for number in range(8):
            site.posts.publish(actor_id=susan, title="", body=f"Words {number}.")

    def decide() -> None:
        acts.append(site.hiding_all.hide_all(actor_id=mod, username="susan", reason="Spam."))
        handle = site.hiding_all.handlers()[JobKind.HIDE_ALL]
        job = Job(id=1, kind=JobKind.HIDE_ALL, subject_id=acts[0], account_id=susan, due_at=clock())
        while handle(job).value == "more":
            pass

    def run(part: Callable[[], None]) -> None:
        try:
            begin.wait()
            part()
        except (DomainError, threading.BrokenBarrierError) as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(part,), daemon=True) for part in (publish, decide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a unit of work hangs"

    assert failures == []
    with storage.unit_of_work() as work:
        assert work.posts.get(first).hidden_by == acts[0]
        for post_id in work.posts.some_of(susan, 99):
            assert not work.posts.get(post_id).hidden or post_id < acts[0]
    assert _drifts(site) == []


_PEOPLE = (("susan", Role.USER), ("mod", Role.MODERATOR), ("john", Role.USER))


def _log(storage: Storage, community: Community, about: Account, act: Act, *, actor_id: int | None = None) -> int:
    entry = LogEntry.on_person(about.id, act, id=community.new_id(), actor_id=actor_id)
    with storage.unit_of_work() as work:
        work.moderation_log.add(entry)
        work.commit()
    return entry.id


def _join(site: Site, name: str, role: Role) -> int:
    made: int = site.members.create(
        email=f"{name}@example.com", username=name, password="a horse, a battery", role=role, confirmed=True
    )
    return made


def _work_off(site: Site) -> None:
    while site.jobs.run_next():
        pass


def _listed(site: Site) -> set[int]:
    return {card.id for card in site.storage.post_feeds.latest(None, Window(100)).items}


def _drifts(site: Site) -> list[object]:
    return [drift for part in site.mending.compare_counters() for drift in part.drifts]
