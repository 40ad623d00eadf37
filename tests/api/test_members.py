"""Oneself."""

from tests.api.client import program_of
from tests.web.site import Site


def test_a_member_can_change_their_profile(site: Site) -> None:
    program = program_of(site, "susan")
    assert program.get("/me").json == program.get("/users/susan").json

    answer = program.patch("/me", {"name": "Susan", "about_me": "Soup.\r\nAnd stew."})

    assert answer.status == 200
    assert (answer.json["name"], answer.json["location"], answer.json["about_me"]) == ("Susan", "", "Soup.\nAnd stew.")
    assert program.patch("/me", {"name": ""}).json["name"] == ""
    assert program.patch("/me", {}).json["about_me"] == "Soup.\nAnd stew."
    wrong = program.patch("/me", {"name": "x" * 65, "location": "a\nb", "about_me": "x" * 2_001})
    assert wrong.problem(422).fields.keys() == {"name", "location", "about_me"}
    program.patch("/me", {"name": None}).problem(400)
