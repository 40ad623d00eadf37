"""The application for WSGI servers and for `flask --app entrypoints.wsgi`."""

from entrypoints import logs
from entrypoints.app import create_app
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.settings import load_settings

settings = load_settings()
logs.install(settings)
app = create_app(Container(settings=settings))
for command in cli.commands.values():
    app.cli.add_command(command)
