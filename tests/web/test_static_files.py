"""Static files are kept for good and change their URL."""

import re
from pathlib import Path
from urllib.parse import urljoin

from entrypoints.web import static_files
from tests.web.site import Site

STATIC = Path(static_files.__file__).parent / "static"


def test_a04_a05_static_files_are_cached_for_good_by_fingerprint(site: Site) -> None:
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


def test_imports_of_a_script_are_cached_for_good_by_fingerprint(site: Site) -> None:
    writer = site.browser("susan")
    scripts = {str(script.get("src")) for script in writer.get("/").all(".//script[@type='module']")}

    assert len(scripts) == 2
    later = {urljoin(url, name) for url in scripts for name in re.findall(r"import\('(.+?)'\)", writer.get(url).text)}
    assert {url.rpartition("/")[2] for url in later} == {"post.js"}
    scripts |= later
    for url in scripts:
        imported = {urljoin(url, name) for name in re.findall(r"from '(.+?)'", writer.get(url).text)}
        assert imported <= scripts
    for url in scripts:
        older = re.sub("scripts/[^/]+/", "scripts/old/", url)
        assert writer.get(url).headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert writer.get(older).text == writer.get(url).text
        assert writer.get(older).headers["Cache-Control"] == "public, no-cache"
    for name in ("nothing.js", "..", "%2e%2e%2fsite.css", "a%00b"):
        assert writer.get(f"/static/scripts/old/{name}").status == 404, name


def test_stylesheets_are_sent_without_comments_and_with_all_of_their_rules(site: Site) -> None:
    for path in STATIC.glob("*.css"):
        source, sent = path.read_text(encoding="utf-8"), site.browser().get(f"/static/{path.name}").text
        assert "/*" not in sent
        assert re.sub(r"\s*/\*.*?\*/\s*|\s+", "", source, flags=re.DOTALL) == re.sub(r"\s+", "", sent)


def test_scripts_are_sent_without_comments_and_with_all_of_their_statements(site: Site) -> None:
    for path in (STATIC / "scripts").glob("*.js"):
        source, sent = path.read_text(encoding="utf-8"), site.browser().get(f"/static/scripts/old/{path.name}").text
        lines = [line for line in source.splitlines() if not line.lstrip().startswith("//")]
        assert lines == sent.splitlines()
        assert len(lines) < len(source.splitlines())


def test_a_stylesheet_is_sent_whole_to_who_asks_for_a_part(site: Site) -> None:
    whole = site.browser().get("/static/site.css?v=old")
    part = site.browser().get("/static/site.css?v=old", headers={"Range": "bytes=0-99"})
    assert (part.status, part.text) == (200, whole.text)
    assert "Content-Range" not in part.headers
