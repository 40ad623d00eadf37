"""What members say about themselves."""

from dataclasses import dataclass

from application.ports import OpenWork
from domain.accounts import PublicProfile


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    unit_of_work: OpenWork

    def edit(self, *, actor_id: int, name: str, location: str, about_me: str) -> None:
        """One's own; an unconfirmed member may. Raises Invalid."""
        profile = PublicProfile.parse(name=name, location=location, about_me=about_me)
        with self.unit_of_work() as work:
            account = work.accounts.get(actor_id)
            account.describe(profile)
            work.accounts.save(account)
            work.commit()
