"""Pictures: send, remove, and show one of oneself.

Making the files is slow, and so is storing them. Both happen before the unit of work opens, after a cheap check.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from application.counting import counted
from application.once import MakeOnce
from application.pictures.removing import Removing
from application.ports.limits import Limits
from application.ports.paging import Page, Window
from application.ports.pictures.files import PictureFiles
from application.ports.pictures.making import MadePicture, PictureMaker
from application.ports.pictures.storing import PictureCard, PictureFeeds
from application.ports.sessions import SessionFeeds
from application.ports.tallies import Tally
from application.ports.work import NewId, Now, UnitOfWork
from application.recording import record
from application.repeating import Repeat
from application.rerendering import Rerendering
from domain import limits
from domain.accounts import Account
from domain.errors import Forbidden, TryAgain
from domain.moderation import Act, LogEntry, reason_text
from domain.once import OnceKey
from domain.pictures import Picture, alt_text, require_portrayer, require_room
from domain.roles import Permission, Reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Pictures:
    """`picture_room` is how many bytes a member may store."""

    repeat: Repeat
    make_once: MakeOnce
    now: Now
    new_id: NewId
    limits: Limits
    session_feeds: SessionFeeds
    picture_feeds: PictureFeeds
    picture_maker: PictureMaker
    picture_files: PictureFiles
    picture_room: int
    rerendering: Rerendering

    def send(self, *, actor_id: int, sent: bytes, alt: str = "", once: OnceKey | None = None) -> int:
        """A picture for posts. The id of it. A second request with the same `once` gets the same id. Raises Forbidden,
        Invalid, TooOften, StoreFull."""
        self.session_feeds.reader(actor_id, self.now()).require(Permission.WRITE)
        alt = alt_text(alt)
        stored = list[int]()
        made_id: int | None = None
        with self._removing_unless_kept(stored, lambda: made_id):
            made_id = self.make_once(
                actor_id=actor_id,
                limit=limits.picture(actor_id),
                once=once,
                prepare=lambda: self._made(actor_id, sent, stored),
                make=lambda work, new, made: self._add(work, id=new, owner_id=actor_id, alt=alt, made=made),
                id_of=lambda _: stored[-1],
            )
        return made_id

    def _made(self, actor_id: int, sent: bytes, stored: list[int]) -> MadePicture:
        """With its files stored. The ids under which they were go into `stored`."""
        self._require_some_room(actor_id)
        made = self.picture_maker.picture(sent, account_id=actor_id)
        self._store(made, stored)
        return made

    def _require_some_room(self, actor_id: int) -> None:
        """Before slow work. How much the picture needs is known after it."""
        require_room(1, self.picture_room - self.picture_feeds.bytes_of(actor_id))

    def _store(self, made: MadePicture, stored: list[int]) -> None:
        stored.append(self.new_id())
        self.picture_files.put(stored[-1], made.files)

    def _add(self, work: UnitOfWork, *, id: int, owner_id: int, alt: str, made: MadePicture) -> None:
        # Two pictures of one member wait for each other here, so their room is counted exactly.
        owner = work.accounts.lock(owner_id)
        if work.pictures.there([id]):
            return  # an earlier try was committed, and its answer lost
        picture = Picture.upload(
            id=id,
            owner=owner,
            alt=alt,
            width=made.width,
            height=made.height,
            size=made.size,
            room=self.picture_room - work.pictures.bytes_of(owner_id),
            at=self.now(),
        )
        self._keep(work, picture)

    def _keep(self, work: UnitOfWork, picture: Picture) -> None:
        work.pictures.add(picture)
        work.tallies.add({picture.owner_id: Tally(picture_bytes=picture.size)})

    def portray(self, *, actor_id: int, sent: bytes) -> int:
        """The member shows this picture of themselves, cut to a square. The id of it. Raises as `send`."""
        require_portrayer(self.session_feeds.reader(actor_id, self.now()))
        stored = list[int]()
        kept_id: int | None = None
        with (
            counted(self.limits, limits.picture(actor_id), self.now()),
            self._removing_unless_kept(stored, lambda: kept_id),
        ):
            self._require_some_room(actor_id)
            made = self.picture_maker.portrait(sent, account_id=actor_id)
            self._store(made, stored)
            kept_id = self.repeat(self._portray, stored[-1], actor_id, made)
        return kept_id

    def _portray(self, work: UnitOfWork, id: int, actor_id: int, made: MadePicture) -> int:
        account = work.accounts.lock(actor_id)
        before = account.picture_id
        if before == id:
            return id  # an earlier try was committed, and its answer lost
        room = self.picture_room - work.pictures.bytes_of(actor_id)
        picture = Picture.of_oneself(id=id, owner=account, side=made.width, size=made.size, room=room, at=self.now())
        work.accounts.save(account)
        self._keep(work, picture)
        if before is not None:
            self._remove_now(work, before)
        work.commit()
        return id

    def remove_portrait(self, *, actor_id: int) -> None:
        """The woodcut is shown again. Idempotent. Raises Forbidden."""
        self.repeat(self._unportray, actor_id)

    def _unportray(self, work: UnitOfWork, actor_id: int) -> None:
        account = work.accounts.lock(actor_id)
        account.reader_at(self.now()).require_access()
        self._take_portrait(work, account)
        work.commit()

    def remove(self, *, actor_id: int, picture_id: int, reason: str = "") -> None:
        """Removes a picture for good, from the texts that show it too. `reason` is for a moderator, whose act is on the
        record. Raises NotFound, Forbidden, Invalid."""
        self.repeat(self._remove, actor_id, picture_id, reason)

    def remove_own(self, *, actor_id: int, picture_id: int) -> None:
        """The same where nobody can say why. Raises NotFound, and Forbidden for a picture of somebody else."""
        self.repeat(self._remove, actor_id, picture_id, None)

    def _remove(self, work: UnitOfWork, actor_id: int, picture_id: int, reason: str | None) -> None:
        actor = work.accounts.actor(actor_id)
        picture = work.pictures.get(picture_id)
        picture.require_remover(actor, at=self.now())
        if actor_id != picture.owner_id:
            if reason is None:
                raise Forbidden()
            reason = reason_text(reason, required=True)
        if picture.portrait:
            # The account is locked before its picture.
            owner = work.accounts.lock(picture.owner_id)
            if owner.picture_id == picture_id:
                owner.picture_id = None
                work.accounts.save(owner)
        # Texts are locked before their pictures. One that begins to show it meanwhile is found after the picture is
        # locked.
        work.pictures.render_anew(picture_id)
        work.pictures.lock(picture_id)
        work.pictures.render_anew(picture_id)
        self._remove_now(work, picture_id)
        self.rerendering.ask_within(work)
        if actor_id != picture.owner_id:
            entry = LogEntry.on_person(
                picture.owner_id, Act.REMOVE_PICTURE, id=self.new_id(), actor_id=actor_id, reason=reason or ""
            )
            record(work, entry)
        work.commit()

    def latest(self, *, reader: Reader, window: Window, username: str = "") -> Page[PictureCard]:
        """The pictures of a member, or of everybody, newest first. Raises Forbidden, NotFound."""
        reader.require(Permission.MODERATE)
        return self.picture_feeds.latest(reader, window, username)

    def _take_portrait(self, work: UnitOfWork, account: Account) -> None:
        before = account.picture_id
        if before is not None:
            account.picture_id = None
            work.accounts.save(account)
            self._remove_now(work, before)

    def _remove_now(self, work: UnitOfWork, picture_id: int) -> None:
        removing = Removing(work, self.new_id, self.now())
        removing.remove(picture_id)
        removing.count()

    @contextmanager
    def _removing_unless_kept(self, stored: list[int], kept: Callable[[], int | None]) -> Iterator[None]:
        """Removes the files of pictures that were not committed. After TryAgain nobody knows whether the commit came
        through, so they stay. What this leaves, a sweep of the worker removes."""
        try:
            yield
        except TryAgain:
            raise
        except BaseException:
            self._remove_files(stored)
            raise
        self._remove_files(id for id in stored if id != kept())

    def _remove_files(self, picture_ids: Iterable[int]) -> None:
        for picture_id in picture_ids:
            with suppress(TryAgain):
                self.picture_files.remove(picture_id)
