"""WSGI servers find the application here, and `flask --app entrypoints.wsgi` our commands too."""

from entrypoints.app import create_app
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.settings import load_settings

app = create_app(Container(settings=load_settings()))
for command in cli.commands.values():
    app.cli.add_command(command)
