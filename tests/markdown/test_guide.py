"""The guide for members shows what the renderer makes of its examples."""

import pytest

from entrypoints.web.guide import LESSONS, example_html
from tests.markdown import guide
from tests.markdown.test_rendering import both
from tests.web.site import Site


def test_the_stored_html_is_what_the_renderer_makes():
    assert example_html() == guide.example_html(), "run `make guide`"


@pytest.mark.parametrize("language", guide.DOCUMENTS)
def test_the_documents_are_made_from_the_examples(language: str):
    assert guide.DOCUMENTS[language].read_text("utf-8") == guide.document(language), "run `make guide`"


@pytest.mark.parametrize("example", [example for lesson in LESSONS for example in lesson.examples])
def test_both_sanitizers_agree_on_an_example(example: str):
    assert both(example)


@pytest.mark.parametrize(("language", "title"), [("en", "Writing with Markdown"), ("zh", "用Markdown写作")])
def test_the_page_speaks_the_language_of_its_reader(language: str, title: str):
    page = Site().browser(headers={"Accept-Language": language}).get("/markdown")
    assert page.heading == title
    assert page.text.count('class="example"') == sum(len(lesson.examples) for lesson in LESSONS)


def test_each_editor_links_to_the_page():
    site = Site()
    site.join("susan")
    susan = site.browser("susan")
    post_id = site.post("susan")
    for path in ("/", f"/posts/{post_id}", f"/posts/{post_id}/edit"):
        (link,) = [link for link in susan.get(path).all(".//a") if link.get("href") == "/markdown"]
        assert link.get("target") == "_blank"  # what was typed stays
