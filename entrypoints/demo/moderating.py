"""What was moderated in the year of the demo, read from `content/moderation.toml`."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from application.ports.tallies import Total
from application.ports.work import UnitOfWork
from application.posts import store_post
from domain.accounts import Account
from domain.appeals import Appeal, Verdict, appeal_text
from domain.cases import Case, Complaint, Report, Reported
from domain.ids import time_of
from domain.moderation import Act, LogEntry, reason_text
from domain.sanctions import Sanction
from entrypoints.demo.conversing import Conversing

_SCENES = Path(__file__).parent / "content" / "moderation.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moderating:
    """`posts` and `comments` are the ids, by the key of a conversation."""

    accounts: Mapping[str, Account]
    posts: Mapping[str, int]
    comments: Mapping[str, list[int]]
    conversing: Conversing
    now: datetime
    new_id: Callable[[datetime], int]

    def store(self, work: UnitOfWork) -> None:
        """After all else. Nobody gets a mail about what was decided long ago."""
        scenes = tomllib.loads(_SCENES.read_text(encoding="utf-8"))
        self._hide_a_post(work, scenes["hidden"])
        self._sanction(work, scenes["sanction"])
        self._appeal(work, scenes["appeal"])
        self._close(work, scenes["closed"])
        self._wait(work, scenes["waiting"])

    def _hide_a_post(self, work: UnitOfWork, scene: Mapping[str, Any]) -> None:
        post = work.posts.lock(self.posts[scene["post"]])
        at = self._after(post.id, timedelta(hours=2))
        reason = reason_text(scene["reason"], required=True)
        case = self._report(work, Reported.post(post), scene["reports"], at=self._after(post.id, timedelta(hours=1)))
        entry = post.hide(self.accounts[scene["moderator"]], id=self.new_id(at), reason=reason, at=at)
        store_post(work, post, was_listed=True)
        self._record(work, entry)
        case.settle(entry)
        case.told = case.report_count
        work.cases.save(case)

    def _report(self, work: UnitOfWork, reported: Reported, reports: list[Any], *, at: datetime) -> Case:
        case = Case.open(reported, id=self.new_id(at))
        work.cases.add(case)
        for said in reports:
            complaint = Complaint.parse(kind=said["kind"], text=said["text"], visitor=None)
            reporter_id = self.accounts[said["by"]].id
            report = case.take(complaint, id=self.new_id(at), reporter_id=reporter_id)
            work.reports.put(report)
            self._tell_of_report(case, report)
        work.cases.save(case)
        return case

    def _tell_of_report(self, case: Case, report: Report) -> None:
        besides = {case.about_id, report.reporter_id}
        self.conversing.happened(
            time_of(report.id),
            lambda work, notifying: notifying.of_report(work, case.id, report_id=report.id, besides=besides),
        )

    def _wait(self, work: UnitOfWork, scene: Mapping[str, Any]) -> None:
        """A case of yesterday that nobody has settled."""
        comment = work.comments.get(self.comments[scene["post"]][scene["comment"] - 1])
        at = max(time_of(comment.id), self.now - timedelta(hours=20))
        self._report(work, Reported.comment(comment), scene["reports"], at=at)

    def _sanction(self, work: UnitOfWork, scene: Mapping[str, Any]) -> None:
        """It has ended: it began so long ago."""
        member, moderator = self.accounts[scene["member"]], self.accounts[scene["moderator"]]
        at = self._after(self.posts[scene["after"]], timedelta(days=1))
        entry = LogEntry.on_person(
            member.id, Act(scene["act"]), id=self.new_id(at), actor_id=moderator.id, reason=scene["reason"]
        )
        days = max(1, min(scene["days"], (self.now - at).days))
        sanction = Sanction.impose(entry, days=days, at=at)
        assert sanction.until is not None
        entry.text, sanction.told = sanction.until.isoformat(), True
        self._record(work, entry)
        work.sanctions.add(sanction)

    def _appeal(self, work: UnitOfWork, scene: Mapping[str, Any]) -> None:
        """A comment was hidden, its author appealed, and it is shown again."""
        comment = work.comments.get(self.comments[scene["post"]][scene["comment"] - 1])
        moderator, judge = self.accounts[scene["moderator"]], self.accounts[scene["judge"]]
        hidden_at = self._after(comment.id, timedelta(hours=1))
        appealed_at, decided_at = self._between(hidden_at, 0.3), self._between(hidden_at, 0.6)
        reason = reason_text(scene["reason"], required=True)
        hiding = comment.hide(moderator, id=self.new_id(hidden_at), reason=reason, at=hidden_at)
        member = work.accounts.get(comment.author_id)
        appeal = Appeal.make(
            id=self.new_id(appealed_at), entry=hiding, member=member, text=appeal_text(scene["text"]), at=appealed_at
        )
        appeal.decide(Verdict.REVERSED, reason=scene["answer"], at=decided_at)
        comment.undo(hiding)
        work.comments.save(comment)
        self._record(work, hiding)
        work.appeals.add(appeal)
        self.conversing.happened(
            appealed_at,
            lambda work, notifying: notifying.of_appeal(work, hiding.id, appeal_id=appeal.id, besides={member.id}),
        )
        verdict = LogEntry.on_person(
            member.id,
            Act.REVERSE,
            id=self.new_id(decided_at),
            actor_id=judge.id,
            text=str(hiding.id),
            reason=scene["answer"],
        )
        self._record(work, verdict)

    def _close(self, work: UnitOfWork, scene: Mapping[str, Any]) -> None:
        post = work.posts.lock(self.posts[scene["post"]])
        post.close(work.accounts.get(post.author_id), id=self.new_id(self.now), closed=True, at=self.now)
        work.posts.save(post)

    def _record(self, work: UnitOfWork, entry: LogEntry) -> None:
        work.moderation_log.add(entry)
        work.tallies.add_to_site({Total.LOG_ENTRIES: 1}, shard_of=entry.id)
        self.conversing.decided(entry)

    def _after(self, id: int, pause: timedelta) -> datetime:
        """So long after this was written, and sooner if that would be in the future."""
        written_at = time_of(id)
        return written_at + min(pause, (self.now - written_at) / 2)

    def _between(self, at: datetime, part: float) -> datetime:
        """Within a week after this, and never in the future."""
        return at + min(timedelta(days=7), self.now - at) * part
