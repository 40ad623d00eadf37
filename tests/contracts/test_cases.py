"""Reports and cases in the storage, and the lists of moderators."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from application.ports.cases import CaseCard
from application.ports.paging import Page, Window
from domain.accounts import Account
from domain.appeals import Verdict
from domain.cases import Complaint, Report, ReportKind
from domain.display import Language
from domain.errors import AlreadyDecided, DomainError, NotFound, Overloaded, TryAgain
from domain.job_kinds import JobKind
from domain.moderation import Act, SubjectKind
from domain.roles import Reader, Role
from tests.contracts.community import Community
from tests.contracts.sites import Site
from tests.contracts.storages import Storage
from tests.doubles import Clock

ALL = Window(50)
RUDE = Complaint(kind=ReportKind.ABUSE, text="It is rude.")


def ids(page: Page[CaseCard]) -> list[int]:
    return [card.id for card in page.items]


def test_a_case_comes_back_as_it_was_saved_and_a_thing_has_one_open(storage: Storage, community: Community) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    post = community.post(ada)
    case = community.case(post, bob, None)
    other = replace(case, id=community.new_id(), kinds=frozenset(), report_count=0, member_count=0)
    with storage.unit_of_work() as work:
        assert work.cases.lock(case.id) == work.cases.get(case.id) == case
        assert work.cases.find_open(SubjectKind.POST, post.id) == case
        assert work.cases.find_open(SubjectKind.COMMENT, post.id) is None
        assert not work.cases.add(other)
        work.commit()

    entry = community.settle(case, mod)

    with storage.unit_of_work() as work:
        assert work.cases.find_open(SubjectKind.POST, post.id) is None
        assert work.cases.find_settled_by(entry.id) == case
        assert work.cases.find_settled_by(7) is None
        assert work.cases.add(other)
        with pytest.raises(NotFound):
            work.cases.get(7)


def test_a_report_comes_back_as_it_was_put(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    case = community.case(ada, bob)
    by_mail = Complaint(kind=ReportKind.ILLEGAL, text="No.", name="Eve", email="eve@example.com")
    with storage.unit_of_work() as work:
        by_visitor = case.take(by_mail, id=community.new_id(), reporter_id=None, language=Language.SIMPLIFIED_CHINESE)
        nameless = case.take(RUDE, id=community.new_id(), reporter_id=None)
        for report in (by_visitor, nameless):
            work.reports.put(report)
        by_visitor.replace(Complaint(kind=ReportKind.SPAM, text="Again."))
        work.reports.put(by_visitor)
        work.cases.save(case)
        work.commit()

    with storage.unit_of_work() as work:
        by_bob = work.reports.find(case.id, reporter_id=bob.id, email="")
        assert by_bob is not None
        assert (by_bob.number, by_bob.kind, by_bob.text) == (1, ReportKind.ABUSE, "It is rude.")
        assert work.reports.get(by_visitor.id) == by_visitor
        assert work.reports.find(case.id, reporter_id=None, email="eve@example.com") == by_visitor
        assert work.reports.find(case.id, reporter_id=None, email="") is None
        assert work.reports.find(case.id, reporter_id=ada.id, email="") is None
        assert work.reports.some_after(case.id, 0, 2) == [by_bob, by_visitor]
        assert work.reports.some_after(case.id, 2, 9) == [nameless]
        with pytest.raises(NotFound):
            work.reports.get(7)


@pytest.mark.parametrize("missing", ["case", "reporter"])
def test_a_report_needs_its_case_and_its_reporter(storage: Storage, community: Community, missing: str) -> None:
    case = community.case(community.member("ada"))
    report = Report(
        id=community.new_id(),
        case_id=7 if missing == "case" else case.id,
        number=1,
        reporter_id=7 if missing == "reporter" else None,
        kind=ReportKind.SPAM,
        text="",
    )
    with pytest.raises(NotFound), storage.unit_of_work() as work:
        work.reports.put(report)
        work.commit()


def test_what_is_not_committed_is_lost(storage: Storage, community: Community) -> None:
    ada, bob = community.member("ada"), community.member("bob")
    case = community.case(ada)
    with storage.unit_of_work() as work:
        work.reports.put(case.take(RUDE, id=community.new_id(), reporter_id=bob.id))
        work.cases.save(case)

    with storage.unit_of_work() as work:
        assert work.cases.get(case.id).report_count == 0
        assert work.reports.some_after(case.id, 0, 9) == []


def test_the_queue_has_urgent_cases_first_and_then_the_oldest(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    crowd = [community.member(f"reporter{number}") for number in range(3)]
    cases = [community.case(community.post(ada), *crowd[: number + 1]) for number in (0, 1, 2, 0, 2)]
    settled = community.case(community.post(ada), crowd[0])
    community.settle(settled, mod)
    of_mod = community.case(mod, crowd[0])
    wanted = [cases[number].id for number in (2, 4, 0, 1, 3)] + [of_mod.id]

    first = storage.case_feeds.waiting(mod.reader, Window(2))
    second = storage.case_feeds.waiting(mod.reader, Window(2, after=first.after))
    back = storage.case_feeds.waiting(mod.reader, Window(2, before=second.before))

    assert ids(storage.case_feeds.waiting(mod.reader, ALL)) == wanted
    assert [ids(page) for page in (first, second, back)] == [wanted[:2], wanted[2:4], wanted[:2]]
    assert [card.is_urgent for card in first.items + second.items] == [True, True, False, False]
    assert ids(storage.case_feeds.waiting(mod.reader, ALL, about_id=mod.id)) == [of_mod.id]
    assert ids(storage.case_feeds.waiting(mod.reader, Window(1, after=cases[0].place), about_id=ada.id)) == [
        cases[1].id
    ]
    places = [storage.case_feeds.next_waiting(crowd[0].reader, case.place) for case in (cases[2], cases[3], of_mod)]
    assert places == [cases[4].id, of_mod.id, cases[2].id]
    # The last one is about this moderator.
    assert storage.case_feeds.next_waiting(mod.reader, cases[3].place) == cases[2].id


def test_nothing_waits_where_everything_is_settled(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod")
    case = community.case(ada, mod)
    community.settle(case, mod)

    assert storage.case_feeds.waiting(mod.reader, ALL).items == ()
    assert storage.case_feeds.next_waiting(ada.reader, 0) is None


def test_what_was_settled_last_comes_first(storage: Storage, community: Community) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    cases = [community.case(community.post(author), bob) for author in (ada, mod, ada)]
    open_one = community.case(ada, bob)
    for number in (1, 0, 2):
        community.settle(cases[number], mod, Act.HIDE)

    first = storage.case_feeds.settled(mod.reader, Window(2))

    assert ids(first) == [cases[2].id, cases[0].id]
    assert ids(storage.case_feeds.settled(mod.reader, Window(2, before=first.before))) == [cases[1].id]
    assert ids(storage.case_feeds.settled(mod.reader, ALL, about_id=ada.id)) == [cases[2].id, cases[0].id]
    assert open_one.id not in ids(storage.case_feeds.settled(mod.reader, ALL))
    settlement = first.items[0].settlement
    assert settlement is not None
    assert settlement.by is not None
    assert (settlement.by.username, settlement.act, settlement.reason) == ("mod", Act.HIDE, "fine")


def test_a_card_shows_the_newest_reports(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod")
    crowd = [community.member(f"reporter{number}") for number in range(3)]
    post = community.post(ada, "Words.", title="A title")
    case = community.case(post, *crowd, None)
    community.case(ada, crowd[0])
    community.delete(crowd[1])

    card = storage.case_feeds.case(mod.reader, case.id, shown=3)

    assert [(report.by and report.by.username, report.by_visitor) for report in card.reports] == [
        (None, True),
        ("reporter2", False),
        (None, False),
    ]
    assert (card.about_id, card.about and card.about.username) == (ada.id, "ada")
    assert (card.text, card.kinds, card.report_count) == ("A title\n\nWords.", (ReportKind.ABUSE,), 4)
    assert (card.subject_kind, card.subject_id, card.post_id) == (SubjectKind.POST, post.id, post.id)
    assert [report.number for report in card.reports] == [4, 3, 2]
    listed = storage.case_feeds.waiting(mod.reader, ALL, shown=2)
    assert [len(each.reports) for each in listed.items] == [2, 1]
    assert all(each.reports == () for each in storage.case_feeds.waiting(mod.reader, ALL).items)
    with pytest.raises(NotFound):
        storage.case_feeds.case(mod.reader, 7, shown=3)


def test_a_case_has_the_newest_reports_up_to_a_number(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod")
    case = community.case(ada, *(community.member(f"reporter{number}") for number in range(5)))
    community.case(mod, ada)

    def numbers(up_to: int | None) -> list[int]:
        card = storage.case_feeds.case(mod.reader, case.id, shown=2, up_to=up_to)
        return [report.number for report in card.reports]

    assert numbers(None) == numbers(5) == numbers(999_999_999) == [5, 4]
    assert numbers(3) == [3, 2]
    assert numbers(1) == [1]


def test_a_report_says_what_the_last_ten_of_its_reporter_led_to(storage: Storage, community: Community) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    for act in (*[Act.HIDE] * 3, *[Act.SETTLE] * 7, Act.WARN):
        community.settle(community.case(community.post(ada), bob), mod, act)
    community.case(community.post(ada), bob)
    community.settle(community.case(community.post(ada), mod), mod, Act.HIDE)
    case = community.case(ada, bob, None)

    by_visitor, by_bob = storage.case_feeds.case(mod.reader, case.id, shown=9).reports

    # Of the last ten, one still waits, and the two oldest that led to an act are out of sight.
    assert (by_bob.led, by_bob.of) == (2, 9)
    assert (by_visitor.led, by_visitor.of) == (0, 0)


def test_whom_a_case_concerns_never_reads_who_reported_it(storage: Storage, community: Community) -> None:
    bob, mod, boss = community.member("bob"), community.member("mod", role=Role.MODERATOR), community.member("boss")
    community.settle(community.case(community.post(boss), bob), boss, Act.HIDE)
    case = community.case(mod, bob)
    with storage.unit_of_work() as work:
        said = replace(RUDE, name="Eve", email="eve@example.com")
        work.reports.put(case.take(said, id=community.new_id(), reporter_id=None))
        work.cases.save(case)
        work.commit()

    def named(reader: Reader | None) -> list[tuple[bool, str, str, int]]:
        feeds = storage.case_feeds
        cards = (
            feeds.case(reader, case.id, shown=9),
            next(card for card in feeds.waiting(reader, ALL, shown=9).items if card.id == case.id),
        )
        (found,) = {tuple((r.by is not None, r.name, r.email) for r in card.reports) for card in cards}
        return [(*each, report.of) for each, report in zip(found, cards[0].reports, strict=True)]

    assert named(mod.reader) == [(False, "", "", 0), (False, "", "", 0)]
    for reader in (boss.reader, None):
        assert named(reader) == [(False, "Eve", "eve@example.com", 0), (True, "", "", 1)]


def test_a_reported_comment_has_its_neighbours(storage: Storage, community: Community) -> None:
    ada, mod = community.member("ada"), community.member("mod", role=Role.MODERATOR)
    post, other = community.post(ada), community.post(ada)
    comments = []
    for number in range(8):
        comments.append(community.comment(ada, post, f"Comment {number}."))
        community.comment(ada, other)

    def around(number: int) -> list[str | None]:
        found = storage.case_feeds.around(mod.reader, comments[number].id, post.id, before=2, after=1)
        return [card.body for card in found]

    assert around(4) == [f"Comment {number}." for number in (2, 3, 4, 5)]
    assert around(0) == ["Comment 0.", "Comment 1."]
    assert around(7) == [f"Comment {number}." for number in (5, 6, 7)]


def test_a_member_finds_what_they_reported_while_it_waits(storage: Storage, community: Community) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    case = community.case(ada, bob)

    own = storage.case_feeds.own(bob.reader, SubjectKind.PERSON, ada.id)

    assert own is not None
    assert own.text == "It is rude."
    assert storage.case_feeds.own(mod.reader, SubjectKind.PERSON, ada.id) is None
    community.settle(case, mod)
    assert storage.case_feeds.own(bob.reader, SubjectKind.PERSON, ada.id) is None


def test_an_act_knows_the_case_that_it_settled(storage: Storage, community: Community) -> None:
    ada, bob, mod = community.member("ada"), community.member("bob"), community.member("mod", role=Role.MODERATOR)
    case = community.case(community.post(ada), bob)
    entry = community.settle(case, mod, Act.HIDE)
    community.sanction(mod, ada)

    found, reported = storage.appeal_feeds.record(ada.reader, ALL).items

    assert (reported.id, reported.case_id, found.case_id) == (entry.id, case.id, None)


def test_settled_cases_whose_reporters_are_not_told_are_found(storage: Storage, community: Community) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    community.case(ada, bob)
    first, second = (community.case(community.post(ada), bob) for _ in range(2))
    for case in (second, first):
        community.settle(case, mod)

    found = []
    for _ in range(3):
        with storage.unit_of_work() as work:
            found.append(work.cases.find_untold())
            if found[-1] is not None:
                case = work.cases.lock(found[-1])
                case.told = case.report_count
                work.cases.save(case)
            work.commit()

    assert found == [second.id, first.id, None]


def test_the_texts_of_old_cases_are_forgotten_unless_an_appeal_needs_them(
    storage: Storage, community: Community
) -> None:
    ada, bob, mod = (community.member(name) for name in ("ada", "bob", "mod"))
    cases = [community.case(community.post(ada), bob) for _ in range(4)]
    entries = [community.settle(case, mod, Act.HIDE) for case in cases]
    later = community.now + timedelta(days=40)
    community.case(ada, bob)
    community.appeal(entries[1].id, ada)
    decided = [community.appeal(entries[number].id, ada) for number in (2, 3)]
    with storage.unit_of_work() as work:
        for appeal, at in zip(decided, (later - timedelta(days=9), later + timedelta(days=9)), strict=True):
            appeal.decide(Verdict.UPHELD, reason="No.", at=at)
            work.appeals.save(appeal)
        work.commit()

    with storage.unit_of_work() as work:
        assert work.reported_texts.old(community.now - timedelta(days=1), 9) == []
        assert work.reported_texts.old(later, 1) == [cases[0].id]
        assert work.reported_texts.old(later, 9) == [cases[0].id, cases[2].id]
        work.reported_texts.forget([cases[0].id])
        work.commit()

    with storage.unit_of_work() as work:
        assert work.reported_texts.old(later, 9) == [cases[2].id]
        assert (work.cases.get(cases[0].id).text, work.cases.get(cases[2].id).text) == ("", "A post.")
        assert [report.text for case in cases[::2] for report in work.reports.some_after(case.id, 0, 9)] == [
            "",
            "It is rude.",
        ]


def test_the_texts_about_and_by_one_member_are_forgotten(storage: Storage, community: Community) -> None:
    ada, bob, eve = (community.member(name) for name in ("ada", "bob", "eve"))
    about = [community.case(community.post(ada), bob) for _ in range(3)]
    by = community.case(bob, ada, eve)
    profile = community.case(ada, bob)

    with storage.unit_of_work() as work:
        assert work.reported_texts.forget_some_of(ada.id, 2, published=False)
        assert not work.reported_texts.forget_some_of(ada.id, 2, published=False)
        work.commit()
    with storage.unit_of_work() as work:
        assert [work.cases.get(case.id).text for case in (about[0], profile)] == ["A post.", ""]

    rounds = 0
    with storage.unit_of_work() as work:
        while work.reported_texts.forget_some_of(ada.id, 2, published=True):
            rounds += 1
        work.commit()

    assert rounds == 2
    with storage.unit_of_work() as work:
        assert [work.cases.get(case.id).text for case in (*about, by)] == ["", "", "", "@bob"]
        assert [report.text for report in work.reports.some_after(by.id, 0, 9)] == ["", "It is rude."]


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each answered, or which error of the domain it raised, all in threads of their own."""
    begin = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        begin.wait()
        try:
            return act()
        except DomainError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_fifty_who_report_the_same_at_once_are_one_case_of_fifty_reports(
    storage: Storage, community: Community
) -> None:
    site, ada, mod = Site(storage, Clock()), community.member("ada"), community.member("mod", role=Role.MODERATOR)
    post = community.post(ada)
    crowd = [community.member(f"reporter{number}") for number in range(50)]

    def report(member: Account) -> None:
        site.reporting.report_post(actor_id=member.id, post_id=post.id, kind="abuse", text=f"By {member.id}.")

    # A storage has places for so many writers; the others are told to come again, and do.
    left = crowd
    for _ in range(50):
        answers = at_once([partial(report, member) for member in left])
        assert {type(each) for each in answers} <= {type(None), Overloaded, TryAgain}
        left = [member for member, answer in zip(left, answers, strict=True) if answer is not None]
        if not left:
            break

    (case,) = storage.case_feeds.waiting(mod.reader, ALL, shown=50).items
    assert (case.report_count, case.is_urgent) == (50, True)
    assert {report.by.id for report in case.reports if report.by} == {member.id for member in crowd}
    with storage.unit_of_work() as work:
        assert [report.number for report in work.reports.some_after(case.id, 0, 99)] == list(range(1, 51))
    told = [job for job in storage.outbox_feeds.latest(Window(100)).items if job.kind is JobKind.TELL_OF_CASE]
    assert len(told) == 1


@pytest.mark.parametrize("also", ["settle", "hide on its own page"])
def test_of_several_moderators_at_once_one_decides(storage: Storage, community: Community, also: str) -> None:
    site, ada, bob = Site(storage, Clock()), community.member("ada"), community.member("bob")
    mods = [community.member(f"mod{number}", role=Role.MODERATOR) for number in range(4)]
    for _ in range(5):
        post = community.post(ada)
        case = community.case(post, bob)

        def settle(mod: Account, id: int = case.id, post_id: int = post.id) -> str:
            if also != "settle" and mod is mods[0]:
                site.moderation.hide_post(actor_id=mod.id, post_id=post_id, reason="Soup.")
            else:
                site.cases.settle(actor_id=mod.id, case_id=id, act="hide", reason="Soup.")
            return "done"

        answers = at_once([partial(settle, mod) for mod in mods])

        late = [answer for answer in answers if answer != "done"]
        assert {type(each) for each in late} <= {AlreadyDecided}
        # Who hides it on its own page does that also after somebody else has.
        assert len(answers) - len(late) in ({1} if also == "settle" else {1, 2})
        with storage.unit_of_work() as work:
            settled = work.cases.get(case.id)
            assert settled.entry_id is not None
            hider = work.posts.get(post.id).hidden_by
        if also == "settle":
            assert settled.entry_id == hider
