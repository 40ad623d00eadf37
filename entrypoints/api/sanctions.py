"""The operations of sanctions."""

from functools import partial

from flask import Response

from application.ports.sanctions import SanctionFeeds
from application.sanctions import Sanctions
from entrypoints.api.auth import reader
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.schemas.sanctions import NewSanction, Sanction, SanctionList, sanction_of
from entrypoints.api.shape import json_response, listed, parsed, window

SANCTIONS_PER_PAGE = 30


def add_to(api: Operations, urls: Urls, sanctions: Sanctions, sanction_feeds: SanctionFeeds) -> None:
    @api.add(
        "GET",
        "/users/<username:username>/sanctions/",
        "The sanctions of a member, newest first",
        tag="Moderation",
        gives=SanctionList,
        refuses=(403, 404),
        listed=True,
    )
    def sanction_list(username: str) -> Response:
        found = sanctions.of_person(reader=reader(), username=username, window=window(SANCTIONS_PER_PAGE))
        return listed("sanctions", SanctionList, found.page, found.count, partial(sanction_of, urls))

    @api.add(
        "POST",
        "/users/<username:username>/sanctions/",
        "Warn, silence or suspend a member",
        tag="Moderation",
        takes=NewSanction,
        gives=Sanction,
        status=201,
        refuses=(403, 404),
    )
    def sanction(username: str) -> Response:
        wanted = parsed(NewSanction)
        sanction_id = sanctions.sanction(
            actor_id=reader().id,
            username=username,
            act=wanted.act,
            days="" if wanted.days is None else str(wanted.days),
            reason=wanted.reason,
            rule=wanted.rule,
        )
        made = sanction_of(urls, sanction_feeds.sanction(reader(), sanction_id))
        answer = json_response(made, 201)
        answer.headers["Location"] = made.url
        return answer

    @api.add(
        "DELETE",
        "/sanctions/<id:sanction_id>",
        "Lift a sanction",
        tag="Moderation",
        status=204,
        refuses=(403, 404),
    )
    def lift(sanction_id: int) -> Response:
        sanctions.lift_one(actor_id=reader().id, sanction_id=sanction_id)
        return Response(status=204)
