"""Tags: put a post under them and take it away, and rename one for all posts."""

from contextlib import suppress
from dataclasses import dataclass

from application.jobs import Handlers, Outcome
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from domain.errors import NotFound
from domain.ids import LARGEST
from domain.job_kinds import JobKind
from domain.moderation import Act, LogEntry
from domain.outbox import Job
from domain.posts import Post
from domain.roles import Permission
from domain.tags import folded_tag, tag_named

# How many posts are in one unit of work.
BATCH = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """A renamed tag has its new name, its page and its old address at once. A job writes the name beside its posts."""

    repeat: Repeat
    now: Now
    new_id: NewId

    def rename(self, *, actor_id: int | None, name: str, to: str) -> str:
        """The present name. When there is a tag of the new name, the two become one. Whoever types the old name later
        gets the new one. `actor_id` is None for the command line. Raises Forbidden, NotFound, Invalid."""
        return self.repeat(self._rename, actor_id, folded_tag(name), to)

    def _rename(self, work: UnitOfWork, actor_id: int | None, name: str, to: str) -> str:
        # Forbidden comes before NotFound and Invalid, so that the answer reveals nothing.
        if actor_id is not None:
            work.accounts.actor(actor_id).require(Permission.ADMINISTER, at=self.now())
        wanted = tag_named("to", to)
        tag, other = work.tags.lock(name, wanted)
        old = tag.name
        if old == wanted:
            return old
        if other is None or other.id == tag.id:
            work.tags.rename(tag, wanted, self.new_id())
        else:
            work.tags.merge(tag, other)
            wanted = other.name
        text = f"#{old} → #{wanted}"
        record(work, LogEntry.on_site(Act.RENAME_TAG, id=self.new_id(), actor_id=actor_id, text=text))
        work.outbox.add(Job(id=self.new_id(), kind=JobKind.RENAME_TAG, subject_id=tag.id, due_at=self.now()))
        work.commit()
        return wanted

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        return {JobKind.RENAME_TAG: self._label_some}

    def _label_some(self, job: Job) -> Outcome:
        """One part. `progress` is the last post that was looked at; the newest come first."""
        lowest = self.repeat(_label_part, job)
        if lowest is None:
            return Outcome.DONE
        job.progress = str(lowest)
        return Outcome.MORE


def _label_part(work: UnitOfWork, job: Job) -> int | None:
    """Commits one part. None when nothing was left. Whoever tags a post meanwhile finds the tag by its present name."""
    assert job.subject_id is not None
    found = work.tags.posts_of(job.subject_id, int(job.progress or LARGEST), BATCH)
    posts = list[Post]()
    for post_id in sorted(found):
        # It may have been removed for good meanwhile.
        with suppress(NotFound):
            posts.append(work.posts.lock(post_id))
    right = work.tags.present_names({name for post in posts for name in post.tags})
    for post in posts:
        if post.rename_tags(right):
            work.tags.label(post)
    work.tags.move(job.subject_id, [post.id for post in posts])
    work.commit()
    return min(found, default=None)


def attach(work: UnitOfWork, post: Post, new_id: NewId) -> None:
    """A new post."""
    if post.rename_tags(work.tags.attach(post.id, post.tags, new_id)):
        work.tags.label(post)


def attach_again(work: UnitOfWork, post: Post) -> None:
    """A post that comes back into the lists. The caller saves it: a tag may have been renamed meanwhile."""
    post.rename_tags(work.tags.attach(post.id, post.tags))


def detach(work: UnitOfWork, post: Post) -> None:
    """A post that leaves the lists. It keeps its tags."""
    if post.tags:
        work.tags.detach(post.id)


def exchange(work: UnitOfWork, post: Post, new_id: NewId) -> None:
    """A listed post that has got other tags. The caller saves it."""
    kept = work.tags.detach(post.id, post.tags)
    added = [name for name in post.tags if name not in kept]
    post.rename_tags(work.tags.attach(post.id, added, new_id))
