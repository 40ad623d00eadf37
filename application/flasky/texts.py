"""Posts and comments. They are rendered before the unit of work opens."""

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from application.flasky.run import Run, Step, Times, date_text, free_ids
from application.ports.flasky import Brought, OldComment, OldPost
from application.ports.rendering import Renderer
from application.ports.tallies import Tally, Total
from application.ports.work import UnitOfWork
from application.rendering import Rendering
from domain.comments import BODY_LIMIT as COMMENT_LIMIT
from domain.comments import Comment
from domain.errors import Invalid, NotFound, TryAgain
from domain.flasky import HIDDEN_REASON, Kind, Note, Outcome, id_of, text_of
from domain.overview import Daily, Series
from domain.posts import BODY_LIMIT as POST_LIMIT
from domain.posts import Post, PostHtml, PostText
from domain.texts import says_something

# No account waits for these texts.
_NOBODY = 0
_EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as it will be stored, and what the report tells of it."""

    body: str
    html: PostHtml
    notes: tuple[Note, ...]


def prepare_post(rendering: Rendering, row: OldPost, author_id: int) -> Prepared:
    body, outcome, code = text_of(row.body, limit=POST_LIMIT)
    try:
        rendered = rendering.post(body, author_id=author_id, account_id=_NOBODY).html
    except Invalid:
        notes = _notes(Kind.POST, row.number, outcome, code)
        return _plain(rendering.renderer, Kind.POST, row.number, body, notes)
    return Prepared(body, rendered, _notes(Kind.POST, row.number, outcome, code))


def prepare_comment(rendering: Rendering, row: OldComment, author_id: int) -> Prepared:
    body, outcome, code = text_of(row.body, limit=COMMENT_LIMIT)
    try:
        made = rendering.comment(body, author_id=author_id, account_id=_NOBODY)
    except Invalid:
        notes = _notes(Kind.COMMENT, row.number, outcome, code)
        return _plain(rendering.renderer, Kind.COMMENT, row.number, body, notes)
    rendered = PostHtml(body_html=made.body_html, excerpt_html="", cut=False, version=made.html_version)
    return Prepared(body, rendered, _notes(Kind.COMMENT, row.number, outcome, code))


def _plain(renderer: Renderer, kind: Kind, number: int, body: str, notes: tuple[Note, ...]) -> Prepared:
    """The text as it was typed, for a text that the renderer refuses or of which it shows nothing. The version is that
    of the renderer, so that nobody tries again before the next version."""
    if says_something(body):
        notes += (Note(kind=kind, number=number, outcome=Outcome.PLAIN, code="refused"),)
    else:
        body = body.strip()
    rendered = PostHtml(
        body_html=_as_typed(body),
        excerpt_html=_as_typed(body[:_EXCERPT]),
        cut=len(body) > _EXCERPT,
        version=renderer.version,
    )
    return Prepared(body, rendered, notes)


def _as_typed(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>".replace("\n", "<br>\n") if text else ""


def _notes(kind: Kind, number: int, outcome: Outcome | None, code: str) -> tuple[Note, ...]:
    return () if outcome is None else (Note(kind=kind, number=number, outcome=outcome, code=code),)


def bring_posts(
    work: UnitOfWork, run: Run, rows: Sequence[OldPost], times: Times, prepared: Mapping[int, Prepared]
) -> Step:
    known = run.found(work, Kind.POST, (row.number for row in rows))
    authors = run.found(work, Kind.USER, (row.author for row in rows))
    new = [row for row in rows if row.number not in known]
    actors = run.actors(work, (authors[row.author].made_id for row in new if row.author in authors))
    ids = free_ids(work, Kind.POST, {row.number: id_of(Kind.POST, row.number, times[row.number][0]) for row in new})
    things, notes, tallies = list[Brought](), list[Note](), dict[int, Tally]()
    for row in new:
        author = None if row.author is None else authors.get(row.author)
        if author is None or run.is_gone(author, actors):
            code = "no_author" if author is None else "author_left"
            notes.append(_left_out(Kind.POST, row.number, code, row.author, row.body))
            continue
        made = prepared[row.number]
        notes += [*_dated(Kind.POST, row, times[row.number]), *made.notes]
        things.append(Brought(Kind.POST, row.number, ids[row.number]))
        if not run.trial:
            # Not `publish`: whoever wrote it may not have any permission today.
            work.posts.add(
                Post(
                    id=ids[row.number],
                    author_id=author.made_id,
                    text=PostText(title="", body=made.body),
                    html=made.html,
                )
            )
            tallies[author.made_id] = tallies.get(author.made_id, Tally()) + Tally(posts=1)
    if things and not run.trial:
        work.tallies.add(tallies)
        work.tallies.add_to_site({Total.POSTS: len(things), **_by_day(Series.POSTS, things)}, shard_of=things[0].number)
    run.store(work, things, notes)
    return Step(kind=Kind.POST, rows=len(rows), brought=len(things), known=len(known), notes=tuple(notes))


def bring_comments(
    work: UnitOfWork, run: Run, rows: Sequence[OldComment], times: Times, prepared: Mapping[int, Prepared]
) -> Step:
    known = run.found(work, Kind.COMMENT, (row.number for row in rows))
    authors = run.found(work, Kind.USER, (row.author for row in rows))
    posts = run.found(work, Kind.POST, (row.post for row in rows))
    new = [row for row in rows if row.number not in known]
    actors = run.actors(work, (authors[row.author].made_id for row in new if row.author in authors))
    there = work.posts.listed_among([post.made_id for post in posts.values()])
    wanted = {row.number: id_of(Kind.COMMENT, row.number, times[row.number][0]) for row in new}
    ids = free_ids(work, Kind.COMMENT, wanted)
    things, notes = list[Brought](), list[Note]()
    of_posts, tallies = dict[int, int](), dict[int, Tally]()
    for row in new:
        author = None if row.author is None else authors.get(row.author)
        post = None if row.post is None else posts.get(row.post)
        if author is None or run.is_gone(author, actors):
            code = "no_author" if author is None else "author_left"
            notes.append(_left_out(Kind.COMMENT, row.number, code, row.author, row.body))
            continue
        if post is None or (post.made_id not in there and (Kind.POST, row.post) not in run.would):
            code = "no_post" if post is None else "post_deleted"
            notes.append(_left_out(Kind.COMMENT, row.number, code, row.post, row.body))
            continue
        made = prepared[row.number]
        if not says_something(made.body):
            notes.append(_left_out(Kind.COMMENT, row.number, "empty", None, ""))
            continue
        notes += [*_dated(Kind.COMMENT, row, times[row.number]), *made.notes]
        things.append(Brought(Kind.COMMENT, row.number, ids[row.number]))
        if not run.trial:
            _add_comment(work, row, made, id=ids[row.number], author_id=author.made_id, post_id=post.made_id)
            of_posts[post.made_id] = of_posts.get(post.made_id, 0) + 1
            tallies[author.made_id] = tallies.get(author.made_id, Tally()) + Tally(comments=1)
    for post_id, count in sorted(of_posts.items()):
        work.tallies.add_comments(post_id, count)
    if things and not run.trial:
        work.tallies.add(tallies)
        work.tallies.add_to_site(
            {Total.COMMENTS: len(things), **_by_day(Series.COMMENTS, things)}, shard_of=things[0].number
        )
    run.store(work, things, notes)
    return Step(kind=Kind.COMMENT, rows=len(rows), brought=len(things), known=len(known), notes=tuple(notes))


def _by_day(series: Series, things: Iterable[Brought]) -> Counter[Total | Daily]:
    return Counter(Daily.of(series, thing.made_id) for thing in things)


def _add_comment(work: UnitOfWork, row: OldComment, made: Prepared, *, id: int, author_id: int, post_id: int) -> None:
    """A disabled one is hidden, without an entry in the log: that names a moderator, and nobody knows who it was."""
    comment = Comment(
        id=id,
        post_id=post_id,
        author_id=author_id,
        body=made.body,
        body_html=made.html.body_html,
        html_version=made.html.version,
        hidden=row.disabled,
        hidden_reason=HIDDEN_REASON if row.disabled else "",
    )
    try:
        work.comments.add(comment)
    except NotFound:
        raise TryAgain() from None  # the post was deleted at this moment


def _dated(kind: Kind, row: OldPost | OldComment, time: tuple[datetime, str]) -> list[Note]:
    at, code = time
    if not code:
        return []
    return [
        Note(
            kind=kind,
            number=row.number,
            outcome=Outcome.DATED,
            code=code,
            before=date_text(row.at),
            after=date_text(at),
        )
    ]


def _left_out(kind: Kind, number: int, code: str, missing: int | None, text: str) -> Note:
    """The whole text stands in the report: here nobody else has it."""
    return Note(
        kind=kind,
        number=number,
        outcome=Outcome.LEFT_OUT,
        code=code,
        before=text,
        after="" if missing is None else str(missing),
    )
