"""Reports and cases: who may report what, one case a thing, one decision a case, and who is told of it."""

import re

import pytest

from application.ports.paging import Window
from domain.cases import ReportKind, Visitor
from domain.display import Language
from domain.errors import AlreadyDecided, Conflict, Forbidden, Invalid, NotFound, TooOften
from domain.job_kinds import JobKind
from domain.moderation import Act, SubjectKind
from domain.outbox import State
from domain.roles import Role

ALL = Window(100)


@pytest.fixture
def scene(community):
    """Susan with a post and a comment; John, Mary and Eve, who may report them; and two who moderate."""
    for name in ("susan", "john", "mary", "eve"):
        setattr(community, name, community.join(name))
    community.mod, community.boss = community.join("mod", Role.MODERATOR), community.join("boss", Role.ADMINISTRATOR)
    community.post = community.posts.publish(actor_id=community.susan, title="Soup", body="Buy my soup.")
    community.comment = community.comments.write(actor_id=community.susan, post_id=community.post, body="You fool.")
    community.deliver()
    community.postbox.letters.clear()
    return community


def visitor(client="a cafe", *, email="", name="") -> Visitor:
    return Visitor(client=client, name=name, email=email, language=Language.SIMPLIFIED_CHINESE)


def report(scene, what="post", *, by="john", kind="abuse", text="It is rude.", visitor=None) -> None:
    actor_id = None if visitor else getattr(scene, by)
    given = {"actor_id": actor_id, "kind": kind, "text": text, "visitor": visitor}
    if what == "person":
        scene.reporting.report_person(username="susan", **given)
    elif what == "comment":
        scene.reporting.report_comment(comment_id=scene.comment, **given)
    else:
        scene.reporting.report_post(post_id=scene.post, **given)


def waiting(scene):
    return scene.cases.waiting(reader=scene.reader("mod"), window=ALL, shown=9).items


def settle(scene, act="none", *, case_id=None, actor="mod", **more) -> int | None:
    id = case_id or waiting(scene)[0].id
    return scene.cases.settle(actor_id=getattr(scene, actor), case_id=id, act=act, **more)


def newest(scene):
    return scene.moderation.log(reader=scene.reader("mod"), window=ALL).page.items[0]


def letters(scene, name: str) -> list[str]:
    scene.deliver()
    return [letter.text for letter in scene.postbox.to(f"{name}@example.com")]


THINGS = {
    "post": "Soup\n\nBuy my soup.",
    "comment": "You fool.",
    "person": "@susan",
}


@pytest.mark.parametrize("what", THINGS)
def test_a_report_opens_a_case_with_the_text_as_it_is_then(scene, what):
    report(scene, what)
    scene.posts.edit(actor_id=scene.susan, post_id=scene.post, body="Nothing.")

    (case,) = waiting(scene)

    assert (case.subject_kind, case.text, case.about_id) == (SubjectKind(what), THINGS[what], scene.susan)
    assert [(each.by.username, each.kind, each.text) for each in case.reports] == [
        ("john", ReportKind.ABUSE, "It is rude.")
    ]


def test_reports_of_one_thing_are_one_case_and_one_report_a_person(scene):
    for by in ("john", "mary", "john"):
        report(scene, by=by, kind="spam" if by == "mary" else "abuse", text=f"By {by}.")
    report(scene, by="john", kind="other", text="I mean something else.")
    report(scene, "comment")

    first, second = waiting(scene)

    assert [(each.by.username, each.text) for each in first.reports] == [
        ("mary", "By mary."),
        ("john", "I mean something else."),
    ]
    assert first.report_count == 2
    assert first.kinds == (ReportKind.SPAM, ReportKind.ABUSE, ReportKind.OTHER)
    assert second.subject_kind is SubjectKind.COMMENT


def test_a_report_after_settling_opens_a_new_case(scene):
    report(scene)
    settle(scene)
    report(scene)

    (case,) = waiting(scene)

    assert case.report_count == 1
    assert len(scene.cases.settled(reader=scene.reader("mod"), window=ALL).items) == 1


def test_a_visitor_reports_what_is_illegal_and_nothing_else(scene):
    with pytest.raises(Invalid) as refused:
        report(scene, kind="spam", text="x" * 1_001, visitor=visitor(email="eve", name="a\nb"))
    assert [(each.field, each.code) for each in refused.value.problems] == [
        ("kind", "only_illegal"),
        ("text", "too_long"),
        ("name", "forbidden_character"),
        ("email", "email_form"),
    ]

    report(scene, kind="illegal", visitor=visitor(email="eve@elsewhere.example", name="Eve"))
    report(scene, kind="illegal", text="Nonsense.", visitor=visitor("another", email="eve@elsewhere.example"))
    report(scene, kind="illegal", visitor=visitor("a third"))

    (case,) = waiting(scene)
    assert [(each.by_visitor, each.email, each.text) for each in case.reports] == [
        (True, "", "It is rude."),
        (True, "", "Nonsense."),
        (True, "eve@elsewhere.example", "It is rude."),
    ]


def test_there_are_limits_a_day(scene):
    for number in range(3):
        report(scene, kind="illegal", visitor=visitor(email=f"eve{number}@elsewhere.example"))
    with pytest.raises(TooOften):
        report(scene, kind="illegal", visitor=visitor(email="eve9@elsewhere.example"))
    report(scene, kind="illegal", visitor=visitor("another house"))
    for _ in range(20):
        report(scene)
    with pytest.raises(TooOften):
        report(scene)
    report(scene, by="mary")

    scene.pass_time(days=1)
    report(scene)


@pytest.mark.parametrize("kind", ["", "rude", "Spam"])
def test_a_kind_is_one_of_four(scene, kind):
    with pytest.raises(Invalid):
        report(scene, kind=kind)


@pytest.mark.parametrize("what", THINGS)
def test_nobody_reports_themselves(scene, what):
    with pytest.raises(Forbidden, match="report_self"):
        report(scene, what, by="susan")


def test_who_may_not_speak_reports_nothing(scene):
    scene.sanctions.sanction(actor_id=scene.mod, username="john", act="silence", days="", reason="Rude.")
    with pytest.raises(Forbidden, match="silenced"):
        report(scene)
    scene.register("newcomer")
    scene.newcomer = scene.people_feeds.profile(None, "newcomer").id
    with pytest.raises(Forbidden, match="unconfirmed"):
        report(scene, by="newcomer")


UNSEEN = {
    "a hidden post": ("post", lambda scene: hide(scene, "post")),
    "a deleted post": ("post", lambda scene: scene.posts.delete(actor_id=scene.susan, post_id=scene.post)),
    "a comment below a hidden post": ("comment", lambda scene: hide(scene, "post")),
    "a hidden comment": ("comment", lambda scene: hide(scene, "comment")),
    "a deleted comment": (
        "comment",
        lambda scene: scene.comments.delete(actor_id=scene.susan, comment_id=scene.comment),
    ),
}


def hide(scene, what: str) -> None:
    if what == "post":
        scene.moderation.hide_post(actor_id=scene.mod, post_id=scene.post, reason="Soup.")
    else:
        scene.moderation.hide(actor_id=scene.mod, comment_id=scene.comment, reason="Rude.")


@pytest.mark.parametrize("which", UNSEEN)
@pytest.mark.parametrize("by", ["john", "a visitor"])
def test_what_a_reader_may_not_see_is_not_there_to_report(scene, which, by):
    what, make_unseen = UNSEEN[which]
    make_unseen(scene)

    with pytest.raises(NotFound):
        if by == "john":
            report(scene, what)
        else:
            report(scene, what, kind="illegal", visitor=visitor())
    with pytest.raises(NotFound):
        reader = scene.reader("john") if by == "john" else None
        (scene.reporting.of_post if what == "post" else scene.reporting.of_comment)(
            reader=reader, **{f"{what}_id": getattr(scene, what)}
        )
    assert waiting(scene) == ()


def test_a_form_shows_what_its_reader_has_reported(scene):
    reader = scene.reader("john")
    assert scene.reporting.of_post(reader=reader, post_id=scene.post)[1] is None
    report(scene)
    assert scene.reporting.of_post(reader=reader, post_id=scene.post)[1].text == "It is rude."
    assert scene.reporting.of_post(reader=None, post_id=scene.post)[1] is None
    assert scene.reporting.of_person(reader=reader, username="susan")[0].text == "@susan"
    assert scene.reporting.of_comment(reader=reader, comment_id=scene.comment)[0].text == "You fool."


def test_three_reporters_come_before_others_and_moderators_get_one_mail(scene):
    report(scene, "comment")
    for by in ("john", "mary"):
        report(scene, by=by)
    assert [case.is_urgent for case in waiting(scene)] == [False, False]

    report(scene, kind="illegal", visitor=visitor())
    report(scene, by="eve")
    report(scene, kind="illegal", visitor=visitor("another"))

    first, second = waiting(scene)
    assert (first.subject_kind, first.is_urgent, second.is_urgent) == (SubjectKind.POST, True, False)
    for name in ("mod", "boss"):
        (text,) = letters(scene, name)
        assert f"https://chapbook.example/moderation/cases/{first.id}" in text
    assert letters(scene, "susan") == []


def test_moderators_get_one_mail_also_where_a_worker_dies_once_it_is_asked_for(scene):
    for by in ("john", "mary", "eve"):
        report(scene, by=by)
    with scene.open_work() as work:
        job = work.outbox.claim(scene.time)
        job.lease(at=scene.time)
        work.outbox.save(job)
        work.commit()
    scene.telling.handlers()[job.kind](job)

    assert len(letters(scene, "mod")) == 1
    scene.pass_time(minutes=5)
    assert len(letters(scene, "mod")) == 1
    assert scene.outbox_rows()[-1].state is State.DONE


def test_a_moderator_gets_no_mail_about_an_urgent_case_about_themselves(scene):
    for by in ("john", "mary", "eve"):
        scene.reporting.report_person(actor_id=getattr(scene, by), username="mod", kind="abuse")

    assert letters(scene, "mod") == []
    assert len(letters(scene, "boss")) == 1


def test_visitors_alone_make_no_case_urgent(scene):
    for number in range(5):
        report(scene, kind="illegal", visitor=visitor(f"house {number}"))

    assert [case.is_urgent for case in waiting(scene)] == [False]


def test_a_mail_about_a_case_that_is_settled_is_not_sent(scene):
    for by in ("john", "mary", "eve"):
        report(scene, by=by)
    settle(scene)

    assert letters(scene, "mod") == []


ACTS = {
    "none": (Act.SETTLE, {}),
    "hide": (Act.HIDE, {"reason": "Soup.", "rule": "2"}),
    "warn": (Act.WARN, {"reason": "Soup.", "rule": "law"}),
    "silence": (Act.SILENCE, {"reason": "Soup.", "days": "3"}),
    "suspend": (Act.SUSPEND, {"reason": "Soup.", "days": ""}),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("what", THINGS)
def test_one_decision_settles_a_case_and_is_on_the_log(scene, what, act):
    report(scene, what)
    wanted, given = ACTS[act]
    if (what, act) == ("person", "hide"):
        with pytest.raises(Invalid):
            settle(scene, act, **given)
        return

    assert settle(scene, act, **given) is None

    (card,) = scene.cases.settled(reader=scene.reader("mod"), window=ALL).items
    assert (card.settlement.act, card.settlement.by.username) == (wanted, "mod")
    assert (card.settlement.reason, card.settlement.rule) == (given.get("reason", ""), given.get("rule", ""))
    entry = newest(scene)
    assert (entry.id, entry.act, entry.about.username) == (card.settlement.entry_id, wanted, "susan")
    standing = scene.person_feeds.standing(scene.reader("mod"), scene.susan, scene.time, 9)
    assert [each.entry.act for each in standing.present] == ([wanted] if act in ("silence", "suspend") else [])
    with scene.open_work() as work:
        hidden = {"post": work.posts.get(scene.post).hidden, "comment": work.comments.get(scene.comment).hidden}
    assert hidden == {each: act == "hide" and each == what for each in ("post", "comment")}


def test_whom_it_concerns_learns_that_somebody_reported_it(scene):
    report(scene)
    settle(scene, "hide", reason="Soup.", rule="2")

    (text,) = letters(scene, "susan")

    assert "Somebody reported it." in text
    assert "The reason: Soup." in text
    (card,) = scene.appeal_feeds.record(scene.reader("susan"), ALL).items
    assert card.case_id is not None


def test_whom_it_concerns_learns_nothing_where_nothing_is_done(scene):
    report(scene)
    settle(scene, reason="A recipe.")

    assert letters(scene, "susan") == []
    assert scene.appeal_feeds.record(scene.reader("susan"), ALL).items == ()
    assert (newest(scene).act, newest(scene).reason) == (Act.SETTLE, "A recipe.")


@pytest.mark.parametrize(("act", "sentence"), [("silence", "something was done"), ("none", "found nothing")])
def test_each_reporter_learns_once_whether_something_was_done_and_never_what(scene, act, sentence):
    for by in ("john", "mary"):
        report(scene, by=by)
    report(scene, kind="illegal", visitor=visitor(email="li@elsewhere.example"))
    settle(scene, act, reason="Very secret.")

    for name in ("john", "mary"):
        (text,) = letters(scene, name)
        assert sentence in text
        assert not re.search(r"secret|silence|susan|@mod", text, re.IGNORECASE)
        assert f"https://chapbook.example/posts/{scene.post}/report" in text
    (letter,) = scene.postbox.to("li@elsewhere.example")
    assert letter.subject == "你的举报有结果了"


def test_a_reporter_learns_that_something_was_done_by_an_act_on_everything(scene):
    report(scene)
    scene.hiding_all.hide_all(actor_id=scene.mod, username="susan", reason="Spam.")
    scene.deliver()
    settle(scene)

    assert "something was done" in letters(scene, "john")[0]


def test_who_has_left_is_not_told(scene):
    for by in ("john", "mary"):
        report(scene, by=by)
    with scene.open_work() as work:
        john = work.accounts.lock(scene.john)
        john.leave()
        work.accounts.save(john)
        work.commit()
    settle(scene)

    assert letters(scene, "john") == []
    assert len(letters(scene, "mary")) == 1


def test_many_reporters_are_told_in_parts_and_each_of_them_once(scene, monkeypatch):
    monkeypatch.setattr("application.cases.telling.BATCH", 2)
    for number in range(5):
        setattr(scene, f"r{number}", scene.join_as_member(f"r{number}"))
        report(scene, by=f"r{number}")
    settle(scene)
    scene.deliver()

    assert sorted(letter.to for letter in scene.postbox.letters if "report" in letter.subject) == [
        f"r{number}@example.com" for number in range(5)
    ]


def test_two_moderators_never_decide_twice(scene):
    report(scene)
    case = waiting(scene)[0].id
    settle(scene, "hide", reason="Soup.")

    with pytest.raises(AlreadyDecided) as late:
        settle(scene, "suspend", case_id=case, actor="boss", reason="Soup.")

    assert (late.value.code, late.value.values) == ("case_hide", {"who": "@mod"})
    assert newest(scene).act is Act.HIDE
    # They learn that before they learn what is wrong with their form.
    with pytest.raises(AlreadyDecided):
        settle(scene, "suspend", case_id=case, actor="boss", reason="")


def test_settling_leads_to_the_next_case_and_from_the_last_one_to_the_first(scene):
    report(scene)
    report(scene, "comment")
    report(scene, "person")
    cases = [case.id for case in waiting(scene)]

    assert settle(scene, case_id=cases[1]) == cases[2]
    assert settle(scene, case_id=cases[2]) == cases[0]
    assert settle(scene, case_id=cases[0]) is None


@pytest.mark.parametrize("deed", ["hide", "delete"])
@pytest.mark.parametrize("what", ["post", "comment"])
def test_hiding_or_deleting_a_text_on_its_own_page_settles_its_case(scene, what, deed):
    report(scene, what)
    if deed == "hide":
        hide(scene, what)
    elif what == "post":
        scene.posts.delete(actor_id=scene.boss, post_id=scene.post, reason="Soup.")
    else:
        scene.comments.delete(actor_id=scene.boss, comment_id=scene.comment, reason="Rude.")

    assert waiting(scene) == ()
    (card,) = scene.cases.settled(reader=scene.reader("mod"), window=ALL).items
    assert card.settlement.act is Act(deed)
    assert "something was done" in letters(scene, "john")[-1]
    assert "Somebody reported it." in letters(scene, "susan")[-1]


@pytest.mark.parametrize("what", ["post", "comment"])
def test_a_text_that_its_author_has_deleted_can_be_hidden_and_comes_back_hidden(scene, what):
    report(scene, what)
    deeds, undelete = (
        (scene.posts.delete, scene.deleting.undelete_post)
        if what == "post"
        else (scene.comments.delete, scene.deleting.undelete_comment)
    )
    thing = {f"{what}_id": getattr(scene, what)}
    deeds(actor_id=scene.susan, **thing)
    assert len(waiting(scene)) == 1

    settle(scene, "hide", reason="Soup.")
    undelete(actor_id=scene.susan, **thing)

    with scene.open_work() as work:
        text = (work.posts if what == "post" else work.comments).get(getattr(scene, what))
    assert (text.hidden, text.deleted_at) == (True, None)
    assert [drift for part in scene.mending.compare_counters() for drift in part.drifts] == []


def test_a_text_that_is_gone_for_good_cannot_be_hidden(scene):
    report(scene)
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    scene.pass_time(days=31)
    scene.deleting.look()
    scene.deliver()

    with pytest.raises(Conflict, match="text_gone"):
        settle(scene, "hide", reason="Soup.")
    settle(scene, "warn", reason="Soup.")
    assert waiting(scene) == ()


def test_a_sanction_on_the_page_of_a_person_settles_the_case_about_them(scene):
    report(scene, "person")
    report(scene)
    scene.sanctions.sanction(actor_id=scene.mod, username="susan", act="silence", days="3", reason="Rude.")

    (left,) = waiting(scene)
    assert left.subject_kind is SubjectKind.POST
    assert "Somebody reported it." in letters(scene, "susan")[-1]
    assert "something was done" in letters(scene, "john")[-1]


def test_nobody_gets_rid_of_a_case_about_themselves_by_hiding_their_own_text(scene):
    scene.members.set_standing(username="susan", role=Role.MODERATOR)
    report(scene)
    scene.moderation.hide_post(actor_id=scene.susan, post_id=scene.post, reason="A mistake.")

    assert len(waiting(scene)) == 1
    scene.moderation.restore_post(actor_id=scene.susan, post_id=scene.post)
    settle(scene, "hide", reason="Soup.")
    with pytest.raises(Forbidden, match="own_text"):
        scene.moderation.restore_post(actor_id=scene.susan, post_id=scene.post)


def test_the_only_moderator_restores_their_own_text(scene):
    post = scene.posts.publish(actor_id=scene.boss, title="", body="Soup.")
    scene.moderation.hide_post(actor_id=scene.mod, post_id=post, reason="Soup.")
    scene.members.set_standing(username="mod", role=Role.USER)

    scene.moderation.restore_post(actor_id=scene.boss, post_id=post)

    with scene.open_work() as work:
        assert not work.posts.get(post).hidden


def test_settling_never_leads_to_a_case_about_oneself(scene):
    report(scene)
    scene.reporting.report_person(actor_id=scene.john, username="mod", kind="other")

    assert settle(scene) is None


@pytest.mark.parametrize("act", ["warn", "silence", "suspend"])
def test_a_sanction_says_which_text_led_to_it(scene, act):
    report(scene, "comment")
    settle(scene, act, reason="Rude.")

    assert "a comment of yours that begins: “You fool.”" in letters(scene, "susan")[0]
    (card,) = scene.appeal_feeds.record(scene.reader("susan"), ALL).items
    assert (card.reported.kind, card.reported.text) == (SubjectKind.COMMENT, "You fool.")


def test_nobody_acts_on_a_member_who_has_left(scene):
    report(scene)
    with scene.open_work() as work:
        susan = work.accounts.lock(scene.susan)
        susan.leave()
        work.accounts.save(susan)
        work.commit()

    with pytest.raises(Conflict, match="member_gone"):
        settle(scene, "warn", reason="Soup.")
    settle(scene)
    assert waiting(scene) == ()


@pytest.mark.parametrize("given", [{}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": "Soup.", "rule": "none"}])
def test_an_act_needs_a_reason_and_may_name_a_rule(scene, given):
    report(scene)
    with pytest.raises(Invalid):
        settle(scene, "hide", **given)
    with pytest.raises(Invalid):
        settle(scene, "ban", reason="Soup.")
    with pytest.raises(Invalid):
        settle(scene, "silence", reason="Soup.", days="400")
    assert len(waiting(scene)) == 1


def test_only_moderators_see_cases_and_settle_them(scene):
    report(scene)
    case = waiting(scene)[0].id
    reader = scene.reader("john")
    for refused in (
        lambda: scene.cases.waiting(reader=reader, window=ALL),
        lambda: scene.cases.settled(reader=reader, window=ALL),
        lambda: scene.cases.case(reader=reader, case_id=case),
        lambda: scene.cases.look(reader=reader, case_id=case, window=ALL),
        lambda: settle(scene, case_id=case, actor="john"),
        lambda: settle(scene, case_id=7, actor="john"),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        settle(scene, case_id=7)
    with pytest.raises(NotFound):
        scene.cases.look(reader=scene.reader("mod"), case_id=7, window=ALL)


@pytest.mark.parametrize("given", [{}, {"act": "hide", "reason": "Soup."}, {"act": "warn", "reason": "Soup."}])
def test_who_comes_after_a_deletion_is_told_of_it(scene, given):
    report(scene)
    (case,) = waiting(scene)
    scene.posts.delete(actor_id=scene.boss, post_id=scene.post, reason="Soup.")

    with pytest.raises(AlreadyDecided) as refused:
        settle(scene, case_id=case.id, **given)

    assert (refused.value.code, refused.value.values["who"]) == ("case_delete", "@boss")


def test_a_moderator_settles_no_case_about_themselves_where_there_is_another(scene):
    scene.reporting.report_person(actor_id=scene.john, username="boss", kind="abuse")
    for act in ("none", "nonsense"):
        with pytest.raises(Forbidden, match="own_case"):
            settle(scene, act, actor="boss")
    scene.members.set_standing(username="mod", role=Role.USER)
    case = scene.cases.waiting(reader=scene.reader("boss"), window=ALL).items[0].id
    settle(scene, case_id=case, actor="boss")


def test_a_moderator_does_not_sanction_an_administrator_in_a_case_either(scene):
    scene.reporting.report_person(actor_id=scene.john, username="boss", kind="abuse")

    with pytest.raises(Forbidden, match="not_above"):
        settle(scene, "warn", reason="Rude.")
    settle(scene)


def test_a_case_is_seen_with_what_stands_around_it(scene):
    for what in THINGS:
        report(scene, what)
    post, comment, person = (
        scene.cases.look(reader=scene.reader("mod"), case_id=case.id, window=ALL) for case in waiting(scene)
    )

    assert [sight.text for sight in (post, comment, person)] == list(THINGS.values())
    assert post.post.title == "Soup"
    assert [card.id for card in comment.comments] == [scene.comment]
    assert (person.profile.username, {each.kind for each in person.writings}) == (
        "susan",
        {SubjectKind.POST, SubjectKind.COMMENT},
    )
    scene.posts.delete(actor_id=scene.susan, post_id=scene.post)
    gone = [scene.cases.look(reader=scene.reader("mod"), case_id=case.id, window=ALL) for case in waiting(scene)]
    assert [gone[0].post, gone[1].comments] == [None, ()]
    assert [sight.case.text for sight in gone] == list(THINGS.values())
    assert [sight.text for sight in gone] == [None, None, THINGS["person"]]


def test_the_texts_of_a_case_go_thirty_days_after_it_is_settled(scene):
    report(scene, kind="illegal", visitor=visitor(email="eve@elsewhere.example", name="Eve"))
    report(scene)
    settle(scene)

    def texts() -> list[str]:
        (card,) = scene.cases.settled(reader=scene.reader("mod"), window=ALL, shown=9).items
        return [card.text, *(f"{each.text}{each.name}{each.email}" for each in card.reports)]

    scene.pass_time(days=29)
    scene.deleting.look()
    scene.deliver()
    assert all(texts())
    scene.pass_time(days=1, seconds=1)
    scene.deleting.look()
    scene.deliver()
    assert texts() == ["", "", ""]


def test_an_erased_account_leaves_no_words_in_cases(scene):
    report(scene)
    scene.reporting.report_person(actor_id=scene.susan, username="john", kind="other", text="He lies.")
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts="delete")
    scene.deliver()

    cases = {case.about_id: case for case in waiting(scene)}
    assert cases[scene.susan].text == ""
    assert [each.text for each in cases[scene.susan].reports] == ["It is rude."]
    assert [each.text for each in cases[scene.john].reports] == [""]


def test_the_job_that_tells_reporters_is_one_for_all_cases(scene):
    report(scene)
    report(scene, "comment")
    settle(scene)
    settle(scene)

    assert [row.kind for row in scene.outbox_rows()].count(JobKind.TELL_REPORTERS) == 1
    scene.pass_time(minutes=1)
    assert len(letters(scene, "john")) == 2


@pytest.mark.parametrize("posts", ["keep", "delete"])
def test_the_profile_of_who_has_left_is_in_no_case(scene, posts):
    scene.members.edit_profile(actor_id=scene.susan, name="Susan S.", location="Here", about_me="Likes soup.")
    report(scene, "person")
    report(scene)
    scene.leaving.leave(actor_id=scene.susan, password="a horse, a battery", posts=posts)
    scene.deliver()

    texts = {case.subject_kind: case.text for case in waiting(scene)}
    assert texts[SubjectKind.PERSON] == ""
    assert texts[SubjectKind.POST] == (THINGS["post"] if posts == "keep" else "")
