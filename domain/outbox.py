"""The outbox: what has to happen because of a commit. A job says what to do. It never holds a text or a link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum

from domain.accounts import Account
from domain.display import Language
from domain.ids import time_of
from domain.job_kinds import JobKind
from domain.mailing import Failure

# Counted from when the job was asked for.
KEEP_DONE = timedelta(days=7)
# No lease and no wait reaches further ahead than this. A time that does was stored by a clock that was wrong, and does
# not count. Both leave room for hosts whose clocks differ by some minutes.
LONGEST_LEASE = timedelta(minutes=5)
FURTHEST_DUE = timedelta(hours=2)


class Priority(IntEnum):
    """Which jobs come first."""

    ASKED_FOR = -1  # an administrator asked for an attempt now
    MAIL = 0
    OTHER = 1


class State(Enum):
    """Whether there is anything left to do."""

    WAITING = "waiting"
    DONE = "sent"  # the stored word is from when every job was a mail
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


class Stage(Enum):
    """Where a job stands, as lists of jobs are filtered."""

    WAITING = "waiting"
    FAILING = "failing"  # it failed, and is tried again
    GIVEN_UP = "given_up"
    DONE = "done"  # also when there was nothing to do


class Phase(Enum):
    """Where a job stands, as one row of a list says it."""

    WAITING = "waiting"
    RUNNING = "running"  # a worker holds it
    FAILING = "failing"
    DONE = "done"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


_ENDED = {State.DONE: Phase.DONE, State.DROPPED: Phase.DROPPED, State.GIVEN_UP: Phase.GIVEN_UP}


@dataclass(kw_only=True, slots=True)
class Job:
    """`subject_id` is the thing that it is about, and `account_id` the member, if any. `key` is empty, or unique among
    the jobs that wait. `progress` is where a long job goes on; only the handler of its kind reads it. Until
    `leased_until` no other worker claims the job. `again_at` is when to begin anew, because somebody asked after the
    job had begun. `asked_for` is True from an administrator's request until the next attempt. `tried_at` is when the
    last attempt ended, with success or with `last_error` and its `failure`."""

    id: int
    kind: JobKind
    subject_id: int | None = None
    account_id: int | None = None
    address: str = ""
    language: Language = Language.ENGLISH
    key: str = ""
    progress: str = ""
    state: State = State.WAITING
    attempts: int = 0
    due_at: datetime
    again_at: datetime | None = None
    leased_until: datetime | None = None
    last_error: str = ""
    failure: Failure = Failure.NONE
    tried_at: datetime | None = None
    asked_for: bool = False

    @property
    def priority(self) -> Priority:
        if self.asked_for:
            return Priority.ASKED_FOR
        return Priority.MAIL if self.kind.terms.is_mail else Priority.OTHER

    @property
    def stage(self) -> Stage:
        match self.state:
            case State.WAITING:
                return Stage.FAILING if self.last_error else Stage.WAITING
            case State.GIVEN_UP:
                return Stage.GIVEN_UP
            case _:
                return Stage.DONE

    def may_be_claimed(self, at: datetime) -> bool:
        """Whether it waits, is due, and is held by nobody."""
        if self.state is not State.WAITING or at < self.due_at <= at + FURTHEST_DUE:
            return False
        return not is_held(self.leased_until, at)

    @classmethod
    def to_owner(cls, account: Account, *, id: int, kind: JobKind, due_at: datetime) -> "Job":
        """A mail to the owner of an account, about this account, in their language."""
        return cls(
            id=id,
            kind=kind,
            account_id=account.id,
            address=account.email.text,
            language=account.language,
            due_at=due_at,
        )

    def ask_again(self, *, due_at: datetime) -> None:
        """Merges a second request under the same key. If a run has begun, the job runs again after it."""
        if self.leased_until is None and not self.progress:
            self.due_at = min(self.due_at, due_at)
        else:
            self.again_at = min(self.again_at or due_at, due_at)

    def lease(self, *, at: datetime) -> None:
        """No other worker may claim the job before the lease ends."""
        self.leased_until = at + self.kind.terms.lease
        self.attempts += 1
        self.asked_for = False
        if not self.progress:
            self.again_at = None

    def done(self, *, at: datetime) -> None:
        self.failure, self.tried_at = Failure.NONE, at
        self._end(State.DONE, at)

    def drop(self, *, at: datetime) -> None:
        """There is nothing to do after all. For example, the account is gone."""
        self.failure, self.tried_at = Failure.NONE, None
        self._end(State.DROPPED, at)

    def give_up(self, *, error: str, failure: Failure = Failure.REFUSED, at: datetime) -> None:
        """Another attempt is of no use. Administrators see the error, and may ask for one nevertheless."""
        self.last_error, self.failure, self.tried_at = error, failure, at
        self._end(State.GIVEN_UP, at)

    def fail(self, *, error: str, failure: Failure = Failure.OTHER, at: datetime, counts: bool = True) -> None:
        """Waits for the next attempt, or gives up where administrators see it. An attempt that does not count leaves
        the waits as short as they were."""
        terms = self.kind.terms
        self.last_error, self.failure, self.tried_at = error, failure, at
        self.leased_until = None
        if not counts:
            self.attempts -= 1
        if self.is_tried_for_the_last_time(at):
            self._end(State.GIVEN_UP, at)
            return
        doublings = min(max(self.attempts - 1, 0), 12)
        self.due_at = at + min(terms.first_wait * 2**doublings, terms.longest_wait)

    def is_tried_for_the_last_time(self, at: datetime) -> bool:
        """Whether an attempt that fails now is the last one."""
        give_up_after = self.kind.terms.give_up_after
        return give_up_after is not None and at - time_of(self.id) >= give_up_after

    def go_on_later(self, *, at: datetime, wait: timedelta = timedelta(0)) -> None:
        """A part is done. The rest is due after the wait, and after the other jobs that are due."""
        self.leased_until = None
        self.due_at = at + wait
        self.attempts = 0
        self.last_error, self.failure, self.tried_at = "", Failure.NONE, at

    def retry(self, *, at: datetime) -> bool:
        """Due now and before all others, also after giving up, or while a worker holds it. What is done stays done:
        then the answer is False."""
        if self.state not in (State.WAITING, State.GIVEN_UP):
            return False
        self.state = State.WAITING
        self.due_at = at
        self.asked_for = True
        if self.leased_until is not None:
            # The lease ends now and is not forgotten: who asks meanwhile still finds a job that has begun.
            self.leased_until = at
        return True

    def was_taken_from(self, holder: "Job") -> bool:
        """Whether this worker's lease has been ended or replaced since it claimed the job."""
        return self.leased_until != holder.leased_until

    def _end(self, state: State, at: datetime) -> None:
        self.leased_until = None
        self.asked_for = False
        if self.again_at is None:
            self.state = state
            return
        self.due_at, self.again_at = max(self.again_at, at), None
        self.attempts, self.progress, self.last_error, self.failure = 0, "", "", Failure.NONE


def is_held(leased_until: datetime | None, at: datetime) -> bool:
    """Whether a worker has the job now."""
    return leased_until is not None and at < leased_until <= at + LONGEST_LEASE


def phase_of(state: State, *, leased_until: datetime | None, last_error: str, at: datetime) -> Phase:
    match state:
        case State.WAITING if is_held(leased_until, at):
            return Phase.RUNNING
        case State.WAITING:
            return Phase.FAILING if last_error else Phase.WAITING
        case _:
            return _ENDED[state]
