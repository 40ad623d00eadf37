"""A meter that counts nothing, where nobody asks for the numbers."""

from application.ports.metrics import Count, Level, Measure


class NoMeter:
    """The port `Meter`."""

    def count(self, what: Count, *labels: str) -> None:
        pass

    def observe(self, what: Measure, value: float, *labels: str) -> None:
        pass

    def change(self, what: Level, by: int, *labels: str) -> None:
        pass


NO_METER = NoMeter()
