"""Sessions, mail and comments in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.comments import Comment, may_see_reason, may_see_text
from domain.ids import make_id, time_of
from domain.job_kinds import JobKind
from domain.outbox import Job, State
from domain.roles import Reader, Role
from domain.sessions import Session, is_over

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_session_keeps_the_user_agent_without_control_characters():
    session = Session.begin(
        id=1, account_id=1, secret_hash="x", remember=False, device="Fire\r\nfox\x1b" + "x" * 300, at=NOW
    )
    assert session.device.startswith("Firefoxx")
    assert len(session.device) == 200


@pytest.mark.parametrize(
    ("remember", "age", "idle", "over"),
    [
        (False, {"hours": 12}, {"hours": 12}, False),
        (False, {"hours": 13}, {"hours": 12, "seconds": 1}, True),
        (True, {"days": 30}, {"days": 30}, False),
        (True, {"days": 31}, {"days": 30, "seconds": 1}, True),
        (True, {"days": 181}, {}, True),
    ],
)
def test_sessions_end(remember, age, idle, over):
    id = make_id(NOW - timedelta(**age), 0)
    assert is_over(id=id, remember=remember, seen_at=NOW - timedelta(**idle), at=NOW) is over


def test_a_mail_waits_longer_after_each_failure_and_is_given_up():
    mail = Job(id=make_id(NOW, 0), kind=JobKind.CONFIRM, address="a@b.co", due_at=NOW)
    waits = []
    at = NOW
    while mail.state is State.WAITING:
        mail.lease(at=at)
        mail.fail(error="no", at=at)
        waits.append(mail.due_at - at)
        at = max(mail.due_at, at + timedelta(seconds=1))
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert max(waits) == timedelta(hours=1)
    assert at - time_of(mail.id) >= timedelta(days=3)
    mail.retry(at=at)
    assert (mail.state, mail.due_at) == (State.WAITING, at)


def test_a_hidden_text_is_for_moderators_only():
    author = Reader(id=1, role=Role.USER, confirmed=True)
    moderator = Reader(id=2, role=Role.MODERATOR, confirmed=True)
    former = Reader(id=2, role=Role.MODERATOR, confirmed=False)
    assert [may_see_text(reader, hidden=True) for reader in (None, author, former, moderator)] == [
        False,
        False,
        False,
        True,
    ]
    assert all(may_see_text(reader, hidden=False) for reader in (None, author, former, moderator))
    assert [may_see_reason(reader, author_id=1) for reader in (None, author, former, moderator)] == [
        False,
        True,
        False,
        True,
    ]


def test_comments_are_equal_when_their_fields_are():
    values: dict[str, Any] = {"id": 1, "post_id": 2, "author_id": 3, "body": "b", "body_html": "b", "html_version": 1}
    assert Comment(**values) == Comment(**values)
