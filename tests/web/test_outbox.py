"""Administration of the outbox."""

from application.ports.mailing import MailRefused
from tests.web.browser import Browser
from tests.web.site import PASSWORD, Site


def test_w16_a_mail_that_cannot_be_sent_waits_and_is_later_sent_once(site: Site) -> None:
    site.postbox.away = True
    assert site.browser().post("/reset", {"email": "susan@example.com"}).status == 303
    site.deliver()
    ada = site.browser("ada")

    page = ada.get("/admin/outbox")
    assert "Reset the password of the account at susan@example.com" in page.words
    assert "Waiting" in page.words
    assert "Not done yet, trying again the post office is closed" in page.words
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
    assert "Given up" in page.words
    assert "mail.example.com:25 refused the recipient: 550 5.1.1 <susan> is unknown" in page.words
    assert "trying again" not in page.words
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
    assert "Given up" in page.words
    assert "trying again" not in page.words


def test_each_row_describes_its_job_in_words(site: Site) -> None:
    site.browser("susan").post("/settings/email", {"email": "new@example.com", "password": PASSWORD})
    site.browser("david").post("/settings/account/delete", {"posts": "delete", "password": PASSWORD})

    words = admin_again(site).get("/admin/outbox").words

    assert "Let @susan confirm the new address new@example.com" in words
    assert "Erase what a former member wrote" in words
    site.deliver()
    words = admin_again(site).get("/admin/outbox").words
    assert "Tell @susan at susan@example.com that their address is being changed" in words


def admin_again(site: Site) -> Browser:
    return site.browser("ada")
