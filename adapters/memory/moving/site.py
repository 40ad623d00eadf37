"""The site itself, as a record."""

from collections.abc import Iterator
from typing import Any

from adapters.memory.store import Store
from application.ports.moving.site import SiteRecord
from domain.site import FIELDS, MARKDOWN, Site, SiteHtml, SiteText


def site_of(store: Store) -> Iterator[SiteRecord]:
    for site in store.site.rows():
        texts: dict[str, Any] = {name: getattr(site.text, name) for name in FIELDS}
        html = {f"{name}_html": getattr(site.html, name) for name in MARKDOWN}
        yield SiteRecord(
            id=site.id,
            html_version=site.html.version,
            version=site.version,
            announced=site.announced,
            **texts,
            **html,
        )


def add_site(store: Store, record: SiteRecord) -> None:
    site = Site(
        text=SiteText(**{name: getattr(record, name) for name in FIELDS}),
        html=SiteHtml(version=record.html_version, **{name: getattr(record, f"{name}_html") for name in MARKDOWN}),
        version=record.version,
        announced=record.announced,
    )
    store.site.put(site.id, site)
