"""The application for WSGI servers and for `flask --app entrypoints.wsgi`."""

from entrypoints.app import create_app
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.settings import load_settings

app = create_app(Container(settings=load_settings()))
for command in cli.commands.values():
    app.cli.add_command(command)
