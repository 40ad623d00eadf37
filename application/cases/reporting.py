"""Reporting: members say what is wrong with a post, a comment or a person, and visitors what is illegal."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from application.counting import counted
from application.finding import find_present_member
from application.notifying import Notifying
from application.ports.cases import CaseFeeds
from application.ports.limits import Limits
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain import limits
from domain.accounts import Account
from domain.cases import Case, Complaint, Report, Reported, Visitor
from domain.comments import may_see_text
from domain.errors import Forbidden, NotFound, TryAgain
from domain.job_kinds import JobKind
from domain.outbox import Job
from domain.roles import Reader

# Finds what is reported, for a reader who sees it. Raises NotFound.
Find = Callable[[UnitOfWork, Reader | None], Reported]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporting:
    """Each method raises NotFound, Forbidden, Invalid and TooOften. `actor_id` is None for a `visitor`."""

    repeat: Repeat
    now: Now
    new_id: NewId
    limits: Limits
    notifying: Notifying
    case_feeds: CaseFeeds

    def report_post(
        self, *, actor_id: int | None, post_id: int, kind: str, text: str = "", visitor: Visitor | None = None
    ) -> None:
        self._report(actor_id, visitor, lambda work, reader: _post(work, reader, post_id), kind, text)

    def report_comment(
        self, *, actor_id: int | None, comment_id: int, kind: str, text: str = "", visitor: Visitor | None = None
    ) -> None:
        self._report(actor_id, visitor, lambda work, reader: _comment(work, reader, comment_id), kind, text)

    def report_person(
        self, *, actor_id: int | None, username: str, kind: str, text: str = "", visitor: Visitor | None = None
    ) -> None:
        self._report(actor_id, visitor, lambda work, _: _person(work, username), kind, text)

    def of_post(self, *, reader: Reader | None, post_id: int) -> tuple[Reported, Report | None]:
        """What a form shows: the post, and what this reader has reported of it while nobody has settled that. Raises
        NotFound and Forbidden, as a report would."""
        return self._look(reader, lambda work, reader: _post(work, reader, post_id))

    def of_comment(self, *, reader: Reader | None, comment_id: int) -> tuple[Reported, Report | None]:
        """As `of_post`."""
        return self._look(reader, lambda work, reader: _comment(work, reader, comment_id))

    def of_person(self, *, reader: Reader | None, username: str) -> tuple[Reported, Report | None]:
        """As `of_post`."""
        return self._look(reader, lambda work, _: _person(work, username))

    def _look(self, reader: Reader | None, find: Find) -> tuple[Reported, Report | None]:
        found = self.repeat.reading(self._found, None if reader is None else reader.id, find)
        own = None if reader is None else self.case_feeds.own(reader, found.kind, found.id)
        return found, own

    def _report(self, actor_id: int | None, visitor: Visitor | None, find: Find, kind: str, text: str) -> None:
        self.repeat.reading(self._found, actor_id, find)
        complaint = Complaint.parse(kind=kind, text=text, visitor=visitor)
        if visitor is None:
            assert actor_id is not None
            wanted = limits.report(actor_id)
        else:
            wanted = limits.report_without_account(visitor.client)
        with counted(self.limits, wanted, self.now()):
            self.repeat(self._store, actor_id, visitor, find, complaint)

    def _found(self, work: UnitOfWork, actor_id: int | None, find: Find) -> Reported:
        return self._seen(work, None if actor_id is None else work.accounts.get(actor_id), find)

    def _seen(self, work: UnitOfWork, reporter: Account | None, find: Find) -> Reported:
        if reporter is not None:
            reporter.require_that(True, at=self.now())
        reported = find(work, None if reporter is None else reporter.reader_at(self.now()))
        if reporter is not None and reported.about_id == reporter.id:
            raise Forbidden("report_self")
        return reported

    def _store(
        self, work: UnitOfWork, actor_id: int | None, visitor: Visitor | None, find: Find, complaint: Complaint
    ) -> None:
        about_id = self._found(work, actor_id, find).about_id
        # Whom it concerns cannot be erased from now on, so no copy of a text is made after theirs are forgotten. What
        # went before is not found again.
        held = {id: work.accounts.actor(id) for id in sorted({about_id, actor_id or about_id})}
        case = self._open_case(work, self._seen(work, None if actor_id is None else held[actor_id], find))
        was_urgent = case.is_urgent
        report = work.reports.find(case.id, reporter_id=actor_id, email=complaint.email)
        if visitor is not None:
            # Nothing proves that an address is theirs. So this replaces no report, and the address gets one mail.
            said = complaint if report is None else replace(complaint, email="")
            report = case.take(said, id=self.new_id(), reporter_id=None, language=visitor.language)
        elif report is not None:
            report.replace(complaint)
            case.note(complaint)
        else:
            report = case.take(complaint, id=self.new_id(), reporter_id=actor_id)
        work.reports.put(report)
        work.cases.save(case)
        self.notifying.of_report(work, case.id, report_id=report.id, besides={about_id, actor_id})
        if case.is_urgent and not was_urgent:
            work.outbox.add(Job(id=self.new_id(), kind=JobKind.TELL_OF_CASE, subject_id=case.id, due_at=self.now()))
        work.commit()

    def _open_case(self, work: UnitOfWork, reported: Reported) -> Case:
        """The locked case about this thing that waits, or a new one."""
        found = work.cases.find_open(reported.kind, reported.id)
        if found is not None:
            return found
        case = Case.open(reported, id=self.new_id())
        if work.cases.add(case):
            return case
        # Somebody else has just opened one.
        found = work.cases.find_open(reported.kind, reported.id)
        if found is None:
            raise TryAgain()
        return found


def _post(work: UnitOfWork, reader: Reader | None, post_id: int) -> Reported:
    post = work.posts.get(post_id)
    post.require_seen_by(reader)
    return Reported.post(post)


def _comment(work: UnitOfWork, reader: Reader | None, comment_id: int) -> Reported:
    comment = work.comments.get(comment_id)
    comment.require_there()
    work.posts.get(comment.post_id).require_seen_by(reader)
    if not may_see_text(reader, hidden=comment.hidden):
        raise NotFound()
    return Reported.comment(comment)


def _person(work: UnitOfWork, username: str) -> Reported:
    return Reported.person(find_present_member(work, username))
