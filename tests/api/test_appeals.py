"""One's own record through the API."""

from tests.api.client import with_password
from tests.web.site import BASE_URL, Site


def test_a_record_has_what_was_decided_and_what_came_of_the_appeal(site: Site) -> None:
    site.hide("mary", site.comment("susan", site.post("david"), "Buy soup!"), "Spam.")
    entry = site.container.sanctions().sanction(
        actor_id=site.members["mary"], username="susan", act="silence", days="7", reason="Rude.", rule="2"
    )
    site.container.appeals().appeal(actor_id=site.members["susan"], entry_id=entry, text="I was not.")
    site.container.appeals().decide(actor_id=site.members["ada"], entry_id=entry, outcome="reversed", reason="Fair.")

    answer = with_password(site, "susan").get("/me/record/")

    silence, hiding = answer.json["entries"]
    assert (silence["act"], silence["reason"], silence["rule"], silence["body"]) == ("silence", "Rude.", "2", "")
    assert silence["web_url"] == f"{BASE_URL}/appeals/{entry}"
    assert silence["appeal"]["text"] == "I was not."
    assert (silence["appeal"]["outcome"], silence["appeal"]["reason"]) == ("reversed", "Fair.")
    assert (hiding["act"], hiding["subject_kind"], hiding["body"], hiding["appeal"]) == (
        "hide",
        "comment",
        "Buy soup!",
        None,
    )
    assert "mary" not in answer.data.decode()
    assert with_password(site, "david").get("/me/record/").json == {"entries": [], "prev": None, "next": None}


def test_a_record_is_read_in_pages(site: Site) -> None:
    for _ in range(3):
        site.container.sanctions().sanction(actor_id=site.members["mary"], username="susan", act="warn", reason="Rude.")
    susan = with_password(site, "susan")

    first = susan.get("/me/record/?limit=2")
    rest = susan.get(first.json["next"])

    assert [len(page.json["entries"]) for page in (first, rest)] == [2, 1]
