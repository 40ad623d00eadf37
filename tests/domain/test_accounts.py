"""Names, addresses, passwords, roles."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts import Account
from domain.credentials import acceptable, normal
from domain.errors import Forbidden, Invalid, NotFound
from domain.following import Follow
from domain.host_names import in_letters
from domain.identifiers import Email, Username, key_of
from domain.members import someone_else_administers
from domain.profiles import PublicProfile
from domain.roles import Permission, Role

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def account(**more: Any) -> Account:
    values: dict[str, Any] = {
        "id": 1,
        "username": Username("susan"),
        "email": Email("susan@example.com"),
        "password_hash": None,
    }
    return Account(**(values | {"confirmed": True} | more))


@pytest.mark.parametrize("name", ["a", "Susan", "s_u.s4n", "x" * 64, "a..b"])
def test_usernames_are_letters_digits_dots_and_underscores(name):
    assert Username.parse(name).text == name


@pytest.mark.parametrize(
    "name",
    ["", "1a", "_a", "a.", "a b", "a-b", "x" * 65, "ä", "а", "ａdmin", "adm\u0131n", "\u212aelvin", "a\n", "a\0", "@a"],
)
def test_other_names_are_refused(name):
    with pytest.raises(Invalid):
        Username.parse(name)


@pytest.mark.parametrize("name", ["admin", "Administrator", "ROOT", "api", "me", "feed"])
def test_some_names_are_reserved_in_every_spelling(name):
    with pytest.raises(Invalid) as refused:
        Username.parse(name)
    assert refused.value.problems[0].code == "reserved"


@pytest.mark.parametrize("email", ["a@b.co", "A.b+c@Example.COM", "o'hara@example.com", "x@xn--bcher-kva.example"])
def test_one_address_is_accepted(email):
    assert Email.parse(email).key == email.lower()


@pytest.mark.parametrize(
    "email",
    [
        "", "a", "@b.co",
        "a@", "a@b", "a@localhost", "a@b.co, c@d.co", "a@b.co\n", "a@b.co\r\nBcc: x@y.zz", "<a@b.co>",
        '"a b"@c.de', "a b@c.de", "a@b..co", ".a@b.co", "a.@b.co", "a@-b.co", "a@[127.0.0.1]",
        "a@127.0.0.1", "a\0@b.co",
        "a\u2028@b.co", "a\x85@b.co", "m\u0131ke@example.org", "x" * 65 + "@b.co",
        "a@" + "b" * 250 + ".co", "a@b.co;c@d.co", "a@@b.co",
    ],
)  # fmt: skip
def test_malformed_addresses_are_refused(email):
    with pytest.raises(Invalid):
        Email.parse(email)
    assert key_of(email) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("user@münchen.de", "user@xn--mnchen-3ya.de"),
        ("User@MÜNCHEN.de", "User@xn--mnchen-3ya.de"),
        ("user@mu\u0308nchen.de", "user@xn--mnchen-3ya.de"),
        ("user@straße.de", "user@xn--strae-oqa.de"),
        ("user@strasse.de", "user@strasse.de"),
        ("user@例え。テスト", "user@xn--r8jz45g.xn--zckzah"),
        ("user@例え．テスト", "user@xn--r8jz45g.xn--zckzah"),
        ("user@Ｅxample.com", "user@example.com"),
        ("user@ΛΌΓΟΣ.gr", "user@xn--oxapnq6b.gr"),
        ("user@mail.пример.рф", "user@mail.xn--e1afmkfd.xn--p1ai"),
        ("a@ex\u0430mple.com", "a@xn--exmple-4nf.com"),
    ],
)
def test_a_domain_of_other_letters_is_kept_in_ascii(typed, kept):
    assert Email.parse(typed).text == kept
    assert key_of(typed) == kept.lower()


def test_a_domain_is_read_in_its_letters():
    for written, read in (
        ("xn--mnchen-3ya.de", "münchen.de"),
        ("mail.xn--e1afmkfd.XN--p1ai", "mail.пример.рф"),
        ("example.com", "example.com"),
        ("xn--99999999.de", "xn--99999999.de"),
    ):
        assert in_letters(written) == read


@pytest.mark.parametrize(
    "domain",
    [
        "mün chen.de", "mün\u00adchen.de", "mün\u200dchen.de", "mün\ufe0fchen.de", "♥.de", "mün_chen.de", "münchen.",
        "ü",
        "-münchen.de", "münchen-.de", "mü--nchen.de", "\u0308u.de", "mün…chen.de", "x⒈y.de", "mün@chen.de", "ü..de",
        "ü" * 64 + ".de", "ü" * 59 + ".de", "mün\ud800chen.de", "xn--ü.de", "ｘn--abc.de", "b＠c.de", "\ufdfa.de",
    ],
)  # fmt: skip
def test_other_domains_are_refused(domain):
    with pytest.raises(Invalid) as refused:
        Email.parse(f"a@{domain}")
    assert refused.value.problems[0].code == "email_form"


def test_a_wide_at_sign_is_none():
    with pytest.raises(Invalid):
        Email.parse("a＠example.com")


def test_the_limit_is_that_of_the_encoded_address():
    with pytest.raises(Invalid) as refused:
        Email.parse("a@" + ".".join(["ü" * 40] * 6) + ".de")
    assert refused.value.problems[0].code == "too_long"


words = st.text(st.characters(categories=["L", "M", "N", "Pd", "Po"]), min_size=1, max_size=12)


@given(st.one_of(st.text(), st.lists(words, min_size=2, max_size=3).map(lambda labels: f"a@{'.'.join(labels)}")))
def test_what_is_taken_is_ascii_and_stays_as_it_is(text):
    for parse in (Username.parse, Email.parse):
        with contextlib.suppress(Invalid):
            taken = parse(text).text
            assert taken.isascii()
            assert parse(taken).text == taken
            if text.isascii():
                assert taken == text


def check(password: str) -> str:
    return acceptable(password, username="susan.smith", email="susie99@example.com", common={"password", "12345678"})


@pytest.mark.parametrize("password", ["eight888", "x y z w v u", "пароль из слов", "🙂🙃🙂🙃🙂🙃🙂🙃", "ab" * 64])
def test_passwords_may_have_any_characters(password):
    assert check(password) == password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "required"),
        ("seven77", "too_short"),
        ("ab" * 64 + "c", "too_long"),
        ("x" * 1_000_000, "too_long"),
        ("aaaaaaaaaa", "password_repeats"),
        ("Susan.Smith", "password_is_name"),
        ("susie99@EXAMPLE.com", "password_is_name"),
        ("PassWord", "password_common"),
        ("eight888\0", "forbidden_character"),
        ("eight888\ud800", "forbidden_character"),
    ],
)
def test_guessable_passwords_are_refused(password, code):
    with pytest.raises(Invalid) as refused:
        check(password)
    assert refused.value.problems[0].code == code


def test_the_same_letters_are_the_same_password():
    assert normal("A\u030angström") == normal("Ångström")


@pytest.mark.parametrize(
    ("role", "held"),
    [
        (Role.USER, {"FOLLOW", "COMMENT", "WRITE"}),
        (Role.MODERATOR, {"FOLLOW", "COMMENT", "WRITE", "MODERATE"}),
        (Role.ADMINISTRATOR, {"FOLLOW", "COMMENT", "WRITE", "MODERATE", "ADMINISTER"}),
    ],
)
def test_a37_a38_roles_hold_permissions(role, held):
    reader = account(role=role).reader
    assert {permission.name for permission in Permission if reader.can(permission)} == held


def test_a_check_of_several_permissions_needs_all_of_them():
    assert account().reader.can(Permission.WRITE | Permission.COMMENT)
    assert not account().reader.can(Permission.WRITE | Permission.MODERATE)


def test_an_unconfirmed_administrator_has_no_permission():
    with pytest.raises(Forbidden) as refused:
        account(role=Role.ADMINISTRATOR, confirmed=False).require(Permission.FOLLOW, at=NOW)
    assert refused.value.code == "unconfirmed"


@pytest.mark.parametrize("state", [{"disabled": True}, {"deleted": True}])
def test_a_disabled_or_deleted_member_has_no_permission(state):
    with pytest.raises(Forbidden):
        account(role=Role.ADMINISTRATOR, **state).require(Permission.FOLLOW, at=NOW)
    assert not account(role=Role.ADMINISTRATOR, **state).administers


def test_an_administrator_without_another_one_is_the_last():
    assert not someone_else_administers(account(), [1])
    assert someone_else_administers(account(), [1, 2])
    assert not someone_else_administers(account(), [])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "at_sign") for name in ("@ada", "Ada @ada", "Ada \uff20ada", "a\ufe6bb")),
        *((name, "reserved") for name in ("Moderator", " ADMIN ", "\uff21dministrator", "author", "版主", "作者")),
    ],
)
def test_a_display_name_does_not_read_like_a_username_or_a_mark(name, code):
    with pytest.raises(Invalid) as refused:
        PublicProfile.parse(name=name, location="", about_me="")
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("name", code)]


def test_other_display_names_are_free():
    for name in ("", "Ada Lovelace", "Moderator of the book club", "陆一", "Ruth (author)"):
        assert PublicProfile.parse(name=name, location="", about_me="").name == name


def test_what_a_rule_forbids_names_an_address_that_is_not_confirmed():
    account().require_that(True, at=NOW)
    for member, code in (
        (account(confirmed=False), "unconfirmed"),
        (account(disabled=True), "permission"),
        (account(confirmed=False, disabled=True), "permission"),
    ):
        with pytest.raises(Forbidden) as refused:
            member.require_that(True, at=NOW)
        assert refused.value.code == code
    with pytest.raises(Forbidden):
        account().require_that(False, at=NOW)


def test_nobody_begins_to_follow_a_member_who_has_left():
    with pytest.raises(NotFound):
        Follow.begin(id=1, follower=account(), followed=account(id=2, deleted=True), at=NOW)
