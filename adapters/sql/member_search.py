"""One page of the members whose search text contains a pattern, in SQL.

SQLite has a table of FTS5, with every three characters that follow one another (migrations/versions/0005). It answers
in the order of its row ids, which are the ids of the accounts. PostgreSQL has the same in an index of pg_trgm, which
has no order. So it would either sort all that match, or walk through all members. What many match is found among the
next ones, and only what few match is looked for in the index.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, column, exists, false, func, null, select, table, true, union

from adapters.sql.paging import bounded, windowed
from adapters.sql.tables import accounts
from application.ports.paging import Window
from domain.members import MemberState
from domain.roles import Role

# So many members next to the cursor are looked at first. What is rarer than a page among them is rare.
NEAR = 2_000

_FTS = table("member_search", column("rowid", Integer), column("member_search"))
_PEOPLE = table("people_search", column("rowid", Integer), column("people_search"))


def page_by_fts(
    listed: Select[Any], pattern: str, window: Window, *, role: Role | None, state: MemberState | None
) -> Select[Any]:
    """FTS5 knows roles and states too, so that no account is looked up that is not on the page."""
    wanted = [("text", pattern)] + [("marks", mark.value) for mark in (role, state) if mark is not None]
    phrases = [_phrase(*pair) for pair in wanted]
    found = listed.select_from(_FTS.join(accounts, accounts.c.id == _FTS.c.rowid))
    return windowed(found.where(_FTS.c.member_search.match(" AND ".join(phrases))), _FTS.c.rowid, window)


def people_by_fts(listed: Select[Any], walked: Select[Any], pattern: str, window: Window) -> Select[Any]:
    """The rows that `page_of` expects of `bounded`. `listed` and `walked` select from `accounts`."""
    has_pattern = _PEOPLE.c.people_search.match(_phrase("names", pattern))

    def found(some: Select[Any]) -> Select[Any]:
        return some.join_from(_PEOPLE, accounts, accounts.c.id == _PEOPLE.c.rowid).where(has_pattern)

    return bounded(found(listed), found(walked), _PEOPLE.c.rowid, window)


def fts_finds(account_id: int, *, search_text: str, names_text: str) -> Iterator[Select[Any]]:
    """For each text of this account that is not empty, whether FTS5 finds the account by it."""
    for fts, index, column_name, searched in (
        (_FTS, _FTS.c.member_search, "text", search_text),
        (_PEOPLE, _PEOPLE.c.people_search, "names", names_text),
    ):
        if searched:
            yield select(exists().where(index.match(_phrase(column_name, searched)), fts.c.rowid == account_id))


def fts_fill() -> tuple[str, ...]:
    """Statements that forget all that FTS5 knows, and add all accounts, as migrations/versions/0005 and 0025 do."""
    return (
        "INSERT INTO member_search (member_search) VALUES ('delete-all')",
        (
            "INSERT INTO member_search (rowid, text, marks) SELECT id, search_text,"
            " role || CASE WHEN confirmed THEN '' ELSE ' unconfirmed' END"
            " || CASE WHEN disabled THEN ' disabled' ELSE '' END FROM accounts"
        ),
        "INSERT INTO people_search (people_search) VALUES ('delete-all')",
        "INSERT INTO people_search (rowid, names) SELECT id, names_text FROM accounts WHERE names_text <> ''",
    )


def page_by_trigrams(
    listed: Select[Any],
    pattern: str,
    window: Window,
    *,
    text: ColumnElement[str],
    cursor: ColumnElement[int],
    owner: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """The rows and the column `beyond` that `page_of` expects. `text` is what is searched, and `cursor` the id of the
    list. `owner` is the column that limits `listed` with `owned_by`."""
    search = _Trigrams(listed, pattern, window, text, [cursor] if owner is None else [owner, cursor])
    return search.page().add_columns(search.beyond().label("beyond"))


def people_by_trigrams(
    listed: Select[Any], pattern: str, window: Window, *, text: ColumnElement[str], cursor: ColumnElement[int]
) -> Select[Any]:
    """The same with the rows of `bounded`: there is one even when the page is empty."""
    search = _Trigrams(listed, pattern, window, text, [cursor])
    ends = select(null().label("edge"), search.beyond().label("beyond")).subquery("ends")
    part = search.page().subquery("part")
    return select(ends.c.edge, ends.c.beyond, part).join_from(ends, part, true(), isouter=True)


class _Trigrams:
    """`ahead` are the members on the side of the cursor that the page shows, `behind` those on the other side."""

    def __init__(
        self,
        listed: Select[Any],
        pattern: str,
        window: Window,
        text: ColumnElement[str],
        key: Sequence[ColumnElement[Any]],
    ) -> None:
        self._listed = listed
        self._pattern = pattern
        self._size = window.size
        self._text = text
        self._key, cursor = key, key[-1]
        self._rising = window.before is None and window.after is not None
        self._ahead: ColumnElement[bool] = true()
        self._behind: ColumnElement[bool] | None = None
        if window.before is not None:
            self._ahead, self._behind = cursor < window.before, cursor >= window.before
        elif window.after is not None:
            self._ahead, self._behind = cursor > window.after, cursor <= window.after

    def page(self) -> Select[Any]:
        near = self._near(self._ahead, rising=self._rising).limit(self._size + 1).cte("near")
        is_short = select(func.count()).select_from(near).scalar_subquery() <= self._size
        far = self._far(self._ahead, is_short, rising=self._rising).limit(self._size + 1).subquery("far")
        either = union(select(near.c.id), select(far.c.id)).subquery("either")
        ids = _in_order(select(either.c.id), either.c.id, rising=self._rising).limit(self._size + 1)
        return self._listed.where(accounts.c.id.in_(ids))

    def beyond(self) -> ColumnElement[bool]:
        if self._behind is None:
            return false()
        # The second is looked for when there is no first.
        near = self._near(self._behind, rising=not self._rising).limit(1).scalar_subquery()
        far = self._far(self._behind, rising=not self._rising).limit(1).scalar_subquery()
        return func.coalesce(near, far).is_not(None)

    def _near(self, where: ColumnElement[bool], *, rising: bool) -> Select[Any]:
        """Of the next members, those who match."""
        members = self._listed.with_only_columns(accounts.c.id, self._text.label("searched")).where(where)
        next_ones = _in_order(members, *self._key, rising=rising).limit(NEAR).subquery()
        matching = select(next_ones.c.id).where(contains(next_ones.c.searched, self._pattern))
        return _in_order(matching, next_ones.c.id, rising=rising)

    def _far(self, *where: ColumnElement[bool], rising: bool) -> Select[Any]:
        found = self._listed.with_only_columns(accounts.c.id).where(contains(self._text, self._pattern), *where)
        # The sum keeps PostgreSQL from walking an index in order: it expects to meet a member soon who may not exist.
        return _in_order(found, self._key[-1] + 0, rising=rising)


def _in_order(members: Select[Any], *key: ColumnElement[Any], rising: bool) -> Select[Any]:
    return members.order_by(*(column.asc() if rising else column.desc() for column in key))


def _phrase(column_name: str, phrase: str) -> str:
    return f'{column_name} : "{phrase.replace(chr(34), 2 * chr(34))}"'


def contains(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    return text.contains(pattern, autoescape=True)


def has_trigrams(pattern: str) -> bool:
    """pg_trgm knows letters and digits only. Without any, its index would be read whole."""
    return any(character.isalnum() for character in pattern)
