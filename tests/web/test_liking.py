"""The buttons that like a post or a comment, and who likes a post."""

from tests.web.browser import Page
from tests.web.site import Site


def pressed(page: Page) -> list[str]:
    """By the order of the page: whether each button is pressed, and its words."""
    buttons = page.all(".//form[@class='liking']/button[@name='like']")
    return [f"{button.get('aria-pressed')} {' '.join(''.join(button.itertext()).split())}" for button in buttons]


def test_liking_is_a_button_in_the_list_and_leads_back_to_it(site: Site) -> None:
    post_id, _ = site.post("susan"), site.post("david")
    david = site.browser("david")
    home = david.get("/")
    assert pressed(home) == ["false Like"]

    page = david.submit(home, f"/posts/{post_id}/like")

    assert (page.status, page.location) == (303, f"/#liking-{post_id}")
    shown = david.follow(page)
    assert shown.flashes == ["You like this post."]
    assert pressed(shown) == ["true Like 1"]
    page = david.submit(shown, f"/posts/{post_id}/unlike")
    assert david.follow(page).flashes == ["You no longer like this post."]
    assert pressed(david.get("/")) == ["false Like"]


def test_every_list_of_posts_leads_back_to_its_own_page(site: Site) -> None:
    post_id = site.post("susan")
    newer_id = site.post("david")
    site.follow("david", "susan")
    site.bookmark("david", post_id)
    david = site.browser("david")

    for path in ("/", f"/?before={newer_id}", "/following", "/@susan", "/bookmarks"):
        page = david.submit(david.get(path), f"/posts/{post_id}/{'unlike' if path == '/@susan' else 'like'}")
        assert page.location == f"{path}#liking-{post_id}", path
        assert david.follow(page).status == 200
        if path != "/following":
            david.post(f"/posts/{post_id}/unlike")


def test_a_comment_is_liked_below_its_post(site: Site) -> None:
    post_id = site.post("david")
    comment_id = site.comment("susan", post_id)
    david = site.browser("david")

    page = david.submit(david.get(f"/posts/{post_id}"), f"/comments/{comment_id}/like")

    assert (page.status, page.location) == (303, f"/posts/{post_id}#comment-{comment_id}")
    assert david.follow(page).flashes == ["You like this comment."]
    assert pressed(david.get(f"/posts/{post_id}")) == ["true Like 1"]
    assert pressed(site.browser("susan").get(f"/posts/{post_id}")) == ["false Like"]
    page = david.submit(david.get(f"/posts/{post_id}"), f"/comments/{comment_id}/unlike")
    assert david.follow(page).flashes == ["You no longer like this comment."]


def test_without_a_page_to_return_to_one_comes_to_the_thing(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    david = site.browser("david")

    assert david.post(f"/posts/{post_id}/like").location == f"/posts/{post_id}"
    assert david.post(f"/comments/{comment_id}/like").location == f"/comments/{comment_id}"
    assert david.post(f"/posts/{post_id}/unlike", {"next": "https://evil.example"}).location == f"/posts/{post_id}"


def test_visitors_see_the_number_and_a_way_to_sign_in_and_no_form(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    site.like("david", post_id)
    site.like_comment("david", comment_id)
    visitor = site.browser()

    home, thread, likes = (visitor.get(path) for path in ("/", f"/posts/{post_id}", f"/posts/{post_id}/likes"))

    for page in (home, thread, likes):
        assert not any("like" in action for action in page.actions)
        assert page.headers["Cache-Control"] == "public, no-cache"
    assert "Likes: 1" in home.words
    assert f"/posts/{post_id}/likes" in home.links
    assert f"/login?next=/posts/{post_id}" in thread.links
    assert f"/login?next=/comments/{comment_id}" in thread.links
    assert f"/login?next=/posts/{post_id}" in likes.links


def test_the_button_says_that_likes_are_public_and_so_does_the_list(site: Site) -> None:
    post_id = site.post("susan")
    site.like("mary", post_id)
    david = site.browser("david")

    thread, likes = david.get(f"/posts/{post_id}"), david.get(f"/posts/{post_id}/likes")

    (button,) = thread.all(".//button[@name='like']")
    assert button.get("title") == "Everybody can see who likes it."
    assert "Likes are public" in likes.words
    assert likes.texts(".//ul[@class='roll people']//span[@class='who']") == ["@mary moderator"]
    assert "/@mary/follow" in likes.actions


def test_a_list_without_likes_says_so_and_is_missing_with_its_post(site: Site) -> None:
    post_id = site.post("susan")
    visitor = site.browser()
    assert "Nobody likes this post yet." in visitor.get(f"/posts/{post_id}/likes").words

    site.container.posts().delete(actor_id=site.members["susan"], post_id=post_id)

    assert visitor.get(f"/posts/{post_id}/likes").status == 404
    assert visitor.get("/posts/1/likes").status == 404


def test_nobody_is_offered_to_like_their_own_or_what_they_may_not(site: Site) -> None:
    post_id = site.post("susan")
    comment_id = site.comment("susan", post_id)
    site.like("david", post_id)
    susan, ulla = site.browser("susan"), site.browser("ulla")

    for browser in (susan, ulla):
        for path in ("/", f"/posts/{post_id}"):
            assert pressed(browser.get(path)) == []
    assert "Likes: 1" in susan.get("/").words
    refused = susan.post(f"/posts/{post_id}/like")
    assert (refused.status, "You cannot like what you wrote yourself." in refused.words) == (422, True)
    assert susan.post(f"/comments/{comment_id}/like").status == 422


def test_a_block_refuses_with_a_sentence_that_does_not_tell_whose_it_is(site: Site) -> None:
    post_id = site.post("susan")
    site.block("susan", "david")
    david = site.browser("david")

    assert pressed(david.get(f"/posts/{post_id}")) == []
    refused = david.post(f"/posts/{post_id}/like")

    assert refused.status == 403
    assert "You cannot like this." in refused.words
    assert "block" not in refused.words


def test_a_like_changes_what_a_browser_has_stored(site: Site) -> None:
    post_id = site.post("susan")
    visitor = site.browser()
    stored = visitor.get(f"/posts/{post_id}").headers["ETag"]

    site.like("david", post_id)

    assert visitor.get(f"/posts/{post_id}").headers["ETag"] != stored


def test_the_buttons_speak_chinese(site: Site) -> None:
    post_id = site.post("susan")
    david = site.browser("david")
    david.post("/settings/profile", {"language": "zh-Hans"})

    page = david.follow(david.submit(david.get("/"), f"/posts/{post_id}/like"))

    assert page.flashes == ["你赞了这篇帖子。"]
    assert pressed(page) == ["true 赞 1"]
