"""Leaving, with one's things or without."""

import json

import pytest

from application.ports.paging import Window
from domain.errors import BadCredentials, Invalid, NotFound
from domain.ids import time_of
from domain.roles import Role

ALL = Window(100)


PASSWORD = "a horse, a battery"


def test_the_last_administrator_cannot_leave(community):
    boss = community.join("boss", Role.ADMINISTRATOR)
    with pytest.raises(Invalid):
        community.leaving.leave(actor_id=boss, password=PASSWORD, posts="keep")


def test_w20_a_deleted_member_is_gone_at_once_and_the_site_stays_consistent(community):
    susan, john = community.join("susan"), community.join("john")
    community.following.follow(actor_id=susan, username="john")
    community.following.follow(actor_id=john, username="susan")
    post = community.posts.publish(actor_id=susan, title="", body="Words.")
    community.comments.write(actor_id=susan, post_id=post, body="More words.")
    secret = community.sign_in("susan")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
    assert community.viewer(secret) is None
    with pytest.raises(BadCredentials):
        community.sign_in("susan")
    with pytest.raises(NotFound):
        community.people_feeds.profile(None, "susan")
    thread = community.comment_feeds.thread(None, post, ALL)
    assert thread.post.author is None
    assert thread.comments.items[0].author is None
    community.deliver()
    profile = community.people_feeds.profile(None, "john")
    assert (profile.follower_count, profile.following_count) == (0, 0)
    assert community.post_feeds.post(None, post).body == "Words."


def test_a_member_may_export_everything_before_leaving(community):
    susan, john = community.join("susan"), community.join("john")
    mine = community.posts.publish(actor_id=susan, title="", body="Words.")
    other = community.posts.publish(actor_id=john, title="", body="Words.")
    community.comments.write(actor_id=john, post_id=mine, body="Below hers.")
    community.comments.write(actor_id=susan, post_id=other, body="Below his.")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="delete")
    community.deliver()
    assert [card.id for card in community.post_feeds.latest(None, ALL).items] == [other]
    thread = community.comment_feeds.thread(None, other, ALL)
    assert (thread.post.comment_count, thread.comments.items) == (0, ())
    assert community.people_feeds.profile(None, "john").comment_count == 0


def test_a_member_takes_the_largest_file_of_each_picture_home(community):
    susan, john = community.join("susan"), community.join("john")
    shown = community.pictures.send(actor_id=susan, sent=b"1600x900", alt="A boat")
    lost = community.pictures.send(actor_id=susan, sent=b"300x200")
    face = community.pictures.portray(actor_id=susan, sent=b"200x200")
    community.pictures.send(actor_id=john, sent=b"1600x900")
    post = community.posts.publish(actor_id=susan, title="", body=f"![A boat](picture:{shown})")
    community.picture_files.remove(lost)

    viewer = community.viewer(community.sign_in("susan"))
    files = {path: b"".join(parts) for path, parts in community.leaving.export(reader=viewer)}

    assert {path: content for path, content in files.items() if path.startswith("pictures/")} == {
        f"pictures/{shown}.webp": b"1600 pixels as webp",
        f"pictures/{face}.webp": b"200 pixels as webp",
    }
    first, second, third = map(json.loads, files["pictures.jsonl"].splitlines())
    assert first == {
        "id": shown,
        "alt": "A boat",
        "width": 1600,
        "height": 900,
        "portrait": False,
        "shown_in": [post],
        "created_at": time_of(shown).isoformat(),
    }
    assert (second["id"], second["shown_in"]) == (lost, [])
    assert (third["id"], third["portrait"]) == (face, True)


def test_username_and_address_of_a_deleted_member_stay_reserved(community):
    susan = community.join("susan")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
    with pytest.raises(Invalid):
        community.joining.register(client="x", email="new@example.com", username="susan", password=PASSWORD)
    sent = len(community.postbox.letters)
    community.joining.register(client="x", email="susan@example.com", username="newcomer", password=PASSWORD)
    community.deliver()
    assert len(community.postbox.letters) == sent
    with pytest.raises(NotFound):
        community.people_feeds.profile(None, "newcomer")


def test_no_personal_data_of_a_deleted_member_is_kept(community):
    susan = community.join("susan")
    community.members.edit_profile(actor_id=susan, name="Susan S.", location="Here", about_me="Likes *words*.")
    community.leaving.leave(actor_id=susan, password=PASSWORD, posts="keep")
    with community.open_work() as work:
        account = work.accounts.get(susan)
    assert (account.name, account.location, account.about_me, account.password_hash) == ("", "", "", None)


def test_leaving_needs_the_password_and_a_choice(community):
    susan = community.join("susan")
    with pytest.raises(Invalid) as refused:
        community.leaving.leave(actor_id=susan, password="wrong", posts="maybe")
    assert {problem.field for problem in refused.value.problems} == {"password", "posts"}
    assert community.sign_in("susan")
