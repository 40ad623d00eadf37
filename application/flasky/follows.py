"""Follows, without those of oneself."""

from collections.abc import Sequence

from application.flasky.run import Run, Step, date_text
from application.ports.flasky import Brought, OldFollow
from application.ports.tallies import Tally
from application.ports.work import UnitOfWork
from domain.flasky import Kind, Note, Outcome, id_of_follow
from domain.following import Follow


def bring_follows(work: UnitOfWork, run: Run, rows: Sequence[OldFollow]) -> Step:
    others = [row for row in rows if row.follower != row.followed]
    known = work.flasky.find_follows([(row.follower, row.followed) for row in others])
    users = run.found(work, Kind.USER, (number for row in others for number in (row.follower, row.followed)))
    new = [row for row in others if (row.follower, row.followed) not in known]
    actors = run.actors(
        work,
        (users[number].made_id for row in new for number in (row.follower, row.followed) if number in users),
    )
    things, notes, tallies = list[Brought](), list[Note](), dict[int, Tally]()
    for row in new:
        at, code = run.dates().of(row.at)
        follower, followed = users.get(row.follower), users.get(row.followed)
        if follower is None or followed is None:
            notes.append(_note(row, Outcome.LEFT_OUT, "no_user"))
            continue
        if run.is_gone(follower, actors) or run.is_gone(followed, actors):
            notes.append(_note(row, Outcome.LEFT_OUT, "user_left"))
            continue
        if code:
            notes.append(_note(row, Outcome.DATED, code, date_text(row.at), date_text(at)))
        id = id_of_follow(row.follower, row.followed, at)
        things.append(Brought(Kind.FOLLOW, row.follower, id, followed=row.followed))
        if run.trial:
            continue
        # Not `begin`: the follower may not have any permission today.
        if work.follows.add(Follow(id=id, follower_id=follower.made_id, followed_id=followed.made_id)):
            for account_id, change in ((follower.made_id, Tally(following=1)), (followed.made_id, Tally(followers=1))):
                tallies[account_id] = tallies.get(account_id, Tally()) + change
    work.tallies.add(tallies)
    run.store(work, things, notes)
    return Step(
        kind=Kind.FOLLOW,
        rows=len(rows),
        brought=len(things),
        known=len(known),
        needless=len(rows) - len(others),
        notes=tuple(notes),
    )


def _note(row: OldFollow, outcome: Outcome, code: str, before: str = "", after: str = "") -> Note:
    return Note(
        kind=Kind.FOLLOW,
        number=row.follower,
        followed=row.followed,
        outcome=outcome,
        code=code,
        before=before,
        after=after,
    )
