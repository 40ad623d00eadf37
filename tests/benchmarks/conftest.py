"""The sites of the web's tests, measured by nobody."""

from tests.web.conftest import MakeSite, database_url, make_site, sites_made

__all__ = ["MakeSite", "database_url", "make_site", "sites_made"]
