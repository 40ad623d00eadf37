"""Pictures: sent, shown, hidden, removed and tidied away, and no file is left behind or missing."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.memory.unit_of_work import MemoryUnitOfWork
from application.ports.paging import Window
from domain.errors import Forbidden, Invalid, NotFound, Overloaded, StoreFull, TooOften, TryAgain
from domain.job_kinds import JobKind
from domain.moderation import SITE_ID, Act
from domain.once import OnceKey
from domain.pictures import KEPT_UNUSED, PIXELS_AT_MOST
from domain.roles import Role
from tests.doubles import RENDERER
from tests.use_cases.conftest import Community

PHOTO = b"1600x900"
ALL = Window(100)


def stored(community: Community) -> list[int]:
    """The pictures that have files."""
    found: list[int] = community.picture_files.ids(0, 1_000)
    return found


def is_seen(community: Community, picture_id: int, name: str | None = None) -> bool:
    try:
        community.picture_feeds.served(None if name is None else community.reader(name), picture_id)
    except NotFound:
        return False
    return True


def write(community: Community, author_id: int, *picture_ids: int) -> int:
    body = "\n\n".join(["Words.", *(f"![A boat](picture:{picture_id})" for picture_id in picture_ids)])
    post_id: int = community.posts.publish(actor_id=author_id, title="", body=body)
    return post_id


def picture_of(community: Community, name: str) -> int | None:
    found: int | None = community.people_feeds.profile(None, name).picture_id
    return found


def test_a_picture_is_sent_and_shown_in_a_post(community: Community) -> None:
    susan = community.join("susan")
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO, alt="A boat")

    (card,) = community.picture_feeds.own(community.reader("susan"), ALL).items
    assert (card.id, card.alt, card.width, card.height) == (picture_id, "A boat", 1600, 900)
    assert community.picture_files.get(picture_id, "320.webp") == b"320 pixels as webp"
    assert community.picture_files.get(picture_id, "2560.jpg") == b"1600 pixels as jpg"
    assert not is_seen(community, picture_id)

    post = community.post_feeds.post(None, write(community, susan, picture_id))
    assert f'src="/pictures/{picture_id}/' in post.body_html
    assert post.picture_id == picture_id
    assert is_seen(community, picture_id)


def test_a_text_shows_no_picture_of_somebody_else(community: Community) -> None:
    susan, mary = community.join("susan"), community.join("mary")
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)

    post = community.post_feeds.post(None, write(community, mary, picture_id))

    assert "<img" not in post.body_html
    assert "A boat" in post.body_html
    assert not is_seen(community, picture_id)


def test_an_administrator_may_add_a_picture_to_a_text_and_it_stays_when_its_author_edits(community: Community) -> None:
    susan, admin = community.join("susan"), community.join("boss", Role.ADMINISTRATOR)
    post_id = write(community, susan)
    picture_id = community.pictures.send(actor_id=admin, sent=PHOTO)
    body = f"![A chart](picture:{picture_id})"

    community.posts.edit(actor_id=admin, post_id=post_id, body=body)
    community.posts.edit(actor_id=susan, post_id=post_id, body=f"{body}\n\nThank you.")

    assert "<img" in community.post_feeds.post(None, post_id).body_html
    community.posts.edit(actor_id=susan, post_id=post_id, body="No chart.")
    community.posts.edit(actor_id=susan, post_id=post_id, body=body)
    assert "<img" not in community.post_feeds.post(None, post_id).body_html


def test_the_site_shows_pictures_of_its_administrators(community: Community) -> None:
    admin = community.join("boss", Role.ADMINISTRATOR)
    picture_id = community.pictures.send(actor_id=admin, sent=PHOTO)

    community.site.change(actor=community.reader("boss"), typed={"about": f"![Us](picture:{picture_id})"})

    assert f"/pictures/{picture_id}/" in community.current_site().html.about
    assert is_seen(community, picture_id)
    # Another field of the site is edited.
    community.site.change(actor=community.reader("boss"), typed={"tagline": "We read."})
    with community.open_work() as work:
        assert work.pictures.shown_by(SITE_ID) == [picture_id]


@pytest.mark.parametrize(("sent", "code"), [(b"", "not_a_picture"), (b"<svg>", "not_a_picture")])
def test_what_is_no_picture_is_refused_and_leaves_nothing(community: Community, sent: bytes, code: str) -> None:
    susan = community.join("susan")

    with pytest.raises(Invalid) as refused:
        community.pictures.send(actor_id=susan, sent=sent)

    assert refused.value.problems[0].code == code
    assert stored(community) == []


def test_who_may_not_write_sends_nothing(community: Community) -> None:
    community.register("waits")
    waits = community.people_feeds.profile(None, "waits").id
    silent = community.join("silent")
    community.join("mod", Role.MODERATOR)
    community.sanctions.sanction(actor_id=None, username="silent", act="silence", reason="Rude.")

    for actor_id in (waits, silent):
        with pytest.raises(Forbidden):
            community.pictures.send(actor_id=actor_id, sent=PHOTO)
        with pytest.raises(Forbidden):
            community.pictures.portray(actor_id=actor_id, sent=PHOTO)
    assert community.picture_maker.made == 0


def test_a_text_beside_a_picture_has_a_limit(community: Community) -> None:
    with pytest.raises(Invalid) as refused:
        community.pictures.send(actor_id=community.join("susan"), sent=PHOTO, alt="x" * 501)
    assert refused.value.problems[0].field == "alt"


def test_a_hundred_pictures_a_day(community: Community) -> None:
    susan = community.join("susan")
    for _ in range(99):
        community.pictures.send(actor_id=susan, sent=b"1x1")
    community.pictures.portray(actor_id=susan, sent=b"1x1")

    with pytest.raises(TooOften):
        community.pictures.send(actor_id=susan, sent=b"1x1")
    with pytest.raises(TooOften):
        community.pictures.portray(actor_id=susan, sent=b"1x1")
    community.pass_time(days=1, seconds=1)
    community.pictures.send(actor_id=susan, sent=b"1x1")


def test_one_request_sent_twice_makes_one_picture(community: Community) -> None:
    susan = community.join("susan")
    once = OnceKey(key="a", digest="b")

    first = community.pictures.send(actor_id=susan, sent=PHOTO, once=once)

    assert community.pictures.send(actor_id=susan, sent=PHOTO, once=once) == first
    assert stored(community) == [first]


def test_room_is_counted_to_the_byte(community: Community) -> None:
    susan = community.join("susan")
    first = community.pictures.send(actor_id=susan, sent=PHOTO)
    size = community.picture_feeds.bytes_of(susan)
    assert size == sum(len(community.picture_files.get(first, f"{name}.{kind}")) for name in (320, 640, 1280, 2560)
                       for kind in ("webp", "jpg"))  # fmt: skip
    community.give_room(3 * size - 1)
    community.pictures.send(actor_id=susan, sent=PHOTO)

    with pytest.raises(Invalid) as refused:
        community.pictures.send(actor_id=susan, sent=PHOTO)

    assert refused.value.problems[0].code == "no_room"
    assert len(stored(community)) == 2
    community.pictures.remove(actor_id=susan, picture_id=first)
    community.pictures.send(actor_id=susan, sent=PHOTO)
    assert community.picture_feeds.bytes_of(susan) == 2 * size


def test_pictures_that_are_sent_at_once_take_no_more_room_than_there_is(community: Community) -> None:
    susan = community.join("susan")
    community.pictures.send(actor_id=susan, sent=PHOTO)
    size = community.picture_feeds.bytes_of(susan)
    community.give_room(4 * size)
    ended = list[Any]()

    def send() -> None:
        try:
            ended.append(community.pictures.send(actor_id=susan, sent=PHOTO))
        except Invalid as error:
            ended.append(error.problems[0].code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert ended.count("no_room") == 5
    assert len(stored(community)) == 4
    assert community.picture_feeds.bytes_of(susan) == 4 * size


def test_a_full_store_takes_nothing_and_is_not_counted(community: Community) -> None:
    susan = community.join("susan")

    class Full:
        def put(self, picture_id: int, files: object) -> None:
            raise StoreFull()

        def remove(self, picture_id: int) -> None: ...

    full = replace(community.pictures, picture_files=Full())
    for _ in range(60):
        with pytest.raises(StoreFull):
            full.send(actor_id=susan, sent=PHOTO)
        with pytest.raises(StoreFull):
            full.portray(actor_id=susan, sent=PHOTO)

    assert stored(community) == []
    community.pictures.send(actor_id=susan, sent=PHOTO)


def test_a_storage_that_fails_leaves_files_that_are_swept_up(community: Community) -> None:
    susan = community.join("susan")

    class Failing:
        def __enter__(self) -> Any:
            raise TryAgain()

        def __exit__(self, *_: object) -> None: ...

    vars(community)["open_work"] = Failing
    with pytest.raises(TryAgain):
        community.pictures.send(actor_id=susan, sent=PHOTO)
    with pytest.raises(TryAgain):
        community.pictures.portray(actor_id=susan, sent=PHOTO)

    del vars(community)["open_work"]
    # Nobody knows whether the storage had committed.
    assert len(stored(community)) == 2
    community.pass_time(days=1, seconds=5)
    assert community.tidying_pictures.sweep() == 2
    assert stored(community) == []
    for _ in range(100):
        community.pictures.send(actor_id=susan, sent=b"1x1")


def test_a_busy_maker_counts_nothing(community: Community) -> None:
    susan = community.join("susan")

    def busy(sent: bytes, *, account_id: int) -> Any:
        raise Overloaded()

    vars(community.picture_maker)["picture"] = busy
    for _ in range(101):
        with pytest.raises(Overloaded):
            community.pictures.send(actor_id=susan, sent=PHOTO)


def test_a_member_shows_a_picture_of_themselves_and_takes_it_back(community: Community) -> None:
    susan = community.join("susan")

    first = community.pictures.portray(actor_id=susan, sent=PHOTO)
    assert picture_of(community, "susan") == first
    assert is_seen(community, first)
    assert community.picture_files.get(first, "96.webp") == b"96 pixels as webp"
    assert community.picture_feeds.own(community.reader("susan"), ALL).items == ()

    second = community.pictures.portray(actor_id=susan, sent=PHOTO)
    community.deliver()
    assert picture_of(community, "susan") == second
    assert stored(community) == [second]

    community.pictures.remove_portrait(actor_id=susan)
    community.pictures.remove_portrait(actor_id=susan)
    community.deliver()
    assert picture_of(community, "susan") is None
    assert stored(community) == []
    assert community.picture_feeds.bytes_of(susan) == 0


def test_a_picture_of_oneself_is_not_for_posts(community: Community) -> None:
    susan = community.join("susan")
    picture_id = community.pictures.portray(actor_id=susan, sent=PHOTO)

    assert "<img" not in community.post_feeds.post(None, write(community, susan, picture_id)).body_html


def test_a_removed_picture_leaves_the_texts_that_showed_it(community: Community) -> None:
    susan = community.join("susan")
    gone, stays = (community.pictures.send(actor_id=susan, sent=PHOTO) for _ in range(2))
    post_id = write(community, susan, gone, stays)

    community.pictures.remove(actor_id=susan, picture_id=gone)
    assert community.post_feeds.post(None, post_id).picture_id is None
    community.deliver()

    post = community.post_feeds.post(None, post_id)
    assert post.picture_id == stays
    assert f"/pictures/{gone}/" not in post.body_html
    assert stored(community) == [stays]
    with pytest.raises(NotFound):
        community.pictures.remove(actor_id=susan, picture_id=gone)


def test_nobody_but_its_owner_and_moderators_removes_a_picture(community: Community) -> None:
    susan, mary = community.join("susan"), community.join("mary")
    mod = community.join("mod", Role.MODERATOR)
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    write(community, susan, picture_id)
    portrait = community.pictures.portray(actor_id=susan, sent=PHOTO)

    with pytest.raises(NotFound):
        community.pictures.remove(actor_id=mary, picture_id=picture_id)
    with pytest.raises(Invalid) as refused:
        community.pictures.remove(actor_id=mod, picture_id=picture_id)
    assert refused.value.problems[0].field == "reason"
    for each in (picture_id, portrait):
        community.pictures.remove(actor_id=mod, picture_id=each, reason="It shows a plate number.")
    community.deliver()

    assert stored(community) == []
    assert picture_of(community, "susan") is None
    entries = community.moderation_feeds.log(None, ALL).page.items
    removed = [entry.reason for entry in entries if entry.act is Act.REMOVE_PICTURE]
    assert removed == ["It shows a plate number."] * 2
    assert "It shows a plate number." in community.postbox.newest_to("susan@example.com").text


def test_a_moderator_who_cannot_say_why_removes_no_picture_of_others(community: Community) -> None:
    susan, mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)

    with pytest.raises(Forbidden):
        community.pictures.remove_own(actor_id=mod, picture_id=picture_id)
    community.pictures.remove_own(actor_id=susan, picture_id=picture_id)


def test_a_picture_of_oneself_that_another_one_replaced_can_still_be_removed(community: Community) -> None:
    susan = community.join("susan")
    first = community.pictures.portray(actor_id=susan, sent=PHOTO)
    with community.open_work() as work:
        account = work.accounts.lock(susan)
        account.picture_id = None
        work.accounts.save(account)
        work.commit()

    community.pictures.remove(actor_id=susan, picture_id=first)
    community.deliver()

    assert stored(community) == []


def test_nobody_shows_a_picture_of_an_administrator_who_edits_their_text(community: Community) -> None:
    mallory, admin = community.join("mallory"), community.join("boss", Role.ADMINISTRATOR)
    picture_id = community.pictures.send(actor_id=admin, sent=PHOTO)
    post_id = write(community, mallory, picture_id)
    body = f"A typo less.\n\n![A boat](picture:{picture_id})"

    assert "<img" not in community.posts.preview(reader=community.reader("boss"), body=body, post_id=post_id)
    community.posts.edit(actor_id=admin, post_id=post_id, body=body)

    assert "<img" not in community.post_feeds.post(None, post_id).body_html
    assert not is_seen(community, picture_id)


def test_the_preview_of_an_edit_shows_what_the_text_may_show(community: Community) -> None:
    susan, _ = community.join("susan"), community.join("boss", Role.ADMINISTRATOR)
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    post_id = write(community, susan, picture_id)
    body = f"![A boat](picture:{picture_id})"

    assert "<img" in community.posts.preview(reader=community.reader("boss"), body=body, post_id=post_id)
    assert "<img" not in community.posts.preview(reader=community.reader("boss"), body=body)


def test_a_text_that_the_renderer_refuses_does_not_stop_the_others(community: Community) -> None:
    susan, mary = community.join("susan"), community.join("mary")
    of_susan = community.pictures.send(actor_id=susan, sent=PHOTO)
    of_mary = community.pictures.send(actor_id=mary, sent=PHOTO)
    refused, other = write(community, susan, of_susan), write(community, mary, of_mary)

    def refuse(body: str, **more: Any) -> Any:
        if str(of_susan) in body:
            raise Invalid("body", "too_complex")
        return RENDERER.post(body, **more)

    community.renderer.post = refuse
    community.pictures.remove(actor_id=susan, picture_id=of_susan)
    community.pictures.remove(actor_id=mary, picture_id=of_mary)
    community.deliver()

    assert "<img" in community.post_feeds.post(None, refused).body_html
    assert "<img" not in community.post_feeds.post(None, other).body_html


def test_a_picture_without_visible_words_leaves_its_address(community: Community) -> None:
    susan = community.join("susan")
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    body = f"![\u200b](picture:{picture_id})"
    post_id = community.posts.publish(actor_id=susan, title="", body=body)

    community.pictures.remove(actor_id=susan, picture_id=picture_id)
    community.deliver()

    assert f"picture:{picture_id}" in community.post_feeds.post(None, post_id).body_html


@pytest.mark.parametrize("address", ["picture:9999999999999999999", "/pictures/9223372036854775808"])
def test_a_number_past_all_ids_shows_nothing(community: Community, address: str) -> None:
    post_id = community.posts.publish(actor_id=community.join("susan"), title="", body=f"![A boat]({address})")
    assert "A boat" in community.post_feeds.post(None, post_id).body_html


def test_the_whole_address_of_a_picture_shows_it_too(community: Community) -> None:
    susan = community.join("susan")
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    own, other = f"https://chapbook.example/pictures/{picture_id}", "https://other.example/pictures/77/640.webp"

    post_id = community.posts.publish(actor_id=susan, title="", body=f"![A boat]({own})\n\n![Theirs]({other})")

    html = community.post_feeds.post(None, post_id).body_html
    assert f'<img src="/pictures/{picture_id}/' in html
    assert f'<a href="{other}"' in html


def test_a_commit_whose_answer_is_lost_keeps_the_files(community: Community) -> None:
    susan = community.join("susan")

    class LosingAnswers:
        def __init__(self) -> None:
            self.work = MemoryUnitOfWork(community.store)

        def __enter__(self) -> Any:
            self.work.__enter__()
            return self

        def __exit__(self, *_: object) -> None:
            self.work.__exit__(None, None, None)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.work, name)

        def commit(self) -> None:
            self.work.commit()
            vars(community)["open_work"] = lambda: MemoryUnitOfWork(community.store)
            raise TryAgain()

    vars(community)["open_work"] = LosingAnswers
    sent = community.pictures.send(actor_id=susan, sent=PHOTO)
    vars(community)["open_work"] = LosingAnswers
    shown = community.pictures.portray(actor_id=susan, sent=PHOTO)

    assert stored(community) == [sent, shown]
    assert picture_of(community, "susan") == shown
    assert [card.id for card in community.picture_feeds.own(community.reader("susan"), ALL).items] == [sent]


def test_what_an_older_version_left_behind_is_found_once_a_day(community: Community) -> None:
    susan = community.join("susan")
    sent, portrait = (
        community.pictures.send(actor_id=susan, sent=PHOTO),
        community.pictures.portray(actor_id=susan, sent=PHOTO),
    )
    post_id = write(community, susan, sent)
    with community.open_work() as work:
        work.posts.remove(post_id)
        account = work.accounts.lock(susan)
        account.picture_id = None
        work.accounts.save(account)
        work.commit()
    assert is_seen(community, portrait)

    community.tidying_pictures.look()
    community.deliver()

    assert stored(community) == []
    assert community.picture_feeds.bytes_of(susan) == 0


def test_moderators_see_who_sent_what(community: Community) -> None:
    susan, mary = community.join("susan"), community.join("mary")
    community.join("mod", Role.MODERATOR)
    one = community.pictures.send(actor_id=susan, sent=PHOTO)
    other = community.pictures.portray(actor_id=mary, sent=PHOTO)

    found = community.pictures.latest(reader=community.reader("mod"), window=ALL)
    assert [(card.id, card.owner.username) for card in found.items] == [(other, "mary"), (one, "susan")]
    found = community.pictures.latest(reader=community.reader("mod"), window=ALL, username="susan")
    assert [card.id for card in found.items] == [one]
    with pytest.raises(Forbidden):
        community.pictures.latest(reader=community.reader("susan"), window=ALL)


def test_a_hidden_post_hides_its_pictures_at_once_and_a_restored_one_shows_them(community: Community) -> None:
    susan, mod = community.join("susan"), community.join("mod", Role.MODERATOR)
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    post_id = write(community, susan, picture_id)

    community.moderation.hide_post(actor_id=mod, post_id=post_id, reason="Rude.")
    assert [is_seen(community, picture_id, name) for name in (None, "susan", "mod")] == [False, True, True]
    community.moderation.restore_post(actor_id=mod, post_id=post_id, reason="")
    assert is_seen(community, picture_id)


def test_an_unused_picture_goes_after_a_week_and_a_used_one_stays(community: Community) -> None:
    susan = community.join("susan")
    unused, used = (community.pictures.send(actor_id=susan, sent=PHOTO) for _ in range(2))
    write(community, susan, used)

    community.time += KEPT_UNUSED
    community.tidying_pictures.look()
    assert stored(community) == [unused, used]
    community.pass_time(seconds=1)
    community.tidying_pictures.look()
    community.deliver()
    assert stored(community) == [used]
    community.pass_time(days=400)
    community.tidying_pictures.look()
    community.deliver()
    assert stored(community) == [used]


def test_a_text_that_is_gone_for_good_takes_its_pictures_with_it(community: Community) -> None:
    susan = community.join("susan")
    own, shared = (community.pictures.send(actor_id=susan, sent=PHOTO) for _ in range(2))
    post_id = write(community, susan, own, shared)
    write(community, susan, shared)

    community.posts.delete(actor_id=susan, post_id=post_id)
    community.pass_time(days=29)
    community.tidying_pictures.look()
    community.deliver()
    assert stored(community) == [own, shared]

    community.pass_time(days=2)
    community.deleting.look()
    community.deliver()
    community.tidying_pictures.look()
    community.deliver()
    assert stored(community) == [shared]


def test_files_of_a_picture_that_was_never_committed_are_swept_up(community: Community) -> None:
    susan = community.join("susan")
    kept = community.pictures.send(actor_id=susan, sent=PHOTO)
    # The process died between the files and the commit.
    community.picture_files.put(community.new_id(), {"320.webp": b"lost"})

    community.tidying_pictures.look()
    assert len(stored(community)) == 2
    community.pass_time(days=1, seconds=5)
    write(community, susan, kept)
    community.tidying_pictures.look()
    assert stored(community) == [kept]
    assert community.tidying_pictures.sweep() == 0


def test_who_leaves_takes_along_what_no_text_shows(community: Community) -> None:
    susan = community.join("susan")
    shown, _ = (community.pictures.send(actor_id=susan, sent=PHOTO) for _ in range(2))
    community.pictures.portray(actor_id=susan, sent=PHOTO)
    write(community, susan, shown)

    community.leaving.leave(actor_id=susan, password="a horse, a battery", posts="keep")
    community.deliver()

    assert stored(community) == [shown]
    assert is_seen(community, shown)


def test_who_leaves_with_their_posts_takes_all_pictures_along(community: Community) -> None:
    susan = community.join("susan")
    write(community, susan, community.pictures.send(actor_id=susan, sent=PHOTO))
    community.pictures.portray(actor_id=susan, sent=PHOTO)

    community.leaving.leave(actor_id=susan, password="a horse, a battery", posts="delete")
    community.deliver()

    assert stored(community) == []


def test_a_job_that_removes_files_may_run_twice(community: Community) -> None:
    susan = community.join("susan")
    picture_id = community.pictures.send(actor_id=susan, sent=PHOTO)
    community.pictures.remove(actor_id=susan, picture_id=picture_id)
    jobs = [job for job in community.outbox_rows() if job.kind is JobKind.REMOVE_PICTURE]
    assert len(jobs) == 1

    community.picture_files.remove(picture_id)
    community.deliver()
    assert stored(community) == []


def test_bounds_of_a_picture_are_those_of_the_law() -> None:
    assert (50_000_000, timedelta(days=7)) == (PIXELS_AT_MOST, KEPT_UNUSED)


class Writing(RuleBasedStateMachine):
    """Whatever authors, moderators and the worker do: no text lacks a picture that it shows, and none is kept that
    nothing shows."""

    def __init__(self) -> None:
        super().__init__()
        self.community = Community()
        self.susan = self.community.join("susan")
        self.mod = self.community.join("mod", Role.MODERATOR)
        self.pictures = list[int]()
        self.posts = list[int]()
        self.hidden, self.deleted = set[int](), dict[int, Any]()

    @rule()
    def send(self) -> None:
        if len(self.pictures) < 6:
            self.pictures.append(self.community.pictures.send(actor_id=self.susan, sent=b"1x1"))

    def _body(self, data: st.DataObject) -> str:
        chosen = data.draw(st.lists(st.sampled_from(self.pictures), max_size=3)) if self.pictures else []
        return "\n\n".join(["Words.", *(f"![x](picture:{id})" for id in chosen)])

    @precondition(lambda self: self.pictures and len(self.posts) < 5)
    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        self.posts.append(self.community.posts.publish(actor_id=self.susan, title="", body=self._body(data)))

    @precondition(lambda self: self.posts)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        post_id = data.draw(st.sampled_from(self.posts))
        if post_id not in self.hidden and post_id not in self.deleted:
            self.community.posts.edit(actor_id=self.susan, post_id=post_id, body=self._body(data))

    @precondition(lambda self: self.posts)
    @rule(data=st.data())
    def delete_or_undelete(self, data: st.DataObject) -> None:
        post_id = data.draw(st.sampled_from(self.posts))
        if post_id in self.deleted:
            self.community.deleting.undelete_post(actor_id=self.susan, post_id=post_id)
            del self.deleted[post_id]
        else:
            self.community.posts.delete(actor_id=self.susan, post_id=post_id)
            self.deleted[post_id] = self.community.time

    @precondition(lambda self: self.posts)
    @rule(data=st.data())
    def hide_or_restore(self, data: st.DataObject) -> None:
        post_id = data.draw(st.sampled_from(self.posts))
        if post_id in self.deleted:
            return
        if post_id in self.hidden:
            self.community.moderation.restore_post(actor_id=self.mod, post_id=post_id, reason="")
        else:
            self.community.moderation.hide_post(actor_id=self.mod, post_id=post_id, reason="Rude.")
        self.hidden ^= {post_id}

    @precondition(lambda self: self.pictures)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        picture_id = data.draw(st.sampled_from(self.pictures))
        self.pictures.remove(picture_id)
        if self._exists(picture_id):
            self.community.pictures.remove(actor_id=self.susan, picture_id=picture_id)

    @rule(days=st.sampled_from([0, 1, 8, 31]))
    def wait(self, days: int) -> None:
        community = self.community
        community.pass_time(days=days, seconds=1)
        community.deleting.look()
        community.deliver()
        community.tidying_pictures.look()
        community.deliver()
        gone = {id for id, at in self.deleted.items() if community.time - at > timedelta(days=30)}
        self.posts = [id for id in self.posts if id not in gone]
        self.deleted = {id: at for id, at in self.deleted.items() if id not in gone}
        self.hidden -= gone
        # Nothing is kept that no text shows, and that has been so for a week.
        rows = community.store.pictures.committed.values()
        assert all(row.unused_since is None or community.time - row.unused_since <= KEPT_UNUSED for row in rows)
        assert stored(community) == sorted(row.id for row in rows)
        self.pictures = [id for id in self.pictures if id in stored(community)]

    def _exists(self, picture_id: int) -> bool:
        with self.community.open_work() as work:
            return bool(work.pictures.there([picture_id]))

    @invariant()
    def every_picture_that_a_text_shows_has_its_files(self) -> None:
        with self.community.open_work() as work:
            for post_id in self.posts:
                for picture_id in work.pictures.shown_by(post_id):
                    assert self.community.picture_files.get(picture_id, "320.webp")
                    assert work.pictures.lock(picture_id).unused_since is None

    @invariant()
    def counters_are_right(self) -> None:
        sizes = [row.size for row in self.community.store.pictures.committed.values()]
        assert self.community.picture_feeds.bytes_of(self.susan) == sum(sizes)


Writing.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestWriting = Writing.TestCase
