"""One page of the members whose search text contains a pattern, in SQL.

SQLite has a table of FTS5, with every three characters that follow one another (migrations/versions/0005). It answers
in the order of its row ids, which are the ids of the accounts. PostgreSQL has the same in an index of pg_trgm, which
has no order. So it would either sort all that match, or walk through all members. What many match is found among the
next ones, and only what few match is looked for in the index.
"""

from collections.abc import Iterator
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
    listed: Select[Any], pattern: str, window: Window, *, text: ColumnElement[str], cursor: ColumnElement[int]
) -> Select[Any]:
    """The rows and the column `beyond` that `page_of` expects. `text` is what is searched, and `cursor` the id of the
    list."""
    page, beyond = _by_trigrams(listed, pattern, window, text=text, cursor=cursor)
    return page.add_columns(beyond.label("beyond"))


def people_by_trigrams(
    listed: Select[Any], pattern: str, window: Window, *, text: ColumnElement[str], cursor: ColumnElement[int]
) -> Select[Any]:
    """The same with the rows of `bounded`: there is one even when the page is empty."""
    page, beyond = _by_trigrams(listed, pattern, window, text=text, cursor=cursor)
    ends, part = select(null().label("edge"), beyond.label("beyond")).subquery("ends"), page.subquery("part")
    return select(ends.c.edge, ends.c.beyond, part).join_from(ends, part, true(), isouter=True)


def _by_trigrams(
    listed: Select[Any], pattern: str, window: Window, *, text: ColumnElement[str], cursor: ColumnElement[int]
) -> tuple[Select[Any], ColumnElement[bool]]:
    rising = window.before is None and window.after is not None
    ahead: ColumnElement[bool] = true()
    beyond: ColumnElement[bool] = false()
    found = listed.with_only_columns(accounts.c.id).where(contains(text, pattern))
    if window.before is not None:
        ahead = cursor < window.before
        behind = found.where(cursor >= window.before).order_by(cursor)
        beyond = behind.limit(1).scalar_subquery().is_not(None)
    elif window.after is not None:
        ahead = cursor > window.after
        behind = found.where(cursor <= window.after).order_by(cursor.desc())
        beyond = behind.limit(1).scalar_subquery().is_not(None)

    def page_from(ids: Select[Any], id: ColumnElement[int]) -> Select[Any]:
        return ids.order_by(id.asc() if rising else id.desc()).limit(window.size + 1)

    members = listed.with_only_columns(accounts.c.id, text.label("searched")).where(ahead)
    next_ones = page_from(members, cursor).limit(NEAR).subquery("next_ones")
    is_near = contains(next_ones.c.searched, pattern)
    near = page_from(select(next_ones.c.id).where(is_near), next_ones.c.id).cte("near")
    is_short = select(func.count()).select_from(near).scalar_subquery() <= window.size
    # The sum keeps PostgreSQL from walking an index in order: it expects to meet a member soon who may not exist.
    far = page_from(found.where(ahead, is_short), cursor + 0).subquery("far")
    either = union(select(near.c.id), select(far.c.id)).subquery("either")
    ids = page_from(select(either.c.id), either.c.id)
    return listed.where(accounts.c.id.in_(ids)), beyond


def _phrase(column_name: str, phrase: str) -> str:
    return f'{column_name} : "{phrase.replace(chr(34), 2 * chr(34))}"'


def contains(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    return text.contains(pattern, autoescape=True)


def has_trigrams(pattern: str) -> bool:
    """pg_trgm knows letters and digits only. Without any, its index would be read whole."""
    return any(character.isalnum() for character in pattern)
