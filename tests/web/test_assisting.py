"""What administrators do for one member at once."""

from tests.web.site import Site


def test_an_administrator_mails_and_signs_out_a_member(site: Site) -> None:
    ada, susan = site.browser("ada"), site.browser("susan")
    page = ada.get("/admin/users/susan")
    assert page.texts(".//legend") == ["Identity", "Standing", "Discipline"]
    assert "/admin/users/susan/send-confirmation" not in page.actions

    sent = ada.submit(page, "/admin/users/susan/send-reset")
    assert (sent.status, sent.location) == (303, "/admin/users/susan")
    assert ada.follow(sent).flashes == ["A link to choose a new password will be mailed."]
    site.deliver()
    assert site.link_to("susan@example.com").startswith("/reset/")
    assert susan.get("/settings/profile").status == 200

    out = ada.submit(page, "/admin/users/susan/sign-out")
    assert ada.follow(out).flashes == ["This member is signed out everywhere, and every API token is revoked."]
    assert susan.get("/settings/profile").status == 303

    page = ada.get("/admin/users/ulla")
    sent = ada.submit(page, "/admin/users/ulla/send-confirmation")
    assert ada.follow(sent).flashes == [
        "A new link to confirm the address will be mailed. The older ones no longer work."
    ]
    assert site.link_to("ulla@example.com").startswith("/confirm/")
    for _ in range(2):
        ada.submit(page, "/admin/users/ulla/send-confirmation")
    assert ada.submit(page, "/admin/users/ulla/send-confirmation").status == 429


def test_acts_that_no_longer_fit_say_so(site: Site) -> None:
    ada = site.browser("ada")
    page = ada.get("/admin/users/ulla")
    site.container.members().set_standing(username="ulla", disabled=True)

    for act, words in (
        ("send-confirmation", "Nothing was sent: this member is confirmed already, or disabled."),
        ("send-reset", "Nothing was sent: this member is disabled."),
    ):
        assert ada.follow(ada.submit(page, f"/admin/users/ulla/{act}")).flashes == [words]
    assert "/admin/users/ulla/send-reset" not in ada.get("/admin/users/ulla").actions
    assert ada.post("/admin/users/nobody/send-reset").status == 404


def test_an_administrator_who_signs_out_everywhere_is_signed_out_here_too(site: Site) -> None:
    ada = site.browser("ada")

    page = ada.submit(ada.get("/admin/users/ada"), "/admin/users/ada/sign-out")

    assert page.location == "/login"
    assert ada.follow(page).flashes == ["You are signed out everywhere."]
    assert ada.get("/admin/users").status == 303
