"""How far a filling is."""

from application.ports.filling import Progress


class Steps:
    """Counts rows, and for an index as many as could be added in its time."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def done(self, what: str, number: int) -> None:
        self._done += number
        self._progress(what, self._done, self._total)
