"""Former usernames in a path: where they lead on to. Both edges ask here, only when something was not found."""

from collections.abc import Callable

from flask import request, url_for

from application.ports.people import PeopleFeeds
from domain.errors import NotFound

# The path and the query of this request under the present username. None when its path names no former one.
PathAhead = Callable[[], str | None]


def path_ahead_of(people_feeds: PeopleFeeds) -> PathAhead:
    def path_ahead() -> str | None:
        values = request.view_args or {}
        if request.endpoint is None or "username" not in values:
            return None
        try:
            # Whether a member had a name is no secret, so everybody is led on as a visitor is.
            present = people_feeds.present_username(None, values["username"])
        except NotFound:
            return None
        query = f"?{request.query_string.decode('ascii')}" if request.query_string else ""
        return url_for(request.endpoint, **(values | {"username": present})) + query

    return path_ahead
