"""From codes to sentences, for every edge. A sentence says what to do next."""

from domain.errors import Problem

_SENTENCES = {
    "required": "Please fill this in.",
    "too_long": "This is too long: at most {limit:,} characters.",
    "too_short": "This is too short: at least {limit} characters.",
    "forbidden_character": "There is a character in it that cannot be used here, such as a hidden control character.",
    "choice": "Please choose one of these.",
    "taken": "Somebody else has this already. Please choose another one.",
    "reserved": "This name is reserved. Please choose another one.",
    "username_form": (
        "Usernames start with a letter A-Z and have only letters, digits, dots and underscores, with no dot at the end."
    ),
    "email_form": "This is not an email address that mail can reach, such as susan@example.com.",
    "same_email": "This is your address already.",
    "passwords_differ": "The two passwords are not the same.",
    "password_repeats": "One character over and over is easy to guess. Please mix them.",
    "password_is_name": "Your own name or address is easy to guess. Please choose something else.",
    "password_common": "This is one of the passwords that are tried first. Please choose a less common one.",
    "wrong_password": "This is not your current password.",
    "bad_credentials": "Invalid email or password.",
    "too_complex": "This text nests too much to be shown in time. Please simplify it: fewer levels, fewer marks.",
    "version": "This form is damaged. Please open the page again.",
    "unknown_field": "There is no such field.",
    "reused": "You sent a text from this form already. Send it again to publish this one too.",
    "last_administrator": "Somebody has to run this place: make another member administrator first.",
    "follow_self": "You cannot follow yourself: your own posts are in your timeline anyway.",
}

# What scripts say; {n} and the like stand for numbers.
SCRIPT_WORDS = {
    "one_word": "{n} word, {length} of {limit} characters",
    "words": "{n} words, {length} of {limit} characters",
    "over": "{n} characters too many",
    "no_preview": "No preview just now. What you wrote is still here.",
    "draft": "Your unpublished draft is back.",
    "drop": "Throw it away",
    "more": "{n} more posts",
    "tools": "Markdown",
    "bold": "Bold",
    "italic": "Italic",
    "link": "Link",
    "quote": "Quotation",
    "list": "List",
    "code": "Code",
}


def sentence(problem: Problem) -> str:
    """What to tell whoever typed it."""
    return say(problem.code, problem.values)


def say(code: str, values: dict[str, object] | None = None) -> str:
    return _SENTENCES[code].format(**(values or {}))
