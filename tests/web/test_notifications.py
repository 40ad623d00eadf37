"""The list of what a member is told of, the number of what is unread, and the buttons that mark it as read."""

import pytest

from tests.web.browser import Page
from tests.web.conftest import MakeSite, inhabited
from tests.web.site import Site

UNTIL = "/notifications/read"


def told(page: Page) -> list[str]:
    """What the list says, newest first."""
    return page.texts(".//span[@class='saying']")


def list_of(site: Site, name: str) -> list[str]:
    return told(site.browser(name).get("/notifications"))


def newest(page: Page) -> str:
    """Where the button of the newest one sends its form."""
    return next(action for action in page.actions if action.endswith("/open"))


def answer(site: Site, name: str, comment_id: int, post_id: int, body: str = "Never.") -> int:
    site.pass_time(seconds=21)
    answer_id: int = site.container.comments().write(
        actor_id=site.members[name], post_id=post_id, body=body, reply_to=comment_id
    )
    return answer_id


def fans(site: Site, count: int) -> list[str]:
    names = [f"fan{number}" for number in range(count)]
    for name in names:
        site.join(name)
    return names


def test_each_kind_is_a_sentence_that_names_who_and_what(site: Site) -> None:
    post_id = site.post("susan", title="On soup")
    comment_id = site.comment("susan", post_id, "With leeks.")
    site.watch("david", post_id)
    site.comment("mary", post_id, "Leeks, always.")
    answer(site, "david", comment_id, post_id, "And salt.\n\nA lot.")
    site.post("david", "Ask @susan.", title="On salt")
    site.comment("david", post_id, "Is that so, @susan?")
    site.like("david", post_id)
    site.like_comment("mary", comment_id)
    site.follow("david", "susan")

    assert list_of(site, "susan") == [
        "Unread: @david follows you",
        "Unread: @mary moderator likes your comment below On soup With leeks.",
        "Unread: @david likes your post On soup",
        "Unread: @david mentioned you in a comment below On soup Is that so, @susan?",
        "Unread: @david mentioned you in On salt",
        "Unread: @david answered your comment below On soup And salt.",
        "Unread: @mary moderator commented on your post On soup",
    ]
    assert list_of(site, "david") == ["Unread: @mary moderator commented on On soup, which you watch"]
    assert list_of(site, "mary") == []


def test_what_moderators_decide_and_have_to_decide_is_a_sentence(site: Site) -> None:
    post_id = site.post("susan", title="On soup")
    comment_id = site.comment("susan", post_id)
    site.container.reporting().report_comment(actor_id=site.members["david"], comment_id=comment_id, kind="spam")
    assert list_of(site, "mary") == ["Unread: A report waits: it is about @susan"]
    site.hide("mary", comment_id)
    warning = site.container.sanctions().sanction(
        actor_id=site.members["mary"], username="susan", act="warn", reason="Rude."
    )
    assert list_of(site, "susan") == [
        "Unread: A moderator has warned you.",
        "Unread: A moderator has hidden a comment of yours.",
    ]
    site.container.appeals().appeal(actor_id=site.members["susan"], entry_id=warning, text="I was not.")
    assert list_of(site, "ada")[0] == "Unread: @susan appeals against a decision"
    site.container.appeals().decide(
        actor_id=site.members["ada"], entry_id=warning, outcome="reversed", reason="She was not."
    )
    assert list_of(site, "susan")[0] == "Unread: Your appeal was decided"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "@fan0 likes your post Soup"),
        (2, "@fan1 and @fan0 like your post Soup"),
        (3, "@fan2 and 2 others like your post Soup"),
        (12, "@fan11 and 11 others like your post Soup"),
        (99, "@fan98 and 98 others like your post Soup"),
        (100, "@fan99 and more than 98 others like your post Soup"),
        (103, "@fan102 and more than 98 others like your post Soup"),
    ],
)
def test_many_who_do_the_same_are_one_row(free_site: Site, count: int, sentence: str) -> None:
    post_id = free_site.post("susan", title="Soup")
    for name in fans(free_site, count):
        free_site.like(name, post_id)

    susan = free_site.browser("susan")

    assert told(susan.get("/notifications")) == [f"Unread: {sentence}"]
    assert susan.get("/").title.startswith("(1) ")


def test_a_post_without_a_title_is_named_by_its_beginning(site: Site) -> None:
    post_id = site.post("susan", "Soup is a kind of hope.\n\nSo it is.")
    site.like("david", post_id)

    assert list_of(site, "susan") == ["Unread: @david likes your post Soup is a kind of hope."]


def test_who_has_been_told_nothing_reads_what_will_stand_there(site: Site) -> None:
    page = site.browser("susan").get("/notifications")

    assert "Nobody has told you anything yet." in page.words
    assert told(page) == []
    assert UNTIL not in page.actions
    assert "/settings/notifications" in page.links


def test_what_is_hidden_deleted_or_by_whom_one_mutes_is_left_out_and_not_counted(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    hidden, deleted = (site.comment("david", post_id, "Look, @susan.") for _ in range(2))
    liked, unlisted = site.post("susan", title="Liked"), site.post("david", "Look, @susan.")
    site.like("david", liked)
    site.follow("mary", "susan")
    susan = site.browser("susan")
    assert len(told(susan.get("/notifications"))) == 5

    site.hide("mary", hidden)
    site.container.comments().delete(actor_id=site.members["david"], comment_id=deleted)
    site.container.posts().delete(actor_id=site.members["susan"], post_id=liked)
    site.container.moderation().hide_post(actor_id=site.members["mary"], post_id=unlisted, reason="Rude.")
    page = susan.get("/notifications")
    assert (told(page), page.title) == (["Unread: @mary moderator follows you"], "(1) Notifications · Chapbook")

    site.mute("susan", "mary")
    page = susan.get("/notifications")
    assert (told(page), page.title) == ([], "Notifications · Chapbook")


def test_an_unlike_takes_its_name_out_of_the_row(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    for name in ("david", "mary", "ada"):
        site.like(name, post_id)

    site.container.liking().unlike_post(actor_id=site.members["ada"], post_id=post_id)

    assert list_of(site, "susan") == ["Unread: @mary moderator and @david like your post Soup"]


def test_the_list_speaks_chinese(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    comment_id = site.comment("susan", post_id)
    answer(site, "david", comment_id, post_id)
    for name in ("david", "mary", "ada"):
        site.like(name, post_id)
    susan = site.browser("susan")
    susan.post("/settings/display", {"language": "zh-Hans", "theme": "auto"})

    page = susan.get("/notifications")

    first, second = told(page)
    assert "@ada" in first
    assert not {"like", "answered", "others", "Unread"} & set(f"{first} {second}".split())


def test_the_number_of_what_is_unread_stands_in_the_header_and_in_the_title(free_site: Site) -> None:
    site = free_site
    susan = site.browser("susan")
    assert (susan.get("/").title, susan.get("/").classed("number")) == ("Chapbook", [])

    posts = [site.post("susan", title=f"Soup {number}") for number in range(101)]
    for count, shown in ((3, "3"), (99, "99"), (100, "99+"), (101, "99+")):
        for post_id in posts[:count]:
            site.like("david", post_id)
        for path in ("/", f"/posts/{posts[0]}", "/nowhere"):
            page = susan.get(path)
            assert page.title.startswith(f"({shown}) "), path
            (bell,) = page.classed("bell")
            assert page.text_of(bell) == f"Notifications unread: {shown}"
    assert "bell" not in site.browser().get("/").text


def test_marking_all_as_read_leaves_unread_what_came_after_the_page(site: Site) -> None:
    post_id, other_id = site.post("susan", title="Soup"), site.post("susan", title="Salt")
    site.like("david", post_id)
    site.follow("david", "susan")
    susan = site.browser("susan")
    page = susan.get("/notifications")
    site.like("mary", post_id)  # the row grows, and is new
    site.like("mary", other_id)

    done = susan.submit(page, UNTIL)

    assert (done.status, done.location) == (303, "/notifications")
    shown = susan.follow(done)
    assert told(shown) == [
        "Unread: @mary moderator likes your post Salt",
        "Unread: @mary moderator and @david like your post Soup",
        "@david follows you",
    ]
    assert shown.title.startswith("(2) ")
    done = susan.follow(susan.submit(shown, UNTIL))
    assert done.flashes == ["All notifications are marked as read."]
    assert done.title == "Notifications · Chapbook"
    assert UNTIL not in done.actions
    site.like("ada", post_id)
    assert list_of(site, "susan")[0] == "Unread: @ada administrator likes your post Soup"


def test_opening_one_marks_it_as_read_and_leads_to_the_thing(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    comment_id = site.comment("susan", post_id)
    susan = site.browser("susan")

    def where() -> str:
        page = susan.get("/notifications")
        assert told(page)[0].startswith("Unread: ")
        opened = susan.submit(page, newest(page))
        assert opened.status == 303
        assert susan.follow(opened).status in (200, 303)
        assert not told(susan.get("/notifications"))[0].startswith("Unread: ")
        return opened.location

    first = site.comment("david", post_id)
    site.comment("david", post_id)
    assert where() == f"/comments/{first}"
    answer_id = answer(site, "david", comment_id, post_id)
    assert where() == f"/comments/{answer_id}"
    site.like("david", post_id)
    assert where() == f"/posts/{post_id}"
    site.like_comment("david", comment_id)
    assert where() == f"/comments/{comment_id}"
    site.follow("david", "susan")
    assert where() == "/@david"
    for name in ("mary", "ada"):
        site.follow(name, "susan")
    assert where() == "/@susan/followers"
    site.hide("mary", comment_id)
    assert where().startswith("/appeals/")


def test_what_is_gone_meanwhile_leads_to_what_there_is(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    comment_id = site.comment("david", post_id, "Look, @susan.")
    susan = site.browser("susan")
    page = susan.get("/notifications")
    site.container.comments().delete(actor_id=site.members["david"], comment_id=comment_id)

    answer = susan.submit(page, newest(page))
    assert (answer.status, answer.location) == (303, "/notifications")
    assert told(susan.get("/notifications")) == []


def test_one_that_has_grown_since_the_page_was_shown_leads_to_the_list(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    site.like("david", post_id)
    susan = site.browser("susan")
    page = susan.get("/notifications")
    site.like("mary", post_id)

    answer = susan.submit(page, newest(page))

    assert (answer.status, answer.location) == (303, "/notifications")
    assert list_of(site, "susan")[0].startswith("Unread:")


def test_nobody_opens_or_reads_what_another_is_told(site: Site) -> None:
    post_id = site.post("susan", title="Soup")
    site.like("david", post_id)
    susan, david = site.browser("susan"), site.browser("david")
    page = susan.get("/notifications")
    until = page.form(UNTIL)["until"]

    with site.unchanged():
        answer = david.post(newest(page))
        assert (answer.status, answer.location) == (303, "/notifications")
        assert david.post(UNTIL, {"until": until}).status == 303

    assert list_of(site, "susan") == ["Unread: @david likes your post Soup"]


def test_a_form_without_a_place_in_the_list_is_damaged(site: Site) -> None:
    site.like("david", site.post("susan"))
    susan = site.browser("susan")

    with site.unchanged():
        for until in ("", "0", "x", str(2**63)):
            assert susan.post(UNTIL, {"until": until}).status == 422, until


def test_pages_lead_from_one_part_to_the_next(make_site: MakeSite) -> None:
    site = inhabited(make_site(rate_limits="off", followers_per_page="3"))
    for number in range(7):
        site.like("david", site.post("susan", title=f"Soup {number}"))
    susan = site.browser("susan")

    first = susan.get("/notifications")
    (onward,) = [link for link in first.links if "before=" in link]
    second = susan.get(f"/notifications{onward}")
    (onward,) = [link for link in second.links if "before=" in link]
    third = susan.get(f"/notifications{onward}")

    shown = [said.rpartition(" ")[2] for page in (first, second, third) for said in told(page)]
    assert shown == ["6", "5", "4", "3", "2", "1", "0"]
    assert [UNTIL in page.actions for page in (first, second, third)] == [True, False, False]
    (back,) = [link for link in third.links if "after=" in link]
    assert told(susan.get(f"/notifications{back}")) == told(second)
    past = susan.get("/notifications?before=1")
    assert "There is nothing left to tell of in this part of the list." in past.words
    assert [link for link in past.links if "after=" in link]


def test_a_part_of_the_list_whose_things_are_gone_says_so_and_leads_on(make_site: MakeSite) -> None:
    site = inhabited(make_site(rate_limits="off", followers_per_page="3"))
    site.like("david", site.post("susan", title="Soup"))
    gone = [site.post("susan") for _ in range(410)]
    for post_id in gone:
        site.like("david", post_id)
    for post_id in gone:
        site.container.posts().delete(actor_id=site.members["susan"], post_id=post_id)
    susan = site.browser("susan")

    page = susan.get("/notifications")

    assert "There is nothing left to tell of in this part of the list." in page.words
    (onward,) = [link for link in page.links if "before=" in link]
    assert told(susan.get(f"/notifications{onward}")) == ["Unread: @david likes your post Soup"]


def test_nobody_stores_the_list_and_a_visitor_signs_in_first(site: Site) -> None:
    site.like("david", site.post("susan"))
    visitor = site.browser()

    assert site.browser("susan").get("/notifications").headers["Cache-Control"] == "no-store"
    assert visitor.get("/notifications").location == "/login?next=/notifications"
    for path in (UNTIL, "/notifications/7/open"):
        assert visitor.post(path).location == "/login?next=/notifications"


def test_reading_changes_the_pages_that_a_browser_has_stored(site: Site) -> None:
    post_id = site.post("susan")
    susan = site.browser("susan")
    stored = susan.get("/").etag
    site.like("david", post_id)

    page = susan.get("/", headers={"If-None-Match": str(stored)})

    assert page.status == 200
    assert page.title.startswith("(1) ")
