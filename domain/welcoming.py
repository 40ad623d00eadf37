"""Welcoming: the first steps of a new member, of which none is offered twice."""

from enum import IntFlag


class Step(IntFlag):
    """A set of first steps, which storages keep as a number. `SIGN_IN` is the first session. The others are on the
    page."""

    NONE = 0
    SIGN_IN = 1
    PROFILE = 2
    FOLLOW = 4
    WRITE = 8
    SHOWN = PROFILE | FOLLOW | WRITE
    ALL = SIGN_IN | SHOWN

    @classmethod
    def named(cls, text: str) -> "Step":
        """One step of the page by its name, or all of them. `NONE` for what is no name."""
        return {"profile": cls.PROFILE, "follow": cls.FOLLOW, "write": cls.WRITE, "all": cls.SHOWN}.get(text, cls.NONE)
