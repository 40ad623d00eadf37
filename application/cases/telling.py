"""Mails about cases: moderators learn of an urgent one, and reporters what came of their reports."""

from contextlib import suppress
from dataclasses import dataclass, replace

from application.jobs import Handlers, Outcome
from application.mailing import Draft, Mailing, account_of
from application.ports.mailing import CaseNews, LetterKind
from application.ports.work import NewId, Now, UnitOfWork
from application.repeating import Repeat
from domain.cases import Case, Report
from domain.errors import NotFound
from domain.job_kinds import JobKind
from domain.moderation import Act, SubjectKind
from domain.notifications import Notification, NotificationKind
from domain.outbox import Job
from domain.roles import Permission

BATCH = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    repeat: Repeat
    now: Now
    new_id: NewId
    mailing: Mailing

    def handlers(self) -> Handlers:
        """What the outbox does for this capability."""
        mails = {JobKind.REPORT_SETTLED: self._news_for_reporter, JobKind.URGENT_CASE: self._news_for_moderator}
        return {
            **self.mailing.handlers(mails),
            JobKind.TELL_REPORTERS: self._tell_reporters,
            JobKind.TELL_OF_CASE: self._tell_moderators,
        }

    def _tell_reporters(self, job: Job) -> Outcome:
        """One part. What is left is found anew. The progress only says that the job has begun."""
        job.progress = "begun"
        return Outcome.MORE if self.repeat(self._tell_some) else Outcome.DONE

    def _tell_some(self, work: UnitOfWork) -> bool:
        case_id = work.cases.find_untold()
        if case_id is None:
            return False
        case = work.cases.lock(case_id)
        reports = work.reports.some_after(case.id, case.told, BATCH)
        for report in reports:
            mail = self._mail_to(work, report)
            if mail is not None:
                work.outbox.add(mail)
        work.notifications.add([self._told(case, each) for each in reports if each.reporter_id is not None])
        # In the same commit as the mails: nobody is told twice, and nobody is left out.
        case.told = reports[-1].number if reports else case.report_count
        work.cases.save(case)
        work.commit()
        return True

    def _told(self, case: Case, report: Report) -> Notification:
        assert report.reporter_id is not None
        is_comment = case.subject_kind is SubjectKind.COMMENT
        return Notification.of(
            NotificationKind.REPORT_SETTLED,
            report.reporter_id,
            id=self.new_id(),
            event_id=report.id,
            thing_id=case.id,
            post_id=case.post_id,
            comment_id=case.subject_id if is_comment else None,
            at=self.now(),
        )

    def _mail_to(self, work: UnitOfWork, report: Report) -> Job | None:
        kind, at = JobKind.REPORT_SETTLED, self.now()
        if report.reporter_id is not None:
            reporter = work.accounts.get(report.reporter_id)
            if reporter.deleted or not reporter.confirmed:
                return None
            return replace(Job.to_owner(reporter, id=self.new_id(), kind=kind, due_at=at), subject_id=report.id)
        if not report.email:
            return None
        return Job(
            id=self.new_id(),
            kind=kind,
            subject_id=report.id,
            address=report.email,
            language=report.language,
            due_at=at,
        )

    def _news_for_reporter(self, work: UnitOfWork, job: Job) -> Draft | None:
        """It says whether something was done, and never what."""
        report = work.reports.get(job.subject_id or 0)
        case = work.cases.get(report.case_id)
        account = account_of(work, job)
        if case.entry_id is None or (report.reporter_id is not None and account is None):
            return None
        # Another act may have hidden the thing, such as one on everything of its author.
        acted = work.moderation_log.get(case.entry_id).act is not Act.SETTLE or _is_hidden(work, case)
        news = CaseNews(subject_kind=case.subject_kind, path=_form_of(work, case), acted=acted)
        return Draft(LetterKind.REPORT_SETTLED, account, job.language, case=news)

    def _tell_moderators(self, job: Job) -> Outcome:
        self.repeat(self._queue_mails, job)
        return Outcome.DONE

    def _queue_mails(self, work: UnitOfWork, job: Job) -> None:
        # The job notes this in the same commit as the mails. If the worker dies after it, nobody gets a second mail.
        stored = work.outbox.get(job.id)
        if stored.progress:
            return
        stored.progress = job.progress = "told"
        work.outbox.save(stored)
        about_id = work.cases.get(job.subject_id or 0).about_id
        for moderator_id in work.waiting_members.moderators():
            if moderator_id == about_id:
                continue
            moderator = work.accounts.get(moderator_id)
            mail = Job.to_owner(moderator, id=self.new_id(), kind=JobKind.URGENT_CASE, due_at=self.now())
            work.outbox.add(replace(mail, subject_id=job.subject_id))
        work.commit()

    def _news_for_moderator(self, work: UnitOfWork, job: Job) -> Draft | None:
        """None when others have settled it meanwhile."""
        account, case = account_of(work, job), work.cases.get(job.subject_id or 0)
        if case.entry_id is not None or account is None:
            return None
        if not account.active or not account.reader_at(self.now()).can(Permission.MODERATE):
            return None
        news = CaseNews(subject_kind=case.subject_kind, path=f"/moderation/cases/{case.id}")
        return Draft(LetterKind.URGENT_CASE, account, job.language, case=news)


def _is_hidden(work: UnitOfWork, case: Case) -> bool:
    with suppress(NotFound):
        match case.subject_kind:
            case SubjectKind.POST:
                return work.posts.get(case.subject_id).hidden
            case SubjectKind.COMMENT:
                return work.comments.get(case.subject_id).hidden
    return False


def _form_of(work: UnitOfWork, case: Case) -> str:
    """Where the thing is reported once more. Empty when it is gone or hidden."""
    try:
        match case.subject_kind:
            case SubjectKind.POST:
                post = work.posts.get(case.subject_id)
                return f"/posts/{post.id}/report" if post.listed else ""
            case SubjectKind.COMMENT:
                comment = work.comments.get(case.subject_id)
                is_there = comment.deleted_at is None and not comment.hidden and work.posts.get(comment.post_id).listed
                return f"/comments/{comment.id}/report" if is_there else ""
            case _:
                member = work.accounts.get(case.subject_id)
                return "" if member.deleted else f"/@{member.username.text}/report"
    except NotFound:
        return ""
