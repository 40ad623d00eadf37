"""Tags: the list of those in use, the posts of one, and the form that renames it."""

from urllib.parse import quote

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from application.ports.paging import Window
from application.ports.posts import PostCard
from application.ports.tags import TagFeeds, TagPage
from application.tags import Tags
from domain.errors import Invalid
from domain.roles import Permission
from domain.tags import TAG_LIMIT, TAGS_AT_MOST, sought_tag
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, labels, signed_in, way_out
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form, window
from entrypoints.web.pages import page
from entrypoints.web.redirects import query
from entrypoints.web.templating import provide
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

Answer = str | Response | tuple[str, int]


def blueprint(tags: Tags, tag_feeds: TagFeeds, settings: Settings) -> Blueprint:
    views = Blueprint("tags", __name__)
    provide(views, tags_at_most=TAGS_AT_MOST, tag_limit=TAG_LIMIT)

    @views.get("/tags")
    def used() -> Answer:
        return page("tags/list.html", tags=tag_feeds.used(viewer()))

    @views.get("/tags/<tag>")
    @way_out("/tags", N_("All tags"))
    def posts(tag: str) -> Answer:
        found = posts_of(tag, window(settings.posts_per_page))
        if found.tag.name != tag:
            return redirect(f"/tags/{quote(found.tag.name)}{query()}", 308)
        return page("tags/posts.html", tag=found.tag, page=found.page, renames=renames())

    @views.post("/tags/<tag>/rename")
    @signed_in("/tags/{tag}")
    @labels({"to": N_("New name")})
    @button(N_("Rename"))
    def rename(tag: str) -> Answer:
        form = Form.sent()
        try:
            name = tags.rename(actor_id=member().id, name=tag, to=form.trimmed("to"))
        except Invalid as error:
            form.refuse(error)
            found = posts_of(tag, Window(settings.posts_per_page))
            parts = {"tag": found.tag, "page": found.page, "renames": renames()}
            return render_template("tags/posts.html", form=form, **parts), 422
        flash(N_("The tag is #%(tag)s now. Its old address leads here."), "success", tag=name)
        return redirect(f"/tags/{quote(name)}", 303)

    def posts_of(tag: str, part: Window) -> TagPage[PostCard]:
        """Raises NotFound, also for what is no tag in any spelling."""
        return tag_feeds.posts(viewer(), sought_tag(tag), part)

    def renames() -> bool:
        someone = viewer()
        return someone is not None and someone.can(Permission.ADMINISTER)

    return views
