"""Each secret opens what it was made for and nothing else (W8; safety.md T5, T8, J1-J6, V9)."""

import base64
import json
from collections.abc import Callable

import pytest
from jose import jws

from application.ports.tokens import Claims
from domain.credentials import Purpose
from entrypoints.web.diagnosis import HEADER
from tests.api.client import Api, basic, bearer, program_of, token_of
from tests.web.site import PASSWORD, Site

SUSAN = "susan@example.com"
FORM = {"password": "seven quiet herons", "password2": "seven quiet herons"}


def confirmation_token(site: Site) -> str:
    site.container.joining().resend(actor_id=site.members["ulla"])
    return site.link_to("ulla@example.com").rpartition("/")[2]


def reset_token(site: Site) -> str:
    site.container.passwords().request_reset(client="198.51.100.7", email=SUSAN)
    return site.link_to(SUSAN).rpartition("/")[2]


def address_token(site: Site) -> str:
    site.container.addresses().request_change(
        actor_id=site.members["susan"], email="sue@example.org", password=PASSWORD
    )
    return site.link_to("sue@example.org").rpartition("/")[2]


def api_token(site: Site) -> str:
    return token_of(site, "susan")


def session_secret(site: Site) -> str:
    return site.browser("susan").cookie("session") or ""


def csrf_token(site: Site) -> str:
    return site.browser("susan").token()


def visitors_cookie(site: Site) -> str:
    browser = site.browser()
    browser.token()
    return browser.cookie("visitor") or ""


def diagnosis_token(site: Site) -> str:
    claims = Claims(site.members["susan"], Purpose.DIAGNOSIS, "abc")
    return str(site.container.tokens().issue(claims, at=site.time))


def unsubscribe_token(site: Site) -> str:
    return site.unsubscribe_link_of("susan").rpartition("/")[2]


SECRETS: dict[str, Callable[[Site], str]] = {
    "a confirmation link": confirmation_token,
    "a link to a new password": reset_token,
    "a link to a new address": address_token,
    "an API token": api_token,
    "a session": session_secret,
    "a form's token": csrf_token,
    "a visitor's cookie": visitors_cookie,
    "a token of a diagnosis": diagnosis_token,
    "a link that ends mails": unsubscribe_token,
}


def confirms(site: Site, secret: str) -> bool:
    return site.browser().post(f"/confirm/{secret}").status == 303


def confirms_through_the_api(site: Site, secret: str) -> bool:
    return Api(site).post("/confirmations/", {"token": secret}).status == 204


def sets_a_password(site: Site, secret: str) -> bool:
    return site.browser().post(f"/reset/{secret}", FORM).status == 303


def changes_the_address(site: Site, secret: str) -> bool:
    return site.browser("susan").post(f"/settings/email/{secret}").status == 303


def asks_the_api(site: Site, secret: str) -> bool:
    return Api(site, bearer(secret)).get("/me").status == 200


def asks_the_api_by_name(site: Site, secret: str) -> bool:
    return Api(site, basic(secret, "")).get("/me").status == 200


def asks_the_api_as_password(site: Site, secret: str) -> bool:
    return Api(site, basic(SUSAN, secret)).get("/me").status == 200


def is_signed_in(site: Site, secret: str) -> bool:
    browser = site.browser()
    browser.set_cookie("session", secret)
    return browser.get("/settings/profile").status == 200


def asks_the_api_as_a_cookie(site: Site, secret: str) -> bool:
    browser = site.browser()
    browser.set_cookie("session", secret)
    return browser.get("/api/v1/me").status == 200


def sends_a_form(site: Site, secret: str) -> bool:
    """Of another session of the same member."""
    return site.browser("susan").post("/posts", {"body": "Words."}, token=secret).status == 303


def asks_how_it_arrived(site: Site, secret: str) -> bool:
    return site.browser().get("/healthz", headers={HEADER: secret}).text != "ok\n"


def ends_mails(site: Site, secret: str) -> bool:
    return site.browser().post(f"/unsubscribe/{secret}", token=None).status == 200


LOCKS: dict[str, tuple[Callable[[Site, str], bool], str | None]] = {
    "to confirm": (confirms, "a confirmation link"),
    "to confirm through the API": (confirms_through_the_api, "a confirmation link"),
    "to end mails": (ends_mails, "a link that ends mails"),
    "to set a password": (sets_a_password, "a link to a new password"),
    "to change the address": (changes_the_address, "a link to a new address"),
    "to ask the API": (asks_the_api, "an API token"),
    "to ask the API, as a name": (asks_the_api_by_name, "an API token"),
    "to ask the API, as a password": (asks_the_api_as_password, None),
    "to ask the API, as a cookie": (asks_the_api_as_a_cookie, None),
    "to be signed in": (is_signed_in, "a session"),
    "to ask how a request arrived": (asks_how_it_arrived, "a token of a diagnosis"),
    # The one that fits is of this very session: tests of forms have it.
    "to send a form": (sends_a_form, None),
}


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("secret", SECRETS)
def test_w8_a_secret_works_for_its_own_purpose_only(site: Site, secret: str, lock: str) -> None:
    opens, key = LOCKS[lock]

    assert opens(site, SECRETS[secret](site)) is (secret == key)


def test_v7_4_1_a_session_cookie_is_refused_after_signing_out(site: Site) -> None:
    browser = site.browser("susan")
    secret = browser.cookie("session") or ""
    browser.post("/logout")

    assert not is_signed_in(site, secret)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: object) -> str:
    return encoded(json.dumps(value).encode())


def test_v9_1_1_t8_no_character_of_a_token_can_be_changed(site: Site) -> None:
    token = token_of(site, "susan")
    changed = {token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))}
    changed |= {token[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}
    changed |= {token + "=", token + "==", token[:-1], token + ".", "." + token, token + "A", token.replace(".", "..")}
    changed.discard(token)

    for wrong in changed:
        Api(site, basic(wrong, "")).get("/me").problem(401)
    assert Api(site, bearer(token)).get("/me").status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "JWT"},
        {"alg": "None", "typ": "JWT"},
        {"alg": "NONE", "typ": "JWT"},
        {"alg": "nOnE", "typ": "JWT"},
        {"alg": "", "typ": "JWT"},
        {"alg": None, "typ": "JWT"},
        {"typ": "JWT"},
        {"alg": "HS384", "typ": "JWT"},
        {"alg": "HS512", "typ": "JWT"},
        {"alg": "RS256", "typ": "JWT"},
        {"alg": "HS256", "typ": "JWT", "kid": "../../dev/null"},
        {"alg": "HS256", "typ": "JWT", "kid": "' OR 1=1 --"},
        {"alg": "HS256", "typ": "JWT", "kid": ["a"]},
        {"alg": "HS256", "typ": "JWT", "jku": "https://evil.example/keys"},
        {"alg": "HS256", "typ": "JWT", "x5u": "https://evil.example/keys"},
        {"alg": "HS256", "typ": "JWT", "jwk": {"kty": "oct", "k": "AAAA"}},
        [],
        "HS256",
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("signature", ["its own", "none"])
def test_v9_1_2_v9_1_3_another_header_is_refused(site: Site, header: object, signature: str) -> None:
    _, payload, kept = token_of(site, "susan").split(".")

    token = f"{part(header)}.{payload}.{kept if signature == 'its own' else ''}"

    Api(site, bearer(token)).get("/me").problem(401)


NOW = 1_772_366_400
WRONG_CLAIMS: list[dict[str, object]] = [
    {"exp": None},
    {"exp": str(NOW + 3600)},
    {"exp": float(NOW + 3600)},
    {"exp": 1e308},
    {"exp": -1},
    {"exp": NOW},
    {"exp": NOW + 7200},
    {"iat": NOW + 60, "exp": NOW + 3660},
    {"iat": str(NOW)},
    {"nbf": NOW + 60},
    {"aud": None},
    {"aud": ["api"]},
    {"aud": ""},
    {"aud": "confirm"},
    {"iss": "elsewhere"},
    {"sub": 1},
    {"sub": ["1"]},
    {"sub": ""},
    {"sub": "-1"},
    {"sub": "1e3"},
    {"sub": "9" * 400},
    {"sub": "٣"},
    {"sub": "1' OR '1'='1"},
    {"jti": None},
    {"jti": ""},
    {"jti": 1},
    {"jti": "."},
    {"jti": "2.abc"},
    {"jti": "1e0.abc"},
    {"role": "Administrator"},
]


@pytest.mark.parametrize("wrong", WRONG_CLAIMS, ids=lambda wrong: ascii(wrong)[:40])
def test_v9_2_1_j5_changed_claims_are_refused(site: Site, wrong: dict[str, object]) -> None:
    """Signed with the real key, as only a leak of it or a fault of ours could."""
    right: dict[str, object] = {
        "iss": "chapbook",
        "aud": Purpose.API.value,
        "sub": str(site.members["susan"]),
        "jti": "1.abc",
        "iat": NOW,
        "exp": NOW + 3600,
    }
    assert int(site.time.timestamp()) == NOW

    def signed(claims: dict[str, object]) -> str:
        token: str = jws.sign(claims, site.settings.secret_key, algorithm="HS256")
        return token

    assert Api(site, bearer(signed(right))).get("/me").status == 200
    claims = {name: value for name, value in (right | wrong).items() if value is not None}
    Api(site, bearer(signed(claims))).get("/me").problem(401)


@pytest.mark.parametrize("payload", [b"[]", b"null", b'"x"', b"{", b"", b"[" * 100_000, b'{"sub": "1", "sub": "1"}'])
def test_j5_j6_an_invalid_payload_is_refused(site: Site, payload: bytes) -> None:
    header = {"alg": "HS256", "typ": "JWT"}
    token = jws.sign(payload, site.settings.secret_key, algorithm="HS256", headers=header)

    Api(site, bearer(token)).get("/me").problem(401)
    Api(site, bearer(f"{encoded(b'[' * 100_000)}.{encoded(payload)}.x")).get("/me").problem(401)
    Api(site, basic(f"{encoded(b'[' * 1_000)}.{encoded(payload)}.x", "")).get("/me").problem(401)


def test_t6_a_token_belongs_to_the_account_that_requested_it(site: Site) -> None:
    browser = site.browser("david")

    page = browser.get("/api/v1/me", headers={"Authorization": bearer(token_of(site, "susan"))})

    assert '"username":"susan"' in page.text
    assert program_of(site, "david").get("/me").json["username"] == "david"


@pytest.mark.sql
@pytest.mark.sql
def test_t9_the_storage_contains_no_token(sqlite_site: Site) -> None:
    secrets = [token_of(sqlite_site, "susan"), reset_token(sqlite_site), confirmation_token(sqlite_site)]
    secrets.append(session_secret(sqlite_site))

    stored = repr(sqlite_site.dump())

    for secret in secrets:
        assert secret not in stored
        assert secret.rpartition(".")[2] not in stored
