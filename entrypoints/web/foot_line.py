"""In development: a line at the foot of each page that says how long it took, and opens to its database statements."""

from collections import Counter

from flask import render_template
from werkzeug.wrappers import Response

from entrypoints.observing import current

_END = b"</body>"


def add_foot_line(response: Response) -> None:
    """Leaves a page as it is that is streamed, or that ends otherwise."""
    request = current()
    if request is None or request.listed is None or response.is_streamed:
        return
    page, end, rest = response.get_data().rpartition(_END)
    times = Counter(listed.statement.text for listed in request.listed)
    foot_line = render_template(
        "foot_line.html",
        milliseconds=request.seconds * 1000,
        in_database=sum(listed.statement.seconds for listed in request.listed) * 1000,
        statements=request.listed,
        times=times,
        repeated=sum(count - 1 for count in times.values()),
    )
    if end:
        response.set_data(page + foot_line.encode() + end + rest)
