"""Moderation in words: what was done to whom, and what a case is about."""

from application.ports.cases import CaseCard
from application.ports.moderation import LogCard
from domain.moderation import Act, SubjectKind
from entrypoints.words import N_, Translate, full_name

# Acts in the moderation log.
_ACTS = {
    Act.HIDE: N_("Hid {thing} by {about}"),
    Act.RESTORE: N_("Restored {thing} by {about}"),
    Act.CLOSE: N_("Closed the comments below {thing} by {about}"),
    Act.REOPEN: N_("Reopened the comments below {thing} by {about}"),
    Act.DELETE: N_("Deleted {thing} by {about}"),
    Act.UNDELETE: N_("Brought back {thing} by {about}"),
    Act.ROLE: N_("Gave {about} the role {text}"),
    Act.CONFIRM: N_("Took the address of {about} as confirmed"),
    Act.UNCONFIRM: N_("Took the address of {about} as unconfirmed"),
    Act.DISABLE: N_("Barred {about} from signing in"),
    Act.ENABLE: N_("Let {about} sign in again"),
    Act.ADMIT: N_("Admitted {about}, who waited"),
    Act.DECLINE: N_("Declined {text}, who waited to be admitted"),
    Act.WARN: N_("Warned {about}"),
    Act.SILENCE: N_("Silenced {about} until {text}"),
    Act.SUSPEND: N_("Suspended {about} until {text}"),
    Act.HIDE_ALL: N_("Hid all that {about} had published"),
    Act.RESTORE_ALL: N_("Restored all of {about} that was hidden at once"),
    Act.REMOVE_PICTURE: N_("Removed a picture of {about}"),
    Act.LIFT: N_("Lifted the sanctions of {about}"),
    Act.UPHOLD: N_("Upheld a decision that {about} appealed against"),
    Act.REVERSE: N_("Undid a decision that {about} appealed against"),
    Act.NOTE: N_("Noted about {about}"),
    Act.RENAME_TAG: N_("Renamed the tag {text}"),
    Act.SETTLE: N_("Found nothing to do about {thing} of {about}"),
    Act.SITE: N_("Changed the site: {text}"),
}
# Of those, what has no text: what holds until somebody lifts it, and a name that is forgotten.
_WITHOUT_TEXT = {
    Act.DECLINE: N_("Declined somebody who waited to be admitted"),
    Act.SILENCE: N_("Silenced {about} until it is lifted"),
    Act.SUSPEND: N_("Suspended {about} until it is lifted"),
}
# The same acts, for whom they concern.
_DECISIONS = {
    Act.HIDE: N_("{who} has hidden {thing} of yours."),
    Act.RESTORE: N_("{who} shows {thing} of yours again."),
    Act.ADMIT: N_("{who} has admitted you."),
    Act.DECLINE: N_("{who} has not admitted you."),
    Act.CLOSE: N_("{who} has closed the comments below {thing} of yours."),
    Act.REOPEN: N_("{who} has reopened the comments below {thing} of yours."),
    Act.DELETE: N_("{who} has deleted {thing} of yours."),
    Act.UNDELETE: N_("{who} has brought back {thing} of yours."),
    Act.ROLE: N_("{who} has given you the role {text}."),
    Act.CONFIRM: N_("{who} has taken your address as confirmed."),
    Act.UNCONFIRM: N_("{who} has taken your address as unconfirmed."),
    Act.DISABLE: N_("{who} has barred you from signing in."),
    Act.ENABLE: N_("{who} lets you sign in again."),
    Act.WARN: N_("{who} has warned you."),
    Act.SILENCE: N_("{who} has silenced you."),
    Act.SUSPEND: N_("{who} has suspended your account."),
    Act.HIDE_ALL: N_("{who} has hidden all that you had published."),
    Act.RESTORE_ALL: N_("{who} shows again what was hidden of yours at once."),
    Act.REMOVE_PICTURE: N_("{who} has removed a picture of yours."),
    Act.LIFT: N_("{who} has lifted your sanctions."),
    Act.UPHOLD: N_("{who} has upheld what you appealed against."),
    Act.REVERSE: N_("{who} has undone what you appealed against."),
}
_THINGS = {
    SubjectKind.POST: N_("a post"),
    SubjectKind.COMMENT: N_("a comment"),
    SubjectKind.PERSON: N_("an account"),
    SubjectKind.SITE: N_("the site"),
}
# The fields of the site, as its form calls them.
SITE_FIELDS = {
    "name": N_("Name"),
    "tagline": N_("Tagline"),
    "greeting": N_("Greeting"),
    "about": N_("About"),
    "rules": N_("Rules"),
    "privacy": N_("Privacy"),
    "contact": N_("Contact"),
    "announcement": N_("Announcement"),
    "registration": N_("Who may join"),
}


def thing(kind: SubjectKind, translate: Translate = str) -> str:
    """What an act is about, within a sentence."""
    return translate(_THINGS[kind])


def act_pattern(entry: LogCard, translate: Translate = str) -> str:
    """What was done, with `{thing}` and `{about}` for what the edge makes of them, and `{text}` for a role or a
    time."""
    return translate(_ACTS[entry.act] if entry.text else _WITHOUT_TEXT.get(entry.act, _ACTS[entry.act]))


def changed_fields(text: str, translate: Translate = str) -> str:
    """Which fields of the site an act changed, as a list."""
    return ", ".join(translate(SITE_FIELDS.get(name, name)) for name in text.split())


def decision(entry: LogCard, translate: Translate = str) -> str:
    """What was done, for whom it concerns. It names no moderator."""
    who = N_("The administration") if entry.actor_id is None else N_("A moderator")
    values = {"who": translate(who), "thing": thing(entry.subject_kind, translate), "text": translate(entry.text)}
    return translate(_DECISIONS[entry.act]).format(**values)


def decision_told(act: Act, kind: SubjectKind, translate: Translate = str) -> str:
    """The same where only the act is known, and on what kind of thing."""
    values = {"who": translate(N_("A moderator")), "thing": thing(kind, translate), "text": ""}
    return translate(_DECISIONS[act]).format(**values)


def act_in_words(entry: LogCard) -> str:
    """When, who, what, of whom, and why, in one line of English."""
    whose = "a deleted member" if entry.about is None else full_name(entry.about)
    text = changed_fields(entry.text) if entry.act is Act.SITE else entry.text
    done = act_pattern(entry).format(thing=thing(entry.subject_kind), about=whose, text=text)
    who = "a deleted member" if entry.actor is None else full_name(entry.actor)
    who = "the command line" if entry.actor_id is None else who
    reason = f": {entry.reason}" if entry.reason else ""
    rule = f" (rule {entry.rule})" if entry.rule.isdigit() else f" ({entry.rule})" if entry.rule else ""
    return _printable(f"{entry.created_at:%Y-%m-%d %H:%M}  {who}: {done}{reason}{rule}")


def case_in_words(case: CaseCard) -> str:
    """Since when, what, of whom, what is wrong, and how many say so, in one line of English."""
    whose = "a deleted member" if case.about is None else full_name(case.about)
    what = whose if case.subject_kind is SubjectKind.PERSON else f"{thing(case.subject_kind)} of {whose}"
    kinds = ", ".join(kind.value for kind in case.kinds)
    reports = "1 report" if case.report_count == 1 else f"{case.report_count:,} reports"
    urgent = ", urgent" if case.is_urgent else ""
    return _printable(f"{case.created_at:%Y-%m-%d %H:%M}  {what}: {kinds} ({reports}{urgent})")


def _printable(line: str) -> str:
    """What members wrote may have line breaks, and controls that a terminal obeys."""
    return "".join(char if char.isprintable() else " " for char in line)
