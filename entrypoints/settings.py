"""Every setting, with its type, default and meaning. Only this module reads the environment.

One error reports all problems, one sentence each. It never contains the value of a secret.
"""

import difflib
import ipaddress
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic.config import JsonDict

from domain.errors import Invalid
from domain.identifiers import Email
from entrypoints.mail_url import MASK, MailUrl
from entrypoints.pictures_url import PicturesUrl
from entrypoints.secret_key import SECRET_KEY_BYTES, SECRET_KEY_FILE, is_good_secret_key

PREFIX = "CHAPBOOK_"
# prometheus-client reads this variable. `chapbook serve` sets it.
_SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"

# The Argon2id parameter of OWASP's cheat sheet on password storage. Tests use less.
PASSWORD_MEMORY_KIB = 19_456
PASSWORD_ROUNDS = 2


class BadSettings(Exception):
    """The program cannot start with these settings. The text has one sentence a line. Each says what to set."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    @property
    def variables(self) -> list[str]:
        """The variable, or the file, that each problem is about."""
        return [_named_in(problem) for problem in self.problems]


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")) -> "Settings":
    """Reads the environment, then the file `dotenv`. Relative paths are relative to the working directory.

    Raises BadSettings.
    """
    problems: list[str] = []
    given: dict[str, str] = {}
    sources: list[Mapping[str, str]] = [os.environ if environ is None else environ]
    if dotenv is not None and dotenv.is_file():
        sources.append(_read_dotenv(dotenv, problems))
    for source in sources:
        given = _given_in(source, problems) | given
    given |= _given_by_platform(sources, given)
    if "secret_key" not in given and SECRET_KEY_FILE.is_file():
        _read_file(SECRET_KEY_FILE, "secret_key", "CHAPBOOK_SECRET_KEY", given, problems)
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        # A file that cannot be read is reported already.
        named = {_field_of(_named_in(problem)) for problem in problems}
        problems.extend(sentence for name, sentence in _sentences(error, given) if name not in named)
    if problems:
        raise BadSettings(list(dict.fromkeys(problems)))
    return settings


def _whole_number(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch("[0-9]{1,9}", value.strip(), re.ASCII):
        raise ValueError("")
    return value


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
_SECRETS = ("secret_key", "secret_key_fallbacks", "database_url", "mail_url", "pictures_url")
_DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
_PREFIX_OF_PATHS = re.compile(r"/[A-Za-z0-9_-]+/", re.ASCII)
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.ASCII)

# RFC 9116, section 2.5.3: a web address begins with https.
_CONTACT = re.compile(r"(?:mailto:[!-~]+@[!-~]+|https://[!-~]+|tel:\+?[0-9().-]+)", re.ASCII)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----", re.ASCII)

# The mailbox of RFC 5322 in its usual forms: an address, or a name (with or without quotes) and an address.
_SENDER = re.compile(
    r"""(?:(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<name>[^"<>@,;:\\]*))\s*(?P<bracket><))?"""
    r"""(?P<user>[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@(?P<domain>[A-Za-z0-9.-]+)(?(bracket)>)"""
)


def _setting(
    meaning: str,
    *,
    takes: str,
    example: str,
    default: Any = ...,
    default_in_words: str = "",
    **rules: Any,
) -> Any:
    """`takes` completes the sentence "Set CHAPBOOK_X to ...". `default_in_words` describes a default that depends on
    other settings."""
    described: JsonDict = {
        "meaning": meaning,
        "takes": takes,
        "default": default_in_words or str(default),
        "example": example,
    }
    if callable(default):
        return Field(default_factory=default, json_schema_extra=described, **rules)
    return Field(default=default, json_schema_extra=described, **rules)


class Settings(BaseModel):
    """All settings, validated. The variable of a setting is `CHAPBOOK_` and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    env: Literal["production", "development"] = _setting(
        "`development` also answers to 127.0.0.1 and localhost and allows cheap password hashes; `make run` sets it.",
        takes="`production` or `development`",
        default="production",
        example="development",
    )
    site_name: str = _setting(
        "The site's title, and the prefix of its mails' subjects, until somebody saves another at `/admin/site`. From "
        "then on this setting counts no more.",
        takes="a name of 1 to 64 characters in one line",
        default="Chapbook",
        example="The Reading Room",
        min_length=1,
        max_length=64,
    )
    host: str = _setting(
        "The address the server listens on; `0.0.0.0` and `::` are all of them.",
        takes="an address of this machine",
        default="127.0.0.1",
        example="0.0.0.0",  # noqa: S104 - only an example
        pattern=r"^[A-Za-z0-9.:_-]+$",
    )
    port: WholeNumber = _setting(
        "The port the server listens on. Plain `PORT` counts too.",
        takes="a whole number from 1 to 65535",
        default=8000,
        example="9000",
        ge=1,
        le=65535,
    )
    base_url: str = _setting(
        "Where readers find the site, as links in mails say it. With `https` cookies are Secure and HSTS is on.",
        takes="an address like https://blog.example.com, without a path",
        default=lambda data: f"http://127.0.0.1:{data['port']}",
        default_in_words="http://127.0.0.1:$PORT",
        example="https://blog.example.com",
    )
    allowed_hosts: Words = _setting(
        "Host names the site answers to; others get 400. A leading dot stands for every name below it.",
        takes="host names without ports, separated by commas",
        default=lambda data: _hosts_for(data["base_url"], data["env"]),
        default_in_words="the host of BASE_URL; in development also 127.0.0.1 and localhost",
        example="blog.example.com,www.example.com",
    )
    trusted_proxies: WholeNumber = _setting(
        "How many proxies stand in front and may tell the client's address and scheme by X-Forwarded-*.",
        takes="a whole number from 0 to 10",
        default=0,
        example="1",
        ge=0,
        le=10,
    )
    workers: WholeNumber = _setting(
        "Processes that serve pages (one with `STORAGE=memory`).",
        takes="a whole number from 1 to 64",
        default=2,
        example="4",
        ge=1,
        le=64,
    )
    threads: WholeNumber = _setting(
        "Threads in each of them that make pages. Requests that wait for their turn have further ones.",
        takes="a whole number from 1 to 256",
        default=8,
        example="16",
        ge=1,
        le=256,
    )
    storage: Literal["sql", "memory"] = _setting(
        "`memory` keeps everything in one process and forgets it at its end.",
        takes="`sql` or `memory`",
        default="sql",
        example="memory",
    )
    database_url: str = _setting(
        "The database. `postgresql://` and `postgres://` mean `postgresql+psycopg://`. In production plain "
        "`DATABASE_URL` counts too.",
        takes="sqlite:///path/to/file.db or postgresql://user:password@host/name",
        default="sqlite:///var/chapbook.db",
        example="postgresql://chapbook@db.example.com/chapbook",
        repr=False,
    )
    backups: Path = _setting(
        "The folder where `chapbook deploy` puts a backup before it changes a database, and `chapbook backup` its own.",
        takes="the path of a folder",
        default=Path("var/backups"),
        example="/var/backups/chapbook",
    )
    pictures_url: PicturesUrl = _setting(
        "Where the files of pictures are kept: in a folder that all web processes and workers share, or in a bucket of "
        "an S3-compatible store. Characters of key and secret that mean something in an address are percent-encoded. "
        "`region` is us-east-1 unless it is given, and `tls=no` is for a server on this machine. With `STORAGE=memory` "
        "pictures are kept in memory.",
        takes="file:var/pictures or s3://KEY:SECRET@host:port/bucket/prefix?region=…&tls=no, where port, prefix and "
        "options may be left out",
        default="file:var/pictures",
        example="s3://key:secret@s3.example.com/chapbook?region=eu-central-1",
    )
    pictures_accel: str = _setting(
        "With `file:`, the proxy sends the files of pictures itself: the site answers with `X-Accel-Redirect` and a "
        "path below this one, as `deploy/nginx.conf` has it (behind-a-proxy.md).",
        takes="a path like /_pictures/, and CHAPBOOK_PICTURES_URL to a folder",
        default="",
        default_in_words="none",
        example="/_pictures/",
    )
    pictures_per_member_mb: WholeNumber = _setting(
        "How much room the files of one member's pictures may take, in megabytes.",
        takes="a whole number from 0 to 1000000",
        default=1_000,
        example="200",
        ge=0,
        le=1_000_000,
    )
    secret_key: str = _setting(
        "Signs cookies, links and tokens. `chapbook dev` makes the file; "
        "elsewhere write one with `openssl rand -hex 32`.",
        takes="at least 32 random bytes that nobody else knows",
        default_in_words="the content of `var/secret-key`",
        example="(the output of `openssl rand -hex 32`)",
        repr=False,
    )
    secret_key_fallbacks: Words = _setting(
        "Older secret keys that are still believed, while a new one takes over.",
        takes="secret keys as SECRET_KEY, separated by spaces or commas",
        default=(),
        default_in_words="none",
        example="(the SECRET_KEY of last year)",
        repr=False,
    )
    mail_url: MailUrl = _setting(
        "How mail leaves. `file:` writes one `.eml` a mail, `console:` prints it. "
        "Characters of user and password that mean something in an address are percent-encoded.",
        takes="smtp://user:password@host:port, smtps://…, smtp+starttls://…, file:var/mail or console:",
        default="file:var/mail",
        example="smtp+starttls://postman:password@mail.example.com:587",
    )
    mail_ca: str = _setting(
        "The authority of a mail server that has one of its own, usually as a file: `CHAPBOOK_MAIL_CA_FILE`. "
        "With `smtps` and `smtp+starttls` it is trusted in place of those that the system trusts.",
        takes="one or more certificates in PEM; CHAPBOOK_MAIL_CA_FILE names a file of them",
        default="",
        default_in_words="none",
        example="(CHAPBOOK_MAIL_CA_FILE=/etc/chapbook/mail-ca.pem)",
    )
    mail_from: str = _setting(
        "The sender of all mails.",
        takes="one address, with or without a name: Chapbook <noreply@example.com>",
        default=lambda data: mail_from_of(data["site_name"], data["base_url"]),
        default_in_words="SITE_NAME <noreply@ and the host of BASE_URL>",
        example="The Reading Room <noreply@example.com>",
    )
    admin_email: str = _setting(
        "Whoever confirms this address becomes administrator.",
        takes="one e-mail address",
        default="",
        default_in_words="none",
        example="admin@example.com",
    )
    security_contact: str = _setting(
        "Whom to tell about a weakness of the site, in `/.well-known/security.txt`. Without it there is no such file.",
        takes="an e-mail address, or an address that begins with mailto:, https: or tel:",
        default="",
        default_in_words="none",
        example="security@example.com",
    )
    metrics_from: Words = _setting(
        "Networks from which `/metrics` may be read. For everybody else there is no such page.",
        takes="networks like 10.0.0.0/8 or fd00::/8, or addresses, separated by commas",
        default=lambda _: ("127.0.0.0/8", "::1/128"),
        default_in_words="127.0.0.0/8, ::1/128",
        example="127.0.0.0/8,10.1.2.3",
    )
    metrics_port: WholeNumber = _setting(
        "Where `chapbook worker` answers `/metrics` on HOST, when it runs as a service of its own. 0 is nowhere.",
        takes="a whole number from 0 to 65535",
        default=0,
        example="8001",
        ge=0,
        le=65535,
    )
    error_mail_to: str = _setting(
        "Who gets a mail about each kind of program error, at most one in ten minutes.",
        takes="one e-mail address",
        default="",
        default_in_words="none",
        example="oncall@example.com",
    )
    sanitizer: Literal["bleach", "nh3"] = _setting(
        "Which library cleans the HTML made of members' texts.",
        takes="`bleach` or `nh3`",
        default="bleach",
        example="nh3",
    )
    posts_per_page: WholeNumber = _setting(
        "Posts on a page.", takes="a whole number from 1 to 100", default=20, example="10", ge=1, le=100
    )
    comments_per_page: WholeNumber = _setting(
        "Comments on a page.", takes="a whole number from 1 to 100", default=30, example="50", ge=1, le=100
    )
    followers_per_page: WholeNumber = _setting(
        "People on a page of followers.", takes="a whole number from 1 to 100", default=50, example="25", ge=1, le=100
    )
    log_format: Literal["text", "json"] = _setting(
        "How the lines of the log look, which go to stderr; `json` is one object a line.",
        takes="`text` or `json`",
        default="text",
        example="json",
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "The least that is logged. `info` has a line for each request. Libraries log from `warning` on.",
        takes="`debug`, `info`, `warning` or `error`",
        default="info",
        example="warning",
    )
    slow_query_ms: WholeNumber = _setting(
        "A database statement that takes at least so many milliseconds is logged, with the line of code that asked.",
        takes="a whole number from 1 to 600000",
        default=500,
        example="200",
        ge=1,
        le=600_000,
    )
    foot_line: Literal["on", "off"] = _setting(
        "In development, a line at the foot of each page with its time and its database statements. "
        "In production there is none, whatever this says.",
        takes="`on` or `off`",
        default="on",
        example="off",
    )
    rate_limits: Literal["on", "off"] = _setting(
        "`off` is for load tests only.", takes="`on` or `off`", default="on", example="off"
    )
    registration: Literal["open", "approval", "invitation", "closed"] = _setting(
        "Who may join, until somebody saves it at `/admin/site`; from then on this setting counts no more. "
        "`approval`: a moderator admits everybody who confirms the address, and until then they only read. "
        "`invitation`: members invite by a link. `closed`: administrators make accounts. Who waits for a moderator is "
        "admitted when the site leaves `approval`; where the setting counts, restart all processes with the new value.",
        takes="`open`, `approval`, `invitation` or `closed`",
        default="open",
        example="closed",
    )
    password_memory_kib: WholeNumber = _setting(
        "Memory that one password hash takes (Argon2id), in KiB. Less than the default is refused in production.",
        takes="a whole number from 8 to 1048576 (in production at least 19456)",
        default=PASSWORD_MEMORY_KIB,
        example="47104",
        ge=8,
        le=1_048_576,
    )
    password_rounds: WholeNumber = _setting(
        "Rounds of one password hash. Less than the default is refused in production.",
        takes="a whole number from 1 to 100 (in production at least 2)",
        default=PASSWORD_ROUNDS,
        example="3",
        ge=1,
        le=100,
    )

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def has_foot_line(self) -> bool:
        return self.env == "development" and self.foot_line == "on"

    def masked(self) -> dict[str, object]:
        """The settings for display. Secrets, and passwords in URLs, are replaced by stars."""
        return self.model_dump() | {
            "database_url": _mask_database(self.database_url),
            "secret_key": MASK,
            "secret_key_fallbacks": tuple(MASK for _ in self.secret_key_fallbacks),
            "mail_url": self.mail_url.masked(),
            "pictures_url": self.pictures_url.masked(),
            "mail_ca": f"certificates: {len(_CERTIFICATE.findall(self.mail_ca))}" if self.mail_ca else "",
        }

    @field_validator("site_name")
    @classmethod
    def _check_site_name(cls, value: str) -> str:
        # The name is part of mail headers.
        return value if value.isprintable() and value.strip() == value else _refuse()

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        url = _split(value)
        if url.scheme not in {"http", "https"} or url.username is not None or url.path not in {"", "/"}:
            _refuse()
        if url.query or url.fragment or value.endswith(("?", "#")) or not _HOST.fullmatch(_host(url)):
            _refuse()
        # A browser omits these ports in Origin and Host.
        usual = {"http": 80, "https": 443}[url.scheme]
        return f"{url.scheme}://{_host(url)}" + (f":{url.port}" if url.port not in {None, usual} else "")

    @field_validator("allowed_hosts")
    @classmethod
    def _check_allowed_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        hosts = tuple(host.lower() for host in value)
        return hosts if hosts and all(_HOST.fullmatch(host) for host in hosts) else _refuse()

    @field_validator("database_url")
    @classmethod
    def _normalise_database_url(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in _DATABASES or not rest.isprintable():
            _refuse()
        if scheme != "sqlite":
            _split(value)
            return f"postgresql+psycopg://{rest}"
        path, question, query = rest.removeprefix("/").partition("?")
        if not rest.startswith("/") or path in {"", ":memory:"}:
            _refuse()
        return f"sqlite:///{Path.cwd() / path}{question}{query}"

    @field_validator("secret_key")
    @classmethod
    def _check_secret_key(cls, value: str) -> str:
        return value if is_good_secret_key(value) else _refuse()

    @field_validator("secret_key_fallbacks")
    @classmethod
    def _check_fallbacks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return value if all(map(is_good_secret_key, value)) else _refuse()

    @field_validator("mail_url", mode="before")
    @classmethod
    def _parse_mail_url(cls, value: object) -> object:
        return MailUrl.parse(value) if isinstance(value, str) else value

    @field_validator("pictures_url", mode="before")
    @classmethod
    def _parse_pictures_url(cls, value: object) -> object:
        return PicturesUrl.parse(value) if isinstance(value, str) else value

    @field_validator("pictures_accel")
    @classmethod
    def _check_pictures_accel(cls, value: str, info: ValidationInfo) -> str:
        url = info.data.get("pictures_url")
        is_possible = url is None or url.scheme == "file"
        return value if not value or (is_possible and _PREFIX_OF_PATHS.fullmatch(value)) else _refuse()

    @field_validator("mail_ca")
    @classmethod
    def _check_mail_ca(cls, value: str) -> str:
        # The file may hold more: what openssl says about each certificate, or a private key.
        found = "\n".join(_CERTIFICATE.findall(value))
        if value and not found:
            _refuse()
        try:
            ssl.create_default_context(cadata=found or None)
        except (ssl.SSLError, ValueError):
            _refuse()
        return found

    @field_validator("mail_from")
    @classmethod
    def _check_mail_from(cls, value: str) -> str:
        found = _SENDER.fullmatch(value) if value.isprintable() else None
        if not found:
            _refuse()
        name = re.sub(r"\\(.)", r"\1", found["quoted"]) if found["quoted"] else (found["name"] or "").strip()
        return str(Address(name, found["user"], found["domain"]))

    @field_validator("admin_email", "error_mail_to")
    @classmethod
    def _check_address(cls, value: str) -> str:
        try:
            return Email.parse(value).text if value else value
        except Invalid:
            return _refuse()

    @field_validator("security_contact")
    @classmethod
    def _check_security_contact(cls, value: str) -> str:
        if "@" in value and ":" not in value:
            try:
                return f"mailto:{Email.parse(value).text}"
            except Invalid:
                _refuse()
        return value if not value or _CONTACT.fullmatch(value) else _refuse()

    @field_validator("metrics_from")
    @classmethod
    def _check_metrics_from(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(network, strict=False)) for network in value)

    @field_validator("password_memory_kib", "password_rounds")
    @classmethod
    def _check_cost(cls, value: int, info: ValidationInfo) -> int:
        floor = PASSWORD_MEMORY_KIB if info.field_name == "password_memory_kib" else PASSWORD_ROUNDS
        return value if value >= floor or info.data.get("env") == "development" else _refuse()


def share_metrics_in(directory: str) -> None:
    """For this process and those that it starts. prometheus-client reads this variable when it is imported."""
    os.environ[_SHARED_METRICS] = directory


def shared_metrics() -> str | None:
    return os.environ.get(_SHARED_METRICS)


def forget_shared_metrics() -> None:
    os.environ.pop(_SHARED_METRICS, None)


def environment_with(**given: str) -> dict[str, str]:
    """For a program that this process starts."""
    return {**os.environ, **given}


def variable(name: str) -> str:
    """The variable that sets this field."""
    return PREFIX + name.upper()


def files_of_secrets(environ: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> list[Path]:
    """The files that secrets were read from, or would be."""
    files, sources = [SECRET_KEY_FILE], [os.environ if environ is None else environ]
    if dotenv.is_file():
        sources.append(_read_dotenv(dotenv, []))
        if any(sources[-1].get(variable(name)) for name in _SECRETS):
            files.append(dotenv)
    names = [f"{variable(name)}_FILE" for name in _SECRETS]
    files += [Path(source[name]) for source in sources for name in names if source.get(name)]
    return [path for path in dict.fromkeys(files) if path.is_file()]


def about(name: str) -> dict[str, str]:
    """The documentation of this field: its `meaning`, what it `takes`, its `default` and an `example`."""
    described = Settings.model_fields[name].json_schema_extra
    return {key: str(words) for key, words in described.items()} if isinstance(described, dict) else {}


def _refuse() -> NoReturn:
    raise ValueError("")


def _split(url: str) -> SplitResult:
    if not url.isprintable() or not url.isascii() or any(character in url for character in " \\"):
        _refuse()
    split = urlsplit(url)
    _ = split.port  # raises ValueError for a malformed port
    return split


def _host(url: SplitResult) -> str:
    host = url.hostname or ""
    return f"[{host}]" if ":" in host else host


def _hosts_for(base_url: str, env: str) -> tuple[str, ...]:
    own = _host(urlsplit(base_url))
    return tuple(dict.fromkeys([own, "127.0.0.1", "localhost"])) if env == "development" else (own,)


def mail_from_of(site_name: str, base_url: str) -> str:
    """The sender of mails where none is set."""
    return str(Address(site_name, "noreply", _mail_domain(base_url)))


def _mail_domain(base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return "localhost"


def _mask_database(url: str) -> str:
    if url.startswith("sqlite"):
        return url
    split = urlsplit(url)
    login, at, host = split.netloc.rpartition("@")
    if ":" in login:
        login = f"{login.partition(':')[0]}:{MASK}"
    pairs = [(name, MASK if "password" in name else value) for name, value in parse_qsl(split.query)]
    return split._replace(netloc=f"{login}{at}{host}", query=urlencode(pairs, safe="/*")).geturl()


def _read_dotenv(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        return {name: value or "" for name, value in dotenv_values(path, interpolate=False).items()}
    except (OSError, UnicodeDecodeError):
        problems.append(f"Make {path} readable, and UTF-8, or remove it.")
        return {}


def _given_in(source: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """The values that one source sets, by field. An empty variable sets nothing."""
    given: dict[str, str] = {}
    ours = [name for name in source if name.startswith(PREFIX)]
    problems.extend(_no_such(name) for name in ours if _field_of(name) not in Settings.model_fields)
    for field_name in Settings.model_fields:
        name = variable(field_name)
        value, file = source.get(name, ""), source.get(f"{name}_FILE", "")
        if value and file:
            problems.append(f"Set either {name} or {name}_FILE, not both.")
        elif value:
            given[field_name] = value
        elif file:
            _read_file(Path(file), field_name, f"{name}_FILE", given, problems)
    if "port" not in given and source.get("PORT"):
        given["port"] = source["PORT"]
    return given


def _given_by_platform(sources: list[Mapping[str, str]], given: Mapping[str, str]) -> dict[str, str]:
    """A platform names the database in DATABASE_URL. In development that may be another program's."""
    if "database_url" in given or given.get("env", "production") != "production":
        return {}
    url = next((source["DATABASE_URL"] for source in sources if source.get("DATABASE_URL")), "")
    return {"database_url": url} if url else {}


def _field_of(name: str) -> str:
    return name.removeprefix(PREFIX).removesuffix("_FILE").lower()


def _no_such(name: str) -> str:
    near = difflib.get_close_matches(_field_of(name), Settings.model_fields, n=1)
    end = "_FILE" if name.endswith("_FILE") else ""
    # A name may contain any character. Only a name in the usual form is shown unchanged.
    shown = name if re.fullmatch("[A-Z0-9_]{1,64}", name) else ascii(name[:64])
    return f"There is no setting {shown}" + (f"; did you mean {variable(near[0])}{end}?" if near else "; remove it.")


def _read_file(path: Path, field_name: str, name: str, given: dict[str, str], problems: list[str]) -> None:
    try:
        given[field_name] = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name} needs the readable text file {path}.")


def _named_in(problem: str) -> str:
    """Each sentence names first what it is about."""
    found = re.search(rf"{PREFIX}[A-Z0-9_]+|\S*\.env", problem)
    return found[0] if found else "a variable"


def _sentences(error: ValidationError, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A field's name, and what to set."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0])
        # A default that depends on an invalid setting is checked only when that setting is valid.
        if problem["type"] == "default_factory_not_called":
            continue
        yield name, f"Set {variable(name)} to {about(name)['takes']}." + _hint(name, given.get(name))


def _hint(name: str, value: str | None) -> str:
    if name == "secret_key":
        make = f"`(umask 077; openssl rand -hex 32 > {SECRET_KEY_FILE})` makes one"
        if value is None:
            return f" There is none, and no file {SECRET_KEY_FILE}; {make}."
        length = len(value.encode())
        wrong = f"has {length} bytes" if length < SECRET_KEY_BYTES else "can be guessed"
        return f" The one that is set {wrong}. Without it, {SECRET_KEY_FILE} is read; {make}."
    if name == "database_url":
        return " For a database in memory set CHAPBOOK_STORAGE=memory."
    return ""
