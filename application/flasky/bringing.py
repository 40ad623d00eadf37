"""Brings a community here from Flasky, some rows in each commit. It may stop anywhere, and then goes on from there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from application.flasky.follows import bring_follows
from application.flasky.run import Report, Run, Step
from application.flasky.texts import Prepared, bring_comments, bring_posts, prepare_comment, prepare_post
from application.flasky.users import bring_users
from application.ports.flasky import OldComment, OldPost, OldSite, OldUser
from application.ports.passwords import PasswordHasher
from application.ports.work import Now, UnitOfWork
from application.rendering import Rendering
from application.repeating import Repeat
from domain.flasky import Kind

P = ParamSpec("P")
Row = TypeVar("Row", OldUser, OldPost, OldComment)
TextRow = TypeVar("TextRow", OldPost, OldComment)

# A commit has so many rows at most. It takes a fraction of a second, and others write in between.
BATCH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Flasky:
    """What was brought before is neither changed nor brought again, also when it was deleted here. Nobody gets a mail.

    A row that cannot come, or not as it was, is in the report. What is left out may come with the next run, when what
    it lacked is there."""

    repeat: Repeat
    now: Now
    hasher: PasswordHasher
    rendering: Rendering

    def bring(self, old: OldSite, *, trial: bool = False, report: Report = lambda _: None) -> Iterator[Step]:
        """One step for each commit. `report` gets the lines of the report just before it, and again when the commit has
        to be repeated. A `trial` stores nothing. Raises AnotherSite, TryAgain."""
        now = self.now()
        run = Run(old=old, trial=trial, now=now, report=report, beginning=min(old.beginning() or now, now))
        previous = run.dates()
        for users in _batches(old.users):
            yield self._commit(run, bring_users, run, users, previous.of_rows(users), self.hasher)
        previous = run.dates()
        for posts in _batches(old.posts):
            prepared = self._prepared(run, Kind.POST, posts, prepare_post)
            yield self._commit(run, bring_posts, run, posts, previous.of_rows(posts), prepared)
        previous = run.dates()
        for comments in _batches(old.comments):
            prepared = self._prepared(run, Kind.COMMENT, comments, prepare_comment)
            yield self._commit(run, bring_comments, run, comments, previous.of_rows(comments), prepared)
        after: tuple[int, int] | None = None
        while follows := old.follows(after, BATCH):
            yield self._commit(run, bring_follows, run, follows)
            after = follows[-1].follower, follows[-1].followed

    def _commit(
        self, run: Run, part: Callable[Concatenate[UnitOfWork, P], Step], *args: P.args, **values: P.kwargs
    ) -> Step:
        repeat = self.repeat.reading if run.trial else self.repeat
        return repeat(part, *args, **values)

    def _prepared(
        self,
        run: Run,
        kind: Kind,
        rows: Sequence[TextRow],
        prepare: Callable[[Rendering, TextRow, int], Prepared],
    ) -> Mapping[int, Prepared]:
        """The new ones, by number."""
        known = self.repeat.reading(run.found, kind, [row.number for row in rows])
        authors = self.repeat.reading(run.found, Kind.USER, [row.author for row in rows])
        prepared = dict[int, Prepared]()
        for row in rows:
            author = None if row.author is None else authors.get(row.author)
            if row.number not in known and author is not None:
                prepared[row.number] = prepare(self.rendering, row, author.made_id)
        return prepared


def _batches(read: Callable[[int | None, int], Sequence[Row]]) -> Iterator[Sequence[Row]]:
    after: int | None = None
    while rows := read(after, BATCH):
        yield rows
        after = rows[-1].number
