"""Cases: the queue of moderators, one case with what stands around it, and settling it."""

from contextlib import suppress
from dataclasses import dataclass

from application.closing import close_case
from application.finding import somebody_else_moderates
from application.hiding import hide_text
from application.ports.appeals import RecordCard
from application.ports.cases import CaseCard, CaseFeeds
from application.ports.comments import CommentCard
from application.ports.paging import Page, Window
from application.ports.people import PeopleFeeds, Profile
from application.ports.persons import PersonFeeds, Writing
from application.ports.posts import PostDetail, PostFeeds
from application.ports.sanctions import SanctionFeeds
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from application.sanctions import impose, lock_below
from domain.accounts import Account
from domain.cases import Case, settling_acts, text_of_person
from domain.comments import Comment
from domain.decisions import Decision
from domain.errors import AlreadyDecided, Conflict, Forbidden, NotFound
from domain.moderation import Act, LogEntry, SubjectKind
from domain.posts import Post, PostText
from domain.roles import Permission, Reader
from domain.sanctions import SANCTIONS

# The reports on the page of a case.
REPORTS_SHOWN = 20
# The comments around one that is reported.
BEFORE, AFTER = 4, 3
WRITINGS = 5


@dataclass(frozen=True, slots=True)
class Sight:
    """A case as a moderator decides it: the thing as it is, what stands around it, and one page of the record of the
    member whom it concerns. `post` is None for another kind of thing, and where it is gone. `comments` may lack the
    one that the case is about."""

    case: CaseCard
    post: PostDetail | None
    comments: tuple[CommentCard, ...]
    profile: Profile | None
    writings: tuple[Writing, ...]
    record: Page[RecordCard]

    @property
    def comment(self) -> CommentCard | None:
        """The comment that the case is about. None for another kind of thing, and where it is gone."""
        if self.case.subject_kind is not SubjectKind.COMMENT:
            return None
        return next((each for each in self.comments if each.id == self.case.subject_id), None)

    @property
    def text(self) -> str | None:
        """The text of the thing, as a report would keep it now. None where the thing is gone."""
        if self.post is not None:
            return PostText(title=self.post.title, body=self.post.body).whole
        if self.comment is not None:
            return self.comment.body
        if self.profile is None:
            return None
        return text_of_person(
            name=self.profile.name,
            username=self.profile.username,
            location=self.profile.location,
            about_me=self.profile.about_me,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    repeat: Repeat
    now: Now
    new_id: NewId
    case_feeds: CaseFeeds
    post_feeds: PostFeeds
    people_feeds: PeopleFeeds
    person_feeds: PersonFeeds
    sanction_feeds: SanctionFeeds

    def waiting(self, *, reader: Reader, window: Window, about: str = "", shown: int = 0) -> Page[CaseCard]:
        """Urgent ones first, then the oldest. `about` is the username of whom they concern, or empty. Each has `shown`
        of its newest reports. Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        return self.case_feeds.waiting(reader, window, about_id=self._id_of(reader, about), shown=shown)

    def settled(self, *, reader: Reader, window: Window, about: str = "", shown: int = 0) -> Page[CaseCard]:
        """What was settled last comes first. Else as `waiting`."""
        reader.require(Permission.MODERATE)
        return self.case_feeds.settled(reader, window, about_id=self._id_of(reader, about), shown=shown)

    def _id_of(self, reader: Reader, about: str) -> int | None:
        """Of the member who has this username, or had it before."""
        if not about:
            return None
        try:
            return self.people_feeds.profile(reader, about).id
        except NotFound:
            present = self.people_feeds.present_username(reader, about)
            return self.people_feeds.profile(reader, present).id

    def case(self, *, reader: Reader, case_id: int, up_to: int | None = None) -> CaseCard:
        """With its newest reports, or the newest of those with numbers up to `up_to`. Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        return self.case_feeds.case(reader, case_id, shown=REPORTS_SHOWN, up_to=up_to)

    def look(self, *, reader: Reader, case_id: int, window: Window, up_to: int | None = None) -> Sight:
        """`window` is that of the record, `up_to` as of `case`. Raises Forbidden, NotFound."""
        case = self.case(reader=reader, case_id=case_id, up_to=up_to)
        post: PostDetail | None = None
        comments: tuple[CommentCard, ...] = ()
        profile: Profile | None = None
        writings: tuple[Writing, ...] = ()
        match case.subject_kind:
            case SubjectKind.POST:
                with suppress(NotFound):
                    post = self.post_feeds.post(reader, case.subject_id)
            case SubjectKind.COMMENT:
                assert case.post_id is not None
                around = self.case_feeds.around(reader, case.subject_id, case.post_id, before=BEFORE, after=AFTER)
                comments = around
            case SubjectKind.PERSON:
                if case.about is not None:
                    profile = self.people_feeds.profile(reader, case.about.username)
                background = self.person_feeds.background(reader, case.about_id, 0, limit=WRITINGS, counted=0)
                writings = background.writings
        record = self.sanction_feeds.about_person(reader, case.about_id, window)
        return Sight(case, post, comments, profile, writings, record)

    def settle(
        self, *, actor_id: int, case_id: int, act: str, days: str = "", rule: str = "", reason: str = ""
    ) -> int | None:
        """`act` is one of `settling_acts`. Answers the id of the next case that waits and is not about this moderator,
        or None. Raises Forbidden, NotFound, Invalid; AlreadyDecided where somebody else was first; and Conflict where
        the thing or the member is gone."""
        moderator, place = self.repeat(self._settle, actor_id, case_id, act=act, days=days, rule=rule, reason=reason)
        return self.case_feeds.next_waiting(moderator.reader, place)

    def _settle(
        self, work: UnitOfWork, actor_id: int, case_id: int, *, act: str, days: str, rule: str, reason: str
    ) -> tuple[Account, int]:
        """The moderator, and the place that the case had in the queue."""
        # Forbidden comes before NotFound, so that the answer does not reveal whether there is such a case.
        work.accounts.get(actor_id).require(Permission.MODERATE, at=self.now())
        case = work.cases.get(case_id)
        if case.about_id == actor_id and somebody_else_moderates(work, actor_id, at=self.now()):
            raise Forbidden("own_case")
        # Whoever comes second learns that first, and not what is wrong with the form.
        self._require_open(work, case)
        decision = Decision.parse(act=act, among=settling_acts(case.subject_kind), days=days, rule=rule, reason=reason)
        # Accounts are locked first, then the thing, then the case, as where a thing is hidden on its own page.
        member = self._lock_member(work, actor_id, case) if decision.act in SANCTIONS else None
        moderator = work.accounts.actor(actor_id)
        moderator.require(Permission.MODERATE, at=self.now())
        target = self._lock_text(work, case) if decision.act is Act.HIDE else member
        case = work.cases.lock(case_id)
        self._require_open(work, case)
        entry = self._carry_out(work, decision, case, moderator, target)
        close_case(work, case, entry, job_id=self.new_id())
        work.commit()
        return moderator, case.place

    def _lock_member(self, work: UnitOfWork, actor_id: int, case: Case) -> Account:
        try:
            return lock_below(work, actor_id, case.about_id, at=self.now())
        except NotFound:
            raise self._gone(work, case.id, "member_gone") from None

    def _lock_text(self, work: UnitOfWork, case: Case) -> Post | Comment:
        """Also one that its author has deleted: it is hidden then when they bring it back."""
        assert case.post_id is not None
        try:
            post = work.posts.lock(case.post_id)
            return post if case.subject_kind is SubjectKind.POST else work.comments.lock(case.subject_id)
        except NotFound:
            raise self._gone(work, case.id, "text_gone") from None

    def _gone(self, work: UnitOfWork, case_id: int, code: str) -> Conflict:
        """Raises AlreadyDecided where an administrator has just deleted the text: that settled the case."""
        self._require_open(work, work.cases.get(case_id))
        return Conflict(code)

    def _carry_out(
        self,
        work: UnitOfWork,
        decision: Decision,
        case: Case,
        moderator: Account,
        target: Account | Post | Comment | None,
    ) -> LogEntry:
        """`target` is the locked member or text that the act is on. None leaves everything as it is."""
        id, at = self.new_id(), self.now()
        if isinstance(target, Account):
            return impose(work, target, decision, id=id, actor_id=moderator.id, at=at)
        if target is not None:
            return hide_text(work, moderator, target, id=id, reason=decision.reason, rule=decision.rule, at=at)
        entry = LogEntry(
            id=id,
            actor_id=moderator.id,
            act=Act.SETTLE,
            subject_kind=case.subject_kind,
            subject_id=case.subject_id,
            about_id=case.about_id,
            post_id=case.post_id,
            reason=decision.reason,
            rule=decision.rule,
        )
        record(work, entry)
        return entry

    def _require_open(self, work: UnitOfWork, case: Case) -> None:
        """Raises AlreadyDecided, which says who settled it, and how."""
        if case.entry_id is None:
            return
        entry = work.moderation_log.get(case.entry_id)
        actor = None if entry.actor_id is None else work.accounts.get(entry.actor_id)
        who = "" if actor is None or actor.deleted else f"@{actor.username.text}"
        raise AlreadyDecided(f"case_{entry.act.value}", who=who)
