"""Posts in memory as records, and back. Their fields have other names there."""

from collections.abc import Iterator

from adapters.memory.store import Store
from application.ports.moving.records import PostRecord
from domain.posts import Post, PostHtml, PostText


def posts_of(store: Store) -> Iterator[PostRecord]:
    for row in store.posts.rows():
        post = row.post
        yield PostRecord(
            id=post.id,
            author_id=post.author_id,
            title=post.text.title,
            body=post.text.body,
            body_html=post.html.body_html,
            excerpt_html=post.html.excerpt_html,
            cut=post.html.cut,
            html_version=post.html.version,
            edited_at=post.edited_at,
            version=post.version,
            hidden_by=post.hidden_by,
            hidden_reason=post.hidden_reason,
            closed=post.closed,
            deleted_at=post.deleted_at,
            deleted_by=post.deleted_by,
        )


def post_of(record: PostRecord) -> Post:
    return Post(
        id=record.id,
        author_id=record.author_id,
        text=PostText(title=record.title, body=record.body),
        html=PostHtml(
            body_html=record.body_html,
            excerpt_html=record.excerpt_html,
            cut=record.cut,
            version=record.html_version,
        ),
        edited_at=record.edited_at,
        version=record.version,
        hidden_by=record.hidden_by,
        hidden_reason=record.hidden_reason,
        closed=record.closed,
        deleted_at=record.deleted_at,
        deleted_by=record.deleted_by,
    )
