"""The first steps: who is a newcomer, and what ends a step."""

from typing import Any

import pytest

from domain.errors import BadCredentials, Forbidden
from domain.welcoming import Step
from tests.use_cases.conftest import PASSWORD

SHOWN = Step.PROFILE | Step.FOLLOW | Step.WRITE


def is_newcomer(community: Any, name: str) -> bool:
    return bool(community.sessions.sign_in(client=name, email=f"{name}@example.com", password=PASSWORD).is_newcomer)


def left(community: Any, name: str) -> Step:
    """The steps that are left. It opens a session."""
    return Step(community.viewer(community.sign_in(name)).steps)


def test_only_the_first_session_is_one_of_a_newcomer(community):
    community.join("susan")

    assert is_newcomer(community, "susan")
    assert not is_newcomer(community, "susan")
    assert left(community, "susan") == SHOWN


def test_programs_and_wrong_passwords_make_no_first_session(community):
    susan = community.join("susan")
    community.join("john")
    with pytest.raises(BadCredentials):
        community.sign_in("susan", password="not the password")
    community.posts.publish(actor_id=susan, title="", body="Soup.")

    assert is_newcomer(community, "susan")
    assert left(community, "susan") == Step.PROFILE | Step.FOLLOW


def test_who_has_done_all_before_is_no_newcomer(community):
    susan = community.join("susan")
    community.join("john")
    community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.following.follow(actor_id=susan, username="john")
    community.members.edit_profile(actor_id=susan, about_me="I cook.")

    assert not is_newcomer(community, "susan")


def test_a_step_that_is_done_does_not_come_back_when_it_is_undone(community):
    susan = community.join("susan")
    community.join("john")
    post_id = community.posts.publish(actor_id=susan, title="", body="Soup.")
    community.posts.delete(actor_id=susan, post_id=post_id)
    community.following.follow(actor_id=susan, username="john")
    community.following.unfollow(actor_id=susan, username="john")
    community.members.edit_profile(actor_id=susan, name="Susan")
    community.members.edit_profile(actor_id=susan, name="")

    assert left(community, "susan") == Step.NONE


def test_saving_settings_or_an_empty_profile_ends_no_step(community):
    susan = community.join("susan")
    community.members.edit_profile(actor_id=susan, language="zh-Hans", time_zone="Asia/Shanghai", name="")

    assert left(community, "susan") == SHOWN


def test_one_step_or_all_are_put_off_for_good(community):
    susan = community.join("susan")

    for _ in range(2):
        community.welcoming.put_off(actor_id=susan, steps=Step.FOLLOW)
    assert left(community, "susan") == Step.PROFILE | Step.WRITE
    community.welcoming.put_off(actor_id=susan, steps=Step.NONE)
    assert left(community, "susan") == Step.PROFILE | Step.WRITE
    community.welcoming.put_off(actor_id=susan, steps=Step.SHOWN)
    assert left(community, "susan") == Step.NONE


def test_whoever_puts_off_all_before_the_first_session_is_still_told_apart(community):
    """A step off the page is no step that a form can put off."""
    susan = community.join("susan")
    community.welcoming.put_off(actor_id=susan, steps=Step.ALL)

    assert not is_newcomer(community, "susan")


def test_a_suspended_or_disabled_member_puts_nothing_off(community):
    susan = community.join("susan")
    community.members.set_standing(username="susan", disabled=True)

    with pytest.raises(Forbidden):
        community.welcoming.put_off(actor_id=susan, steps=Step.SHOWN)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("profile", Step.PROFILE),
        ("follow", Step.FOLLOW),
        ("write", Step.WRITE),
        ("all", SHOWN),
        ("sign_in", 0),
        ("", 0),
    ],
)
def test_forms_name_the_steps_of_the_page(name, step):
    assert Step.named(name) == step
