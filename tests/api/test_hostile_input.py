"""What is no request: everything is answered by a problem document, soon, and never by a 500 (A76; W10, W25)."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from application.ports.tokens import Claims
from domain.credentials import Purpose
from entrypoints.container import Container
from tests.api.client import Answer, Api, bearer, program_of, visitor
from tests.doubles import Away, Broken, put_into_storage
from tests.web.conftest import inhabited
from tests.web.site import Site

NAUGHTY = Path(__file__).parent.parent / "corpora" / "naughty.json"

# Every way to send something, each with a body that would do.
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "POST posts": ("POST", "/posts/", {"body": "x", "title": "x"}),
    "PUT post": ("PUT", "/posts/{post_id}", {"body": "x", "title": "x"}),
    "PATCH post": ("PATCH", "/posts/{post_id}", {"body": "x", "title": "x"}),
    "POST comments": ("POST", "/posts/{post_id}/comments/", {"body": "x"}),
    "PUT comment": ("PUT", "/comments/{comment_id}", {"body": "x"}),
    "PUT hiding": ("PUT", "/comments/{comment_id}/hiding", {"reason": "x"}),
    "PATCH me": ("PATCH", "/me", {"name": "x", "location": "x", "about_me": "x"}),
    "POST users": ("POST", "/users/", {"email": "n@example.com", "username": "nils", "password": "seven quiet herons"}),
    "POST confirmations": ("POST", "/confirmations/", {"token": "x"}),
}
FIELDS = [(name, field) for name, (_, _, body) in WRITES.items() for field in body]


class Scene:
    """mary, who moderates and wrote a post and a comment, sends things."""

    def __init__(self, site: Site) -> None:
        self.site = site
        post_id = site.post("mary")
        self._names = {"post_id": post_id, "comment_id": site.comment("mary", post_id)}
        self.program = program_of(site, "mary")

    def send(self, name: str, body: Any, **options: Any) -> Answer:
        method, path, _ = WRITES[name]
        began = time.process_time()
        answer = self.program(method, path.format(**self._names), body, **options)
        assert time.process_time() - began < 1
        return answer


@pytest.fixture
def scene(free_site: Site) -> Scene:
    return Scene(free_site)


@pytest.mark.parametrize("name", WRITES)
def test_a_valid_body_is_accepted(scene: Scene, name: str) -> None:
    expected = 422 if name == "POST confirmations" else {200, 201, 202, 204}

    answer = scene.send(name, WRITES[name][2])

    assert answer.status == expected or (isinstance(expected, set) and answer.status in expected), answer


@pytest.mark.parametrize("name", WRITES)
def test_a_byte_order_mark_before_the_json_is_ignored(scene: Scene, name: str) -> None:
    body = json.dumps(WRITES[name][2], ensure_ascii=False).encode("utf-8-sig")

    answer = scene.send(name, body)

    assert answer.status in ((422,) if name == "POST confirmations" else (200, 201, 202, 204)), answer
    if name == "POST posts":
        assert answer.json["body"] == "x"


def test_only_the_byte_order_mark_of_the_json_is_dropped(scene: Scene) -> None:
    body = json.dumps({"body": "\ufeffx"}, ensure_ascii=False).encode("utf-8-sig")

    assert scene.send("POST posts", body).json["body"] == "\ufeffx"


WRONG = [None, True, False, 0, -1, 1.5, 2**63, 10**400, [], ["x"], {}, {"x": "y"}]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_w25_a_value_of_the_wrong_type_is_a_bad_request(scene: Scene, name: str, field: str) -> None:
    for wrong in WRONG:
        if (field, wrong) == ("title", None):
            continue
        body = WRITES[name][2] | {field: wrong}
        with scene.site.unchanged(f"{field} = {wrong!r:.50}"):
            scene.send(name, body).problem(400)


NO_JSON = {
    "nothing": b"",
    "blank": b" ",
    "cut off": b'{"body": "x"',
    "trailing": b'{"body": "x"} x',
    "two": b'{"body": "x"}{"body": "x"}',
    "single quotes": b"{'body': 'x'}",
    "comment": b'{"body": "x" /* x */}',
    "NaN": b'{"body": NaN}',
    "Infinity": b'{"body": Infinity}',
    "-Infinity": b'{"body": "x", "title": -Infinity}',
    "twice": b'{"body": "x", "body": "y"}',
    "twice, deep": b'{"body": {"a": 1, "a": 2}}',
    "twice, spelt differently": b'{"body": "x", "\\u0062ody": "y"}',
    "array": b"[]",
    "array of one": b'[{"body": "x"}]',
    "string": b'"body"',
    "number": b"1",
    "long number": b'{"body": ' + b"9" * 5_000 + b"}",
    "null": b"null",
    "latin-1": '{"body": "é"}'.encode("latin-1"),
    "utf-16": '{"body": "x"}'.encode("utf-16"),
    "two byte order marks": b"\xef\xbb\xbf" * 2 + b'{"body": "x"}',
    "only a byte order mark": b"\xef\xbb\xbf",
    "a byte order mark behind a blank": b" \xef\xbb\xbf" + b'{"body": "x"}',
    "overlong": b'{"body": "\xc0\xaf"}',
    "surrogate bytes": b'{"body": "\xed\xa0\x80"}',
    "lone surrogate": b'{"body": "\\ud800"}',
    "lone surrogate, low": b'{"body": "\\udc00x"}',
    "lone surrogate, in a name": b'{"\\ud800": "x"}',
    "control character": b'{"body": "a\nb"}',
    "nested arrays": b'{"body": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "nested objects": b'{"body": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "nested, cut off": b"[" * 60_000,
    "5,000 names": json.dumps({"body": "Soup."} | {f"{n:x}": 0 for n in range(5_000)}).encode(),
    "101 names in many objects": json.dumps({"body": [{"a": 1}] * 101}).encode(),
    "nested 990": b'{"body": ' + b"[" * 990 + b"]" * 990 + b"}",
}


@pytest.mark.parametrize("kind", NO_JSON)
def test_w25_n4_n6_n10_a_body_that_is_not_a_json_object_is_a_bad_request(scene: Scene, kind: str) -> None:
    for name in WRITES:
        with scene.site.unchanged(name):
            answer = scene.send(name, NO_JSON[kind])
        answer.problem(400)


@pytest.mark.parametrize(
    "kind",
    [
        *("", "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/xml", "application/json-patch+json", "application/problem+json", "json", "application/ json"),
    ],
)
def test_c4_a_body_without_the_json_content_type_is_not_read(scene: Scene, kind: str) -> None:
    for name, (_, _, body) in WRITES.items():
        with scene.site.unchanged(name):
            answer = scene.send(name, body, headers={"Content-Type": kind})
        answer.problem(415, "application/json")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON;x=y"])
def test_the_json_content_type_may_have_parameters(scene: Scene, kind: str) -> None:
    assert scene.send("POST posts", {"body": "é"}, headers={"Content-Type": kind}).json["body"] == "é"


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_n3_a_nul_character_breaks_a_rule(scene: Scene, name: str, field: str) -> None:
    with scene.site.unchanged():
        answer = scene.send(name, WRITES[name][2] | {field: "words\0words"})
    answer.problem(422)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_text_of_nearly_a_megabyte_is_refused_quickly(scene: Scene, name: str, field: str) -> None:
    with scene.site.unchanged():
        answer = scene.send(name, WRITES[name][2] | {field: "*a **b " * 140_000})
    answer.problem(422 if field in ("title", "body") else 413)


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_text_of_nearly_64_kilobytes_is_read(scene: Scene, name: str, field: str) -> None:
    with scene.site.unchanged():
        answer = scene.send(name, WRITES[name][2] | {field: "*a **b " * 9_000})
    answer.problem(422)


@pytest.mark.parametrize("name", WRITES)
def test_n5_a_body_of_ten_megabytes_is_refused_unread(scene: Scene, name: str) -> None:
    with scene.site.unchanged():
        scene.send(name, b'{"body": "' + b"x" * 10_000_000 + b'"}').problem(413)


def test_n5_a_body_without_a_length_is_read_whole_or_refused(scene: Scene) -> None:
    def send(size: int) -> Answer:
        stream = io.BytesIO(b'{"body": "Soup."}'.ljust(size))
        headers = {"Content-Type": "application/json"}
        return scene.program.post(
            "/posts/", input_stream=stream, headers=headers, environ={"wsgi.input_terminated": True}
        )

    assert send(1_000_000).status == 201
    with scene.site.unchanged():
        send(1_000_001).problem(413)


@pytest.mark.parametrize("body", [b"x" * 2_000_000])
def test_n5_a_large_body_has_no_effect_where_no_body_is_read(scene: Scene, body: bytes) -> None:
    for method, path in (("POST", "/tokens/"), ("GET", "/me"), ("DELETE", "/posts/7"), ("PUT", "/users/susan/follow")):
        scene.program(method, path, body).problem(413)


NO_IDS = [
    "0",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "a",
    "%00",
    "%0a",
    "١",
    "1%20",
    "%E2%91%A0",
    "0x1",
    "1;2",
    "..",
    "' OR 1=1",
]


@pytest.mark.parametrize("text", [*NO_IDS, str(2**63), str(2**64), "9" * 400, "9" * 5_000])
def test_v1_4_2_n7_an_invalid_id_is_not_found(scene: Scene, text: str) -> None:
    for path in (f"/posts/{text}", f"/posts/{text}/comments/", f"/comments/{text}", f"/comments/{text}/hiding"):
        for method in ("GET", "PUT", "DELETE", "POST"):
            answer = scene.program(method, path, {"body": "x"})
            assert answer.status in (404, 405), answer
            answer.problem(answer.status)


@pytest.mark.parametrize("text", ["1", str(2**63 - 1), str(2**53 + 1), str(2**63), str(10**19 - 1)])
def test_an_unknown_id_is_not_found(any_site: Site, text: str) -> None:
    program = program_of(any_site, "mary")
    asked = (
        ("GET", f"/posts/{text}"),
        ("PUT", f"/posts/{text}"),
        ("PATCH", f"/posts/{text}"),
        ("DELETE", f"/posts/{text}"),
        ("GET", f"/posts/{text}/comments/"),
        ("POST", f"/posts/{text}/comments/"),
        ("GET", f"/comments/{text}"),
        ("PUT", f"/comments/{text}"),
        ("DELETE", f"/comments/{text}"),
    )
    for method, path in asked:
        program(method, path, {"body": "x"}).problem(404)
    program.put(f"/comments/{text}/hiding", {"reason": "x"}).problem(404)
    program.delete(f"/comments/{text}/hiding").problem(404)


@pytest.mark.parametrize(
    "name", ["1a", "a-b", "a%00", "%F0%9F%A6%89", "a" * 65, "a" * 3_000, "a%2Fb", "аdmin", "a'--", "."]
)
def test_an_invalid_username_is_not_found(any_site: Site, name: str) -> None:
    program = program_of(any_site, "susan")
    for path in ("", "/posts/", "/followers/", "/following/", "/timeline/"):
        program.get(f"/users/{name}{path}").problem(404)
    program.put(f"/users/{name}/follow").problem(404)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "", "application/problem+json", "q=,;"])
def test_a76_every_path_below_api_answers_json_whatever_the_accept_header(scene: Scene, accept: str) -> None:
    paths = (
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/posts/",
        "/api/nowhere",
        "/api/v1/nowhere",
        "/api/v1//posts",
    )
    for path in paths:
        for program in (scene.program, visitor(scene.site)):
            program.get(path, headers={"Accept": accept}).problem(404)
    not_allowed = scene.program.post("/me", {}, headers={"Accept": accept}).problem(405)
    assert set(not_allowed.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH"}
    visitor(scene.site).get("/me", headers={"Accept": accept}).problem(401)
    visitor(scene.site).post("/api/docs", {}).problem(405)


def test_answers_are_in_english_whatever_the_accept_language_header(scene: Scene) -> None:
    asked: list[tuple[str, str, Any]] = [
        ("GET", "/nowhere", None),
        ("POST", "/posts/", {"body": ""}),
        ("PATCH", "/me", {"name": "x" * 65}),
        ("POST", "/users/", {"email": "no", "username": "1", "password": "x"}),
        ("PUT", "/users/mary/follow", None),
    ]
    for method, path, body in asked:
        plain, other = (
            scene.program(method, path, body, headers={"Accept-Language": language}) for language in ("en", "zh-Hans")
        )
        assert plain.status >= 400
        assert other.data == plain.data
        assert other.data.isascii()


@pytest.mark.parametrize("method", ["BREW", "TRACE", "CONNECT", "get", "PROPFIND"])
def test_an_unknown_method_is_not_allowed(scene: Scene, method: str) -> None:
    for path in ("/posts/", "/posts", "/me", "/posts/7", "/tokens"):
        answer = scene.program(method, path)
        if method == "get":  # the test's client writes it in capitals
            continue
        assert "OPTIONS" in answer.problem(405).headers["Allow"]


@pytest.mark.parametrize(
    "header", ["If-Match", "If-None-Match", "Idempotency-Key", "Authorization", "Content-Type", "Cookie", "Accept"]
)
@pytest.mark.parametrize(
    "value", ['"' * 999, ",", ";" * 99, "\xff\xfe", '"\\"', "W/W/", "é", "\x01\x7f", "\t", "a" * 8_000]
)
def test_x1_strange_headers_change_nothing(scene: Scene, header: str, value: str) -> None:
    for name in ("POST posts", "PUT post"):
        answer = scene.send(name, {"body": "x"}, headers={header: value})
        assert answer.status in (200, 201, 400, 401, 412, 415)
        if answer.status >= 400:
            answer.problem(answer.status)
    assert scene.program.get("/posts/", headers={header: value}).status in (200, 401)


def test_n1_naughty_strings_are_returned_unchanged(scene: Scene) -> None:
    """One request a string, all fields in turn."""
    strings = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    strings = [text for text in _texts(strings) if "\0" not in text]
    assert len(strings) > 50
    for text in strings:
        answer = scene.send("PATCH me", {"about_me": text})
        if any("\ud800" <= char <= "\udfff" for char in text):
            answer.problem(400)
            continue
        if len(text) > 2_000:
            answer.problem(422)
            continue
        assert answer.json["about_me"] == text.replace("\r\n", "\n")
        made = scene.send("POST posts", {"body": text, "title": text})
        if made.status == 201:
            assert made.json["body"] == text.replace("\r\n", "\n")
            assert made.json["title"] in (text, None)
        else:
            assert made.status in (400, 422)
            made.problem(made.status)


def _texts(found: Any) -> list[str]:
    match found:
        case str():
            return [found]
        case list():
            return [text for one in found for text in _texts(one)]
        case dict():
            return [text for one in found.values() for text in _texts(one)]
    return []


def test_v16_5_1_an_internal_error_reveals_no_details(caplog: pytest.LogCaptureFixture) -> None:
    def prepare(container: Container) -> None:
        put_into_storage(container, post_feeds=Broken())

    site = inhabited(Site(prepare=prepare))

    answer = program_of(site, "susan").get("/posts/").problem(500)

    for secret in (b"cellar", b"RuntimeError", b"Traceback", b".py"):
        assert secret not in answer.data
    assert "cellar" in caplog.text


def test_v16_5_2_a_busy_storage_answers_503_with_retry_after() -> None:
    site = inhabited(Site(prepare=lambda container: put_into_storage(container, post_feeds=Away())))

    assert program_of(site, "susan").get("/posts/").problem(503).headers["Retry-After"] == "5"


def test_a_storage_that_fails_at_authentication_answers_503() -> None:
    site = Site(prepare=lambda container: put_into_storage(container, credential_feeds=Away()))
    issued = site.container.tokens().issue(Claims(subject=1, purpose=Purpose.API, token_id="1.x"), at=site.time)

    Api(site, bearer(issued)).get("/me").problem(503)
