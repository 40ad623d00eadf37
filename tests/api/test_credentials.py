"""Who asks: the proofs that count, what is answered without one, and how long a token lives (A73-A75, A78)."""

import re

import pytest

from domain.roles import Role
from tests.api.client import Api, basic, bearer, program_of, token_of, visitor, with_password
from tests.web.site import PASSWORD, Site

SUSAN = "susan@example.com"
NEW_PASSWORD = "seven quiet herons"


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_a73_address_and_password_are_accepted_as_credentials(site: Site, scheme: str) -> None:
    proof = basic(SUSAN, PASSWORD).removeprefix("Basic")

    assert Api(site, scheme + proof).get("/me").json["username"] == "susan"


def test_the_case_of_the_address_does_not_matter(site: Site) -> None:
    assert Api(site, basic("SUSAN@Example.com", PASSWORD)).get("/me").json["username"] == "susan"


def test_a_password_beyond_ascii_is_sent_as_utf_8(site: Site) -> None:
    site.container.members().set_password(username="susan", password="пароль: Å, 🦉")

    assert Api(site, basic(SUSAN, "пароль: Å, 🦉")).get("/me").status == 200
    assert Api(site, basic(SUSAN, "пароль: A\u030a, 🦉")).get("/me").status == 200


def test_a_token_is_accepted_as_bearer_and_as_a_basic_name_without_a_password(site: Site) -> None:
    token = token_of(site, "susan")

    for proof in (bearer(token), f"bearer {token}", basic(token, "")):
        assert Api(site, proof).get("/me").json["username"] == "susan"


def test_a73_reading_needs_credentials(site: Site) -> None:
    for path in ("/me", "/posts/", "/posts/1", "/comments/", "/users/susan", "/users/susan/posts/", "/moderation/log/"):
        visitor(site).get(path).problem(401, "Invalid credentials")


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "Basic",
        "Basic ",
        "Bearer",
        "Bearer ",
        "Token abc",
        "Digest username=susan",
        "Basic !!!!",
        "Basic c3VzYW4",  # not padded
        "Basic c3VzYW4=",  # no colon
        "Basic /////w==",  # not UTF-8
        basic("", ""),
        basic("", PASSWORD),
        basic(SUSAN, ""),
        basic("susan", PASSWORD),
        basic(SUSAN, PASSWORD + " "),
        basic(SUSAN, PASSWORD.upper()),
        basic(SUSAN, "\0"),
        basic("a\0b@example.com", PASSWORD),
        basic("nobody@example.com", PASSWORD),
        basic("x" * 3_000 + "@example.com", "y"),
        basic(SUSAN, "y" * 3_000),
        bearer(PASSWORD),
        bearer("a.b.c"),
        bearer("é.é.é"),
    ],
    ids=lambda proof: ascii(proof)[:40],
)
def test_a73_a8_wrong_credentials_are_refused(site: Site, proof: str) -> None:
    answer = visitor(site).get("/me", headers={"Authorization": proof.encode().decode("latin-1")})

    assert answer.problem(401, "Invalid credentials").json["error"] == "unauthorized"


def test_a_token_with_a_password_beside_it_is_not_read_as_a_token(site: Site) -> None:
    Api(site, basic(token_of(site, "susan"), "anything")).get("/me").problem(401)


def test_a74_a_password_gets_a_token_that_is_valid_for_an_hour(site: Site) -> None:
    answer = with_password(site, "susan").post("/tokens/")

    assert answer.status == 200
    assert answer.json == {"token": answer.json["token"], "expiration": 3600}
    assert answer.headers["Cache-Control"] == "no-store"
    program = Api(site, bearer(answer.json["token"]))
    site.pass_time(seconds=3599)
    assert program.get("/me").status == 200
    site.pass_time(seconds=1)
    program.get("/me").problem(401)


def test_a74_a_token_cannot_get_a_token(site: Site) -> None:
    token = token_of(site, "susan")

    for proof in (bearer(token), basic(token, "")):
        answer = Api(site, proof).post("/tokens/").problem(401)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a74_tokens_cannot_be_listed(site: Site) -> None:
    answer = program_of(site, "susan").get("/tokens/").problem(405)

    assert set(answer.headers["Allow"].split(", ")) == {"DELETE", "OPTIONS", "POST"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_revoking_ends_every_token_of_the_account_and_keeps_its_sessions(site: Site) -> None:
    browser, first, second = site.browser("susan"), program_of(site, "susan"), program_of(site, "susan")
    another = program_of(site, "david")

    answer = first.delete("/tokens/")

    assert (answer.status, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    first.get("/me").problem(401)
    second.get("/me").problem(401)
    assert another.get("/me").status == 200
    assert browser.get("/settings/profile").status == 200
    assert program_of(site, "susan").get("/me").status == 200


def test_a_password_can_revoke_tokens_too(site: Site) -> None:
    program = program_of(site, "susan")

    assert with_password(site, "susan").delete("/tokens/").status == 204

    program.get("/me").problem(401)


def change_the_password(site: Site) -> None:
    page = site.browser("susan").post(
        "/settings/password", {"old_password": PASSWORD, "password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert page.status == 303


def reset_the_password(site: Site) -> None:
    visitor = site.browser()
    visitor.post("/reset", {"email": SUSAN})
    assert visitor.post(site.link_to(SUSAN), {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}).status == 303


def change_the_address(site: Site) -> None:
    browser = site.browser("susan")
    browser.post("/settings/email", {"email": "sue@example.org", "password": PASSWORD})
    assert browser.post(site.link_to("sue@example.org")).status == 303


def sign_out_everywhere(site: Site) -> None:
    assert site.browser("susan").post("/settings/sessions/end-all").status == 303


def leave(site: Site) -> None:
    page = site.browser("susan").post("/settings/account/delete", {"password": PASSWORD, "posts": "keep"})
    assert page.status == 303


def be_disabled(site: Site) -> None:
    site.container.members().set_standing(username="susan", disabled=True)


def be_given_a_password(site: Site) -> None:
    site.container.members().set_password(username="susan", password=NEW_PASSWORD)


@pytest.mark.parametrize(
    "event",
    [
        change_the_password,
        reset_the_password,
        change_the_address,
        sign_out_everywhere,
        leave,
        be_disabled,
        be_given_a_password,
    ],
)
def test_a_token_is_refused_after(site: Site, event) -> None:
    as_bearer = program_of(site, "susan")
    as_name = Api(site, basic((as_bearer.authorization or "").removeprefix("Bearer "), ""))
    assert as_name.get("/me").status == 200

    event(site)

    as_bearer.get("/me").problem(401)
    as_name.get("/me").problem(401)


@pytest.mark.parametrize("event", [be_disabled, leave])
def test_a_deleted_member_cannot_sign_in_with_a_password(site: Site, event) -> None:
    event(site)

    with_password(site, "susan").get("/me").problem(401)


def test_signing_out_of_one_browser_keeps_tokens(site: Site) -> None:
    browser, program = site.browser("susan"), program_of(site, "susan")

    browser.post("/logout")

    assert program.get("/me").status == 200


def test_a_removed_role_is_missing_in_the_next_request(site: Site) -> None:
    program = program_of(site, "mary")
    assert program.get("/moderation/log/").status == 200

    site.container.members().set_standing(username="mary", role=Role.USER)

    program.get("/moderation/log/").problem(403, "Insufficient permissions")


def test_a75_a5_an_unconfirmed_member_is_refused_everywhere(site: Site) -> None:
    program = with_password(site, "ulla")
    seen = set()
    for rule in site.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or rule.endpoint in ("api.openapi", "api.register", "api.confirm"):
            continue
        path = re.sub("<id:[a-z_]+>", "7", rule.rule.replace("<username:username>", "susan"))
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = program(method, path, {})
            assert answer.problem(403, "Unconfirmed account").json["error"] == "forbidden"
            seen.add((method, path))
    assert len(seen) > 20


def test_a_member_who_confirms_is_no_longer_refused(site: Site) -> None:
    program = with_password(site, "ulla")
    program.get("/me").problem(403, "Unconfirmed account")

    site.container.members().set_standing(username="ulla", confirmed=True)

    assert program.get("/me").status == 200


def test_a7_a_member_cannot_follow_on_behalf_of_another(site: Site) -> None:
    program_of(site, "susan").put("/users/mary/follow?actor_id=1&username=david", {"username": "david", "id": 1})

    assert program_of(site, "ada").get("/users/david").json["following_count"] == 0
    assert program_of(site, "ada").get("/users/susan").json["following_count"] == 1


def test_c5_the_method_of_a_request_cannot_be_overridden(site: Site) -> None:
    post_id = site.post("susan")
    program = program_of(site, "susan")

    answer = program.post(f"/posts/{post_id}?_method=DELETE", {}, headers={"X-HTTP-Method-Override": "DELETE"})

    answer.problem(405)
    assert program.get(f"/posts/{post_id}").status == 200


def test_c4_a_session_cookie_does_not_authenticate_api_requests(site: Site) -> None:
    browser = site.browser("susan")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
        with site.unchanged(kind):
            page = browser.open("POST", "/api/v1/posts/", data=b'{"body": "x"}', headers={"Content-Type": kind})
        assert page.status == 401


def test_v3_4_2_other_sites_cannot_read_answers(site: Site) -> None:
    program = program_of(site, "susan")
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    for answer in (program.get("/me", headers=asked), program("OPTIONS", "/posts/", headers=asked)):
        assert answer.status == 200
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118
