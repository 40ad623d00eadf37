"""Moderation in memory as records, and back. What adds a record raises NotFound where it belongs to nothing."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from adapters.memory.store import Store
from application.ports.moving.moderating import AppealRecord, CaseRecord, LogRecord, ReportRecord, SanctionRecord
from domain.appeals import Appeal
from domain.cases import Report
from domain.errors import NotFound
from domain.moderation import LogEntry
from domain.sanctions import Sanction


def log_of(store: Store) -> Iterator[LogRecord]:
    return (LogRecord(**(_values(row) | {"about_id": row.about_id or None})) for row in store.log.rows())


def add_log_entry(store: Store, record: LogRecord) -> None:
    _require_accounts(store, record.about_id, record.actor_id)
    store.log.put(record.id, LogEntry(**(_values(record) | {"about_id": record.about_id or 0})))


def sanctions_of(store: Store) -> Iterator[SanctionRecord]:
    return (SanctionRecord(**_values(row)) for row in store.sanctions.rows())


def add_sanction(store: Store, record: SanctionRecord) -> None:
    _require_accounts(store, record.account_id)
    _require_entry(store, record.id)
    store.sanctions.put(record.id, Sanction(**_values(record)))


def appeals_of(store: Store) -> Iterator[AppealRecord]:
    return (AppealRecord(**_values(row)) for row in store.appeals.rows())


def add_appeal(store: Store, record: AppealRecord) -> None:
    _require_accounts(store, record.account_id)
    _require_entry(store, record.entry_id)
    store.appeals.put(record.entry_id, Appeal(**_values(record)))


def cases_of(store: Store) -> Iterator[CaseRecord]:
    return (CaseRecord(**_values(row)) for row in store.cases.rows())


def add_case(store: Store, record: CaseRecord) -> None:
    _require_accounts(store, record.about_id)
    _require_entry(store, record.entry_id)
    store.cases.put(record.id, record.case)


def reports_of(store: Store) -> Iterator[ReportRecord]:
    return (ReportRecord(**_values(row)) for row in store.reports.rows())


def add_report(store: Store, record: ReportRecord) -> None:
    _require_accounts(store, record.reporter_id)
    if store.cases.find(record.case_id) is None:
        raise NotFound()
    store.reports.put(record.id, Report(**_values(record)))


def _require_accounts(store: Store, *ids: int | None) -> None:
    if any(id is not None and store.accounts.find(id) is None for id in ids):
        raise NotFound()


def _require_entry(store: Store, id: int | None) -> None:
    if id is not None and store.log.find(id) is None:
        raise NotFound()


def _values(of: Any) -> dict[str, Any]:
    return {each.name: getattr(of, each.name) for each in fields(of)}
