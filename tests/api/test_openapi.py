"""The OpenAPI document: valid, whole, true to what is routed, and to be read in a browser."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.texts import one_line, prose
from entrypoints.api.schemas.fields import Answer, In, Out
from entrypoints.api.schemas.posts import NewPost
from tests.api.client import ROOT, visitor
from tests.web.browser import Page
from tests.web.site import BASE_URL, Site

_NAMES = re.compile(r"<.*?>")
FRAMEWORK = {"OPTIONS", "HEAD"}


@pytest.fixture
def document(site: Site) -> Any:
    answer = visitor(site).get("/openapi.json")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json


def operations(document: Any) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def resolved(document: Any, found: Any) -> Any:
    for name in found.get("$ref", "").split("/")[1:]:
        document = document[name]
    return document if "$ref" in found else found


def test_the_document_is_valid_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_server_of_the_document_is_below_the_base_url(document: Any) -> None:
    assert document["servers"] == [{"url": f"{BASE_URL}{ROOT}"}]


def test_every_reference_has_a_target(document: Any) -> None:
    found = set(re.findall(r"'\$ref': '([^']+)'", repr(document)))

    assert found
    for reference in found:
        assert resolved(document, {"$ref": reference})


def test_the_document_describes_exactly_the_routes(site: Site, document: Any) -> None:
    routed = {
        f"{method} {_NAMES.sub(r'{}', rule.rule.removeprefix(ROOT))}"
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(ROOT) and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - FRAMEWORK
    }

    assert {re.sub(r"{.*?}", "{}", name).rstrip("/") for name, _ in operations(document)} == routed
    assert len({operation["operationId"] for _, operation in operations(document)}) == len(operations(document))


def test_every_response_is_fully_described(document: Any) -> None:
    """A description, headers, and for what has a body its shape and an example that fits it."""
    for name, operation in operations(document):
        assert operation["summary"], name
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}
        for status, referred in operation["responses"].items():
            where, answer = f"{name} {status}", resolved(document, referred)
            assert answer["description"], where
            assert {"Cache-Control", "Vary", "RateLimit", "RateLimit-Policy"} <= answer["headers"].keys(), where
            for header in answer["headers"].values():
                assert_fits(document, resolved(document, header), where)
            is_empty = status in ("204", "304", "308") or (status == "202" and name.endswith("/report"))
            assert ("content" in answer) == (not is_empty), where
            for kind, content in answer.get("content", {}).items():
                assert kind == ("application/problem+json" if int(status) >= 400 else "application/json"), where
                assert_fits(document, content, where)


def test_every_request_has_examples_that_fit(document: Any) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert_fits(document, resolved(document, parameter), name)
        if "requestBody" in operation:
            assert operation["requestBody"]["required"]
            (content,) = operation["requestBody"]["content"].values()
            assert_fits(document, content, name)


def assert_fits(document: Any, described: Any, where: str) -> None:
    assert "example" in described, where
    schema = described["schema"] | {"components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(described["example"])


# They have no body, and a rule: nobody follows, mutes or blocks themselves, or likes their own.
_RULED = {f"PUT /users/{{username}}/{act}" for act in ("follow", "mute", "block")}
_RULED |= {"PUT /posts/{post_id}/like", "PUT /comments/{comment_id}/like"}


_MAKING = ("POST /posts/", "POST /posts/{post_id}/comments/", "POST /pictures/")


def test_the_errors_of_an_operation_follow_from_its_input(document: Any) -> None:
    for name, operation in operations(document):
        statuses = {int(status) for status in operation["responses"]}
        names = {resolved(document, parameter)["name"] for parameter in operation.get("parameters", [])}
        assert {400, 413, 429, 500, 503} <= statuses, name
        assert ({401, 403} <= statuses) == (operation.get("security") != []), name
        assert ({415, 422} <= statuses) == ("requestBody" in operation) or name in _RULED, name
        assert (412 in statuses) == ("If-Match" in names), name
        assert (304 in statuses) == ("If-None-Match" in names) == name.startswith("GET"), name
        assert ("Idempotency-Key" in names) == (name in _MAKING), name
        assert ("cursor" in names) == ("limit" in names) == ("Link" in _headers(operation)), name
        assert (404 in statuses) >= ("{" in name), name
        assert ("201" in operation["responses"]) == ("Location" in _headers(operation)), name


def _headers(operation: Any) -> set[str]:
    return {header for status, answer in operation["responses"].items() if status < "3" for header in answer["headers"]}


def patterns(found: Any) -> set[str]:
    match found:
        case dict():
            mine = {found["pattern"]} if isinstance(found.get("pattern"), str) else set()
            return mine.union(*(patterns(one) for one in found.values()))
        case list():
            return set().union(*map(patterns, found))
    return set()


def test_every_pattern_is_valid_in_python(document: Any) -> None:
    assert len(patterns(document)) > 5
    for pattern in patterns(document):
        re.compile(pattern)


def is_taken(rule: Callable[..., str], text: str) -> bool:
    try:
        rule("field", text, limit=100)
    except Invalid:
        return False
    return True


ODD = st.sampled_from("\n\r\t \x01\x1f\x7f\x85\x9f\ufffe\uffff\xa0\u200b\u2028\u202e\u3000\ufeff\U000e0041a")


@given(st.text(max_size=5) | st.text(ODD, max_size=5))
@example("\u0600")
@example("\ue000")
@example("\U000e0041")
def test_the_patterns_of_texts_are_the_rules_of_the_core(text: str) -> None:
    described = NewPost.model_json_schema()["properties"]
    of_body, of_title = described["body"]["pattern"], described["title"]["anyOf"][0]["pattern"]

    for pattern, rule in ((of_body, partial(prose, required=True)), (of_title, one_line)):
        expected = is_taken(rule, text)
        # Python's $ also matches before a final line feed, ECMAScript's does not.
        assert (re.search(pattern.replace("$", r"\Z"), text) is not None) == expected, pattern
        assert jsonschema_rs.is_valid({"type": "string", "pattern": pattern}, text) == expected, pattern


def test_the_credentials_are_described(document: Any) -> None:
    schemes = document["components"]["securitySchemes"]
    proofs = {name: operation.get("security") for name, operation in operations(document)}

    assert {(scheme["type"], scheme["scheme"]) for scheme in schemes.values()} == {
        ("http", "basic"),
        ("http", "bearer"),
    }
    assert document["security"] == [{"basic": []}, {"bearer": []}]
    assert {name: proof for name, proof in proofs.items() if proof is not None} == {
        "POST /tokens/": [{"basic": []}],
        "POST /users/": [],
        "POST /confirmations/": [],
    }


def test_the_models_in_use_match_the_described_schemas(document: Any) -> None:
    models = {model.__name__: model for base in (In, Out, Answer) for model in base.__subclasses__()}
    for name, schema in document["components"]["schemas"].items():
        model = models[name]
        assert set(schema["properties"]) == set(model.model_fields)
        assert schema["additionalProperties"] is False


def test_the_document_has_an_etag(site: Site) -> None:
    answer = visitor(site).get("/openapi.json")

    assert visitor(site).get("/openapi.json", headers={"If-None-Match": answer.etag}).status == 304


def docs(site: Site) -> Page:
    return site.browser().get("/api/docs")


def test_the_document_has_a_page_for_browsers(site: Site, document: Any) -> None:
    page = docs(site)

    assert page.status == 200
    assert page.heading == "REST API"
    for name, operation in operations(document):
        assert name in page.words
        assert operation["summary"] in page.words
        assert f'id="{operation["operationId"]}"' in page.text
        for described in (operation.get("requestBody"), operation["responses"].get("200")):
            for content in (described or {}).get("content", {}).values():
                assert all(f'"{name}"' in page.words for name in content["example"])
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page.text
    assert "/api/v1/openapi.json" in page.links
    assert site.browser().get("/api/docs/").status == 200


def test_every_link_on_the_page_has_a_target(site: Site) -> None:
    page = docs(site)
    ids = {element.get("id") for element in page.all(".//*[@id]")}

    assert {link[1:] for link in page.links if link.startswith("#")} <= ids
    assert len(ids) == len(page.all(".//*[@id]"))


def test_c6_the_page_loads_nothing_from_other_hosts_and_has_nothing_inline(site: Site) -> None:
    page = docs(site)
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for element in page.all(".//*"):
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        source = element.get("src") or (element.get("href") if element.tag == "link" else None)
        assert source is None or source.startswith(("/", "#", BASE_URL)), source
        if element.tag == "style" or (element.tag == "script" and element.get("type") != "application/json"):
            assert not (element.text or "").strip()
