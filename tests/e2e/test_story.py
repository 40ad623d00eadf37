"""One member's whole story, on a phone, with and without JavaScript."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD, Site, sign_in
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.sql]

NEW_PASSWORD = "another horse, another battery"


def sign_out(page: Page) -> None:
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()


def open_link(page: Page, mails: SmtpServer, *, to: str, subject: str) -> None:
    mail = mails.wait_for(to=to, subject=subject, timeout=20)
    link = re.search(r"http://\S+", mail.text)
    assert link, mail.text
    page.goto(link[0])


# Without JavaScript only in `make test-long`: in `make test` tests/web uses every page and form without it.
@pytest.mark.parametrize(
    "scripted",
    [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without JavaScript", marks=pytest.mark.long)],
    indirect=True,
)
def test_a_member_joins_writes_talks_is_moderated_and_leaves(
    reader: Page, site: Site, smtp_server: SmtpServer, scripted: bool
) -> None:
    site.member("ruth")
    site.member("warden", "Administrator")
    joins_at_a_post_and_comes_back_to_it(reader, site, smtp_server)
    writes_previews_and_edits(reader, scripted)
    follows_and_reads(reader, site)
    is_moderated(reader, site)
    changes_the_address(reader, smtp_server)
    forgets_and_resets_the_password(reader, smtp_server)
    session = {cookie["value"] for cookie in reader.context.cookies()}
    leaves(reader)
    the_log_knows_routes_and_accounts_but_no_secret(site, smtp_server, session)


def joins_at_a_post_and_comes_back_to_it(page: Page, site: Site, mails: SmtpServer) -> None:
    browser = page.context.browser
    assert browser is not None
    write_as(browser, site, "ruth@example.com", "Who is here?")
    page.goto("/")
    page.get_by_role("link", name="No comments").click()
    post = urlsplit(page.url).path
    page.get_by_role("main").get_by_role("link", name="join Chapbook").click()
    page.get_by_label("Email address").fill("susan@example.com")
    page.get_by_label("Username").fill("susan")
    page.get_by_label("Password", exact=True).fill("password")
    page.get_by_label("The same password again").fill("passwort")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("not the same")
    expect(page.get_by_label("Username")).to_have_value("susan")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Welcome!")).to_be_visible()
    open_link(page, mails, to="susan@example.com", subject="Confirm your account")
    page.get_by_role("button", name="Yes, this is my address").click()
    expect(page.get_by_text("Your address is confirmed. Sign in, and begin.")).to_be_visible()
    expect(page.locator("#email")).to_have_value("susan@example.com")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(site.url + post)
    expect(page.get_by_label("Write a comment")).to_be_visible()


def writes_previews_and_edits(page: Page, scripted: bool) -> None:
    page.goto("/write")
    page.get_by_label("Title").fill("A walk in the snow")
    page.get_by_label("What is on your mind?").fill("It was *very* cold.\n\n- gloves\n- tea")
    page.get_by_role("tab" if scripted else "button", name="Preview").click()
    preview = page.locator(".preview")
    expect(preview.locator("em")).to_have_text("very")
    expect(preview.locator("li")).to_have_count(2)
    expect(page.get_by_label("Title")).to_have_value("A walk in the snow")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A walk in the snow")
    expect(page.locator(".prose em")).to_have_text("very")
    shown = page.locator("article time").first
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown.get_attribute("datetime") or "")
    expect(shown).to_have_text(re.compile("ago|now" if scripted else "UTC"))
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Text").fill("It was *rather* cold.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose em")).to_have_text("rather")
    expect(page.get_by_text("edited")).to_be_visible()


def follows_and_reads(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser is not None
    write_as(browser, site, "ruth@example.com", "Ruth was here.")
    page.goto("/following")
    expect(page.get_by_text("Ruth was here.")).to_have_count(0)
    page.goto("/@ruth")
    page.get_by_role("button", name="Follow @ruth").click()
    expect(page.get_by_text("You now follow @ruth")).to_be_visible()
    page.goto("/following")
    expect(page.get_by_text("Ruth was here.")).to_be_visible()
    expect(page.get_by_text("A walk in the snow").first).to_be_visible()
    page.get_by_role("link", name="No comments").first.click()
    page.get_by_label("Write a comment").fill("Hello, you **fool**.")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".comment strong")).to_have_text("fool")
    assert re.search(r"#comment-\d+$", page.url)


def is_moderated(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(base_url=site.url)
    moderator = context.new_page()
    sign_in(moderator, "warden@example.com")
    moderator.goto("/moderation/comments")
    moderator.get_by_text("Hide…").first.click()
    moderator.get_by_label("Why is it hidden?").first.fill("It calls names.")
    moderator.get_by_role("button", name="Hide this comment").first.click()
    expect(moderator.get_by_text("The comment is hidden")).to_be_visible()
    moderator.goto("/moderation/log")
    expect(moderator.get_by_text("It calls names.")).to_be_visible()
    context.close()
    page.reload()
    expect(page.get_by_text("This comment has been hidden by a moderator")).to_be_visible()
    expect(page.get_by_text("It calls names.")).to_be_visible()
    expect(page.get_by_text("fool")).to_have_count(0)


def changes_the_address(page: Page, mails: SmtpServer) -> None:
    page.goto("/settings/email")
    page.get_by_label(re.compile("address", re.IGNORECASE)).first.fill("susan@example.org")
    page.get_by_label(re.compile("password", re.IGNORECASE)).first.fill(PASSWORD)
    page.locator("main button.seal").click()
    expect(page.get_by_text("on its way to the new address")).to_be_visible()
    mails.wait_for(to="susan@example.com", subject="Your address is being changed", timeout=20)
    open_link(page, mails, to="susan@example.org", subject="Confirm your new address")
    page.locator("main button.seal").click()
    expect(page.get_by_text("Your address is changed")).to_be_visible()


def forgets_and_resets_the_password(page: Page, mails: SmtpServer) -> None:
    sign_out(page)
    page.goto("/login")
    page.get_by_role("link", name="I have forgotten my password").click()
    page.get_by_label("Email address").fill("susan@example.org")
    page.locator("main button.seal").click()
    expect(page.get_by_text("a mail with a link is on its way")).to_be_visible()
    open_link(page, mails, to="susan@example.org", subject="Reset your password")
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#password2").fill(NEW_PASSWORD)
    page.locator("main button.seal").click()
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    sign_in(page, "susan@example.org", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Invalid email, username or password")
    sign_in(page, "susan@example.org", NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("susan")


def leaves(page: Page) -> None:
    page.goto("/settings/account")
    page.get_by_label("Leave them here").check()
    page.get_by_label("Your password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    expect(page.get_by_text("deleted member").first).to_be_visible()
    answer = page.goto("/@susan")
    assert answer is not None
    assert answer.status == 404
    sign_in(page, "susan@example.org", NEW_PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Invalid email, username or password")


def the_log_knows_routes_and_accounts_but_no_secret(site: Site, mails: SmtpServer, cookies: set[str]) -> None:
    log = site.log_file.read_text(encoding="utf-8")
    events = [json.loads(line) for line in log.splitlines()]
    said = {event["message"] for event in events}
    assert {"POST /register 303", "POST /confirm/*** 303", "POST /login 422", "GET /posts/<id:post_id> 200"} <= said
    assert len({event.get("account_id") for event in events} - {None}) == 3
    texts = "".join(mail.text for mail in mails.messages)
    links = set(re.findall(r"/(?:confirm|reset|settings/email)/(\S+)", texts))
    assert len(links) == 3
    secrets = links | {cookie for cookie in cookies if len(cookie) > 10}
    secrets |= {PASSWORD, NEW_PASSWORD, "passwort", "susan", "ruth", "warden", "example.com", "example.org"}
    secrets |= {"snow", "fool", "It calls names", site.environment["CHAPBOOK_SECRET_KEY"]}
    assert [secret for secret in secrets if secret in log] == []


def write_as(browser: Browser, site: Site, email: str, body: str) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    sign_in(page, email)
    page.goto("/")
    page.get_by_label("What is on your mind?").fill(body)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Your post is published")).to_be_visible()
    context.close()
