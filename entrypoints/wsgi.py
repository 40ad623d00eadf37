"""`flask --app entrypoints.wsgi` and WSGI servers find the application here."""

from entrypoints.app import create_app
from entrypoints.container import Container
from entrypoints.settings import load_settings

app = create_app(Container(settings=load_settings()))
