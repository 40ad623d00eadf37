"""Gives members of the community a password, and makes a moderator. Runs in a process of its own, because it imports
the tree that is measured: `python preparing.py PASSWORD USERNAME...`, the last one being the moderator's."""

import sys

from domain.errors import AlreadyTaken
from domain.roles import Role
from entrypoints.container import Container
from entrypoints.settings import load_settings


def main(password: str, *usernames: str) -> None:
    container = Container(settings=load_settings())
    *others, moderator = usernames
    try:
        container.members().create(
            email=f"{moderator}@example.com",
            username=moderator,
            password=password,
            role=Role.ADMINISTRATOR,
            confirmed=True,
        )
    except AlreadyTaken:
        others.append(moderator)
    for username in others:
        container.members().set_password(username=username, password=password)
    container.storage().close()


if __name__ == "__main__":
    main(*sys.argv[1:])
