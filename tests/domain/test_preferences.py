"""Of what a member is told, and what they may choose."""

import pytest

from domain.errors import Invalid
from domain.notifications import NotificationKind
from domain.preferences import DEFAULTS, MailTime, Preference, Preferences, kind_named, kinds_for
from domain.roles import Role

SILENT = Preference(site=False, mail=MailTime.OFF)
NOTICES = [kind for kind in NotificationKind if kind.is_notice]


def problems(wanted, role=Role.USER):
    with pytest.raises(Invalid) as refused:
        Preferences().change(wanted, role=role)
    return [(problem.field, problem.code) for problem in refused.value.problems]


def test_by_default_the_site_tells_of_everything_and_mails_tell_soon_of_some():
    assert all(Preferences().of(kind).site for kind in NotificationKind)
    assert {kind.value for kind in NotificationKind if Preferences().of(kind).mail is MailTime.SOON} == {
        *("reply", "mention", "comment"),
        *("hidden", "sanction", "report_settled", "appeal_decided"),
    }


def test_what_is_not_chosen_stays_and_what_is_the_default_is_not_kept():
    first = Preferences().change({NotificationKind.LIKE: SILENT, NotificationKind.REPLY: SILENT}, role=Role.USER)
    second = first.change({NotificationKind.REPLY: DEFAULTS[NotificationKind.REPLY]}, role=Role.USER)

    assert second == Preferences({NotificationKind.LIKE: SILENT})


@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_cannot_be_changed_and_may_be_sent_along_unchanged(kind):
    assert problems({kind: SILENT}) == [(kind.value, "notice_fixed")]
    assert Preferences().change({kind: DEFAULTS[kind]}, role=Role.USER) == Preferences()


def test_only_who_moderates_is_told_of_what_moderators_do():
    daily = Preference(site=True, mail=MailTime.DAILY)

    assert problems({NotificationKind.REPORT: daily}) == [("report", "kind_unknown")]
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        assert Preferences().change({NotificationKind.REPORT: daily}, role=role).of(NotificationKind.REPORT) == daily
        assert kinds_for(role) == tuple(NotificationKind)
    assert NotificationKind.WAITING not in kinds_for(Role.USER)


def test_all_problems_are_found_at_once():
    assert problems({NotificationKind.HIDDEN: SILENT, NotificationKind.APPEAL: SILENT}) == [
        ("hidden", "notice_fixed"),
        ("appeal", "kind_unknown"),
    ]


def test_without_mails_only_the_notices_are_mailed_and_the_site_tells_as_before():
    chosen = Preferences().change(
        {NotificationKind.LIKE: Preference(site=False, mail=MailTime.DAILY)}, role=Role.MODERATOR
    )

    quiet = chosen.without_mails()

    assert [kind for kind in NotificationKind if quiet.of(kind).mail is not MailTime.OFF] == NOTICES
    assert all(quiet.of(kind).site == chosen.of(kind).site for kind in NotificationKind)
    assert quiet.without_mails() == quiet


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(Invalid):
        kind_named("gossip")
