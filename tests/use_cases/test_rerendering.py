"""A newer renderer reaches old texts: as a job in parts, which may be stopped anywhere and is no edit."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from application.jobs import TURN
from application.ports.paging import Window
from application.rerendering import PART
from domain.errors import TryAgain
from domain.job_kinds import JobKind
from domain.outbox import State
from domain.rerendering import Progress
from domain.roles import Role
from entrypoints.job_words import progress as in_words
from tests.doubles import VersionedRenderer
from tests.use_cases.conftest import Community

ALL = Window(100)


class Killed(BaseException):
    """The worker dies here."""


class Scene(Community):
    """Susan writes while the renderer has version 1. Then a program of version 2 starts."""

    def __init__(self):
        super().__init__()
        self.use(VersionedRenderer(1))
        self.susan = self.join("susan")

    def use(self, renderer):
        self.renderer.post, self.renderer.comment = renderer.post, renderer.comment
        self.renderer.version = renderer.version
        self.newest = renderer
        return renderer

    def post(self, body="Words."):
        self.pass_time(minutes=1)
        return self.posts.publish(actor_id=self.susan, title="", body=body)

    def comment(self, post_id, body="More words."):
        self.pass_time(minutes=1)
        return self.comments.write(actor_id=self.susan, post_id=post_id, body=body)

    def post_html(self, post_id):
        return self.post_feeds.post(None, post_id).body_html

    def comment_html(self, comment_id):
        return self.comment_feeds.comment(None, comment_id).body_html

    def versions(self):
        """By the versions of their HTML: how many texts there are."""
        texts = [self.post_html(card.id) for card in self.post_feeds.latest(None, Window(1_000)).items]
        texts += [card.body_html for card in self.comment_feeds.latest(None, Window(1_000)).page.items]
        found = [html.partition(":")[0].removeprefix("<p>") for html in texts]
        return {int(version): found.count(version) for version in set(found)}

    def only_job(self):
        (row,) = [row for row in self.outbox_rows() if row.kind in (JobKind.RERENDER, JobKind.RERENDER_ALL)]
        return row

    def progress(self):
        return Progress.parse(self.only_job().progress)

    def older(self):
        """A post and a comment below it, and a program of version 2."""
        post_id = self.post()
        comment_id = self.comment(post_id)
        self.use(VersionedRenderer(2))
        return post_id, comment_id


@pytest.fixture
def scene():
    return Scene()


def test_nothing_is_asked_for_when_the_present_version_made_all_texts(scene):
    scene.comment(scene.post())

    assert scene.rerendering.ask() is None
    scene.rerendering.look()
    assert [row for row in scene.outbox_rows() if row.kind is JobKind.RERENDER] == []


def test_what_an_older_version_made_is_rendered_anew_and_is_not_edited(scene):
    post_id, comment_id = scene.older()
    before = scene.post_feeds.post(None, post_id), scene.comment_feeds.comment(None, comment_id)

    assert scene.rerendering.ask().texts == 2
    scene.deliver()

    assert (scene.post_html(post_id), scene.comment_html(comment_id)) == (
        "<p>2: <p>Words.</p></p>",
        "<p>2: <p>More words.</p></p>",
    )
    assert scene.post_feeds.latest(None, ALL).items[0].excerpt_html == "<p>2: <p>Words.</p></p>"
    after = scene.post_feeds.post(None, post_id), scene.comment_feeds.comment(None, comment_id)
    assert [replace(text, body_html="") for text in after] == [replace(text, body_html="") for text in before]
    assert [text.version for text in after] == [1, 1]
    assert scene.rerendering.ask() is None
    assert scene.only_job().state is State.DONE
    # Who began to edit before it may still save.
    scene.posts.edit(actor_id=scene.susan, post_id=post_id, body="Other words.", version=1)


def test_texts_of_the_present_version_are_left_alone(scene):
    scene.older()
    newer = scene.post("New.")
    rendered = scene.newest.rendered
    rendered.clear()

    scene.rerendering.ask()
    scene.deliver()

    assert rendered == ["Words.", "More words."]
    assert scene.post_html(newer) == "<p>2: <p>New.</p></p>"


def test_asking_for_everything_renders_every_text_whatever_made_it(scene):
    posts = [scene.post(f"{number}") for number in range(PART + 3)]
    comments = [scene.comment(post) for post in posts[:5]]
    rendered = scene.newest.rendered
    rendered.clear()

    assert scene.rerendering.ask(everything=True).texts == len(posts) + len(comments)
    scene.deliver()

    assert len(rendered) == len(posts) + len(comments)
    assert scene.progress().done == scene.progress().total == len(rendered)
    # A version that was taken back, too.
    scene.use(VersionedRenderer(0))
    assert scene.rerendering.ask() is None
    scene.rerendering.ask(everything=True)
    scene.deliver()
    assert scene.versions() == {0: len(posts) + len(comments)}


def test_there_is_nothing_to_ask_for_when_there_are_no_texts(scene):
    assert scene.rerendering.ask(everything=True) is None


def test_two_requests_become_one_job(scene):
    scene.older()

    assert scene.rerendering.ask().job_id == scene.rerendering.ask().job_id
    assert scene.rerendering.ask(everything=True).job_id != scene.rerendering.ask().job_id


def test_the_job_ends_its_turn_and_goes_on_with_what_is_left(scene):
    for _ in range(2 * PART + 3):
        scene.post()
    renderer = scene.use(VersionedRenderer(2))
    renderer.meanwhile = lambda: scene.pass_time(seconds=0.3)
    scene.rerendering.ask()

    assert scene.jobs.run_next()

    # A part ends after a second, and a turn after five.
    assert scene.progress() == Progress(done=20, total=43)
    assert scene.versions() == {1: 23, 2: 20}
    assert scene.only_job().state is State.WAITING
    assert in_words(scene.only_job()) == "20 of 43 texts"
    scene.deliver()
    assert scene.versions() == {2: 43}
    assert scene.progress() == Progress(done=43, total=43)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("dies_at", [1, 3, PART, PART + 1, 2 * PART + 3])
def test_a_worker_that_dies_loses_nothing_and_another_one_goes_on(scene, everything, dies_at):
    for _ in range(2 * PART):
        scene.post()
    scene.comment(scene.post())
    scene.comment(scene.post())
    renderer = scene.use(VersionedRenderer(2))
    scene.rerendering.ask(everything=everything)

    def die():
        if len(renderer.rendered) == dies_at:
            raise Killed

    renderer.meanwhile = die
    with pytest.raises(Killed):
        scene.jobs.run_next()
    assert dies_at - 1 - PART < scene.versions().get(2, 0) <= dies_at - 1  # all but the part that it was in
    assert not scene.jobs.run_next()  # its lease holds

    scene.pass_time(minutes=1)
    scene.deliver()

    assert scene.versions() == {2: 2 * PART + 4}
    assert scene.only_job().state is State.DONE


@pytest.mark.parametrize("everything", [False, True])
def test_a_text_that_is_edited_meanwhile_keeps_its_new_words_and_comes_with_the_next_part(scene, everything):
    """A process of the version before edits: it writes HTML of its own version."""
    post_id, comment_id = scene.older()
    last = scene.comment(post_id, "The last one.")
    newest = scene.newest
    old = VersionedRenderer(1)

    def edit():
        newest.meanwhile = lambda: None
        scene.use(old)
        scene.posts.edit(actor_id=scene.susan, post_id=post_id, body="Edited.", version=1)
        scene.comments.edit(actor_id=scene.susan, comment_id=comment_id, body="Edited, too.", version=1)
        scene.use(newest)

    newest.meanwhile = edit
    scene.rerendering.ask(everything=everything)
    scene.deliver()

    assert scene.post_html(post_id) == "<p>2: <p>Edited.</p></p>"
    assert scene.comment_html(comment_id) == "<p>2: <p>Edited, too.</p></p>"
    assert scene.comment_html(last) == "<p>2: <p>The last one.</p></p>"
    assert scene.post_feeds.post(None, post_id).version == 2


def test_a_text_that_is_removed_meanwhile_stops_nothing(scene):
    post_id, _ = scene.older()
    other = scene.post("Other.")

    def delete():
        scene.newest.meanwhile = lambda: None
        scene.posts.delete(actor_id=scene.susan, post_id=post_id)

    scene.newest.meanwhile = delete
    scene.rerendering.ask(everything=True)
    scene.deliver()

    assert scene.versions() == {2: 1}
    assert scene.post_html(other) == "<p>2: <p>Other.</p></p>"
    assert scene.only_job().state is State.DONE


@pytest.mark.parametrize("everything", [False, True])
def test_a_text_that_the_renderer_refuses_keeps_its_html_and_is_named_once(scene, caplog, everything):
    refused = scene.post("refuse")
    empty = scene.comment(refused, "nothing")
    good = scene.comment(refused, "Good.")
    scene.use(VersionedRenderer(2))

    with caplog.at_level(logging.WARNING):
        scene.rerendering.ask(everything=everything)
        scene.deliver()

    assert scene.post_html(refused) == "<p>1: <p>refuse</p></p>"
    assert scene.comment_html(empty) == "<p>1: <p>nothing</p></p>"
    assert scene.comment_html(good) == "<p>2: <p>Good.</p></p>"
    assert scene.newest.rendered == ["refuse", "nothing", "Good."]
    assert [record.message for record in caplog.records] == [
        f"the renderer refuses post {refused}, which keeps its old HTML",
        f"the renderer refuses comment {empty}, which keeps its old HTML",
    ]
    assert in_words(scene.only_job()) == "3 of 3 texts; 2 could not be rendered and stay as they were"
    assert scene.rerendering.ask() is None


def test_a_text_after_one_that_was_edited_meanwhile_counts_once(scene, caplog):
    post_id = scene.post()
    refused = scene.post("refuse")
    scene.comment(post_id)
    newest = scene.use(VersionedRenderer(2))

    def edit():
        newest.meanwhile = lambda: None
        scene.posts.edit(actor_id=scene.susan, post_id=post_id, title="A title")

    newest.meanwhile = edit
    with caplog.at_level(logging.WARNING):
        scene.rerendering.ask(everything=True)
        scene.deliver()

    assert [str(refused) in record.message for record in caplog.records] == [True]
    assert in_words(scene.only_job()) == "3 of 3 texts; 1 could not be rendered and stay as they were"


def test_a_busy_renderer_makes_the_job_wait_and_keeps_what_is_done(scene):
    posts = [scene.post() for _ in range(3)]
    renderer = scene.use(VersionedRenderer(2))
    renderer.meanwhile = lambda: setattr(renderer, "busy", len(renderer.rendered) == 2)
    scene.rerendering.ask()

    scene.deliver()

    assert scene.versions() == {1: 1, 2: 2}
    assert (scene.only_job().state, scene.only_job().last_error) == (State.WAITING, "all places were taken")
    assert scene.progress() == Progress(done=2, total=3)
    renderer.busy, renderer.meanwhile = False, lambda: None
    scene.pass_time(seconds=10)
    scene.deliver()
    assert scene.versions() == {2: len(posts)}


def test_a_job_never_waits_longer_than_a_minute(scene):
    scene.older()
    scene.newest.busy = True
    scene.rerendering.ask()

    for _ in range(20):
        scene.deliver()
        assert scene.only_job().due_at <= scene.time + timedelta(minutes=1)
        scene.pass_time(minutes=1)


def test_a_worker_of_an_older_version_leaves_the_job_to_a_newer_one(scene):
    scene.older()
    newer = scene.newest
    scene.rerendering.ask()

    scene.use(VersionedRenderer(1))
    scene.deliver()

    assert scene.versions() == {1: 2}
    assert scene.only_job().state is State.WAITING
    assert scene.only_job().last_error == "a worker of a newer version has to do this"
    scene.use(newer)
    scene.pass_time(seconds=10)
    scene.deliver()
    assert scene.versions() == {2: 2}


def test_the_job_of_a_version_that_was_taken_back_is_given_up_after_a_week(scene):
    scene.older()
    scene.rerendering.ask()
    scene.use(VersionedRenderer(1))

    scene.pass_time(days=7)
    scene.deliver()

    assert scene.only_job().state is State.GIVEN_UP


def test_what_a_process_of_the_version_before_writes_while_the_job_runs_is_found(scene):
    for _ in range(PART):
        scene.post()
    newest = scene.use(VersionedRenderer(2))

    def write():
        if len(newest.rendered) < PART + 3:
            scene.use(VersionedRenderer(1))
            scene.post("Late.")
            scene.use(newest)

    newest.meanwhile = write
    scene.rerendering.ask()
    scene.deliver()

    assert set(scene.versions()) == {2}
    assert scene.progress().done == scene.progress().total == 2 * PART + 2


def test_what_it_writes_after_the_job_is_found_when_a_worker_looks(scene):
    scene.older()
    newest = scene.newest
    scene.rerendering.ask()
    scene.deliver()
    scene.use(VersionedRenderer(1))
    late = scene.post("Late.")
    scene.use(newest)

    scene.rerendering.look()
    scene.rerendering.look()
    scene.deliver()

    assert scene.post_html(late) == "<p>2: <p>Late.</p></p>"
    assert len([row for row in scene.outbox_rows() if row.kind is JobKind.RERENDER]) == 2


def test_asking_while_the_job_runs_lets_it_look_again_at_the_end(scene):
    scene.older()
    newest = scene.newest
    asked = scene.rerendering.ask()

    def ask():
        newest.meanwhile = lambda: None
        assert scene.rerendering.ask().job_id == asked.job_id

    newest.meanwhile = ask
    scene.jobs.run_next()
    assert scene.only_job().state is State.WAITING

    scene.deliver()

    assert scene.only_job().state is State.DONE
    assert scene.versions() == {2: 2}


def test_two_workers_that_render_the_same_texts_do_no_harm(scene):
    """The lease of the first one ran out in the middle of a part."""
    posts = [scene.post() for _ in range(3)]
    newest = scene.use(VersionedRenderer(2))
    scene.rerendering.ask()

    def other_worker():
        newest.meanwhile = lambda: None
        scene.pass_time(minutes=1)
        assert scene.jobs.run_next()

    newest.meanwhile = other_worker
    scene.deliver()

    assert scene.versions() == {2: len(posts)}
    assert scene.only_job().state is State.DONE


def test_a_storage_that_is_busy_makes_the_job_wait(scene):
    scene.older()
    scene.rerendering.ask()
    opened = scene.open_work

    def busy():
        raise TryAgain

    def later(**_):
        return busy() if scene.newest.rendered else opened()

    scene.open_work = later
    with pytest.raises(TryAgain):
        scene.jobs.run_next()
    scene.open_work = opened
    assert scene.versions() == {1: 2}

    scene.pass_time(minutes=1)
    scene.deliver()
    assert scene.versions() == {2: 2}


def test_mails_go_between_two_turns(scene):
    for _ in range(3 * PART):
        scene.post()
    renderer = scene.use(VersionedRenderer(2))
    renderer.meanwhile = lambda: scene.pass_time(seconds=TURN.total_seconds() / PART)
    scene.rerendering.ask()
    scene.jobs.run_next()

    scene.passwords.request_reset(client="here", email="susan@example.com")
    sent = len(scene.postbox.letters)
    scene.jobs.run_next()

    assert len(scene.postbox.letters) == sent + 1
    assert scene.versions()[1] > 0


def test_hidden_texts_are_rendered_too(scene):
    _, comment_id = scene.older()
    mary = scene.join("mary", Role.MODERATOR)
    scene.moderation.hide(actor_id=mary, comment_id=comment_id, reason="Rude.")
    scene.rerendering.ask()
    scene.deliver()

    card = scene.comment_feeds.comment(scene.reader("mary"), comment_id)
    assert (card.body_html, card.hidden) == ("<p>2: <p>More words.</p></p>", True)
