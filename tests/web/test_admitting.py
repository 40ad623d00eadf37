"""Admitting on the web: the form that asks why, what somebody finds who waits, and the moderators' list."""

import pytest

from domain.roles import Role
from tests.web.addresses import JOINING
from tests.web.conftest import SQL, MakeSite
from tests.web.site import Site

WHY = {"why": "I keep bees,\nand read here since spring."}


@pytest.fixture
def approving(make_site: MakeSite) -> Site:
    return moderated(make_site(registration="approval"))


def moderated(site: Site) -> Site:
    site.join("mary", Role.MODERATOR)
    site.join("ruth", Role.MODERATOR)
    site.join("susan")
    return site


def come(site: Site, name: str = "nils", **more: str) -> None:
    """Registers and confirms."""
    typed = JOINING | {"email": f"{name}@example.com", "username": name} | WHY | more
    assert site.browser().post("/register", typed).status == 303
    site.members[name] = site.container.storage().people_feeds.profile(None, name).id
    link = site.link_to(f"{name}@example.com")
    assert site.browser().post(link).status == 303
    site.deliver()


def test_the_form_asks_why_and_says_what_comes_then(approving: Site, site: Site) -> None:
    browser = approving.browser()
    page = browser.get("/register")

    assert "A moderator looks at every registration" in page.words
    assert "why" in page.form("/register")
    refused = browser.post("/register", JOINING | {"why": " "})
    assert refused.errors == {"why": "Please fill this in."}
    long = browser.post("/register", JOINING | {"why": "x" * 501})
    assert long.errors == {"why": "This has 501 characters; at most 500 fit."}
    assert long.form("/register")["why"] == "x" * 501
    assert "why" not in site.browser().get("/register").form("/register")


def test_joining_is_offered_where_a_moderator_admits(approving: Site) -> None:
    post_id = approving.post("susan")
    for path in ("/", "/login", f"/posts/{post_id}"):
        assert any(link.partition("?")[0] == "/register" for link in approving.browser().get(path).links), path


def test_whoever_waits_reads_everything_and_finds_out_why_nothing_else_works(approving: Site) -> None:
    post_id = approving.post("susan")
    come(approving)
    browser = approving.browser("nils")

    for path in ("/", f"/posts/{post_id}", "/@susan", "/following", "/@nils"):
        page = browser.get(path)
        assert page.status == 200, path
        assert not [action for action in page.actions if action.startswith(("/posts", "/comments"))], path
    assert "A moderator looks at your registration" in browser.get("/").words
    assert "as soon as a moderator has admitted you" in browser.get(f"/posts/{post_id}").words
    told = browser.get("/confirm")
    assert told.heading == "A moderator looks at it"
    assert "nils@example.com" in told.words
    assert told.actions == ["/logout"]
    for path in ("/settings/profile", "/settings/password", "/settings/account", "/settings/sessions"):
        assert browser.get(path).status == 200, path
    assert browser.post("/settings/profile", {"name": "Nils"}).status == 303
    with approving.unchanged():
        refused = browser.post("/posts", {"body": "My first post."})
    assert refused.status == 403
    assert "A moderator looks at your registration first" in refused.words
    assert "/confirm" in refused.links
    assert "My first post." in refused.text
    assert "/write" not in browser.get("/").links


def test_moderators_see_who_waits_and_why_and_nobody_else_does(approving: Site) -> None:
    come(approving)
    come(approving, "erik", why="<b>Soup</b>")
    page = approving.browser("mary").get("/moderation/waiting")

    assert [element.get("id") for element in page.all(".//article")] == [
        f"person-{approving.members[name]}" for name in ("nils", "erik")
    ]
    assert page.texts(".//blockquote") == ["I keep bees, and read here since spring.", "<b>Soup</b>"]
    assert "@example.com" not in page.words
    assert "/moderation/waiting" in approving.browser("mary").get("/moderation").links
    assert page.headers["Cache-Control"] == "no-store"
    assert approving.browser("susan").get("/moderation/waiting").status == 403


def test_admitting_makes_a_member(approving: Site) -> None:
    come(approving)
    browser = approving.browser("mary")
    page = browser.get("/moderation/waiting")

    done = browser.submit(page, "/moderation/people/nils/admit")
    approving.deliver()

    assert (done.status, done.location) == (303, "/moderation/waiting")
    assert browser.get(done.location).flashes == ["@nils is a member now."]
    assert "Nobody waits." in browser.get(done.location).words
    assert approving.browser("nils").post("/posts", {"body": "Bees."}).status == 303
    assert approving.postbox.to("nils@example.com")[-1].subject == "You are a member now"
    log = browser.get("/moderation/log").words
    assert "Admitted @nils, who waited" in log


def test_declining_mails_the_reason_and_the_name_is_free(approving: Site) -> None:
    come(approving)
    theirs = approving.browser("nils")
    browser = approving.browser("mary")
    page = browser.get("/moderation/waiting")

    done = browser.submit(page, "/moderation/people/nils/decline", reason="This is a site about soup.")
    approving.deliver()

    assert (done.status, done.location) == (303, "/moderation/waiting")
    letter = approving.postbox.to("nils@example.com")[-1]
    assert letter.subject == "Your registration was declined"
    assert "They say why: This is a site about soup." in letter.text
    assert theirs.get("/settings/profile").status == 303
    assert theirs.get("/@nils").status == 404
    words = browser.get("/moderation/log").words
    assert "Declined @nils, who waited to be admitted" in words
    assert "This is a site about soup." in words
    come(approving)
    assert approving.browser("nils").get("/confirm").heading == "A moderator looks at it"


def test_a_reason_that_is_too_long_is_shown_again(approving: Site) -> None:
    come(approving)
    browser = approving.browser("mary")
    with approving.unchanged():
        page = browser.submit(browser.get("/moderation/waiting"), "/moderation/people/nils/decline", reason="x" * 501)
    assert page.status == 422
    assert page.errors == {"reason": "This has 501 characters; at most 500 fit."}
    form = page.form("/moderation/people/nils/decline")
    assert (form["reason"], form["member"]) == ("x" * 501, str(approving.members["nils"]))


@pytest.mark.parametrize("kind", ["memory", *SQL])
def test_the_second_moderator_is_told_what_the_first_did(kind: str, make_site: MakeSite) -> None:
    site = moderated(make_site(kind, registration="approval", rate_limits="off"))
    for name in ("nils", "erik"):
        come(site, name)
    mary, ruth = site.browser("mary"), site.browser("ruth")
    seen = ruth.get("/moderation/waiting")
    mary.submit(mary.get("/moderation/waiting"), "/moderation/people/nils/admit")
    mary.submit(mary.get("/moderation/waiting"), "/moderation/people/erik/decline", reason="")
    for then in (lambda: None, site.deliver, lambda: come(site, "erik")):
        then()
        for name, verb, told in (
            ("nils", "decline", "This person is a member already: somebody else has admitted them."),
            ("nils", "admit", "This person is a member already: somebody else has admitted them."),
            ("erik", "admit", "Somebody else has declined this person already."),
        ):
            with site.unchanged():
                page = ruth.submit(seen, f"/moderation/people/{name}/{verb}")
            assert page.status == 409
            assert told in page.words


def test_the_tab_is_there_only_where_somebody_may_wait(site: Site) -> None:
    assert "/moderation/waiting" not in site.browser("mary").get("/moderation").links
    assert site.browser("mary").get("/moderation/waiting").status == 200


def test_administrators_see_in_their_list_who_waits(approving: Site) -> None:
    approving.join("ada", Role.ADMINISTRATOR)
    come(approving)
    row = next(row for row in approving.browser("ada").get("/admin/users").texts(".//tbody/tr") if "@nils" in row)
    assert "Waits" in row
    assert "Confirmed" not in row


def test_what_waits_is_said_in_chinese_too(approving: Site) -> None:
    come(approving)
    mary = approving.browser("mary", headers={"Accept-Language": "zh"})
    approving.container.members().edit_profile(actor_id=approving.members["mary"], language="zh-Hans")
    assert mary.get("/moderation/waiting").heading == "等待批准"


@pytest.mark.parametrize("mode", ["approval", "invitation"])
@pytest.mark.parametrize("kind", SQL)
def test_e3_a_known_address_costs_as_much_as_an_unknown_one(kind: str, mode: str, make_site: MakeSite) -> None:
    site = moderated(make_site(kind, registration=mode, rate_limits="off"))
    site.invite("susan", people=5)
    code = (
        site.container.invitations()
        .own(reader=site.container.storage().session_feeds.reader(site.members["susan"], site.time))[0]
        .code
    )
    costs, pages = [], []
    for typed in (JOINING, JOINING | {"email": "ruth@example.com", "username": "other"}):
        browser = site.browser()
        page = browser.get(f"/register?invitation={code}")
        hashes = site.hasher.hashes
        with site.counting_statements() as asked:
            answer = browser.submit(page, "/register", **(typed | (WHY if mode == "approval" else {})))
        costs.append((site.hasher.hashes - hashes, [statement.split()[0] for statement in asked]))
        pages.append((answer.status, answer.location, answer.data))
    assert costs[0] == costs[1]
    assert pages[0] == pages[1]
