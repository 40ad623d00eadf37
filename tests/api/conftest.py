"""The sites of the web's tests, asked by programs."""

from tests.web.conftest import (
    SQL,
    MakeSite,
    _sites,
    any_site,
    database_url,
    free_site,
    make_site,
    site,
    sql_site,
)

__all__ = ["SQL", "MakeSite", "_sites", "any_site", "database_url", "free_site", "make_site", "site", "sql_site"]
