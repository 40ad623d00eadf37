"""The same request many times at once, of many members or of one: one effect, and no broken page."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.roles import Role
from tests.web.addresses import JOINING, RENEWING
from tests.web.browser import Browser, Page
from tests.web.conftest import SQL, MakeSite, inhabited
from tests.web.site import PASSWORD, Site, profile_of

CROWD = 20


@pytest.fixture(params=SQL)
def counting_site(request: pytest.FixtureRequest, make_site: MakeSite) -> Site:
    """With rate limits."""
    return inhabited(make_site(request.param))


def at_once(browsers: list[Browser], act: Callable[[Browser, int], Page]) -> list[Page]:
    """All start together."""
    barrier = threading.Barrier(len(browsers))

    def run(number: int) -> Page:
        barrier.wait(timeout=30)
        return act(browsers[number], number)

    with ThreadPoolExecutor(len(browsers)) as crowd:
        return list(crowd.map(run, range(len(browsers))))


def crowd(site: Site, name: str | None, size: int = CROWD) -> list[Browser]:
    browsers = [site.browser(name, address=f"192.0.2.{number}") for number in range(size)]
    for browser in browsers:
        browser.token()
    return browsers


def statuses(pages: list[Page]) -> Counter[int]:
    return Counter(page.status for page in pages)


def test_v2_3_4_concurrent_follows_make_one_follow(sql_site: Site) -> None:
    browsers = crowd(sql_site, "david")

    for verb, followers in (("follow", "1"), ("unfollow", "0"), ("follow", "1")):
        pages = at_once(browsers, lambda browser, _, verb=verb: browser.post(f"/@susan/{verb}"))  # type: ignore[misc]
        assert statuses(pages) == {303: CROWD}
        visitor = sql_site.browser()
        assert profile_of(visitor.get("/@susan"))["follower"] == followers
        assert profile_of(visitor.get("/@david"))["following"] == followers


def test_v2_3_4_concurrent_followers_are_all_counted(sql_site: Site) -> None:
    names = [f"reader{number}" for number in range(12)]
    for name in names:
        sql_site.join(name)
    browsers = [crowd(sql_site, name, 1)[0] for name in names]

    pages = at_once(browsers, lambda browser, _: browser.post("/@susan/follow"))

    assert statuses(pages) == {303: 12}
    assert profile_of(sql_site.browser().get("/@susan"))["follower"] == "12"


def test_v2_3_4_concurrent_registrations_of_one_name_make_one_account(sql_site: Site) -> None:
    def join(browser: Browser, number: int) -> Page:
        name = "nils" if number % 2 else "NILS"
        return browser.post("/register", JOINING | {"username": name, "email": f"nils{number}@example.com"})

    pages = at_once(crowd(sql_site, None), join)

    assert statuses(pages) == {303: 1, 422: CROWD - 1}
    assert all(set(page.errors) == {"username"} for page in pages if page.status == 422)


def test_members_who_choose_one_username_at_once_get_it_once(sql_site: Site) -> None:
    names = [f"reader{number}" for number in range(12)]
    for name in names:
        sql_site.join(name)
    browsers = [sql_site.browser(name) for name in names]

    pages = at_once(browsers, lambda each, _: each.post("/settings/profile", {"username": "sue", "password": PASSWORD}))

    assert statuses(pages) == {303: 1, 422: 11}
    assert {page.errors.get("username") for page in pages if page.status == 422} == {
        "This username is taken. Please choose another one."
    }
    assert sql_site.browser().get("/@sue").status == 200


def test_a_member_who_chooses_many_usernames_at_once_gets_one(sql_site: Site) -> None:
    def choose(browser: Browser, number: int) -> Page:
        return browser.post("/settings/profile", {"username": f"sue{number}", "password": PASSWORD, "name": "Sue"})

    pages = at_once(crowd(sql_site, "susan", 12), choose)

    assert statuses(pages) == {303: 1, 409: 11}
    assert {page.form("/settings/profile")["name"] for page in pages if page.status == 409} == {"Sue"}
    (chosen,) = [page.location for page in pages if page.status == 303]
    visitor = sql_site.browser()
    assert visitor.get("/@susan").location == chosen
    assert [visitor.get(f"/@sue{number}").status for number in range(12)].count(404) == 11


def test_v2_3_4_concurrent_registrations_of_one_address_make_one_account(sql_site: Site) -> None:
    pages = at_once(
        crowd(sql_site, None),
        lambda browser, number: browser.post("/register", JOINING | {"username": f"nils{number}"}),
    )

    assert statuses(pages) == {303: CROWD}
    visitor = sql_site.browser()
    assert [visitor.get(f"/@nils{number}").status for number in range(CROWD)].count(200) == 1


def test_w27_concurrent_sends_of_one_form_make_one_post(sql_site: Site) -> None:
    (browser,) = crowd(sql_site, "susan", 1)
    page = browser.get("/")
    form = page.form("/posts") | {"body": "Once."}
    browsers = [Browser(sql_site.app, base_url=browser.base_url) for _ in range(CROWD)]
    for each in browsers:
        each.set_cookie("session", str(browser.cookie("session")))

    pages = at_once(browsers, lambda each, _: each.open("POST", "/posts", data=form))

    assert statuses(pages) == {303: CROWD}
    assert len({answer.location for answer in pages}) == 1
    assert len(browser.get("/").all(".//article")) == 1


def test_w5_v2_3_4_concurrent_uses_of_a_reset_link_succeed_once(sql_site: Site) -> None:
    browsers = crowd(sql_site, None)
    browsers[0].post("/reset", {"email": "susan@example.com"})
    link = sql_site.link_to("susan@example.com")

    pages = at_once(browsers, lambda browser, _: browser.post(link, RENEWING))

    assert statuses(pages) == {303: 1, 404: CROWD - 1}
    sql_site.deliver()
    told = [letter for letter in sql_site.postbox.to("susan@example.com") if "was changed just now" in letter.text]
    assert len(told) == 1


def test_concurrent_uses_of_a_confirmation_link_succeed_once(sql_site: Site) -> None:
    sql_site.container.joining().resend(actor_id=sql_site.members["ulla"])
    link = sql_site.link_to("ulla@example.com")

    pages = at_once(crowd(sql_site, None), lambda browser, _: browser.post(link))

    assert statuses(pages) == {303: 1, 404: CROWD - 1}


def test_one_of_two_members_gets_an_address_that_both_take(sql_site: Site) -> None:
    links = []
    for name in ("susan", "david"):
        browser = sql_site.browser(name)
        browser.post("/settings/email", {"email": "one@example.com", "password": "a horse, a battery"})
        links.append(sql_site.link_to("one@example.com"))
    browsers = [*crowd(sql_site, "susan", 1), *crowd(sql_site, "david", 1)]

    pages = at_once(browsers, lambda browser, number: browser.post(links[number]))

    assert statuses(pages) == {303: 1, 404: 1}


def test_w11_r7_of_fifty_concurrent_guesses_ten_are_answered(counting_site: Site) -> None:
    browsers = crowd(counting_site, None, 50)

    pages = at_once(browsers, lambda browser, _: browser.sign_in("susan@example.com", "a wrong guess"))

    assert statuses(pages) == {422: 10, 429: 40}
    assert counting_site.browser().sign_in("susan@example.com", PASSWORD).status == 429


def test_w11_thirty_right_passwords_at_once_are_all_let_in(counting_site: Site) -> None:
    browsers = [counting_site.browser() for _ in range(30)]
    for browser in browsers:
        browser.token()

    pages = at_once(browsers, lambda browser, _: browser.sign_in("susan@example.com", PASSWORD))

    assert statuses(pages) == {303: 30}


def test_deleting_a_post_while_others_comment_leaves_no_comment(sql_site: Site) -> None:
    post_id = sql_site.post("susan")
    browsers = crowd(sql_site, "david", 11)
    (susan,) = crowd(sql_site, "susan", 1)

    def act(browser: Browser, number: int) -> Page:
        if number == 0:
            return susan.post(f"/posts/{post_id}/delete")
        return browser.post(f"/posts/{post_id}/comments", {"body": f"Quick {number}."})

    pages = at_once(browsers, act)

    assert set(statuses(pages)) <= {303, 404}
    assert pages[0].status == 303
    assert susan.get(f"/posts/{post_id}").status == 404
    assert profile_of(susan.get("/@david"))["comment"] == "0"
    assert "No comments yet" in sql_site.browser("mary").get("/moderation/comments").words


def test_w28_of_many_edits_of_one_version_one_is_saved(sql_site: Site) -> None:
    post_id = sql_site.post("susan", "Version one.")
    browsers = crowd(sql_site, "susan", 10)

    pages = at_once(
        browsers,
        lambda browser, number: browser.post(f"/posts/{post_id}/edit", {"body": f"By {number}.", "version": "1"}),
    )

    assert statuses(pages) == {303: 1, 409: 9}
    (winner,) = [number for number, page in enumerate(pages) if page.status == 303]
    assert f"By {winner}." in browsers[0].get(f"/posts/{post_id}").words


def test_w23_two_administrators_who_demote_each_other_leave_one(sql_site: Site) -> None:
    sql_site.join("anna", Role.ADMINISTRATOR)
    browsers = [*crowd(sql_site, "ada", 1), *crowd(sql_site, "anna", 1)]

    def demote(browser: Browser, number: int) -> Page:
        name = ("anna", "ada")[number]
        data = {"email": f"{name}@example.com", "username": name, "confirmed": "1", "role": "User"}
        return browser.post(f"/admin/users/{name}", data)

    pages = at_once(browsers, demote)

    assert sorted(page.status for page in pages) in ([303, 403], [303, 422])


@pytest.mark.parametrize("size", [2, 4])
def test_of_administrators_who_all_demote_each_other_at_once_one_stays(sql_site: Site, size: int) -> None:
    names = ["ada", *(f"admin{number}" for number in range(1, size))]
    for name in names[1:]:
        sql_site.join(name, Role.ADMINISTRATOR)
    browsers = [crowd(sql_site, name, 1)[0] for name in names]
    answers: list[int] = []

    def demote_the_others(browser: Browser, number: int) -> Page:
        for name in names[number + 1 :] + names[:number]:
            data = {"email": f"{name}@example.com", "username": name, "confirmed": "1", "role": "User"}
            page = browser.post(f"/admin/users/{name}", data)
            answers.append(page.status)
        return page

    at_once(browsers, demote_the_others)

    assert set(answers) <= {303, 403}
    with sql_site.container.storage().unit_of_work() as work:
        assert len(work.accounts.lock_administrators()) == 1


def test_concurrent_hiding_logs_every_reason(sql_site: Site) -> None:
    comment_id = sql_site.comment("david", sql_site.post("susan"))

    pages = at_once(
        crowd(sql_site, "mary", 5),
        lambda browser, number: browser.post(f"/comments/{comment_id}/hide", {"reason": f"Reason {number}."}),
    )

    # Each looks at the newest state.
    assert statuses(pages) == {303: 5}
    log = sql_site.browser("mary").get("/moderation/log")
    assert len(log.all(".//article")) == 5


def test_counters_are_exact_after_many_writers_at_once(sql_site: Site) -> None:
    """All write, comment below one post, like it, follow one another, and take a part of it back."""
    site, made = sql_site, sql_site.container
    names = [f"writer{number}" for number in range(8)]
    ids = [site.join(name) for name in names]
    post_id, moderator_id = site.post("susan", tags=["soup"]), site.join("keeper", Role.MODERATOR)
    comment_id = site.comment("susan", post_id)

    def write(number: int) -> None:
        own, next_one = ids[number], names[(number + 1) % len(names)]
        for step in range(6):
            published = made.posts().publish(actor_id=own, title="", body="Soup.", tags=["soup", f"t{step}"])
            commented = made.comments().write(actor_id=own, post_id=post_id, body="With leeks.")
            made.liking().like_post(actor_id=own, post_id=post_id)
            made.liking().like_comment(actor_id=own, comment_id=comment_id)
            made.following().follow(actor_id=own, username=next_one)
            made.following().follow(actor_id=own, username="susan")
            if step % 2:
                made.posts().delete(actor_id=own, post_id=published)
                made.following().unfollow(actor_id=own, username=next_one)
                made.liking().unlike_post(actor_id=own, post_id=post_id)
            else:
                made.moderation().hide(actor_id=moderator_id, comment_id=commented, reason="Not about soup.")

    with ThreadPoolExecutor(len(names)) as writers:
        list(writers.map(write, range(len(names))))

    assert [drift for compared in made.mending().compare_counters() for drift in compared.drifts] == []
    assert profile_of(site.browser().get("/@susan"))["follower"] == "8"


def test_one_of_several_concurrent_password_changes_succeeds(sql_site: Site) -> None:
    browsers = crowd(sql_site, "susan", 4)

    def change(browser: Browser, number: int) -> Page:
        words = f"quiet heron number {number}"
        data = {"old_password": "a horse, a battery", "password": words, "password2": words}
        return browser.post("/settings/password", data)

    pages = at_once(browsers, change)

    assert statuses(pages)[303] == 1
    # 403: the winner has ended the other sessions, and with them their forms.
    assert set(statuses(pages)) <= {303, 403, 404, 422, 503}
    (winner,) = [number for number, page in enumerate(pages) if page.status == 303]
    assert sql_site.browser().sign_in("susan@example.com", f"quiet heron number {winner}").status == 303
