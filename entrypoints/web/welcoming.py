"""Welcoming: the page of the first steps. Each step is a form of its own. Following and publishing have theirs
elsewhere."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from application.members import Members
from application.ports.following import FollowFeeds
from application.ports.paging import Window
from application.ports.people import PeopleFeeds, Profile
from application.ports.work import Now
from application.welcoming import Welcoming
from domain.errors import Invalid
from domain.roles import Permission
from domain.welcoming import Step
from entrypoints.bodies import takes_text
from entrypoints.web.decorators import button, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.people import SUGGESTED, own_profile
from entrypoints.web.redirects import wanted_path
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]

_FIELDS = ("name", "location", "about_me")
# Where the page goes on after each step.
_NEXT = {Step.PROFILE: "/welcome#follow", Step.FOLLOW: "/welcome#write", Step.WRITE: "/welcome#onward"}


def blueprint(
    *, welcoming: Welcoming, members: Members, people_feeds: PeopleFeeds, follow_feeds: FollowFeeds, now: Now
) -> Blueprint:
    views = Blueprint("welcoming", __name__)
    provide(views, Step=Step)

    @views.route("/welcome", methods=["GET", "POST"])
    @takes_text
    @signed_in()
    @button(N_("Save"))
    def first_steps() -> Answer:
        if request.method != "POST":
            return page(Form())
        form = Form.sent()
        if not any(form.trimmed(name) for name in _FIELDS):
            # Whoever says nothing goes on, and keeps the profile that there is.
            welcoming.put_off(actor_id=member().id, steps=Step.PROFILE)
            return redirect(_NEXT[Step.PROFILE], 303)
        try:
            members.edit_profile(
                actor_id=member().id,
                # A field that is left empty keeps what another page has stored meanwhile.
                name=form.values["name"] or None,
                location=form.values["location"] or None,
                about_me=form.values["about_me"] or None,
            )
        except Invalid as error:
            form.refuse(error)
            return page(form), 422
        flash(N_("Your profile is saved."), "success")
        return redirect(_NEXT[Step.PROFILE], 303)

    @views.post("/welcome/later")
    @signed_in("/welcome")
    def put_off() -> Answer:
        steps = Step.named(request.form.get("step", ""))
        welcoming.put_off(actor_id=member().id, steps=steps)
        return redirect(wanted_path() or _NEXT.get(steps, "/welcome#onward"), 303)

    def page(form: Form) -> str:
        reader, mine = member(), own_profile(people_feeds)
        done = _done(mine)
        left = reader.steps & Step.SHOWN & ~done
        people: tuple[Profile, ...] = ()
        if done & Step.FOLLOW:
            followed = follow_feeds.following_profiles(reader, mine.username, Window(SUGGESTED))
            people = tuple(each.profile for each in followed.page.items)
        elif left & Step.FOLLOW and reader.can(Permission.FOLLOW):
            people = follow_feeds.suggestions(reader, SUGGESTED, now())
        # A form that was refused is shown again, whatever is done.
        left |= Step.PROFILE if form.problems else Step.NONE
        return render_template("welcoming/steps.html", form=form, blank=Form(), left=left, done=done, people=people)

    return views


def _done(mine: Profile) -> Step:
    """The first steps that this profile shows to be done."""
    done = Step.NONE
    done |= Step.PROFILE if mine.name or mine.location or mine.about_me else Step.NONE
    done |= Step.FOLLOW if mine.following_count else Step.NONE
    done |= Step.WRITE if mine.post_count else Step.NONE
    return done
