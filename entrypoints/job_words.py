"""Jobs in words: what each does, and how far it is."""

from collections.abc import Callable

from application.ports.outbox import JobCard
from domain.job_kinds import JobKind
from domain.rerendering import Progress
from entrypoints.words import N_, Translate

# Descriptions of jobs.
_JOBS = {
    JobKind.WELCOME: N_("Send a welcome to {address}"),
    JobKind.CONFIRM: N_("Let {member} confirm the address {address}"),
    JobKind.RESET_PASSWORD: N_("Reset the password of the account at {address}"),
    JobKind.PASSWORD_CHANGED: N_("Tell {member} at {address} that their password was changed"),
    JobKind.CHANGE_EMAIL: N_("Let {member} confirm the new address {address}"),
    JobKind.EMAIL_CHANGING: N_("Tell {member} at {address} that their address is being changed"),
    JobKind.NEW_MEMBER: N_("Tell {address} that {member} has joined"),
    JobKind.ADMITTED: N_("Tell {member} at {address} that they are a member now"),
    JobKind.DECLINED: N_("Tell {address} that they were not admitted, and free the username"),
    JobKind.SOMEBODY_WAITS: N_("Tell {member} at {address} that somebody waits to be admitted"),
    JobKind.TELL_MODERATORS: N_("Tell the moderators that somebody waits, at most once an hour"),
    JobKind.ADMIT_ALL: N_("Admit everybody who waits, because the site is open now"),
    JobKind.NOTICE: N_("Tell {member} at {address} what was decided about them"),
    JobKind.SANCTION_ENDED: N_("Tell {member} at {address} that a sanction has ended"),
    JobKind.REPORT_SETTLED: N_("Tell {address} what came of a report"),
    JobKind.TELL_REPORTERS: N_("Tell those who reported something what came of it"),
    JobKind.URGENT_CASE: N_("Tell {member} at {address} that several people report the same"),
    JobKind.TELL_OF_CASE: N_("Tell the moderators that several people report the same"),
    JobKind.TELL_WATCHERS: N_("Tell those who watch a post of a comment below it"),
    JobKind.GATHER_MAILS: N_("Put what members have not read into mails"),
    JobKind.NOTIFICATIONS: N_("Tell {member} at {address} what they have not read"),
    JobKind.HIDE_ALL: N_("Hide all that {member} has published"),
    JobKind.RESTORE_ALL: N_("Restore all of {member} that was hidden at once"),
    JobKind.RENAME_TAG: N_("Write the new name of a tag beside its posts"),
    JobKind.UNFOLLOW_ALL: N_("Remove the follows of a former member"),
    JobKind.ERASE_ALL: N_("Erase what a former member wrote"),
    JobKind.REMOVE_PICTURE: N_("Remove the files of a picture"),
    JobKind.PURGE: N_("Remove for good what was deleted 30 days ago"),
    JobKind.RERENDER: N_("Render anew what an older version made"),
    JobKind.RERENDER_ALL: N_("Render all texts anew"),
    JobKind.INDEX: N_("Make the index of the search"),
    JobKind.PROBE: N_("Check that a worker runs"),
    JobKind.INCIDENT: N_("Tell {address} about a program error"),
}


def about(job: JobCard, translate: Translate = str, named: Callable[[str], str] = "@{}".format) -> str:
    """The description of a job, in one line. `named` makes what stands for a member, from the username."""
    member = translate(N_("a former member")) if job.username is None else named(job.username)
    return translate(_JOBS[job.kind]).format(member=member, address=job.address)


def progress(job: JobCard, translate: Translate = str) -> str:
    """How far a job is that counts texts, in a sentence. Empty for another one, and before it begins."""
    if job.kind not in (JobKind.RERENDER, JobKind.RERENDER_ALL, JobKind.INDEX) or not job.progress:
        return ""
    made = Progress.parse(job.progress)
    text = translate(N_("{done} of {total} texts"))
    if made.refused:
        text = translate(N_("{done} of {total} texts; {refused} could not be rendered and stay as they were"))
    return text.format(done=f"{made.done:,}", total=f"{made.total:,}", refused=f"{made.refused:,}")
