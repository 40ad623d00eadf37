"""Rate limits: what is counted, for which account or client, and the headers of the answer (W11)."""

import re

from tests.api.client import Api, basic, program_of, visitor, with_password
from tests.web.site import PASSWORD, Site

SUSAN = "susan@example.com"
LIMIT = re.compile(r'"api";r=(\d+);t=(\d+)')


def left(answer) -> int:
    assert answer.headers["RateLimit-Policy"] == '"api";q=300;w=300'
    found = LIMIT.fullmatch(answer.headers["RateLimit"])
    assert found is not None
    return int(found[1])


def test_w11_an_account_may_send_three_hundred_requests_in_five_minutes(site: Site) -> None:
    program, other = program_of(site, "susan"), program_of(site, "david")
    site.pass_time(minutes=5)

    assert [left(program.get("/me")) for _ in range(300)] == list(range(299, -1, -1))
    refused = program.get("/me").problem(429)
    assert left(refused) == 0
    assert refused.headers["Retry-After"] == "300"
    assert refused.headers["RateLimit"] == '"api";r=0;t=300'
    assert other.get("/me").status == 200
    site.pass_time(seconds=299)
    assert program.get("/me").problem(429).headers["Retry-After"] == "1"
    site.pass_time(seconds=1)
    assert program.get("/me").status == 200


def test_password_and_token_share_the_limit_of_their_account(site: Site) -> None:
    first, second, third = program_of(site, "susan"), program_of(site, "susan"), with_password(site, "susan")

    counted = [left(program.get("/me")) for program in (first, second, third)]

    assert counted == [counted[0], counted[0] - 1, counted[0] - 2]


def test_every_answer_to_a_member_has_the_remaining_limit(site: Site) -> None:
    program = program_of(site, "susan")
    for answer in (
        program.get("/posts/7"),
        program.post("/posts/", {"body": ""}),
        program.put("/users/david/follow"),
        program.get("/moderation/log/"),
        with_password(site, "ulla").get("/me"),
    ):
        left(answer)
    for answer in (visitor(site).get("/me"), visitor(site).get("/openapi.json"), program.get("/nowhere")):
        assert "RateLimit" not in answer.headers


def test_w11_a_password_can_be_guessed_ten_times(site: Site) -> None:
    for _ in range(10):
        Api(site, basic(SUSAN, "wrong")).get("/me").problem(401)

    refused = with_password(site, "susan").get("/me").problem(429)

    assert refused.headers["Retry-After"] == "300"
    Api(site, basic(SUSAN, PASSWORD), address="198.51.100.50").get("/me").problem(429)
    site.pass_time(minutes=5)
    assert with_password(site, "susan").get("/me").status == 200


def test_a_clock_that_was_a_day_ahead_locks_nobody_out_and_the_wait_is_what_it_takes(site: Site) -> None:
    site.pass_time(days=1)
    for _ in range(10):
        Api(site, basic(SUSAN, "wrong")).get("/me").problem(401)
    with_password(site, "susan").get("/me").problem(429)

    site.pass_time(days=-1)
    assert with_password(site, "susan").get("/me").status == 200
    for _ in range(10):
        site.pass_time(seconds=1.5)
        Api(site, basic(SUSAN, "wrong")).get("/me").problem(401)
    wait = int(with_password(site, "susan").get("/me").problem(429).headers["Retry-After"])
    site.pass_time(seconds=wait - 1)
    with_password(site, "susan").get("/me").problem(429)
    site.pass_time(seconds=1)
    assert with_password(site, "susan").get("/me").status == 200


def test_w11_guesses_at_many_accounts_from_one_client_are_limited(site: Site) -> None:
    for number in range(10):
        Api(site, basic(f"guess{number}@example.com", "wrong")).get("/me").problem(401)

    with_password(site, "david").get("/me").problem(429)
    assert Api(site, basic("david@example.com", PASSWORD), address="198.51.100.50").get("/me").status == 200


def test_guesses_at_the_api_and_at_the_sign_in_form_count_together(site: Site) -> None:
    browser = site.browser()
    for _ in range(5):
        browser.sign_in(SUSAN, "wrong")
        Api(site, basic(SUSAN, "wrong"), address=browser.address).get("/me").problem(401)

    assert browser.sign_in(SUSAN, PASSWORD).status == 429
    with_password(site, "susan").get("/me").problem(429)


def test_l1_only_failed_attempts_count(site: Site) -> None:
    for _ in range(50):
        assert with_password(site, "susan").get("/me").status == 200
        assert with_password(site, "susan").get("/posts/7").status == 404


def test_l1_a_locked_password_does_not_lock_the_token(site: Site) -> None:
    program = program_of(site, "susan")
    for _ in range(12):
        Api(site, basic(SUSAN, "wrong")).get("/me")

    assert program.get("/me").status == 200


def test_l1_a_forwarded_address_does_not_reset_the_limit(site: Site) -> None:
    for number in range(10):
        asked = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        Api(site, basic(f"guess{number}@example.com", "wrong")).get("/me", headers=asked)

    with_password(site, "susan").get("/me", headers={"X-Forwarded-For": "203.0.113.99"}).problem(429)


def test_l1_addresses_of_one_ipv6_network_are_one_client(site: Site) -> None:
    for number in range(10):
        address = f"2001:db8:1:2::{number:x}"
        Api(site, basic(f"guess{number}@example.com", "wrong"), address=address).get("/me")

    Api(site, basic(SUSAN, PASSWORD), address="2001:db8:1:2:ffff::1").get("/me").problem(429)
    assert Api(site, basic(SUSAN, PASSWORD), address="2001:db8:1:3::1").get("/me").status == 200


def test_posts_and_comments_have_the_same_limits_as_on_the_web(site: Site) -> None:
    program, browser = program_of(site, "susan"), site.browser("susan")
    for number in range(5):
        browser.post("/posts", {"body": f"Words {number}."})
        assert program.post("/posts/", {"body": f"Words {number}."}).status == 201

    refused = program.post("/posts/", {"body": "Words."}).problem(429)

    assert refused.headers["Retry-After"] == "600"
    assert browser.post("/posts", {"body": "Words."}).status == 429
    post_id = int(program.get("/posts/").json["posts"][0]["id"])
    for number in range(30):
        assert program.post(f"/posts/{post_id}/comments/", {"body": f"Words {number}."}).status == 201
    program.post(f"/posts/{post_id}/comments/", {"body": "Words."}).problem(429)
