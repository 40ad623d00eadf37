"""Changing the site: what it says about itself, who may register, and the announcement."""

from collections.abc import Mapping
from dataclasses import dataclass

from application.admitting import Admitting
from application.counting import counted
from application.current_site import CurrentSite
from application.ports.limits import Limits
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.rendering import Rendering
from application.repeating import Repeat
from domain import limits
from domain.errors import Problems
from domain.pictures import shown_in
from domain.roles import Permission, Reader
from domain.site import MARKDOWN, Site, SiteHtml


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangingSite:
    repeat: Repeat
    now: Now
    new_id: NewId
    rendering: Rendering
    limits: Limits
    admitting: Admitting
    current_site: CurrentSite

    def stored(self, *, reader: Reader) -> Site:
        """As it is at this moment, for the form. Raises Forbidden."""
        reader.require(Permission.ADMINISTER)
        return self.stored_for_the_command_line()

    def stored_for_the_command_line(self) -> Site:
        return self.repeat.reading(self.current_site.within)

    def change(self, *, actor: Reader | None, typed: Mapping[str, str], version: int | None = None) -> int:
        """`typed` by field; other fields stay. `actor` is None for the command line. `version` is the one that the
        actor saw. None overwrites any version. Answers the version that is stored now. Who waited because of a way
        to register that is left is admitted. Raises Forbidden, Invalid, Changed, TooOften."""
        if actor is None:
            return self._render_and_store(None, typed, version)
        actor.require(Permission.ADMINISTER)
        with counted(self.limits, limits.edit(actor.id), self.now()):
            return self._render_and_store(actor.id, typed, version)

    def _render_and_store(self, actor_id: int | None, typed: Mapping[str, str], version: int | None) -> int:
        rendered = self._rendered(typed, account_id=actor_id or 0)
        site = self.repeat(self._change, actor_id, typed, rendered, version)
        self.current_site.take(site)
        return site.version

    def _change(
        self,
        work: UnitOfWork,
        actor_id: int | None,
        typed: Mapping[str, str],
        rendered: Mapping[str, str],
        version: int | None,
    ) -> Site:
        actor = None if actor_id is None else work.accounts.actor(actor_id)
        site = self.current_site.within(work)
        was = site.text.registration
        html = self.rendering.site_html(site.html, rendered)
        text = site.text.replaced(typed)
        entry = site.edit(actor, id=self.new_id(), text=text, html=html, version=version, at=self.now())
        if entry is None:
            return site
        work.site.save(site)
        work.pictures.show(site.id, shown_in(site.html.whole), self.now())
        if text.registration is not was:
            self.admitting.ask_within(work, text.registration)
        record(work, entry)
        work.commit()
        return site

    def preview(self, *, reader: Reader, typed: Mapping[str, str]) -> SiteHtml:
        """The HTML of what was typed. Raises Forbidden, Invalid, also for other fields that cannot be saved, and
        TooOften."""
        reader.require(Permission.ADMINISTER)
        with counted(self.limits, limits.preview(reader.id), self.now()):
            return self.rendering.site_html(SiteHtml(), self._rendered(typed, account_id=reader.id))

    def _rendered(self, typed: Mapping[str, str], *, account_id: int) -> dict[str, str]:
        """The HTML of each field in Markdown. Raises Invalid, for all fields at once."""
        text = self.current_site().text.replaced(typed)
        problems, rendered = Problems(), dict[str, str]()
        for name in MARKDOWN.keys() & typed.keys():
            with problems:
                rendered[name] = self.rendering.of_site(name, text.value_of(name), account_id=account_id)
        problems.stop()
        return rendered

    def dismiss(self, *, actor_id: int, announced: int) -> None:
        """The member has read the announcement of this number, and does not want to see it again. It takes an account
        and no permission. Idempotent."""
        self.repeat(self._dismiss, actor_id, announced)

    def _dismiss(self, work: UnitOfWork, actor_id: int, announced: int) -> None:
        account = work.accounts.lock(actor_id)
        account.reader_at(self.now())
        # A number that no announcement has had yet would hide those to come.
        if account.dismiss(min(announced, self.current_site.within(work).announced)):
            work.accounts.save(account)
            work.commit()
