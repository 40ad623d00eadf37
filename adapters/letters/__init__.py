"""The texts of mails. Each language has one template of words, which the text and the HTML part share."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from application.ports.mailing import Bundle, CaseNews, Letter, LetterKind, Notice
from domain.display import Language
from domain.incidents import Incident
from domain.moderation import Act

_PATHS = {
    LetterKind.CONFIRM: "/confirm/",
    LetterKind.RESET_PASSWORD: "/reset/",
    LetterKind.CHANGE_EMAIL: "/settings/email/",
}


_PLACES = {LetterKind.ADMITTED: "/login", LetterKind.SOMEBODY_WAITS: "/moderation/waiting"}


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    button: str = ""


_SUBJECTS = {
    Language.ENGLISH: {
        LetterKind.CONFIRM: _Words("Confirm your account", "Confirm my account"),
        LetterKind.ALREADY_MEMBER: _Words("You already have an account", "Choose a new password"),
        LetterKind.RESET_PASSWORD: _Words("Reset your password", "Choose a new password"),
        LetterKind.PASSWORD_CHANGED: _Words("Your password was changed"),
        LetterKind.CHANGE_EMAIL: _Words("Confirm your new address", "Confirm this address"),
        LetterKind.EMAIL_CHANGING: _Words("Your address is being changed"),
        LetterKind.NEW_MEMBER: _Words("New user", "See the new profile"),
        LetterKind.ADMITTED: _Words("You are a member now", "Come in"),
        LetterKind.DECLINED: _Words("Your registration was declined"),
        LetterKind.SOMEBODY_WAITS: _Words("Somebody waits to be admitted", "See who waits"),
        LetterKind.NOTICE: _Words("A decision about you"),
        LetterKind.SANCTION_ENDED: _Words("It is over"),
        LetterKind.REPORT_SETTLED: _Words("What came of your report", "Report it again"),
        LetterKind.URGENT_CASE: _Words("Several people report the same", "See the case"),
    },
    Language.SIMPLIFIED_CHINESE: {
        LetterKind.CONFIRM: _Words("确认你的邮箱", "确认我的邮箱"),
        LetterKind.ALREADY_MEMBER: _Words("你已经有账号了", "设置新密码"),
        LetterKind.RESET_PASSWORD: _Words("重置密码", "设置新密码"),
        LetterKind.PASSWORD_CHANGED: _Words("你的密码已更改"),
        LetterKind.CHANGE_EMAIL: _Words("确认你的新邮箱", "确认这个邮箱"),
        LetterKind.EMAIL_CHANGING: _Words("你的邮箱正在更改"),
        LetterKind.NEW_MEMBER: _Words("有新成员", "查看新成员的主页"),
        LetterKind.ADMITTED: _Words("你已成为成员", "进入网站"),
        LetterKind.DECLINED: _Words("你的注册未获批准"),
        LetterKind.SOMEBODY_WAITS: _Words("有人等待批准", "查看等待批准的人"),
        LetterKind.NOTICE: _Words("关于你的决定"),
        LetterKind.SANCTION_ENDED: _Words("限制已结束"),
        LetterKind.REPORT_SETTLED: _Words("你的举报有结果了", "再次举报"),
        LetterKind.URGENT_CASE: _Words("多人举报了同一内容", "查看这个案件"),
    },
}

# The subjects of notices, by act.
_NOTICES = {
    Language.ENGLISH: {
        Act.HIDE: "Something that you wrote is hidden",
        Act.RESTORE: "Something that you wrote is shown again",
        Act.CLOSE: "The comments below your post are closed",
        Act.REOPEN: "The comments below your post are open again",
        Act.DELETE: "Something that you wrote was deleted",
        Act.UNDELETE: "Something that you wrote is back",
        Act.ROLE: "Your role was changed",
        Act.DISABLE: "Your account was disabled",
        Act.ENABLE: "You can sign in again",
        Act.WARN: "A moderator warns you",
        Act.SILENCE: "You cannot write for now",
        Act.SUSPEND: "Your account is suspended",
        Act.HIDE_ALL: "All that you wrote is hidden",
        Act.RESTORE_ALL: "What you wrote is shown again",
        Act.REMOVE_PICTURE: "A picture of yours was removed",
        Act.LIFT: "A restriction was lifted",
        Act.UPHOLD: "Your appeal was decided",
        Act.REVERSE: "Your appeal was granted",
    },
    Language.SIMPLIFIED_CHINESE: {
        Act.HIDE: "你写的内容被隐藏了",
        Act.RESTORE: "你写的内容已恢复显示",
        Act.CLOSE: "你的帖子已关闭评论",
        Act.REOPEN: "你的帖子已重新开放评论",
        Act.DELETE: "你写的内容被删除了",
        Act.UNDELETE: "你写的内容已恢复",
        Act.ROLE: "你的角色已更改",
        Act.DISABLE: "你的账号已停用",
        Act.ENABLE: "你可以重新登录了",
        Act.WARN: "版主向你提出警告",
        Act.SILENCE: "你暂时不能发言",
        Act.SUSPEND: "你的账号已被暂停",
        Act.HIDE_ALL: "你写的全部内容已被隐藏",
        Act.RESTORE_ALL: "你写的内容已恢复显示",
        Act.REMOVE_PICTURE: "你的一张图片被移除了",
        Act.LIFT: "对你的限制已解除",
        Act.UPHOLD: "你的申诉已有结果",
        Act.REVERSE: "你的申诉已获支持",
    },
}
# Of notices, by whether they can be appealed.
_BUTTONS = {
    Language.ENGLISH: {True: "Read it, or appeal", False: "Read your record"},
    Language.SIMPLIFIED_CHINESE: {True: "查看或申诉", False: "查看我的记录"},
}

_SUBJECT_AT_MOST = 150
# The administrator reads the log from this long before the error.
_CONTEXT = timedelta(minutes=1)

_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9_@])|(?<=[A-Za-z0-9_])(?=[\u4e00-\u9fff])")


class TemplateLetters:
    """Links begin with `base_url`, never with the Host header of a request."""

    def __init__(
        self, *, site_name: Callable[[], str], base_url: str, rule_count: Callable[[], int] = lambda: 0
    ) -> None:
        """`rule_count` is how many rules the site has at the moment."""
        self._site_name = site_name
        self._base_url = base_url
        self._rule_count = rule_count
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._templates.filters["spaced"] = _spaced

    def write(
        self,
        kind: LetterKind,
        *,
        to: str,
        job_id: int,
        language: Language,
        username: str,
        token: str | None,
        reason: str = "",
        notice: Notice | None = None,
        case: CaseNews | None = None,
        bundle: Bundle | None = None,
    ) -> Letter:
        if bundle is not None:
            return self._bundle(bundle, to=to, job_id=job_id, language=language, username=username)
        words = _SUBJECTS[language][kind]
        if notice is not None:
            subject = _NOTICES[language][notice.act] if kind is LetterKind.NOTICE else words.subject
            words = _Words(subject, _BUTTONS[language][_may_appeal(kind, notice)])
        facts = {
            "kind": kind.value,
            "subject": words.subject,
            "button": words.button,
            "site_name": self._site_name(),
            "base_url": self._base_url,
            "username": username,
            "to": to,
            "reason": " ".join(reason.split()),
            "language": language.value,
            "link": self._link(kind, username, token, notice, case),
            "rule_link": "" if notice is None else self._rule_link(notice.rule),
            "notice": notice,
            "case": case,
        }
        return Letter(
            to=to,
            subject=words.subject,
            text=self._templates.get_template("letter.txt").render(facts),
            html=self._templates.get_template("letter.html").render(facts),
            message_id=self._message_id(str(job_id)),
        )

    def _bundle(self, bundle: Bundle, *, to: str, job_id: int, language: Language, username: str) -> Letter:
        words: Any = self._templates.get_template(f"bundle.{language.value}.txt").module
        subject = _spaced(" ".join(words.subject(bundle.cards).split()))
        if len(subject) > _SUBJECT_AT_MOST:
            subject = f"{subject[: _SUBJECT_AT_MOST - 1]}…"
        unsubscribe = f"{self._base_url}/unsubscribe/{bundle.unsubscribe}"
        facts = {
            "kind": LetterKind.NOTIFICATIONS.value,
            "subject": subject,
            "site_name": self._site_name(),
            "base_url": self._base_url,
            "username": username,
            "language": language.value,
            "link": f"{self._base_url}/notifications",
            "bundle": bundle,
            "unsubscribe": unsubscribe,
        }
        return Letter(
            to=to,
            subject=subject,
            text=self._templates.get_template("bundle.txt").render(facts),
            html=self._templates.get_template("bundle.html").render(facts),
            message_id=self._message_id(str(job_id)),
            unsubscribe=unsubscribe,
        )

    def about_incident(self, incident: Incident, *, to: str, last_mail_at: datetime | None, at: datetime) -> Letter:
        place = f" at {incident.place}" if incident.place else ""
        since = (
            f"The last mail was sent {_before(last_mail_at, at)}." if last_mail_at else "No mail was sent about it yet."
        )
        facts = {
            "subject": f"Program error: {incident.kind}{place}"[:_SUBJECT_AT_MOST],
            "site_name": self._site_name(),
            "base_url": self._base_url,
            "language": Language.ENGLISH.value,
            "incident": incident,
            "times": _times(incident.unmailed),
            "since": since,
            "in_all": _times(incident.count),
            "first": _moment(incident.first_at, at),
            "last": _moment(incident.last_at, at),
            "from": f"{incident.last_at - _CONTEXT:%F %T} UTC",
            "sought": incident.request_id or incident.fingerprint,
        }
        return Letter(
            to=to,
            subject=str(facts["subject"]),
            text=self._templates.get_template("incident.txt").render(facts),
            html=self._templates.get_template("incident.html").render(facts),
            message_id=self._message_id(f"{incident.fingerprint} {incident.count}"),
        )

    def _link(
        self, kind: LetterKind, username: str, token: str | None, notice: Notice | None, case: CaseNews | None
    ) -> str:
        if case is not None:
            return f"{self._base_url}{case.path}"
        if notice is not None:
            path = f"/appeals/{notice.entry_id}" if _may_appeal(kind, notice) else "/settings/record"
            return f"{self._base_url}{path}"
        if token is not None:
            return f"{self._base_url}{_PATHS[kind]}{token}"
        if kind is LetterKind.NEW_MEMBER:
            return f"{self._base_url}/@{username}"
        return f"{self._base_url}{_PLACES.get(kind, '/reset')}"

    def _rule_link(self, rule: str) -> str:
        """Empty for a rule that is not there any more."""
        is_there = rule.isdigit() and int(rule) <= self._rule_count()
        return f"{self._base_url}/rules#rule-{rule}" if is_there else ""

    def _message_id(self, mail: str) -> str:
        """The Message-ID (RFC 5322 section 3.6.4). It is the same each time the mail is sent, and reveals nothing
        else."""
        unique = hashlib.sha256(f"{self._base_url} {mail}".encode()).hexdigest()[:32]
        return f"<{unique}@{urlsplit(self._base_url).hostname}>"


def _may_appeal(kind: LetterKind, notice: Notice) -> bool:
    return kind is LetterKind.NOTICE and notice.act.may_be_appealed


def _spaced(text: str) -> str:
    """Adds a space between Chinese and other letters or digits. On pages the stylesheet does this, but mail programs do
    not."""
    return _SEAM.sub(" ", text)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _moment(time: datetime, at: datetime) -> str:
    return f"{time:%F %T} UTC ({time:%A}, {_before(time, at)})"


def _before(time: datetime, at: datetime) -> str:
    seconds = (at - time).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= (2 * length if length > 1 else 1):
            number = int(seconds / length)
            return f"{number} {unit}{'s' if number > 1 else ''} before this mail"
    return "a moment before this mail"
