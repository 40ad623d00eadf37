"""`chapbook doctor` and the settings: what does not parse, who may read secrets, what does not fit."""

import secrets
from pathlib import Path

import pytest

from entrypoints.doctor.findings import Level
from tests.entrypoints.conftest import SetUp


def test_settings_that_do_not_parse_are_a_fault_each(bare: SetUp) -> None:
    bare.set(port="eighty", mail_url="pigeon://home", bas_url="https://blog.example.com")

    found = bare.look("settings", "environment")

    assert [each.level for each in found] == [Level.FAULT] * 3 + [Level.UNKNOWN]
    mail = "smtp://user:password@host:port, smtps://…, smtp+starttls://…, file:var/mail or console:"
    assert [each.remedy for each in found[:3]] == [
        "There is no setting CHAPBOOK_BAS_URL; did you mean CHAPBOOK_BASE_URL?",
        "Set CHAPBOOK_PORT to a whole number from 1 to 65535.",
        f"Set CHAPBOOK_MAIL_URL to {mail}.",
    ]
    names = ("CHAPBOOK_BAS_URL", "CHAPBOOK_PORT", "CHAPBOOK_MAIL_URL")
    assert [each.says for each in found[:3]] == [
        f"{name} is not right, and nothing starts (3 are not: {', '.join(names)})." for name in names
    ]
    assert found[3].says == "Not looked at, because the settings are not right."


def test_one_setting_that_does_not_parse_is_named(bare: SetUp) -> None:
    bare.set(port="eighty")

    assert bare.fault("settings").startswith("CHAPBOOK_PORT is not right, and nothing starts. Set CHAPBOOK_PORT to")


def test_an_env_file_that_cannot_be_read_is_named(bare: SetUp) -> None:
    (bare.folder / ".env").write_bytes(b"\xff")

    assert bare.fault("settings").startswith(".env is not right, and nothing starts. Make .env readable")


@pytest.mark.parametrize("name", ["secret_key", "mail_ca"])
def test_a_file_that_is_missing_is_one_fault(bare: SetUp, name: str) -> None:
    bare.set(secret_key="" if name == "secret_key" else "7c1e5a90b3d2f846" * 2 + "a8", **{f"{name}_file": "/no/file"})

    variable = f"CHAPBOOK_{name.upper()}_FILE"
    assert bare.fault("settings").startswith(
        f"{variable} is not right, and nothing starts. {variable} needs the readable text file /no/file."
    )


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "There is none, and no file var/secret-key; `(umask 077;"),
        ("thirteenbytes", "The one that is set has 13 bytes. Without it, var/secret-key is read; `(umask 077;"),
        ("x" * 64, "The one that is set can be guessed. Without it, var/secret-key is read;"),
    ],
)
def test_what_is_wrong_with_a_secret_key_is_said(bare: SetUp, key: str, says: str) -> None:
    bare.set(secret_key=key)

    assert says in bare.fault("settings")


@pytest.mark.parametrize("key", ["", "hard to guess string", "x" * 64])
def test_a_secret_key_that_is_missing_or_weak_is_a_fault(bare: SetUp, key: str) -> None:
    bare.set(secret_key=key)

    says = bare.fault("settings")

    assert "Set CHAPBOOK_SECRET_KEY to at least 32 random bytes" in says
    assert not key or key not in says


def key_file(setup: SetUp) -> Path:
    path = setup.folder / "var" / "secret-key"
    path.parent.mkdir()
    return path


def named_file(setup: SetUp) -> Path:
    setup.set(secret_key_file=str(setup.folder / "key"))
    return setup.folder / "key"


@pytest.mark.parametrize("place", [key_file, named_file])
def test_a_secret_key_that_everybody_may_read_is_a_fault(bare: SetUp, place: object) -> None:
    bare.set(secret_key="")
    assert callable(place)
    path = place(bare)
    path.write_text(secrets.token_hex(32))
    path.chmod(0o640)
    assert bare.is_well("settings", "secrets")

    path.chmod(0o644)

    assert f"Run `chmod o-rwx {path.relative_to(bare.folder) if place is key_file else path}`" in bare.fault("secrets")


def test_an_env_file_with_a_secret_that_everybody_may_read_is_a_fault(bare: SetUp) -> None:
    path = bare.folder / ".env"
    path.write_text("CHAPBOOK_SITE_NAME=The Room\n")
    path.chmod(0o644)
    assert bare.is_well("secrets")

    path.write_text("CHAPBOOK_MAIL_URL=smtp://me:mellon@mail.example.com\n")

    says = bare.fault("secrets")
    assert "Everybody on this machine may read or change .env" in says
    assert "mellon" not in says
    path.chmod(0o600)
    assert bare.is_well("secrets")


def test_development_at_a_public_address_is_a_fault(bare: SetUp) -> None:
    for private in ("http://127.0.0.1:8000", "http://[::1]", "http://box", "https://x.test", "http://192.168.0.7"):
        bare.set(base_url=private)
        assert bare.is_well("environment"), private
    for public in ("https://blog.example.com", "http://8.8.8.8"):
        bare.set(base_url=public)
        assert bare.fault("environment").endswith("Set CHAPBOOK_ENV to production.")


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"base_url": "http://127.0.0.1:8000"}, "Set CHAPBOOK_BASE_URL to the address where readers find the site."),
        ({"base_url": "http://blog.example.com"}, "and set CHAPBOOK_BASE_URL to https://..."),
        ({"storage": "memory"}, "Set CHAPBOOK_STORAGE to sql."),
        ({"rate_limits": "off"}, "Set CHAPBOOK_RATE_LIMITS to on."),
    ],
)
def test_what_is_not_for_production_is_a_warning(bare: SetUp, given: dict[str, str], remedy: str) -> None:
    bare.set(env="production", password_memory_kib="", password_rounds="", base_url="https://blog.example.com")
    assert bare.is_well("environment")

    bare.set(**given)

    assert remedy in bare.warning("environment")


def test_allowed_hosts_without_the_host_of_the_base_url_are_a_fault(
    bare: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    bare.set(base_url="https://blog.example.com", allowed_hosts="www.example.com")
    assert "Set CHAPBOOK_ALLOWED_HOSTS to a list with blog.example.com" in bare.fault("hosts")
    # No request was refused.
    assert not caplog.records

    for good in ("www.example.com,blog.example.com", ".example.com", ""):
        bare.set(allowed_hosts=good)
        assert bare.is_well("hosts"), good
    bare.set(base_url="http://[::1]:8000")
    assert bare.is_well("hosts")
