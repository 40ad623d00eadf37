"""Settings: where they come from, what they become, and the sentence for each that cannot be."""

import secrets
import ssl
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.memory.picture_files import MemoryPictureFiles
from adapters.pictures.object_store import BucketPictureFiles
from application.ports.mailing import Letter, LoginRefused, MailServerFailed
from entrypoints.choices import mailer_for, picture_accel_of, pictures_for, sender_of, utc_now
from entrypoints.mail_url import MASK, MailUrl
from entrypoints.pictures_url import PicturesUrl
from entrypoints.secret_key import make_secret_key
from entrypoints.settings import BadSettings, Settings, load_settings
from tests.certificates import self_signed
from tests.smtp_server import SmtpServer

KEY = secrets.token_hex(32)


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(**given: str) -> Settings:
    """With a good key, and only what is given: `port` is CHAPBOOK_PORT."""
    names = {"secret_key": KEY} | given
    return load_settings({f"CHAPBOOK_{name.upper()}": value for name, value in names.items() if value}, None)


def problems(**given: str) -> str:
    with pytest.raises(BadSettings) as caught:
        load(**given)
    return str(caught.value)


def test_only_the_secret_key_is_required(working_directory: Path) -> None:
    settings = load()

    assert settings.env == "production"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.allowed_hosts == ("127.0.0.1",)
    assert settings.database_url == f"sqlite:///{working_directory}/var/chapbook.db"
    assert settings.mail_url == MailUrl("file", path=working_directory / "var/mail")
    assert settings.pictures_url == PicturesUrl("file", working_directory / "var/pictures")
    assert settings.mail_from == "Chapbook <noreply@localhost>"
    assert (settings.workers, settings.threads) == (2, 8)
    assert (settings.posts_per_page, settings.comments_per_page, settings.followers_per_page) == (20, 30, 50)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().port = 1


def test_the_environment_comes_before_the_dotenv_file(working_directory: Path) -> None:
    dotenv = working_directory / ".env"
    dotenv.write_text(f'CHAPBOOK_SECRET_KEY={KEY}\nCHAPBOOK_PORT=9001\nCHAPBOOK_SITE_NAME="Our ${{HOME}}"\nOTHER=1\n')

    settings = load_settings({"CHAPBOOK_PORT": "9002"})

    assert settings.port == 9002
    assert settings.site_name == "Our ${HOME}"


def test_a_dotenv_file_that_is_not_text_is_a_problem(working_directory: Path) -> None:
    (working_directory / ".env").write_bytes(b"\xff\xfe")

    with pytest.raises(BadSettings, match=r"Make \.env readable"):
        load_settings({"CHAPBOOK_SECRET_KEY": KEY})


def test_the_port_variable_is_used_without_chapbook_port() -> None:
    key = {"CHAPBOOK_SECRET_KEY": KEY}

    assert load_settings(key | {"PORT": "9000"}, None).base_url == "http://127.0.0.1:9000"
    assert load_settings(key | {"PORT": "9000", "CHAPBOOK_PORT": "9001"}, None).port == 9001


def test_a_platform_names_the_database_without_the_prefix() -> None:
    key, theirs = {"CHAPBOOK_SECRET_KEY": KEY}, {"DATABASE_URL": "postgres://u:p@db.example.com/theirs"}

    assert load_settings(key | theirs, None).database_url == "postgresql+psycopg://u:p@db.example.com/theirs"
    ours = {"CHAPBOOK_DATABASE_URL": "postgresql://db.example.com/ours"}
    assert load_settings(key | theirs | ours, None).database_url.endswith("/ours")
    in_development = load_settings(key | theirs | {"CHAPBOOK_ENV": "development"}, None)
    assert in_development.database_url.startswith("sqlite:")


def test_an_empty_variable_sets_nothing() -> None:
    assert load_settings({"CHAPBOOK_SECRET_KEY": KEY, "CHAPBOOK_PORT": "", "PORT": ""}, None).port == 8000


def test_a_setting_may_be_read_from_a_file(working_directory: Path) -> None:
    (working_directory / "name").write_text("Our blog\n")

    assert load(site_name_file="name").site_name == "Our blog"
    assert "CHAPBOOK_SITE_NAME_FILE needs the readable text file none" in problems(site_name_file="none")
    assert "either CHAPBOOK_SITE_NAME or CHAPBOOK_SITE_NAME_FILE" in problems(site_name="x", site_name_file="name")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"prot": "1"}, "There is no setting CHAPBOOK_PROT; did you mean CHAPBOOK_PORT?"),
        ({"secret_kye_file": "x"}, "did you mean CHAPBOOK_SECRET_KEY_FILE?"),
        ({"zzz": "x"}, "There is no setting CHAPBOOK_ZZZ; remove it."),
        ({"env": "test"}, "Set CHAPBOOK_ENV to `production` or `development`."),
        ({"port": "0"}, "Set CHAPBOOK_PORT to a whole number from 1 to 65535."),
        ({"port": "9_000"}, "Set CHAPBOOK_PORT"),
        ({"port": "٩٠٠٠"}, "Set CHAPBOOK_PORT"),
        ({"threads": "many"}, "Set CHAPBOOK_THREADS"),
        ({"host": "a b"}, "Set CHAPBOOK_HOST"),
        ({"site_name": "x\r\nBcc: y"}, "Set CHAPBOOK_SITE_NAME"),
        ({"site_name": "x" * 65}, "Set CHAPBOOK_SITE_NAME"),
        ({"allowed_hosts": "https://blog.example.com"}, "Set CHAPBOOK_ALLOWED_HOSTS"),
        ({"allowed_hosts": "*"}, "Set CHAPBOOK_ALLOWED_HOSTS"),
        ({"admin_email": "admin"}, "Set CHAPBOOK_ADMIN_EMAIL"),
        ({"posts_per_page": "101"}, "Set CHAPBOOK_POSTS_PER_PAGE"),
        ({"registration": "maybe"}, "Set CHAPBOOK_REGISTRATION"),
        ({"secret_key_fallbacks": "short"}, "Set CHAPBOOK_SECRET_KEY_FALLBACKS"),
    ],
)
def test_an_invalid_setting_is_reported_in_a_sentence(given: dict[str, str], sentence: str) -> None:
    assert sentence in problems(**given)


def test_all_problems_are_reported_at_once_without_their_consequences() -> None:
    told = problems(port="x", storage="tape").splitlines()

    assert [line.split()[1] for line in told] == ["CHAPBOOK_PORT", "CHAPBOOK_STORAGE"]


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://Blog.Example.com/", "https://blog.example.com"),
        ("https://blog.example.com:443", "https://blog.example.com"),
        ("http://blog.example.com:8080", "http://blog.example.com:8080"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_is_normalised(given: str, normal: str) -> None:
    assert load(base_url=given).base_url == normal


@pytest.mark.parametrize(
    "url",
    [
        "blog.example.com", "ftp://blog.example.com", "https://", "https://x/blog", "https://x?a=b", "https://x/?",
        "https://x#y", "https://user:pass@x", "https://x:99999", "https://x y", "https://x\\y", "https://ex\u0430mple.com",
    ],
)  # fmt: skip
def test_a_base_url_is_an_origin_without_a_path(url: str) -> None:
    assert problems(base_url=url).startswith("Set CHAPBOOK_BASE_URL")


def test_the_hosts_follow_the_base_url() -> None:
    assert load(base_url="https://blog.example.com:8443").allowed_hosts == ("blog.example.com",)
    assert load(base_url="http://blog.example.com", env="development").allowed_hosts == (
        "blog.example.com",
        "127.0.0.1",
        "localhost",
    )
    assert load(allowed_hosts="One.example, .two.example").allowed_hosts == ("one.example", ".two.example")


def test_only_an_https_address_is_https() -> None:
    assert load(base_url="https://blog.example.com").is_https
    assert not load().is_https


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("postgres://app:p%40ss@db/blog", "postgresql+psycopg://app:p%40ss@db/blog"),
        ("postgresql://app@/blog?host=/run/pg", "postgresql+psycopg://app@/blog?host=/run/pg"),
        ("postgresql+psycopg://db/blog", "postgresql+psycopg://db/blog"),
        ("sqlite:////srv/blog.db", "sqlite:////srv/blog.db"),
        ("sqlite:///blog.db?timeout=5", "sqlite:///{here}/blog.db?timeout=5"),
    ],
)
def test_a_database_url_is_normalised(given: str, normal: str, working_directory: Path) -> None:
    assert load(database_url=given).database_url == normal.format(here=working_directory)


@pytest.mark.parametrize(
    "url",
    ["blog.db", "mysql://db/blog", "sqlite://", "sqlite:///:memory:", "sqlite://db/blog.db", "postgresql://x:y/z"],
)
def test_an_unsupported_database_is_refused(url: str) -> None:
    assert problems(database_url=url).startswith("Set CHAPBOOK_DATABASE_URL")


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ("console:", MailUrl("console")),
        ("file:///srv/mail", MailUrl("file", path=Path("/srv/mail"))),
        ("file:/srv/mail", MailUrl("file", path=Path("/srv/mail"))),
        ("smtp://localhost", MailUrl("smtp", "localhost", 25)),
        ("smtps://me%40x:p%3A%2F@mail.example.com", MailUrl("smtps", "mail.example.com", 465, "me@x", "p:/")),
        ("smtp+starttls://[::1]:2525", MailUrl("smtp+starttls", "::1", 2525)),
    ],
)
def test_a_mail_url_is_parsed(given: str, parsed: MailUrl) -> None:
    assert load(mail_url=given).mail_url == parsed


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com", "smtp://", "smtp://me@host", "smtp://:pw@host", "smtp://host:0", "smtp://host:99999",
        "smtp://host/path", "smtp://host?tls=1", "smtp://a:b%0d%0aRSET@host", "pop3://host", "file:", "console:x",
    ],
)  # fmt: skip
def test_an_invalid_mail_url_is_refused(url: str) -> None:
    assert problems(mail_url=url).startswith("Set CHAPBOOK_MAIL_URL")


@pytest.mark.parametrize(
    ("given", "parsed", "shown"),
    [
        ("file:///srv/pictures", PicturesUrl("file", Path("/srv/pictures")), "file:/srv/pictures"),
        ("file:/srv/our%20pictures", PicturesUrl("file", Path("/srv/our pictures")), "file:/srv/our pictures"),
        (
            "s3://key:secret@s3.example.com/blog",
            PicturesUrl("s3", Path(), "s3.example.com", None, "key", "secret", "blog"),
            f"s3://key:{MASK}@s3.example.com/blog?region=us-east-1",
        ),
        (
            "s3://k%2Fy:s%2Fc%3Ar%40t@[::1]:9000/blog/old/pictures/?region=garage&tls=no",
            PicturesUrl("s3", Path(), "::1", 9000, "k/y", "s/c:r@t", "blog", "old/pictures", "garage", False),
            f"s3://k%2Fy:{MASK}@[::1]:9000/blog/old/pictures?region=garage&tls=no",
        ),
    ],
)
def test_a_pictures_url_is_parsed(given: str, parsed: PicturesUrl, shown: str) -> None:
    settings = load(pictures_url=given)
    assert settings.pictures_url == parsed
    assert settings.masked()["pictures_url"] == shown


@pytest.mark.parametrize(
    "url",
    [
        "var/pictures", "file:", "file:a\nb", "http://s3.example.com/blog", "s3://s3.example.com/blog",
        "s3://key@s3.example.com/blog", "s3://:secret@s3.example.com/blog", "s3://key:secret@s3.example.com",
        "s3://key:secret@s3.example.com/", "s3://key:secret@/blog", "s3://key:secret@host:0/blog",
        "s3://key:secret@host:99999/blog", "s3://key:secret@host/blog/../other", "s3://key:secret@host/blog//x",
        "s3://key:secret@host/b?tls=maybe", "s3://key:secret@host/blog?tls=maybe", "s3://key:secret@host/blog?acl=all",
        "s3://key:secret@host/blog?tls=no&tls=yes", "s3://key:secret@host/blog?tls", "s3://key:secret@host/blog#x",
        "s3://key:se%0Acret@host/blog", "s3://key:secret@host/blog?region=", "s3://key:secret@host/b log",
    ],
)  # fmt: skip
def test_an_invalid_pictures_url_is_refused(url: str) -> None:
    assert problems(pictures_url=url).startswith("Set CHAPBOOK_PICTURES_URL")


def test_the_address_of_a_bucket_says_whether_tls_is_spoken() -> None:
    assert load(pictures_url="s3://key:secret@s3.example.com/blog").pictures_url.endpoint == "https://s3.example.com"
    plain = load(pictures_url="s3://key:secret@[::1]:9000/blog?tls=no").pictures_url
    assert plain.endpoint == "http://[::1]:9000"
    assert plain.place == "[::1]:9000/blog"


@pytest.mark.parametrize(
    "path", ["_pictures", "/_pictures", "_pictures/", "/", "/a/b/", "/a b/", "/a\n/", "https://x/"]
)
def test_a_proxy_sends_files_from_one_path_only(path: str) -> None:
    assert load(pictures_accel="/_pictures/").pictures_accel == "/_pictures/"
    assert problems(pictures_accel=path).startswith("Set CHAPBOOK_PICTURES_ACCEL")


def test_a_proxy_sends_no_files_out_of_a_bucket() -> None:
    given = {"pictures_accel": "/_pictures/", "pictures_url": "s3://key:secret@s3.example.com/blog"}
    assert "and CHAPBOOK_PICTURES_URL to a folder" in problems(**given)


def test_pictures_are_kept_as_the_settings_say(working_directory: Path) -> None:
    assert type(pictures_for(load(storage="memory"))) is MemoryPictureFiles
    assert picture_accel_of(load(storage="memory", pictures_accel="/_pictures/")) == ""
    assert picture_accel_of(load(pictures_accel="/_pictures/")) == "/_pictures/"
    assert type(pictures_for(load(pictures_url="s3://key:secret@s3.example.com/blog"))) is BucketPictureFiles
    pictures_for(load()).put(1, {"320.webp": b"there"})
    path = working_directory / "var" / "pictures" / "00000" / f"{1:016x}" / "320.webp"
    assert path.read_bytes() == b"there"


def test_the_certificate_of_a_mail_servers_authority_is_read_from_a_file(working_directory: Path) -> None:
    file = self_signed(working_directory / "ca.pem")
    file.write_text("The cellar's own:\n" + file.read_text())

    settings = load(mail_ca_file="ca.pem")

    assert settings.mail_ca.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE KEY" not in settings.mail_ca
    assert settings.masked()["mail_ca"] == "certificates: 1"
    assert load(mail_ca=file.read_text()) == load(mail_ca_file="ca.pem")
    assert load().mail_ca == load().masked()["mail_ca"] == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "CHAPBOOK_MAIL_CA_FILE needs the readable text file ca.pem."),
        ("ca", "Set CHAPBOOK_MAIL_CA to one or more certificates in PEM; CHAPBOOK_MAIL_CA_FILE names a file of them."),
        ("-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n", "Set CHAPBOOK_MAIL_CA to"),
        ("-----BEGIN CERTIFICATE-----\né\n-----END CERTIFICATE-----\n", "Set CHAPBOOK_MAIL_CA to"),
    ],
)
def test_a_file_without_certificates_stops_the_start(content: str | None, told: str, working_directory: Path) -> None:
    if content is not None:
        (working_directory / "ca.pem").write_text(content)

    assert told in problems(mail_ca_file="ca.pem")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_mail_is_sent_as_the_settings_say(working_directory: Path) -> None:
    certificate = self_signed(working_directory / "ca.pem")
    identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    identity.load_cert_chain(certificate)
    letter = Letter(to="ada@example.com", subject="Hello", text="Hello", html="<p>Hello</p>", message_id="<1@x>")

    with SmtpServer(login=("postman", "right"), ssl_context=identity, auth_require_tls=False) as server:

        def send(password: str, **given: str) -> None:
            url = f"smtps://postman:{password}@127.0.0.1:{server.port}"
            mailer_for(load(mail_url=url, **given), utc_now, lambda: "Chapbook").send(letter)

        send("right", mail_ca_file="ca.pem")
        assert len(server.messages) == 1
        with pytest.raises(LoginRefused, match="correct the login in CHAPBOOK_MAIL_URL"):
            send("wrong", mail_ca_file="ca.pem")
        with pytest.raises(MailServerFailed, match="certificate that does not hold"):
            send("right")
    with pytest.raises(
        MailServerFailed, match="cannot be reached: Connection refused; see that host and port in CHAPBOOK_MAIL_URL"
    ):
        send("right")


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("noreply@example.com", "noreply@example.com"),
        ("Our Blog <noreply@example.com>", "Our Blog <noreply@example.com>"),
        ('"Blog, ours" <noreply@example.com>', '"Blog, ours" <noreply@example.com>'),
        ("读书 <noreply@example.com>", "读书 <noreply@example.com>"),
    ],
)
def test_a_sender_is_one_address_with_or_without_a_name(given: str, sender: str) -> None:
    assert load(mail_from=given).mail_from == sender


@pytest.mark.parametrize(
    "sender", ["nobody", "a@x, b@y", "A <a@x", "a@x>", "A <a@x>\r\nBcc: b@y", "a@x <b@y> c", "Straße <straße@x>"]
)
def test_an_invalid_sender_is_refused(sender: str) -> None:
    assert problems(mail_from=sender).startswith("Set CHAPBOOK_MAIL_FROM")


def test_the_default_sender_follows_name_and_address() -> None:
    settings = load(site_name="Tea, & cake", base_url="https://blog.example.com")

    assert settings.mail_from == '"Tea, & cake" <noreply@blog.example.com>'


@pytest.mark.parametrize(
    "key",
    [
        "", "short", "hard to guess string", "hard to guess string hard to guess string",
        "change-me-change-me-please-now", "change-me " * 4,
        "secret" * 8, "secret" * 8 + "s", "dev", "dev" * 20, "x" * 64, "abcabcd" * 8,
        "0123456789" * 4, "0123456789abcdef0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789",
        "this-is-my-very-secret-key-for-test",
    ],
)  # fmt: skip
def test_a_guessable_key_is_refused(key: str) -> None:
    told = problems(secret_key=key)

    assert told.startswith("Set CHAPBOOK_SECRET_KEY to at least 32 random bytes")
    assert not key or key not in told or key in {"dev", "short"}
    if key:
        assert "Set CHAPBOOK_SECRET_KEY_FALLBACKS" in problems(secret_key_fallbacks=key)


@pytest.mark.parametrize(
    "make", [lambda: secrets.token_hex(16), lambda: secrets.token_urlsafe(24), lambda: "Съешь ещё этих мягких булок"]
)
def test_a_key_of_32_random_bytes_is_accepted(make: Callable[[], str]) -> None:
    key = make()

    assert load(secret_key=key).secret_key == key


def test_the_key_file_is_read_when_no_key_is_set() -> None:
    make_secret_key(Path("var/secret-key"))

    settings = load_settings({}, None)

    assert settings.secret_key == Path("var/secret-key").read_text().strip()
    assert load().secret_key == KEY


def test_only_its_owner_can_read_the_key_file_and_it_is_kept() -> None:
    path = Path("var/secret-key")
    make_secret_key(path)
    first = path.read_text()

    make_secret_key(path)

    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret-key"]


def test_concurrent_creations_of_the_key_give_the_same_key() -> None:
    path = Path("var/secret-key")

    def make_and_read(_: int) -> str:
        make_secret_key(path)
        return path.read_text()

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(make_and_read, range(32)))) == 1


def test_older_keys_are_a_list() -> None:
    older = [secrets.token_hex(32), secrets.token_hex(32)]

    assert load(secret_key_fallbacks=" ".join(older)).secret_key_fallbacks == tuple(older)
    assert load(secret_key_fallbacks=",".join(older)).secret_key_fallbacks == tuple(older)


def test_cheap_password_hashes_are_for_development_only() -> None:
    cheap = {"password_memory_kib": "8", "password_rounds": "1"}

    assert load(env="development", **cheap).password_memory_kib == 8
    assert [line.split()[1] for line in problems(**cheap).splitlines()] == [
        "CHAPBOOK_PASSWORD_MEMORY_KIB",
        "CHAPBOOK_PASSWORD_ROUNDS",
    ]


def test_shown_settings_contain_no_secret() -> None:
    secret = "s3cr3t-w0rd"
    settings = load(
        database_url=f"postgresql://app:{secret}@db/blog?sslpassword={secret}&sslmode=require",
        mail_url=f"smtp://me:{secret}@mail.example.com",
        pictures_url=f"s3://key:{secret}@s3.example.com/blog",
        secret_key_fallbacks=f"{secret}-{KEY}",
    )
    shown = settings.masked()

    assert set(shown) == set(Settings.model_fields)
    assert shown["database_url"] == f"postgresql+psycopg://app:{MASK}@db/blog?sslpassword={MASK}&sslmode=require"
    assert shown["mail_url"] == f"smtp://me:{MASK}@mail.example.com:25"
    for text in (str(shown), repr(settings), str(settings)):
        assert secret not in text
        assert KEY not in text


@pytest.mark.parametrize(
    "name", ["database_url", "mail_url", "pictures_url", "secret_key", "secret_key_fallbacks", "base_url"]
)
def test_an_invalid_setting_is_reported_without_its_value(name: str) -> None:
    secret = "s3cr3t"

    assert secret not in problems(**{name: f"https://me:{secret}@x/\r\n"})


def test_a_sender_that_is_not_set_has_the_present_name_of_the_site() -> None:
    unset = load(site_name="The Reading Room", base_url="https://blog.example.com")
    assert sender_of(unset, "Soup, club") == '"Soup, club" <noreply@blog.example.com>'
    assert sender_of(load(mail_from="Post <post@example.com>"), "Soup club") == "Post <post@example.com>"
