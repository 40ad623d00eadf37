"""What members say about themselves, and how they want the site to be shown."""

from dataclasses import dataclass

from application.ports import UnitOfWork
from application.repeating import Repeat
from domain.accounts import PublicProfile
from domain.display import Language, Theme
from domain.errors import Problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    repeat: Repeat

    def edit(
        self,
        *,
        actor_id: int,
        name: str | None = None,
        location: str | None = None,
        about_me: str | None = None,
        language: str | None = None,
        theme: str | None = None,
    ) -> None:
        """One's own; an unconfirmed member may. What is None stays as it is. Raises Invalid."""

        def store(work: UnitOfWork) -> None:
            account = work.accounts.get(actor_id)
            problems = Problems()
            with problems:
                profile = PublicProfile.parse(
                    name=account.name if name is None else name,
                    location=account.location if location is None else location,
                    about_me=account.about_me if about_me is None else about_me,
                )
            with problems:
                account.language = account.language if language is None else Language.named(language)
            with problems:
                account.theme = account.theme if theme is None else Theme.named(theme)
            problems.stop()
            account.describe(profile)
            work.accounts.save(account)
            work.commit()

        self.repeat(store)
