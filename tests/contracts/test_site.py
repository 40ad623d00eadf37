"""The site itself in each storage."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from application.ports.moderation import LogCard
from application.ports.paging import Window
from domain.errors import NotFound, TryAgain
from domain.ids import make_id, time_of
from domain.joining import Registration
from domain.moderation import Act, LogEntry, SubjectKind
from domain.roles import Permission, Role
from domain.site import Site, SiteHtml, SiteText
from tests.contracts.community import Community
from tests.contracts.storages import Storage

TEXT = SiteText(
    name="读书会",
    tagline="We read.",
    greeting="Hello",
    about="About *us*",
    rules="1. Be kind.",
    privacy="Little.",
    contact="https://example.com/",
    announcement="Moving house.",
    registration=Registration.INVITATION,
)
HTML = SiteHtml(greeting="<p>Hello</p>", about="<p>A</p>", rules="<ol></ol>", privacy="<p>P</p>", version=3)


def save(storage: Storage, site: Site) -> None:
    with storage.unit_of_work() as work:
        work.site.save(site)
        work.commit()


def test_what_is_saved_is_found_again(storage: Storage) -> None:
    assert storage.site_feeds.site() is None
    with storage.unit_of_work() as work:
        assert work.site.find() is None

    site = Site(text=TEXT, html=HTML, announced=4)
    save(storage, site)

    assert site.version == 1
    assert storage.site_feeds.site() == site
    with storage.unit_of_work(reading=True) as work:
        assert work.site.find() == site


def test_a_change_that_is_not_saved_or_not_committed_is_lost(storage: Storage) -> None:
    save(storage, Site(text=TEXT))

    with storage.unit_of_work() as work:
        found = work.site.find()
        assert found is not None
        found.announced = 9
        work.commit()
    with storage.unit_of_work() as work:
        found = work.site.find()
        assert found is not None
        found.announced = 9
        work.site.save(found)

    stored = storage.site_feeds.site()
    assert stored is not None
    assert (stored.announced, stored.version) == (0, 1)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_than_the_stored_one_is_not_replaced(storage: Storage, version: int) -> None:
    save(storage, Site(text=TEXT))
    save(storage, Site(text=TEXT, version=1))

    with storage.unit_of_work() as work, pytest.raises(TryAgain):
        work.site.save(Site(text=SiteText(name="Other"), version=version))

    stored = storage.site_feeds.site()
    assert stored is not None
    assert (stored.text, stored.version) == (TEXT, 2)


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_units_of_work_that_save_one_version_one_succeeds(storage: Storage, version: int) -> None:
    if version:
        save(storage, Site(text=TEXT))

    def change(name: str) -> bool:
        try:
            save(storage, Site(text=SiteText(name=name), version=version))
        except TryAgain:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(change, ("One", "Other"), timeout=20)) == [False, True]

    stored = storage.site_feeds.site()
    assert stored is not None
    assert stored.version == version + 1


def test_the_facts_are_the_totals_and_the_age_of_the_oldest_account(storage: Storage, community: Community) -> None:
    empty = storage.site_feeds.facts(None)
    assert (empty.since, empty.members, empty.posts, empty.comments) == (None, 0, 0, 0)

    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    community.comment(bob, post)

    facts = storage.site_feeds.facts(bob.reader)
    assert (facts.since, facts.members, facts.posts, facts.comments) == (time_of(ada.id), 2, 1, 1)


def test_those_who_moderate_are_listed_administrators_first(storage: Storage, community: Community) -> None:
    community.member("ada")
    mary = community.member("mary", role=Role.MODERATOR)
    for name in ("carl", "dora"):
        community.member(name, role=Role.ADMINISTRATOR)
    community.member("off", role=Role.MODERATOR, disabled=True)
    community.member("new", role=Role.MODERATOR, confirmed=False)
    gone = community.member("gone", role=Role.MODERATOR)
    community.delete(gone)
    at = community.now
    with storage.unit_of_work() as work:
        account = work.accounts.lock(mary.id)
        account.sanction(silenced_until=None, suspended_until=at + timedelta(days=1), at=at)
        work.accounts.save(account)
        work.commit()

    def names(days: int, limit: int = 10) -> list[str]:
        found = storage.site_feeds.moderators(None, at + timedelta(days=days), limit)
        return [each.username for each in found]

    assert names(0) == ["carl", "dora"]
    assert names(1) == ["carl", "dora", "mary"]
    assert names(1, limit=2) == ["carl", "dora"]


def test_an_act_that_concerns_nobody_is_in_the_log_alone_and_its_text_stays(
    storage: Storage, community: Community
) -> None:
    mary = community.member("mary", role=Role.MODERATOR)
    entries = [
        LogEntry(
            id=community.new_id(),
            actor_id=actor_id,
            act=Act.SITE,
            subject_kind=SubjectKind.SITE,
            subject_id=1,
            about_id=0,
            text="name rules",
        )
        for actor_id in (mary.id, None)
    ]
    with storage.unit_of_work() as work:
        for entry in entries:
            work.moderation_log.add(entry)
        work.commit()
        assert work.moderation_log.old_texts(2**62, 9) == []
        assert work.moderation_log.get(entries[0].id) == entries[0]

    def shown(card: LogCard) -> tuple[object, ...]:
        return card.actor and card.actor.username, card.about, card.act, card.subject_id, card.text

    of_mary, by_nobody = ("mary", None, Act.SITE, 1, "name rules"), (None, None, Act.SITE, 1, "name rules")
    log = storage.moderation_feeds.log(mary.reader, Window(9)).page.items
    assert [shown(card) for card in log] == [by_nobody, of_mary]
    assert [shown(card) for card in storage.moderation_feeds.log_by(mary.reader, "mary", Window(9)).items] == [of_mary]
    assert mary.reader.can(Permission.MODERATE)
    assert storage.appeal_feeds.record(mary.reader, Window(9)).items == ()
    with pytest.raises(NotFound):
        storage.appeal_feeds.entry(mary.reader, entries[0].id)


def test_a_dismissed_announcement_is_known_to_the_viewer(storage: Storage, community: Community) -> None:
    ada = community.member()
    secret = community.session(ada).secret_hash
    with storage.unit_of_work() as work:
        account = work.accounts.lock(ada.id)
        assert account.dismiss(3)
        assert not account.dismiss(2)
        work.accounts.save(account)
        work.commit()

    viewer = storage.session_feeds.viewer(secret, community.now)

    assert viewer is not None
    assert viewer.dismissed == 3


def test_the_site_is_rendered_anew_after_all_texts(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada, html_version=1)
    save(storage, Site(text=TEXT, html=HTML))

    with storage.unit_of_work() as work:
        assert work.rendered_texts.count_older(4, 9) == 2
        assert work.rendered_texts.count_older(4, 9, with_site=False) == 1
        assert [text.id for text in work.rendered_texts.some_older(4, 9)] == [post.id]
        assert [text.id for text in work.rendered_texts.some_after(0, 9)] == [1, post.id]
        stored = work.rendered_texts.some_after(0, 1)[0]
        assert isinstance(stored, Site)
        stored.render_anew(SiteHtml(about="<p>New</p>", version=4))
        assert work.rendered_texts.save(stored)
        assert not work.rendered_texts.save(Site(text=TEXT, html=SiteHtml(version=5), version=7))
        work.commit()

    site = storage.site_feeds.site()
    assert site is not None
    assert (site.html.about, site.html.version, site.version) == ("<p>New</p>", 4, 1)


def test_ids_of_texts_are_greater_than_that_of_the_site() -> None:
    assert make_id(time_of(0) + timedelta(milliseconds=1), 0) > 1
