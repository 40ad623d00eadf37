"""Comments: writing, reading, editing and deleting."""

import pytest

from application.ports.paging import Window
from domain.errors import Changed, Forbidden, Invalid, NotFound
from domain.roles import Role

ALL = Window(100)


def publish(community, actor_id: int, body: str = "Some words.", **more) -> int:
    return community.posts.publish(actor_id=actor_id, title="", body=body, **more)


def thread(community, post_id: int, reader=None):
    return community.comment_feeds.thread(reader, post_id, ALL)


def test_comments_stand_below_their_post_oldest_first(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    ids = [community.comments.write(actor_id=susan, post_id=post_id, body=str(number)) for number in range(3)]
    found = thread(community, post_id)
    assert [comment.id for comment in found.comments.items] == ids
    assert found.post.comment_count == 3


def test_w2_a_member_without_the_permission_cannot_comment(community):
    susan = community.join("susan")
    post_id = publish(community, susan)
    community.register("john")
    with pytest.raises(Forbidden):
        community.comments.write(actor_id=community.reader("john").id, post_id=post_id, body="Hello")


@pytest.mark.parametrize("body", ["", "\u200b", "#", "&nbsp;", "[a]: /b", "```\n```"])
def test_a_comment_that_shows_nothing_is_empty(community, body):
    susan = community.join("susan")
    post_id = publish(community, susan)
    comment_id = community.comments.write(actor_id=susan, post_id=post_id, body="Something.")
    for refused in (
        lambda: community.comments.write(actor_id=susan, post_id=post_id, body=body),
        lambda: community.comments.edit(actor_id=susan, comment_id=comment_id, body=body),
        lambda: community.comments.preview(reader=community.reader("susan"), body=body),
    ):
        with pytest.raises(Invalid) as found:
            refused()
        assert [(problem.field, problem.code) for problem in found.value.problems] == [("body", "required")]
    assert [comment.body for comment in thread(community, post_id).comments.items] == ["Something."]


def test_a_comment_on_a_missing_post_is_not_found(community):
    with pytest.raises(NotFound):
        community.comments.write(actor_id=community.join("susan"), post_id=7, body="")


def test_a_member_cannot_edit_the_comment_of_another(community):
    susan = community.join("susan")
    administrator = community.join("boss", Role.ADMINISTRATOR)
    comment_id = community.comments.write(actor_id=susan, post_id=publish(community, susan), body="Mine.")
    with pytest.raises(Forbidden):
        community.comments.edit(actor_id=administrator, comment_id=comment_id, body="Yours.", version=1)
    community.comments.edit(actor_id=susan, comment_id=comment_id, body="Still mine.", version=1)
    with pytest.raises(Changed):
        community.comments.edit(actor_id=susan, comment_id=comment_id, body="Again.", version=1)


def test_a_comment_is_deleted_by_its_author_or_an_administrator(community):
    susan, john = community.join("susan"), community.join("john")
    moderator = community.join("mod", Role.MODERATOR)
    administrator = community.join("boss", Role.ADMINISTRATOR)
    post_id = publish(community, susan)
    first, second = (community.comments.write(actor_id=john, post_id=post_id, body="Hm.") for _ in range(2))
    for stranger in (susan, moderator):
        with pytest.raises(Forbidden):
            community.comments.delete(actor_id=stranger, comment_id=first)
    community.comments.delete(actor_id=john, comment_id=first)
    community.comments.delete(actor_id=administrator, comment_id=second)
    with pytest.raises(NotFound):
        community.comments.delete(actor_id=john, comment_id=first)
    assert thread(community, post_id).post.comment_count == 0
    assert community.people_feeds.profile(None, "john").comment_count == 0
