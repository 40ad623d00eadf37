"""The two programs that the site is measured against. Each runs on the server of the site, with the same processes and
threads, and reads the same settings: `python -m tests.benchmarks.yardsticks bare`, or `limit`."""

import sys

from flask import Flask

from entrypoints.observing import AT_END
from entrypoints.server import run_gunicorn
from entrypoints.settings import load_settings


def bare() -> Flask:
    """What the smallest page of Flask costs."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "Hello, World!"

    return app


def main(name: str) -> None:
    settings = load_settings()

    def make_app() -> Flask:
        if name == "bare":
            app = bare()
        else:
            from tests.benchmarks.limit import limit  # noqa: PLC0415 - bare does without SQLAlchemy

            app = limit(settings.database_url)
        # The server says here that a request is over. Only the site keeps a log.
        app.extensions[AT_END] = lambda request, status, size: None
        return app

    run_gunicorn(
        make_app,
        settings,
        workers=settings.workers,
        post_worker_init=lambda worker: print("ready", flush=True) if worker.age == 1 else None,  # noqa: T201
    )


if __name__ == "__main__":
    main(sys.argv[1])
