"""Persons: what moderators see of a member, and the notes that they keep about them."""

from dataclasses import dataclass

from application.finding import find_member
from application.ports.appeals import RecordCard
from application.ports.paging import Page, Window
from application.ports.people import PeopleFeeds, Profile
from application.ports.persons import PersonBackground, PersonFeeds, PersonStanding
from application.ports.sanctions import SanctionFeeds
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from domain.errors import NotFound
from domain.moderation import Act, LogEntry, note_text
from domain.roles import Permission, Reader

# The sanctions that hold, and the notes, on a page. Older notes are in the record.
STANDING_AT_MOST = 20
WRITINGS = 5
COUNTED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Person:
    """What moderators see of a member. `record` is one page of the log about them."""

    profile: Profile
    standing: PersonStanding
    background: PersonBackground
    record: Page[RecordCard]


@dataclass(frozen=True, kw_only=True, slots=True)
class Persons:
    repeat: Repeat
    now: Now
    new_id: NewId
    people_feeds: PeopleFeeds
    sanction_feeds: SanctionFeeds
    person_feeds: PersonFeeds

    def look(self, *, reader: Reader, username: str, window: Window) -> Person:
        """Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        profile = self.people_feeds.profile(reader, username)
        standing = self.person_feeds.standing(reader, profile.id, self.now(), STANDING_AT_MOST)
        entry_id = standing.hiding_all.id if standing.hiding_all else 0
        background = self.person_feeds.background(reader, profile.id, entry_id, limit=WRITINGS, counted=COUNTED_AT_MOST)
        return Person(profile, standing, background, self.sanction_feeds.about_person(reader, profile.id, window))

    def note(self, *, actor_id: int, username: str, text: str) -> None:
        """Only moderators ever read it. Raises Forbidden, NotFound, Invalid."""
        self.repeat(self._note, actor_id, username, text)

    def _note(self, work: UnitOfWork, actor_id: int, username: str, text: str) -> None:
        # Forbidden comes before NotFound, so that the answer does not reveal whether the member exists.
        work.accounts.get(actor_id).require(Permission.MODERATE, at=self.now())
        member_id = find_member(work, username).id
        # The member cannot leave from now on, so no note is made after the notes about them are forgotten.
        held = {id: work.accounts.actor(id) for id in sorted({actor_id, member_id})}
        held[actor_id].require(Permission.MODERATE, at=self.now())
        if held[member_id].deleted:
            raise NotFound()
        text = note_text(text)
        record(work, LogEntry.on_person(member_id, Act.NOTE, id=self.new_id(), actor_id=actor_id, text=text))
        work.commit()
