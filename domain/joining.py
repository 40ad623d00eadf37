"""Joining: who may register, and whether somebody who registered is a member yet."""

from enum import Enum

from domain.texts import prose

WHY_LIMIT = 500


class Admission(Enum):
    """Whether whoever has an account is a member. It is decided when the address is confirmed."""

    ADMITTED = "admitted"
    UNDECIDED = "undecided"  # the address is not confirmed yet
    APPROVAL = "approval"  # waits for a moderator, because everybody does
    NO_SEAT = "no_seat"  # waits for a moderator, because there was no seat left on an invitation
    DECLINED = "declined"

    @property
    def waits(self) -> bool:
        return self in (Admission.APPROVAL, Admission.NO_SEAT)


class Registration(Enum):
    """Who may register. The values are those of the setting."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITATION = "invitation"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether everybody may register."""
        return self in (Registration.OPEN, Registration.APPROVAL)

    @property
    def asks_why(self) -> bool:
        return self is Registration.APPROVAL

    @property
    def needs_invitation(self) -> bool:
        return self is Registration.INVITATION

    @property
    def knows_waiting(self) -> bool:
        """Whether somebody may wait for a moderator."""
        return self.asks_why or self.needs_invitation

    def decide(self, *, has_seat: bool) -> Admission:
        """What becomes of somebody who has just confirmed the address. `has_seat` is for who came by an invitation."""
        if self.asks_why:
            return Admission.APPROVAL
        if self.needs_invitation and not has_seat:
            return Admission.NO_SEAT
        return Admission.ADMITTED

    def keeps_waiting(self, admission: Admission) -> bool:
        """Whether who waits with this admission still has to. Nobody waits because of a mode that the site has
        left."""
        match admission:
            case Admission.APPROVAL:
                return self.asks_why
            case Admission.NO_SEAT:
                return self.knows_waiting
            case _:
                return False


def why_text(why: str) -> str:
    """Raises Invalid: `required`, `too_long` (length, limit) or `forbidden_character`."""
    return prose("why", why, limit=WHY_LIMIT, required=True)
