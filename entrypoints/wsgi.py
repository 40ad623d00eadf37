"""The application for WSGI servers and for `flask --app entrypoints.wsgi`."""

from entrypoints import logs
from entrypoints.app import create_app
from entrypoints.cli import cli
from entrypoints.container import Container
from entrypoints.incidents import watch
from entrypoints.settings import load_settings

settings = load_settings()
logs.install(settings)
container = Container(settings=settings)
watch(container)
app = create_app(container)
for command in cli.commands.values():
    app.cli.add_command(command)
