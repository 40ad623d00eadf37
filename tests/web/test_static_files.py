"""Static files are kept for good and change their URL."""

import re

from tests.web.site import Site


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
