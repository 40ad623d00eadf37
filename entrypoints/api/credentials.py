"""The operations of API tokens."""

from flask import Response

from application.credentials.checking import Credentials
from domain.credentials import Purpose
from domain.errors import BadCredentials
from entrypoints.api.auth import came_by_password, reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.credentials import Token
from entrypoints.api.shape import json_response


def add_to(api: Operations, credentials: Credentials) -> None:
    api.describe("Access", "Tokens, and joining.")

    @api.add("POST", "/tokens/", "Get a token, with a password", tag="Access", gives=Token, by_password=True)
    def create_token() -> Response:
        if not came_by_password():
            raise BadCredentials
        lifetime = int(Purpose.API.lifetime.total_seconds())
        return json_response(Token(token=credentials.issue_token(reader=reader()), expiration=lifetime))

    @api.add("DELETE", "/tokens/", "End every token of mine", tag="Access", status=204)
    def revoke_tokens() -> Response:
        credentials.revoke_tokens(actor_id=reader().id)
        return Response(status=204)
