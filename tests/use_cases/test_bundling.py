"""Mails of notifications: together, seldom, and never about what was read."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from application.bundling import TOLD_AT_MOST
from application.ports.mailing import MailRefused
from application.ports.paging import Window
from domain.display import Language
from domain.identifiers import Email
from domain.job_kinds import JobKind
from domain.roles import Role

ADA = "ada@example.com"


@pytest.fixture
def scene(community):
    """Ada has written a post, and has a mail for each thing that is told by mail from now on."""
    for name in ("ada", "bob", "cyd"):
        setattr(community, name, community.join(name))
    community.post = community.posts.publish(actor_id=community.ada, title="Slugs", body="They are back.")
    community.postbox.letters.clear()
    return community


def say(scene, name="bob", body="A word.") -> int:
    scene.pass_time(seconds=1)
    return scene.comments.write(actor_id=getattr(scene, name), post_id=scene.post, body=body)


def wait(scene, **time) -> None:
    """The worker looks and works after this time."""
    scene.pass_time(**time)
    scene.bundling.look()
    scene.deliver()


def prefer(scene, name="ada", **mails) -> None:
    scene.preferences.change(actor_id=getattr(scene, name), wanted={kind: (True, mail) for kind, mail in mails.items()})


def test_what_is_unread_after_ten_minutes_is_told_together(scene):
    say(scene)
    say(scene, "cyd", "Mind, @ada, they *bite*.")
    wait(scene, minutes=9)
    assert scene.postbox.to(ADA) == []

    wait(scene, minutes=1)

    (letter,) = scene.postbox.to(ADA)
    assert letter.subject == "@cyd mentioned you in a comment below “Slugs”, and 1 more"
    assert "@bob commented on your post “Slugs”" in letter.text
    assert "> Mind, @ada, they bite." in letter.text
    assert re.search(r"https://chapbook\.example/comments/\d+\n", letter.text)
    assert letter.unsubscribe.startswith("https://chapbook.example/unsubscribe/")
    assert letter.unsubscribe in letter.text
    wait(scene, days=3)
    assert scene.postbox.to(ADA) == [letter]


def test_what_was_read_is_not_told(scene):
    say(scene)
    (card,) = scene.notification_feeds.latest(scene.reader("ada"), Window(9)).items
    scene.notifications.read(actor_id=scene.ada, until=card.id)

    wait(scene, days=1)

    assert scene.postbox.to(ADA) == []


def test_there_is_one_mail_an_hour_at_most_and_it_tells_what_came_meanwhile(scene):
    say(scene)
    wait(scene, minutes=10)
    for _ in range(6):
        say(scene, "cyd")
        wait(scene, minutes=8)

    assert len(scene.postbox.to(ADA)) == 1
    wait(scene, minutes=12)

    first, second = scene.postbox.to(ADA)
    assert first.subject == "@bob commented on your post “Slugs”"
    assert second.subject == "@cyd and @bob commented on your post “Slugs”"


def test_what_is_read_while_the_mail_waits_for_its_hour_is_not_told(scene):
    say(scene)
    wait(scene, minutes=10)
    say(scene)
    wait(scene, minutes=11)
    (card,) = scene.notification_feeds.latest(scene.reader("ada"), Window(9)).items
    scene.notifications.read(actor_id=scene.ada, until=card.id)

    wait(scene, hours=2)

    assert len(scene.postbox.to(ADA)) == 1


def test_what_is_told_daily_comes_at_eight_where_the_member_lives(scene):
    scene.members.edit_profile(actor_id=scene.ada, time_zone="Asia/Kathmandu")
    prefer(scene, comment="daily")
    scene.time = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
    say(scene)
    eight = datetime(2026, 6, 2, 2, 15, tzinfo=UTC)

    scene.time = eight - timedelta(minutes=1)
    wait(scene)
    assert scene.postbox.to(ADA) == []
    say(scene, "cyd")
    wait(scene, minutes=1)

    (letter,) = scene.postbox.to(ADA)
    assert letter.subject == "@cyd and @bob commented on your post “Slugs”"
    wait(scene, hours=5)
    assert len(scene.postbox.to(ADA)) == 1


def test_daily_and_soon_share_the_hour(scene):
    prefer(scene, like="daily")
    scene.time = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
    scene.liking.like_post(actor_id=scene.bob, post_id=scene.post)
    scene.time = datetime(2026, 6, 2, 7, 40, tzinfo=UTC)
    say(scene)
    wait(scene, minutes=10)
    assert len(scene.postbox.to(ADA)) == 1

    scene.time = datetime(2026, 6, 2, 8, 10, tzinfo=UTC)
    wait(scene)
    assert len(scene.postbox.to(ADA)) == 1
    scene.time = datetime(2026, 6, 2, 8, 51, tzinfo=UTC)
    wait(scene)

    assert scene.postbox.newest_to(ADA).subject == "@bob likes your post “Slugs”"
    assert len(scene.postbox.to(ADA)) == 2


def test_what_is_off_is_never_told_by_mail(scene):
    scene.liking.like_post(actor_id=scene.bob, post_id=scene.post)
    scene.following.follow(actor_id=scene.bob, username="ada")
    prefer(scene, comment="off")
    say(scene)

    wait(scene, days=2)

    assert scene.postbox.to(ADA) == []
    assert scene.viewer(scene.sign_in("ada")).unread == 3


def test_decisions_of_moderators_have_letters_of_their_own_and_no_second_mail(scene):
    mod = scene.join("mod", Role.MODERATOR)
    scene.moderation.hide_post(actor_id=mod, post_id=scene.post, reason="Rude.")
    scene.deliver()
    assert len(scene.postbox.to(ADA)) == 1

    wait(scene, days=2)

    assert len(scene.postbox.to(ADA)) == 1


def test_the_link_ends_all_such_mails_also_those_that_are_queued(scene):
    say(scene)
    wait(scene, minutes=10)
    token = scene.postbox.newest_to(ADA).unsubscribe.rpartition("/")[2]
    say(scene, "cyd")
    wait(scene, minutes=10)
    assert next(job.kind for job in scene.outbox_rows()) is JobKind.NOTIFICATIONS

    scene.preferences.unsubscribe(token=token)

    wait(scene, hours=2)
    say(scene, "cyd")
    wait(scene, days=2)
    assert len(scene.postbox.to(ADA)) == 1


def test_nobody_is_told_by_mail_what_they_may_not_see_any_more(scene):
    comment = say(scene)
    say(scene, "cyd")
    scene.comments.delete(actor_id=scene.bob, comment_id=comment)
    scene.muting.mute(actor_id=scene.ada, username="cyd")

    wait(scene, days=1)

    assert scene.postbox.to(ADA) == []


def test_who_cannot_sign_in_gets_no_mail(scene):
    say(scene)
    mod = scene.join("mod", Role.MODERATOR)
    scene.sanctions.sanction(actor_id=mod, username="ada", act="suspend", days="7", reason="Rude.", rule="")
    scene.deliver()
    sent = len(scene.postbox.to(ADA))

    wait(scene, days=1)

    assert len(scene.postbox.to(ADA)) == sent


def test_an_address_that_refused_for_good_gets_none_until_it_is_changed(scene):
    scene.postbox.refusal = MailRefused("no such mailbox")
    say(scene)
    wait(scene, minutes=10)
    scene.postbox.refusal = None
    say(scene)
    wait(scene, days=1)
    assert scene.postbox.to(ADA) == []

    scene.addresses.request_change(actor_id=scene.ada, email="ada@elsewhere.example", password="a horse, a battery")
    scene.deliver()
    scene.addresses.change(actor_id=scene.ada, token=scene.token_to("ada@elsewhere.example"))
    scene.deliver()
    say(scene)
    wait(scene, minutes=10)

    assert "commented" in scene.postbox.newest_to("ada@elsewhere.example").subject


def test_a_link_that_was_opened_proves_that_the_address_takes_mails_again(scene):
    scene.postbox.refusal = MailRefused("no such mailbox")
    say(scene)
    wait(scene, minutes=10)
    scene.postbox.refusal = None

    scene.passwords.request_reset(client="a house", email=ADA, language=Language.ENGLISH)
    scene.deliver()
    scene.passwords.reset(token=scene.token_to(ADA), password="another horse, another battery")
    scene.deliver()
    say(scene)
    wait(scene, hours=1)

    assert "commented" in scene.postbox.newest_to(ADA).subject


def test_who_is_suspended_while_a_mail_waits_does_not_get_it(scene):
    say(scene)
    wait(scene, minutes=10)
    say(scene)
    wait(scene, minutes=10)
    mod = scene.join("mod", Role.MODERATOR)
    scene.sanctions.sanction(actor_id=mod, username="ada", act="suspend", days="7", reason="Rude.", rule="")
    scene.deliver()
    sent = len(scene.postbox.to(ADA))

    wait(scene, hours=2)

    assert len(scene.postbox.to(ADA)) == sent


def test_a_mail_to_a_former_address_is_not_sent_and_the_new_one_gets_its_news(scene):
    say(scene)
    scene.postbox.away = True
    wait(scene, minutes=10)
    scene.postbox.away = False
    with scene.open_work() as work:
        account = work.accounts.lock(scene.ada)
        account.readdress(Email("ada@elsewhere.example"))
        work.accounts.save(account)
        work.commit()

    for _ in range(3):
        wait(scene, minutes=30)

    assert scene.postbox.to(ADA) == []
    assert "commented" in scene.postbox.newest_to("ada@elsewhere.example").subject


def test_a_mail_server_that_is_away_loses_nothing_and_doubles_nothing(scene):
    scene.postbox.away = True
    say(scene)
    wait(scene, minutes=10)
    say(scene, "cyd", "@ada!")
    wait(scene, minutes=10)
    scene.postbox.away = False

    for _ in range(4):
        wait(scene, hours=1)

    assert [letter.subject for letter in scene.postbox.to(ADA)] == [
        "@bob commented on your post “Slugs”",
        "@cyd mentioned you in a comment below “Slugs”",
    ]


def test_a_worker_that_dies_after_sending_sends_it_again_with_one_message_id(scene):
    say(scene)
    scene.pass_time(minutes=10)
    scene.bundling.look()
    with scene.open_work() as work:
        gathering = work.outbox.find_waiting("gather_mails")
    scene.bundling.handlers()[JobKind.GATHER_MAILS](gathering)
    with scene.open_work() as work:
        mail = work.outbox.find_waiting(f"notifications:{scene.ada}")
    scene.bundling.handlers()[JobKind.NOTIFICATIONS](mail)
    assert len(scene.postbox.to(ADA)) == 1

    for _ in range(3):
        wait(scene, hours=1)

    first, second = scene.postbox.to(ADA)
    assert (first.message_id, first.text.split("unsubscribe")[0]) == (
        second.message_id,
        second.text.split("unsubscribe")[0],
    )


def test_what_comes_while_the_mail_is_written_is_told_by_the_next_one(scene):
    say(scene)
    scene.pass_time(minutes=10)
    scene.bundling.look()

    sent = scene.postbox.send

    def send(letter):
        sent(letter)
        scene.postbox.send = sent
        say(scene, "cyd", "@ada!")
        scene.pass_time(minutes=10)
        scene.bundling.look()
        with scene.open_work() as work:
            gathering = work.outbox.find_waiting("gather_mails")
        scene.bundling.handlers()[JobKind.GATHER_MAILS](gathering)

    scene.postbox.send = send
    scene.deliver()
    for _ in range(3):
        wait(scene, hours=1)

    assert [letter.subject for letter in scene.postbox.to(ADA)] == [
        "@bob commented on your post “Slugs”",
        "@cyd mentioned you in a comment below “Slugs”",
    ]


def test_a_clock_that_jumps_loses_no_mail(scene):
    say(scene)
    wait(scene, minutes=10)
    scene.time += timedelta(days=400)
    say(scene)
    scene.time -= timedelta(days=400)

    wait(scene, hours=1)
    assert len(scene.postbox.to(ADA)) == 2

    scene.time -= timedelta(days=30)
    say(scene, "cyd", "@ada!")
    wait(scene, minutes=10)
    assert len(scene.postbox.to(ADA)) == 3


def test_a_long_list_says_that_there_is_more(scene):
    for number in range(TOLD_AT_MOST + 3):
        say(scene, "bob", f"@ada, {number}")

    wait(scene, minutes=11)

    text = scene.postbox.newest_to(ADA).text
    assert text.count("mentioned you") == TOLD_AT_MOST
    assert "There is more that you have not read" in text


def test_the_mail_is_in_the_language_of_the_member(scene):
    scene.members.edit_profile(actor_id=scene.ada, language="zh-Hans")
    say(scene)

    wait(scene, minutes=10)

    letter = scene.postbox.newest_to(ADA)
    assert letter.subject == "@bob 评论了你的帖子《Slugs》"
    assert "不再接收这类邮件" in letter.html
