"""Schemathesis, driven over HTTP against a site of the test's own: everything the document says, and its opposite."""

import base64
import collections
import contextlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import strategies
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.site import Site

# What every answer of the site or of its server carries; the document says so once for all.
EVERYWHERE = frozenset(
    [
        *("content-type", "content-length", "content-encoding", "date", "server", "connection"),
        *("content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"),
        *("cross-origin-resource-policy", "permissions-policy"),
    ]
)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
ACCEPTABLE = ["2xx", "3xx", "401", "403", "404"]


@dataclass
class Findings:
    """`failures` in words; `statuses` that were seen, by operation."""

    failures: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, collections.Counter[int]] = field(
        default_factory=lambda: collections.defaultdict(collections.Counter)
    )


def findings(
    site: Site, *, authorization: str | None, examples: int, seed: int, whole: bool, only: str | None = None
) -> Findings:
    """`whole` takes the document as it is; `only` is the one operation to try."""
    _teach_formats()
    document = site.app.test_client().get("/api/v1/openapi.json", base_url=site.settings.base_url).get_json()
    if only is not None:
        document["paths"] = _only(document["paths"], only)
    found = Findings()
    with _served(site) as address:
        schema = schemathesis.openapi.from_dict(
            document if whole else _without_long_texts(document),
            config=_config(address, authorization, examples=examples, seed=seed),
        )
        for happened in from_schema(schema).execute():
            _note(found, document, happened)
    return found


def _only(paths: Any, wanted: str) -> Any:
    return {
        path: {method: operation}
        for path, operations in paths.items()
        for method, operation in operations.items()
        if operation["operationId"] == wanted
    }


def _config(address: str, authorization: str | None, *, examples: int, seed: int) -> SchemathesisConfig:
    def rules(*operations: str, status: str | tuple[str, ...]) -> dict[str, Any]:
        more = (status,) if isinstance(status, str) else status
        accepted = {"positive_data_acceptance": {"expected-statuses": [*ACCEPTABLE, *more]}}
        return {"include-operation-id": list(operations), "checks": accepted}

    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": f"{address}/api/v1",
            "headers": {"Authorization": authorization} if authorization else {},
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
            # Who is refused everywhere makes nothing to go on with.
            "phases": {name: {"enabled": bool(authorization) or name != "stateful"} for name in PHASES},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTABLE}},
            # What is right by the schema may still break a rule that no schema can tell.
            "operations": [
                # Names that are taken or reserved, addresses that no mail reaches, passwords that are common.
                rules("register", status="422"),
                # A token that was never issued.
                rules("confirm", status="422"),
                # A query without anything that must be there.
                rules("search", status="422"),
                # Oneself.
                rules("follow", "mute", "block", status="422"),
                # What one wrote oneself.
                rules("like_post", "like_comment", status="422"),
                # An answer to a comment that is not below this post.
                rules("write", status="422"),
                # Bytes that are no picture.
                rules("send_picture", "portray", status="422"),
                # Words that are no tags; and an If-Match that names another version.
                rules("publish", status="422"),
                rules("replace", "revise", status=("412", "422")),
                # A case that is settled, an act that its thing does not have or that lacks a reason, another version.
                rules("settle", status=("409", "412", "422")),
                # An If-Match that names another version.
                rules("change_me", "choose_notification_settings", "delete", "edit", "delete_comment", status="412"),
            ],
        }
    )


@schemathesis.hook("before_call")
def _with_a_key_of_its_own(context: Any, case: Any, kwargs: Any) -> None:
    """Otherwise every body but the first under the document's one example of a key would be refused."""
    if case.headers and "Idempotency-Key" in case.headers and case.meta is not None and _is_in_order(case):
        case.headers["Idempotency-Key"] = secrets.token_hex(8)


def _is_in_order(case: Any) -> bool:
    return all(component.mode.is_positive for component in case.meta.components.values())


def _teach_formats() -> None:
    # What the maker of the tests takes for a picture, and what it does not.
    schemathesis.openapi.format("binary", strategies.sampled_from([b"1600x900", b"1x1", b"<svg/>"]))
    cursors = strategies.tuples(strategies.sampled_from("ab"), strategies.integers(1, 2**63 - 1))
    schemathesis.openapi.format("cursor", cursors.map(lambda parts: _opaque(f"{parts[0]}{parts[1]}")))


def _opaque(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _without_long_texts(found: Any) -> Any:
    """To find 50,000 characters that fit a pattern takes seconds; tests of hostile input send them instead."""
    match found:
        case dict():
            long = "pattern" in found and found.get("maxLength", 0) > 1_000
            return {name: _without_long_texts(one) for name, one in found.items() if not (long and name == "maxLength")}
        case list():
            return [_without_long_texts(one) for one in found]
    return found


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None: ...


@contextlib.contextmanager
def _served(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _note(found: Findings, document: Any, happened: object) -> None:
    if isinstance(happened, events.NonFatalError | events.FatalError):
        found.failures[f"{happened}"] = "schemathesis itself could not go on"
    if not isinstance(happened, events.ScenarioFinished):
        return
    recorder = happened.recorder
    for case_id, interaction in recorder.interactions.items():
        case, response = recorder.cases[case_id].value, interaction.response
        name = f"{case.method} {case.path}"
        if response is None:
            found.failures[name] = "no answer"
            continue
        found.statuses[name][response.status_code] += 1
        for header in _undescribed(document, case, response):
            found.failures[f"{name}: {response.status_code} has {header}"] = "the header is not described"
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = recorder.cases[case_id].value
                failure = check.failure_info.failure
                found.failures.setdefault(
                    f"{case.method} {case.path}: {check.name}: {failure.title}",
                    f"{failure.message}\n{check.failure_info.code_sample}",
                )


def _undescribed(document: Any, case: Any, response: Any) -> set[str]:
    operation = document["paths"].get(case.path, {}).get(case.method.lower())
    described = operation and operation["responses"].get(str(response.status_code))
    if not described:
        return set()
    if "$ref" in described:
        described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
    return set(response.headers) - EVERYWHERE - {name.lower() for name in described["headers"]}
