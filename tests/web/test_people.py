"""People: their pages."""

from tests.web.site import Site, profile_of


def test_a41_a_profile_describes_its_member(site: Site) -> None:
    site.browser("susan").post(
        "/settings/profile", {"name": "Susan O'Neil", "location": "Delft", "about_me": "I cook.\nAnd read."}
    )
    site.post("susan", "Soup.")

    page = site.browser().get("/@susan")

    assert page.heading == "Susan O'Neil"
    assert page.title == "Susan O'Neil · @susan · Chapbook"
    assert "From Delft" in page.words
    assert "I cook. And read." in page.words
    assert "Member since 1 March 2026 Last seen 1 March 2026, 12:00 UTC" in page.words
    assert profile_of(page) == {"post": "1", "comment": "0", "follower": "0", "following": "0"}
    assert len(page.all(".//article")) == 1
    assert "susan@example.com" not in page.text
    assert "susan@example.com" not in site.browser("ada").get("/@susan").text


def test_a41_an_unknown_profile_is_not_found(site: Site) -> None:
    for path in ("/@nobody", "/@nobody/followers", "/@nobody/following", "/@nobody/friends", "/@"):
        assert site.browser().get(path).status == 404, path


# Another address.


# Taking one's things home, and leaving.
