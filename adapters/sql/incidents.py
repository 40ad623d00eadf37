"""Incidents in SQL."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from adapters.sql.tables import incidents
from domain.incidents import Incident


class SqlIncidents:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, fingerprint: str) -> Incident | None:
        found = select(incidents).where(incidents.c.fingerprint == fingerprint).with_for_update()
        row = self._connection.execute(found).mappings().one_or_none()
        return None if row is None else Incident(**row)

    def add(self, incident: Incident) -> None:
        self._connection.execute(insert(incidents).values(asdict(incident)))

    def save(self, incident: Incident) -> None:
        changed = update(incidents).where(incidents.c.fingerprint == incident.fingerprint)
        self._connection.execute(changed.values(asdict(incident)))

    def remove_unseen(self, since: datetime) -> None:
        self._connection.execute(delete(incidents).where(incidents.c.last_at < since))
