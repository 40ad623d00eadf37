"""The sites of the web's tests, asked by programs."""

from tests.web.conftest import (
    SQL,
    MakeSite,
    any_site,
    database_url,
    free_site,
    make_site,
    site,
    sites_made,
    sql_site,
    sqlite_site,
)

__all__ = [
    "SQL",
    "MakeSite",
    "any_site",
    "database_url",
    "free_site",
    "make_site",
    "site",
    "sites_made",
    "sql_site",
    "sqlite_site",
]
