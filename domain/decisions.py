"""What a moderator decides, as a form or a program names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.errors import Invalid, Problems
from domain.moderation import Act, reason_text, rule_named
from domain.sanctions import days_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`days` is None for what holds until it is lifted, and for what does not last. `rule` is a number, `law`, or
    empty."""

    act: Act
    days: int | None
    rule: str
    reason: str

    @classmethod
    def parse(cls, *, act: str, among: Mapping[str, Act], days: str = "", rule: str, reason: str) -> Self:
        """Only what leaves everything as it is needs no reason. Raises Invalid with all that is wrong."""
        found, number, problems = among.get(act), None, Problems()
        with problems:
            if found is None:
                raise Invalid("act", "choice")
        with problems:
            number = days_of(days, found or Act.SILENCE)
        with problems:
            rule = rule_named(rule)
        with problems:
            reason = reason_text(reason, required=found is not Act.SETTLE)
        problems.stop()
        assert found is not None
        return cls(act=found, days=number, rule=rule, reason=reason)
