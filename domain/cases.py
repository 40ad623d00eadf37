"""Reports, and cases: reports of the same thing are one case, and moderators decide it once."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Self

from domain.accounts import Account
from domain.comments import Comment
from domain.display import Language
from domain.errors import Invalid, Problems
from domain.identifiers import Email
from domain.moderation import Act, LogEntry, SubjectKind
from domain.posts import Post
from domain.profiles import NAME_LIMIT
from domain.roles import Reader
from domain.texts import one_line, prose

TEXT_LIMIT = 1_000
# So many reporters put a case before all others.
URGENT_FROM = 3
# A case keeps its texts for so long after it is settled, or after the appeal against that is decided.
KEEP_TEXT = timedelta(days=30)
# How many of the last reports of a member say whether their reports lead to something.
LAST_REPORTS = 10
# An urgent case stands in the queue as if it were this much older. In ids that is almost 35 years.
_AHEAD = 2**60

# What may settle a case, by the name that forms and programs use.
_ON_PERSON = {"none": Act.SETTLE, "warn": Act.WARN, "silence": Act.SILENCE, "suspend": Act.SUSPEND}
_ON_TEXT = {"none": Act.SETTLE, "hide": Act.HIDE, "warn": Act.WARN, "silence": Act.SILENCE, "suspend": Act.SUSPEND}


class ReportKind(Enum):
    """What somebody says is wrong."""

    SPAM = "spam"
    ABUSE = "abuse"
    ILLEGAL = "illegal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What is reported, as it stands now. Of a person, the subject is the account and the text their profile.
    `post_id` is the post of a comment, or the post itself."""

    kind: SubjectKind
    id: int
    about_id: int
    post_id: int | None
    text: str

    @classmethod
    def post(cls, post: Post) -> Self:
        return cls(kind=SubjectKind.POST, id=post.id, about_id=post.author_id, post_id=post.id, text=post.text.whole)

    @classmethod
    def comment(cls, comment: Comment) -> Self:
        return cls(
            kind=SubjectKind.COMMENT,
            id=comment.id,
            about_id=comment.author_id,
            post_id=comment.post_id,
            text=comment.body,
        )

    @classmethod
    def person(cls, member: Account) -> Self:
        text = text_of_person(
            name=member.name,
            username=member.username.text,
            location=member.location,
            about_me=member.about_me,
        )
        return cls(kind=SubjectKind.PERSON, id=member.id, about_id=member.id, post_id=None, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who reports without an account. `client` is the key under which limits count them. Name and address may
    be empty."""

    client: str
    name: str
    email: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a reporter says. It keeps the rules. Members leave name and address out."""

    kind: ReportKind
    text: str
    name: str = ""
    email: str = ""

    @classmethod
    def parse(cls, *, kind: str, text: str, visitor: Visitor | None) -> Self:
        """Raises Invalid. A visitor reports only what is illegal: `kind` has then the code `only_illegal`."""
        found, name, email = ReportKind.OTHER, "", ""
        problems = Problems()
        with problems:
            found = _kind_named(kind, is_visitor=visitor is not None)
        with problems:
            text = prose("text", text, limit=TEXT_LIMIT)
        if visitor is not None:
            with problems:
                name = one_line("name", visitor.name, limit=NAME_LIMIT)
            with problems:
                email = Email.parse(visitor.email).text if visitor.email else ""
        problems.stop()
        return cls(kind=found, text=text, name=name, email=email)


def _kind_named(name: str, *, is_visitor: bool) -> ReportKind:
    try:
        kind = ReportKind(name)
    except ValueError:
        raise Invalid("kind", "choice") from None
    if is_visitor and kind is not ReportKind.ILLEGAL:
        raise Invalid("kind", "only_illegal")
    return kind


@dataclass(kw_only=True, slots=True)
class Report:
    """`number` counts the reports of a case from 1. `reporter_id` is None for a visitor, who has a language here, and
    perhaps a name and an address."""

    id: int
    case_id: int
    number: int
    reporter_id: int | None
    kind: ReportKind
    text: str
    name: str = ""
    email: str = ""
    language: Language = Language.ENGLISH

    def replace(self, complaint: Complaint) -> None:
        """Its reporter, a member, says something else now."""
        self.kind, self.text = complaint.kind, complaint.text


@dataclass(kw_only=True, slots=True)
class Case:
    """`text` is that of the subject when it was reported first. `kinds` are those that any reporter named.
    `entry_id` is the log entry of the act that settled it: it says who, what and why. The first `told` reporters have
    been told of that. `kept` says whether the texts of the case are still there."""

    id: int
    subject_kind: SubjectKind
    subject_id: int
    about_id: int
    post_id: int | None
    text: str
    kinds: frozenset[ReportKind] = frozenset()
    report_count: int = 0
    member_count: int = 0
    entry_id: int | None = None
    told: int = 0
    kept: bool = True

    @classmethod
    def open(cls, reported: Reported, *, id: int) -> Self:
        return cls(
            id=id,
            subject_kind=reported.kind,
            subject_id=reported.id,
            about_id=reported.about_id,
            post_id=reported.post_id,
            text=reported.text,
        )

    @property
    def is_urgent(self) -> bool:
        """Visitors count as one reporter together, because nobody knows how many they are."""
        return self.member_count + (self.report_count > self.member_count) >= URGENT_FROM

    @property
    def place(self) -> int:
        """What the queue is sorted by: the oldest first, urgent ones before all others."""
        return self.id - _AHEAD if self.is_urgent else self.id

    def take(
        self, complaint: Complaint, *, id: int, reporter_id: int | None, language: Language = Language.ENGLISH
    ) -> Report:
        """The report of somebody who has not reported this yet."""
        self.report_count += 1
        self.member_count += reporter_id is not None
        self.note(complaint)
        return Report(
            id=id,
            case_id=self.id,
            number=self.report_count,
            reporter_id=reporter_id,
            kind=complaint.kind,
            text=complaint.text,
            name=complaint.name,
            email=complaint.email,
            language=language,
        )

    def note(self, complaint: Complaint) -> None:
        self.kinds |= {complaint.kind}

    def settle(self, entry: LogEntry) -> None:
        """The case is open. The act of this entry settles it."""
        assert self.entry_id is None
        self.entry_id = entry.id


def settling_acts(kind: SubjectKind) -> dict[str, Act]:
    """What may settle a case about such a thing, by name. A person cannot be hidden."""
    return _ON_PERSON if kind is SubjectKind.PERSON else _ON_TEXT


def text_of_person(*, name: str, username: str, location: str, about_me: str) -> str:
    """The profile of a member, as a report keeps it."""
    return "\n\n".join(filter(None, (name, f"@{username}", location, about_me)))


def may_know_reporters(reader: Reader | None, *, about_id: int) -> bool:
    """Moderators read who reported something, but for whom it concerns. None is the command line."""
    return reader is None or reader.id != about_id


def may_report(reader: Reader | None, *, author_id: int) -> bool:
    """Whether pages offer it: nobody reports themselves."""
    return reader is None or (reader.id != author_id and reader.takes_part and reader.silenced_until is None)
