"""Tokens, joining, and oneself."""

from flask import Response, request

from application.access import Access
from application.feeds import PeopleFeeds
from application.joining import Joining
from application.profiles import Profiles
from domain.errors import BadCredentials
from domain.links import Purpose
from entrypoints.api import schemas
from entrypoints.api.auth import came_by_password, reader
from entrypoints.api.operations import Operations
from entrypoints.api.shape import answered, parsed, require_match, told
from entrypoints.clients import client_key


def add_to(
    api: Operations,
    objects: schemas.Objects,
    *,
    access: Access,
    joining: Joining,
    profiles: Profiles,
    people: PeopleFeeds,
) -> None:
    @api.add("POST", "/tokens/", "Get a token, with a password", tag="Access", gives=schemas.Token, by_password=True)
    def create_token() -> Response:
        if not came_by_password():
            raise BadCredentials
        lifetime = int(Purpose.API.lifetime.total_seconds())
        return told(schemas.Token(token=access.issue_token(reader=reader()), expiration=lifetime))

    @api.add("DELETE", "/tokens/", "End every token of mine", tag="Access", status=204)
    def revoke_tokens() -> Response:
        access.revoke_tokens(actor_id=reader().id)
        return Response(status=204)

    @api.add(
        "POST",
        "/users/",
        "Join; a mail follows, whether or not the address is known",
        tag="Access",
        takes=schemas.NewUser,
        gives=schemas.Message,
        status=202,
        refuses=(403,),
        open=True,
    )
    def register() -> Response:
        wanted = parsed(schemas.NewUser)
        joining.register(
            client=client_key(request.remote_addr),
            email=wanted.email,
            username=wanted.username,
            password=wanted.password,
        )
        return told(schemas.Message(message="A mail is on its way to that address"), 202)

    @api.add(
        "POST",
        "/confirmations/",
        "Confirm an address with the token of a mailed link",
        tag="Access",
        takes=schemas.NewConfirmation,
        status=204,
        open=True,
    )
    def confirm() -> Response:
        joining.confirm(token=parsed(schemas.NewConfirmation).token)
        return Response(status=204)

    @api.add("GET", "/me", "Myself", tag="People", gives=schemas.User)
    def me() -> Response:
        return answered(objects.user(people.profile(reader().username, reader())))

    @api.add(
        "PATCH",
        "/me",
        "Change what I say about myself",
        tag="People",
        takes=schemas.ProfileChange,
        gives=schemas.User,
        versioned=True,
    )
    def change_me() -> Response:
        change = parsed(schemas.ProfileChange)
        require_match(answered(objects.user(people.profile(reader().username, reader()))))
        profiles.edit(actor_id=reader().id, **change.model_dump(exclude_unset=True))
        return answered(objects.user(people.profile(reader().username, reader())))
