"""An avatar is drawn here, from the id alone."""

from tests.web.site import Site


def test_a46_an_avatar_is_made_locally_and_reveals_nothing(site: Site) -> None:
    page = site.browser().get("/@susan")
    (portrait,) = [image for image in page.all(".//img") if image.get("width") == "256"]

    assert portrait.get("src") == f"/avatars/{site.members['susan']}.svg"
    assert "gravatar" not in page.text
    picture = site.browser().get(str(portrait.get("src")))
    assert picture.status == 200
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "susan" not in picture.text
