"""Changing the site, and how the processes of a site learn of it."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from application.current_site import CurrentSite
from application.ports.paging import Window
from application.ports.site import SiteFeeds
from domain.errors import Changed, Forbidden, Invalid, TryAgain
from domain.job_kinds import JobKind
from domain.joining import Registration
from domain.moderation import Act
from domain.roles import Role
from domain.site import Site, SiteText
from tests.doubles import Clock


@pytest.fixture
def ada(community):
    community.join("ada", Role.ADMINISTRATOR)
    return community.reader("ada")


def change(community, actor, version=None, **typed):
    return community.site.change(actor=actor, typed=typed, version=version)


def test_what_is_saved_is_rendered_and_on_the_record(community, ada):
    version = change(community, ada, version=0, name="Soup club", about="We *cook*.", rules="1. Be kind.\n2. Wash up.")

    site = community.site_feeds.site()
    assert version == site.version == 1
    assert (site.text.name, site.text.registration) == ("Soup club", Registration.OPEN)
    assert site.html.about == "<p>We <em>cook</em>.</p>"
    assert '<li id="rule-2">Wash up.</li>' in site.html.rules
    assert site.html.version == community.renderer.version
    entry = community.moderation_feeds.log(ada, Window(20)).page.items[0]
    assert (entry.act, entry.actor.username, entry.text) == (Act.SITE, "ada", "name about rules")


def test_fields_that_are_not_typed_stay(community, ada):
    change(community, ada, name="Soup club", about="We *cook*.")
    change(community, None, tagline="Hot")

    site = community.site_feeds.site()
    assert (site.text.name, site.text.tagline, site.html.about) == ("Soup club", "Hot", "<p>We <em>cook</em>.</p>")
    entry = community.moderation_feeds.log(ada, Window(20)).page.items[0]
    assert (entry.actor_id, entry.text) == (None, "tagline")


def test_what_changes_nothing_is_not_stored(community, ada):
    assert change(community, ada, version=0, name="Chapbook") == 0
    assert community.site_feeds.site() is None


@pytest.mark.parametrize("role", [Role.USER, Role.MODERATOR])
def test_others_neither_read_the_form_nor_preview_nor_save(community, role):
    community.join("eve", role)
    eve = community.reader("eve")
    for act in (
        lambda: community.site.stored(reader=eve),
        lambda: community.site.preview(reader=eve, typed={"about": "x"}),
        lambda: change(community, eve, name="Mine"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_another_version_is_not_replaced(community, ada):
    change(community, ada, version=0, name="One")
    with pytest.raises(Changed):
        change(community, ada, version=0, name="Two")
    assert community.site.stored(reader=ada).text.name == "One"


def test_every_field_that_is_wrong_is_named_also_by_the_renderer(community, ada):
    def post(body, **more):
        raise Invalid("body", "too_complex")

    community.renderer.post = post
    with pytest.raises(Invalid) as refused:
        change(community, ada, about="a", rules="b", greeting=" ")
    assert {(problem.field, problem.code) for problem in refused.value.problems} == {
        ("about", "too_complex"),
        ("rules", "too_complex"),
    }


def test_a_preview_renders_and_stores_nothing(community, ada):
    html = community.site.preview(reader=ada, typed={"greeting": "*Hi*", "name": "Other"})

    assert (html.greeting, html.about) == ("<p><em>Hi</em></p>", "")
    assert community.site_feeds.site() is None
    with pytest.raises(Invalid):
        community.site.preview(reader=ada, typed={"greeting": "x", "name": ""})


def test_members_whom_the_site_names_are_linked(community, ada):
    change(community, ada, about="Ask @ada.")
    assert 'href="/@ada"' in community.site_feeds.site().html.about


def test_who_may_register_is_read_from_the_store_in_the_commit(community, ada):
    change(community, ada, registration="closed")
    with pytest.raises(Forbidden) as refused:
        community.joining.register(client="here", email="b@example.com", username="bob", password="a horse, a battery")
    assert refused.value.code == "registration_closed"
    with pytest.raises(Forbidden):
        community.joining.require_welcome()

    change(community, ada, registration="approval")
    community.register("bob", why="I cook.")
    community.joining.confirm(token=community.token_to("bob@example.com"))
    assert [card.username for card in community.admitting.waiting(reader=ada, window=Window(20)).items] == ["bob"]


def test_a_way_to_register_that_changes_while_somebody_registers_counts(community, ada):
    hasher = community.hasher

    class Slow:
        def hash(self, password):
            change(community, None, registration="invitation")
            return hasher.hash(password)

    joining = replace(community.joining, hasher=Slow())
    with pytest.raises(Forbidden) as refused:
        joining.register(client="here", email="b@example.com", username="bob", password="a horse, a battery")
    assert refused.value.code == "not_invited"


def test_leaving_the_mode_admits_who_waits(community, ada):
    change(community, ada, registration="approval")
    for name in ("bob", "cyd"):
        community.register(name, why="I cook.")
        community.joining.confirm(token=community.token_to(f"{name}@example.com"))
    community.deliver()

    change(community, ada, registration="open")
    assert JobKind.ADMIT_ALL.value in [row.kind.value for row in community.outbox_rows()]
    community.deliver()

    assert community.admitting.waiting(reader=ada, window=Window(20)).items == ()
    assert not community.reader("bob").waits


def test_the_job_obeys_the_mode_that_is_stored_when_it_runs(community, ada):
    change(community, ada, registration="approval")
    community.register("bob", why="I cook.")
    community.joining.confirm(token=community.token_to("bob@example.com"))
    change(community, ada, registration="open")
    change(community, ada, registration="approval")

    community.deliver()

    assert [card.username for card in community.admitting.waiting(reader=ada, window=Window(20)).items] == ["bob"]


def test_the_settings_hold_until_something_is_saved_and_the_store_does_afterwards(community, ada):
    community.stands_in(Registration.CLOSED)
    assert community.site.stored(reader=ada).text.registration is Registration.CLOSED
    change(community, ada, name="Soup club")
    community.stands_in(Registration.OPEN)

    assert community.site.stored(reader=ada).text.registration is Registration.CLOSED


def test_an_announcement_is_dismissed_for_good_and_the_next_one_is_not(community, ada):
    secret = community.sign_in("ada")
    change(community, ada, announcement="Soup on Friday.")

    community.site.dismiss(actor_id=ada.id, announced=99)

    assert community.viewer(secret).dismissed == 1
    community.site.dismiss(actor_id=ada.id, announced=0)
    assert community.viewer(secret).dismissed == 1
    change(community, ada, announcement="Soup on Monday.")
    assert community.site_feeds.site().announces_to(community.viewer(secret).dismissed)


def test_a_newer_renderer_renders_the_site_anew(community, ada):
    change(community, ada, about="We *cook*.", rules="1. Be kind.")
    old = community.renderer.post
    community.renderer.post = lambda body, **more: replace(old(body, **more), html=f"<ol><li>{body}</li></ol>")
    community.renderer.version += 1

    assert community.rerendering.ask().texts == 1
    community.deliver()

    site = community.site_feeds.site()
    assert site.html.version == community.renderer.version
    assert site.html.rules == '<ol><li id="rule-1">1. Be kind.</li></ol>'
    assert site.html.about == "<ol><li>We *cook*.</li></ol>"


# What a process knows.


class Feeds:
    """The feeds of a storage. They count, and are away when a test says so."""

    def __init__(self):
        self.asked = 0
        self.away = False
        self.stored = None

    def site(self) -> Site | None:
        self.asked += 1
        if self.away:
            raise TryAgain
        return self.stored


def named(name, version):
    return Site(text=SiteText(name=name), version=version)


def test_a_process_looks_at_most_once_in_five_seconds():
    feeds, clock = Feeds(), Clock()
    known = CurrentSite(cast("SiteFeeds", feeds), named("First", 0), clock)
    assert [known.name(), known.name()] == ["First", "First"]
    assert feeds.asked == 1

    feeds.stored = named("Saved", 1)
    clock.move(timedelta(seconds=4.9))
    assert known.name() == "First"
    clock.move(timedelta(seconds=0.1))
    assert [known.name(), known.name()] == ["Saved", "Saved"]
    assert feeds.asked == 2
    clock.move(timedelta(days=-1))
    assert known.name() == "Saved"
    assert feeds.asked == 3


def test_who_saved_sees_it_at_once_also_by_another_process():
    feeds, clock = Feeds(), Clock()
    known = CurrentSite(cast("SiteFeeds", feeds), named("First", 0), clock)
    known()
    feeds.stored = named("Saved", 3)

    assert known.at_least(3).text.name == "Saved"
    assert feeds.asked == 2
    # A version that a backup has undone is not asked for with every request.
    assert [known.at_least(9).version, known.at_least(9).version] == [3, 3]
    assert feeds.asked == 3
    known.take(named("Newer", 4))
    known.take(named("Older", 2))
    assert known.name() == "Newer"


def test_what_is_saved_while_somebody_looks_is_seen_at_once():
    class SavedMeanwhile(Feeds):
        """Another thread saves after the row was read, and before the look ends."""

        def site(self):
            found = super().site()
            self.stored = named("Newest", 2)
            if self.asked == 1:
                known.forget()
            return found

    feeds, clock = SavedMeanwhile(), Clock()
    feeds.stored = named("Saved", 1)
    known = CurrentSite(cast("SiteFeeds", feeds), named("First", 0), clock)
    known()

    assert known.at_least(2).text.name == "Newest"
    assert known.name() == "Newest"


def test_a_storage_that_does_not_answer_keeps_what_is_known():
    feeds, clock = Feeds(), Clock()
    feeds.away = True
    known = CurrentSite(cast("SiteFeeds", feeds), named("First", 0), clock)
    assert [known.name(), known.name()] == ["First", "First"]
    assert feeds.asked == 1
    feeds.away, feeds.stored = False, named("Saved", 1)
    clock.move(timedelta(seconds=5))
    assert known.name() == "Saved"
    feeds.away = True
    clock.move(timedelta(seconds=5))
    assert known.name() == "Saved"


def test_one_thread_looks_while_the_others_go_on():
    clock, looks, goes_on = Clock(), threading.Event(), threading.Event()

    class Slow(Feeds):
        def site(self):
            if self.asked:
                looks.set()
                assert goes_on.wait(5)
            return super().site()

    feeds = Slow()
    known = CurrentSite(cast("SiteFeeds", feeds), named("First", 0), clock)
    known()
    feeds.stored = named("Saved", 1)
    clock.move(timedelta(seconds=5))
    thread = threading.Thread(target=known)
    thread.start()
    assert looks.wait(5)

    assert [known.name(), known.name()] == ["First", "First"]
    goes_on.set()
    thread.join(5)
    assert known.name() == "Saved"
    assert feeds.asked == 2
