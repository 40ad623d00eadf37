"""The site itself, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_or_ignore
from adapters.sql.member_names import MEMBER_NAME, name_of
from adapters.sql.tables import accounts, site_totals
from adapters.sql.tables import site as table
from application.ports.members import MemberName
from application.ports.site import SiteFacts
from application.ports.tallies import Total
from domain.errors import TryAgain
from domain.ids import time_of
from domain.joining import Registration
from domain.moderation import SITE_ID
from domain.roles import Reader, Role
from domain.site import MARKDOWN, Site, SiteHtml, SiteText

_SITE = select(table).where(table.c.id == SITE_ID)


def total(of: Total) -> Any:
    """The total, as a column of another statement."""
    amounts = select(func.coalesce(func.sum(site_totals.c.amount), 0)).where(site_totals.c.name == of.value)
    return amounts.scalar_subquery().label(of.value)


_FACTS = select(
    select(func.min(accounts.c.id)).scalar_subquery().label("oldest"),
    *(total(each) for each in (Total.MEMBERS, Total.POSTS, Total.COMMENTS)),
)
# The names of the roles are in this order.
_MODERATORS = (
    select(*MEMBER_NAME)
    .where(
        accounts.c.role.in_([Role.ADMINISTRATOR.value, Role.MODERATOR.value]),
        ~accounts.c.deleted,
        ~accounts.c.disabled,
        accounts.c.confirmed,
    )
    .order_by(accounts.c.role, accounts.c.id)
)


class SqlSite:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self) -> Site | None:
        row = self._connection.execute(_SITE).one_or_none()
        return None if row is None else site_of(row)

    def save(self, site: Site) -> None:
        values = _values(site) | {"version": site.version + 1}
        if site.version:
            is_the_seen_one = (table.c.id == SITE_ID, table.c.version == site.version)
            saved = self._connection.execute(update(table).where(*is_the_seen_one).values(values))
        else:
            added = insert_or_ignore(self._connection, table, "id")
            saved = self._connection.execute(added.values(id=SITE_ID, **values))
        if not saved.rowcount:
            raise TryAgain()
        site.version += 1


class SqlSiteFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def site(self) -> Site | None:
        rows = self._database.rows(_SITE)
        return site_of(rows[0]) if rows else None

    def facts(self, reader: Reader | None) -> SiteFacts:
        row = self._database.row(_FACTS)
        since = None if row.oldest is None else time_of(row.oldest)
        return SiteFacts(since=since, members=int(row.members), posts=int(row.posts), comments=int(row.comments))

    def moderators(self, reader: Reader | None, at: datetime, limit: int) -> tuple[MemberName, ...]:
        until = accounts.c.suspended_until
        acting = _MODERATORS.where(or_(until.is_(None), until <= at))
        return tuple(name_of(row) for row in self._database.rows(acting.limit(limit)))


def site_of(row: Row[Any]) -> Site:
    return Site(
        text=SiteText(
            name=row.name,
            tagline=row.tagline,
            contact=row.contact,
            announcement=row.announcement,
            registration=Registration(row.registration),
            **{name: getattr(row, name) for name in MARKDOWN},
        ),
        html=SiteHtml(version=row.html_version, **{name: getattr(row, f"{name}_html") for name in MARKDOWN}),
        version=row.version,
        announced=row.announced,
    )


def _values(site: Site) -> dict[str, Any]:
    text = site.text
    return {
        "name": text.name,
        "tagline": text.tagline,
        "contact": text.contact,
        "announcement": text.announcement,
        "registration": text.registration.value,
        "announced": site.announced,
        **{name: text.value_of(name) for name in MARKDOWN},
        **html_values(site.html),
    }


def html_values(html: SiteHtml) -> dict[str, Any]:
    return {"html_version": html.version, **{f"{name}_html": getattr(html, name) for name in MARKDOWN}}
