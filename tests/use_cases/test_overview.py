"""The overview of administrators: what needs attention in which order, and that each day counts what happened."""

from datetime import timedelta
from pathlib import Path

import pytest

from application.ports.mailing import MailRefused
from application.ports.overview import Disk, MachineState
from application.storage import Pulse, Schema
from domain.errors import Forbidden
from domain.joining import Registration
from domain.overview import DAYS, Concern, Series
from domain.roles import Reader, Role

ADA = Reader(id=1, role=Role.ADMINISTRATOR, confirmed=True)


def overview(community):
    return community.overseeing.overview(reader=ADA)


def concerns(community):
    return [each.concern for each in overview(community).attention]


def totals(community):
    return {chart.series: chart.total for chart in overview(community).charts}


def test_only_administrators_read_it(community):
    for role in (Role.USER, Role.MODERATOR):
        with pytest.raises(Forbidden):
            community.overseeing.overview(reader=Reader(id=1, role=role, confirmed=True))


def test_a_site_where_all_is_well_has_nothing_that_needs_attention(community):
    assert concerns(community) == [Concern.WORKER_IS_GONE]
    community.worker_pulse.look()
    assert concerns(community) == []
    community.pass_time(minutes=2)
    assert concerns(community) == []
    seen_at = community.time - timedelta(minutes=2)
    community.pass_time(seconds=1)
    (gone,) = overview(community).attention
    assert (gone.concern, gone.since) == (Concern.WORKER_IS_GONE, seen_at)


def test_a_day_counts_who_is_a_member_now_what_they_wrote_and_the_mails(community):
    community.register("susan")
    assert totals(community) == {Series.SIGN_UPS: 0, Series.POSTS: 0, Series.COMMENTS: 0, Series.MAILS: 1}
    community.joining.confirm(token=community.token_to("susan@example.com"))
    community.deliver()
    sent = len(community.postbox.letters)
    susan = community.reader("susan").id
    post = community.posts.publish(actor_id=susan, title="", body="Soup.")
    comment = community.comments.write(actor_id=susan, post_id=post, body="More.")
    assert totals(community) == {Series.SIGN_UPS: 1, Series.POSTS: 1, Series.COMMENTS: 1, Series.MAILS: sent}

    community.comments.delete(actor_id=susan, comment_id=comment)
    community.posts.delete(actor_id=susan, post_id=post)
    assert totals(community)[Series.POSTS] == totals(community)[Series.COMMENTS] == 1
    chart = overview(community).charts[1]
    assert len(chart.days) == DAYS
    assert chart.days[-1] == (community.time.date(), 1)
    community.pass_time(days=DAYS)
    chart = overview(community).charts[1]
    assert (chart.total, chart.before) == (0, 1)
    community.pass_time(days=DAYS)
    assert overview(community).charts[1].before == 0


def test_who_waits_is_a_sign_up_on_the_day_of_the_admission(community):
    community.stands_in(Registration.APPROVAL)
    community.register("susan", why="I cook.")
    community.joining.confirm(token=community.token_to("susan@example.com"))
    assert totals(community)[Series.SIGN_UPS] == 0
    assert Concern.PEOPLE_WAIT in concerns(community)
    community.pass_time(days=3)

    community.admitting.admit(actor_id=None, username="susan")

    assert overview(community).charts[0].days[-1] == (community.time.date(), 1)
    assert Concern.PEOPLE_WAIT not in concerns(community)


def test_a_refused_mail_is_not_counted(community):
    community.postbox.refusal = MailRefused("no such person")
    community.register("susan")

    assert totals(community)[Series.MAILS] == 0
    assert Concern.MAILS_GIVEN_UP in concerns(community)


def test_in_a_bad_hour_the_most_urgent_comes_first(community):
    community.postbox.away = True
    community.register("susan")
    community.machine.state = MachineState(
        full=(Disk(Path("/full"), 1),), short=(Disk(Path("/short"), 1),), backup_at=community.time - timedelta(days=3)
    )
    community.pass_time(minutes=3)

    assert concerns(community) == [
        Concern.DISK_IS_FULL,
        Concern.WORKER_IS_GONE,
        Concern.MAIL_FAILS,
        Concern.DISK_IS_SHORT,
        Concern.BACKUP_IS_OLD,
    ]
    community.machine.state = MachineState(answered=False)
    assert Concern.MACHINE_IS_SILENT in concerns(community)


def test_a_job_that_is_late_is_told_while_a_worker_runs(community):
    community.joining.register(
        client="here", email="susan@example.com", username="susan", password="a horse, a battery"
    )
    community.pass_time(minutes=11)
    community.worker_pulse.look()

    (late,) = overview(community).attention
    assert (late.concern, late.since) == (Concern.JOBS_ARE_LATE, community.time - timedelta(minutes=11))


@pytest.mark.parametrize(
    ("schema", "concern"), [(Schema.OTHER, Concern.SCHEMA_DIFFERS), (Schema.NEWER, Concern.SCHEMA_IS_NEWER)]
)
def test_a_schema_of_another_version_comes_first(community, schema, concern):
    overseeing = type(community.overseeing)(
        now=lambda: community.time,
        overview_feeds=community.overview_feeds,
        outbox_feeds=community.outbox_feeds,
        ping=lambda: Pulse(schema),
        machine=community.machine,
    )

    assert overseeing.overview(reader=ADA).attention[0].concern is concern
