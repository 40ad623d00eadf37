"""The kinds of jobs in the outbox: what to do, and how it is tried."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


@dataclass(frozen=True, slots=True)
class Terms:
    """How a kind of job is tried. A worker holds a job for the lease. After a failure the job waits for `first_wait`,
    and twice as long after each further one. `give_up_after` counts from when the job was first asked for. None means
    never."""

    is_mail: bool
    lease: timedelta
    first_wait: timedelta = timedelta(seconds=10)
    longest_wait: timedelta = timedelta(hours=1)
    give_up_after: timedelta | None = None


class JobKind(Enum):
    """What to do."""

    WELCOME = "welcome"  # somebody registered with this address; its owner may be a member already
    CONFIRM = "confirm"
    RESET_PASSWORD = "reset_password"
    PASSWORD_CHANGED = "password_changed"
    CHANGE_EMAIL = "change_email"  # to the new address, with the link
    EMAIL_CHANGING = "email_changing"  # to the old address
    NEW_MEMBER = "new_member"
    ADMITTED = "admitted"
    DECLINED = "declined"  # its name and address are free after the mail
    SOMEBODY_WAITS = "somebody_waits"  # to a moderator
    TELL_MODERATORS = "tell_moderators"  # each of them gets a mail; then it rests
    ADMIT_ALL = "admit_all"  # who waits because of a mode that the site has left; the key names the present one
    NOTICE = "notice"  # to whom an act of moderation concerns; the subject is its entry in the log
    SANCTION_ENDED = "sanction_ended"  # the subject is the sanction
    REPORT_SETTLED = "report_settled"  # to a reporter; the subject is the report
    TELL_REPORTERS = "tell_reporters"  # those of settled cases
    URGENT_CASE = "urgent_case"  # to a moderator; the subject is the case
    TELL_OF_CASE = "tell_of_case"  # each moderator gets a mail about the case `subject_id`
    TELL_WATCHERS = "tell_watchers"  # of the comment `subject_id`
    GATHER_MAILS = "gather_mails"  # what members have not read goes into a mail to each of them
    NOTIFICATIONS = "notifications"  # to a member; what it tells of names the mail
    HIDE_ALL = "hide_all"  # what a member published; the subject is the entry in the log
    RESTORE_ALL = "restore_all"  # what the entry with the id `subject_id` has hidden
    UNFOLLOW_ALL = "unfollow_all"
    ERASE_ALL = "erase_all"
    RENAME_TAG = "rename_tag"  # beside the posts of the tag `subject_id`
    REMOVE_PICTURE = "remove_picture"  # the files of the picture `subject_id`, whose row is gone
    PURGE = "purge"  # what was deleted long ago, and old copies in the moderation log
    RERENDER = "rerender"  # what an older renderer than that of version `subject_id` made
    RERENDER_ALL = "rerender_all"  # every text
    INDEX = "index"  # for the search, what is in it not yet, or from another version than `subject_id`
    PROBE = "probe"  # nothing: that it gets done shows that a worker runs
    INCIDENT = "incident"  # a mail about a program error; the key names the incident

    @property
    def terms(self) -> Terms:
        return _TERMS.get(self, _MAIL)


_MAIL = Terms(is_mail=True, lease=timedelta(minutes=2), give_up_after=timedelta(days=3))
# What a former member leaves behind has to go, and what a decision hides or restores with it, however long that takes.
_REMOVAL = Terms(is_mail=False, lease=timedelta(minutes=1))
# A turn at the renderer, or a newer worker, comes soon, or never if that version was taken back.
_RERENDERING = Terms(
    is_mail=False, lease=timedelta(minutes=1), longest_wait=timedelta(minutes=1), give_up_after=timedelta(days=7)
)
# Somebody waits for what it does.
_PROMPT = Terms(is_mail=False, lease=timedelta(minutes=1), longest_wait=timedelta(minutes=10))
# The command that asks for a probe waits for some seconds.
_PROBE = Terms(is_mail=False, lease=timedelta(minutes=1), give_up_after=timedelta(minutes=10))
# Those that are not a mail.
_TERMS = {
    JobKind.TELL_MODERATORS: _PROMPT,
    JobKind.ADMIT_ALL: _PROMPT,
    JobKind.TELL_REPORTERS: _PROMPT,
    JobKind.TELL_OF_CASE: _PROMPT,
    JobKind.TELL_WATCHERS: _PROMPT,
    JobKind.GATHER_MAILS: _PROMPT,
    JobKind.HIDE_ALL: _REMOVAL,
    JobKind.RESTORE_ALL: _REMOVAL,
    JobKind.UNFOLLOW_ALL: _REMOVAL,
    JobKind.ERASE_ALL: _REMOVAL,
    JobKind.RENAME_TAG: _REMOVAL,
    JobKind.REMOVE_PICTURE: _REMOVAL,
    JobKind.PURGE: _REMOVAL,
    JobKind.RERENDER: _RERENDERING,
    JobKind.RERENDER_ALL: _RERENDERING,
    JobKind.INDEX: _RERENDERING,
    JobKind.PROBE: _PROBE,
}
