"""Translates codes into sentences, for all edges. A sentence says what to do next. The sentences here are English. The
caller passes a function that translates them."""

import re
import unicodedata
from collections.abc import Callable
from typing import Protocol

from domain.errors import Conflict, Problem
from domain.roles import Role

Translate = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 - the name by which extraction knows it
    """Marks a text for the catalogues. The text is translated when it is shown."""
    return text


# Sentences by code, or by code and field.
_SENTENCES = {
    "required": N_("Please fill this in."),
    "required.file": N_("Please choose a file first."),
    "picture_too_large": N_("This file has more than 10 MB. Please make the picture smaller, or save it as JPEG."),
    "no_room": N_("You have no room for more pictures. Please remove some first, under “Pictures”."),
    "not_a_picture": N_("This is not a picture that can be shown here. Please send JPEG, PNG, WebP, GIF or AVIF."),
    "heic": N_(
        "This is a HEIC photo, which most browsers cannot show. On an iPhone choose Settings, Camera, Formats, "
        "“Most Compatible” for the next photos. Send this one as JPEG."
    ),
    "too_many_pixels": N_("This picture has more than 50 megapixels. Please make it smaller and send it again."),
    "picture_too_long": N_("A side of this picture is longer than {limit:,} pixels. Please cut it or make it smaller."),
    "picture_damaged": N_(
        "This picture cannot be read: the file is damaged, or too complex. Please open it, save it anew and send that."
    ),
    "nothing_sought": N_("Name a word to look for. What must not be there is not enough."),
    "no_date": N_("A day is written like this: 2026-01-31."),
    "too_long": N_("This has {length:,} characters; at most {limit:,} fit."),
    "too_short": N_("This is too short: at least {limit} characters."),
    "forbidden_character": N_(
        "There is a character in it that cannot be used here, such as a hidden control character."
    ),
    "choice": N_("Please choose one of these."),
    "kind_unknown": N_("You are told of no such thing."),
    "notice_fixed": N_("What moderators decide about you is always told, on the site and by mail."),
    "at_sign": N_("A display name has no @, because that begins usernames."),
    "taken.username": N_("This username is taken. Please choose another one."),
    "taken.email": N_("Another account has this address already."),
    "reserved": N_("This name is reserved. Please choose another one."),
    "too_soon": N_("You changed it less than 30 days ago. You can change it again from {time} on."),
    "username_form": N_(
        "Usernames start with a letter A-Z and have only letters, digits, dots and underscores, with no dot at the end."
    ),
    "email_form": N_("This is not an email address that mail can reach, such as susan@example.com."),
    "same_email": N_("This is your address already."),
    "passwords_differ": N_("The two passwords are not the same."),
    "password_repeats": N_("One character over and over is easy to guess. Please mix them."),
    "password_is_name": N_("Your own name or address is easy to guess. Please choose something else."),
    "password_common": N_("This is one of the passwords that are tried first. Please choose a less common one."),
    "wrong_password": N_("This is not your current password."),
    "bad_credentials": N_("Invalid email, username or password."),
    "too_complex": N_("This text nests too much to be shown in time. Please simplify it: fewer levels, fewer marks."),
    "version": N_("This form is damaged. Please open the page again."),
    "unknown_field": N_("There is no such field."),
    "reused": N_("You sent a text from this form already. Send it again to publish this one too."),
    "last_administrator": N_("Somebody has to run this place: make another member administrator first."),
    "number_of_people": N_("An invitation is for 1 to {limit} people."),
    "days": N_("Please give a number of days from 1 to {limit}, or nothing for until it is lifted."),
    "sanctioned": N_("This member is silenced or suspended. Lift that first."),
    "rule_form": N_("Please give the number of the rule, or “law”."),
    "follow_self": N_("You cannot follow yourself: your own posts are in your timeline anyway."),
    "only_illegal": N_("Without an account you can report what is illegal. Sign in to report anything else."),
    "not_answerable": N_("This comment cannot be answered: it is hidden, or gone, or below another post."),
    "contact_form": N_("Please give an email address, or the address of a page that begins with https://."),
    "like_self": N_("You cannot like what you wrote yourself."),
    "tag_form": N_("A tag has only letters, digits and hyphens: please change “{tag}”."),
    "tag_too_long": N_("A tag has at most {limit} characters: please shorten “{tag}”."),
    "too_many_tags": N_("These are {count:,} tags; a post has at most {limit}."),
    "mute_self": N_("You cannot mute or block yourself."),
}

# What the state of a thing does not allow.
_CONFLICTS = {
    "too_many_invitations": N_("You have {limit} open invitations already. End one of them first."),
    "admitted": N_("This person is a member already: somebody else has admitted them."),
    "declined": N_("Somebody else has declined this person already."),
    "not_confirmed": N_("This person has not confirmed the address yet."),
    "not_sanctioned": N_("No sanction of this member holds now: it has ended, or somebody else has lifted it."),
    "nothing_hidden_at_once": N_("Nothing of this member is hidden at once now: somebody else has restored it."),
    "not_appealable": N_("This cannot be appealed."),
    "too_late_to_appeal": N_("This is more than six months ago. An appeal was possible until then."),
    "appealed": N_("You have appealed against this already. Once is enough: somebody reads it."),
    "appeal_upheld": N_("Somebody else has decided this appeal already: it stays as it is."),
    "appeal_reversed": N_("Somebody else has decided this appeal already: it is undone."),
    "case_settle": N_("{who} has settled this case already, and left everything as it is."),
    "case_hide": N_("{who} has settled this case already: the text is hidden."),
    "case_delete": N_("{who} has settled this case already: the text is deleted."),
    "case_hide_all": N_("{who} has settled this case already: all that the member had published is hidden."),
    "case_warn": N_("{who} has settled this case already, with a warning."),
    "case_silence": N_("{who} has settled this case already: the member is silenced."),
    "case_suspend": N_("{who} has settled this case already: the account is suspended."),
    "member_gone": N_("The member whom this concerns has left. Settle the case without an act on them."),
    "text_gone": N_("The text is gone already. Settle the case without hiding it."),
}

# The kinds of alerts in what members write, and of a post without words. They are stored in English
# (adapters/markdown/html.py).
_ALERTS = (N_("Note"), N_("Tip"), N_("Important"), N_("Warning"), N_("Caution"), N_("Picture"))
_ALERT = re.compile(rf'(?<=<p class="kind">)(?:{"|".join(_ALERTS)})(?=</p>)')

# The roles of members.
ROLES = (N_("User"), N_("Moderator"), N_("Administrator"))

# What stands behind the username of a member: the role, and at a comment whether they wrote the post above it.
_MARKS = {Role.MODERATOR: N_("moderator"), Role.ADMINISTRATOR: N_("administrator")}
_AUTHOR = N_("author")
# The classes of characters (UAX 9) that may reorder what stands beside them.
_RUNS_LEFT = frozenset({"R", "AL", "RLE", "RLO", "LRE", "LRO"})


class Named(Protocol):
    """A member who is named. `name` may be empty."""

    @property
    def username(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...


def sentence(problem: Problem, translate: Translate = str) -> str:
    """The sentence for a broken rule. It is in English unless `translate` is given."""
    text = _SENTENCES.get(f"{problem.code}.{problem.field}") or _SENTENCES[problem.code]
    return translate(text).format(**problem.values)


def conflict(error: Conflict, translate: Translate = str) -> str:
    values = {name: value or translate(N_("Somebody")) for name, value in error.values.items()}
    return translate(_CONFLICTS[error.code]).format(**values)


def marks(role: Role, *, is_author: bool = False, translate: Translate = str) -> tuple[str, ...]:
    found = (_MARKS.get(role), _AUTHOR if is_author else None)
    return tuple(translate(mark) for mark in found if mark)


def full_name(member: Named) -> str:
    """Name and username within a sentence. The name never stands alone, because anybody may have it."""
    if not member.name:
        return f"@{member.username}"
    # Isolates keep each in its own place, whichever way its letters run (UAX 9, section 2.7).
    if any(unicodedata.bidirectional(char) in _RUNS_LEFT for char in member.name):
        return f"\u2068{member.name}\u2069 (\u2068@{member.username}\u2069)"
    return f"{member.name} (@{member.username})"


def alerts_named(html: str, language: str = "en", translate: Translate = str) -> str:
    """The HTML of a member's text, with the kinds of its alerts in the reader's language, and the word that stands for
    a post of pictures alone. An alert takes its direction from its own text, and `bdi` leaves this word out of that."""
    return _ALERT.sub(lambda kind: f'<bdi lang="{language}">{translate(kind[0])}</bdi>', html)
