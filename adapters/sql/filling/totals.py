"""The totals of the site and the counters of its days, from the rows."""

from collections import Counter

from sqlalchemy import ColumnElement, Connection, func, insert, select

from adapters.sql.overview import IDS_OF_A_DAY, day_numbered
from adapters.sql.tables import accounts, comments, posts, site_totals
from adapters.sql.tallies import SHARDS, name_of
from application.ports.tallies import Total
from domain.overview import Daily, Series

_COUNTED: dict[Total, tuple[Series, ColumnElement[int]]] = {
    Total.MEMBERS: (Series.SIGN_UPS, accounts.c.id),
    Total.POSTS: (Series.POSTS, posts.c.id),
    Total.COMMENTS: (Series.COMMENTS, comments.c.id),
}


def put_totals(connection: Connection) -> None:
    """Where there are none, and everybody is listed and nothing hidden or deleted. Each is in as many rows as the site
    would have made of it."""
    amounts = Counter[tuple[str, int]]()
    for total, (series, id) in _COUNTED.items():
        each = select((id // IDS_OF_A_DAY).label("day"), (id % SHARDS).label("shard")).subquery()
        by_day = select(each.c.day, each.c.shard, func.count()).group_by(each.c.day, each.c.shard)
        for day, shard, amount in connection.execute(by_day):
            amounts[name_of(total), shard] += amount
            amounts[name_of(Daily(series, day_numbered(day))), shard] += amount
    rows = [{"name": name, "shard": shard, "amount": amount} for (name, shard), amount in amounts.items()]
    connection.execute(insert(site_totals), rows)
