"""The operation that reads one's own record."""

from functools import partial

from flask import Response

from application.ports.appeals import AppealFeeds
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.appeals import Record, record_entry_of
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.shape import listed_uncounted, window

ENTRIES_PER_PAGE = 30


def add_to(api: Operations, urls: Urls, appeal_feeds: AppealFeeds) -> None:
    @api.add("GET", "/me/record/", "What was decided about me, newest first", tag="People", gives=Record, listed=True)
    def my_record() -> Response:
        page = appeal_feeds.record(reader(), window(ENTRIES_PER_PAGE))
        return listed_uncounted("entries", Record, page, partial(record_entry_of, urls))
