"""Mailed tokens: only what was issued, for its purpose, in its time, in its own spelling."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.session_secrets import RandomSecrets
from adapters.tokens import JoseTokens
from application.ports.tokens import Claims
from domain.credentials import Purpose
from domain.errors import LinkExpired

KEY = "k" * 32
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
IAT = int(NOON.timestamp())
CLAIMS = Claims(subject=7, purpose=Purpose.CONFIRM, token_id="abc")
HOUR = 3600

tokens = JoseTokens(KEY)
TOKEN = tokens.issue(CLAIMS, at=NOON)
HEADER = b'{"alg":"HS256","typ":"JWT"}'
PAYLOAD: dict[str, Any] = {
    "iss": "chapbook", "aud": "confirm", "sub": "7", "jti": "abc", "iat": IAT, "exp": IAT + HOUR,
}  # fmt: skip


def segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(payload: object, header: bytes = HEADER, key: str = KEY, digest: str = "sha256") -> str:
    """A token with a good signature and whatever else inside, made without the code under test."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signing = f"{segment(header)}.{segment(body)}"
    return f"{signing}.{segment(hmac.new(key.encode(), signing.encode(), digest).digest())}"


def refused(token: str, purpose: Purpose = Purpose.CONFIRM, at: datetime = NOON) -> bool:
    with pytest.raises(LinkExpired):
        tokens.read(token, purpose, at=at)
    return True


def test_a_token_carries_the_claims_it_was_issued_with():
    assert tokens.read(TOKEN, Purpose.CONFIRM, at=NOON) == CLAIMS
    assert tokens.read(signed(PAYLOAD), Purpose.CONFIRM, at=NOON) == CLAIMS


def test_an_old_token_still_says_whose_it_was_and_a_forged_one_nothing():
    for purpose in Purpose:
        if purpose is Purpose.CONFIRM:
            assert tokens.subject_of(TOKEN, purpose) == 7
        else:
            with pytest.raises(LinkExpired):
                tokens.subject_of(TOKEN, purpose)
    forged = (
        *(TOKEN[:-1], TOKEN + "=", "", "a.b.c", signed(PAYLOAD, key="x" * 32)),
        *(signed(PAYLOAD | {"exp": IAT + 2 * HOUR}), signed(PAYLOAD | {"sub": 7}), signed(PAYLOAD | {"jti": ""})),
    )
    for token in forged:
        with pytest.raises(LinkExpired):
            tokens.subject_of(token, Purpose.CONFIRM)


def test_a_token_is_valid_for_its_own_purpose_only():
    for made_for in Purpose:
        token = tokens.issue(Claims(7, made_for, "abc"), at=NOON)
        for used_for in Purpose:
            if used_for is made_for:
                assert tokens.read(token, used_for, at=NOON).purpose is made_for
            else:
                refused(token, used_for)


def test_a_token_lives_one_hour_to_the_second():
    for alive in (0, 1, HOUR - 1):
        assert tokens.read(TOKEN, Purpose.CONFIRM, at=NOON + timedelta(seconds=alive)) == CLAIMS
    for dead in (HOUR, HOUR + 1, 10**8):
        refused(TOKEN, at=NOON + timedelta(seconds=dead))


def test_the_clock_that_issued_a_token_may_be_ten_seconds_ahead():
    for behind in (0.9, 10):
        assert tokens.read(TOKEN, Purpose.CONFIRM, at=NOON - timedelta(seconds=behind)) == CLAIMS
    for behind in (10.1, 60):
        refused(TOKEN, at=NOON - timedelta(seconds=behind))


def test_a_token_issued_between_two_seconds_is_valid_at_once():
    at = NOON + timedelta(microseconds=900_000)
    assert tokens.read(tokens.issue(CLAIMS, at=at), Purpose.CONFIRM, at=at) == CLAIMS


def test_a_token_with_a_changed_character_is_refused():
    for place in range(len(TOKEN)):
        for other in "A_.=é\0":
            if TOKEN[place] != other:
                refused(TOKEN[:place] + other + TOKEN[place + 1 :])


def test_another_encoding_of_a_token_is_refused():
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spellings = [TOKEN[:-1] + letter for letter in last if letter != TOKEN[-1]]
    header, payload, signature = TOKEN.split(".")
    spellings += [TOKEN + "=", TOKEN + "==", TOKEN + "\n", " " + TOKEN, TOKEN + ".", "." + TOKEN, TOKEN[:-1], ""]
    spellings += [f"{header}=.{payload}.{signature}", f"{header}.{payload}=.{signature}", f"{header}.{payload}"]
    spellings += [TOKEN.replace("-", "+").replace("_", "/") + "\0", f"{header}..{signature}", "..", "é", "\ud800"]
    for spelling in spellings:
        refused(spelling)


@pytest.mark.parametrize(
    "header",
    [b'{"alg":"none","typ":"JWT"}', b'{"alg":"None","typ":"JWT"}', b'{"alg":"nOnE","typ":"JWT"}', b'{"typ":"JWT"}',
     b'{"alg":"","typ":"JWT"}', b'{"alg":null,"typ":"JWT"}', b'{"alg":"HS512","typ":"JWT"}', b'{"alg":"HS256"}',
     b'{"alg":"RS256","typ":"JWT"}', b'{"alg":["HS256"],"typ":"JWT"}', b'{"alg":"HS256","typ":"JWT","kid":"../null"}',
     b'{"alg":"HS256","typ":"JWT","jku":"https://evil.example"}', b'{"alg":"HS256","typ":"JWT","jwk":{}}',
     b'{"alg":"HS256","typ":"JWT","x5u":"//evil.example"}', b'{"alg":"HS256","typ":"JWT","b64":false,"crit":["b64"]}',
     b'{"alg":"none","alg":"HS256","typ":"JWT"}', b'{"alg":"HS256","typ":"jwt"}', b"[]", b"null", b"7", b"", b"\xff",
     b"[" * 100_000, b"[" * 1_400, b'{"a":' * 300],
)  # fmt: skip
def test_another_header_is_refused(header: bytes):
    refused(signed(PAYLOAD, header))
    refused(".".join([segment(header), TOKEN.split(".")[1], ""]))


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_a_signature_by_another_algorithm_is_refused(digest: str):
    refused(signed(PAYLOAD, digest=digest))
    refused(signed(PAYLOAD, HEADER.replace(b"256", digest[3:].encode()), digest=digest))


@pytest.mark.parametrize("name", list(PAYLOAD))
def test_a_missing_claim_is_refused(name: str):
    refused(signed({key: value for key, value in PAYLOAD.items() if key != name}))


@pytest.mark.parametrize(
    "changed",
    [{"exp": str(IAT + HOUR)}, {"exp": IAT + HOUR + 0.5}, {"exp": float(IAT + HOUR)}, {"exp": 1e308}, {"exp": -1},
     {"exp": None}, {"exp": True}, {"exp": 10**300}, {"exp": [IAT + HOUR]}, {"exp": IAT + HOUR + 1},
     {"iat": str(IAT)}, {"iat": IAT + 11, "exp": IAT + 11 + HOUR}, {"iat": IAT - HOUR, "exp": IAT},
     {"iat": float(IAT)}, {"iat": None}, {"iat": False, "exp": HOUR}, {"iat": 10**300, "exp": 10**300 + HOUR},
     {"nbf": IAT + 60}, {"nbf": IAT}, {"aud": ["confirm"]}, {"aud": "reset-password"}, {"aud": None}, {"aud": ""},
     {"iss": "other"}, {"iss": ["chapbook"]}, {"sub": 7}, {"sub": ["7"]}, {"sub": {"a": 1}}, {"sub": ""},
     {"sub": "07"}, {"sub": "+7"}, {"sub": "-7"}, {"sub": "0"}, {"sub": "7.0"}, {"sub": "1_0"}, {"sub": "١"},
     {"sub": "²"}, {"sub": str(2**63)}, {"sub": "9" * 500}, {"sub": None}, {"jti": 7}, {"jti": ""}, {"jti": None},
     {"jti": ["abc"]}, {"role": "admin"}],
    ids=str,
)  # fmt: skip
def test_a_claim_of_another_type_is_refused(changed: dict[str, object]):
    refused(signed({**PAYLOAD, **changed}))


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"null", b"7", b'"x"', b"", b"{", b"\xff", b"[" * 1_400, b'{"exp":NaN}',
     json.dumps(PAYLOAD).encode()[:-1] + b',"sub":"8"}', json.dumps(PAYLOAD).encode()[:-1] + b',"sub":"7"}'],
    ids=lambda payload: payload[-20:].decode("latin-1"),
)  # fmt: skip
def test_a_payload_that_is_not_a_json_object_is_refused(payload: bytes):
    refused(signed(payload))


def test_a_token_can_carry_the_highest_id():
    highest = Claims(subject=2**63 - 1, purpose=Purpose.RESET_PASSWORD, token_id=tokens.new_id())
    assert tokens.read(tokens.issue(highest, at=NOON), Purpose.RESET_PASSWORD, at=NOON) == highest


def test_a_token_of_another_key_or_site_is_refused():
    refused(JoseTokens("x" * 32).issue(CLAIMS, at=NOON))
    refused(JoseTokens(KEY, issuer="elsewhere").issue(CLAIMS, at=NOON))


def test_a_former_key_verifies_and_never_signs():
    renewed = JoseTokens(b"n" * 32, fallbacks=[KEY])
    assert renewed.read(TOKEN, Purpose.CONFIRM, at=NOON) == CLAIMS
    refused(renewed.issue(CLAIMS, at=NOON))
    with pytest.raises(LinkExpired):
        JoseTokens(b"n" * 32).read(TOKEN, Purpose.CONFIRM, at=NOON)


def test_a_short_key_is_refused_at_the_start():
    for short in ("", "k" * 31, b"k" * 31):
        with pytest.raises(ValueError, match="32 bytes"):
            JoseTokens(short)
        with pytest.raises(ValueError, match="32 bytes"):
            JoseTokens(KEY, fallbacks=[short])


@given(st.one_of(st.text(), st.binary().map(segment), st.text().map(lambda text: TOKEN[:40] + text)))
def test_any_token_is_read_or_refused_without_an_error(text: str):
    assert text == TOKEN or refused(text)


def test_ids_and_secrets_are_random_and_safe_in_links_and_cookies():
    secrets = RandomSecrets()
    for make, size in ((tokens.new_id, 22), (secrets.new, 43)):
        made = {make() for _ in range(1_000)}
        assert len(made) == 1_000
        assert all(len(text) == size and text.replace("-", "").replace("_", "").isalnum() for text in made)


def test_the_store_holds_the_hash_of_a_secret():
    assert RandomSecrets().hash("abc") == hashlib.sha256(b"abc").hexdigest()
    assert len(RandomSecrets().hash("\ud800")) == 64


def test_a_token_of_a_diagnosis_lives_one_minute():
    token = tokens.issue(Claims(1, Purpose.DIAGNOSIS, "abc"), at=NOON)
    assert tokens.read(token, Purpose.DIAGNOSIS, at=NOON + timedelta(seconds=59)).purpose is Purpose.DIAGNOSIS
    refused(token, Purpose.DIAGNOSIS, at=NOON + timedelta(seconds=60))
