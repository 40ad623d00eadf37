"""What notifications are about, as parts of a statement that selects from `notifications`: whether there is anything to
tell of, who did it, and how many did. Each looks at COUNTED_AT_MOST of the newest events at most."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, Text, and_, case, exists, func, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from adapters.sql.kept import one_of
from adapters.sql.preferences import wants_on_site
from adapters.sql.tables import (
    ACCOUNT_WAITS,
    accounts,
    appeals,
    cases,
    comment_likes,
    comments,
    follows,
    mutes,
    notifications,
    post_likes,
    posts,
)
from application.ports.members import MemberName
from application.ports.notifications import COUNTED_AT_MOST, NAMED_AT_MOST
from application.ports.people import Profile
from domain.notifications import TELL_OF_COMMENT, NotificationKind
from domain.roles import Role

Kind = NotificationKind

_OWN = notifications.c
_OF_COMMENT = _OWN.comment_id.is_not(None)
_ACTORS = accounts.alias("actors")
_NAME = (_ACTORS.c.id, _ACTORS.c.username, _ACTORS.c.name, _ACTORS.c.role, _ACTORS.c.picture_id)
_PROFILE = (
    _ACTORS.c.location,
    _ACTORS.c.about_me,
    _ACTORS.c.last_seen_at,
    _ACTORS.c.post_count,
    _ACTORS.c.comment_count,
    _ACTORS.c.follower_count,
    _ACTORS.c.following_count,
)
_WAITING = accounts.alias("waiting")


class json_rows(FunctionElement[Any]):  # noqa: N801 - used as a function
    """Aggregates rows into JSON: an array with an array of these columns for each row."""

    type = Text()
    inherit_cache = True


@compiles(json_rows)
def _on_sqlite(element: json_rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(json_rows, "postgresql")
def _on_postgresql(element: json_rows, compiler: SQLCompiler, **options: Any) -> str:
    # As text, so that the driver parses nothing by itself.
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **options)})) AS TEXT)"


def _is(*kinds: NotificationKind) -> ColumnElement[bool]:
    return one_of(_OWN.kind, kinds)


def is_wanted() -> ColumnElement[bool]:
    """Whether the member wants this kind on the site."""
    return wants_on_site(_OWN.account_id, _OWN.kind)


def is_there(moderates: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is something to tell of that this member may see and does not mute. `moderates` says whether the
    member may act on what moderators are told of."""
    open_case = _is_one(cases.c.id == _OWN.thing_id, cases.c.entry_id.is_(None))
    open_appeal = _is_one(appeals.c.entry_id == _OWN.thing_id, appeals.c.verdict.is_(None))
    somebody_waits = exists(select(_WAITING.c.id).select_from(_WAITING).where(ACCOUNT_WAITS))
    return case(
        (and_(_is(Kind.REPLY, Kind.MENTION), _OF_COMMENT), _comment_is_shown(of_others=True)),
        (_is(Kind.MENTION), _post_is_shown(of_others=True)),
        (_is(Kind.COMMENT, Kind.WATCHED), _any(_below_post())),
        (_is(Kind.FOLLOW), _any(_follows())),
        (and_(_is(Kind.LIKE), _OF_COMMENT), and_(_comment_is_shown(), _any(_likes_of_comment()))),
        (_is(Kind.LIKE), and_(_post_is_shown(), _any(_likes_of_post()))),
        (_is(Kind.REPORT), and_(moderates, open_case)),
        (_is(Kind.APPEAL), and_(moderates, open_appeal)),
        (_is(Kind.WAITING), and_(moderates, somebody_waits)),
        else_=true(),
    )


@dataclass(frozen=True, slots=True)
class Actors:
    """Who did it, the last one first: some with their names, and how many. `first_id` is that of the oldest event."""

    named: tuple[MemberName, ...] = ()
    count: int = 0
    first_id: int | None = None


def actor_names() -> ColumnElement[Any]:
    """Who did it, for `actors_in`. NULL where nobody is named."""
    return _by_kind(_all_names)


def actor_profiles() -> ColumnElement[Any]:
    """The last who did it, for `profiles_in`."""
    return _by_kind(_last_profiles)


def actors_in(people: Any) -> Actors:
    """What a column `actor_names` holds."""
    found = _newest_first(people)
    if not found:
        return Actors()
    named = tuple(
        MemberName(id=id, username=username, name=name, role=Role(role), picture_id=picture_id)
        for *_, id, username, name, role, picture_id in found[:NAMED_AT_MOST]
    )
    return Actors(named, len(found), min(first_id for _, first_id, *_ in found))


def profiles_in(people: Any) -> tuple[Profile, ...]:
    """The members in a column `actor_profiles`. How the reader stands to them is left out."""
    return tuple(
        Profile(
            id=id,
            username=username,
            name=name,
            role=Role(role),
            location=location,
            about_me=about_me,
            last_seen_at=_moment(seen_at),
            post_count=counts[0],
            comment_count=counts[1],
            follower_count=counts[2],
            following_count=counts[3],
            followed=False,
            follows_you=False,
            picture_id=picture_id,
        )
        for _, id, username, name, role, picture_id, location, about_me, seen_at, *counts in _newest_first(people)
    )


def _newest_first(people: Any) -> list[Any]:
    return sorted(json.loads(people or "[]"), key=lambda person: person[0], reverse=True)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _by_kind(of: Any) -> ColumnElement[Any]:
    families: tuple[tuple[ColumnElement[bool], Subquery], ...] = (
        (and_(_is(Kind.REPLY, Kind.MENTION), _OF_COMMENT), _the_comment()),
        (_is(Kind.MENTION), _the_post()),
        (_is(Kind.COMMENT, Kind.WATCHED), _below_post()),
        (_is(Kind.FOLLOW), _follows()),
        (and_(_is(Kind.LIKE), _OF_COMMENT), _likes_of_comment()),
        (_is(Kind.LIKE), _likes_of_post()),
    )
    return case(*((condition, of(events).scalar_subquery()) for condition, events in families))


def _all_names(events: Subquery) -> Select[Any]:
    """COUNTED_AT_MOST at most, so that one look at the events names and counts."""
    by_actor = select(events.c.actor_id, func.max(events.c.id).label("last"), func.min(events.c.id).label("first"))
    each = by_actor.group_by(events.c.actor_id).subquery("each")
    return select(json_rows(each.c.last, each.c.first, *_NAME)).join_from(
        each, _ACTORS, _ACTORS.c.id == each.c.actor_id
    )


def _last_profiles(events: Subquery) -> Select[Any]:
    last = func.max(events.c.id)
    newest = select(events.c.actor_id, last.label("id")).group_by(events.c.actor_id)
    some = newest.order_by(last.desc()).limit(NAMED_AT_MOST).subquery("newest")
    return select(json_rows(some.c.id, *_NAME, *_PROFILE)).join_from(some, _ACTORS, _ACTORS.c.id == some.c.actor_id)


def _any(events: Subquery) -> ColumnElement[bool]:
    return exists(select(events.c.actor_id).select_from(events))


def _seen(events: Select[Any], *conditions: Any) -> Subquery:
    """`events` selects the newest ones, as `actor_id` and `id`. Those of whom the member mutes are left out, and those
    of members who have left."""
    newest = events.limit(COUNTED_AT_MOST).correlate(notifications).subquery("events")
    shown = select(newest.c.actor_id, newest.c.id).where(
        newest.c.actor_id != _OWN.account_id,
        *_by_whom_one_reads(newest, newest.c.actor_id),
        *(condition(newest) for condition in conditions),
    )
    return shown.correlate(notifications).subquery("shown")


def _in_range(id: ColumnElement[int]) -> ColumnElement[bool]:
    return id.between(_OWN.first_id, _OWN.last_id)


def _likes_of_post() -> Subquery:
    likes = post_likes.c
    newest = select(likes.account_id.label("actor_id"), likes.id).where(
        likes.post_id == _OWN.post_id, _in_range(likes.id)
    )
    return _seen(newest.order_by(likes.post_id.desc(), likes.id.desc()))


def _likes_of_comment() -> Subquery:
    likes = comment_likes.c
    newest = select(likes.account_id.label("actor_id"), likes.id).where(
        likes.comment_id == _OWN.comment_id, _in_range(likes.id)
    )
    return _seen(newest.order_by(likes.comment_id.desc(), likes.id.desc()))


def _follows() -> Subquery:
    newest = select(follows.c.follower_id.label("actor_id"), follows.c.id).where(
        follows.c.followed_id == _OWN.account_id, _in_range(follows.c.id)
    )
    return _seen(newest.order_by(follows.c.followed_id.desc(), follows.c.id.desc()))


def _below_post() -> Subquery:
    """The comments below the post, without those of which the member is told in another way."""
    newest = select(comments.c.author_id.label("actor_id"), comments.c.id, comments.c.hidden, comments.c.absent).where(
        comments.c.post_id == _OWN.post_id, _in_range(comments.c.id), comments.c.deleted_at.is_(None)
    )
    told = notifications.alias("told")

    def is_told_so(events: FromClause) -> ColumnElement[bool]:
        return ~_is_one(
            told.c.account_id == _OWN.account_id,
            one_of(told.c.kind, TELL_OF_COMMENT),
            told.c.thing_id == events.c.id,
            told.c.part == 0,
            of=events,
        )

    return _seen(
        newest.order_by(comments.c.post_id.desc(), comments.c.id.desc()),
        lambda events: ~events.c.hidden,
        lambda events: ~events.c.absent,
        is_told_so,
    )


def _the_comment() -> Subquery:
    one = select(comments.c.author_id.label("actor_id"), comments.c.id).where(comments.c.id == _OWN.comment_id)
    return one.correlate(notifications).subquery("shown")


def _the_post() -> Subquery:
    one = select(posts.c.author_id.label("actor_id"), posts.c.id).where(posts.c.id == _OWN.post_id)
    return one.correlate(notifications).subquery("shown")


def _comment_is_shown(*, of_others: bool = False) -> ColumnElement[bool]:
    is_shown = (comments.c.deleted_at.is_(None), ~comments.c.absent, ~comments.c.hidden)
    readable = _by_whom_one_reads(comments, comments.c.author_id) if of_others else ()
    return _is_one(comments.c.id == _OWN.comment_id, *is_shown, *readable)


def _post_is_shown(*, of_others: bool = False) -> ColumnElement[bool]:
    is_shown = (posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None))
    readable = _by_whom_one_reads(posts, posts.c.author_id) if of_others else ()
    return _is_one(posts.c.id == _OWN.post_id, *is_shown, *readable)


def _by_whom_one_reads(source: FromClause, author_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Who wrote the row of `source`, or did it, is a member whom the member does not mute."""
    is_muted = _is_one(mutes.c.owner_id == _OWN.account_id, mutes.c.other_id == author_id, of=source)
    return _is_one(_ACTORS.c.id == author_id, ~_ACTORS.c.deleted, of=source), ~is_muted


def _is_one(*conditions: ColumnElement[bool], of: FromClause | None = None) -> ColumnElement[bool]:
    """Whether there is such a row. Nothing but the notification is correlated, and `of`: the statement around it may
    select from the same tables."""
    return exists().where(*conditions).correlate(notifications, *(() if of is None else (of,)))
