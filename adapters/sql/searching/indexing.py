"""The index of the search, made anew from the newest text to the oldest, a segment at a time.

A segment of many texts is made by taking the newest of them out of it, as a new segment. Until all of these are in it,
both have the same `first_id`, and a search reads both before it goes on. No new text comes into a segment that ended a
while ago, so that nothing is missed.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, or_, select, update

from adapters.sql.comments.storing import COMMENT, comment_of
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.posts.storing import POST, post_of
from adapters.sql.searching.columns import FIRST, TABLES, segment_for, text_of_comment, text_of_post
from adapters.sql.tables import search_segments
from application.ports.searching import Made, Place
from domain.ids import LARGEST
from domain.searching.words import VERSION, Kind

SEGMENT = 4_096
# A segment with more texts is taken apart. There is no small rest.
MANY = SEGMENT * 3 // 2
_COLUMNS = {Kind.POSTS: POST, Kind.COMMENTS: COMMENT}
_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class _Segment:
    """`end` is where the next one begins."""

    kind: Kind
    id: int
    first_id: int
    begins_id: int
    end: int

    @property
    def is_taken_out(self) -> bool:
        return self.begins_id > self.first_id


class SqlSearchIndex:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget_version(self) -> None:
        for kind in _KINDS:
            self._row_of_first(kind)
        self._connection.execute(update(search_segments).values(version=0))

    def begun(self) -> bool:
        is_old = select(search_segments.c.id).where(search_segments.c.version < VERSION).limit(1)
        return self._connection.execute(is_old).first() is not None or any(map(self._stray, _KINDS))

    def count_left(self, at_most: int) -> int:
        counted = 0
        for kind in _KINDS:
            source, segments = TABLES[kind], self._old_segments(kind)
            is_old = or_(*(_is_within(source, segment) for segment in segments), source.c.search_segment == 0)
            some = select(source.c.id).where(is_old).limit(at_most - counted).subquery()
            counted += self._connection.execute(select(func.count()).select_from(some)).scalar_one()
        return counted

    def make_some(self, place: Place, limit: int, *, settled: int) -> Made:
        for kind in _KINDS[0 if place.kind is None else _KINDS.index(place.kind) :]:
            before = LARGEST if place.kind is not kind or place.before is None else place.before
            self._find_strays(kind)
            for segment in self._old_segments(kind):
                if segment.begins_id < before:
                    made = self._make_part(segment, before, limit, settled)
                    if made is not None:
                        return made
        return Made(0, None)

    def is_full(self) -> bool:
        return any(map(self._is_full, _KINDS))

    def begin_segments(self, first_id: int) -> None:
        for kind in _KINDS:
            if self._is_full(kind):
                self._add(kind, first_id, first_id, VERSION)

    def _is_full(self, kind: Kind) -> bool:
        """Whether the newest segment has texts enough."""
        newest = self._connection.execute(self._segments(kind).limit(1)).first()
        ids = select(TABLES[kind].c.id).order_by(TABLES[kind].c.id)
        later = ids if newest is None else ids.where(TABLES[kind].c.id >= newest.first_id)
        return self._connection.execute(later.limit(1).offset(SEGMENT - 1)).first() is not None

    def _make_part(self, segment: _Segment, before: int, limit: int, settled: int) -> Made | None:
        """None when its turn comes later."""
        end = min(before, segment.end)
        if end == segment.end and not segment.is_taken_out and self._nth(segment, MANY) is not None:
            if segment.end > settled:
                return None
            begins_id = self._nth(segment, SEGMENT - 1)
            assert begins_id is not None
            self._add(segment.kind, segment.first_id, begins_id, 0)
            return Made(0, Place(segment.kind, before))
        source = TABLES[segment.kind]
        within = (source.c.id >= segment.begins_id, source.c.id < end)
        columns = _COLUMNS[segment.kind]
        some = select(*columns).where(*within).order_by(source.c.id.desc()).limit(limit)
        rows = self._connection.execute(some.with_for_update()).all()
        for row in rows:
            self._store(segment, row)
        if len(rows) == limit:
            return Made(len(rows), Place(segment.kind, rows[-1].id))
        self._finish(segment)
        return Made(len(rows), Place(segment.kind, segment.begins_id))

    def _store(self, segment: _Segment, row: Row[Any]) -> None:
        is_post = segment.kind is Kind.POSTS
        text = text_of_post(post_of(row)) if is_post else text_of_comment(comment_of(row))
        source = TABLES[segment.kind]
        stored = update(source).where(source.c.id == row.id)
        self._connection.execute(stored.values(search_text=text, search_segment=segment.id))

    def _finish(self, segment: _Segment) -> None:
        """What was edited meanwhile is still in the other segment."""
        source = TABLES[segment.kind]
        if segment.is_taken_out:
            others = update(source).where(source.c.id >= segment.begins_id, source.c.id < segment.end)
            is_in_another = source.c.search_segment.not_in((0, segment.id))
            self._connection.execute(others.where(is_in_another).values(search_segment=segment.id))
        made = update(search_segments).where(_is(segment))
        self._connection.execute(made.values(first_id=segment.begins_id, version=VERSION))

    def _find_strays(self, kind: Kind) -> None:
        """The segment of a text that is in none is to be made."""
        stray = self._stray(kind)
        if stray is None:
            return
        self._row_of_first(kind)
        segment = self._connection.execute(select(segment_for(kind, stray))).scalar_one()
        of = update(search_segments).where(search_segments.c.kind == kind.value, search_segments.c.id == segment)
        self._connection.execute(of.values(version=0))

    def _stray(self, kind: Kind) -> int | None:
        source = TABLES[kind]
        newest = select(source.c.id).where(source.c.search_segment == 0).order_by(source.c.id.desc()).limit(1)
        return self._connection.execute(newest).scalar()

    def _old_segments(self, kind: Kind) -> list[_Segment]:
        """Newest first. What is taken out of a segment comes before it."""
        found: list[_Segment] = []
        later: int | None = None
        end = LARGEST
        for row in self._connection.execute(self._segments(kind)):
            if later is not None and row.first_id < later:
                end = later
            later = row.first_id
            if row.version < VERSION:
                found.append(_Segment(kind, row.id, row.first_id, row.begins_id, end))
            if row.begins_id > row.first_id:
                end = row.begins_id
        return found

    def _segments(self, kind: Kind) -> Select[Any]:
        mine = select(search_segments).where(search_segments.c.kind == kind.value)
        return mine.order_by(search_segments.c.first_id.desc(), search_segments.c.id.desc())

    def _nth(self, segment: _Segment, number: int) -> int | None:
        """The id of this text of the segment, counted from the newest."""
        source = TABLES[segment.kind]
        ids = select(source.c.id).where(_is_within(source, segment)).order_by(source.c.id.desc())
        return self._connection.execute(ids.limit(1).offset(number)).scalar()

    def _row_of_first(self, kind: Kind) -> None:
        is_there = select(search_segments.c.id).where(
            search_segments.c.kind == kind.value, search_segments.c.id == FIRST
        )
        if self._connection.execute(is_there).first() is None:
            self._insert(kind, FIRST, 0, 0, 0)

    def _add(self, kind: Kind, first_id: int, begins_id: int, version: int) -> None:
        greatest = select(func.max(search_segments.c.id)).where(search_segments.c.kind == kind.value)
        number = self._connection.execute(greatest).scalar() or FIRST
        self._insert(kind, number + 1, first_id, begins_id, version)

    def _insert(self, kind: Kind, id: int, first_id: int, begins_id: int, version: int) -> None:
        """Another one who makes the index may have added it at the same moment."""
        added = insert_or_ignore(self._connection, search_segments, "kind", "id").values(
            kind=kind.value, id=id, first_id=first_id, begins_id=begins_id, version=version
        )
        self._connection.execute(added)


def _is(segment: _Segment) -> ColumnElement[bool]:
    return (search_segments.c.kind == segment.kind.value) & (search_segments.c.id == segment.id)


def _is_within(source: Table, segment: _Segment) -> ColumnElement[bool]:
    return (source.c.id >= segment.begins_id) & (source.c.id < segment.end)
