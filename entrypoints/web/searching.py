"""The search: one page with a form, and what it finds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request

from application.ports.comments import CommentCard
from application.ports.limits import Limits
from application.ports.members import MemberName
from application.ports.paging import Window
from application.ports.posts import PostDetail
from application.ports.searching import Found, SearchFeeds
from application.ports.work import Now
from domain import limits as rules
from domain.errors import Invalid
from domain.searching.queries import QUERY_LIMIT, Query
from domain.searching.snippets import Part, marked, snippet
from domain.searching.words import Kind, beginning
from entrypoints.settings import Settings
from entrypoints.web.decorators import limited, limits_of_view
from entrypoints.web.forms import Form, choice, filtered, id_in_url
from entrypoints.web.syndication import title_of
from entrypoints.web.viewer import viewer


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, as it is shown. `title` is empty for a comment. `of` is the title of the post of a comment."""

    path: str
    author: MemberName | None
    created_at: datetime
    title: tuple[Part, ...]
    of: str
    text: tuple[Part, ...]


def blueprint(search_feeds: SearchFeeds, limits: Limits, now: Now, settings: Settings) -> Blueprint:
    views = Blueprint("searching", __name__)

    @views.get("/search")
    @limited(rules.search, visitors=rules.search_without_account)
    def results() -> str:
        kind = choice(Kind, "in") or Kind.POSTS
        before = id_in_url("before")
        form = Form({"q": request.args.get("q", "")})
        found: Found[Any] | None = None
        hits: list[Hit] = []
        query = _parsed(form)
        if query is not None:
            limits.take(limits_of_view(), now())
            if kind is Kind.POSTS:
                posts = search_feeds.posts(viewer(), query, Window(settings.posts_per_page, before=before))
                found, hits = posts, [_of_post(query, post) for post in posts.page.items]
            else:
                comments = search_feeds.comments(viewer(), query, Window(settings.comments_per_page, before=before))
                found, hits = comments, [_of_comment(query, comment) for comment in comments.page.items]
        links = {each: filtered("/search", {"q": form.values["q"], "in": each}) for each in Kind}
        return render_template(
            "searching/results.html",
            form=form,
            kind=kind,
            kinds=Kind,
            links=links,
            found=found,
            hits=hits,
            longest=QUERY_LIMIT,
        )

    return views


def _parsed(form: Form) -> Query | None:
    """None when nothing is searched for. The form says why, if something was typed."""
    if not form.trimmed("q"):
        return None
    try:
        return Query.parse(form.values["q"])
    except Invalid as error:
        form.refuse(error)
        return None


def _of_post(query: Query, post: PostDetail) -> Hit:
    text = snippet(query, beginning(post.body_html))
    return Hit(f"/posts/{post.id}", post.author, post.created_at, marked(query, title_of(post)), "", text)


def _of_comment(query: Query, comment: CommentCard) -> Hit:
    text = snippet(query, beginning(comment.body_html or ""))
    return Hit(f"/comments/{comment.id}", comment.author, comment.created_at, (), comment.post_title, text)
