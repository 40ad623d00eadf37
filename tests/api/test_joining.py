"""Joining by program: registering, and confirming with the token of the mailed link."""

import pytest

from tests.api.client import program_of, visitor, with_password
from tests.web.site import PASSWORD, Site

NILS = {"email": "nils@example.com", "username": "nils", "password": PASSWORD}


def confirmation(site: Site, address: str) -> str:
    return site.link_to(address).rpartition("/")[2]


def test_a_new_member_registers_confirms_and_has_access(site: Site) -> None:
    answer = visitor(site).post("/users/", NILS)

    assert answer.status == 202
    assert answer.json == {"message": "A mail is on its way to that address"}
    with_password(site, "nils").get("/me").problem(403, "Unconfirmed account")
    token = confirmation(site, "nils@example.com")
    confirmed = visitor(site).post("/confirmations/", {"token": token})
    assert (confirmed.status, confirmed.data) == (204, b"")
    assert with_password(site, "nils").get("/me").json["username"] == "nils"
    visitor(site).post("/confirmations/", {"token": token}).problem(422, "token")


@pytest.mark.parametrize("around", ["{}.", "{})", "{}>", "{} ", "<{}>.", " {}\n", "“{}”", "{}。"])
def test_a_token_that_was_copied_with_what_stood_around_it_works(site: Site, around: str) -> None:
    visitor(site).post("/users/", NILS)
    token = confirmation(site, "nils@example.com")

    for wrong in ("=", "A", "-", "_", "/", "%"):
        visitor(site).post("/confirmations/", {"token": token + wrong}).problem(422)
    assert visitor(site).post("/confirmations/", {"token": around.format(token)}).status == 204


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 5_000])
def test_an_invalid_token_confirms_no_account(site: Site, token: str) -> None:
    visitor(site).post("/confirmations/", {"token": token}).problem(422)
    visitor(site).post("/confirmations/", {}).problem(422)


def test_e3_a_known_address_is_answered_like_an_unknown_one(site: Site) -> None:
    known = visitor(site).post("/users/", NILS | {"email": "SUSAN@example.com", "username": "other"})
    unknown = visitor(site).post("/users/", NILS)

    assert (known.status, known.data) == (unknown.status, unknown.data) == (202, unknown.data)
    unlike = {"Date", "X-Request-ID"}
    assert [(n, v) for n, v in known.headers if n not in unlike] == [
        (n, v) for n, v in unknown.headers if n not in unlike
    ]
    site.deliver()
    (letter,) = site.postbox.to("SUSAN@example.com")
    assert letter.subject == "You already have an account"
    assert "/confirm/" not in letter.text
    program_of(site, "susan").get("/users/other").problem(404)


@pytest.mark.sql
@pytest.mark.sql
def test_e3_a_known_address_costs_as_much_as_an_unknown_one(sqlite_site: Site) -> None:
    costs = []
    for body in (NILS, NILS | {"email": "susan@example.com", "username": "other"}):
        hashes = sqlite_site.hasher.hashes
        with sqlite_site.counting_statements() as asked:
            assert visitor(sqlite_site).post("/users/", body).status == 202
        costs.append((sqlite_site.hasher.hashes - hashes, [statement.split()[0] for statement in asked]))

    assert costs[0] == costs[1]
    assert costs[0][0] == 1


@pytest.mark.sql
@pytest.mark.sql
def test_e1_a_wrong_password_costs_as_much_as_an_unknown_address(sqlite_site: Site) -> None:
    costs = []
    for name in ("susan", "nobody"):
        hashes = sqlite_site.hasher.hashes
        with sqlite_site.counting_statements() as asked:
            with_password(sqlite_site, name, "wrong").get("/me").problem(401)
        costs.append((sqlite_site.hasher.hashes - hashes, asked))

    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def test_every_error_is_reported_at_its_field(site: Site) -> None:
    answer = visitor(site).post("/users/", {"email": "no", "username": "1x", "password": "short"})

    assert answer.problem(422).fields.keys() == {"email", "username", "password"}
    assert visitor(site).post("/users/", {}).problem(422).fields.keys() == {"email", "username", "password"}
    taken = visitor(site).post("/users/", NILS | {"username": "SUSAN"})
    assert taken.problem(422).fields.keys() == {"username"}
    named = visitor(site).post("/users/", NILS | {"username": "nilsnilsnils", "password": "nilsnilsnils"})
    assert named.problem(422).fields.keys() == {"password"}


def test_a_site_with_closed_registration_refuses_new_members(make_site) -> None:
    site = make_site(registration="closed")

    with site.unchanged():
        visitor(site).post("/users/", NILS).problem(403, "no new members")


def test_a_site_that_admits_its_members_asks_why_and_says_so_to_who_waits(make_site) -> None:
    site = make_site(registration="approval")

    assert visitor(site).post("/users/", NILS).problem(422).fields == {"why": "Please fill this in."}
    assert visitor(site).post("/users/", NILS | {"why": "x" * 501}).problem(422).fields.keys() == {"why"}
    assert visitor(site).post("/users/", NILS | {"why": "Bees."}).status == 202
    token = confirmation(site, "nils@example.com")
    assert visitor(site).post("/confirmations/", {"token": token}).status == 204

    nils = with_password(site, "nils")
    assert nils.get("/posts/").status == 200
    assert nils.patch("/me", {"name": "Nils"}).status == 200
    refused = nils.post("/posts/", {"body": "Bees."}).problem(403, "A moderator has not admitted this account yet")
    assert refused.json["type"] == f"{site.settings.base_url}/api/problems/waiting"
    site.container.admitting().admit(actor_id=None, username="nils")
    assert nils.post("/posts/", {"body": "Bees."}).status == 201


def test_members_come_by_invitation_where_the_site_says_so(make_site) -> None:
    site = make_site(registration="invitation")
    site.join("susan")
    site.invite("susan")
    reader = site.container.storage().session_feeds.reader(site.members["susan"], site.time)
    (card,) = site.container.invitations().own(reader=reader)

    with site.unchanged():
        visitor(site).post("/users/", NILS).problem(403, "New members come by invitation here")
        visitor(site).post("/users/", NILS | {"invitation": "nonsense"}).problem(403, "has ended")
    assert visitor(site).post("/users/", NILS | {"invitation": card.code}).status == 202
    visitor(site).post("/confirmations/", {"token": confirmation(site, "nils@example.com")})
    assert with_password(site, "nils").post("/posts/", {"body": "Bees."}).status == 201


def test_elsewhere_the_fields_of_other_sites_do_no_harm(site: Site) -> None:
    assert visitor(site).post("/users/", NILS | {"why": "Bees.", "invitation": "nonsense"}).status == 202


def test_w11_registration_is_limited_by_client_and_by_address(site: Site) -> None:
    for number in range(5):
        body = NILS | {"email": f"n{number}@example.com", "username": f"n{number}"}
        assert visitor(site).post("/users/", body).status == 202

    refused = visitor(site).post("/users/", NILS).problem(429)

    assert refused.headers["Retry-After"] == "1800"
