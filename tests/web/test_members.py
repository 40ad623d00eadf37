"""Members: one's own profile, and administration."""

import pytest

from domain.roles import Role
from tests.web.addresses import ADMINISTERED
from tests.web.browser import Page
from tests.web.site import PASSWORD, Site


def test_a43_a45_a_member_edits_their_own_profile(site: Site) -> None:
    susan = site.browser("susan")
    typed = {"name": "Susan", "location": "Delft", "about_me": "\nI cook."}

    page = susan.post("/settings/profile", typed)

    assert (page.status, page.location) == (303, "/@susan")
    assert susan.follow(page).flashes == ["Your profile is saved."]
    assert "/settings/profile" in susan.get("/@susan").links
    assert susan.get("/settings/profile").form("/settings/profile") | typed == susan.get("/settings/profile").form(
        "/settings/profile"
    )
    too_long = susan.post("/settings/profile", {"name": "x" * 65}).errors
    assert too_long == {"name": "This has 65 characters; at most 64 fit."}


def test_extra_fields_of_a_form_change_nothing(site: Site) -> None:
    susan = site.browser("susan")
    extra = {
        "id": "1",
        "email": "evil@example.com",
        "role": "Administrator",
        "confirmed": "",
        "disabled": "1",
        "password_hash": "x",
        "author_id": str(site.members["david"]),
        "actor_id": str(site.members["david"]),
        "created_at": "2000-01-01",
        "version": "1",
    }

    assert susan.post("/settings/profile", {"name": "Susan"} | extra).location == "/@susan"
    post = susan.post("/posts", {"body": "Mine."} | extra).location

    assert "/@susan" in site.browser().get(post).links
    page = site.browser("ada").get("/admin/users/susan").form("/admin/users/susan")
    assert page["email"] == "susan@example.com"
    assert page["role"] == "User"
    assert "confirmed" in page
    assert "disabled" not in page


def found(page: Page) -> list[str]:
    return [link.get("href", "").rsplit("/", 1)[1] for link in page.all(".//tbody//th//a")]


def test_administrators_find_members_by_any_part_of_name_and_address(any_site: Site) -> None:
    ada = any_site.browser("ada")
    any_site.browser("mary").post("/settings/profile", {"name": "Märy “Soup” O'Brien"})

    def search(query: str) -> list[str]:
        page = ada.get("/admin/users", query_string={"q": query})
        assert page.status == 200
        assert page.form("/admin/users")["q"] == query
        return found(page)

    assert search("") == ["ulla", "david", "susan", "mary", "ada"]
    assert search("SU") == ["susan"]
    assert search("usa") == ["susan"]
    assert search("us") == []
    assert search("david@EXAMPLE") == ["david"]
    assert search("MÄRY") == search("o'br") == search("“soup”") == ["mary"]
    for nothing in ("%", "_", "s%", "\\", "x" * 5_000, "' OR 1=1--", '"', 'a"b c', "é", "\U0010ffff", "٣", "..."):
        assert search(nothing) == [], nothing
    for broken in ("\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")):
        assert ada.get("/admin/users", query_string={"q": broken}).status == 200


def test_administrators_filter_members_and_see_how_many_there_are(free_site: Site) -> None:
    for number in range(60):
        free_site.join(f"ned{number}", confirmed=False)
    free_site.container.members().set_standing(username="david", disabled=True)
    ada = free_site.browser("ada")

    def filters(path: str) -> list[str]:
        return ada.get(path).texts(".//nav[@class='filters']/a")

    assert filters("/admin/users") == [
        *("All 65", "Unconfirmed 61", "Disabled 1"),
        *("All roles", "Users", "Moderators 1", "Administrators 1"),
    ]
    # Where something else is asked for as well, a count would be that of another list.
    assert filters("/admin/users?state=disabled")[3:] == ["All roles", "Users", "Moderators", "Administrators"]
    assert "Disabled" in filters("/admin/users?role=User")
    assert "Disabled" in filters("/admin/users?q=ned")
    assert found(ada.get("/admin/users?role=Moderator")) == ["mary"]
    assert found(ada.get("/admin/users?state=disabled&role=User&q=")) == ["david"]
    assert found(ada.get("/admin/users?state=disabled&q=ned")) == []
    assert "There is no such member. Show everybody" in ada.get("/admin/users?state=disabled&role=Moderator").words
    for unknown in ("role=King", "role=user", "state=gone", "state=confirmed"):
        assert ada.get(f"/admin/users?{unknown}").status == 404

    first = ada.get("/admin/users?q=ned&state=unconfirmed")
    (older,) = (link for link in first.links if "before=" in link)
    assert older.startswith("?q=ned&state=unconfirmed&before=")
    second = ada.get(f"/admin/users{older}")
    assert found(first) + found(second) == [f"ned{number}" for number in reversed(range(60))]
    assert any(link.startswith("?q=ned&state=unconfirmed&after=") for link in second.links)
    assert second.form("/admin/users") == {"q": "ned", "state": "unconfirmed"}


def test_a44_an_administrator_sets_every_field_of_a_member(site: Site) -> None:
    site.join("erik")
    ada = site.browser("ada")

    page = ada.post("/admin/users/erik", ADMINISTERED | {"username": "Erika"})

    assert (page.status, page.location) == (303, "/admin/users/Erika")
    shown = ada.follow(page)
    assert shown.flashes == ["The member is saved."]
    (hint,) = shown.texts(".//p[@id='role-hint']")
    assert hint.startswith("Moderators settle what is reported, hide and restore posts and comments, and warn, silence")
    form = shown.form("/admin/users/Erika")
    assert form | {"email": "erik@example.org", "role": "Moderator", "name": "Erik"} == form
    assert "/admin/users/erika" not in shown.actions
    assert ada.get("/@Erika").status == 200
    assert "/admin/users/Erika" in ada.get("/@Erika").links


def test_w28_an_administrators_old_form_does_not_overwrite_what_the_member_saved_since(free_site: Site) -> None:
    ada, susan = free_site.browser("ada"), free_site.browser("susan")
    form = ada.get("/admin/users/susan")
    susan.post("/settings/profile", {"name": "Susan", "location": "", "about_me": "I cook <soup>."})

    page = ada.submit(form, "/admin/users/susan", location="Delft")

    assert page.status == 409
    assert page.texts(".//*[@class='theirs']") == ["Susan", "Nothing", "I cook <soup>."]
    kept = page.form("/admin/users/susan")
    assert (kept["name"], kept["location"], kept["about_me"]) == ("", "Delft", "")
    assert "I cook <soup>." in free_site.browser().get("/@susan").words
    assert ada.submit(page, "/admin/users/susan", name="Susan", about_me="I cook <soup>.").status == 303
    profile = free_site.browser().get("/@susan")
    assert "Delft" in profile.words
    assert "I cook <soup>." in profile.words


def test_line_breaks_as_browsers_send_them_are_no_change(site: Site) -> None:
    ada, susan = site.browser("ada"), site.browser("susan")
    susan.post("/settings/profile", {"about_me": "one\r\ntwo"})
    form = ada.get("/admin/users/susan")
    susan.post("/settings/profile", {"name": "Susan", "about_me": "one\r\ntwo"})

    page = ada.submit(form, "/admin/users/susan", about_me="one\r\ntwo")

    assert page.status == 409
    assert page.texts(".//*[@class='theirs']") == ["Susan"]


def test_an_administrators_form_is_accepted_when_no_field_of_it_changed(site: Site) -> None:
    ada, susan = site.browser("ada"), site.browser("susan")
    form = ada.get("/admin/users/susan")
    susan.post("/settings/profile", {"theme": "dark", "language": "zh-Hans"})
    susan.post("/posts", {"body": "Soup."})

    assert ada.submit(form, "/admin/users/susan", location="Delft").status == 303


def test_w22_a_member_signs_in_with_an_address_in_capitals(site: Site) -> None:
    site.browser("ada").post(
        "/admin/users/susan",
        ADMINISTERED | {"username": "susan", "email": "SUSAN.Q@Example.COM", "role": "User"},
    )

    assert site.browser().sign_in("susan.q@example.com", PASSWORD).status == 303
    assert site.browser().sign_in("SUSAN.Q@EXAMPLE.COM", PASSWORD).status == 303
    assert site.browser().sign_in("susan@example.com", PASSWORD).status == 422


def test_w22_an_avatar_does_not_depend_on_the_address(site: Site) -> None:
    before = site.browser().get("/@susan").all(".//img")[1].get("src")
    site.browser("ada").post("/admin/users/susan", ADMINISTERED | {"username": "susan", "role": "User"})

    assert site.browser().get("/@susan").all(".//img")[1].get("src") == before


def test_disabling_ends_every_session_and_keeps_the_posts(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")

    site.browser("ada").post(
        "/admin/users/susan", ADMINISTERED | {"username": "susan", "email": "susan@example.com", "disabled": "1"}
    )

    assert susan.get("/settings/profile").status == 303
    assert susan.sign_in("susan@example.com", PASSWORD).status == 422
    assert site.browser().get(f"/posts/{post_id}").status == 200
    assert "Disabled" in site.browser("ada").get("/admin/users").words


def test_w23_the_last_administrator_cannot_be_removed(site: Site) -> None:
    ada = site.browser("ada")
    herself = {"email": "ada@example.com", "username": "ada", "confirmed": "1", "role": "Administrator"}

    with site.unchanged():
        for field, change in (
            ("role", {"role": "User"}),
            ("disabled", {"disabled": "1"}),
            ("confirmed", {"confirmed": ""}),
        ):
            page = ada.post("/admin/users/ada", herself | change)
            assert page.status == 422
            assert list(page.errors) == [field]
        leaving = ada.post("/settings/account/delete", {"posts": "keep", "password": PASSWORD})
        assert leaving.status == 422
        assert leaving.summary == ["Somebody has to run this place: make another member administrator first."]

    site.join("anna", Role.ADMINISTRATOR)
    assert ada.post("/admin/users/ada", herself | {"role": "User"}).status == 303


def renamed(site: Site, name: str = "susan", other: str = "Suzanne") -> None:
    site.container.members().edit_profile(actor_id=site.members[name], username=other, password=PASSWORD)


def test_a_member_changes_their_own_username(any_site: Site) -> None:
    susan = any_site.browser("susan")
    page = susan.get("/settings/profile")
    assert "once in 30 days" in page.words
    assert "Nobody else can take the old one" in page.words

    sent = susan.submit(page, "/settings/profile", username=" Suzanne ", password=PASSWORD, about_me="I cook.")

    assert (sent.status, sent.location) == (303, "/@Suzanne")
    shown = susan.follow(sent)
    assert shown.flashes == ["You are @Suzanne now. Links with your old name lead to it."]
    assert "I cook." in shown.words
    assert susan.get("/settings/profile").form("/settings/profile")["username"] == "Suzanne"
    for name in ("Suzanne", "susan", "susan@example.com"):
        assert any_site.browser().sign_in(name, PASSWORD).status == 303


def test_the_username_may_be_sent_alone_and_nothing_else_changes(site: Site) -> None:
    susan = site.browser("susan")
    susan.post("/settings/profile", {"name": "Susan S.", "location": "Delft", "about_me": "I cook.", "theme": "dark"})
    before = susan.get("/settings/profile").form("/settings/profile")

    assert susan.post("/settings/profile", {"username": "sue", "password": PASSWORD}).location == "/@sue"

    after = susan.get("/settings/profile").form("/settings/profile")
    assert after == before | {"username": "sue"}
    assert susan.post("/settings/profile", {"location": "Ghent"}).location == "/@sue"
    assert susan.get("/settings/profile").form("/settings/profile") == after | {"location": "Ghent"}


def test_w6_a_refused_username_is_explained_and_nothing_that_was_typed_is_lost(site: Site) -> None:
    susan = site.browser("susan")
    renamed(site, "mary", "Marian")
    typed = {"name": "Susan", "about_me": "I cook.", "username": "Mary", "password": "wrong"}
    with site.unchanged():
        page = susan.post("/settings/profile", typed)
        named = {
            name: susan.post("/settings/profile", {"username": name, "password": PASSWORD}).errors
            for name in ("admin", "1st", "david", "MARIAN", "")
        }

    assert page.status == 422
    assert page.errors == {
        "username": "This username is taken. Please choose another one.",
        "password": "This is not your current password.",
    }
    form = page.form("/settings/profile")
    assert (form["name"], form["about_me"], form["username"], form["password"]) == ("Susan", "I cook.", "Mary", "")
    assert named["admin"] == {"username": "This name is reserved. Please choose another one."}
    assert named["david"] == named["MARIAN"] == {"username": "This username is taken. Please choose another one."}
    assert named["1st"]["username"].startswith("Usernames start with a letter")
    assert named[""] == {"username": "Please fill this in."}


def test_a_username_is_changed_again_after_thirty_days_only(free_site: Site) -> None:
    site, susan = free_site, free_site.browser()
    susan.sign_in("susan", PASSWORD, remember_me="1")
    renamed(site)
    site.pass_time(days=29)
    typed = {"username": "sue", "password": PASSWORD, "name": "Susan"}

    page = susan.post("/settings/profile", typed)

    assert page.status == 409
    assert page.errors == {
        "username": "You changed it less than 30 days ago. You can change it again from 31 March 2026, 12:00 UTC on."
    }
    assert page.form("/settings/profile") | {"username": "sue", "name": "Susan"} == page.form("/settings/profile")
    susan.post("/settings/profile", {"language": "zh-Hans"})
    assert "2026年3月31日" in susan.post("/settings/profile", typed).errors["username"]
    site.pass_time(days=1)
    assert susan.post("/settings/profile", typed).location == "/@sue"


def test_guesses_at_the_password_beside_a_username_are_limited(site: Site) -> None:
    susan = site.browser("susan")
    typed = {"username": "sue", "password": "a guess", "about_me": "I cook."}

    assert [susan.post("/settings/profile", typed).status for _ in range(11)] == [422] * 10 + [429]

    refused = susan.post("/settings/profile", typed | {"password": PASSWORD})
    assert refused.status == 429
    assert "I cook." in refused.text
    assert susan.post("/settings/profile", {"about_me": "I cook."}).status == 303


def test_an_unconfirmed_member_may_correct_their_username(site: Site) -> None:
    ulla = site.browser("ulla")

    assert ulla.post("/settings/profile", {"username": "Ulrike", "password": PASSWORD}).location == "/@Ulrike"


def test_a_former_username_leads_on_to_the_present_one(any_site: Site) -> None:
    any_site.follow("david", "susan")
    renamed(any_site)
    renamed(any_site, "mary", "Marian")
    visitor, david, ada = any_site.browser(), any_site.browser("david"), any_site.browser("ada")

    for old in ("/@susan", "/@SUSAN"):
        for rest in ("", "/followers", "/following?a=b", "/feed.atom", "/feed.json", "?before=5&x=%C3%A9"):
            page = visitor.get(f"{old}{rest}")
            assert (page.status, page.location) == (308, f"/@Suzanne{rest}")
            assert page.headers["Cache-Control"] == "public, no-cache"
    assert visitor.follow(visitor.get("/@susan/followers")).status == 200
    for path in ("/admin/users/susan", "/admin/users/susan?x=1"):
        page = ada.get(path)
        assert (page.status, page.location) == (308, path.replace("susan", "Suzanne"))
    assert david.get("/admin/users/susan").status == 403
    for verb in ("unfollow", "follow"):
        page = david.post(f"/@susan/{verb}")
        assert (page.status, page.location) == (308, f"/@Suzanne/{verb}")
        assert david.post(page.location).location == "/@Suzanne"
    page = ada.post("/admin/users/mary", ADMINISTERED)
    assert (page.status, page.location) == (308, "/admin/users/Marian")
    assert visitor.get("/@nobody").status == visitor.get("/@nobody/feed.atom").status == 404


def test_the_former_username_leads_on_until_its_member_goes_back_or_leaves(site: Site) -> None:
    visitor = site.browser()
    renamed(site)
    site.pass_time(days=30)
    assert visitor.get("/@susan").location == "/@Suzanne"

    renamed(site, "susan", "Susan")
    assert visitor.get("/@Susan").status == 200
    assert visitor.get("/@susan").location == "/@Susan"
    assert visitor.get("/@suzanne").location == "/@Susan"

    site.container.leaving().leave(actor_id=site.members["susan"], password=PASSWORD, posts="keep")
    for name in ("susan", "Susan", "suzanne"):
        assert visitor.get(f"/@{name}").status == 404


@pytest.mark.sql
def test_only_what_is_not_found_asks_for_a_former_username(sqlite_site: Site) -> None:
    renamed(sqlite_site)
    visitor = sqlite_site.browser()

    # A page that is missing also asks for the newest posts, and a post whether it is hidden.
    for path, statements in (("/@david", 1), ("/@susan", 2), ("/@nobody", 3), ("/nowhere", 1), ("/posts/5", 3)):
        with sqlite_site.counting_statements() as asked:
            visitor.get(path)
        assert len(asked) == statements, path
