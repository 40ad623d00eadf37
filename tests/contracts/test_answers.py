"""Answers in a thread: whom a comment answers, and who answers it."""

from application.ports.comments import Answer, CommentCard
from application.ports.paging import Window
from domain.comments import Comment
from domain.posts import Post
from domain.roles import Reader
from tests.contracts.community import Community
from tests.contracts.storages import Storage


def in_thread(storage: Storage, post: Post, comment: Comment, reader: Reader | None = None) -> CommentCard:
    thread = storage.comment_feeds.thread(reader, post.id, Window(100))
    return next(card for card in thread.comments.items if card.id == comment.id)


def test_an_answer_comes_back_as_it_was_added(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment = community.comment(ada, post)
    answer = community.comment(ada, post, answers=comment)

    with storage.unit_of_work() as work:
        assert work.comments.get(answer.id) == answer
        assert work.comments.get(answer.id).reply_to == comment.id
        assert work.comments.get(comment.id).reply_to is None
    assert storage.comment_feeds.comment(None, answer.id).reply_to == comment.id
    assert storage.comment_feeds.latest(None, Window(5)).page.items[0].reply_to == comment.id


def test_a_thread_says_who_is_answered_and_by_whom(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada", name="Ada L."), community.member("bob")
    post = community.post(bob)
    comment = community.comment(ada, post)
    first, second = (community.comment(bob, post, answers=comment) for _ in range(2))
    alone = community.comment(bob, post)

    answered, answer = in_thread(storage, post, comment), in_thread(storage, post, second)
    assert (answered.reply_to, answered.answered, answered.answered_gone) == (None, None, False)
    assert answered.answers == (Answer(first.id, "bob"), Answer(second.id, "bob"))
    assert not answered.more_answers
    assert (answer.reply_to, answer.answered_gone, answer.answers) == (comment.id, False, ())
    assert answer.answered is not None
    assert (answer.answered.id, answer.answered.username, answer.answered.name) == (ada.id, "ada", "Ada L.")
    assert in_thread(storage, post, alone).answers == ()


def test_a_page_of_a_thread_knows_the_answered_comments_of_others(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment = community.comment(ada, post)
    answer = community.comment(ada, post, answers=comment)

    [first] = storage.comment_feeds.thread(None, post.id, Window(1)).comments.items
    [second] = storage.comment_feeds.thread(None, post.id, Window(1, after=comment.id)).comments.items

    assert first.answers == (Answer(answer.id, "ada"),)
    assert second.answered is not None and second.answered.id == ada.id


def test_a_thread_names_the_first_answers(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment, other = community.comment(ada, post), community.comment(ada, post)
    ids = [community.comment(ada, post, answers=comment).id for _ in range(11)]
    for _ in range(10):
        community.comment(ada, post, answers=other)

    named = in_thread(storage, post, comment)

    assert [answer.id for answer in named.answers] == ids[:10]
    assert named.more_answers
    assert len(in_thread(storage, post, other).answers) == 10
    assert not in_thread(storage, post, other).more_answers


def test_a_deleted_answer_is_not_named_and_takes_no_place(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    comment = community.comment(ada, post)
    answers = [community.comment(ada, post, answers=comment) for _ in range(11)]
    with storage.unit_of_work() as work:
        answers[0].delete(ada, id=1, reason="", at=community.now)
        work.comments.save(answers[0])
        work.commit()

    named = in_thread(storage, post, comment)

    assert [answer.id for answer in named.answers] == [answer.id for answer in answers[1:]]
    assert not named.more_answers


def test_an_answer_outlives_what_it_answers_and_says_so(storage: Storage, community: Community) -> None:
    ada = community.member()
    post = community.post(ada)
    deleted, removed = community.comment(ada, post), community.comment(ada, post)
    to_deleted = community.comment(ada, post, answers=deleted)
    to_removed = community.comment(ada, post, answers=removed)
    with storage.unit_of_work() as work:
        deleted.delete(ada, id=1, reason="", at=community.now)
        work.comments.save(deleted)
        work.comments.remove(removed.id)
        work.commit()

    for answer, answered in ((to_deleted, deleted), (to_removed, removed)):
        card = in_thread(storage, post, answer)
        assert (card.reply_to, card.answered, card.answered_gone) == (answered.id, None, True)


def test_deleted_members_are_not_named(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    post = community.post(ada)
    comment = community.comment(bob, post)
    answer = community.comment(bob, post, answers=comment)
    community.delete(bob)

    assert in_thread(storage, post, comment).answers == (Answer(answer.id, ""),)
    card = in_thread(storage, post, answer)
    assert (card.answered, card.answered_gone) == (None, False)


def test_answers_of_whom_the_reader_mutes_are_not_named(storage: Storage, community: Community) -> None:
    ada, bob, carol = (community.member(name) for name in ("ada", "bob", "carol"))
    post = community.post(ada)
    comment = community.comment(ada, post)
    community.comment(bob, post, answers=comment)
    heard = community.comment(carol, post, answers=comment)
    community.mute(ada, bob)
    community.mute(carol, ada, muted=False, blocked=True)

    reader = storage.session_feeds.reader(ada.id, community.now)
    assert in_thread(storage, post, comment, reader).answers == (Answer(heard.id, "carol"),)
    assert len(in_thread(storage, post, comment, carol.reader).answers) == 2
    assert len(in_thread(storage, post, comment).answers) == 2


def test_an_answer_below_another_post_is_named_there_alone(storage: Storage, community: Community) -> None:
    """No use case makes one. An import may."""
    ada = community.member()
    post, other = community.post(ada), community.post(ada)
    comment = community.comment(ada, post)
    answer = community.comment(ada, other, answers=comment)

    assert in_thread(storage, other, answer).reply_to == comment.id
