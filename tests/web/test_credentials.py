"""Passwords and addresses: changing one's own, and the link that resets a forgotten password."""

import gzip
from pathlib import Path

import pytest

from tests.web.addresses import NEW_PASSWORD, RENEWING
from tests.web.site import PASSWORD, Site
from tests.web.test_joining import without_tokens

COMMON = (
    gzip.decompress((Path(__file__).parent.parent.parent / "adapters/common-passwords.txt.gz").read_bytes())
    .decode()
    .split("\n")
)


def reset_link(site: Site, name: str = "susan") -> str:
    assert site.browser().post("/reset", {"email": f"{name}@example.com"}).status == 303
    return site.link_to(f"{name}@example.com")


def test_a31_changing_the_password_needs_the_old_one_and_ends_other_sessions(site: Site) -> None:
    here, there = site.browser("susan"), site.browser("susan")
    before = here.cookie("session")

    page = here.post("/settings/password", {"old_password": PASSWORD} | RENEWING)

    assert (page.status, page.location) == (303, "/settings/password")
    assert here.follow(page).flashes == ["Your password is changed. Everywhere else you are signed out."]
    assert here.cookie("session") != before
    assert there.get("/settings/profile").status == 303
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422
    assert site.browser().sign_in("susan@example.com", NEW_PASSWORD).status == 303
    site.deliver()
    assert "was changed just now" in site.postbox.to("susan@example.com")[-1].text


def test_a31_a_wrong_old_password_changes_nothing(site: Site) -> None:
    page = site.browser("susan").post("/settings/password", {"old_password": "wrong"} | RENEWING)

    assert page.status == 422
    assert page.errors == {"old_password": "This is not your current password."}
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 303


def test_a19_a_password_must_be_long_and_uncommon(site: Site) -> None:
    browser = site.browser("susan")

    def said(password: str) -> str | None:
        site.pass_time(minutes=6)
        data = {"old_password": PASSWORD, "password": password, "password2": password}
        return browser.post("/settings/password", data).errors.get("password")

    assert said("") == "Please fill this in."
    assert said("seven77") == "This is too short: at least 8 characters."
    assert said("x" * 129) == "This has 129 characters; at most 128 fit."
    assert said("zzzzzzzzzzzz") == "One character over and over is easy to guess. Please mix them."
    assert said("SUSAN@example.com") == "Your own name or address is easy to guess. Please choose something else."
    assert said("password1") == "This is one of the passwords that are tried first. Please choose a less common one."
    assert said("Password1") == said("password1")
    assert said("тайный пароль 🦆 с пробелами") is None


def test_every_form_refuses_the_most_common_passwords(free_site: Site) -> None:
    link = reset_link(free_site)
    visitor, member = free_site.browser(), free_site.browser("susan")
    legal = [word for word in COMMON if 8 <= len(word) <= 128]

    assert len(legal) > 1_000
    for password in legal[:: len(legal) // 40]:
        twice = {"password": password, "password2": password}
        joining = visitor.post("/register", {"email": "nils@example.com", "username": "nils"} | twice)
        for page in (joining, visitor.post(link, twice)):
            assert set(page.errors) == {"password"}, password
        assert set(member.post("/settings/password", {"old_password": PASSWORD} | twice).errors) == {"password"}


def test_a32_requesting_a_link_always_gets_the_same_answer(site: Site) -> None:
    site.container.members().set_standing(username="david", disabled=True)
    site.deliver()
    site.postbox.letters.clear()
    answers: list[tuple[object, ...]] = []
    for name in ("susan", "nobody", "ulla", "david"):
        browser = site.browser(address=f"192.0.2.{len(answers)}")
        page = browser.post("/reset", {"email": f"{name}@example.com"})
        answers.append((page.status, page.location, page.text, list(page.headers.keys())))
        shown = browser.follow(page)
        answers[-1] += (without_tokens(shown.text),)
        assert shown.flashes == ["If an account has this address, a mail with a link is on its way to it."]
    site.deliver()

    assert all(answer == answers[0] for answer in answers)
    assert [letter.to for letter in site.postbox.letters] == ["susan@example.com", "ulla@example.com"]


@pytest.mark.sql
def test_w9_w10_requesting_a_link_for_an_unknown_address_takes_as_long(sqlite_site: Site) -> None:
    browser = sqlite_site.browser()
    browser.token()
    costs = []
    for name in ("warm", "susan", "nobody", "ulla"):
        hashes = sqlite_site.hasher.hashes
        with sqlite_site.counting_statements() as statements:
            browser.post("/reset", {"email": f"{name}@example.com"})
        costs.append((sqlite_site.hasher.hashes - hashes, len(statements)))

    assert len(set(costs[1:])) == 1


def test_a33_the_link_sets_a_password_and_confirms_without_signing_in(site: Site) -> None:
    link = reset_link(site, "ulla")
    browser = site.browser()

    page = browser.get(link)
    assert "For @ulla." in page.words
    done = browser.submit(page, link, **RENEWING)

    assert (done.status, done.location) == (303, "/login")
    assert browser.follow(done).flashes == ["Your password is changed. You can sign in with it now."]
    assert browser.cookie("session") is None
    browser.sign_in("ulla@example.com", NEW_PASSWORD)
    assert browser.post("/posts", {"body": "Hello."}).status == 303


@pytest.mark.parametrize("end", [".", ")", "%3E", "%20"])
def test_a_reset_link_that_was_copied_with_what_stood_behind_it_works(site: Site, end: str) -> None:
    link = reset_link(site) + end
    browser = site.browser()

    (form,) = [action for action in browser.get(link).actions if action.startswith("/reset/")]
    assert browser.post(form.replace(">", "%3E").replace(" ", "%20"), RENEWING).status == 303
    assert browser.sign_in("susan@example.com", RENEWING["password"]).status == 303


@pytest.mark.parametrize("end", [".", ")", "%3E", "%20"])
def test_the_link_to_a_new_address_works_when_it_was_copied_with_what_stood_behind_it(site: Site, end: str) -> None:
    susan = site.browser("susan")
    susan.post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    link = site.link_to("new@example.com") + end

    assert "new@example.com" in susan.get(link).words
    assert susan.post(link).status == 303
    assert susan.get(link).status == 404


def test_w5_a_reset_link_works_once(site: Site) -> None:
    link = reset_link(site)
    browser = site.browser()

    for method in ("GET", "HEAD", "OPTIONS"):
        assert browser.open(method, link).status == 200
    assert browser.post(link, RENEWING).status == 303
    again = browser.post(link, {"password": "another one entirely", "password2": "another one entirely"})

    assert again.status == 404
    assert again.heading == "This link no longer works"
    assert "/reset" in again.links
    assert site.browser().sign_in("susan@example.com", NEW_PASSWORD).status == 303


def test_w6_a_reset_ends_every_session_and_every_other_link(site: Site) -> None:
    here, remembered = site.browser("susan"), site.browser()
    remembered.sign_in("susan@example.com", PASSWORD, remember_me="1")
    here.post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    change = site.link_to("new@example.com")

    site.browser().post(reset_link(site), RENEWING)

    assert here.get("/settings/profile").status == remembered.get("/settings/profile").status == 303
    here.sign_in("susan@example.com", NEW_PASSWORD)
    assert here.get(change).status == 404
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422


def test_w6_changing_the_password_invalidates_a_mailed_link(site: Site) -> None:
    link = reset_link(site)

    site.browser("susan").post("/settings/password", {"old_password": PASSWORD} | RENEWING)

    assert site.browser().get(link).status == 404


def test_only_the_newest_link_works_for_one_hour(site: Site) -> None:
    older, newer = reset_link(site), reset_link(site)
    browser = site.browser()

    assert browser.get(older).status == 404
    site.pass_time(minutes=59, seconds=59)
    assert browser.get(newer).status == 200
    site.pass_time(seconds=1)
    assert browser.post(newer, RENEWING).status == 404


def test_w8_a_link_works_for_its_own_purpose_only(site: Site) -> None:
    susan = site.browser("susan")
    susan.post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    site.container.joining().resend(actor_id=site.members["ulla"])
    links = {
        "/confirm/": site.link_to("ulla@example.com"),
        "/settings/email/": site.link_to("new@example.com"),
        "/reset/": reset_link(site),
    }
    tokens = {start: link.removeprefix(start) for start, link in links.items()}

    for start in links:
        for purpose, token in tokens.items():
            expected = 200 if start == purpose else 404
            assert susan.get(start + token).status == expected, (start, purpose)
            if start != purpose:
                assert susan.post(start + token, RENEWING).status == 404
    for secret in (str(susan.cookie("session")), susan.token()):
        for start in links:
            assert susan.get(start + secret).status == 404
    for token in tokens.values():
        thief = site.browser()
        thief.set_cookie("session", token)
        assert thief.get("/settings/profile").status == 303


def test_the_page_of_a_link_is_never_cached_and_leaks_no_address(site: Site) -> None:
    page = site.browser().get(reset_link(site))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert not [link for link in page.links if "://" in link]


def test_a34_a35_a_new_address_is_used_after_its_link_is_opened(site: Site) -> None:
    susan = site.browser("susan")

    page = susan.post("/settings/email", {"email": "New@Example.org", "password": PASSWORD})

    assert (page.status, page.location) == (303, "/settings/email")
    assert "on its way to the new address" in susan.follow(page).flashes[0]
    link = site.link_to("New@Example.org")
    assert "about to be changed" in site.postbox.to("susan@example.com")[-1].text
    assert "New@Example.org" not in site.postbox.to("susan@example.com")[-1].text
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 303
    done = susan.submit(susan.get(link), link)
    assert susan.follow(done).flashes == ["Your address is changed."]
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422
    assert site.browser().sign_in("new@example.org", PASSWORD).status == 303
    assert susan.post(link).status == 404


def test_a35_only_its_owner_can_use_the_link(site: Site) -> None:
    site.browser("susan").post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    link = site.link_to("new@example.com")
    david = site.browser("david")

    with site.unchanged():
        assert david.get(link).status == 404
        assert david.post(link).status == 404
    assert site.browser().get(link).location.startswith("/login?next=/settings/email/")


def test_w10_requesting_a_taken_address_looks_the_same_and_sends_no_link(site: Site) -> None:
    susan, mary = site.browser("susan"), site.browser("mary")

    free = susan.post("/settings/email", {"email": "free@example.com", "password": PASSWORD})
    taken = mary.post("/settings/email", {"email": "david@example.com", "password": PASSWORD})

    assert (free.status, free.location, free.text) == (taken.status, taken.location, taken.text)
    assert susan.follow(free).flashes == mary.follow(taken).flashes
    site.deliver()
    assert site.postbox.to("david@example.com") == []


def test_the_first_member_to_open_the_link_gets_the_address(site: Site) -> None:
    links = {}
    for name in ("susan", "david"):
        site.browser(name).post("/settings/email", {"email": "one@example.com", "password": PASSWORD})
        links[name] = site.link_to("one@example.com")

    assert site.browser("david").post(links["david"]).status == 303
    assert site.browser("susan").post(links["susan"]).status == 404
