"""What the OpenAPI document says is so, tried with made-up requests of both kinds: such as fit it and such as do not.

`make test` tries what follows from the document itself, with two made-up requests of each kind and always the same;
`make test-long` tries hundreds, and other ones each time.
"""

import os
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, jsonify

from tests.api.client import basic
from tests.api.fuzzing import Findings, findings
from tests.web.conftest import inhabited
from tests.web.site import PASSWORD, Site

FEW, MANY = 2, int(os.environ.get("SCHEMATHESIS_EXAMPLES", "200"))
SEEDS = {FEW: 1, MANY: int(os.environ.get("SCHEMATHESIS_SEED", secrets.randbits(32)))}
FEW_AND_MANY = pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])

ADA = basic("ada@example.com", PASSWORD)
# One takes a mailed link to succeed. One is refused where a block was tried before. The others take what somebody else
# wrote, and a program comes by what it wrote itself.
NOT_BY_CHANCE = {
    *("POST /confirmations/", "PUT /users/{username}/follow"),
    *("PUT /posts/{post_id}/like", "PUT /comments/{comment_id}/like"),
    *("POST /posts/{post_id}/report", "POST /comments/{comment_id}/report"),
}


@pytest.fixture
def fresh_site() -> Site:
    """Nobody else's, with something of everything in it."""
    site = inhabited(Site(rate_limits="off"))
    post_id = site.post("susan", title="On soup")
    site.hide("mary", site.comment("david", post_id))
    site.comment("ada", post_id)
    site.follow("david", "susan")
    site.container.reporting().report_post(actor_id=site.members["david"], post_id=post_id, kind="spam")
    return site


def told(found: Findings) -> str:
    return "\n\n".join(f"{what}\n{why}" for what, why in found.failures.items())


def tried(site: Site, authorization: str | None, *, examples: int, only: str | None = None) -> Findings:
    seed = SEEDS.get(examples, 1)
    return findings(site, authorization=authorization, examples=examples, seed=seed, whole=examples == MANY, only=only)


@FEW_AND_MANY
def test_nothing_is_found_as_an_administrator(fresh_site: Site, examples: int) -> None:
    found = tried(fresh_site, ADA, examples=examples)

    assert not found.failures, f"with SCHEMATHESIS_SEED={SEEDS[examples]}:\n{told(found)}"
    described = fresh_site.app.test_client().get("/api/v1/openapi.json", base_url=fresh_site.settings.base_url)
    for path, operations in described.get_json()["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            succeeded = [status for status in found.statuses[name] if str(status) in operation["responses"]]
            assert name in NOT_BY_CHANCE or min(succeeded) < 300, f"{name} never succeeded"


@FEW_AND_MANY
def test_nothing_is_found_as_a_visitor(fresh_site: Site, examples: int) -> None:
    found = tried(fresh_site, None, examples=examples)

    assert not found.failures, f"with SCHEMATHESIS_SEED={SEEDS[examples]}:\n{told(found)}"
    seen = {name for name, statuses in found.statuses.items() if any(status < 300 for status in statuses)}
    assert {name for name in seen if not name.startswith("OPTIONS ")} <= {"POST /users/"}


def another_status(_: Any) -> Response:
    return Response("{}", 203, content_type="application/json")


def another_type(answer: Response) -> Response:
    answer.content_type = "text/plain"
    return answer


def a_field_too_few(answer: Response) -> Response:
    body = answer.get_json()
    del body["count"]
    answer.set_data(jsonify(body).get_data())
    return answer


def a_header_too_few(answer: Response) -> Response:
    del answer.headers["ETag"]
    return answer


def a_header_too_many(answer: Response) -> Response:
    answer.headers["X-Secret"] = "42"
    return answer


def a_crash(_: Response) -> Response:
    return Response("{}", 500, content_type="application/problem+json")


@pytest.mark.parametrize(
    "fault", [another_status, another_type, a_field_too_few, a_header_too_few, a_header_too_many, a_crash]
)
def test_a_planted_fault_is_found(fresh_site: Site, fault: Callable[[Response], Response]) -> None:
    plant(fresh_site.app, "api.post_list", fault)

    assert tried(fresh_site, ADA, examples=2, only="post_list").failures


def test_a_planted_missing_authentication_is_found(fresh_site: Site) -> None:
    fresh_site.app.before_request_funcs["api"].clear()
    fresh_site.app.view_functions["api.me"] = lambda: Response("{}", content_type="application/json")

    assert any("ignored_auth" in what for what in tried(fresh_site, ADA, examples=2, only="me").failures)


def test_planted_acceptance_of_invalid_input_is_found(fresh_site: Site) -> None:
    fresh_site.app.view_functions["api.follow"] = lambda username: Response(status=204)
    fresh_site.app.view_functions["api.hide"] = lambda comment_id: Response(status=204)

    assert any("negative_data" in what for what in tried(fresh_site, ADA, examples=5, only="hide").failures)


def plant(app: Flask, endpoint: str, fault: Callable[[Response], Response]) -> None:
    view: Any = app.view_functions[endpoint]
    app.view_functions[endpoint] = lambda **values: fault(view(**values))
