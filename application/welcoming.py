"""Welcoming: what a new member does not want to be offered again.

A step that is done is taken off by the use case that does it: `Members.edit_profile`, `Following.follow`,
`Posts.publish`.
"""

from dataclasses import dataclass

from application.ports.work import Now, UnitOfWork
from application.repeating import Repeat
from domain.welcoming import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcoming:
    repeat: Repeat
    now: Now

    def put_off(self, *, actor_id: int, steps: Step) -> None:
        """These first steps are not offered again. It takes an account and no permission. Idempotent. Raises
        Forbidden."""
        self.repeat(self._put_off, actor_id, steps)

    def _put_off(self, work: UnitOfWork, actor_id: int, steps: Step) -> None:
        account = work.accounts.lock(actor_id)
        account.reader_at(self.now()).require_access()
        if account.take(steps & Step.SHOWN):
            work.accounts.save(account)
            work.commit()
