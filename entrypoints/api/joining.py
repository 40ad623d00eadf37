"""The operations of joining: register, and confirm the address."""

from flask import Response, request

from application.joining import Joining
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.joining import Message, NewConfirmation, NewUser
from entrypoints.api.shape import json_response, parsed
from entrypoints.clients import client_key
from entrypoints.mailed_links import token_in


def add_to(api: Operations, joining: Joining) -> None:
    @api.add(
        "POST",
        "/users/",
        "Join; a mail follows, whether or not the address is known",
        tag="Access",
        takes=NewUser,
        gives=Message,
        status=202,
        refuses=(403,),
        open=True,
    )
    def register() -> Response:
        wanted = parsed(NewUser)
        joining.register(
            client=client_key(request.remote_addr),
            email=wanted.email,
            username=wanted.username,
            password=wanted.password,
            why=wanted.why,
            invitation=wanted.invitation,
        )
        return json_response(Message(message="A mail is on its way to that address"), 202)

    @api.add(
        "POST",
        "/confirmations/",
        "Confirm an address with the token of a mailed link",
        tag="Access",
        takes=NewConfirmation,
        status=204,
        open=True,
    )
    def confirm() -> Response:
        joining.confirm(token=token_in(parsed(NewConfirmation).token))
        return Response(status=204)
