"""Rendering anew what an older renderer made, as a job."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from application.jobs import Handlers, Outcome
from application.ports.outbox import JobCard, OutboxFeeds
from application.ports.paging import Window
from application.ports.rendering import Renderer
from application.ports.rerendering import Text
from application.ports.work import NewId, Now, UnitOfWork
from application.rendering import Rendering
from application.repeating import Repeat
from domain.comments import Comment
from domain.errors import Invalid, Overloaded, TryAgain
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.pictures import shown_in
from domain.posts import Post
from domain.rerendering import Progress
from domain.site import MARKDOWN, Site

log = logging.getLogger(__name__)

# A part has so many texts at most, and begins no further one after this time. It is one short commit.
PART = 20
PART_TIME = timedelta(seconds=1)
# Counting a million rows takes a moment. Beyond that, the numbers in sentences and progress are too small.
COUNTED_AT_MOST = 1_000_000
# No account waits for a text. The job takes turns with accounts as one more.
_NOBODY = 0
_KINDS = {Post: "post", Comment: "comment", Site: "site"}
# Above all versions.
_ANY_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """The job that was asked for, and how many texts it will render."""

    job_id: int
    texts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rerendering:
    """A text is older when an older version of the renderer made its HTML. The rows themselves say what is left, so a
    job may stop anywhere."""

    repeat: Repeat
    now: Now
    new_id: NewId
    renderer: Renderer
    rendering: Rendering
    outbox_feeds: OutboxFeeds

    def ask(self, *, everything: bool = False) -> Asked | None:
        """Asks the worker to render all older texts anew, or `everything`. None when there are none."""
        texts = self.repeat.reading(self._texts_to_do, everything)
        return Asked(self.repeat(self._ask, everything), texts) if texts else None

    def count_older(self, *, with_site: bool = True) -> int:
        """How many texts `ask` would ask for. A schema of an older version may have no table for the site."""

        def count(work: UnitOfWork) -> int:
            return work.rendered_texts.count_older(self.renderer.version, COUNTED_AT_MOST, with_site=with_site)

        return self.repeat.reading(count)

    def look(self) -> None:
        """Asks unless that waits already. A process of the version before may still have written after the job."""
        if self.repeat.reading(self._texts_to_do, False, at_most=1) and not self.repeat(self._waits):
            self.ask()

    def ask_within(self, work: UnitOfWork, *, everything: bool = False) -> None:
        """Asks in the commit of another use case, unless nothing is older."""
        if everything or self._texts_to_do(work, everything, at_most=1):
            self._add_job(work, everything)

    def job(self, job_id: int) -> JobCard | None:
        """None when it is gone, because it ended long ago."""
        found = self.outbox_feeds.latest(Window(1, before=job_id + 1)).items
        return next((card for card in found if card.id == job_id), None)

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.RERENDER: self._render_some, JobKind.RERENDER_ALL: self._render_some}

    def _texts_to_do(self, work: UnitOfWork, everything: bool, at_most: int = COUNTED_AT_MOST) -> int:
        return work.rendered_texts.count_older(_ANY_VERSION if everything else self.renderer.version, at_most)

    def _ask(self, work: UnitOfWork, everything: bool) -> int:
        job_id = self._add_job(work, everything)
        work.commit()
        return job_id

    def _add_job(self, work: UnitOfWork, everything: bool) -> int:
        version, key = self.renderer.version, self._key(everything)
        kind = JobKind.RERENDER_ALL if everything else JobKind.RERENDER
        work.outbox.add(Job(id=self.new_id(), kind=kind, subject_id=version, key=key, due_at=self.now()))
        job = work.outbox.find_waiting(key)
        assert job is not None, "it was added, or waited already and is locked"
        return job.id

    def _waits(self, work: UnitOfWork) -> bool:
        return work.outbox.find_waiting(self._key(everything=False)) is not None

    def _key(self, everything: bool) -> str:
        return f"{'rerender_all' if everything else 'rerender'}:{self.renderer.version}"

    def _render_some(self, job: Job) -> Outcome:
        """One part. What was changed meanwhile is left to the next part."""
        if (job.subject_id or 0) > self.renderer.version:
            raise TryAgain("a worker of a newer version has to do this")
        everything = job.kind is JobKind.RERENDER_ALL
        if job.progress:
            progress = Progress.parse(job.progress)
        else:
            progress = Progress(done=0, total=self.repeat.reading(self._texts_to_do, everything))
        texts = self.repeat.reading(self._next, everything, progress.after)
        if not texts:
            job.progress = str(replace(progress, total=progress.done)) if progress.done else ""
            return Outcome.DONE
        rendered, refused = self._rendered(texts)
        changed = self.repeat(_store, rendered, refused, self.now())
        # By id, the next part begins at the first text that was changed.
        after = (min(changed) - 1 if changed else rendered[-1].id) if everything else 0
        stored = [text for text in rendered if text.id not in changed and not (everything and text.id > after)]
        kept = [text for text in stored if text.id in refused]
        for text in kept:
            log.warning(
                "the renderer refuses %s %s, which keeps its old HTML",
                _KINDS[type(text)],
                text.id,
            )
        done = progress.done + len(stored)
        # More were written meanwhile, or there were more than were counted.
        total = max(progress.total, done)
        job.progress = str(Progress(done=done, total=total, refused=progress.refused + len(kept), after=after))
        return Outcome.MORE

    def _next(self, work: UnitOfWork, everything: bool, after: int) -> list[Text]:
        if everything:
            return work.rendered_texts.some_after(after, PART)
        return work.rendered_texts.some_older(self.renderer.version, PART)

    def _rendered(self, texts: list[Text]) -> tuple[list[Text], set[int]]:
        """The first of these texts, with new HTML, and the ids of those that are refused."""
        began, rendered, refused = self.now(), list[Text](), set[int]()
        for text in texts:
            try:
                self._render(text)
            except Invalid:
                text.keep_html(html_version=self.renderer.version)
                refused.add(text.id)
            except Overloaded:
                if not rendered:
                    raise
                break
            rendered.append(text)
            if not began <= self.now() < began + PART_TIME:
                break
        return rendered, refused

    def _render(self, text: Text) -> None:
        """Raises Invalid, also when nothing is left of the text. Raises Overloaded."""
        if isinstance(text, Post):
            post = self.rendering.post(text.text.body, author_id=text.author_id, account_id=_NOBODY, text_id=text.id)
            text.render_anew(post.html)
        elif isinstance(text, Site):
            html = {
                name: self.rendering.of_site(name, text.text.value_of(name), account_id=_NOBODY) for name in MARKDOWN
            }
            text.render_anew(self.rendering.site_html(text.html, html))
        else:
            comment = self.rendering.comment(text.body, author_id=text.author_id, account_id=_NOBODY)
            text.render_anew(comment.body_html, html_version=comment.html_version)


def _store(work: UnitOfWork, texts: list[Text], refused: set[int], at: datetime) -> set[int]:
    """The ids of those that were changed or removed meanwhile. `refused` are the ids of those that keep their HTML, and
    so their pictures."""
    changed = {text.id for text in texts if not work.rendered_texts.save(text)}
    for text in texts:
        # A process of the version before may have saved it, which knows no pictures.
        if text.id not in changed | refused and not isinstance(text, Comment):
            work.pictures.show(text.id, _shown_in(text), at)
    work.commit()
    return changed


def _shown_in(text: Post | Site) -> tuple[int, ...]:
    return shown_in(text.html.body_html if isinstance(text, Post) else text.html.whole)
