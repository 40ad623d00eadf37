"""What programs ask for: files and avatars."""

import re

from tests.web.site import Site


def test_a46_a_portrait_is_made_here_and_tells_nothing(site: Site) -> None:
    page = site.browser().get("/@susan")
    (portrait,) = [image for image in page.all(".//img") if image.get("width") == "256"]

    assert portrait.get("src") == f"/avatars/{site.members['susan']}.svg"
    assert "gravatar" not in page.text
    picture = site.browser().get(str(portrait.get("src")))
    assert picture.status == 200
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert "susan" not in picture.text


def test_a04_a05_what_is_static_is_kept_for_good_and_changes_its_name(site: Site) -> None:
    page = site.browser().get("/")
    files = sorted(set(re.findall(r'"(/static/[^"]+)"', page.text)))

    assert len(files) >= 3
    for file in files:
        found = site.browser().get(file.replace("&amp;", "&"))
        assert found.status == 200, file
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in found.headers
    assert site.browser().get("/static/site.css?v=old").headers["Cache-Control"] == "public, no-cache"
    outside = ("../settings.py", "%2e%2e/viewer.py", "nothing.css", "", "/etc/passwd", "a%00b")
    for path in outside:
        assert site.browser().get(f"/static/{path}").status == 404, path
