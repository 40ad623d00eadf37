"""Incidents in memory."""

from dataclasses import replace
from datetime import datetime

from adapters.memory.store import Store
from domain.errors import TryAgain
from domain.incidents import Incident


class MemoryIncidents:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, fingerprint: str) -> Incident | None:
        incident = self._store.incidents.find(fingerprint)
        return None if incident is None else replace(incident)

    def add(self, incident: Incident) -> None:
        if self._store.incidents.find(incident.fingerprint) is not None:
            raise TryAgain()
        self._store.incidents.put(incident.fingerprint, replace(incident))

    def save(self, incident: Incident) -> None:
        if self._store.incidents.find(incident.fingerprint) is not None:
            self._store.incidents.put(incident.fingerprint, replace(incident))

    def remove_unseen(self, since: datetime) -> None:
        for incident in list(self._store.incidents.rows()):
            if incident.last_at < since:
                self._store.incidents.remove(incident.fingerprint)
