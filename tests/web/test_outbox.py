"""Administration of the outbox."""

from application.ports.mailing import LoginRefused, MailNotSent, MailRefused
from application.ports.paging import Window
from tests.web.browser import Browser, Page
from tests.web.site import PASSWORD, Site


def test_w16_a_mail_that_cannot_be_sent_waits_and_is_later_sent_once(site: Site) -> None:
    site.postbox.away = True
    assert site.browser().post("/reset", {"email": "susan@example.com"}).status == 303
    site.deliver()
    ada = site.browser("ada")

    page = ada.get("/admin/outbox")
    assert "Reset the password of the account at susan@example.com" in page.words
    assert states(page) == ["Failed, trying again 1 March 2026, 12:00 UTC"]
    assert "the post office is closed" in page.words
    assert "/reset/" not in page.text
    site.postbox.away = False
    site.deliver()
    assert site.postbox.letters == []
    (action,) = [action for action in page.actions if action.endswith("/retry")]
    retried = ada.submit(page, action)
    assert ada.follow(retried).flashes == ["The worker will try this again now."]
    site.deliver()
    site.deliver()
    assert [letter.to for letter in site.postbox.letters] == ["susan@example.com"]
    assert not [action for action in ada.get("/admin/outbox").actions if action.endswith("/retry")]


def test_a_mail_that_the_server_refuses_is_given_up_at_once_and_shown_in_the_servers_words(site: Site) -> None:
    assert site.browser().post("/reset", {"email": "susan@example.com"}).status == 303
    site.postbox.refusal = MailRefused("mail.example.com:25 refused the recipient: 550 5.1.1 <susan> is unknown")
    site.deliver()
    ada = site.browser("ada")

    page = ada.get("/admin/outbox")
    assert states(page) == ["Given up"]
    assert "mail.example.com:25 refused the recipient: 550 5.1.1 <susan> is unknown" in page.words
    assert "The server refuses this mail for good. Most often the address is wrong." in page.words
    assert "1 mail was given up in the last seven days." in page.words
    assert "Mail fails" not in page.words
    site.postbox.refusal = None
    (action,) = [action for action in page.actions if action.endswith("/retry")]
    assert ada.follow(ada.submit(page, action)).flashes == ["The worker will try this again now."]
    site.deliver()
    assert [letter.to for letter in site.postbox.letters] == ["susan@example.com"]
    assert ada.follow(ada.submit(page, action)).flashes == ["There is nothing left to try: this is done."]


def test_w16_a_mail_is_given_up_after_three_days_and_shown_as_failed(site: Site) -> None:
    site.postbox.away = True
    site.browser().post("/reset", {"email": "susan@example.com"})
    for _ in range(80):
        site.deliver()
        site.pass_time(hours=1)

    page = admin_again(site).get("/admin/outbox")
    assert states(page) == ["Given up"]
    assert "1 mail was given up in the last seven days." in page.words
    assert "All is well." not in page.words


def test_each_row_describes_its_job_in_words(site: Site) -> None:
    site.browser("susan").post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    site.browser("david").post("/settings/account/delete", {"posts": "delete", "password": PASSWORD})

    words = admin_again(site).get("/admin/outbox").words

    assert "Let @susan confirm the new address new@example.com" in words
    assert "Erase what a former member wrote" in words
    site.deliver()
    words = admin_again(site).get("/admin/outbox").words
    assert "Tell @susan at susan@example.com that their address is being changed" in words


def test_every_row_has_one_state_and_says_whether_it_is_a_mail(site: Site) -> None:
    ada = site.browser("ada")
    site.container.passwords().request_reset(client="1.2.3.4", email="susan@example.com")
    site.container.passwords().request_reset(client="1.2.3.4", email="nobody@example.com")
    site.container.leaving().leave(actor_id=site.members["david"], password=PASSWORD, posts="delete")
    assert set(states(ada.get("/admin/outbox"))) == {"Waiting · due 1 March 2026, 12:00 UTC"}

    with site.container.storage().unit_of_work() as work:
        for job in site.container.storage().outbox_feeds.latest(Window(9)).items:
            leased = work.outbox.get(job.id)
            leased.lease(at=site.time)
            work.outbox.save(leased)
        work.commit()
    page = ada.get("/admin/outbox")
    assert states(page) == ["In progress", "Sending", "Sending"]
    assert page.texts(".//tbody//td[1]") == ["Job", "Mail", "Mail"]

    site.pass_time(minutes=3)
    site.deliver()
    assert states(ada.get("/admin/outbox")) == ["Done", "Not needed", "Done"]
    # A time that lies ahead counts down.
    site.postbox.away = True
    site.container.passwords().request_reset(client="1.2.3.4", email="susan@example.com")
    site.deliver()
    (ahead,) = ada.get("/admin/outbox?state=failing").all(".//tbody//time[@data-due]")
    assert ahead.get("datetime") == "2026-03-01T12:03:10Z"


def test_the_page_filters_turns_and_tries_again_on_the_filtered_page(site: Site) -> None:
    for number in range(60):
        site.container.passwords().request_reset(client=f"198.51.100.{number}", email=f"m{number}@example.com")
    site.container.passwords().request_reset(client="1.2.3.4", email="susan@example.com")
    site.postbox.away = True
    site.container.leaving().leave(actor_id=site.members["david"], password=PASSWORD, posts="delete")
    site.deliver()
    ada = site.browser("ada")

    def about(query: str) -> int:
        return len(states(ada.get(f"/admin/outbox?{query}")))

    assert about("kind=job") == 1
    assert about("state=failing&kind=mail") == about("state=failing") == 1
    assert about("state=failing&kind=job") == about("state=given_up") == about("state=waiting") == 0
    assert about("state=&kind=") == about("kind=mail") == 50
    for unknown in ("state=sent", "kind=x", "state=Done", "state=failing%00"):
        assert ada.get(f"/admin/outbox?{unknown}").status == 404
    assert "This list is empty now." in ada.get("/admin/outbox?state=waiting&kind=job").words

    first = ada.get("/admin/outbox?state=done&kind=mail")
    (older,) = (link for link in first.links if "before=" in link)
    assert older.startswith("?state=done&kind=mail&before=")
    second = ada.get(f"/admin/outbox{older}")
    assert (len(states(first)), len(states(second))) == (50, 10)
    assert any(link.startswith("?state=done&kind=mail&after=") for link in second.links)
    assert any(link == "/admin/outbox?state=given_up&kind=mail" for link in second.links)

    page = ada.get("/admin/outbox?state=failing&kind=mail")
    (action,) = (action for action in page.actions if action.endswith("/retry"))
    assert ada.submit(page, action).location == "/admin/outbox?state=failing&kind=mail"
    assert ada.submit(page, action, next="//evil.example/admin/outbox").location == "/admin/outbox"
    assert ada.submit(page, action, next="/admin/users").location == "/admin/outbox"


def test_a_summary_says_since_when_mail_fails_why_and_what_to_do(site: Site) -> None:
    ada = site.browser("ada")
    assert "All is well. No mail was sent in the last seven days." in ada.get("/admin/outbox").words
    site.container.passwords().request_reset(client="1.2.3.4", email="susan@example.com")
    site.deliver()
    assert "All is well. The last mail was sent 1 March 2026, 12:00 UTC." in ada.get("/admin/outbox").words

    site.pass_time(hours=1)
    site.postbox.away = True
    site.container.passwords().request_reset(client="1.2.3.4", email="david@example.com")
    site.deliver()
    page = ada.get("/admin/outbox")
    assert page.texts(".//*[@class='summary']/h2") == ["Mail fails"]
    assert "1 mail has failed since 1 March 2026, 13:00 UTC. The server says: the post office is closed" in page.words
    assert "Check CHAPBOOK_MAIL_URL, and whether that server runs." in page.words
    assert "/admin/outbox?state=failing&kind=mail" in page.links

    site.postbox.away, site.postbox.refusal = False, LoginRefused("mail.example.com:25 refused the login (535)")
    site.pass_time(minutes=5)
    site.deliver()
    words = ada.get("/admin/outbox").words
    assert "It refuses the login. Correct user and password in CHAPBOOK_MAIL_URL, and restart the worker." in words

    site.postbox.refusal = MailNotSent("mail.example.com:25 refused the recipient: 450 come back later")
    site.pass_time(hours=2)
    site.deliver()
    words = ada.get("/admin/outbox").words
    assert "Mail fails" not in words
    assert "The mail server works." in words
    assert "1 mail has failed and is tried again." in words


def test_administrators_alone_see_at_administration_that_mail_fails(any_site: Site) -> None:
    any_site.postbox.away = True
    any_site.container.passwords().request_reset(client="1.2.3.4", email="susan@example.com")
    any_site.deliver()
    ada, mary = any_site.browser("ada"), any_site.browser("mary")

    def menu(browser: Browser) -> str:
        return " ".join(browser.get("/").texts(".//header//nav"))

    assert "Administration mail fails" in menu(ada)
    assert "Mail and jobs mail fails" in ada.get("/admin/users").words
    for browser in (mary, any_site.browser("susan"), any_site.browser()):
        assert "mail fails" not in menu(browser)

    any_site.postbox.away = False
    any_site.pass_time(minutes=1)
    any_site.deliver()
    assert "mail fails" not in menu(ada)


def states(page: Page) -> list[str]:
    return [page.text_of(cell) for cell in page.classed("state")]


def admin_again(site: Site) -> Browser:
    return site.browser("ada")
